// The form for any fault.
import {field, form, input, numberOf, select} from "../../actions.js";
import {operations, valuesOf} from "../../api.js";

const EFFECTS = [
  ["status", "Status"],
  ["delay", "Delay"],
  ["drop", "Dropped connection"],
  ["corrupt", "Corrupted response"],
];

// Returns {node, choose(operation)}; `choose` fills the form for an operation, and puts the focus there.
export function faultForm() {
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
  const {node, updatePreview} = form({
    label: "Custom fault",
    submit: "Set the fault",
    fields: [operation, kind, ...Object.values(effects).flatMap(({fields}) => fields), ...Object.values(conditions)],
    request: () => ({method: "POST", path: "/faults", body: body()}),
    success: "Fault set",
    undoable: true,
  });
  const choose = (id) => {
    if (operations().includes(id)) operation.control.value = id;
    conditions.times.control.value ||= "1";
    updatePreview();
    node.scrollIntoView({block: "nearest"});
    kind.control.focus();
  };
  return {node, choose};
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
