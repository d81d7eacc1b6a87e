// What failed since the user looked: a number at a panel's link until the panel is opened. It is kept for each world, in
// this tab.
import {worldName} from "./api.js";
import {el, setText} from "../shared/dom.js";

// For each panel that counts: what it counts up to now, how many of those are new, and the words after the number.
const PANELS = {
  requests: {
    reached: ({requests}) => requests.recorded,
    unseen: ({requests}) => requests.failed,
    words: "failed since you looked",
  },
  events: {
    reached: ({deliveries}) => deliveries.failures,
    unseen: ({deliveries}, seen) => Math.min(deliveries.undelivered, deliveries.failures - seen),
    words: "not delivered since you looked",
  },
};
const MAX_NUMBER = 99; // of a phone's width

const numbers = new Map(); // by panel, the nodes of its number and its words

const storageKey = (panel) => `seen ${panel} ${worldName()}`;
const seenOf = (panel) => Number(sessionStorage.getItem(storageKey(panel)) ?? 0);

export const requestsSince = () => seenOf("requests");

// The number at the link of `panel`; null if it counts nothing.
export function counter(panel) {
  if (!(panel in PANELS)) return null;
  const [number, words] = [el("span", {class: "number"}), el("span", {class: "unseen"})];
  const node = el("span", {class: "count", hidden: true}, number, words);
  numbers.set(panel, {node, number, words});
  return node;
}

// Shows the numbers of an overview (`GET /_mock/world`); the visible panel has been seen. Returns their sum.
export function updateCounters(overview, current) {
  let sum = 0;
  for (const [panel, {reached, unseen, words}] of Object.entries(PANELS)) {
    // After a reset it counts from 0 again.
    if (panel === current || reached(overview) < seenOf(panel)) sessionStorage.setItem(storageKey(panel), reached(overview));
    const count = panel === current ? 0 : Math.max(0, unseen(overview, seenOf(panel)));
    const nodes = numbers.get(panel);
    setText(nodes.number, count > MAX_NUMBER ? `${MAX_NUMBER}+` : String(count));
    setText(nodes.words, ` ${words}`);
    nodes.node.hidden = count === 0;
    sum += count;
  }
  return sum;
}
