// One account, opened: what can be done to it, its fields, its snapshots.
import {levers} from "./account_levers.js";
import {handleOf, kindOf} from "./account_row.js";
import {get, Refusal} from "./call.js";
import {el, Rows, setText} from "./dom.js";
import {show} from "./outcome.js";
import {badge, mark, part} from "./panel.js";
import {snapshots} from "./snapshots.js";
import {fieldsOf} from "./spec.js";

// {id, node, look()}; `shut()` closes it.
export function account(id, shut) {
  const path = `/accounts/${id}`;
  const [gone, problem] = [el("div", {class: "problem"}), el("div", {class: "problem", role: "alert"})];
  const [name, handle, status] = [el("h3", {tabindex: "-1"}, id), el("p", {class: "hint"}), badge()];
  const close = el("button", {type: "button", class: "close", "aria-label": "Close the account", onclick: shut}, "✕");
  const pulled = levers(path, problem);
  const history = snapshots(path);
  const members = el("dl");
  const rows = new Rows(members, pair);
  const node = el(
    "div",
    {},
    el("div", {class: "title"}, el("div", {}, name, handle, status), close),
    gone,
    problem,
    pulled.node,
    part("Fields", members),
    part("Stored snapshots", history.node),
    el("p", {class: "actions"}, pulled.remove),
  );

  async function look() {
    try {
      update(await get(path));
      await history.look();
      show(gone, null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      show(gone, error); // a reset took it away, perhaps
    }
  }

  function update(known) {
    setText(name, known.display_name || known.username || id);
    setText(handle, [handleOf(known.username), known.platform].filter(Boolean).join(" · "));
    if (known.deleted) mark(status, `${known.status}, deleted`, "bad");
    else mark(status, known.status, kindOf(known.status));
    pulled.update(known);
    rows.show(fieldsOf("SocialAccount").map((each) => ({id: each, value: known[each]})));
  }

  return {id, node, look};
}

function pair({id}) {
  const value = el("dd");
  const node = el("div", {}, el("dt", {}, id), value);
  const update = (item) =>
    setText(value, Array.isArray(item.value) ? item.value.join(", ") || "[]" : (item.value ?? "null"));
  return {node, update};
}
