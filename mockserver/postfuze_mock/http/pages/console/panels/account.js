// The open account: actions and forms that change it, its fields, its metric snapshots.
import {actionButton, field, form, input, jsonOf, numberOf, select} from "../actions.js";
import {fieldsOf, get, newestOf, Refusal, statuses, valuesOf} from "../api.js";
import {badge, emptyNote, part, problemBox, Rows, setBadge, showProblem} from "../blocks.js";
import {clock, formatTime, relativeTime, timeFromNow} from "../live.js";
import {el, setAttribute, setText, toJson} from "../../shared/dom.js";

const STATUS_KINDS = {active: "good", disabled: "mute", token_expired: "warn", revoked: "bad"};
const MINUTE = 60_000;
const EXPIRIES = [
  ["Expire the token now", -MINUTE],
  ["Near expiry (5 min)", 5 * MINUTE],
  ["Valid for 30 days", 30 * 24 * 60 * MINUTE],
];
const CONFIRM_DISCONNECT = {
  title: "Disconnect this account?",
  text: "As the API does: the account is disabled, no response contains it any more, and account.disconnected fires.",
};
const [MAX_SNAPSHOTS, TABLE_ROWS] = [90, 7];
const [CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN] = [320, 48, 3];
const SVG = "http://www.w3.org/2000/svg";
const NOT_METRICS = ["captured_at", "raw"];

export const nameOf = (account) => account.display_name || account.username || account.id;

// The usernames of some platforms already begin with @.
export const handleOf = (username) => (username ? `@${username.replace(/^@/, "")}` : "");

export const statusKind = (status) => STATUS_KINDS[status] ?? "mute";

// The open account `id`: {id, node, update() → promise}; `onClose()` closes it.
export function accountDetail(id, onClose) {
  const path = `/accounts/${id}`;
  const [missing, problem] = [el("div", {class: "problem"}), problemBox()];
  const [name, handle, status] = [el("h3", {tabindex: "-1"}, id), el("p", {class: "hint"}), badge()];
  const close = el(
    "button",
    {type: "button", class: "close", "aria-label": "Close the account", onclick: onClose},
    "✕",
  );
  const changes = accountChanges(path, problem);
  const metrics = metricHistory(path);
  const members = el("dl");
  const rows = new Rows(members, memberRow);
  const node = el(
    "div",
    {},
    el("div", {class: "title"}, el("div", {}, name, handle, status), close),
    missing,
    problem,
    changes.node,
    part("Fields", members),
    part("Stored snapshots", metrics.node),
    el("p", {class: "actions"}, changes.disconnect),
  );

  async function update() {
    try {
      show(await get(path));
      await metrics.update();
      showProblem(missing, null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showProblem(missing, error); // a reset may have removed the account
    }
  }

  function show(account) {
    setText(name, nameOf(account));
    setText(handle, [handleOf(account.username), account.platform].filter(Boolean).join(" · "));
    if (account.deleted) setBadge(status, `${account.status}, deleted`, "bad");
    else setBadge(status, account.status, statusKind(account.status));
    changes.show(account);
    rows.update(fieldsOf("SocialAccount").map((member) => ({id: member, value: account[member]})));
  }

  return {id, node, update};
}

function memberRow({id}) {
  const value = el("dd");
  const update = (member) =>
    setText(value, Array.isArray(member.value) ? member.value.join(", ") || "[]" : (member.value ?? "null"));
  return {node: el("div", {}, el("dt", {}, id), value), update};
}

// The buttons and forms that change an account; `problem` is the box for refusals of the buttons' requests.
function accountChanges(path, problem) {
  const change = (label, body, success, attributes = {}) =>
    actionButton(label, {request: () => ({method: "PATCH", path, body: body()}), success, problem, ...attributes});
  const statusButtons = statuses().map((status) =>
    change(status, () => ({status}), `Status is ${status}`, {"aria-pressed": "false"}),
  );
  const expiryButtons = EXPIRIES.map(([label, distance]) =>
    change(label, () => ({token_expires_at: timeFromNow(distance)}), `Token: ${label.toLowerCase()}`),
  );
  const disconnect = actionButton("Disconnect …", {
    request: () => ({method: "DELETE", path}),
    success: "Disconnected",
    problem,
    kind: "danger",
    confirm: CONFIRM_DISCONNECT,
  });
  const expiry = el("p", {class: "hint"});
  const behaviour = behaviourForm(path);
  const node = el(
    "div",
    {},
    part("Status", el("p", {class: "actions tight"}, ...statusButtons)),
    part("Token", expiry, el("p", {class: "actions tight"}, ...expiryButtons)),
    part("Behaviour", behaviour.node),
    part("Other fields", otherFieldsForm(path)),
  );
  const show = (account) => {
    setText(expiry, expiryText(account.token_expires_at));
    for (const button of statusButtons)
      button.setAttribute("aria-pressed", String(button.textContent === account.status));
    behaviour.show(account.behaviour);
    node.hidden = disconnect.hidden = account.deleted;
  };
  return {node, disconnect, show};
}

function expiryText(at) {
  if (!at) return "It never expires.";
  return `${Date.parse(at) > clock.now() ? "Expires" : "Expired"} ${relativeTime(at)}, at ${at}.`;
}

// How the platform behaves for this account. A field that the user is changing is not overwritten.
function behaviourForm(path) {
  const fields = fieldsOf("Behaviour").map((name) => {
    const values = valuesOf("Behaviour", name);
    const control = values.length ? select(values) : input({inputmode: "numeric"});
    return {...field(name, control, {pointer: `/behaviour/${name}`}), name, isNumber: !values.length};
  });
  let current = {};
  const valueOf = (each) => (each.isNumber ? numberOf(each) : each.control.value);
  const values = () => fields.map((each) => [each.name, valueOf(each)]);
  const changes = () => Object.fromEntries(values().filter(([name, value]) => value !== current[name]));
  const {node, updatePreview} = form({
    label: "Behaviour",
    submit: "Set behaviour",
    fields,
    request: () => ({method: "PATCH", path, body: {behaviour: changes()}}),
    success: "Behaviour set",
  });
  const show = (behaviour) => {
    for (const {name, control} of fields)
      if (current[name] === undefined || control.value === String(current[name])) control.value = behaviour[name];
    current = behaviour;
    updatePreview();
  };
  return {node, show};
}

function otherFieldsForm(path) {
  const changes = field("Changes, as JSON", el("textarea", {rows: "3", spellcheck: "false"}), {
    pointer: "/",
    hint: "Any fields of the account, such as tenant_id or scopes.",
    wide: true,
  });
  changes.control.value = toJson({tenant_id: "tenant_42"});
  const {node} = form({
    label: "Other fields",
    submit: "Change",
    fields: [changes],
    request: () => ({method: "PATCH", path, body: jsonOf(changes)}),
    success: "Changed",
  });
  return el("details", {}, el("summary", {}, "Change any field"), node);
}

// The stored metric snapshots: how the number of followers changed, and a table of the newest.
function metricHistory(path) {
  const metrics = fieldsOf("SnapshotFields").filter((name) => !NOT_METRICS.includes(name));
  const columns = ["captured_at", ...metrics];
  const heads = columns.map((name) => el("th", {scope: "col"}, name.replaceAll("_", " ")));
  const body = el("tbody");
  const table = el(
    "div",
    {class: "scroll", tabindex: "0", role: "group", "aria-label": "Newest snapshots"},
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body),
  );
  const none = emptyNote("None yet.");
  const chart = followersChart();
  const rows = new Rows(body, () => snapshotRow(columns));
  const update = async () => {
    const {entries} = await newestOf(`${path}/snapshots`, [], MAX_SNAPSHOTS);
    none.hidden = entries.length > 0;
    table.hidden = entries.length === 0;
    chart.update(entries.map((each) => each.followers).filter((count) => count !== undefined));
    rows.update(entries.slice(-TABLE_ROWS).reverse(), (each) => each.captured_at);
  };
  return {node: el("div", {}, none, chart.node, table), update};
}

