// The fields of a call: key, parameters and body. What is typed goes into the values of the call as text.

import {el, uniqueId} from "../../shared/dom.js";
import {keyAndToken} from "../choices.js";
import {limits} from "../limits.js";
import {isControl, takesKey} from "../samples/call.js";

const PLAIN = {spellcheck: "false", autocomplete: "off"};

// `onchange` is called after each change of the values.
export function fields({operation, spec, facts, values}, onchange) {
  const {key, token} = keyAndToken(facts);
  const writer = (store, name) => (text) => {
    store[name] = text;
    onchange();
  };
  const parameters = operation.parameters.filter(({in: place}) => place in values);
  const keyed = takesKey(operation, spec);
  return [
    ...(keyed ? [choiceField("Key", key, "sk_test_NAME")] : []),
    ...(keyed && isControl(spec) ? [choiceField("Control token", token, "if the server has one")] : []),
    ...parameters.map((each) => parameterField(each, spec.resolve(each.schema), values[each.in], writer)),
    ...(operation.body ? [bodyField(operation.body, values, writer(values, "body"))] : []),
  ];
}

// What holds for all operations: a change here shows at the others.
function choiceField(label, choice, hint) {
  const input = el("input", {value: choice.get(), placeholder: hint, ...PLAIN});
  choice.watch((text) => {
    if (input.value.trim() !== text) input.value = text;
  });
  return field(label, "", input, (text) => choice.set(text.trim()));
}

function parameterField({name, in: place, required}, schema, store, writer) {
  return field(name, place, control(required, schema, store[name]), writer(store, name));
}

function bodyField({mediaType}, values, ontext) {
  const rows = Math.min(12, Math.max(3, values.body.split("\n").length));
  const area = el("textarea", {rows, spellcheck: "false"}, values.body);
  return field("Body", mediaType === "*/*" ? "" : mediaType, area, ontext);
}

function field(name, note, input, ontext) {
  input.id = uniqueId("field");
  input.addEventListener("input", () => ontext(input.value));
  const label = el("label", {for: input.id}, name, note ? el("span", {class: "note"}, ` ${note}`) : null);
  const isWide = note === "path" || input.matches("textarea");
  return el("div", {class: isWide ? "wide" : false}, label, input);
}

// A list where the values are known. Elsewhere anything can be typed, also to see what an invalid value gets.
function control(required, schema, text = "") {
  const options = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  if (!options) return el("input", {value: text, placeholder: limits(schema).join(", "), required, ...PLAIN});
  const choices = options.map((each) => el("option", {value: each, selected: each === text}, each));
  return el("select", {required}, ...(required && text ? [] : [el("option", {value: ""}, "not sent")]), ...choices);
}
