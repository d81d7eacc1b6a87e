// Two panels: account events with their deliveries, and the webhooks that events are delivered to.
import {actionButton, checkbox, field, form, input, textOf} from "./actions.js";
import {eventNames, get, newestOf} from "./api.js";
import {
  badge,
  card,
  codeBlock,
  contentKey,
  copyable,
  disclosure,
  el,
  emptyNote,
  hint,
  olderNote,
  panel,
  Rows,
  setBadge,
  setText,
  toJson,
} from "./dom.js";
import {formatTime} from "./live.js";

const EVENTS_ABOUT = "What happened to accounts, newest first, with every attempt to deliver it to the webhooks.";
const WEBHOOKS_ABOUT =
  "Events are delivered over real HTTP to loopback addresses, and to the hosts that the server is allowed to reach.";
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

export function webhooksPanel() {
  const list = el("ul", {class: "rows"});
  const none = emptyNote("This world has no webhooks.");
  const secrets = el("div", {role: "status"});
  const {node, problem} = panel("Webhooks", WEBHOOKS_ABOUT, secrets, none, list);
  let webhooks = [];
  const put = (body) => ({method: "PUT", path: "/webhooks", body});
  const allBut = (index) => put(webhooks.filter((_, position) => position !== index));
  const rows = new Rows(list, (webhook) => webhookRow(webhook, () => allBut(webhook.id), problem));
  const addForm = webhookForm({
    nextIndex: () => webhooks.length,
    request: (webhook) => put([...webhooks, webhook]),
    then: (body) => showSecrets(secrets, body.data),
  });
  node.append(card("Add a webhook", addForm));
  const update = async () => {
    webhooks = (await get("/webhooks")).data;
    const items = webhooks.map((each, index) => ({...each, id: index}));
    rows.update(items, ({id, url}) => contentKey(id, url));
    none.hidden = webhooks.length > 0;
  };
  return {node, update};
}

// Shows the secrets that the server has just generated: it does not return them again.
function showSecrets(box, webhooks) {
  const cards = webhooks
    .filter((webhook) => webhook.signing_secret)
    .map(({url, signing_secret: secret}) =>
      el(
        "div",
        {class: "card good"},
        el("p", {}, `The signing secret of ${url}, shown only now:`),
        copyable("Signing secret", secret).node,
      ),
    );
  box.replaceChildren(...cards);
}

function webhookRow(webhook, request, problem) {
  const [url, names, about] = [el("b"), hint(), hint()];
  const remove = actionButton("Remove", {
    request,
    success: "Webhook removed",
    problem,
    kind: "small",
    "aria-label": `Remove the webhook ${webhook.url}`,
  });
  const update = (current) => {
    setText(url, current.url);
    setText(names, current.events.length === eventNames().length ? "all events" : current.events.join(", "));
    setText(about, current.description ?? "");
  };
  return {node: el("li", {class: "line"}, url, names, about, remove), update};
}

// The request replaces the whole list: errors point at the new webhook by `nextIndex()`; `request(webhook)` adds it.
function webhookForm({nextIndex, request, then}) {
  const url = field("URL", input({type: "url", placeholder: "http://127.0.0.1:9000/hooks"}), {wide: true});
  const description = field("Description", input(), {wide: true});
  Object.defineProperty(url, "pointer", {get: () => `/${nextIndex()}/url`});
  const boxes = eventNames().map((name) => ({name, ...checkbox(name, {checked: true})}));
  const names = () => boxes.filter((each) => each.control.checked).map((each) => each.name);
  const webhook = () => ({
    url: url.control.value.trim(),
    events: names().length === boxes.length ? undefined : names(),
    description: textOf(description),
  });
  const layout = [
    el("div", {class: "fields"}, url.node, description.node),
    el("fieldset", {}, el("legend", {}, "Events"), ...boxes.map((each) => each.node)),
  ];
  return form({
    label: "Add a webhook",
    submit: "Add",
    fields: [url, description],
    layout,
    request: () => request(webhook()),
    success: "Webhooks set",
    then,
  }).node;
}
