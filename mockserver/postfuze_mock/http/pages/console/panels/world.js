// The world as a whole: reset, start over, export, import.
import {act, actionButton, field, form, input, numberOf, select} from "../actions.js";
import {worldName} from "../api.js";
import {card, panel} from "../blocks.js";
import {el} from "../../shared/dom.js";

const WORLD_DESCRIPTIONS = ["demo", "empty", "large"];
const URL_LIFETIME = 60_000; // milliseconds that a download may take to begin

export function worldPanel() {
  const {node, problem} = panel("World", `All of the world ${worldName()}, and of no other.`);
  node.append(el("div", {class: "cards"}, resetCard(problem), exportCard(), startOverCard(), importCard(problem)));
  return {node, async update() {}};
}

const about = (text) => el("p", {class: "hint"}, text);

function resetCard(problem) {
  const resetWorld = actionButton("Reset this world …", {
    request: () => ({method: "POST", path: "/reset"}),
    success: "World reset",
    problem,
    kind: "danger",
    undoable: true,
    confirm: {
      title: `Reset the world ${worldName()}?`,
      text: "Its data, clock, faults, journal, webhooks and events go back to their first state.",
    },
  });
  const resetAll = actionButton("Reset all worlds …", {
    request: () => ({method: "POST", path: "/reset?all=true"}),
    success: "All worlds reset",
    problem,
    kind: "danger",
    confirm: {title: "Reset all worlds?", text: "This includes worlds that others use on this server."},
  });
  return card("Reset", about("Back to its first state."), el("p", {class: "actions"}, resetWorld, resetAll));
}

function startOverCard() {
  const description = field("Description", select(WORLD_DESCRIPTIONS, "empty"), {pointer: "/world"});
  const seed = field("Seed", input({inputmode: "numeric"}), {pointer: "/seed", hint: "The server's if empty."});
  const body = () => ({world: description.control.value, seed: numberOf(seed)});
  const {node} = form({
    label: "Start over",
    submit: "Start over",
    fields: [description, seed],
    request: () => ({method: "POST", path: "/reset", body: body()}),
    success: "World started over",
  });
  return card("Start over", about("From another description, until the next reset."), node);
}

function exportCard() {
  const onclick = async () => {
    const {body, error} = await act({path: "/state"}, {success: "World exported"});
    if (!error) download(JSON.stringify(body), `${worldName()}.json`);
  };
  const button = el("button", {type: "button", onclick}, "Export");
  return card("Export", about("The whole world as one JSON file."), el("p", {class: "actions"}, button));
}

function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], {type: "application/json"}));
  el("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFETIME);
}

function importCard(problem) {
  const input = field("File", el("input", {type: "file", accept: "application/json,.json"}), {wide: true});
  const onsubmit = async (event) => {
    event.preventDefault();
    const [file] = input.control.files;
    input.setError(file ? null : "Choose an exported file.");
    if (!file) return;
    const request = {method: "PUT", path: "/state", body: await file.text()};
    await act(request, {success: "World imported", problem, file: file.name});
  };
  const node = el(
    "form",
    {"aria-label": "Import", onsubmit},
    el("div", {class: "fields"}, input.node),
    el("p", {class: "actions"}, el("button", {class: "danger"}, "Import")),
  );
  return card("Import", about("Replaces this world."), node);
}
