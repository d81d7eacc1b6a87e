// Building blocks of all pages. Elements are created, never parsed from HTML, so data are always text.

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Writes only changes, so that nothing flickers and selections stay.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Removes the attribute if `value` is null or undefined.
export function setAttribute(node, name, value) {
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export const toJson = (value) => JSON.stringify(value, null, 2);

// A part of an address, decoded; as it is if somebody cut it within a character.
export function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let lastId = 0;
export const uniqueId = (stem) => `${stem}-${(lastId += 1)}`;

export const codeBlock = (label, text) => el("pre", {tabindex: "0", role: "group", "aria-label": label}, text);

// Text with `code` in backticks, as nodes.
export const withCode = (text) => text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));

// Text with a button that copies it; `label` names it for screen readers.
export function copyable(label, text = "") {
  const block = codeBlock(label, text);
  const [button, say] = copyButton(label, block);
  return {
    node: el("div", {class: "copyable"}, block, button),
    setText: (value) => (setText(block, value), say("Copy")),
    text: () => block.textContent,
  };
}

// A name or a line that can be copied, within a sentence.
export function copyableWord(label, text) {
  const code = el("code", {}, text);
  return el("span", {class: "copyable-word"}, code, " ", copyButton(label, code)[0]);
}

// A button that copies the text of `block`, and a function that changes its word.
function copyButton(label, block) {
  const say = (word) => (setText(button, word), button.setAttribute("aria-label", `${word}: ${label}`));
  const button = el("button", {type: "button", class: "small", onclick: () => copy(block, say)});
  say("Copy");
  return [button, say];
}

// Browsers allow the clipboard on loopback and https only; elsewhere the text is selected, to be copied by hand.
async function copy(block, say) {
  try {
    await navigator.clipboard.writeText(block.textContent);
    say("Copied");
  } catch {
    getSelection().selectAllChildren(block);
    say("Selected");
  }
}
