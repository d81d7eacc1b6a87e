// The small part of Markdown that our specifications use: paragraphs, lists, `code`, *emphasis* and **strong**.
import {el} from "../shared/dom.js";
import {href} from "./links.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g;

// Paragraphs and lists. `addressOf(name)` returns the address of what `code` names; then it becomes a link.
export const markdown = (text, addressOf) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => block)
    .map((block) => (block.startsWith("- ") ? list(block, addressOf) : el("p", {}, ...inline(block, addressOf))));

const list = (block, addressOf) =>
  el("ul", {class: "bullets"}, ...block.slice(2).split(/\n- /).map((item) => el("li", {}, ...inline(item, addressOf))));

// A sentence, as nodes.
export function inline(text, addressOf = () => undefined) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all, code, strong, emphasis] = match;
    nodes.push(text.slice(end, match.index), code ? named(code, addressOf) : el(strong ? "strong" : "em", {}, strong ?? emphasis));
    end = match.index + all.length;
  }
  return [...nodes, text.slice(end)];
}

// A name as code, and as a link if it has an address.
function named(text, addressOf) {
  const address = addressOf(text);
  return address ? el("a", {href: href(address)}, el("code", {}, text)) : el("code", {}, text);
}
