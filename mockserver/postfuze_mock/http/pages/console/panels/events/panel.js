// Account events, and what became of them at the webhooks.
import {actionButton, checkbox, field, input, select} from "../../actions.js";
import {eventNames, get, linkTo, newestOf} from "../../api.js";
import {badge, contentKey, disclosure, emptyNote, hint, olderNote, panel, Rows} from "../../blocks.js";
import {formatTime, refresh} from "../../live.js";
import {nameOf} from "../accounts/account.js";
import {deliveryList, setOutcome} from "./deliveries.js";
import {webhookChoice} from "../webhooks/form.js";
import {codeBlock, el, setText, toJson} from "../../../shared/dom.js";

const ABOUT = "What happened to accounts, newest first, and every attempt to deliver it to the webhooks.";
const MAX_ENTRIES = 50;

export function eventsPanel() {
  const filters = eventFilters();
  const list = el("ul", {class: "rows"});
  const none = emptyNote("");
  const older = olderNote(MAX_ENTRIES);
  const {node, problem} = panel("Events", ABOUT, filters.node, none, list, older);
  const rows = new Rows(list, (event) => eventRow(event, problem));
  let opened = null; // the id of the event that the address names

  async function update() {
    filters.setUrls((await get("/webhooks")).data);
    const {entries, more} = await newestOf("/events", filters.values(), MAX_ENTRIES);
    rows.update(entries.reverse(), ({id, event, created_at: at, data}) => contentKey(id, event, at, data));
    none.hidden = entries.length > 0;
    if (!none.hidden) none.replaceChildren(...whatToDo(filters.values().length > 0));
    older.hidden = !more;
    opened = openRow(rows, opened);
    await Promise.all([...rows.rows.values()].map((row) => row.load()));
  }

  // The address may be events/search/TEXT, events/webhook/URL, events/undelivered or events/open/ID.
  function open([kind, value]) {
    if (kind) filters.set(kind, value);
    if (kind === "open") opened = value;
  }

  return {node, update, open};
}

function whatToDo(isFiltered) {
  if (isFiltered) return ["No event matches."];
  const [accounts, webhooks] = [el("a", {href: linkTo("accounts")}), el("a", {href: linkTo("webhooks")})];
  setText(accounts, "Disconnect an account");
  setText(webhooks, "send a test event");
  return ["No events yet. ", accounts, ", or ", webhooks, "."];
}

// Opens the row of an event once it is there. Returns what is still to be opened.
function openRow(rows, id) {
  const row = [...rows.rows.values()].find((each) => each.id === id);
  row?.open();
  return row ? null : id;
}

// {node, values() → pairs of name and value, set(kind, value), setUrls(webhooks)}
function eventFilters() {
  const search = field("Search", input({type: "search", placeholder: "Name or id of the account"}));
  const event = field("Event", select([["", "Any"], ...eventNames()]));
  const webhook = webhookChoice("Any");
  const undelivered = checkbox("Only undelivered");
  const nodes = [search, event, webhook, undelivered].map((each) => each.node);
  const values = () =>
    Object.entries({
      q: search.control.value.trim(),
      event: event.control.value,
      webhook: webhook.control.value,
      undelivered: undelivered.control.checked ? "true" : "",
    }).filter(([, value]) => value);
  const set = (kind, value) => {
    search.control.value = kind === "search" ? value : "";
    event.control.value = "";
    webhook.choose(kind === "webhook" ? value : "");
    undelivered.control.checked = kind === "undelivered";
  };
  const node = el("div", {class: "tools", role: "search", oninput: refresh}, ...nodes);
  return {node, values, set, setUrls: webhook.setUrls};
}

// A row loads the event in full while it is open, and again when its deliveries have changed.
function eventRow(event, problem) {
  const state = badge();
  const deliveries = deliveryList(problem);
  const redeliver = actionButton("Deliver again", {
    request: () => ({method: "POST", path: `/events/${event.id}/redeliver`}),
    success: "Delivered again",
    problem,
    kind: "small",
  });
  const account = codeBlock("Account of the event", toJson(event.data));
  const details = [
    deliveries.node,
    el("p", {class: "actions"}, redeliver, el("a", {href: linkTo("accounts", event.data.id)}, "Open the account")),
    el("details", {}, el("summary", {}, "The account in the event"), account),
  ];
  const line = [
    hint(formatTime(event.created_at)),
    el("b", {}, event.event),
    el("span", {}, nameOf(event.data)),
    event.test ? el("span", {class: "badge mute"}, "test") : null,
    state,
  ];
  let [latest, loaded, full] = ["", "", null];
  const [button, body] = disclosure(line, () => {
    if (!body.childElementCount) body.append(...details);
    loaded = ""; // the webhook may have another secret by now
    refresh();
  });
  const update = (current) => {
    setOutcome(state, current.deliveries ?? []);
    latest = contentKey(current.deliveries);
  };
  const load = async () => {
    if (body.hidden) return;
    if (loaded !== latest) [loaded, full] = [latest, await get(`/events/${event.id}`)];
    deliveries.update(full.deliveries ?? []); // also where nothing is new: time passes
  };
  return {node: el("li", {}, button, body), id: event.id, update, load, open: () => body.hidden && button.click()};
}
