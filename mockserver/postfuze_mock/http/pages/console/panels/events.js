// Account events, with every attempt to deliver them.
import {actionButton} from "../actions.js";
import {newestOf} from "../api.js";
import {badge, contentKey, disclosure, emptyNote, hint, olderNote, panel, Rows, setBadge} from "../blocks.js";
import {formatTime} from "../live.js";
import {codeBlock, el, setText, toJson} from "../../shared/dom.js";

const EVENTS_ABOUT = "What happened to accounts, newest first, with every attempt to deliver it to the webhooks.";
const MAX_ENTRIES = 100;
const DELIVERY_KINDS = {delivered: "good", pending: "warn", failed: "bad", given_up: "bad"};

export function eventsPanel() {
  const list = el("ul", {class: "rows"});
  const none = emptyNote("No events yet.");
  const older = olderNote(MAX_ENTRIES);
  const {node, problem} = panel("Events", EVENTS_ABOUT, none, list, older);
  const rows = new Rows(list, (event) => eventRow(event, problem));
  const update = async () => {
    const {entries, more} = await newestOf("/events", [], MAX_ENTRIES);
    rows.update(entries.reverse(), ({id, event, created_at: at, data: account}) => contentKey(id, event, at, account));
    none.hidden = entries.length > 0;
    older.hidden = !more;
  };
  return {node, update};
}

function eventRow(event, problem) {
  const states = el("span", {class: "badges"});
  const attempts = el("ul", {class: "attempts"});
  const redeliver = actionButton("Deliver again", {
    request: () => ({method: "POST", path: `/events/${event.id}/redeliver`}),
    success: "Delivered again",
    problem,
    kind: "small",
  });
  const account = codeBlock("Account of the event", toJson(event.data));
  const details = [
    attempts,
    el("p", {class: "actions"}, redeliver),
    el("details", {}, el("summary", {}, "Account"), account),
  ];
  const line = [
    hint(formatTime(event.created_at)),
    el("b", {}, event.event),
    el("span", {}, event.data.username ?? event.data.id),
    states,
  ];
  const row = disclosure(line, (body) => body.childElementCount || body.append(...details));
  const deliveryRows = new Rows(attempts, deliveryRow);
  const badges = new Rows(states, deliveryBadge);
  const update = ({deliveries = []}) => {
    const items = deliveries.map((each, index) => ({...each, id: index}));
    badges.update(items);
    deliveryRows.update(items.length ? items : [{id: "none"}]);
  };
  return {node: el("li", {}, ...row), update};
}

const readable = (status) => status.replaceAll("_", " ");

function deliveryBadge() {
  const node = badge();
  return {node, update: ({status}) => setBadge(node, readable(status), DELIVERY_KINDS[status] ?? "mute")};
}

function deliveryRow({id}) {
  if (id === "none") return {node: el("li", {class: "hint"}, "No webhook subscribed to this event."), update() {}};
  const [summary, list] = [el("p"), el("ol")];
  const rows = new Rows(list, attemptRow);
  const update = ({url, status, next_attempt_at: next, attempts}) => {
    setText(summary, `${url}: ${readable(status)}${next ? `, next attempt at ${formatTime(next)}` : ""}`);
    rows.update(attempts.map((each, index) => ({...each, id: index})));
  };
  return {node: el("li", {}, summary, list), update};
}

function attemptRow() {
  const node = el("li");
  const update = ({at, error, status, duration_ms: duration}) =>
    setText(node, `${formatTime(at)}: ${error ?? status} (${Math.round(duration)} ms)`);
  return {node, update};
}
