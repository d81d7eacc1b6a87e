// The answer to a call, beside the documented one.

import {codeBlock, el, toJson} from "../../shared/dom.js";
import {differences} from "./differences.js";

export function showAnswer(node, {operation, spec}, answer, link) {
  if (answer.error) return node.replaceChildren(el("p", {class: "outcome bad", role: "status"}, answer.error));
  const documented = documentedResponse(operation, answer.status);
  const value = parsed(answer);
  node.replaceChildren(
    outcome(answer, link),
    ...verdict(answer, documented, spec, value),
    el("div", {class: "pair"}, body("This server", answer, value), example(documented, value)),
    headers(answer.headers),
  );
}

function outcome({status, statusText, milliseconds}, link) {
  const time = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds);
  const mood = status < 400 ? "good" : status < 500 ? "warn" : "bad";
  const line = el("strong", {class: mood}, `${status} ${statusText} in ${time} ms`);
  return el("p", {class: "outcome", role: "status"}, line, link && " · ", link);
}

// The response of this status, of its class, or of any failure; undefined if none of them is documented.
function documentedResponse({responses}, status) {
  const names = [String(status), `${String(status)[0]}XX`, ...(status < 400 ? [] : ["default"])];
  return names.map((name) => responses.find((each) => each.status === name)).find(Boolean);
}

// What the specification says of the status, and how the body differs.
function* verdict({status, cut, text}, documented, spec, value) {
  if (!documented) return yield el("p", {class: "bad"}, `${status} is not documented for this operation.`);
  yield el("p", {}, `Documented as ${named(documented)}: ${documented.description}`);
  if (cut) return yield el("p", {}, "The answer is long; its first 100 kB are shown, and not compared.");
  if (!documented.schema) return text && (yield el("p", {class: "bad"}, "No body is documented."));
  if (value === undefined) return yield el("p", {class: "bad"}, "The body is not JSON.");
  const found = differences(spec, documented.schema, value);
  if (!found.length) return yield el("p", {class: "good"}, "The body has the documented form.");
  yield el("p", {class: "bad"}, "The body differs from its schema:");
  yield el("ul", {}, ...found.map((each) => el("li", {}, each)));
}

const body = (title, {text, cut}, value) =>
  block(title, value !== undefined ? toJson(value) : text ? `${text}${cut ? " …" : ""}` : "no body");

function example(documented, value) {
  const best = closest(documented?.examples ?? [], value);
  return best ? block(`Documented for ${named(documented)}`, toJson(best.value)) : null;
}

const named = ({status}) => (status === "default" ? "any other status" : status);

const block = (title, text) => el("figure", {}, el("figcaption", {}, title), codeBlock(title, text));

// Of several examples, the one that has the most members in common with what came.
function closest(examples, value) {
  const isEqual = ([name, each]) => JSON.stringify(value?.[name]) === JSON.stringify(each);
  const common = ({value: documented}) => Object.entries(documented ?? {}).filter(isEqual).length;
  return examples.reduce((best, each) => (best && common(best) >= common(each) ? best : each), undefined);
}

function headers(pairs) {
  const rows = pairs.map(([name, value]) => el("tr", {}, el("th", {scope: "row"}, name), el("td", {}, value)));
  return el("details", {}, el("summary", {}, `${pairs.length} headers`), el("table", {}, el("tbody", {}, ...rows)));
}

function parsed({text, cut}) {
  if (cut || !text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
