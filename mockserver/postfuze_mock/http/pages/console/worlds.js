// Choosing the world that is acted on.
import {modal} from "./buttons.js";
import {get, Refusal} from "./call.js";
import {el} from "./dom.js";
import {field, form, input, Unsendable} from "./form.js";
import {identity, keyOf, keyOfListed, nameOf, use, useToken} from "./identity.js";
import * as live from "./live.js";
import {show} from "./outcome.js";

const FORM = "must be a name of 1 to 64 of A-Z, a-z, 0-9, _ and -, or a key (sk_test_NAME)";
const TOKEN_CODES = ["control_token_missing", "control_token_wrong"];

export const chosen = () => identity.key;
export const title = () => nameOf(identity.key);

document.getElementById("choose-world").addEventListener("click", choose);

export function choose() {
  const list = el("ul", {class: "choices"});
  const problem = el("div", {class: "problem", role: "alert"});
  const name = field("Name or key", input({autofocus: true}), {
    pointer: "key",
    hint: "A name that nobody used before makes a new world.",
  });
  const dialog = modal(
    "Choose a world",
    list,
    problem,
    asking("Choose by name", "Switch", name, () => to(keyOf(name.control.value.trim()), dialog, name)),
  );
  fill(list, dialog, problem);
}

async function fill(list, dialog, problem) {
  try {
    const {data} = await get("/worlds");
    const names = data.map((world) => world.name);
    list.append(...data.map((world) => entry(world, keyOfListed(world.name, names), dialog)));
  } catch (error) {
    show(problem, error);
  }
}

// A masked name opens nothing: the whole one has to be typed.
function entry(world, key, dialog) {
  const about = el("span", {class: "hint"}, `${world.accounts} accounts, ${world.sessions} sessions`);
  if (key === null)
    return el(
      "li",
      {class: "shut"},
      el("b", {}, world.name),
      about,
      el("span", {class: "hint"}, "Type its whole name or key to switch to it."),
    );
  const current = world.name === title();
  return el(
    "li",
    {},
    el(
      "button",
      {type: "button", "aria-current": current ? "true" : null, onclick: () => to(key, dialog)},
      el("b", {}, world.name),
      about,
    ),
  );
}

function to(key, dialog, name) {
  if (key === null) return name.tell(FORM);
  dialog.close();
  if (key === identity.key) return undefined;
  use(key);
  return window.dispatchEvent(new Event("worldchange"));
}

export const tokenIsAsked = ({problem}) => TOKEN_CODES.includes(problem?.code);

export function askForToken() {
  if (document.querySelector("dialog")) return;
  const token = field("Control token", input({type: "password", autofocus: true}), {
    hint: "What the server was started with (--control-token). It stays in this tab.",
  });
  const dialog = modal(
    "This server asks for its control token",
    asking("Give the control token", "Use it", token, () => {
      useToken(token.control.value);
      dialog.close();
      live.soon();
    }),
  );
}

// A form that pulls no lever.
function asking(label, submit, {node}, then) {
  const onsubmit = (event) => (event.preventDefault(), then());
  return el(
    "form",
    {"aria-label": label, novalidate: true, onsubmit},
    node,
    el("p", {class: "actions"}, el("button", {class: "primary"}, submit)),
  );
}
