// "Make this call fail": the usual failures of an operation, each set with one click for its next call.
import {actionButton} from "../actions.js";
import {get, linkTo} from "../api.js";
import {el, setText} from "../../shared/dom.js";

const USUAL = [
  ["503 Service Unavailable", {status: 503}],
  ["429 Too Many Requests", {status: 429, retry_after: 5}],
  ["500 Internal Server Error", {status: 500}],
  ["No answer for 60 s", {delay_ms: 60_000}],
  ["2 s late", {delay_ms: 2000}],
  ["Connection reset", {drop: "reset"}],
];

// The menu for the operation of `entry`, which is loaded when it is opened.
export function failMenu(entry) {
  const {operation} = entry;
  const choices = el("p", {class: "actions tight"});
  const set = el("p", {class: "hint", role: "status"});
  const menu = el("details", {class: "menu"}, el("summary", {}, "Make this call fail"), choices, set);
  menu.addEventListener("toggle", async () => {
    if (!menu.open || choices.children.length) return;
    const presets = await presetsFor(operation);
    const failures = [...USUAL.map(([label, effect]) => [label, {effect}]), ...corruption(entry), ...presets];
    choices.append(
      ...failures.map(([label, fault]) => failButton(label, {operation, times: 1, ...fault}, set)),
      el("a", {href: linkTo("faults", "new", operation)}, "Other failures"),
    );
  });
  return menu;
}

async function presetsFor(operation) {
  const {data} = await get("/faults?presets=true");
  const usual = USUAL.map(([, {status}]) => status).filter(Boolean);
  return data
    .filter((each) => each.operations.includes(operation) && !usual.includes(each.effect.status))
    .map(({title, preset}) => [title, {preset}]);
}

// Only a success with a body can be answered wrongly: its first value gets another type.
function corruption({status, response}) {
  const path = status < 300 ? firstPath(response.body) : "";
  return path ? [[`Wrong type at ${path}`, {effect: {corrupt: {path, how: "type"}}}]] : [];
}

function firstPath(value) {
  if (value === null || typeof value !== "object") return "";
  const [[key, first] = []] = Object.entries(value);
  return key === undefined ? "" : `/${key}${firstPath(first)}`;
}

function failButton(label, body, set) {
  const success = `The next ${body.operation} fails: ${label}`;
  return actionButton(label, {
    request: () => ({method: "POST", path: "/faults", body}),
    success,
    undoable: true,
    kind: "small",
    then: (fault) => {
      setText(set, `${success}. `);
      set.append(removeButton(fault.id, label, () => setText(set, `Removed: ${label}.`)));
    },
  });
}

// A button that removes a fault; `then()` is called after success.
export const removeButton = (id, title, then = () => {}) =>
  actionButton("Remove", {
    request: () => ({method: "DELETE", path: `/faults/${id}`}),
    success: `Fault removed: ${title}`,
    undoable: true,
    kind: "small",
    "aria-label": `Remove the fault ${title}`,
    then,
  });
