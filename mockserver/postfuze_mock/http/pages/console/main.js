// The page: its panels, the one that is visible, and what keeps them up to date.
import {get, identity, keyOf, linkTo, loadSpec, readAddress, Refusal, useKey, worldName} from "./api.js";
import {showProblem} from "./blocks.js";
import {askForToken, chooseWorld} from "./dialogs.js";
import {onChooseWorld, showConnection, updateHeader} from "./header.js";
import {clock, refresh, start} from "./live.js";
import {accountsPanel} from "./panels/accounts.js";
import {clockPanel} from "./panels/clock.js";
import {eventsPanel} from "./panels/events.js";
import {faultsPanel} from "./panels/faults.js";
import {journalPanel} from "./panels/journal.js";
import {scenariosPanel} from "./panels/scenarios/panel.js";
import {sessionsPanel} from "./panels/sessions.js";
import {webhooksPanel} from "./panels/webhooks.js";
import {worldPanel} from "./panels/world.js";
import {outcome} from "./sent.js";
import {withdrawUndo} from "./undo.js";
import {el, setAttribute, setText} from "../shared/dom.js";

// The panels, which are built for one world: {node, update() → promise, open?(rest of the hash)}.
const PANELS = {
  accounts: ["Accounts", accountsPanel],
  sessions: ["Sessions", sessionsPanel],
  scenarios: ["Scenarios", scenariosPanel],
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

// Shows what the address names. It always names the world, so that it can be sent to others.
function navigate() {
  const {world, panel, rest} = readAddress(location.hash);
  if (world !== null && world !== worldName() && keyOf(world)) use(keyOf(world));
  if (!panels.size) return;
  current = panel in PANELS ? panel : "accounts";
  for (const [each, {node}] of panels) node.hidden = each !== current;
  for (const [each, link] of links) setAttribute(link, "aria-current", each === current ? "page" : null);
  links.get(current).scrollIntoView({block: "nearest", inline: "nearest"});
  document.title = `${PANELS[current][0]} · ${worldName()} · Postfuze, mocked`;
  showAddress(linkTo(current, ...rest));
  panels.get(current).open?.(rest);
  refresh();
}

function showAddress(address) {
  if (location.hash !== address) history.replaceState(null, "", address);
}

// Builds the panels of the current world, and removes those of the previous one.
function makePanels() {
  for (const {node} of panels.values()) node.remove();
  panels = new Map(Object.entries(PANELS).map(([name, [, make]]) => [name, make()]));
  for (const {node} of panels.values()) content.append(node);
  for (const [name, link] of links) link.href = linkTo(name);
  updateHeader();
}

async function update() {
  await loadSpec();
  const {key} = identity;
  try {
    clock.set(await get("/clock"));
    if (!panels.size) {
      makePanels();
      navigate();
    }
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

// The world of `key` from now on, with new panels.
function use(key) {
  useKey(key);
  withdrawUndo();
  if (!panels.size) return;
  setText(outcome, `Switched to the world ${worldName()}.`);
  makePanels();
}

function switchTo(key) {
  use(key);
  showAddress(linkTo(readAddress(location.hash).panel)); // the rest belonged to the other world
  navigate();
}

for (const [name, [label]] of Object.entries(PANELS)) links.set(name, el("a", {}, label));
document.querySelector("nav").append(...links.values());
onChooseWorld(() => chooseWorld(switchTo));
window.addEventListener("hashchange", navigate);
navigate(); // the address may name another world than the tab's
start(update, showConnection);
