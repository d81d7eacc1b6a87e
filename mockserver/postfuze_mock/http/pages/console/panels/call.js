// An opened call: why it was answered so, what can be done about it, and what was sent and received.
import {act} from "../actions.js";
import {get, keyOf, linkTo, worldName} from "../api.js";
import {operationAddress, ruleAddress} from "../facts.js";
import {refresh} from "../live.js";
import {failMenu, removeButton} from "./failing.js";
import {curlOf, replay, visibleKey} from "./replay.js";
import {codeBlock, copyable, el, toJson} from "../../shared/dom.js";

const UNKNOWN_ACCOUNT = /^(get|health|delete|metrics)\.unknown$|^isolation\.status$|^ids\./;

// The content of the opened `entry`; `openCall(id)` opens another call.
export function callDetails(entry, openCall) {
  const isHere = entry.world === undefined || entry.world === worldName();
  return [
    el("div", {class: "why"}, whyLine(entry, isHere), ruleLine(entry.reason)),
    tools(entry, isHere, openCall),
    el("div", {class: "sides"}, requestSide(entry), responseSide(entry)),
  ].filter(Boolean);
}

function whyLine({why, status, fault, account}, isHere) {
  const line = el("p", {class: "sentence"}, el("b", {}, why?.sentence ?? `Answered with ${status}, as asked.`));
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
  const line = el("p", {class: "rule"}, el("span", {class: "hint"}, "Rule "), link, `: ${detail}`);
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
  const buttons = [
    button("Copy as curl", async () => copyShown(copied, "The call as curl", await curlOf(entry))),
    isHere
      ? sendAgainButton(entry, copied, openCall)
      : el("a", {class: "button small", href: address}, `Switch to world ${entry.world}`),
    isHere && entry.account && !UNKNOWN_ACCOUNT.test(entry.reason?.rule ?? "")
      ? el("a", {href: linkTo("accounts", entry.account)}, "Open the account")
      : "",
    button("Link to this call", () => copyShown(copied, "Link to this call", link)),
  ];
  return el(
    "div",
    {class: "call-tools"},
    el("p", {class: "actions tight"}, ...buttons.filter(Boolean)),
    isHere && entry.operation ? failMenu(entry) : "",
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

function requestSide(entry) {
  const {method, path, operation, request} = entry;
  const key = visibleKey(entry);
  const headers = {...request.headers, ...(key && {authorization: key})};
  const link = operation ? [" ", el("a", {href: operationAddress(operation)}, operation)] : [];
  return messageSide("Request", [`${method} ${path}`, ...link], headers, request.body);
}

function responseSide({status, duration_ms: duration, response}) {
  const head = [`${status ?? "No response"} after ${Number(duration).toFixed(1)} ms`];
  return messageSide("Response", head, response.headers, response.body);
}

function messageSide(title, head, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = bodyText(body);
  return el(
    "div",
    {},
    el("h3", {}, title),
    el("p", {class: "path"}, ...head),
    lines.length ? codeBlock(`${title} headers`, lines.join("\n")) : "",
    text ? codeBlock(`${title} body`, text) : el("p", {class: "hint"}, "No body."),
  );
}

// JSON is indented; a body that is not JSON, or was cut, is unchanged.
function bodyText(body) {
  if (body === null || body === undefined) return "";
  if (typeof body !== "string") return toJson(body);
  try {
    return toJson(JSON.parse(body));
  } catch {
    return body;
  }
}
