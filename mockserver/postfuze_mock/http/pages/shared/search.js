// Search: a field whose results open below it, by kind. `/` goes there; arrows choose, Enter opens, Escape closes.
import {el, uniqueId} from "./dom.js";
import {matches} from "./matches.js";

export class Search {
  // `index` is [{kind, title, id?, text, href}]; `label` says what can be found.
  constructor(box, index, label) {
    this.index = index.map((each) => ({...each, words: `${each.title} ${each.text}`.toLowerCase()}));
    const id = uniqueId("results");
    this.results = el("div", {id, role: "listbox", "aria-label": "Results", hidden: true});
    this.field = el("input", {
      type: "search", role: "combobox", placeholder: "Search  ( / )", autocomplete: "off", spellcheck: "false", "aria-label": label,
      "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", maxlength: "200",
      oninput: () => this.#update(), onkeydown: (event) => this.#onKey(event), onfocus: () => this.#update(),
    });
    box.append(this.field, this.results);
    box.addEventListener("focusout", ({relatedTarget}) => box.contains(relatedTarget) || this.#close());
    document.addEventListener("keydown", (event) => this.#onSlash(event));
  }

  #update() {
    const groups = this.field.value.trim() ? matches(this.index, this.field.value) : [];
    this.results.replaceChildren(...groups.map(([kind, list, total]) => group(kind, list, total, () => this.#close())));
    if (!groups.length) this.results.append(el("p", {class: "hint", role: "option", "aria-disabled": "true", "aria-selected": "false"}, `Nothing has “${this.field.value.trim()}”.`));
    this.#show(Boolean(this.field.value.trim()));
    this.#select(this.options[0]);
  }

  get options() {
    return [...this.results.querySelectorAll("a")];
  }

  #show(open) {
    this.results.hidden = !open;
    this.field.setAttribute("aria-expanded", String(open));
  }

  #close() {
    this.#show(false);
    this.field.removeAttribute("aria-activedescendant");
  }

  #select(option) {
    for (const each of this.options) each.setAttribute("aria-selected", String(each === option));
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({block: "nearest"});
  }

  #onKey(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    const at = this.options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (step && !this.results.hidden) {
      event.preventDefault();
      this.#select(this.options[(at + step + this.options.length) % this.options.length]);
    } else if (event.key === "Enter") this.options[at]?.click();
    else if (event.key === "Escape") {
      this.field.value = "";
      this.#close();
    }
  }

  // The key `/`, unless someone is typing.
  #onSlash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    this.field.focus();
    this.field.select();
  }
}

function group(kind, list, total, onclick) {
  const title = total > list.length ? `${kind} · ${list.length} of ${total}` : kind;
  const heading = el("div", {class: "kind", "aria-hidden": "true"}, title);
  return el("div", {role: "group", "aria-label": title}, heading, ...list.map((each) => option(each, onclick)));
}

const option = ({title, text, href}, onclick) =>
  el(
    "a",
    {id: uniqueId("option"), role: "option", tabindex: "-1", "aria-selected": "false", href, onclick},
    el("b", {}, title),
    " ",
    el("span", {class: "hint"}, text),
  );
