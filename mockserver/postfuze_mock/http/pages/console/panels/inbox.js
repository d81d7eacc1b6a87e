// The world's inbox: the mock receives webhooks itself, and says whether their signatures are right.
import {actionButton} from "../actions.js";
import {get, identity, linkTo, newestOf, worldName} from "../api.js";
import {card, definitions, disclosure, emptyNote, hint, panel, Rows} from "../blocks.js";
import {formatTime, relativeTime} from "../live.js";
import {messageSide} from "./message.js";
import {testEventButton} from "./testevent.js";
import {rememberSecret, verdictBadge, verification} from "./verification.js";
import {copyable, el, setText} from "../../shared/dom.js";

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
  let entries = [];

  async function update() {
    await source.update();
    entries = await withNewest(`/inbox/${name}`, entries);
    rows.update([...entries].reverse());
    none.hidden = entries.length > 0;
    clear.hidden = entries.length === 0;
    setText(count, entries.length < MAX_ENTRIES ? `${entries.length} received.` : `The newest ${MAX_ENTRIES}.`);
  }

  return {node, update};
}

// Adds what is newer than `entries`. It asks for what came after the last but one: if the last is not among them, the
// inbox was emptied, or too much came, and all are loaded again.
async function withNewest(path, entries) {
  const latest = async (filters) => (await newestOf(path, filters, MAX_ENTRIES)).entries;
  const [previous, last] = entries.slice(-2);
  if (!last) return latest([]);
  const since = await latest([["since", previous.id]]);
  const index = since.findIndex(({id}) => id === last.id);
  return index < 0 ? latest([]) : [...entries, ...since.slice(index + 1)].slice(-MAX_ENTRIES);
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
  const url = new URL(`/_mock/inbox/${name}?wait=5&event=account.disconnected`, location.origin).href;
  const python = [
    ...(identity.isSecret ? ["import os", ""] : []),
    "from postfuze_mock.client import Mock",
    "",
    `mock = Mock("${location.origin}", ${identity.isSecret ? 'os.environ["POSTFUZE_KEY"]' : `"${identity.key}"`})`,
    `delivery = mock.inbox.wait_for("account.disconnected", timeout=5)`,
    `assert delivery["signature"]["verdict"] == "valid"`,
  ];
  return card(
    "Read it in a test",
    hint("The call waits until the event has come, for at most 5 seconds."),
    copyable("Read the inbox with curl", `curl '${url}'`).node,
    copyable("Read the inbox in Python", python.join("\n")).node,
  );
}
