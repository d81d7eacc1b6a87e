// The page: its panels, the one that is shown, and the looks that keep it up to date.
import {accounts} from "./accounts.js";
import {get, Refusal} from "./call.js";
import {el, setAttribute, setText} from "./dom.js";
import {events} from "./events.js";
import {faults} from "./faults.js";
import {head, tellConnection} from "./head.js";
import {journal} from "./journal.js";
import * as live from "./live.js";
import {show} from "./outcome.js";
import {sessions} from "./sessions.js";
import {load, spec} from "./spec.js";
import {clockPanel} from "./clock.js";
import {clock} from "./instants.js";
import {webhooks} from "./webhooks.js";
import {world} from "./world.js";
import {askForToken, chosen, title, tokenIsAsked} from "./worlds.js";

// Each is made anew for another world: {node, look() → promise, open?(rest of the hash)}.
const PANELS = {
  accounts: ["Accounts", accounts],
  sessions: ["Sessions", sessions],
  clock: ["Clock", clockPanel],
  faults: ["Faults", faults],
  requests: ["Requests", journal],
  events: ["Events", events],
  webhooks: ["Webhooks", webhooks],
  world: ["World", world],
};
const content = document.getElementById("content");
const trouble = document.getElementById("trouble");
const links = new Map();
let panels = new Map();
let shown = null;

const place = () => location.hash.slice(1).split("/");

function navigate() {
  const [wanted, ...rest] = place();
  if (!spec.levers || !panels.size) return;
  shown = wanted in PANELS ? wanted : "accounts";
  for (const [name, panel] of panels) panel.node.hidden = name !== shown;
  for (const [name, link] of links) setAttribute(link, "aria-current", name === shown ? "page" : null);
  links.get(shown).scrollIntoView({block: "nearest", inline: "nearest"});
  document.title = `${PANELS[shown][0]} · ${title()} · Postfuze, mocked`;
  panels.get(shown).open?.(rest);
  live.soon();
}

// Another world: nothing of the one before stays.
function begin() {
  for (const {node} of panels.values()) node.remove();
  panels = new Map(Object.entries(PANELS).map(([name, [, make]]) => [name, make()]));
  for (const {node} of panels.values()) content.append(node);
  head();
  navigate();
}

async function look() {
  if (!spec.levers) await load();
  const before = chosen();
  try {
    clock.take(await get("/clock"));
    if (!panels.size) begin();
    head();
    await panels.get(shown).look();
    show(trouble, null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (before !== chosen()) return;
    troubled(error);
  }
}

function troubled(error) {
  if (tokenIsAsked(error)) return askForToken();
  if (trouble.textContent !== error.message) show(trouble, error);
}

for (const [name, [label]] of Object.entries(PANELS)) {
  const link = el("a", {href: `#${name}`}, label);
  links.set(name, link);
  document.querySelector("nav").append(link);
}
window.addEventListener("hashchange", navigate);
window.addEventListener("worldchange", () => {
  if (place().length > 1) location.hash = place()[0]; // what it named was of the other world
  setText(document.getElementById("outcome"), `This is the world ${title()} now.`);
  if (panels.size) begin();
  else live.soon();
});
live.start(look, tellConnection);
