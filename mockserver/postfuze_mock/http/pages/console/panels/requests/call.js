// An opened call: why it was answered so, what can be done about it, and what was sent and received.
import {act} from "../../actions.js";
import {get, keyOf, linkTo, worldName} from "../../api.js";
import {operationAddress, ruleAddress} from "../../facts.js";
import {refresh} from "../../live.js";
import {failMenu, removeButton} from "./failing.js";
import {messageSide} from "../../message.js";
import {curlOf, replay, visibleKey} from "./replay.js";
import {copyable, el, withCode} from "../../../shared/dom.js";

const UNKNOWN_ACCOUNT = /^(get|health|delete|metrics)\.unknown$|^isolation\.status$|^ids\./;

// The content of the opened `entry`; `openCall(id)` opens another call.
export function callDetails(entry, openCall) {
  const isHere = entry.world === undefined || entry.world === worldName();
  return [
    el("div", {class: "why"}, whyLine(entry, isHere), ruleLine(entry.reason)),
    tools(entry, isHere, openCall),
    el("div", {class: "sides"}, requestSide(entry), responseSide(entry)),
    entry.operation ? el("p", {class: "hint"}, "What is promised of it: ", operationLink(entry.operation)) : "",
  ].filter(Boolean);
}

const operationLink = (operation) => el("a", {href: operationAddress(operation)}, operation);

function whyLine({why, status, fault, account}, isHere) {
  const sentence = why?.sentence ?? `Answered with ${status}, as asked.`;
  const line = el("p", {class: "sentence"}, el("b", {}, ...withCode(sentence)));
  if (why?.other_world && keyOf(why.other_world)) {
    const href = `#@${why.other_world}/accounts/${account}`;
    line.append(" ", el("a", {class: "button small", href}, `Switch to world ${why.other_world}`));
  }
  if (fault && isHere) addRemove(line, fault);
  return line;
}

// The button is there while the fault is set.
async function addRemove(line, id) {
  const {data} = await get("/faults?limit=100");
  const fault = data.find((each) => each.id === id);
  if (fault) line.append(" ", removeButton(id, fault.title, () => line.querySelector("button").remove()));
}

function ruleLine(reason) {
  if (!reason) return "";
  const {rule, detail, alternatives} = reason;
  const link = el("a", {href: ruleAddress(rule)}, rule);
  const line = el("p", {class: "rule"}, el("span", {class: "hint"}, "Rule "), link, ": ", ...withCode(detail));
  if (!alternatives.length) return line;
  const flags = alternatives.map((each) => copyable(`Flag for ${each}`, `--assume ${rule}=${each}`).node);
  const title = "The documents leave this open; a real service may decide otherwise. Play it with";
  const others = [el("summary", {}, "Other decisions"), el("p", {class: "hint"}, title), ...flags];
  return el("div", {}, line, el("details", {}, ...others));
}

function tools(entry, isHere, openCall) {
  const copied = el("div", {"aria-live": "polite"});
  const address = `#@${entry.world ?? worldName()}/requests/${entry.id}`;
  const link = new URL(isHere ? linkTo("requests", entry.id) : address, location.href).href;
  const [fail, failures] = isHere && entry.operation ? failMenu(entry) : [];
  const buttons = [
    button("Copy as curl", async () => copyShown(copied, "The call as curl", await curlOf(entry))),
    isHere
      ? sendAgainButton(entry, copied, openCall)
      : el("a", {class: "button small", href: address}, `Switch to world ${entry.world}`),
    isHere && entry.account && !UNKNOWN_ACCOUNT.test(entry.reason?.rule ?? "")
      ? el("a", {href: linkTo("accounts", entry.account)}, "Open the account")
      : null,
    fail,
    button("Link to this call", () => copyShown(copied, "Link to this call", link)),
  ];
  return el(
    "div",
    {class: "call-tools"},
    el("p", {class: "actions tight"}, ...buttons.filter(Boolean)),
    failures ?? null,
    copied,
  );
}

const button = (label, onclick) => el("button", {type: "button", class: "small", onclick}, label);

// Shows the text and copies it, as its own button does.
function copyShown(place, label, text) {
  const block = copyable(label, text);
  place.replaceChildren(block.node);
  block.node.querySelector("button").click();
}

// Sends the same request now, and opens the new call. The same refusal again is no mistake of the console.
function sendAgainButton(entry, place, openCall) {
  return button("Send again", async () => {
    const {request, missing} = await replay(entry);
    if (missing.length) {
      const reason = `It cannot be sent from here: the journal does not have ${missing.join(" or ")}.`;
      return place.replaceChildren(el("p", {class: "hint"}, reason));
    }
    await act({...request, api: true}, {success: `Sent again: ${request.method} ${request.path}`});
    const {data} = await get("/requests?limit=1");
    if (data.length) openCall(data[0].id);
    refresh();
  });
}

function requestSide({method, path, ...entry}) {
  const key = visibleKey(entry);
  const headers = {...entry.request.headers, ...(key && {authorization: key})};
  return messageSide("Request", {headers, body: entry.request.body}, {line: `${method} ${path}`});
}

function responseSide({status, duration_ms: duration, response}) {
  const took = `after ${Number(duration).toFixed(1)} ms`;
  const options = {line: `${status} ${took}`, none: `None, ${took}.`};
  return messageSide("Response", status === null ? null : response, options);
}
