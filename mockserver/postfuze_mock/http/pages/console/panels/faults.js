// Scripted faults: the active ones, a button for each preset, and a form for any other.
import {actionButton, field, form, input, numberOf, select} from "../actions.js";
import {get, operations, valuesOf} from "../api.js";
import {card, contentKey, emptyNote, hint, panel, Rows} from "../blocks.js";
import {el, setText} from "../../shared/dom.js";

const ABOUT = "Requests to the API that fail as you say. The control API is never affected.";
const EFFECTS = [
  ["status", "Status"],
  ["delay", "Delay"],
  ["drop", "Dropped connection"],
  ["corrupt", "Corrupted response"],
];
const DROPS = {reset: "connection reset", empty: "empty reply"};

export function faultsPanel() {
  const list = el("ul", {class: "rows"});
  const presetList = el("ul", {class: "presets"});
  const none = emptyNote("No fault is set.");
  const {node, problem} = panel("Faults", ABOUT);
  const removeAll = actionButton("Remove all", {
    request: () => ({method: "DELETE", path: "/faults"}),
    success: "All faults removed",
    problem,
    hidden: true,
  });
  const titles = new Map(); // of presets, by name
  const rows = new Rows(list, (fault) => faultRow(fault, titles.get(fault.preset), problem));
  const presetRows = new Rows(presetList, (preset) => presetItem(preset, problem));
  node.append(
    el("h3", {}, "Active"),
    none,
    list,
    el("p", {class: "actions"}, removeAll),
    el("h3", {}, "Presets"),
    presetList,
    card("Custom fault", faultForm()),
  );

  async function loadPresets() {
    const {data} = await get("/faults?presets=true");
    for (const {preset, title} of data) titles.set(preset, title);
    presetRows.update(data, (each) => each.preset);
  }

  async function update() {
    if (!titles.size) await loadPresets();
    const {data} = await get("/faults");
    rows.update(data, ({id, operation, preset, effect}) => contentKey(id, operation, preset, effect));
    none.hidden = data.length > 0;
    removeAll.hidden = data.length < 2;
  }

  return {node, update};
}

function presetItem({preset, title, description, body}, problem) {
  const request = () => ({method: "POST", path: "/faults", body});
  const button = actionButton(title, {request, success: `Fault set: ${title}`, problem});
  const node = el("li", {}, button, el("p", {class: "hint"}, description), el("code", {class: "hint"}, preset));
  return {node, update() {}};
}

function faultRow(fault, presetTitle, problem) {
  const description = describe(fault, presetTitle);
  const remove = actionButton("Remove", {
    request: () => ({method: "DELETE", path: `/faults/${fault.id}`}),
    success: "Fault removed",
    problem,
    kind: "small",
    "aria-label": `Remove the fault ${description}`,
  });
  const count = hint();
  const operation = fault.operation === "*" ? "all operations" : fault.operation;
  const node = el("li", {class: "line"}, el("b", {}, operation), el("span", {}, description), count, remove);
  const update = ({hits, left, missed}) => {
    const parts = [`${hits} ${hits === 1 ? "hit" : "hits"}`, `${left ?? "any number"} left`];
    setText(count, [...parts, ...(missed ? [`${missed} missed`] : [])].join(", "));
  };
  return {node, update};
}

// What a fault does, in one line.
function describe({preset, effect, after, probability}, presetTitle) {
  const {status, retry_after: wait, delay_ms: delay, drop, corrupt} = effect ?? {};
  return [
    preset && (presetTitle ?? preset),
    !preset && status && `status ${status}`,
    wait !== undefined && `Retry-After ${wait} s`,
    delay !== undefined && `${[delay].flat().join(" to ")} ms late`,
    DROPS[drop],
    corrupt && `${corrupt.path} corrupted (${corrupt.how})`,
    after > 0 && `after ${after} requests`,
    probability < 1 && `with probability ${probability}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function faultForm() {
  const operation = field("Operation", select([["*", "All"], ...operations()]), {pointer: "/operation"});
  const kind = field("Effect", select(EFFECTS));
  const effects = effectFields();
  const conditions = {
    times: numberField("Times", "/times", "Any number if empty"),
    after: numberField("After", "/after", "Requests that pass first"),
    probability: numberField("Probability", "/probability", "0 to 1"),
  };
  const showFields = () => {
    for (const [name, {fields}] of Object.entries(effects))
      for (const {node} of fields) node.hidden = name !== kind.control.value;
  };
  const body = () => ({
    operation: operation.control.value,
    effect: effects[kind.control.value].effect(),
    ...Object.fromEntries(Object.entries(conditions).map(([name, each]) => [name, numberOf(each)])),
  });
  kind.control.addEventListener("change", showFields);
  showFields();
  return form({
    label: "Custom fault",
    submit: "Set the fault",
    fields: [operation, kind, ...Object.values(effects).flatMap(({fields}) => fields), ...Object.values(conditions)],
    request: () => ({method: "POST", path: "/faults", body: body()}),
    success: "Fault set",
  }).node;
}

const numberField = (label, pointer, hint = "", value = "") =>
  field(label, input({inputmode: "decimal", value}), {pointer, hint});

// By kind of effect: its fields, and a function that returns the effect that they describe.
function effectFields() {
  const status = numberField("Status", "/effect/status", "400 to 599", "503");
  const wait = numberField("Retry-After (s)", "/effect/retry_after");
  const delay = numberField("Delay (ms)", "/effect/delay_ms", "", "500");
  const maxDelay = numberField("At most (ms)", "/effect/delay_ms/1", "For a range");
  const drop = field("How", select(valuesOf("Effect", "drop")), {pointer: "/effect/drop"});
  const path = field("Where", input({value: "/data/0/status"}), {
    pointer: "/effect/corrupt/path",
    hint: "A JSON pointer",
  });
  const how = field("How", select(valuesOf("Effect", "corrupt", "how")), {pointer: "/effect/corrupt/how"});
  const range = () => (numberOf(maxDelay) === undefined ? numberOf(delay) : [numberOf(delay), numberOf(maxDelay)]);
  return {
    status: {fields: [status, wait], effect: () => ({status: numberOf(status), retry_after: numberOf(wait)})},
    delay: {fields: [delay, maxDelay], effect: () => ({delay_ms: range()})},
    drop: {fields: [drop], effect: () => ({drop: drop.control.value})},
    corrupt: {
      fields: [path, how],
      effect: () => ({corrupt: {path: path.control.value.trim(), how: how.control.value}}),
    },
  };
}
