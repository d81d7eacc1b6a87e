// The header, on every panel: the world and what made it, its key and clock, the faults that are on, and the connection.
import {actionButton} from "./actions.js";
import {linkTo, worldName} from "./api.js";
import {contentKey, hint, Rows} from "./blocks.js";
import {visibleKey} from "./identity.js";
import {clock, onTick, refresh, tick} from "./live.js";
import {el, setAttribute, setText} from "../shared/dom.js";

const connection = document.getElementById("connection");
const worldButton = document.getElementById("choose-world");
const timeLink = document.getElementById("world-time");
const time = timeLink.querySelector("time");
const retry = el("button", {type: "button", class: "small", hidden: true, onclick: refresh}, "Try now");
const faults = new Rows(document.getElementById("faults"), faultItem);

connection.after(retry);
onTick(showTime);

// Calls `choose()` when the user asks for another world.
export const onChooseWorld = (choose) => worldButton.addEventListener("click", choose);

// Shows the world of an overview (`GET /_mock/world`).
export function updateHeader({source, seed, clock: {frozen}, faults: active}) {
  setText(worldButton.querySelector("b"), worldName());
  setText(worldButton.querySelector(".source"), sourceText(source, seed));
  setText(document.getElementById("key"), visibleKey());
  timeLink.href = linkTo("clock");
  timeLink.querySelector(".pill").hidden = !frozen;
  const items = active.length > 1 ? [{ids: active.map(({id}) => id), title: `${active.length} faults are on`}] : active;
  faults.update(items, ({id, ids}) => contentKey(worldName(), id, ids));
  tick();
}

// What made a world, in a few words.
export function sourceText({kind, name, restored}, seed) {
  const text = {
    built_in: seed === undefined ? "built in" : `built in, seed ${seed}`,
    shipped: name === "demo" ? "the documents' example" : `shipped: ${name}`,
    file: `from ${name}`,
    document: "from a document",
  }[kind];
  return restored ? `${text}, restored` : text;
}

// One fault, or several together.
function faultItem({id, ids, title}) {
  const remove = actionButton(ids ? "Remove all" : "Remove", {
    request: () => ({method: "DELETE", path: ids ? "/faults" : `/faults/${id}`}),
    success: ids ? "All faults removed" : "Fault removed",
    undoable: true,
    kind: "small",
    confirm: ids && {title: `Remove the ${ids.length} faults of ${worldName()}?`, text: "Calls are answered as usual then."},
    "aria-label": ids ? "Remove all faults" : `Remove the fault: ${title}`,
  });
  const link = el("a", {href: linkTo("faults")}, title);
  return {node: el("li", {}, hint("Fault"), " ", link, " ", remove), update() {}};
}

function showTime(now) {
  setText(time, now.slice(0, 19).replace("T", " "));
  setAttribute(time, "datetime", now);
}

export function showConnection(online) {
  connection.className = online ? "good" : "bad";
  document.body.classList.toggle("away", !online);
  setText(connection.querySelector(".text"), online ? "Live" : "Not connected: trying again");
  retry.hidden = online;
}
