// Elements are built and never parsed: whatever a world holds is text, and stays text.

export function el(name, given = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Writes only what is new, so that nothing flickers and a selection stays.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export const code = (text = "") => el("code", {}, text);

export const json = (value) => JSON.stringify(value, null, 2);

// What tells an entry from any other. Its id does not: a world that is reset makes the same ids again.
export const whole = (...parts) => JSON.stringify(parts);

let last = 0;
export const uniqueId = (stem) => `${stem}-${(last += 1)}`;

// A list that follows the data: an entry that stays keeps its element, and with it focus, selection and what is open.
export class Rows {
  // `make(item)` gives {node, update(item)}.
  constructor(parent, make) {
    this.parent = parent;
    this.make = make;
    this.rows = new Map();
  }

  show(items, key = (item) => item.id) {
    const kept = new Map(items.map((item) => [key(item), this.rows.get(key(item)) ?? this.make(item)]));
    const bereft = this.#remove(kept);
    items.forEach((item) => kept.get(key(item)).update(item));
    this.#arrange([...kept.values()].map((row) => row.node));
    this.rows = kept;
    if (bereft !== null) this.#focus(Math.min(bereft, kept.size - 1));
  }

  // Moves only what stands elsewhere: an element that is moved loses its focus.
  #arrange(nodes) {
    let next = null;
    for (const node of nodes.reverse()) {
      if (node.parentNode !== this.parent || node.nextSibling !== next) this.parent.insertBefore(node, next);
      next = node;
    }
  }

  // The place of the removed entry that had the focus, or null.
  #remove(kept) {
    let bereft = null;
    [...this.rows].forEach(([id, row], place) => {
      if (kept.has(id)) return;
      if (row.node.contains(document.activeElement)) bereft = place;
      row.node.remove();
    });
    return bereft;
  }

  #focus(place) {
    const heading = () => this.parent.closest("section")?.querySelector("h2");
    (this.parent.children[place]?.querySelector("button, a[href]") ?? heading())?.focus();
  }
}
