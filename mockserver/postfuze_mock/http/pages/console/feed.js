// What a panel shows of a list that grows, such as the journal: the newest entries that match its filters, older ones on
// demand, and what comes in.
import {get} from "./api.js";
import {contentKey} from "./blocks.js";

const PAGE = 100;
const MAX_ENTRIES = 1000;

// A call's key. Its id is not enough, because a reset world counts anew, and its sentence may change.
export const callKey = ({world, id, at, duration_ms: duration}) => contentKey(world, id, at, duration);

export class Feed {
  // `key(entry)` tells an entry from all others.
  constructor(path, key) {
    [this.path, this.key] = [path, key];
    this.forget();
  }

  forget() {
    this.entries = []; // the oldest first
    this.total = 0; // how many there are
    this.cursor = null; // leads to older ones
    this.filters = null;
  }

  // Brings the entries up to date for `filters`, pairs of name and value.
  async update(filters) {
    const isSame = contentKey(filters) === contentKey(this.filters);
    if (!isSame || !(await this.#addNewest(filters))) await this.#load(filters);
    this.filters = filters;
  }

  async older() {
    const page = await this.#page(this.filters, this.cursor);
    this.entries = [...page.data, ...this.entries];
    this.cursor = page.next_cursor;
  }

  async #load(filters) {
    const page = await this.#page(filters);
    [this.entries, this.cursor, this.total] = [page.data, page.next_cursor, page.total];
  }

  // Adds what came in after the last but one: if the last is not among it, the list was emptied, or so many came that
  // some would be missing. Returns whether the entries are complete then.
  async #addNewest(filters) {
    const [previous, last] = this.entries.slice(-2);
    if (!last) return false;
    const {data} = await this.#page([...filters, ["since", previous.id]]);
    const index = data.findIndex((each) => this.key(each) === this.key(last));
    const isComplete = index >= 0 && this.entries.length + data.length <= MAX_ENTRIES;
    if (!isComplete) return false;
    const added = data.slice(index + 1);
    this.entries.push(...added);
    this.total += added.length;
    return true;
  }

  #page(filters, cursor = null) {
    const query = new URLSearchParams([...filters, ["limit", PAGE], ["bodies", "false"]]);
    if (cursor !== null) query.set("cursor", cursor);
    return get(`${this.path}?${query}`);
  }
}
