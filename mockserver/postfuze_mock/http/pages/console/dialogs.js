// The dialogs that ask for a world or for the control token.
import {field, input} from "./actions.js";
import {identity, keyOf, newestOf, worldName} from "./api.js";
import {hint, openDialog, plural, problemBox, showProblem} from "./blocks.js";
import {sourceText} from "./header.js";
import {knownKeyOf, useToken} from "./identity.js";
import {refresh} from "./live.js";
import {el, setText} from "../shared/dom.js";

const MAX_WORLDS = 100;
const KEY_ERROR = "must be a name of 1 to 64 characters (A-Z, a-z, 0-9, _ and -), or a key such as sk_test_NAME";

// Asks for a world; `switchTo(key)` is called if it is another one.
export function chooseWorld(switchTo) {
  const list = el("ul", {class: "choices"});
  const [problem, count] = [problemBox(), el("p", {class: "hint", role: "status"})];
  const control = input({autofocus: true, oninput: () => update()});
  const name = field("Name or key", control, {hint: "Finds a world; a new name makes a new world."});
  const choose = (key) => {
    dialog.close();
    if (key !== identity.key) switchTo(key);
  };
  const onSubmit = () => {
    const text = control.value.trim();
    const key = knownKeyOf(text) ?? keyOf(text);
    if (key === null) name.setError(KEY_ERROR);
    else choose(key);
  };
  const update = () => showWorlds(control, list, count, choose).catch((error) => showProblem(problem, error));
  const form = dialogForm("Choose by name", "Switch", name, onSubmit);
  const dialog = openDialog("Choose a world", form, problem, list, count);
  update();
}

// Lists the worlds whose name has the text of `control`, the newest first; those of the world file come before them.
async function showWorlds(control, list, count, choose) {
  const text = control.value.trim();
  const q = text.startsWith("sk_") ? "" : text;
  const {entries, more, total} = await newestOf("/worlds", q ? [["q", q]] : [], MAX_WORLDS);
  if (control.value.trim() !== text) return; // the user has typed on
  list.replaceChildren(...entries.reverse().map((world) => worldItem(world, choose)));
  setText(count, more ? `${entries.length} of ${total.toLocaleString("en")}: type a part of its name to find another.` : "");
}

// A world that the server tells no key of (its name is masked, or keys are strict) has no button, unless this tab has one.
function worldItem({name, key, made, accounts, sessions, source}, choose) {
  const size = made ? `${plural(accounts, "account")}, ${plural(sessions, "session")}` : "not made yet";
  const label = [el("b", {}, name), hint(`${sourceText(source)} · ${size}`)];
  const usable = key ?? knownKeyOf(name);
  if (usable === null) return el("li", {class: "shut"}, ...label, hint("Type its full name or a key to switch to it."));
  const isCurrent = name === worldName() ? "true" : null;
  const onclick = () => choose(usable);
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
