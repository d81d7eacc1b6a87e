// Building blocks of the panels.
import {el, setText, uniqueId} from "../shared/dom.js";

// A row's key, from its content. An id is not enough, because a reset world generates the same ids again.
export const contentKey = (...parts) => JSON.stringify(parts);

// A list that follows the data. A row that stays keeps its element, and so its focus, selection and open details.
export class Rows {
  // `create(item)` returns {node, update(item)}.
  constructor(parent, create) {
    this.parent = parent;
    this.create = create;
    this.rows = new Map();
  }

  update(items, key = (item) => item.id) {
    const rows = new Map(items.map((item) => [key(item), this.rows.get(key(item)) ?? this.create(item)]));
    const focusIndex = this.#removeAllBut(rows);
    items.forEach((item) => rows.get(key(item)).update(item));
    this.#arrange([...rows.values()].map((row) => row.node));
    this.rows = rows;
    if (focusIndex !== null) this.#focus(Math.min(focusIndex, rows.size - 1));
  }

  // Moves only rows that are out of place: an element loses its focus when it is moved.
  #arrange(nodes) {
    let next = null;
    for (const node of nodes.reverse()) {
      if (node.parentNode !== this.parent || node.nextSibling !== next) this.parent.insertBefore(node, next);
      next = node;
    }
  }

  // Returns the index of the removed row that had the focus, or null.
  #removeAllBut(rows) {
    let focusIndex = null;
    [...this.rows].forEach(([key, row], index) => {
      if (rows.has(key)) return;
      if (row.node.contains(document.activeElement)) focusIndex = index;
      row.node.remove();
    });
    return focusIndex;
  }

  #focus(index) {
    const heading = () => this.parent.closest("section")?.querySelector("h2");
    (this.parent.children[index]?.querySelector("button:not([hidden]), a[href]:not([hidden])") ?? heading())?.focus();
  }
}

// A panel: a heading that can have the focus, a box for problems, and content.
export function panel(title, about, ...content) {
  const id = uniqueId("panel");
  const problem = problemBox();
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

export const card = (title, ...content) => el("div", {class: "card"}, el("h3", {}, title), ...content);

export const part = (title, ...content) => el("div", {class: "part"}, el("h4", {}, title), ...content);

export const hint = (...content) => el("span", {class: "hint"}, ...content);

// Below a list that has the newest entries only; visible if there are more.
export const olderNote = (count) => el("p", {class: "hint", hidden: true}, `The newest ${count}; there are older ones.`);

export const emptyNote = (text) => el("p", {class: "empty", hidden: true}, text);

export const problemBox = () => el("div", {class: "problem", role: "alert"});

// Shows an error in `box`, with the field of each detail; null clears it.
export function showProblem(box, error) {
  if (error === null) return box.replaceChildren();
  const details = (error.problem?.errors ?? []).map((each) =>
    el("li", {}, el("code", {}, each.pointer || each.name || each.in), ` ${each.message}`),
  );
  return box.replaceChildren(el("p", {}, error.message), ...(details.length ? [el("ul", {}, ...details)] : []));
}

// A row that opens below itself; `fill(body)` is called each time it opens. Returns the row and its body.
export function disclosure(line, fill) {
  const id = uniqueId("more");
  const body = el("div", {id, class: "more", hidden: true});
  const button = el("button", {type: "button", class: "line", "aria-expanded": "false", "aria-controls": id}, ...line);
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
    if (!body.hidden) fill(body);
  });
  return [button, body];
}

export function definitions(entries) {
  return el("dl", {}, ...entries.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

export const badge = () => el("span", {class: "badge"});

// `kind` is the colour: good, warn, bad or mute. It only repeats what the text says.
export function setBadge(node, text, kind) {
  setText(node, text);
  node.className = `badge ${kind}`;
}

// Opens a modal dialog. Escape closes it, and closing removes it; the focus goes back to where it was.
export function openDialog(title, ...content) {
  const id = uniqueId("title");
  const dialog = el("dialog", {"aria-labelledby": id}, el("h2", {id}, title), ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
