// A form that sends a call of an operation to this server.

import {el, setText} from "../../shared/dom.js";
import {showAnswer} from "./answer.js";
import {keyAndToken, worldOf} from "../choices.js";
import {exchange} from "./exchange.js";
import {fields} from "./fields.js";
import {isControl, takesKey} from "../samples/call.js";

// Tags whose calls change something of the server, not a world.
const OF_THE_SERVER = new Set(["Server", "Coverage", "Inbox"]);

// `subject` is {operation, spec, facts, values}; its values (see exampleValues) change as the reader types, and
// `onchange` is told.
export function sendForm(subject, onchange) {
  const answer = el("div", {class: "answer"});
  const button = el("button", {class: "primary"}, "Send");
  const onsubmit = async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return; // not `disabled`, so that it keeps the focus
    button.setAttribute("aria-disabled", "true");
    showAnswer(answer, subject, await exchange(subject), consoleLink(subject));
    button.setAttribute("aria-disabled", "false");
  };
  return el(
    "form",
    {class: "send", "aria-label": `Send a call of ${subject.operation.id}`, novalidate: true, onsubmit},
    el("div", {class: "fields"}, ...fields(subject, onchange)),
    el("p", {}, button, effectLine(subject)),
    answer,
  );
}

// What Send changes, which follows the key.
function effectLine({operation, spec, facts}) {
  const {key} = keyAndToken(facts);
  const node = el("span", {class: "effect"});
  const update = () => setText(node, effectOf(operation, spec, key.get()));
  key.watch(update);
  update();
  return node;
}

function effectOf({method, tag, definition}, spec, key) {
  const effect = definition["x-effect"] ?? (method === "GET" ? "read" : "write");
  if (effect === "read") return "Changes nothing.";
  const verb = effect === "probe" ? "May change" : "Changes";
  if (isControl(spec) && OF_THE_SERVER.has(tag)) return `${verb} this server.`;
  if (!takesKey({definition}, spec)) return `${verb} the world of the session.`;
  const world = key === "" && isControl(spec) ? "demo" : worldOf(key);
  return world ? `${verb} the world ${world}.` : "Without a key that opens a world, nothing changes.";
}

// The call in the console's journal: that of the key's world, which has no calls of the control API.
function consoleLink({operation, spec, facts}) {
  const world = worldOf(keyAndToken(facts).key.get());
  if (!facts.console || !world || isControl(spec) || !takesKey(operation, spec)) return null;
  return el("a", {href: `${facts.console}#@${world}/requests`}, "See it in the console");
}
