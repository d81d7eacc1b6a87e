// Samples that need no client of this API: curl, Python with httpx, and Java with its own HTTP client.

import {call, isControl, takesKey} from "./call.js";
import {PYTHON, literal, pythonArguments} from "./literals.js";

export function curl(operation, context) {
  const {method, url, body} = call(operation, context);
  const standard = body === null ? "GET" : "POST";
  const options = [
    ...headers(operation, context, body).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`-d ${quoted(compact(body))}`]),
  ];
  return [`curl ${method === standard ? "" : `-X ${method} `}${quoted(url)}`, ...options].join(" \\\n  ");
}

export function httpx(operation, context) {
  const {method, path, query, body} = call(operation, context);
  const json = parsed(body);
  const fields = Object.fromEntries(headers(operation, context, json === undefined ? body : null));
  const parts = (margin) => [
    JSON.stringify(method),
    JSON.stringify(context.server + path),
    ...option("params", query.length ? Object.fromEntries(query) : undefined, margin),
    ...option("headers", Object.keys(fields).length ? fields : undefined, margin),
    ...option("json", json, margin),
    ...(body === null || json !== undefined ? [] : [`content=${pythonText(body)}`]),
  ];
  return `import httpx

response = httpx.request${pythonArguments(parts)}
print(response.status_code, response.text)`;
}

export function java(operation, context) {
  const {method, url, body} = call(operation, context);
  const publisher = `BodyPublishers.${body === null ? "noBody()" : `ofString(${javaText(compact(body))})`}`;
  const send = {GET: ".GET()", DELETE: ".DELETE()"}[method] ?? `.method("${method}", ${publisher})`;
  const fields = headers(operation, context, body).map(([name, value]) => `.header("${name}", ${javaText(value)})`);
  const publishers = send.includes(publisher) ? "\nimport java.net.http.HttpRequest.BodyPublishers;" : "";
  return `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;${publishers}
import java.net.http.HttpResponse.BodyHandlers;

public final class Example {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${javaText(url)}))
${[...fields, send, ".build();"].map((line) => `            ${line}\n`).join("")}\
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
    }
}`;
}

const headers = (operation, {spec, key, token}, body) => [
  ...(key && takesKey(operation, spec) ? [["Authorization", `Bearer ${key}`]] : []),
  ...(token && isControl(spec) ? [["X-Mock-Control-Token", token]] : []),
  ...(body === null ? [] : [["Content-Type", mediaType(operation)]]),
];

const mediaType = ({body}) => (body.mediaType === "*/*" ? "application/json" : body.mediaType);

const option = (name, value, margin) =>
  value === undefined ? [] : [`${name}=${literal(value, PYTHON, margin)}`];

const WIDTH = 100;

// JSON on one line if it is short, and anything else as it was typed.
function compact(body) {
  const line = JSON.stringify(parsed(body));
  return line === undefined || line.length > WIDTH ? body : line;
}

// The value of a body; undefined if there is none, or if it is not JSON.
function parsed(body) {
  try {
    return body === null ? undefined : JSON.parse(body);
  } catch {
    return undefined;
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
