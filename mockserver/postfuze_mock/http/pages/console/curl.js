// A call as a line for a shell. A control token is a secret: it is taken from the environment.
import {TOKEN_HEADER} from "./call.js";

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// `file`: where the body comes from, if it is too large to show.
export function curl({method, url, headers, body}, file) {
  const parts = [method === "GET" ? `curl ${quoted(url)}` : `curl -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers))
    parts.push(name === TOKEN_HEADER ? `-H "${name}: $POSTFUZE_MOCK_CONTROL_TOKEN"` : `-H ${quoted(`${name}: ${value}`)}`);
  if (file) parts.push(`--data-binary ${quoted(`@${file}`)}`);
  else if (body !== undefined) parts.push(`-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}
