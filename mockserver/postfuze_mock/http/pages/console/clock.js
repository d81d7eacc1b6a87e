// The world's clock: it ticks or stands, and can be moved.
import {lever} from "./buttons.js";
import {el, setText} from "./dom.js";
import {field, form, input} from "./form.js";
import {ticking} from "./head.js";
import {panel} from "./panel.js";
import {clock} from "./instants.js";

const STEPS = [
  ["− 1 day", -86_400],
  ["− 1 hour", -3600],
  ["+ 1 minute", 60],
  ["+ 1 hour", 3600],
  ["+ 1 day", 86_400],
];
const ABOUT =
  "Every timestamp of this world follows it. Nothing happens by itself when time passes: sessions and tokens are found expired when they are looked at.";

export function clockPanel() {
  const now = el("p", {class: "now"});
  const state = el("p", {class: "hint"});
  const {node, problem} = panel("Clock", ABOUT);
  const steps = STEPS.map(([label, seconds]) =>
    lever(label, {
      call: () => ({method: "POST", path: "/clock/advance", body: {seconds}}),
      done: `Clock moved: ${label}`,
      place: problem,
    }),
  );
  const put = (label, frozen, done) =>
    lever(label, {
      call: () => ({method: "PUT", path: "/clock", body: {frozen}}),
      done,
      place: problem,
      "aria-pressed": "false",
    });
  const [freeze, run] = [put("Freeze", true, "The clock stands"), put("Let it run", false, "The clock runs")];
  const at = field("Set it to", input({placeholder: "2026-06-14T12:10:00Z"}), {
    pointer: "/now",
    hint: "RFC 3339; also backwards.",
    wide: true,
  });
  const setting = form({
    label: "Set the clock",
    submit: "Set",
    fields: [at],
    call: () => ({method: "PUT", path: "/clock", body: {now: at.control.value.trim()}}),
    done: () => "Clock set",
  });
  node.append(
    el(
      "div",
      {class: "card clock"},
      now,
      state,
      el("p", {class: "actions"}, ...steps),
      el("p", {class: "actions"}, freeze, run),
    ),
    el("div", {class: "card"}, setting.node),
  );
  const follow = (text) => {
    if (!node.isConnected) return ticking.delete(follow); // another world's panel took its place
    return setText(now, `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`);
  };
  ticking.add(follow);
  return {
    node,
    async look() {
      const {frozen} = clock.told;
      setText(state, frozen ? "It stands: frozen." : "It runs.");
      freeze.setAttribute("aria-pressed", String(frozen));
      run.setAttribute("aria-pressed", String(!frozen));
      follow(new Date(clock.now()).toISOString());
    },
  };
}
