// Scripted faults: what is on, in plain words, a button for each preset, and a form for any other.
import {actionButton} from "../../actions.js";
import {get, linkTo, worldName} from "../../api.js";
import {card, contentKey, emptyNote, hint, panel, plural, Rows} from "../../blocks.js";
import {loadFacts, ruleAddress} from "../../facts.js";
import {faultForm} from "./form.js";
import {removeButton} from "../requests/failing.js";
import {pythonScript, shellScript} from "../scenarios/scripts.js";
import {copyable, el, setText} from "../../../shared/dom.js";

const ABOUT = "Requests to the API that fail as you say. The control API is never affected.";
const DROPS = {reset: "the connection is reset", empty: "the connection ends without a byte"};

export function faultsPanel() {
  const list = el("ul", {class: "rows faults"});
  const presetList = el("ul", {class: "presets"});
  const none = emptyNote("No fault is set: every call is answered as usual. Choose one below.");
  const {node, problem} = panel("Faults", ABOUT);
  const removeAll = actionButton("Remove all", {
    request: () => ({method: "DELETE", path: "/faults"}),
    success: "All faults removed",
    confirm: {title: `Remove all faults of ${worldName()}?`, text: "Calls are answered as usual then."},
    undoable: true,
    problem,
    hidden: true,
  });
  const rows = new Rows(list, faultRow);
  const presetRows = new Rows(presetList, (preset) => presetItem(preset, problem));
  const custom = faultForm();
  let chosen = null; // the operation that the form is for
  let hasPresets = false;
  node.append(
    el("h3", {}, "On now"),
    none,
    list,
    el("p", {class: "actions"}, removeAll),
    el("h3", {}, "Presets"),
    presetList,
    card("Custom fault", custom.node),
  );

  async function loadPresets() {
    await loadFacts();
    presetRows.update((await get("/faults?presets=true")).data, (each) => each.preset);
    hasPresets = true;
  }

  async function update() {
    if (!hasPresets) await loadPresets();
    const {data} = await get("/faults");
    rows.update(data, ({id, title, operation, effect}) => contentKey(id, title, operation, effect));
    none.hidden = data.length > 0;
    removeAll.hidden = data.length < 2;
    if (chosen !== null) custom.choose(chosen);
    chosen = null;
  }

  // #faults/new/OPERATION fills the form.
  function open([first, operation]) {
    if (first === "new") chosen = operation ?? "*";
  }

  return {node, update, open};
}

function presetItem({preset, title, description, statements, body}, problem) {
  const request = () => ({method: "POST", path: "/faults", body});
  const set = actionButton(title, {request, success: `Fault set: ${title}`, undoable: true, problem});
  const shown = statements.flatMap((id, index) => [index ? ", " : "Shows ", el("a", {href: ruleAddress(id)}, id)]);
  const script = el("details", {}, el("summary", {}, "As a script"));
  const fill = () => script.children.length < 2 && script.append(...scripts(preset, title, body));
  script.addEventListener("toggle", fill);
  const texts = [el("p", {class: "hint"}, description), el("p", {class: "hint"}, ...shown)];
  return {node: el("li", {}, set, ...texts, script), update() {}};
}

function scripts(preset, title, body) {
  const scenario = {title, steps: [{method: "POST", path: "/faults", body}]};
  return [
    copyable(`Curl: ${preset}`, shellScript(scenario, {})).node,
    copyable(`Python: ${preset}`, pythonScript(scenario, {})).node,
  ];
}

function faultRow(fault) {
  const {id, title, preset, operation} = fault;
  const calls = preset ? [operation === "*" ? "every call" : operation] : []; // other titles name the operation
  const count = hint();
  const seen = el("a", {href: linkTo("requests", "refused"), hidden: true}, "See the calls");
  const parts = [el("b", {}, title), el("span", {}, [...calls, ...conditions(fault)].join(" · ")), count, seen];
  const node = el("li", {class: "line"}, ...parts, removeButton(id, title));
  const update = (now) => {
    setText(count, counts(now));
    seen.hidden = now.hits === 0;
  };
  return {node, update};
}

// What a fault does, and to which calls, as far as its title does not say it.
function conditions({preset, effect, after, probability}) {
  const {retry_after: wait, delay_ms: delay, drop, corrupt} = effect ?? {};
  return [
    !preset && wait !== undefined && `Retry-After ${wait} s`,
    !preset && delay !== undefined && `${[delay].flat().join(" to ")} ms late`,
    !preset && DROPS[drop],
    !preset && corrupt && `${corrupt.path} (${corrupt.how})`,
    after > 0 && `after ${plural(after, "call")}`,
    probability < 1 && `with probability ${probability}`,
  ].filter(Boolean);
}

// How often it hit, and may still hit. One that never did says why.
function counts({calls, hits, left, missed}) {
  const none = calls > 0 ? `no hit in ${plural(calls, "call")}` : "no call came yet";
  const parts = [hits > 0 ? plural(hits, "hit") : none];
  if (left !== null) parts.push(left === 0 ? "used up" : `${left} left`);
  if (missed > 0) parts.push(`${missed} missed: nothing to corrupt there`);
  return parts.join(" · ");
}
