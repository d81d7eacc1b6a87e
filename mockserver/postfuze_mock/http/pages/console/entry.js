// One call of the journal; opened, what was sent, what was answered, and why.
import {el, json} from "./dom.js";
import {mark, badge, pairs, unfolding} from "./panel.js";
import {instant} from "./instants.js";

const kind = (status) => (status === null ? "bad" : status >= 500 ? "bad" : status >= 400 ? "warn" : "good");

export function entry(call) {
  const status = badge();
  mark(status, call.status === null ? "dropped" : String(call.status), kind(call.status));
  const notes = [
    call.fault ? el("span", {class: "badge bad"}, "fault") : null,
    call.reason ? el("span", {class: "hint"}, call.reason.rule) : null,
  ];
  const line = [
    el("span", {class: "hint"}, instant(call.at)),
    status,
    el("b", {}, call.method),
    el("span", {class: "path"}, call.path),
    el("span", {class: "hint"}, call.operation ?? "no operation"),
    ...notes.filter(Boolean),
    el("span", {class: "hint"}, `${Number(call.duration_ms).toFixed(1)} ms`),
  ];
  const {nodes} = unfolding(line, (body) => body.replaceChildren(...opened(call)));
  return {node: el("li", {}, ...nodes), update() {}};
}

function opened({id, reason, fault, problem, request, response}) {
  const about = [["Entry", id]];
  if (reason) about.push(["Reason", reason.detail ? `${reason.rule}: ${reason.detail}` : reason.rule]);
  if (fault) about.push(["Fault", fault]);
  if (problem) about.push(["Problem", problem.detail ?? problem.title]);
  return [pairs(about), el("div", {class: "sides"}, side("Request", request), side("Response", response))];
}

function side(title, message) {
  if (!message) return el("div", {}, el("h3", {}, title), el("p", {class: "hint"}, "None."));
  const headers = Object.entries(message.headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
  const body =
    typeof message.body === "string"
      ? readable(message.body)
      : message.body === null || message.body === undefined
        ? ""
        : json(message.body);
  return el(
    "div",
    {},
    el("h3", {}, title),
    block(`${title} headers`, headers),
    body ? block(`${title} body`, body) : el("p", {class: "hint"}, "No body."),
  );
}

const block = (label, text) => el("pre", {tabindex: "0", role: "group", "aria-label": label}, text);

function readable(text) {
  try {
    return json(JSON.parse(text));
  } catch {
    return text; // no JSON, or cut off
  }
}
