// A form that sends a call of an operation to this server.

import {el, setText, uniqueId} from "../shared/dom.js";
import {showAnswer} from "./answer.js";
import {keyAndToken, worldOf} from "./choices.js";
import {exchange} from "./exchange.js";
import {limits} from "./limits.js";
import {isControl, takesKey} from "./samples/call.js";

// Tags whose calls change something of the server, not a world.
const OF_THE_SERVER = new Set(["Server", "Coverage", "Inbox"]);

// `values` are changed as the reader types (see exampleValues), and `onchange` is told.
export function sendForm(operation, spec, facts, {values, onchange}) {
  const {key} = keyAndToken(facts);
  const answer = el("div", {class: "answer"});
  const button = el("button", {class: "primary"}, "Send");
  const effect = el("span", {class: "effect"});
  const say = () => setText(effect, effectOf(operation, spec, key.get()));
  key.watch(say);
  say();
  const form = el(
    "form",
    {class: "send", "aria-label": `Send a call of ${operation.id}`, novalidate: true},
    el("div", {class: "fields"}, ...fields(operation, spec, facts, values, onchange)),
    el("p", {}, button, effect),
    answer,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    showAnswer(answer, operation, spec, await exchange(operation, spec, facts, values), consoleLink(operation, spec, facts));
    button.disabled = false;
    button.focus({preventScroll: true});
  });
  return form;
}

function fields(operation, spec, facts, values, onchange) {
  const {key, token} = keyAndToken(facts);
  const parameters = operation.parameters.filter(({in: place}) => place in values);
  const typed = (store, name) => (text) => ((store[name] = text), onchange());
  const shared = (label, choice, hint) => {
    const input = el("input", {value: choice.get(), placeholder: hint, spellcheck: "false", autocomplete: "off"});
    choice.watch((text) => input.value === text || (input.value = text));
    return field(label, "", input, (text) => choice.set(text.trim()));
  };
  return [
    ...(takesKey(operation, spec) ? [shared("Key", key, "sk_test_NAME")] : []),
    ...(isControl(spec) && takesKey(operation, spec) ? [shared("Control token", token, "if the server has one")] : []),
    ...parameters.map((each) =>
      field(each.name, each.in, control(each, spec.resolve(each.schema), values[each.in][each.name]), typed(values[each.in], each.name))),
    ...(operation.body ? [bodyField(operation, values, typed(values, "body"))] : []),
  ];
}

function bodyField({body}, values, ontext) {
  const rows = Math.min(12, Math.max(3, values.body.split("\n").length));
  const area = el("textarea", {rows, spellcheck: "false"}, values.body);
  return field("Body", body.mediaType === "*/*" ? "" : body.mediaType, area, ontext);
}

function field(name, note, input, ontext) {
  input.id = uniqueId("field");
  input.addEventListener("input", () => ontext(input.value));
  const label = el("label", {for: input.id}, name, note ? el("span", {class: "note"}, ` ${note}`) : null);
  return el("div", {class: input.matches("textarea") ? "wide" : false}, label, input);
}

// What a value is typed or chosen with. Invalid values can be typed, to see what they get.
function control({required}, schema, text = "") {
  const options = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  if (!options)
    return el("input", {value: text, placeholder: limits(schema).join(", "), required, spellcheck: "false", autocomplete: "off"});
  const choices = options.map((each) => el("option", {value: each, selected: each === text}, each));
  return el("select", {required}, ...(required && text ? [] : [el("option", {value: ""}, "not sent")]), ...choices);
}

// What Send does to a world, in words.
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
function consoleLink(operation, spec, facts) {
  const world = worldOf(keyAndToken(facts).key.get());
  if (!facts.console || !world || isControl(spec) || !takesKey(operation, spec)) return null;
  return el("a", {href: `${facts.console}#@${world}/requests`}, "See it in the console");
}
