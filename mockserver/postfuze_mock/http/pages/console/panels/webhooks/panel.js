// The webhooks that the world's events are delivered to, the failing ones first, with why.
import {actionButton} from "../../actions.js";
import {eventNames, get, linkTo, newestOf} from "../../api.js";
import {badge, card, disclosure, emptyNote, hint, panel, problemBox, Rows, setBadge} from "../../blocks.js";
import {formatTime} from "../../live.js";
import {setOutcome} from "../events/deliveries.js";
import {inboxOf} from "../inbox/panel.js";
import {testEventButton, testEventForm} from "./testevent.js";
import {rememberSecret} from "../../verification.js";
import {newSecret, webhookForm} from "./form.js";
import {copyable, el, setText} from "../../../shared/dom.js";

const ABOUT =
  "Where this world's events go: over real HTTP to this machine and to hosts that the server may reach, or to an inbox of the mock.";
const NONE_YET = "Nothing was sent to it yet.";

export function webhooksPanel() {
  const list = el("ul", {class: "rows"});
  const inbox = el("a", {href: linkTo("inbox")}, "inbox");
  const none = emptyNote("");
  none.append("This world has no webhooks. Add one below, or receive its events in the mock's own ", inbox, ".");
  const secrets = el("div", {role: "status"});
  const {node, problem} = panel("Webhooks", ABOUT, secrets, none, list);
  let webhooks = [];
  const put = (body) => ({method: "PUT", path: "/webhooks", body});
  // The requests replace the whole list.
  const requests = {
    without: (url) => put(webhooks.filter((each) => each.url !== url)),
    changed: (url, fields) => put(webhooks.map((each) => (each.url === url ? {...each, ...fields} : each))),
    added: (webhook) => put([...webhooks, webhook]),
    index: (url) => webhooks.findIndex((each) => each.url === url),
  };
  const showSecret = (url, secret) => showSecrets(secrets, [{url, signing_secret: secret}]);
  const rows = new Rows(list, (webhook) => webhookRow(webhook, requests, showSecret, problem));
  const addForm = webhookForm({
    label: "Add a webhook",
    submit: "Add",
    index: () => webhooks.length,
    request: (webhook) => requests.added(webhook),
    then: (body) => showSecrets(secrets, body.data),
  });
  const tester = testEventForm();
  node.append(el("div", {class: "cards"}, tester.node, card("Add a webhook", addForm)));

  async function update() {
    webhooks = (await get("/webhooks")).data;
    const states = await Promise.all(webhooks.map(stateOf));
    rows.update(states.sort((a, b) => b.failing - a.failing), ({url}) => url);
    none.hidden = webhooks.length > 0;
    tester.update(webhooks);
  }

  return {node, update};
}

// The webhook with its last event and the delivery of that.
async function stateOf(webhook) {
  const {entries} = await newestOf("/events", [["webhook", webhook.url]], 1);
  const [event = null] = entries;
  const delivery = event?.deliveries.find(({url}) => url === webhook.url) ?? null;
  return {...webhook, event, delivery, failing: ["failed", "given_up"].includes(delivery?.status)};
}

// Shows secrets that were just made: the server does not return them again.
function showSecrets(box, webhooks) {
  const cards = webhooks
    .filter((webhook) => webhook.signing_secret)
    .map(({url, signing_secret: secret}) => {
      rememberSecret(url, secret);
      const words = el("p", {}, `The signing secret of ${url}, shown only now:`);
      return el("div", {class: "card good"}, words, copyable("Signing secret", secret).node);
    });
  box.replaceChildren(...cards);
}

function webhookRow({url}, requests, showSecret, problem) {
  const state = badge();
  const [why, names, about] = [el("span", {class: "error"}), hint(), hint()];
  const more = webhookDetails(url, requests, showSecret, problem);
  const line = [el("b", {}, url), state, why, names, about];
  const row = disclosure(line, (body) => {
    if (!body.childElementCount) body.append(...more.nodes);
    more.open();
  });
  const update = (current) => {
    if (current.delivery) setOutcome(state, [current.delivery]);
    else setBadge(state, "nothing sent", "mute");
    setText(why, current.failing ? (current.delivery.attempts.at(-1)?.error ?? "") : "");
    why.hidden = !why.textContent;
    setText(names, current.events.length === eventNames().length ? "all events" : current.events.join(", "));
    setText(about, current.description ?? "");
    more.update(current);
  };
  return {node: el("li", {}, ...row), update};
}

// What an open webhook shows: {nodes, update(webhook), open()}. Its form is filled when it opens, and not again.
function webhookDetails(url, requests, showSecret, problem) {
  const last = el("p", {class: "hint"});
  const all = el("a", {href: linkTo("events", "webhook", url)}, "Its events");
  const inbox = inboxOf(url) ? el("a", {href: linkTo("inbox", inboxOf(url))}, "Its inbox") : "";
  const mistakes = problemBox();
  const formPlace = el("div", {class: "part"});
  let current = null;
  const update = (webhook) => {
    current = webhook;
    const {event, delivery} = webhook;
    setText(last, delivery ? lastDelivery(event, delivery) : NONE_YET);
  };
  const open = () => {
    const request = (fields) => requests.changed(url, fields);
    const index = () => requests.index(url);
    const options = {label: `Change ${url}`, submit: "Save", webhook: current, index, request};
    formPlace.replaceChildren(webhookForm(options));
  };
  const change = el("details", {}, el("summary", {}, "Change"), formPlace);
  const test = testEventButton(() => current, mistakes);
  const buttons = [test, ...webhookButtons(url, requests, showSecret, mistakes)];
  return {nodes: [last, el("p", {class: "actions tight"}, ...buttons, all, inbox), mistakes, change], update, open};
}

function webhookButtons(url, requests, showSecret, problem) {
  let secret = "";
  const renew = actionButton("New secret …", {
    request: () => requests.changed(url, {signing_secret: (secret = newSecret())}),
    success: "Secret replaced",
    problem,
    undoable: true,
    kind: "small",
    confirm: {
      title: `Replace the secret of ${url}?`,
      text: "Its receiver takes no delivery for genuine until it knows the new one, which is shown once.",
    },
    then: () => showSecret(url, secret),
  });
  const remove = actionButton("Remove", {
    request: () => requests.without(url),
    success: `Webhook ${url} removed`,
    problem,
    undoable: true,
    kind: "small danger",
    "aria-label": `Remove the webhook ${url}`,
  });
  return [renew, remove];
}

function lastDelivery({event, created_at: at}, {status, attempts}) {
  const attempt = attempts.at(-1);
  if (!attempt) return `${event}, ${formatTime(at)}: under way.`;
  const count = attempts.length > 1 ? `, attempt ${attempts.length}` : "";
  const result = attempt.error ?? `answered ${attempt.status}`;
  return `${event}, ${formatTime(at)}${count}: ${result}${status === "given_up" ? "; given up" : ""}.`;
}
