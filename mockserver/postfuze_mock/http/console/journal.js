// The journal, live: what was asked of the API, newest first.
import {lever} from "./buttons.js";
import {get} from "./call.js";
import {el, Rows} from "./dom.js";
import {entry} from "./entry.js";
import {field, input, select} from "./form.js";
import * as live from "./live.js";
import {empty, panel} from "./panel.js";
import {operations} from "./spec.js";
import {clock} from "./times.js";

const SHOWN = 100;
const ABOUT = `The last ${SHOWN} calls of the API in this world. Calls of levers, such as the console's own, are not kept.`;

export function journal() {
  const operation = field("Operation", select([["", "Any"], ...operations()]));
  const status = field("Status", input({inputmode: "numeric", size: 5}));
  const list = el("ul", {class: "rows journal"});
  const none = empty("Nothing was called yet, or nothing that matches.");
  const {node, problem} = panel("Requests", ABOUT);
  const clear = lever("Empty the journal", {call: () => ({method: "DELETE", path: "/requests"}), done: "Journal emptied", place: problem, then: () => (known = [])});
  const rows = new Rows(list, entry);
  let known = [];
  let asked = "";
  for (const {control} of [operation, status]) control.addEventListener("input", live.soon);
  node.append(el("div", {class: "tools", role: "search"}, operation.node, status.node, clear), none, list);

  async function look() {
    const filters = Object.entries({operation: operation.control.value, status: status.control.value.trim()}).filter(([, value]) => value);
    const query = new URLSearchParams(filters).toString();
    known = query === asked ? await further(known, filters) : await whole(filters);
    asked = query;
    rows.show([...known].reverse());
    none.hidden = known.length > 0;
  }

  return {node, look};
}

const ask = async (filters) => (await get(`/requests?${new URLSearchParams([...filters, ["limit", SHOWN]])}`)).data;

const whole = (filters) => ask(filters);

// What came since the newest entry that is `known`. Where it is not among the answer, the journal was emptied, or the
// server is another; and a clock that was set back makes entries that are older than it.
async function further(known, filters) {
  const newest = known.at(-1);
  if (!newest || clock.now() < Date.parse(newest.at)) return whole(filters);
  const since = await ask([...filters, ["since", newest.at]]);
  const place = since.findIndex((each) => each.id === newest.id);
  return place < 0 ? whole(filters) : [...known, ...since.slice(place + 1)].slice(-SHOWN);
}
