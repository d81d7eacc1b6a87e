// Two panels: the world's clock, and the world as a whole (reset, start over, export, import).
import {act, actionButton, field, form, input, numberOf, select} from "./actions.js";
import {worldName} from "./api.js";
import {card, el, panel, setText} from "./dom.js";
import {clock, onTick, timeFromNow} from "./live.js";

const CLOCK_ABOUT =
  "Every timestamp of this world follows it. Time alone changes nothing: sessions and tokens are checked for expiry when they are used.";
const STEPS = [
  ["− 1 day", -86_400],
  ["− 1 hour", -3600],
  ["+ 1 minute", 60],
  ["+ 1 hour", 3600],
  ["+ 1 day", 86_400],
];
const WORLD_DESCRIPTIONS = ["demo", "empty", "large"];
const URL_LIFETIME = 60_000; // milliseconds that a download may take to begin

export function clockPanel() {
  const now = el("p", {class: "now"});
  const state = el("p", {class: "hint"});
  const {node, problem} = panel("Clock", CLOCK_ABOUT);
  const stepButton = ([label, seconds]) =>
    actionButton(label, {
      request: () => ({method: "POST", path: "/clock/advance", body: {seconds}}),
      success: `Clock moved: ${label}`,
      problem,
    });
  const stateButton = (label, frozen, success) =>
    actionButton(label, {
      request: () => ({method: "PUT", path: "/clock", body: {frozen}}),
      success,
      problem,
      "aria-pressed": "false",
    });
  const freeze = stateButton("Freeze", true, "Clock frozen");
  const run = stateButton("Let it run", false, "Clock running");
  const steps = el("p", {class: "actions"}, ...STEPS.map(stepButton));
  node.append(
    el("div", {class: "card clock"}, now, state, steps, el("p", {class: "actions"}, freeze, run)),
    el("div", {class: "card"}, setClockForm()),
  );
  const show = (text) => setText(now, `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`);
  onTick((text) => (node.isConnected ? show(text) : false)); // ends when the panel is removed
  const update = async () => {
    const {frozen} = clock.reading;
    setText(state, frozen ? "It is frozen." : "It is running.");
    freeze.setAttribute("aria-pressed", String(frozen));
    run.setAttribute("aria-pressed", String(!frozen));
    show(timeFromNow(0));
  };
  return {node, update};
}

function setClockForm() {
  const time = field("Set it to", input({placeholder: "2026-06-14T12:10:00Z"}), {
    pointer: "/now",
    hint: "RFC 3339; it may go back.",
    wide: true,
  });
  return form({
    label: "Set the clock",
    submit: "Set",
    fields: [time],
    request: () => ({method: "PUT", path: "/clock", body: {now: time.control.value.trim()}}),
    success: "Clock set",
  }).node;
}

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
