// One account, opened: its fields, how its platform behaves towards it, its snapshots, and what can be done to it.
import {handleOf, kindOf} from "./accounts.js";
import {behaviour} from "./behaviour.js";
import {lever} from "./buttons.js";
import {get, Refusal} from "./call.js";
import {el, json, Rows, setText} from "./dom.js";
import {document_, field, form} from "./form.js";
import {badge, mark} from "./panel.js";
import {show} from "./outcome.js";
import {snapshots} from "./snapshots.js";
import {fieldsOf, statuses} from "./spec.js";
import {clock, distance, fromNow} from "./times.js";

const MINUTE = 60_000;
const EXPIRIES = [["Expire the token now", -MINUTE], ["Near expiry (5 min)", 5 * MINUTE], ["Good for 30 days", 30 * 24 * 60 * MINUTE]];

// {id, node, look()}; `shut()` closes it.
export function account(id, shut) {
  const path = `/accounts/${id}`;
  const problem = el("div", {class: "problem", role: "alert"});
  const [name, handle, status] = [el("h3", {tabindex: "-1"}, id), el("p", {class: "hint"}), badge()];
  const change = (label, body, done, given = {}) => lever(label, {call: () => ({method: "PATCH", path, body: body()}), done, place: problem, ...given});
  const states = statuses().map((each) => change(each, () => ({status: each}), `Status is ${each}`, {"aria-pressed": "false"}));
  const tokens = EXPIRIES.map(([label, away]) => change(label, () => ({token_expires_at: fromNow(away)}), `Token: ${label.toLowerCase()}`));
  const remove = lever("Disconnect …", {call: () => ({method: "DELETE", path}), done: "Disconnected", place: problem, kind: "danger", asks: {title: "Disconnect this account?", text: "As the API does it: disabled, gone from every answer, and account.disconnected is fired."}});
  const expires = el("p", {class: "hint"});
  const acts = behaviour(path);
  const history = snapshots(path);
  const members = el("dl");
  const rows = new Rows(members, pair);
  const changing = el("div", {}, part("Status", el("p", {class: "actions tight"}, ...states)), part("Token", expires, el("p", {class: "actions tight"}, ...tokens)), part("Behaviour", acts.node), part("Other fields", other(path)));
  const close = el("button", {type: "button", class: "close", "aria-label": "Close the account", onclick: shut}, "✕");
  const node = el("div", {}, el("div", {class: "title"}, el("div", {}, name, handle, status), close), problem, changing, part("Fields", members), part("Stored snapshots", history.node), el("p", {class: "actions"}, remove));

  async function look() {
    let known;
    try {
      known = await get(path);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return show(problem, error);
    }
    setText(name, known.display_name || known.username || id);
    setText(handle, [handleOf(known.username), known.platform].filter(Boolean).join(" · "));
    mark(status, known.deleted ? `${known.status}, deleted` : known.status, known.deleted ? "bad" : kindOf(known.status));
    setText(expires, known.token_expires_at ? `${Date.parse(known.token_expires_at) > clock.now() ? "Expires" : "Expired"} ${distance(known.token_expires_at)}, at ${known.token_expires_at}.` : "It never expires.");
    states.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === known.status)));
    acts.update(known.behaviour);
    changing.hidden = remove.hidden = known.deleted;
    rows.show(fieldsOf("SocialAccount").map((each) => ({id: each, value: known[each]})));
    return history.look();
  }

  return {id, node, look};
}

function part(title, ...content) {
  return el("div", {class: "part"}, el("h4", {}, title), ...content);
}

function pair({id}) {
  const value = el("dd");
  const node = el("div", {}, el("dt", {}, id), value);
  const update = (item) => setText(value, Array.isArray(item.value) ? item.value.join(", ") || "[]" : item.value ?? "null");
  return {node, update};
}

// Any other change, as JSON.
function other(path) {
  const body = field("Changes, as JSON", el("textarea", {rows: "3", spellcheck: "false"}), {pointer: "/", hint: "Any fields of the account, e.g. its tenant_id or scopes.", wide: true});
  body.control.value = json({tenant_id: "tenant_42"});
  const made = form({label: "Other fields", submit: "Change", fields: [body], call: () => ({method: "PATCH", path, body: document_(body)}), done: () => "Changed"});
  return el("details", {}, el("summary", {}, "Change any field"), made.node);
}
