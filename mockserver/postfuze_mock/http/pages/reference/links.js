// Links: to what has an address on one of the three pages, and the link of a heading to itself.
import {el, setText, uniqueId} from "../shared/dom.js";
import {below, kind as page} from "./facts.js";

const HERE = {api: "docs", control: "docs/control", webhooks: "docs/webhooks"}[page];
// Both APIs have these; those of webhooks stand at the API.
const SPECIFIED = page === "control" ? "docs/control" : "docs";
const PAGES = {
  operation: SPECIFIED, schema: SPECIFIED, error: SPECIFIED,
  statement: "docs", assumption: "docs", webhook: "docs/webhooks", rule: "docs/control",
};

// The URL of an address: a fragment if it is on this page.
export function href(address) {
  const target = PAGES[address.split("/")[0]] ?? HERE;
  return target === HERE ? `#${address}` : `${below(target)}#${address}`;
}

export const link = (kind, id, text = el("code", {}, id)) => el("a", {href: href(`${kind}/${id}`)}, text);

// A heading that names a section, with a link to it that copies its URL.
export function heading(level, text, address) {
  const id = uniqueId("heading");
  return el(`h${level}`, {id}, ...[text].flat(), " ", selfLink(address, [text].flat().map((each) => each.textContent ?? each).join("")));
}

export function selfLink(address, name) {
  const sign = el("span", {"aria-hidden": "true"}, "#");
  const onclick = () => navigator.clipboard?.writeText(new URL(href(address), location.href).href).then(() => setText(sign, "copied"), () => {});
  return el("a", {class: "self", href: href(address), "aria-label": `Link to ${name}`, title: "Copy the link", onclick}, sign);
}
