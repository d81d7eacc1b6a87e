// The open account: what the API answers now, what makes it so, scenarios, its fields, its metric snapshots.
import {actionButton} from "../../actions.js";
import {fieldsOf, get, linkTo, Refusal} from "../../api.js";
import {badge, part, problemBox, Rows, setBadge, showProblem} from "../../blocks.js";
import {answersNow} from "./answers.js";
import {accountChanges} from "./changes.js";
import {ABOUT_PROBES, ofAccount, placeholders} from "../scenarios/scenarios.js";
import {scenarioList} from "../scenarios/list.js";
import {metricHistory} from "./snapshots.js";
import {copyable, el, setText} from "../../../shared/dom.js";

const STATUS_KINDS = {active: "good", disabled: "mute", token_expired: "warn", revoked: "bad"};
const CONFIRM_DISCONNECT = {
  title: "Disconnect this account?",
  text: "As the API does: the account is disabled, no response contains it any more, and account.disconnected fires.",
};
const DISCONNECTED = "Disconnected: the API shows it to nobody. A real customer would have to connect again.";

export const nameOf = (account) => account.display_name || account.username || account.id;

// The usernames of some platforms already begin with @.
export const handleOf = (username) => (username ? `@${username.replace(/^@/, "")}` : "");

export const statusKind = (status) => STATUS_KINDS[status] ?? "mute";

// The open account `id`: {id, node, update() → promise}; `onClose()` closes it.
export function accountDetail(id, onClose) {
  const path = `/accounts/${id}`;
  const [missing, problem] = [el("div", {class: "problem"}), problemBox()];
  const title = titleRow(id, onClose);
  const [answers, changes, metrics] = [answersNow(path, problem), accountChanges(path, problem), metricHistory(path)];
  const [disconnect, restored] = [disconnectButton(path, problem), restorePart(path, problem)];
  const [members, scenarios] = [el("dl"), el("div", {})];
  const rows = new Rows(members, memberRow);
  const living = el("div", {}, changes.node, part("Scenarios", scenarios, el("p", {class: "hint"}, ABOUT_PROBES)));
  let account = null;
  scenarios.append(scenarioList(ofAccount(), () => placeholders(account)));
  const node = el(
    "div",
    {},
    title.node,
    missing,
    problem,
    restored,
    part("What the API answers now", answers.node),
    living,
    part("Fields", members),
    part("Stored snapshots", metrics.node),
    el("p", {class: "actions"}, disconnect),
  );

  async function update() {
    try {
      show(await get(path));
      await Promise.all([answers.update(), metrics.update()]);
      showProblem(missing, null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showProblem(missing, error); // a reset may have removed the account
    }
  }

  function show(current) {
    account = current;
    title.show(account);
    changes.show(account);
    rows.update(fieldsOf("SocialAccount").map((member) => ({id: member, value: account[member]})));
    living.hidden = disconnect.hidden = account.deleted;
    restored.hidden = !account.deleted;
  }

  return {id, node, update};
}

function titleRow(id, onClose) {
  const [name, handle, status] = [el("h3", {tabindex: "-1"}, id), el("p", {class: "hint"}), badge()];
  const close = {type: "button", class: "close", "aria-label": "Close the account", onclick: onClose};
  const links = el(
    "p",
    {class: "links"},
    el("a", {href: linkTo("requests", "search", id)}, "Its calls"),
    el("a", {href: linkTo("events", "search", id)}, "Its events"),
  );
  const heading = el("div", {}, name, handle, status);
  const row = el("div", {class: "title"}, heading, el("button", close, "✕"));
  const show = (account) => {
    setText(name, nameOf(account));
    setText(handle, [handleOf(account.username), account.platform].filter(Boolean).join(" · "));
    if (account.deleted) setBadge(status, `${account.status}, deleted`, "bad");
    else setBadge(status, account.status, statusKind(account.status));
  };
  return {node: el("div", {}, row, copyable("The account's id", id).node, links), show};
}

function disconnectButton(path, problem) {
  return actionButton("Disconnect …", {
    request: () => ({method: "DELETE", path}),
    success: "Disconnected",
    problem,
    kind: "danger",
    confirm: CONFIRM_DISCONNECT,
    undoable: true,
  });
}

function restorePart(path, problem) {
  const button = actionButton("Restore", {
    request: () => ({method: "POST", path: `${path}/restore`}),
    success: "Restored",
    problem,
    undoable: true,
  });
  const about = el("p", {class: "hint"}, DISCONNECTED);
  return el("div", {class: "part", hidden: true}, about, el("p", {class: "actions"}, button));
}

function memberRow({id}) {
  const value = el("dd");
  const update = (member) =>
    setText(value, Array.isArray(member.value) ? member.value.join(", ") || "[]" : (member.value ?? "null"));
  return {node: el("div", {}, el("dt", {}, id), value), update};
}
