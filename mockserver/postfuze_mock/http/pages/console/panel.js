// What all panels have: a heading that can be focused, a place for refusals, and content.
import {el, uniqueId} from "./dom.js";

export function panel(title, about, ...content) {
  const id = uniqueId("panel");
  const problem = el("div", {class: "problem", role: "alert"});
  const node = el(
    "section",
    {"aria-labelledby": id, hidden: true},
    el("h2", {id, tabindex: "-1"}, title),
    about ? el("p", {class: "about"}, about) : null,
    problem,
    ...content,
  );
  return {node, problem};
}

export const empty = (text) => el("p", {class: "empty", hidden: true}, text);

// A row that opens below itself. `fill(body)` is called when it is first opened, and again by `refill` while it is open.
export function unfolding(line, fill) {
  const id = uniqueId("more");
  const body = el("div", {id, class: "more", hidden: true});
  const button = el("button", {type: "button", class: "line", "aria-expanded": "false", "aria-controls": id}, ...line);
  const refill = () => body.hidden || fill(body);
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
    refill();
  });
  return {nodes: [button, body], refill};
}

export function pairs(entries) {
  return el("dl", {}, ...entries.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

export const badge = () => el("span", {class: "badge"});

// Colours only repeat what the words say.
export function mark(node, text, kind) {
  if (node.textContent !== text) node.textContent = text;
  node.className = `badge ${kind}`;
}

export function part(title, ...content) {
  return el("div", {class: "part"}, el("h4", {}, title), ...content);
}
