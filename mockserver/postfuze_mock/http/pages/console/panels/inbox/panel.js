// The world's inboxes: the mock receives webhooks itself, and says whether their signatures are right.
import {actionButton, field, select} from "../../actions.js";
import {curl, get, identity, linkTo, prepare, worldName} from "../../api.js";
import {card, contentKey, definitions, disclosure, emptyNote, hint, panel, Rows} from "../../blocks.js";
import {formatTime, relativeTime} from "../../live.js";
import {Feed} from "../../feed.js";
import {messageSide} from "../../message.js";
import {testEventButton} from "../webhooks/testevent.js";
import {rememberSecret, verdictBadge, verification} from "../../verification.js";
import {copyable, el, setText} from "../../../shared/dom.js";

const ABOUT = "Webhooks that the mock receives itself, so that no test needs a receiver of its own.";
const NAME = /^[A-Za-z0-9_:-]+$/;
const MAX_ENTRIES = 50;
const NO_NAME = "The name of this world is masked, because it may be a real key. So is its inbox, which has this name.";

export function inboxPanel() {
  const own = NAME.test(worldName()) ? worldName() : null;
  const {node, problem} = panel("Inbox", ABOUT);
  const choice = field("Inbox", select([]));
  const tools = el("div", {class: "tools", hidden: true}, choice.node);
  const nameless = el("p", {class: "empty", hidden: true}, NO_NAME);
  const place = el("div");
  choice.control.addEventListener("change", () => (location.hash = linkTo("inbox", choice.control.value)));
  node.append(tools, nameless, place);
  let wanted = own;
  let shown = null;

  function open([name]) {
    wanted = NAME.test(name ?? "") ? name : own;
  }

  async function update() {
    const webhooks = (await get("/webhooks")).data;
    const names = [...new Set([own, wanted, ...webhooks.map(({url}) => inboxOf(url))].filter(Boolean))];
    offer(choice.control, names, wanted);
    tools.hidden = names.length < 2;
    nameless.hidden = wanted !== null;
    if (shown?.name !== wanted) {
      shown = wanted && inbox(wanted, problem);
      place.replaceChildren(...(shown ? [shown.node] : []));
    }
    await shown?.update(webhooks);
  }

  return {node, update, open};
}

// The name of the inbox that a webhook sends to; undefined for another receiver.
export const inboxOf = (url) => /\/_mock\/inbox\/([A-Za-z0-9_:-]+)$/.exec(url)?.[1];

// Offers the `names`, unless they are offered already, because the user may be choosing.
function offer(control, names, chosen) {
  if (contentKey(names) !== contentKey([...control.options].map(({value}) => value)))
    control.replaceChildren(...names.map((name) => el("option", {value: name}, name)));
  control.value = chosen ?? "";
}

// One inbox: {name, node, update(webhooks) → promise}.
function inbox(name, problem) {
  const source = subscription(`/_mock/inbox/${name}`, problem);
  const list = el("ul", {class: "rows"});
  const none = emptyNote("Nothing has come yet.");
  const count = hint();
  const rows = new Rows(list, (entry) => entryRow(entry, source.url));
  const clear = clearButton(name, problem);
  const node = el("div", {}, source.node, el("div", {class: "tools"}, count, clear), none, list, readingCard(name));
  const feed = new Feed(`/inbox/${name}`, ({id}) => id);

  async function update(webhooks) {
    source.update(webhooks);
    await feed.update([]);
    const {entries, total} = feed;
    rows.update(entries.slice(-MAX_ENTRIES).reverse());
    none.hidden = total > 0;
    clear.hidden = total === 0;
    setText(count, total <= MAX_ENTRIES ? `${total} received.` : `The newest ${MAX_ENTRIES} of ${total}.`);
  }

  return {name, node, update};
}

// Whether the world's events come to the inbox, and a button that makes it so: {node, url(), update(webhooks)}.
function subscription(path, problem) {
  let webhooks = [];
  const own = () => webhooks.find(({url}) => url.endsWith(path));
  const words = el("p");
  const receive = actionButton("Receive here", {
    request: () => ({method: "PUT", path: "/webhooks", body: [...webhooks, {url: path}]}),
    success: "The world's events come to its inbox",
    problem,
    undoable: true,
    kind: "primary",
    then: ({data}) => rememberSecret(path, data.at(-1).signing_secret),
  });
  const test = testEventButton(own, problem);
  const manage = el("a", {href: linkTo("webhooks")}, "Webhooks");
  const update = (current) => {
    webhooks = current;
    receive.hidden = Boolean(own());
    test.hidden = manage.hidden = !own();
    setText(words, own() ? `Events of this world come here: ${own().events.join(", ")}.` : `${path} gets no events yet.`);
  };
  const buttons = el("p", {class: "actions"}, receive, test, manage);
  return {node: el("div", {class: "card"}, words, buttons), url: () => own()?.url ?? path, update};
}

function clearButton(name, problem) {
  return actionButton("Empty the inbox …", {
    request: () => ({method: "DELETE", path: `/inbox/${name}`}),
    success: "Inbox emptied",
    problem,
    confirm: {
      title: `Empty the inbox ${name}?`,
      text: "No saved state has what an inbox received, so this cannot be undone. The events themselves stay.",
    },
  });
}

function entryRow(entry, url) {
  const verdict = verdictBadge(entry.signature);
  const ago = hint();
  ago.title = `${formatTime(entry.received_at)} UTC, in real time`;
  const line = [ago, el("b", {}, entry.event ?? "no event"), el("span", {}, accountOf(entry.json)), verdict];
  const row = disclosure(line, (body) => body.childElementCount || body.append(...entryDetails(entry, url())));
  return {node: el("li", {}, ...row), update: () => setText(ago, relativeTime(entry.received_at, Date.now()))};
}

const accountOf = (json) =>
  ["display_name", "username", "id"].map((name) => json?.data?.[name]).find((each) => typeof each === "string") ?? "";

function entryDetails({id, received_at: at, headers, body, signature}, url) {
  const steps = el("div");
  const verify = el("details", {}, el("summary", {}, "Verify the signature"), steps);
  verify.addEventListener("toggle", () => verify.open && steps.replaceChildren(verification(url, {headers, body}, at)));
  const facts = definitions([
    ["Verdict", signature.detail],
    ["Received", `${formatTime(at)} UTC, in real time`],
    ["Entry", id],
  ]);
  return [facts, el("div", {class: "sides"}, messageSide("Request", {headers, body}, {line: "POST"})), verify];
}

// How a test reads the inbox.
function readingCard(name) {
  const command = curl(prepare({path: `/inbox/${name}?wait=5&event=account.disconnected`}));
  return card(
    "Read it in a test",
    hint("The call waits until the event has come, for at most 5 seconds."),
    copyable("Read the inbox with curl", command).node,
    copyable("Read the inbox in Python", python(name)).node,
  );
}

// A secret key is read from the environment; it need not name its world, so the inbox is named.
function python(name) {
  const {key, isSecret} = identity;
  const quoted = key === null ? "" : isSecret ? ', os.environ["POSTFUZE_KEY"]' : `, "${key}"`;
  const delivery = isSecret || name !== worldName()
    ? `[delivery] = mock.list_inbox("${name}", event="account.disconnected", wait=5)`
    : 'delivery = mock.inbox.wait_for("account.disconnected", timeout=5)';
  return [
    ...(isSecret ? ["import os", ""] : []),
    "from postfuze_mock.client import Mock",
    "",
    `mock = Mock("${location.origin}"${quoted})`,
    delivery,
    'assert delivery["signature"]["verdict"] == "valid"',
  ].join("\n");
}
