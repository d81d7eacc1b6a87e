// The deliveries of an event: for each webhook, the attempts as a timeline, and when the next one comes.
import {actionButton} from "../../actions.js";
import {badge, disclosure, hint, Rows, setBadge} from "../../blocks.js";
import {clock, formatTime, relativeTime} from "../../live.js";
import {messageSide} from "../../message.js";
import {verdictBadge, verification} from "../../verification.js";
import {el, setText} from "../../../shared/dom.js";

const KINDS = {delivered: "good", pending: "warn", failed: "bad", given_up: "bad"};
const STEPS = [
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];
const FORGOTTEN = "What it sent and got is no longer stored: the world keeps that of its newest attempts.";

const readable = (status) => status.replaceAll("_", " ");

// What became of an event in a word or two, and its colour: green only where every receiver took it.
export function outcomeOf(deliveries) {
  if (!deliveries.length) return ["no webhook", "mute"];
  const taken = deliveries.filter(({status}) => status === "delivered").length;
  const failed = deliveries.some(({status}) => KINDS[status] === "bad");
  const kind = failed ? "bad" : taken === deliveries.length ? "good" : "warn";
  const [{status}] = deliveries;
  return [deliveries.length === 1 ? readable(status) : `${taken} of ${deliveries.length} delivered`, kind];
}

export function setOutcome(node, deliveries) {
  setBadge(node, ...outcomeOf(deliveries));
}

// {node, update(deliveries)}, which are those of one event in full.
export function deliveryList(problem) {
  const list = el("ul", {class: "deliveries"});
  const rows = new Rows(list, (delivery) => deliveryRow(delivery, problem));
  const none = el("p", {class: "hint"}, "No webhook subscribed to this event.");
  const update = (deliveries) => {
    none.hidden = deliveries.length > 0;
    rows.update(deliveries, ({url}) => url);
  };
  return {node: el("div", {}, none, list), update};
}

function deliveryRow({url}, problem) {
  const status = badge();
  const list = el("ol", {class: "timeline"});
  const next = nextAttempt(problem);
  const rows = new Rows(list, (attempt) => attemptRow(url, attempt));
  const update = (delivery) => {
    setBadge(status, readable(delivery.status), KINDS[delivery.status]);
    const attempts = delivery.attempts.map((each, index) => ({...each, id: `${index} ${each.sent_at ?? each.at}`}));
    rows.update(attempts);
    next.update(delivery.next_attempt_at);
  };
  return {node: el("li", {}, el("p", {class: "receiver"}, el("b", {}, url), status), list, next.node), update};
}

// An attempt with its request and answer, and the steps that verify its signature.
function attemptRow(url, attempt) {
  const {at, sent_at: sentAt, status, error, duration_ms: duration, request, signature} = attempt;
  const mark = badge();
  setBadge(mark, status === null ? "no answer" : String(status), error === null ? "good" : "bad");
  const ago = hint();
  const world = hint(`world ${formatTime(at)}`);
  const words = error ? el("span", {class: "error"}, error) : null;
  const line = [mark, words, signature ? verdictBadge(signature) : null, ago, world, hint(`${Math.round(duration)} ms`)];
  const row = disclosure(line, (body) => body.childElementCount || body.append(...attemptDetails(url, attempt)));
  const update = () => setText(ago, sentAt ? relativeTime(sentAt, Date.now()) : "");
  ago.title = sentAt ? `${formatTime(sentAt)} UTC, in real time` : "";
  const node = el("li", {class: error === null ? "good" : "bad"}, ...(request ? row : [el("p", {class: "line"}, ...line)]));
  if (!request) node.title = FORGOTTEN;
  return {node, update};
}

function attemptDetails(url, {request, response, status, error, sent_at: sentAt}) {
  const none = error ? `None: ${error}.` : "None.";
  const line = response && status !== null ? `HTTP ${status}` : "";
  const sides = el(
    "div",
    {class: "sides"},
    messageSide("Request", request, {line: `POST ${url}`}),
    messageSide("Response", response, {line, none}),
  );
  const steps = el("div");
  const verify = el("details", {}, el("summary", {}, "Verify the signature"), steps);
  verify.addEventListener("toggle", () => verify.open && steps.replaceChildren(verification(url, request, sentAt)));
  return [sides, verify];
}

// The next attempt, and a button that moves the world's clock there.
function nextAttempt(problem) {
  let at = null;
  const words = el("span");
  const advance = actionButton("Advance the clock to it", {
    request: () => ({method: "POST", path: "/clock/advance", body: {seconds: secondsUntil(at)}}),
    success: "Clock advanced to the next attempt",
    problem,
    undoable: true,
    kind: "small",
  });
  const node = el("p", {class: "next", hidden: true}, words, advance);
  const update = (next) => {
    at = next;
    node.hidden = at === null || secondsUntil(at) <= 0;
    if (!node.hidden) setText(words, sentence(at));
  };
  return {node, update};
}

const secondsUntil = (at) => Math.ceil((Date.parse(at) - clock.now()) / 1000);

function sentence(at) {
  const distance = inWords(secondsUntil(at));
  const stands = clock.reading.frozen ? "the clock stands, so advance it by" : "by the world's clock in";
  return `Next attempt at ${formatTime(at)}: ${stands} ${distance}.`;
}

// "1 h 59 min 30 s"
function inWords(seconds) {
  let rest = seconds;
  const parts = STEPS.map(([length, unit]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count ? `${count} ${unit}` : null;
  });
  return parts.filter(Boolean).join(" ") || "0 s";
}
