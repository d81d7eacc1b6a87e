// Scripted faults: presets to press, a form for one's own, and those that stand.
import {lever} from "./buttons.js";
import {get} from "./call.js";
import {el, Rows, setText, whole} from "./dom.js";
import {own} from "./fault_form.js";
import {empty, panel} from "./panel.js";

const ABOUT = "Calls of the API that fail as you say. Levers are never hit.";

const titles = new Map();

function named(preset) {
  titles.set(preset.preset, preset.title);
  return preset;
}

export function faults() {
  const list = el("ul", {class: "rows"});
  const offered = el("ul", {class: "presets"});
  const none = empty("No fault is set.");
  const {node, problem} = panel("Faults", ABOUT);
  const all = lever("Remove all", {
    call: () => ({method: "DELETE", path: "/faults"}),
    done: "All faults removed",
    place: problem,
    hidden: true,
  });
  const rows = new Rows(list, (fault) => row(fault, problem));
  const presets = new Rows(offered, (preset) => button(preset, problem));
  const form = el("div", {class: "card"}, el("h3", {}, "One of your own"), own());
  node.append(
    el("h3", {}, "Standing"),
    none,
    list,
    el("p", {class: "actions"}, all),
    el("h3", {}, "Presets"),
    offered,
    form,
  );
  return {
    node,
    async look() {
      if (!offered.children.length)
        presets.show((await get("/faults?presets=true")).data.map(named), (each) => each.preset);
      const {data} = await get("/faults");
      rows.show(data, ({id, operation, preset, effect}) => whole(id, operation, preset, effect));
      none.hidden = data.length > 0;
      all.hidden = data.length < 2;
    },
  };
}

function row(fault, place) {
  const remove = lever("Remove", {
    call: () => ({method: "DELETE", path: `/faults/${fault.id}`}),
    done: "Fault removed",
    place,
    kind: "small",
    "aria-label": `Remove the fault ${words(fault)}`,
  });
  const count = el("span", {class: "hint"});
  const node = el(
    "li",
    {class: "line"},
    el("b", {}, fault.operation === "*" ? "all operations" : fault.operation),
    el("span", {}, words(fault)),
    count,
    remove,
  );
  const update = ({hits, left, missed}) =>
    setText(
      count,
      `${hits} ${hits === 1 ? "hit" : "hits"}, ${left === null ? "any number" : left} left${missed ? `, ${missed} missed` : ""}`,
    );
  return {node, update};
}

// What a fault does, in a line.
function words({preset, effect, after, probability}) {
  const {status, retry_after: wait, delay_ms: delay, drop, corrupt} = effect ?? {};
  const parts = [
    preset && (titles.get(preset) ?? preset),
    !preset && status && `status ${status}`,
    wait !== undefined && `Retry-After ${wait} s`,
  ];
  parts.push(
    delay !== undefined && `${[delay].flat().join(" to ")} ms late`,
    drop && (drop === "reset" ? "connection reset" : "empty reply"),
  );
  parts.push(
    corrupt && `${corrupt.path} corrupted (${corrupt.how})`,
    after > 0 && `after ${after} calls`,
    probability < 1 && `with probability ${probability}`,
  );
  return parts.filter(Boolean).join(", ");
}

function button({preset, title, description, body}, place) {
  const set = lever(title, {call: () => ({method: "POST", path: "/faults", body}), done: `Fault set: ${title}`, place});
  const node = el("li", {}, set, el("p", {class: "hint"}, description), el("code", {class: "hint"}, preset));
  return {node, update() {}};
}
