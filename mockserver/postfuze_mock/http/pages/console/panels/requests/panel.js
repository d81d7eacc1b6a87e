// The journal, live: what came in at the API, newest first, each with why it was answered so.
import {actionButton, checkbox, field, input, select} from "../../actions.js";
import {curl, get, linkTo, operations, prepare, Refusal, worldName} from "../../api.js";
import {badge, disclosure, emptyNote, hint, panel, Rows, setBadge} from "../../blocks.js";
import {apiOrigin, loadFacts} from "../../facts.js";
import {formatTime, onTick, refresh, relativeTime} from "../../live.js";
import {callDetails} from "./call.js";
import {callKey, Feed} from "../../feed.js";
import {copyable, el, setText, withCode} from "../../../shared/dom.js";

const ABOUT =
  "The requests to the API in this world, newest first. The console's own to the control API are not among them.";
const APART = 5000; // milliseconds: from then on the world's time is not the real one

export function journalPanel() {
  const {node, problem} = panel("Requests", ABOUT);
  const tools = journalTools(problem, () => feed.forget());
  const feed = new Feed("/requests", callKey);
  const linked = el("div", {class: "linked"});
  const list = el("ul", {class: "rows journal"});
  const foot = journalFoot(feed);
  const firstCall = emptyJournal();
  const none = emptyNote("No request matches.");
  const rows = new Rows(list, (entry) => callRow(entry, (id) => (wanted = id)));
  let wanted = null; // the id of the call to open
  let facts = null;
  node.append(tools.node, firstCall.node, none, linked, list, foot.node);
  onTick(() => (tickTimes(node), node.isConnected));

  async function update() {
    facts ??= loadFacts();
    await facts;
    try {
      await feed.update(tools.filters());
      tools.status.setError(null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tools.status.setError(error.message); // the user may still be typing
      return;
    }
    rows.update([...feed.entries].reverse(), callKey);
    const isEmpty = feed.entries.length === 0;
    firstCall.show(isEmpty && tools.filters().length === 0);
    none.hidden = !isEmpty || tools.filters().length === 0;
    foot.update();
    if (wanted !== null) await openWanted();
  }

  async function openWanted() {
    const id = wanted;
    wanted = null;
    const entry = feed.entries.find((each) => each.id === id);
    linked.replaceChildren();
    if (entry) return rows.rows.get(callKey(entry)).open();
    try {
      const row = callRow(await get(`/requests/${encodeURIComponent(id)}`), (next) => (wanted = next));
      linked.replaceChildren(el("ul", {class: "rows journal", "aria-label": "The call of the link"}, row.node));
      row.open();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      linked.replaceChildren(el("p", {class: "problem"}, error.message));
    }
  }

  // #requests/ID opens a call, #requests/search/TEXT and #requests/refused set the filters.
  function open([first, text = ""]) {
    if (first === "search") tools.search.control.value = text;
    else if (first === "refused") tools.refused.control.checked = true;
    else if (first) wanted = first;
  }

  return {node, update, open, always: tools.hasAllWorlds}; // other worlds' calls do not change this one
}

function journalTools(problem, forget) {
  const search = field("Search", input({type: "search", maxlength: 200, placeholder: "path, sentence, body …"}));
  const operation = field("Operation", select([["", "Any"], ...operations()]));
  const status = field("Status", input({placeholder: "404 or 4XX"}));
  const refused = checkbox("Only refused");
  const all = checkbox("All worlds");
  const clear = actionButton("Empty the journal", {
    request: () => ({method: "DELETE", path: "/requests"}),
    success: "Journal emptied",
    confirm: {
      title: `Empty the journal of ${worldName()}?`,
      text: "All its requests are removed. Undo puts them back.",
    },
    undoable: true,
    problem,
    then: forget,
  });
  const parts = [search.node, operation.node, status.node, refused.node, all.node, clear];
  const node = el("div", {class: "tools", role: "search", oninput: refresh}, ...parts);
  const filters = () =>
    Object.entries({
      q: search.control.value.trim(),
      operation: operation.control.value,
      status: status.control.value.trim() || (refused.control.checked ? "refused" : ""),
      all: all.control.checked ? "true" : "",
    }).filter(([, value]) => value);
  return {node, search, status, refused, filters, hasAllWorlds: () => all.control.checked};
}

// Says how much of the journal is shown, and loads more.
function journalFoot(feed) {
  const count = hint();
  const onclick = () => feed.older().then(refresh);
  const older = el("button", {type: "button", class: "small", onclick}, "Load older");
  const node = el("p", {class: "foot"}, count, older);
  const update = () => {
    const {length} = feed.entries;
    const total = feed.total.toLocaleString("en");
    setText(count, feed.cursor ? `${length} of ${total}. Search, or load older ones.` : `All ${length}.`);
    older.hidden = feed.cursor === null;
    node.hidden = length === 0;
  };
  return {node, update};
}

// What to do in a world that nobody has called: a call to copy.
function emptyJournal() {
  const command = copyable("A first call");
  const text = "No requests yet. Make the first one from a shell:";
  const node = el("div", {class: "first-call", hidden: true}, el("p", {}, text), command.node);
  const show = (isShown) => {
    node.hidden = !isShown;
    const path = "/api/v1/social-accounts?limit=3";
    if (isShown) command.setText(curl({...prepare({path, api: true}), url: apiOrigin() + path}));
  };
  return {node, show};
}

function callRow(entry, openCall) {
  const status = badge();
  setBadge(status, entry.status === null ? "dropped" : String(entry.status), statusKind(entry.status));
  const line = [
    timeOf(entry),
    status,
    el("b", {}, entry.method),
    el("span", {class: "path"}, entry.path),
    entry.fault ? el("span", {class: "badge bad"}, "fault") : "",
    hint(entry.operation ?? "no operation"),
    entry.why ? el("span", {class: "short"}, ...withCode(entry.why.sentence)) : "",
  ].filter(Boolean);
  const [button, body] = disclosure(line, (more) => fillCall(more, entry, openCall));
  const isHere = entry.world === undefined || entry.world === worldName();
  button.addEventListener("click", () => isHere && showAddress(body.hidden ? [] : [entry.id]));
  const world = entry.world === undefined ? "" : worldLink(entry);
  const node = el("li", {class: world ? "of-a-world" : ""}, ...[world, button, body].filter(Boolean));
  const open = () => {
    if (body.hidden) button.click();
    button.scrollIntoView({block: "start"});
    button.focus({preventScroll: true});
  };
  return {node, update() {}, open};
}

// The list has no bodies; they are loaded with the call that is opened.
async function fillCall(body, {id, world}, openCall) {
  try {
    const entry = await get(`/requests/${encodeURIComponent(id)}${world === undefined ? "" : "?all=true"}`);
    body.replaceChildren(...callDetails(entry, openCall));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    body.replaceChildren(el("p", {class: "problem"}, error.message));
  }
}

// The address bar follows, so that it can be sent to others.
const showAddress = (rest) => history.replaceState(null, "", linkTo("requests", ...rest));

function worldLink({world, id}) {
  const isMasked = world.includes("…");
  return el(isMasked ? "span" : "a", {class: "world", href: isMasked ? null : `#@${world}/requests/${id}`}, world);
}

// Real time; the world's own where it differs.
function timeOf({at, received_at: received}) {
  const isApart = Math.abs(Date.parse(at) - Date.parse(received)) > APART;
  const title = `Received at ${formatTime(received)} UTC; the world's time of the response was ${formatTime(at)}`;
  const time = el("time", {datetime: received, title}, ago(received));
  return el("span", {class: "when"}, time, ...(isApart ? [hint(formatTime(at))] : []));
}

const ago = (received) => relativeTime(received, Math.max(Date.now(), Date.parse(received)));

function tickTimes(node) {
  for (const time of node.querySelectorAll("time")) setText(time, ago(time.dateTime));
}

function statusKind(status) {
  if (status === null || status >= 500) return "bad";
  return status >= 400 ? "warn" : "good";
}
