// The world's clock.
import {actionButton, field, form, input} from "../actions.js";
import {panel} from "../blocks.js";
import {clock, onTick, timeFromNow} from "../live.js";
import {el, setText} from "../../shared/dom.js";

const CLOCK_ABOUT =
  "Every timestamp of this world follows it. Time alone changes nothing: sessions and tokens are checked for expiry when they are used.";
const STEPS = [
  ["− 1 day", -86_400],
  ["− 1 hour", -3600],
  ["+ 1 minute", 60],
  ["+ 1 hour", 3600],
  ["+ 1 day", 86_400],
];

export function clockPanel() {
  const now = el("p", {class: "now"});
  const state = el("p", {class: "hint"});
  const {node, problem} = panel("Clock", CLOCK_ABOUT);
  const stepButton = ([label, seconds]) =>
    actionButton(label, {
      request: () => ({method: "POST", path: "/clock/advance", body: {seconds}}),
      success: `Clock moved: ${label}`,
      undoable: true,
      problem,
    });
  const stateButton = (label, frozen, success) =>
    actionButton(label, {
      request: () => ({method: "PUT", path: "/clock", body: {frozen}}),
      success,
      undoable: true,
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
    undoable: true,
  }).node;
}
