// "Make this call fail": the usual failures of an operation, each set with one click for its next call.
import {actionButton} from "../../actions.js";
import {get, linkTo} from "../../api.js";
import {el, setText, uniqueId} from "../../../shared/dom.js";

const USUAL = [
  ["503 Service Unavailable", {status: 503}],
  ["429 Too Many Requests", {status: 429, retry_after: 5}],
  ["500 Internal Server Error", {status: 500}],
  ["No answer for 60 s", {delay_ms: 60_000}],
  ["2 s late", {delay_ms: 2000}],
  ["Connection reset", {drop: "reset"}],
];

// A button for the operation of `entry`, and the menu that it opens, which is loaded then.
export function failMenu(entry) {
  const id = uniqueId("fail");
  const choices = el("p", {class: "actions tight"});
  const set = el("p", {class: "hint set", role: "status"});
  const menu = el("div", {id, class: "fail-menu", hidden: true}, choices, set);
  const onclick = async () => {
    menu.hidden = !menu.hidden;
    button.setAttribute("aria-expanded", String(!menu.hidden));
    if (!menu.hidden && !choices.children.length) choices.append(...(await failures(entry, set)));
  };
  const attributes = {type: "button", class: "small", "aria-expanded": "false", "aria-controls": id, onclick};
  const button = el("button", attributes, "Make this call fail");
  return [button, menu];
}

async function failures(entry, set) {
  const {operation} = entry;
  const presets = await presetsFor(operation);
  const all = [...USUAL.map(([label, effect]) => [label, {effect}]), ...corruption(entry), ...presets];
  const buttons = all.map(([label, fault]) => failButton(label, {operation, times: 1, ...fault}, set));
  return [...buttons, el("a", {href: linkTo("faults", "new", operation)}, "Other failures")];
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
