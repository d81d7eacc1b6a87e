// Undo: the world is saved before an action, and a button in the footer puts it back.
import {prepare, Refusal, send, Unreachable} from "./api.js";
import {onChange, outcome, sendAction, TIMEOUT} from "./sent.js";
import {el, setText} from "../shared/dom.js";

// The calls that also remove requests from the journal.
const WIPES = ["POST /reset", "PUT /state", "DELETE /requests"];

const button = el("button", {type: "button", id: "undo", class: "small", hidden: true, onclick: () => undo()}, "Undo");
outcome.after(button);

let offer = null; // what the button does: {title, state, requests, verb}
let changes = []; // the calls since the world was saved last
let running = false; // whether an action is under way that can be undone
onChange(({method, path}) => {
  changes.push(`${method} ${path.split("?")[0]}`);
  if (!running) withdrawUndo(); // another state follows now
});

// Runs `action()`, which may send several calls, and then offers to undo all of it as `title`. Returns what it returns.
export async function undoable(title, action) {
  if (running) return action(); // a part of what will be undone
  running = true;
  const state = await savedState();
  changes = [];
  const result = await action().finally(() => (running = false));
  const requests = changes.some((each) => WIPES.includes(each)) ? "restore" : "keep";
  if (changes.length) show(state && {title, state, requests, verb: "Undo"});
  return result;
}

export function withdrawUndo() {
  offer = null;
  button.hidden = true;
}

function show(next) {
  if (next === null) return withdrawUndo();
  offer = next;
  setText(button, offer.verb);
  button.title = `${offer.verb}: ${offer.title}`;
  button.hidden = false;
}

// Null if the world cannot be saved: then its action cannot be undone, but goes on.
async function savedState() {
  try {
    return (await send(prepare({path: "/state"}), TIMEOUT)).body;
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) return null;
    throw error;
  }
}

// Puts the saved state back, and offers the opposite. The button stays, and so keeps the focus.
async function undo() {
  if (offer === null || running) return;
  running = true;
  const {title, state, requests, verb} = offer;
  const before = await savedState();
  const call = {method: "PUT", path: `/state?requests=${requests}`, body: state};
  const success = `${verb === "Undo" ? "Undone" : "Redone"}: ${title}`;
  const {error} = await sendAction(call, {success, file: "state.json"});
  running = false;
  if (error) return;
  const opposite = {restore: "remove", remove: "restore", keep: "keep"}[requests];
  show(before && {title, state: before, requests: opposite, verb: verb === "Undo" ? "Redo" : "Undo"});
}
