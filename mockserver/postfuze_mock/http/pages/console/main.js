// The page: its header, its panels and the one that is visible, and the dialogs that choose the world.
import {accountsPanel} from "./accounts.js";
import {field, input} from "./actions.js";
import {get, identity, keyOf, keyOfWorld, loadSpec, newestOf, Refusal, useKey, useToken, worldName} from "./api.js";
import {el, hint, openDialog, problemBox, setAttribute, setText, showProblem} from "./dom.js";
import {eventsPanel, webhooksPanel} from "./events.js";
import {faultsPanel} from "./faults.js";
import {journalPanel} from "./journal.js";
import {clock, onTick, refresh, start, tick} from "./live.js";
import {sessionsPanel} from "./sessions.js";
import {clockPanel, worldPanel} from "./world.js";

// The panels, which are built for one world: {node, update() → promise, open?(rest of the hash)}.
const PANELS = {
  accounts: ["Accounts", accountsPanel],
  sessions: ["Sessions", sessionsPanel],
  clock: ["Clock", clockPanel],
  faults: ["Faults", faultsPanel],
  requests: ["Requests", journalPanel],
  events: ["Events", eventsPanel],
  webhooks: ["Webhooks", webhooksPanel],
  world: ["World", worldPanel],
};
const MAX_WORLDS = 1000;
const KEY_ERROR = "must be a name of 1 to 64 characters (A-Z, a-z, 0-9, _ and -), or a key such as sk_test_NAME";
const TOKEN_CODES = ["control_token_missing", "control_token_wrong"];

const content = document.getElementById("content");
const trouble = document.getElementById("trouble");
const connection = document.getElementById("connection");
const worldButton = document.getElementById("choose-world");
const time = document.querySelector("#world-time time");
const frozenPill = document.querySelector("#world-time .pill");
const retry = el("button", {type: "button", class: "small", hidden: true, onclick: refresh}, "Try now");
const links = new Map();
let panels = new Map();
let current = null; // the name of the visible panel

const hashParts = () => location.hash.slice(1).split("/");

function navigate() {
  if (!panels.size) return;
  const [name, ...rest] = hashParts();
  current = name in PANELS ? name : "accounts";
  for (const [each, panel] of panels) panel.node.hidden = each !== current;
  for (const [each, link] of links) setAttribute(link, "aria-current", each === current ? "page" : null);
  links.get(current).scrollIntoView({block: "nearest", inline: "nearest"});
  document.title = `${PANELS[current][0]} · ${worldName()} · Postfuze, mocked`;
  panels.get(current).open?.(rest);
  refresh();
}

// Builds the panels of the current world, and removes those of the previous one.
function makePanels() {
  for (const {node} of panels.values()) node.remove();
  panels = new Map(Object.entries(PANELS).map(([name, [, make]]) => [name, make()]));
  for (const {node} of panels.values()) content.append(node);
  updateHeader();
  navigate();
}

async function update() {
  await loadSpec();
  const {key} = identity;
  try {
    clock.set(await get("/clock"));
    if (!panels.size) makePanels();
    updateHeader();
    await panels.get(current).update();
    showProblem(trouble, null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (key !== identity.key) return; // the user has switched to another world
    if (TOKEN_CODES.includes(error.problem.code)) askForToken();
    else if (trouble.textContent !== error.message) showProblem(trouble, error);
  }
}

function updateHeader() {
  setText(worldButton.querySelector("b"), worldName());
  setText(frozenPill, "frozen");
  frozenPill.hidden = !clock.reading.frozen;
  tick();
}

function showTime(now) {
  setText(time, now.slice(0, 19).replace("T", " "));
  setAttribute(time, "datetime", now);
}

function showConnection(online) {
  connection.className = online ? "good" : "bad";
  document.body.classList.toggle("away", !online);
  setText(connection.querySelector(".text"), online ? "Live" : "Not connected: trying again");
  retry.hidden = online;
}

function chooseWorld() {
  const list = el("ul", {class: "choices"});
  const problem = problemBox();
  const name = field("Name or key", input({autofocus: true}), {hint: "A new name makes a new world."});
  const choose = (key) => {
    dialog.close();
    if (key !== identity.key) switchTo(key);
  };
  const onSubmit = () => {
    const key = keyOf(name.control.value.trim());
    if (key === null) name.setError(KEY_ERROR);
    else choose(key);
  };
  const dialog = openDialog("Choose a world", list, problem, dialogForm("Choose by name", "Switch", name, onSubmit));
  listWorlds(list, problem, choose);
}

async function listWorlds(list, problem, choose) {
  try {
    const {entries, more} = await newestOf("/worlds", [], MAX_WORLDS);
    const names = entries.map((world) => world.name);
    list.append(...entries.map((world) => worldItem(world, keyOfWorld(world.name, names), choose)));
    if (more) list.append(el("li", {class: "shut"}, hint(`The newest ${MAX_WORLDS}; there are older ones.`)));
  } catch (error) {
    showProblem(problem, error);
  }
}

// A world with a masked name (`key` is null) has no button: the user has to type its name.
function worldItem(world, key, choose) {
  const label = [el("b", {}, world.name), hint(`${world.accounts} accounts, ${world.sessions} sessions`)];
  if (key === null) return el("li", {class: "shut"}, ...label, hint("Type its full name or key to switch to it."));
  const isCurrent = world.name === worldName() ? "true" : null;
  const onclick = () => choose(key);
  return el("li", {}, el("button", {type: "button", "aria-current": isCurrent, onclick}, ...label));
}

function switchTo(key) {
  useKey(key);
  if (hashParts().length > 1) location.hash = hashParts()[0]; // the rest belonged to the other world
  setText(document.getElementById("outcome"), `Switched to the world ${worldName()}.`);
  if (panels.size) makePanels();
  else refresh();
}

function askForToken() {
  if (document.querySelector("dialog")) return;
  const token = field("Control token", input({type: "password", autofocus: true}), {
    hint: "The server was started with it (--control-token). It stays in this tab.",
  });
  const onSubmit = () => {
    useToken(token.control.value);
    dialog.close();
    refresh();
  };
  const tokenForm = dialogForm("Enter the control token", "Use it", token, onSubmit);
  const dialog = openDialog("This server requires a control token", tokenForm);
}

// A form with one field, which sends no request.
function dialogForm(label, submit, {node}, onSubmit) {
  const onsubmit = (event) => (event.preventDefault(), onSubmit());
  const button = el("p", {class: "actions"}, el("button", {class: "primary"}, submit));
  return el("form", {"aria-label": label, novalidate: true, onsubmit}, node, button);
}

for (const [name, [label]] of Object.entries(PANELS)) links.set(name, el("a", {href: `#${name}`}, label));
document.querySelector("nav").append(...links.values());
connection.after(retry);
worldButton.addEventListener("click", chooseWorld);
window.addEventListener("hashchange", navigate);
onTick(showTime);
start(update, showConnection);
