// The world's clock.
import {actionButton, field, form, input} from "../../actions.js";
import {get, linkTo} from "../../api.js";
import {card, contentKey, emptyNote, hint, panel, Rows} from "../../blocks.js";
import {clock, formatTime, onTick, relativeTime, timeFromNow} from "../../live.js";
import {el, setText} from "../../../shared/dom.js";

const CLOCK_ABOUT =
  "Every timestamp of this world follows it. Time alone changes nothing: sessions and tokens are checked for expiry when they are used.";
// By what happens: its words, and the part of the panel that shows its subject.
const UPCOMING = {
  token_expires: ["A token expires", (id) => el("a", {href: linkTo("accounts", id)}, id)],
  session_expires: ["A session expires", (token) => el("code", {}, token)],
  webhook_attempt: ["A webhook is sent again", (url) => el("code", {}, url)],
};
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
  const list = el("ul", {class: "rows"});
  const none = emptyNote("Nothing that time alone brings about: no token or session will expire, no webhook waits.");
  const upcoming = new Rows(list, (each) => upcomingRow(each, problem));
  node.append(
    el("div", {class: "card clock"}, now, state, steps, el("p", {class: "actions"}, freeze, run)),
    el("h3", {}, "Next"),
    none,
    list,
    card("Another time", setClockForm()),
  );
  const show = (text) => setText(now, `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`);
  onTick((text) => (node.isConnected ? show(text) : false)); // ends when the panel is removed
  const update = async () => {
    const {frozen} = clock.reading;
    setText(state, frozen ? "It is frozen." : "It is running.");
    freeze.setAttribute("aria-pressed", String(frozen));
    run.setAttribute("aria-pressed", String(!frozen));
    show(timeFromNow(0));
    const {data} = await get("/clock/upcoming");
    upcoming.update(data, ({at, what, subject}) => contentKey(at, what, subject));
    none.hidden = data.length > 0;
  };
  return {node, update};
}

// Something that happens next, and a button that moves the clock there.
function upcomingRow({at, what, subject}, problem) {
  const [words, show] = UPCOMING[what];
  const distance = hint();
  const advance = actionButton("Advance to it", {
    request: () => ({method: "PUT", path: "/clock", body: {now: at}}),
    success: `Clock moved: ${words.toLowerCase()}`,
    undoable: true,
    problem,
    kind: "small",
    "aria-label": `Advance to it: ${words.toLowerCase()}`,
  });
  const node = el("li", {class: "line"}, el("b", {}, words), show(subject), hint(formatTime(at)), distance, advance);
  return {node, update: () => setText(distance, relativeTime(at))};
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