function snapshotRow(columns) {
  const cells = columns.map((name) => [name, el("td")]);
  const textOf = (value, name) =>
    name === "captured_at" ? formatTime(value).slice(0, 16) : (value?.toLocaleString("en") ?? "–");
  return {
    node: el("tr", {}, ...cells.map(([, cell]) => cell)),
    update: (snapshot) => cells.forEach(([name, cell]) => setText(cell, textOf(snapshot[name], name))),
  };
}

function followersChart() {
  const line = document.createElementNS(SVG, "polyline");
  const svg = document.createElementNS(SVG, "svg");
  setAttribute(svg, "viewBox", `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`);
  setAttribute(svg, "preserveAspectRatio", "none");
  setAttribute(svg, "aria-hidden", "true");
  svg.append(line);
  const caption = el("figcaption", {class: "hint"});
  const node = el("figure", {hidden: true}, svg, caption);
  const update = (counts) => {
    node.hidden = counts.length < 2;
    if (node.hidden) return;
    const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
    const [stepX, stepY] = [
      CHART_WIDTH / (counts.length - 1),
      (CHART_HEIGHT - 2 * CHART_MARGIN) / (greatest - least || 1),
    ];
    const point = (count, index) => `${index * stepX},${CHART_HEIGHT - CHART_MARGIN - (count - least) * stepY}`;
    setAttribute(line, "points", counts.map(point).join(" "));
    const [low, high, newest] = [least, greatest, counts.at(-1)].map((count) => count.toLocaleString("en"));
    setText(caption, `Followers: ${low} to ${high}, newest ${newest} (${counts.length} snapshots)`);
  };
  return {node, update};
}
