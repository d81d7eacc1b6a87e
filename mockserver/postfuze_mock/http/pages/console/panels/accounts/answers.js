// What the API answers now for the open account, and what each call would change. Nothing is called to find out.
import {actionButton} from "../../actions.js";
import {curl, get, linkTo, prepare} from "../../api.js";
import {badge, disclosure, Rows, setBadge} from "../../blocks.js";
import {apiOrigin, loadFacts, operationAddress, ruleAddress} from "../../facts.js";
import {formatTime} from "../../live.js";
import {codeBlock, copyable, el, setAttribute, setText, toJson} from "../../../shared/dom.js";

const MAX_FAULTS = 100; // that a world can have
const SYNCED = ["last_synced_at", "updated_at"]; // the times of other changes
const DROPPED = "no answer";

// The answers for the account at `path`; `problem` is the box for refusals of the buttons' requests.
export function answersNow(path, problem) {
  const [list, refusal] = [el("ul", {class: "rows answers"}), refusalNote()];
  const rows = new Rows(list, (answer) => answerRow(answer, problem));
  const loading = loadFacts(); // once, for the addresses of rules
  async function update() {
    await loading;
    const {data} = await get(`${path}/answers`);
    const faults = data.some(({fault}) => fault) ? (await get(`/faults?limit=${MAX_FAULTS}`)).data : [];
    const withFaults = data.map((each) => ({...each, fault: faults.find(({id}) => id === each.fault) ?? null}));
    rows.update(withFaults, ({operation}) => operation);
    list.hidden = refusal.update(data);
  }
  return {node: el("div", {}, refusal.node, list), update};
}

// One sentence, if no call is answered with more. `update(answers)` returns whether that is so.
function refusalNote() {
  const node = el("p", {});
  let shown = "";
  const update = (answers) => {
    const [{status, body}] = answers;
    const isRefused = answers.every((each) => each.status === status && each.rule !== null && each.fault === null);
    const rules = isRefused ? [...new Set(answers.map(({rule}) => rule))] : [];
    node.hidden = !isRefused;
    if (shown === rules.join()) return isRefused;
    shown = rules.join();
    const links = rules.map((rule) => el("a", {href: ruleAddress(rule)}, rule));
    node.replaceChildren(`Every call answers ${status}: ${body.detail} `, el("span", {class: "links"}, ...links));
    return isRefused;
  };
  return {node, update};
}

function answerRow({operation, path}, problem) {
  const [status, meaning] = [badge(), el("span", {class: "meaning"})];
  const [effect, fault] = [el("p", {class: "effect hint"}), faultNote(problem)];
  const content = answerContent(operation, path, problem);
  const line = [el("code", {}, `GET ${ending(path)}`), status, meaning];
  const [button, more] = disclosure(line, content.open);
  more.append(...content.nodes);
  const update = (answer) => {
    const failure = failureOf(answer.fault);
    setBadge(status, failure ?? String(answer.status), failure || answer.status >= 400 ? "bad" : "good");
    setText(meaning, failure ? `by a fault; without it ${answer.status}, ${meaningOf(answer)}` : meaningOf(answer));
    setText(effect, effectOf(answer));
    fault.update(answer.fault);
    content.update(answer);
  };
  return {node: el("li", {}, button, effect, fault.node, more), update};
}

// What an answer opens to: its body, links into the reference, and the call itself.
function answerContent(operation, path, problem) {
  const call = {path, api: true};
  const [body, rule] = [codeBlock(`Answer: ${operation}`, ""), el("a", {})];
  const promised = el("a", {href: operationAddress(operation)}, `What is promised of ${operation}`);
  const command = copyable(`Curl: ${operation}`);
  const success = `Called ${operation}`;
  const send = actionButton("Make this call", {request: () => call, success, problem, undoable: true});
  const links = el("p", {class: "links"}, promised, rule);
  const nodes = [body, links, command.node, el("p", {class: "actions tight"}, send)];
  const open = () => command.setText(curl({...prepare(call), url: apiOrigin() + path}));
  const update = (answer) => {
    setText(body, toJson(answer.body));
    setText(rule, answer.rule ? `Refused by ${answer.rule}` : "");
    setAttribute(rule, "href", answer.rule && ruleAddress(answer.rule));
  };
  return {nodes, open, update};
}

// The path without what stands above: "…/{id}/health".
const ending = (path) => path.replace(/^.*\/social-accounts\/[^/]+/, "…/{id}");

// How a fault makes a call fail; null if it does not.
function failureOf(fault) {
  const {status, drop, corrupt} = fault?.effect ?? {};
  if (drop) return DROPPED;
  return corrupt ? "corrupted" : (status?.toString() ?? null);
}

// The fault that hits the next call, with a button that removes it.
function faultNote(problem) {
  let shown = null;
  const name = el("a", {});
  const remove = actionButton("Remove", {
    request: () => ({method: "DELETE", path: `/faults/${shown.id}`}),
    success: "Fault removed",
    problem,
    undoable: true,
    class: "small",
  });
  const node = el("p", {class: "effect", hidden: true}, "The next call is hit by a fault: ", name, " ", remove);
  const update = (fault) => {
    shown = fault;
    node.hidden = fault === null;
    name.href = linkTo("faults");
    setText(name, fault?.title ?? "");
  };
  return {node, update};
}

// The answer in a few words.
function meaningOf({status, body}) {
  if (status >= 400) return body.detail ?? body.title;
  if ("healthy" in body) return healthOf(body);
  if (body.metrics === null) return "no metrics yet";
  return "source" in body ? metricsOf(body) : `status ${body.status}`;
}

function healthOf({healthy, error_code: code, checked_live: live}) {
  return `${healthy ? "healthy" : `not healthy: ${code}`}, ${live ? "by a live probe" : "without a probe"}`;
}

function metricsOf({source, captured_at: at, ...body}) {
  const [name, count] = Object.entries(body).find(([, value]) => typeof value === "number") ?? [];
  const figure = name ? `, ${count.toLocaleString("en")} ${name.replaceAll("_", " ")}` : "";
  return (source === "live" ? "live" : `snapshot of ${formatTime(at).slice(0, 16)}`) + figure;
}

// What the call would change, as a sentence; empty if that is nothing.
function effectOf({changes, events}) {
  const names = Object.keys(changes).filter((name) => !SYNCED.includes(name));
  const sets = names.map((name) => `sets ${name} to ${changes[name] ?? "null"}`);
  if (!names.length && "last_synced_at" in changes) sets.push("sets last_synced_at");
  const fires = events.length ? [`fires ${events.join(" and ")}`] : [];
  const effects = [...sets, ...fires];
  return effects.length ? `The call ${effects.join(", and ")}.` : "";
}
