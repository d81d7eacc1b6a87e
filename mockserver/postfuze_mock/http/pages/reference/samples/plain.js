// Samples that need no client of this API: curl, Python with httpx, and Java with its own HTTP client.

import {call, takesKey} from "./call.js";
import {PYTHON, literal, pythonArguments} from "./literals.js";

export function curl(operation, context) {
  const {method, url, body} = call(operation, context);
  const standard = body === null ? "GET" : "POST";
  const options = [
    ...headers(operation, context).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`-H ${quoted(`Content-Type: ${mediaType(operation)}`)}`, `-d ${quoted(compact(body))}`]),
  ];
  return [`curl ${method === standard ? "" : `-X ${method} `}${quoted(url)}`, ...options].join(" \\\n  ");
}

export function httpx(operation, context) {
  const {method, path, query, body} = call(operation, context);
  const fields = Object.fromEntries(headers(operation, context));
  if (body !== null) fields["Content-Type"] = mediaType(operation);
  const parts = (margin) => [
    JSON.stringify(method),
    JSON.stringify(context.server + path),
    ...option("params", query.length && Object.fromEntries(query), margin),
    ...option("headers", Object.keys(fields).length && fields, margin),
    ...(body === null ? [] : [`content=${pythonText(compact(body))}`]),
  ];
  return `import httpx

response = httpx.request${pythonArguments(parts)}
print(response.status_code, response.text)`;
}

export function java(operation, context) {
  const {method, url, body} = call(operation, context);
  const publisher = body === null ? "" : `BodyPublishers.ofString(${javaText(compact(body))})`;
  const fields = headers(operation, context);
  if (body !== null) fields.push(["Content-Type", mediaType(operation)]);
  const send = {GET: ".GET()", DELETE: ".DELETE()"}[method] ?? `.method("${method}", ${publisher || "BodyPublishers.noBody()"})`;
  const lines = [...fields.map(([name, value]) => `.header("${name}", ${javaText(value)})`), send, ".build();"];
  return `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;${send.includes("BodyPublishers") ? "\nimport java.net.http.HttpRequest.BodyPublishers;" : ""}
import java.net.http.HttpResponse.BodyHandlers;

public final class Example {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${javaText(url)}))
${lines.map((line) => `            ${line}\n`).join("")}\
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
    }
}`;
}

function headers(operation, {spec, key, token}) {
  const fields = key && takesKey(operation, spec) ? [["Authorization", `Bearer ${key}`]] : [];
  return token ? [...fields, ["X-Mock-Control-Token", token]] : fields;
}

const mediaType = ({body}) => (body.mediaType === "*/*" ? "application/json" : body.mediaType);

const option = (name, value, margin) => (value ? [`${name}=${literal(value, PYTHON, margin)}`] : []);

const WIDTH = 100;

// JSON on one line if it is short, and anything else as it was typed.
function compact(body) {
  try {
    const line = JSON.stringify(JSON.parse(body));
    return line.length <= WIDTH ? line : body;
  } catch {
    return body;
  }
}

// For a POSIX shell: in double quotes, which read well, unless the shell would look into them.
const quoted = (text) => (/[$`"\\!\n]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`);

// A string in single quotes, so that the quotes of JSON stay as they are.
const pythonText = (text) =>
  `'${text.replace(/[\\'\n\r\t]/g, (c) => ({"\n": "\\n", "\r": "\\r", "\t": "\\t"})[c] ?? `\\${c}`)}'`;

// ASCII alone, because Java before 18 reads a source file as the machine's language has it.
const javaText = (text) =>
  JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
