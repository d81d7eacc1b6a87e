// The user's actions: buttons and forms that send a request, and the footer that shows it as a curl command with its
// outcome. The errors of a form are shown at their fields.
import {curl, prepare, Refusal, send, Unreachable} from "./api.js";
import {openDialog, problemBox, showProblem} from "./blocks.js";
import {refresh} from "./live.js";
import {copyable, el, setText, uniqueId} from "../shared/dom.js";

const MAX_HISTORY = 10;
const TIMEOUT = 60_000; // milliseconds; restoring a large world takes a while

const outcome = el("p", {id: "outcome", role: "status"}, "Nothing sent yet. Each action shows its curl here.");
const lastCurl = copyable("Curl of the last action");
const earlier = el("ol");
const history = el("details", {hidden: true}, el("summary", {}, "Earlier"), earlier);
const lastAction = el(
  "details",
  {id: "sent", hidden: true},
  el("summary", {}, "What I just sent"),
  lastCurl.node,
  history,
);
document.querySelector("footer").append(outcome, lastAction);

// Sends {method, path, body}. `success` is the message of a success; `problem` is the box for a refusal (null: the
// caller shows it). Returns {body} or {error}.
export async function act(call, {success, problem = null, file = null}) {
  const request = prepare(call);
  const command = curl(request, file);
  if (problem) showProblem(problem, null);
  try {
    const {status, body} = await send(request, TIMEOUT);
    report("good", `${success} (${status})`, call.apiUrl ? curl(atPortOf(call.apiUrl(body), request)) : command);
    return {body};
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    const reason = error instanceof Refusal ? `Refused (${error.problem.status}): ${error.message}` : error.message;
    report("bad", reason, command);
    if (problem) showProblem(problem, error);
    return {error};
  } finally {
    refresh();
  }
}

// With --control-port, the server serves the API at that port to the console only: a shell needs the API's port.
function atPortOf(apiUrl, request) {
  const url = new URL(request.url);
  url.port = new URL(apiUrl).port;
  return {...request, url: url.href};
}

function report(kind, text, command) {
  outcome.className = kind;
  setText(outcome, ""); // so that screen readers announce the same words again
  setText(outcome, text);
  if (!lastAction.hidden) earlier.prepend(el("li", {}, el("pre", {tabindex: "0"}, lastCurl.text())));
  history.hidden = earlier.children.length === 0;
  while (earlier.children.length > MAX_HISTORY) earlier.lastChild.remove();
  lastCurl.setText(command);
  lastAction.hidden = false;
}

// A button that sends `request()` ({method, path, body}), after the user confirms `confirm` ({title, text}), if any.
// `then(body)` is called after success.
export function actionButton(label, {request, success, problem, then = () => {}, confirm, kind = "", ...attributes}) {
  const run = async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true"); // not `disabled`, which would lose the focus
    const {body, error} = await act(request(), {success, problem});
    button.removeAttribute("aria-disabled");
    if (!error) then(body);
  };
  const onclick = confirm ? () => ask(confirm, label.replace(/ …$/, ""), run) : run;
  const button = el("button", {type: "button", class: kind, ...attributes, onclick}, label);
  return button;
}

function ask({title, text}, yes, action) {
  const close = () => dialog.close();
  const dialog = openDialog(
    title,
    el("p", {}, text),
    el(
      "p",
      {class: "actions"},
      el("button", {type: "button", onclick: close}, "Cancel"),
      el("button", {type: "button", class: "danger", onclick: () => (close(), action())}, yes),
    ),
  );
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
// fields; `then(body)` is called after success. Returns {node, updatePreview()}.
export function form({label, submit, fields, layout, request, success, then = () => {}}) {
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
    button.setAttribute("aria-disabled", "true");
    const {body, error} = await withInput(
      () => act(request(), {success}),
      (invalid) => ({error: invalid}),
    );
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
