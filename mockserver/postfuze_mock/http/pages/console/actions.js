// The user's actions: buttons and forms that send a request. The errors of a form are shown at their fields.
import {curl, prepare} from "./api.js";
import {openDialog, problemBox, showProblem} from "./blocks.js";
import {sendAction} from "./sent.js";
import {undoable as undoableAction} from "./undo.js";
import {copyable, el, setText, uniqueId} from "../shared/dom.js";

// Sends {method, path, body}; the options are those of `sendAction`. With `undoable` the footer offers to undo it.
// Returns {body} or {error}.
export function act(call, {undoable = false, ...options}) {
  const action = () => sendAction(call, options);
  return undoable ? undoableAction(options.success, action) : action();
}

// A button that sends `request()` ({method, path, body}), after the user confirms `confirm` ({title, text}), if any.
// `then(body)` is called after success; with `undoable` the footer offers to undo it.
export function actionButton(
  label,
  {request, success, problem, then = () => {}, confirm, undoable, kind = "", ...attributes},
) {
  const run = async () => {
    if (button.getAttribute("aria-disabled")) return;
    if (confirm && !(await isConfirmed(confirm, label.replace(/ …$/, "")))) return;
    button.setAttribute("aria-disabled", "true"); // not `disabled`, which would lose the focus
    const {body, error} = await act(request(), {success, problem, undoable});
    button.removeAttribute("aria-disabled");
    if (!error) then(body);
  };
  const button = el("button", {type: "button", class: kind, ...attributes, onclick: run}, label);
  return button;
}

// Asks {title, text}; `yes` is the label of the button that confirms.
export function isConfirmed({title, text}, yes) {
  return new Promise((resolve) => {
    const close = (answer) => (resolve(answer), dialog.close());
    const buttons = [
      el("button", {type: "button", onclick: () => close(false)}, "Cancel"),
      el("button", {type: "button", class: "danger", onclick: () => close(true)}, yes),
    ];
    const dialog = openDialog(title, el("p", {}, text), el("p", {class: "actions"}, ...buttons));
    dialog.addEventListener("close", () => resolve(false)); // by Escape
  });
}

// The text in the field at `pointer` is invalid.
class InvalidInput extends Error {
  constructor(pointer, message) {
    super(message);
    this.problem = {errors: [{pointer, message}]};
  }
}

// A labelled control. `pointer` is the JSON pointer (or name) of what it sets; errors are matched by it.
export function field(label, control, {pointer = "", hint = "", wide = false} = {}) {
  const [id, errorId, hintId] = [uniqueId("field"), uniqueId("error"), uniqueId("hint")];
  control.id = id;
  control.setAttribute("aria-describedby", hint ? `${hintId} ${errorId}` : errorId);
  const error = el("p", {id: errorId, class: "error"});
  const node = el(
    "div",
    {class: wide ? "field wide" : "field"},
    el("label", {for: id}, label),
    control,
    hint ? el("p", {id: hintId, class: "hint"}, hint) : null,
    error,
  );
  const setError = (message) => {
    setText(error, message ?? "");
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  return {node, control, pointer, setError};
}

export const input = (attributes = {}) =>
  el("input", {type: "text", autocomplete: "off", spellcheck: "false", ...attributes});

export function checkbox(label, attributes = {}) {
  const control = el("input", {type: "checkbox", ...attributes});
  return {node: el("label", {class: "check"}, control, label), control};
}

// `options` are values, or [value, label].
export function select(options, value = null) {
  const pairs = options.map((each) => (Array.isArray(each) ? each : [each, each]));
  const control = el("select", {}, ...pairs.map(([key, label]) => el("option", {value: key}, label)));
  if (value !== null) control.value = value;
  return control;
}

// The text of a field; undefined if it is empty.
export const textOf = ({control}) => control.value.trim() || undefined;

// The number in a field; undefined if it is empty. Throws InvalidInput.
export function numberOf({control, pointer}) {
  const text = control.value.trim();
  if (text === "") return undefined;
  if (!Number.isFinite(Number(text))) throw new InvalidInput(pointer, "must be a number");
  return Number(text);
}

// The JSON in a field, parsed. Throws InvalidInput.
export function jsonOf({control, pointer}) {
  try {
    return JSON.parse(control.value);
  } catch (error) {
    throw new InvalidInput(pointer, `must be JSON: ${error.message}`);
  }
}

// A form that sends `request()` ({method, path, body}), which may throw InvalidInput. `layout` replaces the plain row of
// fields; `confirm()` returns what to ask first ({title, text}), or null; `then(body)` is called after success; with
// `undoable` the footer offers to undo it. Returns {node, updatePreview()}.
export function form({label, submit, fields, layout, request, success, confirm, undoable, then = () => {}}) {
  const problem = problemBox();
  const command = copyable(`Curl: ${submit}`);
  const preview = el("details", {class: "preview"}, el("summary", {}, "As curl"), command.node);
  const button = el("button", {class: "primary"}, submit);
  const commandOrError = () =>
    withInput(
      () => curl(prepare(request())),
      (error) => error.message,
    );
  const updatePreview = () => preview.open && command.setText(commandOrError());
  const onsubmit = async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    clearErrors(fields, problem);
    const {call, invalid} = withInput(
      () => ({call: request()}),
      (error) => ({invalid: error}),
    );
    const question = call && confirm?.();
    if (question && !(await isConfirmed(question, submit))) return;
    button.setAttribute("aria-disabled", "true");
    const {body, error} = call ? await act(call, {success, undoable}) : {error: invalid};
    button.removeAttribute("aria-disabled");
    if (error) placeErrors(error, fields, problem);
    else then(body);
  };
  const rows = layout ?? [el("div", {class: "fields"}, ...fields.map((each) => each.node))];
  const node = el(
    "form",
    {"aria-label": label, novalidate: true, onsubmit, oninput: updatePreview, onchange: updatePreview},
    ...rows,
    problem,
    el("p", {class: "actions"}, button),
    preview,
  );
  preview.addEventListener("toggle", updatePreview);
  return {node, updatePreview};
}

function withInput(action, onInvalid) {
  try {
    return action();
  } catch (error) {
    if (error instanceof InvalidInput) return onInvalid(error);
    throw error;
  }
}

function clearErrors(fields, problem) {
  for (const each of fields) each.setError(null);
  showProblem(problem, null);
}

// Each detail goes to the field whose pointer is the longest prefix of its own. The rest go below the fields.
function placeErrors(error, fields, problem) {
  const rest = (error.problem?.errors ?? []).filter((detail) => {
    const target = detail.pointer ?? detail.name ?? "";
    const [nearest] = fields
      .filter(({pointer}) => pointer && (target === pointer || target.startsWith(`${pointer}/`)))
      .sort((a, b) => b.pointer.length - a.pointer.length);
    nearest?.setError(detail.message);
    return !nearest;
  });
  const invalid = fields.find(({control}) => control.getAttribute("aria-invalid"));
  invalid?.control.focus();
  if (!invalid || rest.length) showProblem(problem, {message: error.message, problem: {errors: rest}});
}
