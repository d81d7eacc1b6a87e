// Parts that fold. One whose content stands elsewhere too is filled when it is first opened.
import {el} from "../shared/dom.js";

export const fold = (summary, ...content) => el("details", {}, el("summary", {}, ...[summary].flat()), ...content);

export function lateFold(summary, fill) {
  const node = fold(summary);
  node.addEventListener("toggle", () => node.append(...[fill()].flat()), {once: true});
  return node;
}
