// Values as literals of JavaScript and Python: on one line if they fit, otherwise a member a line.

const WIDTH = 64; // the samples stand beside the text
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

export const JAVASCRIPT = {
  atom: JSON.stringify,
  member: (name, value) => `${IDENTIFIER.test(name) ? name : JSON.stringify(name)}: ${value}`,
  space: " ",
  step: "  ",
};
export const PYTHON = {
  atom: (value) => ({null: "None", true: "True", false: "False"})[value] ?? JSON.stringify(value),
  member: (name, value) => `${JSON.stringify(name)}: ${value}`,
  space: "",
  step: "    ",
};

// `before` is how long the line is already.
export function literal(value, language, indent = "", before = 0) {
  if (value === null || typeof value !== "object") return language.atom(value);
  const {space, step} = language;
  const entries = (margin) => Object.entries(value).map(([name, each]) => [name, literal(each, language, margin)]);
  if (Array.isArray(value))
    return wrapped({open: "[", close: "]", step, before}, (margin) => entries(margin).map(([, each]) => each), indent);
  const members = (margin) => entries(margin).map(([name, each]) => language.member(name, each));
  return wrapped({open: "{", close: "}", space, step, before}, members, indent);
}

// The arguments of a call in Python.
export const pythonArguments = (parts, before = 0) => wrapped({open: "(", close: ")", step: PYTHON.step, before}, parts);

// What `parts(margin)` returns, between `open` and `close`: on one line, or each part on a line of its own.
function wrapped({open, close, space = "", step, before}, parts, indent = "") {
  const line = parts(indent).join(", ");
  if (!line) return open + close;
  if (!line.includes("\n") && indent.length + before + line.length < WIDTH) return open + space + line + space + close;
  const margin = indent + step;
  return `${open}\n${parts(margin).map((part) => `${margin}${part},\n`).join("")}${indent}${close}`;
}
