// The page: its panels, the one that is visible, and what keeps them up to date.
import {get, identity, keyOf, keyOfWorld, linkTo, loadSpec, Refusal, worldName} from "./api.js";
import {showProblem} from "./blocks.js";
import {counter, requestsSince, updateCounters} from "./counters.js";
import {askForToken, chooseWorld} from "./dialogs.js";
import {onChooseWorld, showConnection, updateHeader} from "./header.js";
import {nameWorld, readAddress, useKey} from "./identity.js";
import {clock, refresh, start} from "./live.js";
import {accountsPanel} from "./panels/accounts/panel.js";
import {clockPanel} from "./panels/clock/panel.js";
import {eventsPanel} from "./panels/events/panel.js";
import {faultsPanel} from "./panels/faults/panel.js";
import {inboxPanel} from "./panels/inbox/panel.js";
import {journalPanel} from "./panels/requests/panel.js";
import {scenariosPanel} from "./panels/scenarios/panel.js";
import {sessionsPanel} from "./panels/sessions/panel.js";
import {webhooksPanel} from "./panels/webhooks/panel.js";
import {worldPanel} from "./panels/world/panel.js";
import {outcome} from "./sent.js";
import {withdrawUndo} from "./undo.js";
import {el, setAttribute, setText} from "../shared/dom.js";

// The panels, which are built for one world: {node, update(overview) → promise, open?(rest of the hash), always?()}.
// `always()` says that it shows more than this world, so that it is updated when nothing happened here, too.
const PANELS = {
  accounts: ["Accounts", accountsPanel],
  requests: ["Requests", journalPanel],
  faults: ["Faults", faultsPanel],
  events: ["Events", eventsPanel],
  webhooks: ["Webhooks", webhooksPanel],
  inbox: ["Inbox", inboxPanel],
  scenarios: ["Scenarios", scenariosPanel],
  sessions: ["Sessions", sessionsPanel],
  clock: ["Clock", clockPanel],
  world: ["World", worldPanel],
};
const TOKEN_CODES = ["control_token_missing", "control_token_wrong"];
const MAX_AGE = 15_000; // milliseconds; then a panel is updated although nothing happened, because time passes

const content = document.getElementById("content");
const trouble = document.getElementById("trouble");
const links = new Map();
let panels = new Map();
let isSwitched = false; // to a world that the server has not named yet
let current = null; // the name of the visible panel
let latest = {}; // what the visible panel shows: {panel, version, at}

// Shows what the address names. It always names the world, so that it can be sent to others.
async function navigate() {
  const {world, panel, rest} = readAddress(location.hash);
  if (world !== null && world !== worldName() && (await enter(world))) return;
  if (!panels.size) return;
  current = Object.hasOwn(PANELS, panel) ? panel : "accounts";
  for (const [each, {node}] of panels) node.hidden = each !== current;
  for (const [each, link] of links) setAttribute(link, "aria-current", each === current ? "page" : null);
  showLink();
  showAddress(linkTo(current, ...rest));
  panels.get(current).open?.(rest);
}

// On a phone the links are wider than the page.
const showLink = () => links.get(current).scrollIntoView({block: "nearest", inline: "nearest"});

function showAddress(address) {
  if (location.hash !== address) history.replaceState(null, "", address);
}

// Switches to the world that an address names. Returns whether there is a key for it, other than the present one.
async function enter(world) {
  const key = await keyOfWorld(world).catch(() => keyOf(world));
  if (key === null || key === identity.key) return false;
  use(key);
  return true;
}

// The world of `key` from now on; the next update makes its panels.
function use(key) {
  useKey(key);
  withdrawUndo();
  for (const {node} of panels.values()) node.remove();
  isSwitched ||= panels.size > 0;
  panels = new Map();
  refresh();
}

function switchTo(key) {
  history.pushState(null, "", `#${readAddress(location.hash).panel}`); // the rest belonged to the other world
  use(key);
}

// Chooses the world before the first panel is made: that of the address, else that of this tab, else the server's first one.
// With strict keys the server tells no key, but the user may have one.
async function begin() {
  const {world} = readAddress(location.hash);
  if (world !== null && world !== worldName()) return enter(world);
  if (identity.key !== null) return;
  const {
    data: [first],
  } = await get("/worlds?first=true");
  if (first.key !== null) useKey(first.key);
  else if (first.name !== worldName()) chooseWorld(switchTo);
}

function makePanels() {
  panels = new Map(Object.entries(PANELS).map(([name, [, make]]) => [name, make()]));
  for (const {node} of panels.values()) content.append(node);
  for (const [name, link] of links) link.href = location.pathname + linkTo(name);
  return navigate();
}

async function update(isAsked) {
  await loadSpec();
  let {key} = identity;
  try {
    if (!panels.size) await begin();
    ({key} = identity);
    const overview = await get(`/world?requests_since=${requestsSince()}`);
    if (key === identity.key) await show(overview, isAsked);
    showProblem(trouble, null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (key !== identity.key) return; // the user has switched to another world
    if (TOKEN_CODES.includes(error.problem.code)) askForToken();
    else if (trouble.textContent !== error.message) showProblem(trouble, error);
  }
}

async function show(overview, isAsked) {
  nameWorld(overview);
  clock.set(overview.clock);
  const isNew = !panels.size;
  if (isNew) await makePanels();
  if (!panels.size) return; // the address names another world
  if (isSwitched) setText(outcome, `Switched to the world ${worldName()}.`);
  isSwitched = false;
  updateHeader(overview);
  const unseen = updateCounters(overview, current);
  if (isNew) showLink(); // the numbers have moved it
  document.title = `${unseen ? `(${unseen}) ` : ""}${PANELS[current][0]} · ${worldName()} · Postfuze, mocked`;
  if (!isAsked && isUpToDate(overview)) return;
  const now = {panel: current, version: overview.version, at: performance.now()};
  await panels.get(current).update(overview);
  latest = now;
}

function isUpToDate({version}) {
  const isSame = latest.panel === current && latest.version === version;
  return isSame && !panels.get(current).always?.() && performance.now() - latest.at < MAX_AGE;
}

for (const [name, [label]] of Object.entries(PANELS))
  links.set(name, el("a", {}, el("span", {class: "label"}, label), counter(name)));
document.querySelector("nav").append(...links.values());
onChooseWorld(() => chooseWorld(switchTo));
window.addEventListener("hashchange", () => navigate().then(refresh));
start(update, showConnection);
