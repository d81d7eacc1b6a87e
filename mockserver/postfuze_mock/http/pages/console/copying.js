// Text with a button that copies it.
import {el, setText} from "./dom.js";

// {node, show(text), text()}; `label` names it for those who cannot see what it stands at.
export function copyable(label, text = "") {
  const pre = el("pre", {tabindex: "0", role: "group", "aria-label": label}, text);
  const word = el("span", {}, "Copy");
  const button = el(
    "button",
    {type: "button", class: "small", "aria-label": `Copy: ${label}`, onclick: () => copy(pre, word)},
    word,
  );
  return {
    node: el("div", {class: "copyable"}, pre, button),
    show: (shown) => (setText(pre, shown), setText(word, "Copy")),
    text: () => pre.textContent,
  };
}

// Browsers give the clipboard to loopback and https alone; elsewhere the text is selected, to be copied by hand.
async function copy(pre, word) {
  try {
    await navigator.clipboard.writeText(pre.textContent);
    setText(word, "Copied");
  } catch {
    getSelection().selectAllChildren(pre);
    setText(word, "Selected");
  }
}
