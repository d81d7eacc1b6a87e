// The world as a whole: what it is, what it assumes, reset, start over, export, import.
import {act, actionButton, field, form, input, isConfirmed, numberOf, select} from "../../actions.js";
import {worldName} from "../../api.js";
import {assumptionsCard, assumptionFields} from "./assumptions.js";
import {card, definitions, panel, plural, problemBox} from "../../blocks.js";
import {sourceText} from "../../header.js";
import {visibleKey} from "../../identity.js";
import {formatTime} from "../../live.js";
import {el} from "../../../shared/dom.js";

const DESCRIPTIONS = [["", "The server's"], "demo", "empty", "large"];
const URL_LIFETIME = 60_000; // milliseconds that a download may take to begin

export function worldPanel() {
  const {node, problem} = panel("World", `All of the world ${worldName()}, and of no other.`);
  const [facts, assumptions, startOver] = [factsCard(), assumptionsCard(), startOverCard()];
  const cards = [facts, assumptions, resetCard(problem), startOver, exportCard(), importCard()];
  node.append(el("div", {class: "cards"}, ...cards.map((each) => each.node)));
  const update = async (overview) => {
    facts.update(overview);
    await assumptions.update(overview.assume);
    await startOver.update(overview.assume);
  };
  return {node, update};
}

const about = (text) => el("p", {class: "hint"}, text);

function factsCard() {
  const body = el("div");
  const update = ({source, seed, start, accounts, sessions}) =>
    body.replaceChildren(
      definitions([
        ["Made", sourceText(source)],
        ["Key", visibleKey()],
        ["Seed", String(seed)],
        ["Started at", formatTime(start)],
        ["Has", `${plural(accounts, "account")}, ${plural(sessions, "pending session")}`],
      ]),
    );
  return {node: card(worldName(), body), update};
}

const WIPED = "Accounts, sessions, clock, faults, requests, webhooks and events";

function resetCard(problem) {
  const resetWorld = actionButton("Reset this world …", {
    request: () => ({method: "POST", path: "/reset"}),
    success: "World reset",
    problem,
    kind: "danger",
    undoable: true,
    confirm: {
      title: `Reset the world ${worldName()}?`,
      text: `${WIPED} go back to how the server started it. The footer then offers to undo it.`,
    },
  });
  const resetAll = actionButton("Reset all worlds …", {
    request: () => ({method: "POST", path: "/reset?all=true"}),
    success: "All worlds reset",
    problem,
    kind: "danger",
    confirm: {
      title: "Reset all worlds of this server?",
      text: "This includes worlds that others use, and all inboxes. It cannot be undone: export what you want to keep.",
    },
  });
  return {node: card("Reset", about("Back to its first state."), el("p", {class: "actions"}, resetWorld, resetAll))};
}

function startOverCard() {
  const description = field("Description", select(DESCRIPTIONS), {pointer: "/world"});
  const seed = field("Seed", input({inputmode: "numeric"}), {pointer: "/seed", hint: "The server's if empty."});
  const assumption = assumptionFields();
  const body = () => ({
    world: description.control.value || undefined,
    seed: numberOf(seed),
    assume: assumption.value(),
  });
  const {node} = form({
    label: "Start over",
    submit: "Start over",
    fields: [description, seed, ...assumption.fields],
    request: () => ({method: "POST", path: "/reset", body: body()}),
    success: "World started over",
    undoable: true,
    confirm: () => ({
      title: `Start the world ${worldName()} over?`,
      text: `${WIPED} are replaced, until the next reset. The footer then offers to undo it.`,
    }),
  });
  return {
    node: card("Start over", about("From another description, or with another assumption, until the next reset."), node),
    update: assumption.update,
  };
}

function exportCard() {
  const onclick = async () => {
    const {body, error} = await act({path: "/state"}, {success: "World exported"});
    if (!error) download(JSON.stringify(body), `${worldName()}.json`);
  };
  const button = el("button", {type: "button", onclick}, "Export");
  return {node: card("Export", about("The whole world as one JSON file."), el("p", {class: "actions"}, button))};
}

function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], {type: "application/json"}));
  el("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFETIME);
}

function importCard() {
  const file = field("File", el("input", {type: "file", accept: "application/json,.json"}), {wide: true});
  const problem = problemBox();
  const onsubmit = async (event) => {
    event.preventDefault();
    const [chosen] = file.control.files;
    file.setError(chosen ? null : "Choose an exported file.");
    if (!chosen || !(await isConfirmed(importQuestion(chosen.name), "Import"))) return;
    const request = {method: "PUT", path: "/state", body: await chosen.text()};
    await act(request, {success: "World imported", problem, file: chosen.name, undoable: true});
  };
  const node = el(
    "form",
    {"aria-label": "Import", onsubmit},
    el("div", {class: "fields"}, file.node),
    problem,
    el("p", {class: "actions"}, el("button", {class: "danger"}, "Import …")),
  );
  return {node: card("Import", about("Replaces this world by an exported one."), node)};
}

const importQuestion = (file) => ({
  title: `Replace the world ${worldName()} by ${file}?`,
  text: `${WIPED} are replaced. The footer then offers to undo it.`,
});
