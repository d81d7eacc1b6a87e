// A request or a response: its first line, headers and body.
import {codeBlock, el, toJson} from "../shared/dom.js";

// `message` is {headers, body}, or null if there was none; `line` is its first line, `none` says why there is none.
export function messageSide(title, message, {line = "", none = "None."} = {}) {
  const heading = el("h3", {}, title);
  if (!message) return el("div", {}, heading, el("p", {class: "hint"}, none));
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const head = [line, ...headers].filter(Boolean).join("\n");
  const body = bodyText(message.body);
  return el(
    "div",
    {},
    heading,
    head ? codeBlock(`${title} headers`, head) : el("p", {class: "hint"}, "No headers."),
    body ? codeBlock(`${title} body`, body) : el("p", {class: "hint"}, "No body."),
  );
}

// JSON is indented; a body that is not JSON, or was cut, is unchanged.
function bodyText(body) {
  if (body === null || body === undefined) return "";
  if (typeof body !== "string") return toJson(body);
  try {
    return toJson(JSON.parse(body));
  } catch {
    return body;
  }
}
