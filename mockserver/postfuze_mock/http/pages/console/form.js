// Forms that pull a lever: errors stand at the field that they are about, and the curl is there before it is sent.
import {prepared} from "./call.js";
import {copyable} from "./copying.js";
import {curl} from "./curl.js";
import {el, setText, uniqueId} from "./dom.js";
import {act, show} from "./outcome.js";

// What a person wrote cannot be sent; `pointer` is the field's.
export class Unsendable extends Error {
  constructor(pointer, message) {
    super(message);
    this.problem = {errors: [{pointer, message}]};
  }
}

// A labelled control. `pointer` is the JSON pointer (or name) of what it sets, by which errors find it.
export function field(label, control, {pointer = "", hint = "", wide = false} = {}) {
  const [id, said, about] = [uniqueId("field"), uniqueId("error"), uniqueId("hint")];
  control.id = id;
  control.setAttribute("aria-describedby", hint ? `${about} ${said}` : said);
  const error = el("p", {id: said, class: "error"});
  const node = el(
    "div",
    {class: wide ? "field wide" : "field"},
    el("label", {for: id}, label),
    control,
    hint ? el("p", {id: about, class: "hint"}, hint) : null,
    error,
  );
  const tell = (message) => {
    setText(error, message ?? "");
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  return {node, control, pointer, tell};
}

export const input = (given = {}) => el("input", {type: "text", autocomplete: "off", spellcheck: "false", ...given});

export const checkbox = (label, given = {}) => {
  const control = el("input", {type: "checkbox", ...given});
  return {node: el("label", {class: "check"}, control, label), control};
};

// `options` are values, or [value, label].
export function select(options, value = null) {
  const control = el("select", {}, ...options.map((each) => option(...[each].flat())));
  if (value !== null) control.value = value;
  return control;
}

const option = (value, label = value) => el("option", {value}, label);

// A number from a field; undefined where nothing is written. Throws Unsendable for what is no number.
export function number({control, pointer}) {
  const text = control.value.trim();
  if (text === "") return undefined;
  if (!Number.isFinite(Number(text))) throw new Unsendable(pointer, "must be a number");
  return Number(text);
}

// An optional text; undefined where nothing is written.
export const text = ({control}) => control.value.trim() || undefined;

// JSON from a field. Throws Unsendable.
export function parsed({control, pointer}) {
  try {
    return JSON.parse(control.value);
  } catch (error) {
    throw new Unsendable(pointer, `must be JSON: ${error.message}`);
  }
}

// A form of `fields`; `call()` gives {method, path, body} and may throw Unsendable; `then(answer)` comes after success.
export function form({label, submit, fields, rows = [], call, done, then = () => {}}) {
  const general = el("div", {class: "problem", role: "alert"});
  const preview = copyable(`Curl: ${submit}`);
  const shown = el("details", {class: "preview"}, el("summary", {}, "As curl"), preview.node);
  const button = el("button", {class: "primary"}, submit);
  const refresh = () => shown.open && preview.show(line(call));
  const node = el(
    "form",
    {"aria-label": label, novalidate: true},
    ...(rows.length ? rows : [el("div", {class: "fields"}, ...fields.map((each) => each.node))]),
    general,
    el("p", {class: "actions"}, button),
    shown,
  );
  const refuse = (error) => placed(error, fields, general);
  for (const happening of ["input", "change"]) node.addEventListener(happening, refresh);
  shown.addEventListener("toggle", refresh);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    refuse(null);
    button.setAttribute("aria-disabled", "true");
    const {answer, error} = await sent(call, done(fields));
    button.removeAttribute("aria-disabled");
    if (error) refuse(error);
    else then(answer);
  });
  return {node, refuse, changed: refresh};
}

async function sent(call, done) {
  try {
    return await act(call(), {done});
  } catch (error) {
    if (error instanceof Unsendable) return {error};
    throw error;
  }
}

function line(call) {
  try {
    return curl(prepared(call()));
  } catch (error) {
    if (error instanceof Unsendable) return error.message;
    throw error;
  }
}

// Each error goes to the field whose pointer begins its own; the longest wins. The others stand below the fields.
function placed(error, fields, general) {
  for (const each of fields) each.tell(null);
  show(general, null);
  if (error === null) return;
  const rest = (error.problem?.errors ?? []).filter((each) => {
    const place = each.pointer ?? each.name ?? "";
    const [nearest] = fields
      .filter(({pointer}) => pointer && (place === pointer || place.startsWith(`${pointer}/`)))
      .sort((a, b) => b.pointer.length - a.pointer.length);
    nearest?.tell(each.message);
    return !nearest;
  });
  const first = fields.find(({control}) => control.getAttribute("aria-invalid"));
  first?.control.focus();
  if (!first || rest.length) show(general, {message: error.message, problem: {errors: rest}});
}
