// The journal, live: what was asked of the API, newest first.
import {lever} from "./buttons.js";
import {get, Refusal} from "./call.js";
import {el, Rows, whole} from "./dom.js";
import {entry} from "./entry.js";
import {field, input, select} from "./form.js";
import * as live from "./live.js";
import {empty, panel} from "./panel.js";
import {operations} from "./spec.js";

const SHOWN = 100;
const ABOUT = `The last ${SHOWN} calls of the API in this world. Calls of levers, such as the console's own, are not kept.`;

export function journal() {
  const operation = field("Operation", select([["", "Any"], ...operations()]));
  const status = field("Status", input({placeholder: "404 or 4XX"}));
  const list = el("ul", {class: "rows journal"});
  const none = empty("Nothing was called yet, or nothing that matches.");
  const {node, problem} = panel("Requests", ABOUT);
  const clear = lever("Empty the journal", {
    call: () => ({method: "DELETE", path: "/requests"}),
    done: "Journal emptied",
    place: problem,
    then: () => (known = []),
  });
  const rows = new Rows(list, entry);
  let known = [];
  let asked = "";
  for (const {control} of [operation, status]) control.addEventListener("input", live.soon);
  node.append(el("div", {class: "tools", role: "search"}, operation.node, status.node, clear), none, list);

  async function look() {
    const filters = Object.entries({operation: operation.control.value, status: status.control.value.trim()}).filter(
      ([, value]) => value,
    );
    const query = new URLSearchParams(filters).toString();
    try {
      known = query === asked ? await further(known, filters) : await last(filters);
      status.tell(null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return status.tell(error.message); // half a status, so far
    }
    asked = query;
    rows.show([...known].reverse(), whole);
    none.hidden = known.length > 0;
    return undefined;
  }

  return {node, look};
}

const last = async (filters) => (await get(`/requests?${new URLSearchParams([...filters, ["limit", SHOWN]])}`)).data;

// What came after the newest entry that is `known`. It is asked for what came after the last but one: where the newest
// is not in the answer, the journal was emptied, or so much was called that some is missing.
async function further(known, filters) {
  const [before, newest] = known.slice(-2);
  if (!newest) return last(filters);
  const since = await last([...filters, ["since", before.id]]);
  const place = since.findIndex((each) => whole(each) === whole(newest));
  return place < 0 ? last(filters) : [...known, ...since.slice(place + 1)].slice(-SHOWN);
}
