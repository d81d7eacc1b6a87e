// What changes the open account: its status, its token, how its platform behaves, and any other field.
import {actionButton, field, form, input, jsonOf, numberOf, select, textOf} from "../../actions.js";
import {fieldsOf, statuses, valuesOf} from "../../api.js";
import {hint, part} from "../../blocks.js";
import {clock, relativeTime, timeFromNow} from "../../live.js";
import {el, setText, toJson} from "../../../shared/dom.js";

const MINUTE = 60_000;
const EXPIRIES = [
  ["Expire the token now", -MINUTE],
  ["Near expiry (5 min)", 5 * MINUTE],
  ["Valid for 30 days", 30 * 24 * 60 * MINUTE],
];
const STATUS_ALONE =
  "Sets the field and nothing else: no event fires, and the token stays as it is. A scenario does it whole.";
const EXPIRY_ALONE = "Sets the field alone. The next health check finds out, and acts by “refresh” below.";

// The parts of the account at `path` that change it: {node, show(account)}. `problem` is the box for refusals of the
// buttons' requests.
export function accountChanges(path, problem) {
  const parts = [statusPart(path, problem), tokenPart(path, problem), behaviourPart(path), otherFieldsPart(path)];
  const show = (account) => parts.forEach((each) => each.show(account));
  return {node: el("div", {}, ...parts.map((each) => each.node)), show};
}

const changeButton = (label, path, problem, body, success) =>
  actionButton(label, {request: () => ({method: "PATCH", path, body: body()}), success, problem, undoable: true});

function statusPart(path, problem) {
  const buttons = statuses().map((status) => {
    const button = changeButton(status, path, problem, () => ({status}), `Status is ${status}`);
    button.setAttribute("aria-pressed", "false");
    return button;
  });
  const row = el("p", {class: "actions tight"}, ...buttons);
  const show = ({status}) =>
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === status)));
  return {node: part("Status", row, el("p", {}, hint(STATUS_ALONE)), otherStatus(path)), show};
}

// Any text is a status: the documents leave the list open.
function otherStatus(path) {
  const status = field("Another status", input({placeholder: "under_review"}), {pointer: "/status"});
  const {node} = form({
    label: "Another status",
    submit: "Set status",
    fields: [status],
    request: () => ({method: "PATCH", path, body: {status: textOf(status) ?? ""}}),
    success: "Status set",
    confirm: () => (statuses().includes(textOf(status)) ? null : aboutUndocumented(textOf(status) ?? "")),
    undoable: true,
  });
  return el("details", {}, el("summary", {}, "Set another status"), node);
}

const aboutUndocumented = (status) => ({
  title: `Set the status “${status}”?`,
  text:
    `It is not a documented status (${statuses().join(", ")}). The list is open, so a real account may have ` +
    "another one some day: set it to see what your integration does then.",
});

function tokenPart(path, problem) {
  const expiry = el("p", {class: "hint"});
  const buttons = EXPIRIES.map(([label, distance]) => {
    const body = () => ({token_expires_at: timeFromNow(distance)});
    return changeButton(label, path, problem, body, `Token: ${label.toLowerCase()}`);
  });
  const row = el("p", {class: "actions tight"}, ...buttons);
  const node = part("Token", expiry, row, el("p", {}, hint(EXPIRY_ALONE)));
  return {node, show: (account) => setText(expiry, expiryText(account.token_expires_at))};
}

function expiryText(at) {
  if (!at) return "It never expires.";
  return `${Date.parse(at) > clock.now() ? "Expires" : "Expired"} ${relativeTime(at)}, at ${at}.`;
}

// How the platform behaves for this account. A field that the user is changing is not overwritten.
function behaviourPart(path) {
  const fields = fieldsOf("Behaviour").map((name) => {
    const values = valuesOf("Behaviour", name);
    const control = values.length ? select(values) : input({inputmode: "numeric"});
    return {...field(name, control, {pointer: `/behaviour/${name}`}), name, isNumber: !values.length};
  });
  let current = {};
  const valueOf = (each) => (each.isNumber ? numberOf(each) : each.control.value);
  const values = () => fields.map((each) => [each.name, valueOf(each)]);
  const changes = () => Object.fromEntries(values().filter(([name, value]) => value !== current[name]));
  const {node, updatePreview} = form({
    label: "Behaviour",
    submit: "Set behaviour",
    fields,
    request: () => ({method: "PATCH", path, body: {behaviour: changes()}}),
    success: "Behaviour set",
    undoable: true,
  });
  const show = ({behaviour}) => {
    for (const {name, control} of fields)
      if (current[name] === undefined || control.value === String(current[name])) control.value = behaviour[name];
    current = behaviour;
    updatePreview();
  };
  return {node: part("Behaviour", node), show};
}

function otherFieldsPart(path) {
  const changes = field("Changes, as JSON", el("textarea", {rows: "3", spellcheck: "false"}), {
    pointer: "/",
    hint: "Any fields of the account, such as tenant_id or scopes.",
    wide: true,
  });
  changes.control.value = toJson({tenant_id: "tenant_42"});
  const {node} = form({
    label: "Other fields",
    submit: "Change",
    fields: [changes],
    request: () => ({method: "PATCH", path, body: jsonOf(changes)}),
    success: "Changed",
    undoable: true,
  });
  return {node: part("Other fields", el("details", {}, el("summary", {}, "Change any field"), node)), show() {}};
}
