// Scenarios as a list: each runs by a button, and opens to what it does, its scripts, and what came when it ran.
import {act} from "../../actions.js";
import {prepare} from "../../api.js";
import {disclosure, hint} from "../../blocks.js";
import {loadFacts} from "../../facts.js";
import {callOf, pythonScript, shellScript} from "./scripts.js";
import {undoable} from "../../undo.js";
import {codeBlock, copyable, el, toJson} from "../../../shared/dom.js";

// `values()` returns what the placeholders of the `scenarios` stand for.
export const scenarioList = (scenarios, values) =>
  el("ul", {class: "rows scenarios"}, ...scenarios.map((scenario) => scenarioItem(scenario, values)));

function scenarioItem(scenario, values) {
  const {title, happens, expect} = scenario;
  const [scripts, outcome] = [scriptBlocks(scenario, values), outcomeBlock(title)];
  const line = [el("span", {class: "about-it"}, el("b", {}, title), hint(happens))];
  const [opener, body] = disclosure(line, scripts.fill);
  body.append(el("p", {}, el("b", {}, "Your integration should see: "), expect), outcome.node, ...scripts.nodes);
  const onclick = async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    outcome.show(await undoable(title, () => run(scenario, values())));
    button.removeAttribute("aria-disabled");
    if (body.hidden) opener.click();
  };
  const button = el("button", {type: "button", class: "small", "aria-label": `Run: ${title}`, onclick}, "Run");
  return el("li", {}, el("div", {class: "scenario"}, opener, button), body);
}

function scriptBlocks(scenario, values) {
  const [shell, python] = ["curl", "Python"].map((language) => copyable(`${language}: ${scenario.title}`));
  const fill = async () => {
    await loadFacts(); // for the API's address
    shell.setText(shellScript(scenario, values()));
    python.setText(pythonScript(scenario, values()));
  };
  const nodes = [el("div", {}, el("h4", {}, "curl"), shell.node), el("div", {}, el("h4", {}, "Python"), python.node)];
  return {nodes, fill};
}

// What came when the scenario ran.
function outcomeBlock(title) {
  const node = el("div", {class: "calls", role: "group", "aria-label": `What came: ${title}`, hidden: true});
  const show = (calls) => {
    node.replaceChildren(el("h4", {}, "What came"), ...calls.map(callItem));
    node.hidden = false;
  };
  return {node, show};
}

// Sends the steps one after the other, also after a refusal, which may be what the scenario shows. Returns the calls
// with what came.
async function run({title, steps}, values) {
  const [calls, known] = [[], {...values}];
  for (const step of steps) {
    const call = callOf(step, known);
    const {body = null, error = null} = await act(call, {success: title});
    calls.push({call, body, error});
    if (error && !error.problem) return calls; // the server is away
    for (const [name, member] of Object.entries(step.saves ?? {})) known[name] = body?.[member];
  }
  return calls;
}

function callItem({call, body, error}) {
  const {method, url} = prepare(call);
  const name = `${method} ${new URL(url).pathname}`;
  const result = error === null ? "done" : `${error.problem?.status ?? ""} ${error.message}`.trim();
  const line = el("p", {}, el("code", {}, name), " ", hint(result));
  const answer = call.api ? codeBlock(`Answer: ${name}`, toJson(error?.problem ?? body)) : null;
  return el("div", {}, line, answer);
}
