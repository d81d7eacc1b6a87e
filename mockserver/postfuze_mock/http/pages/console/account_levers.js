// What can be done to an account.
import {behaviour} from "./behaviour.js";
import {lever} from "./buttons.js";
import {el, json, setText} from "./dom.js";
import {field, form, parsed} from "./form.js";
import {clock, distance, fromNow} from "./instants.js";
import {part} from "./panel.js";
import {statuses} from "./spec.js";

const MINUTE = 60_000;
const EXPIRIES = [
  ["Expire the token now", -MINUTE],
  ["Near expiry (5 min)", 5 * MINUTE],
  ["Good for 30 days", 30 * 24 * 60 * MINUTE],
];

const SURELY = {
  title: "Disconnect this account?",
  text: "As the API does it: disabled, gone from every answer, and account.disconnected is fired.",
};

// {node, remove, update(known)}; `place` is where a refusal of a button is shown.
export function levers(path, place) {
  const change = (label, body, done, given = {}) =>
    lever(label, {call: () => ({method: "PATCH", path, body: body()}), done, place, ...given});
  const states = statuses().map((status) =>
    change(status, () => ({status}), `Status is ${status}`, {"aria-pressed": "false"}),
  );
  const tokens = EXPIRIES.map(([label, away]) =>
    change(label, () => ({token_expires_at: fromNow(away)}), `Token: ${label.toLowerCase()}`),
  );
  const remove = lever("Disconnect …", {
    call: () => ({method: "DELETE", path}),
    done: "Disconnected",
    place,
    kind: "danger",
    asks: SURELY,
  });
  const expires = el("p", {class: "hint"});
  const acts = behaviour(path);
  const node = el(
    "div",
    {},
    part("Status", el("p", {class: "actions tight"}, ...states)),
    part("Token", expires, el("p", {class: "actions tight"}, ...tokens)),
    part("Behaviour", acts.node),
    part("Other fields", other(path)),
  );
  const update = (known) => {
    setText(expires, expiry(known.token_expires_at));
    states.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === known.status)));
    acts.update(known.behaviour);
    node.hidden = remove.hidden = known.deleted;
  };
  return {node, remove, update};
}

function expiry(at) {
  if (!at) return "It never expires.";
  return `${Date.parse(at) > clock.now() ? "Expires" : "Expired"} ${distance(at)}, at ${at}.`;
}

// Any other change, as JSON.
function other(path) {
  const body = field("Changes, as JSON", el("textarea", {rows: "3", spellcheck: "false"}), {
    pointer: "/",
    hint: "Any fields of the account, e.g. its tenant_id or scopes.",
    wide: true,
  });
  body.control.value = json({tenant_id: "tenant_42"});
  const made = form({
    label: "Other fields",
    submit: "Change",
    fields: [body],
    call: () => ({method: "PATCH", path, body: parsed(body)}),
    done: () => "Changed",
  });
  return el("details", {}, el("summary", {}, "Change any field"), made.node);
}
