// The world's inbox: the mock receives webhooks itself, and says whether their signatures are right.
import {actionButton} from "../../actions.js";
import {curl, get, identity, linkTo, prepare, worldName} from "../../api.js";
import {card, definitions, disclosure, emptyNote, hint, panel, Rows} from "../../blocks.js";
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
  const name = worldName();
  const {node, problem} = panel("Inbox", ABOUT);
  if (!NAME.test(name)) {
    node.append(el("p", {class: "empty"}, NO_NAME));
    return {node, async update() {}};
  }
  const path = `/_mock/inbox/${name}`;
  const source = subscription(path, problem);
  const list = el("ul", {class: "rows"});
  const none = emptyNote("Nothing has come yet.");
  const count = hint();
  const rows = new Rows(list, (entry) => entryRow(entry, source.url));
  const clear = clearButton(name, problem);
  node.append(source.node, el("div", {class: "tools"}, count, clear), none, list, readingCard(name));
  const feed = new Feed(`/inbox/${name}`, ({id}) => id);

  async function update() {
    await Promise.all([source.update(), feed.update([])]);
    const {entries, total} = feed;
    rows.update(entries.slice(-MAX_ENTRIES).reverse());
    none.hidden = total > 0;
    clear.hidden = total === 0;
    setText(count, total <= MAX_ENTRIES ? `${total} received.` : `The newest ${MAX_ENTRIES} of ${total}.`);
  }

  return {node, update};
}

// Whether the world's events come to the inbox, and a button that makes it so: {node, url(), update()}.
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
  const update = async () => {
    webhooks = (await get("/webhooks")).data;
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

const accountOf = (json) => String(json?.data?.display_name ?? json?.data?.username ?? json?.data?.id ?? "");

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
  const delivery = isSecret
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
