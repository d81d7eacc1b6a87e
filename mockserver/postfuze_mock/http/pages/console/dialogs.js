// The dialogs that ask for a world or for the control token.
import {field, input} from "./actions.js";
import {identity, keyOf, keyOfWorld, newestOf, useToken, worldName} from "./api.js";
import {hint, openDialog, problemBox, showProblem} from "./blocks.js";
import {refresh} from "./live.js";
import {el} from "../shared/dom.js";

const MAX_WORLDS = 1000;
const KEY_ERROR = "must be a name of 1 to 64 characters (A-Z, a-z, 0-9, _ and -), or a key such as sk_test_NAME";

// Asks for a world; `switchTo(key)` is called if it is another one.
export function chooseWorld(switchTo) {
  const list = el("ul", {class: "choices"});
  const problem = problemBox();
  const name = field("Name or key", input({autofocus: true}), {hint: "A new name makes a new world."});
  const choose = (key) => {
    dialog.close();
    if (key !== identity.key) switchTo(key);
  };
  const onSubmit = () => {
    const key = keyOf(name.control.value.trim());
    if (key === null) name.setError(KEY_ERROR);
    else choose(key);
  };
  const dialog = openDialog("Choose a world", list, problem, dialogForm("Choose by name", "Switch", name, onSubmit));
  listWorlds(list, problem, choose);
}

async function listWorlds(list, problem, choose) {
  try {
    const {entries, more} = await newestOf("/worlds", [], MAX_WORLDS);
    const names = entries.map((world) => world.name);
    list.append(...entries.map((world) => worldItem(world, keyOfWorld(world.name, names), choose)));
    if (more) list.append(el("li", {class: "shut"}, hint(`The newest ${MAX_WORLDS}; there are older ones.`)));
  } catch (error) {
    showProblem(problem, error);
  }
}

// A world with a masked name (`key` is null) has no button: the user has to type its name.
function worldItem(world, key, choose) {
  const label = [el("b", {}, world.name), hint(`${world.accounts} accounts, ${world.sessions} sessions`)];
  if (key === null) return el("li", {class: "shut"}, ...label, hint("Type its full name or key to switch to it."));
  const isCurrent = world.name === worldName() ? "true" : null;
  const onclick = () => choose(key);
  return el("li", {}, el("button", {type: "button", "aria-current": isCurrent, onclick}, ...label));
}

export function askForToken() {
  if (document.querySelector("dialog")) return;
  const token = field("Control token", input({type: "password", autofocus: true}), {
    hint: "The server was started with it (--control-token). It stays in this tab.",
  });
  const onSubmit = () => {
    useToken(token.control.value);
    dialog.close();
    refresh();
  };
  const tokenForm = dialogForm("Enter the control token", "Use it", token, onSubmit);
  const dialog = openDialog("This server requires a control token", tokenForm);
}

// A form with one field, which sends no request.
function dialogForm(label, submit, {node}, onSubmit) {
  const onsubmit = (event) => (event.preventDefault(), onSubmit());
  const button = el("p", {class: "actions"}, el("button", {class: "primary"}, submit));
  return el("form", {"aria-label": label, novalidate: true, onsubmit}, node, button);
}
