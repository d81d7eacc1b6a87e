// Which accounts are listed.
import {el} from "./dom.js";
import {checkbox, field, input, select} from "./form.js";
import {platforms, statuses} from "./spec.js";

// {node, query(limit)}; `changed()` is called when another list is wanted.
export function filter(changed) {
  const fields = {
    q: field("Search", input({type: "search", placeholder: "Name, id, network id, tenant"})),
    status: field("Status", select([["", "Any"], ...statuses()])),
    platform: field("Platform", select([["", "Any"], ...platforms()])),
  };
  const deleted = checkbox("Deleted ones too");
  const all = [...Object.values(fields), deleted];
  const node = el("div", {class: "tools", role: "search"}, ...all.map((each) => each.node));
  node.addEventListener("input", changed);
  const query = (limit) => {
    const given = Object.entries(fields).map(([name, {control}]) => [name, control.value.trim()]);
    const asked = new URLSearchParams(given.filter(([, value]) => value));
    if (deleted.control.checked) asked.set("deleted", "true");
    asked.set("limit", limit);
    return asked;
  };
  return {node, query};
}
