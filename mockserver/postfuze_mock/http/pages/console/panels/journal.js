// The journal, live: recent requests to the API, newest first.
import {actionButton, field, input, select} from "../actions.js";
import {newestOf, operations, Refusal} from "../api.js";
import {badge, contentKey, definitions, disclosure, emptyNote, hint, panel, Rows, setBadge} from "../blocks.js";
import {formatTime, refresh} from "../live.js";
import {codeBlock, el, toJson} from "../../shared/dom.js";

const MAX_ENTRIES = 100;
const ABOUT = `The last ${MAX_ENTRIES} requests to the API in this world. Requests to the control API, such as the console's own, are not recorded.`;

export function journalPanel() {
  const operation = field("Operation", select([["", "Any"], ...operations()]));
  const status = field("Status", input({placeholder: "404 or 4XX"}));
  const list = el("ul", {class: "rows journal"});
  const none = emptyNote("No requests yet, or none that match.");
  const {node, problem} = panel("Requests", ABOUT);
  let entries = [];
  let query = "";
  const clear = actionButton("Empty the journal", {
    request: () => ({method: "DELETE", path: "/requests"}),
    success: "Journal emptied",
    problem,
    then: () => (entries = []),
  });
  const rows = new Rows(list, entryRow);
  const tools = [operation.node, status.node, clear];
  node.append(el("div", {class: "tools", role: "search", oninput: refresh}, ...tools), none, list);

  async function update() {
    const filters = Object.entries({operation: operation.control.value, status: status.control.value.trim()}).filter(
      ([, value]) => value,
    );
    const newQuery = new URLSearchParams(filters).toString();
    try {
      entries = newQuery === query ? await withNewest(entries, filters) : await latest(filters);
      status.setError(null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status.setError(error.message); // the user may still be typing the status
      return;
    }
    query = newQuery;
    rows.update([...entries].reverse(), contentKey);
    none.hidden = entries.length > 0;
  }

  return {node, update};
}

async function latest(filters) {
  return (await newestOf("/requests", filters, MAX_ENTRIES)).entries;
}

// Adds the entries that are newer than `entries`. It requests those after the last but one: if the last is not among
// them, the journal was emptied, or so many requests came that some are missing, and all are loaded again.
async function withNewest(entries, filters) {
  const [previous, last] = entries.slice(-2);
  if (!last) return latest(filters);
  const since = await latest([...filters, ["since", previous.id]]);
  const index = since.findIndex((each) => contentKey(each) === contentKey(last));
  return index < 0 ? latest(filters) : [...entries, ...since.slice(index + 1)].slice(-MAX_ENTRIES);
}

function statusKind(status) {
  if (status === null || status >= 500) return "bad";
  return status >= 400 ? "warn" : "good";
}

function entryRow(entry) {
  const status = badge();
  setBadge(status, entry.status === null ? "dropped" : String(entry.status), statusKind(entry.status));
  const line = [
    hint(formatTime(entry.at)),
    status,
    el("b", {}, entry.method),
    el("span", {class: "path"}, entry.path),
    hint(entry.operation ?? "no operation"),
    entry.fault ? el("span", {class: "badge bad"}, "fault") : null,
    entry.reason ? hint(entry.reason.rule) : null,
    entry.notes.length > 0 ? el("span", {class: "badge warn"}, "note") : null,
    hint(`${Number(entry.duration_ms).toFixed(1)} ms`),
  ];
  const row = disclosure(line, (body) => body.replaceChildren(...entryDetails(entry)));
  return {node: el("li", {}, ...row), update() {}};
}

function entryDetails({id, reason, notes, fault, problem, request, response}) {
  const facts = [["Entry", id]];
  if (reason) facts.push(["Reason", reason.detail ? `${reason.rule}: ${reason.detail}` : reason.rule]);
  for (const note of notes) facts.push(["Note", note]);
  if (fault) facts.push(["Fault", fault]);
  if (problem) facts.push(["Problem", problem.detail ?? problem.title]);
  const sides = el("div", {class: "sides"}, messageSide("Request", request), messageSide("Response", response));
  return [definitions(facts), sides];
}

function messageSide(title, message) {
  if (!message) return el("div", {}, el("h3", {}, title), el("p", {class: "hint"}, "None."));
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const body = bodyText(message.body);
  return el(
    "div",
    {},
    el("h3", {}, title),
    codeBlock(`${title} headers`, headers.join("\n")),
    body ? codeBlock(`${title} body`, body) : el("p", {class: "hint"}, "No body."),
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
