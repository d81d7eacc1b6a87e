// The page: its panels, the one that is visible, and what keeps them up to date.
import {get, identity, loadSpec, Refusal, useKey, worldName} from "./api.js";
import {showProblem} from "./blocks.js";
import {askForToken, chooseWorld} from "./dialogs.js";
import {onChooseWorld, showConnection, updateHeader} from "./header.js";
import {clock, refresh, start} from "./live.js";
import {accountsPanel} from "./panels/accounts.js";
import {clockPanel} from "./panels/clock.js";
import {eventsPanel} from "./panels/events.js";
import {faultsPanel} from "./panels/faults.js";
import {journalPanel} from "./panels/journal.js";
import {sessionsPanel} from "./panels/sessions.js";
import {webhooksPanel} from "./panels/webhooks.js";
import {worldPanel} from "./panels/world.js";
import {el, setAttribute, setText} from "../shared/dom.js";

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
const TOKEN_CODES = ["control_token_missing", "control_token_wrong"];

const content = document.getElementById("content");
const trouble = document.getElementById("trouble");
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

function switchTo(key) {
  useKey(key);
  if (hashParts().length > 1) location.hash = hashParts()[0]; // the rest belonged to the other world
  setText(document.getElementById("outcome"), `Switched to the world ${worldName()}.`);
  if (panels.size) makePanels();
  else refresh();
}

for (const [name, [label]] of Object.entries(PANELS)) links.set(name, el("a", {href: `#${name}`}, label));
document.querySelector("nav").append(...links.values());
onChooseWorld(() => chooseWorld(switchTo));
window.addEventListener("hashchange", navigate);
start(update, showConnection);
