// A fault of one's own: the common effects, without writing JSON.
import {el} from "./dom.js";
import {field, form, input, number, select} from "./form.js";
import {operations, valuesOf} from "./spec.js";

const KINDS = [
  ["status", "Status"],
  ["delay", "Delay"],
  ["drop", "Dropped connection"],
  ["corrupt", "Corrupted answer"],
];

export function own() {
  const operation = field("Operation", select([["*", "All"], ...operations()]), {pointer: "/operation"});
  const kind = field("Effect", select(KINDS));
  const counted = (label, pointer, hint = "", value = "") =>
    field(label, input({inputmode: "decimal", value}), {pointer, hint});
  const effects = effectFields(counted);
  const when = {
    times: counted("Times", "/times", "Any number if empty"),
    after: counted("After", "/after", "Calls that pass first"),
    probability: counted("Probability", "/probability", "0 to 1"),
  };
  const shape = () => {
    for (const [name, {fields}] of Object.entries(effects))
      for (const each of fields) each.node.hidden = name !== kind.control.value;
  };
  const body = () => ({
    operation: operation.control.value,
    effect: effects[kind.control.value].effect(),
    ...Object.fromEntries(Object.entries(when).map(([name, each]) => [name, number(each)])),
  });
  kind.control.addEventListener("change", shape);
  shape();
  const fields = [operation, kind, ...Object.values(effects).flatMap((each) => each.fields), ...Object.values(when)];
  const made = form({
    label: "A fault of your own",
    submit: "Set the fault",
    fields,
    call: () => ({method: "POST", path: "/faults", body: body()}),
    done: () => "Fault set",
  });
  return el("div", {}, made.node);
}

// The fields of each kind of effect, and the effect that they make.
function effectFields(counted) {
  const status = counted("Status", "/effect/status", "400 to 599", "503");
  const wait = counted("Retry-After (s)", "/effect/retry_after");
  const [least, most] = [
    counted("Delay (ms)", "/effect/delay_ms", "", "500"),
    counted("At most (ms)", "/effect/delay_ms/1", "For a spread"),
  ];
  const drop = field("How", select(valuesOf("Effect", "drop")), {pointer: "/effect/drop"});
  const path = field("Where", input({value: "/data/0/status"}), {
    pointer: "/effect/corrupt/path",
    hint: "A JSON pointer",
  });
  const how = field("How", select(valuesOf("Effect", "corrupt", "how")), {pointer: "/effect/corrupt/how"});
  const spread = () => (number(most) === undefined ? number(least) : [number(least), number(most)]);
  return {
    status: {fields: [status, wait], effect: () => ({status: number(status), retry_after: number(wait)})},
    delay: {fields: [least, most], effect: () => ({delay_ms: spread()})},
    drop: {fields: [drop], effect: () => ({drop: drop.control.value})},
    corrupt: {
      fields: [path, how],
      effect: () => ({corrupt: {path: path.control.value.trim(), how: how.control.value}}),
    },
  };
}
