// The errors by status and code, with what raises each. An entry has the id `error/CODE`; without a code, the status.

import {el} from "../shared/dom.js";
import {below} from "./facts.js";
import {heading, href, link} from "./links.js";
import {inline, markdown} from "./markdown.js";
import {isControl} from "./samples/call.js";

export function errorCatalogue(spec) {
  const statuses = [...new Set(spec.problems.map(({statuses: [first]}) => first))].sort();
  return el("div", {class: "errors"}, ...inherited(spec), ...statuses.flatMap((status) => group(status, spec)));
}

// Calls of the control API pass the same gates as those of the API.
function inherited(spec) {
  if (!isControl(spec)) return [];
  const errors = el("a", {href: `${below("docs")}#errors`}, "the errors of the API");
  return [el("p", {}, "Every call can also get ", errors, ", such as 405, 413 and 415.")];
}

function group(status, spec) {
  const entries = spec.problems.filter(({statuses: [first]}) => first === status);
  return [el("h3", {}, `Status ${status}`), ...operations(status, spec), ...entries.map((each) => entry(each, spec))];
}

// The operations that document the status.
function operations(status, {operations: all}) {
  const some = all.filter(({responses}) => responses.some((each) => each.status === String(status)));
  if (!some.length) return [];
  const names = some.length === all.length ? ["every operation"] : listed(some.map(({id}) => link("operation", id)));
  return [el("p", {class: "hint"}, "Documented at ", ...names, ".")];
}

function entry({code, statuses: [first, ...others], when, rules = [], mock}, spec) {
  const address = `error/${code ?? first}`;
  const title = code ? el("code", {}, code) : "without a code";
  return el(
    "article",
    {id: address, tabindex: "-1"},
    heading(4, mock ? [title, " ", el("span", {class: "badge"}, "mock only")] : title, address),
    ...markdown(when, spec.addressOf),
    others.length ? el("p", {class: "hint"}, `Also with ${others.join(" or ")}, if a deployment decides so.`) : null,
    raisedBy(rules, spec),
  );
}

const raisedBy = (rules, spec) =>
  rules.length ? el("p", {class: "hint"}, "Raised by ", ...listed(rules.map((each) => ruleLink(each, spec))), ".") : null;

// A rule that is not in this specification is one of the mock, or a statement of the API on the control API's page.
function ruleLink(id, spec) {
  const address = spec.addressOf(id) ?? `${isControl(spec) ? "statement" : "rule"}/${id}`;
  return el("a", {href: href(address)}, ...inline(`\`${id}\``));
}

const listed = (nodes) => nodes.flatMap((node, index) => (index ? [", ", node] : [node]));
