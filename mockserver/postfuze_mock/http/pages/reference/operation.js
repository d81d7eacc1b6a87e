// An operation: what it takes and returns, what is promised and what is assumed, and how to call it.
import {codeBlock, copyableWord, el, toJson} from "../shared/dom.js";
import {calls} from "./calls.js";
import {fold, lateFold} from "./folds.js";
import {heading} from "./links.js";
import {inline, markdown} from "./markdown.js";
import {assumptionCard, statementCard, statementRows} from "./promises.js";
import {about, nameLine, remark, schemaTree} from "./schema.js";

// `context` is {spec, facts, checks, homes}; `homes` has the address of each assumption that is shown in full already.
export function operationSection(operation, context, address = `operation/${operation.id}`) {
  const {spec, facts} = context;
  return el(
    "section",
    {id: address, class: "operation", tabindex: "-1"},
    heading(3, operation.summary, address),
    requestLine(operation),
    el("div", {class: "halves"}, el("div", {class: "text-half"}, ...description(operation, context, address)), operation.path ? calls(operation, spec, facts) : null),
  );
}

const requestLine = ({id, method, path, needsKey, definition}) =>
  el(
    "div",
    {class: "request-line"},
    el("span", {class: `method ${method.toLowerCase()}`}, method),
    path ? copyableWord("the path", path) : el("code", {}, "to your webhook"),
    el("code", {class: "hint"}, id),
    definition["x-required-scope"] ? el("span", {class: "badge"}, "scope ", definition["x-required-scope"]) : null,
    path && !needsKey ? el("span", {class: "badge"}, "no key needed") : null,
  );

const description = (operation, {spec, facts, checks, homes}, address) => [
  ...markdown(withoutAssumptions(operation.description), linker(operation, spec, address)),
  ...remark(operation.mock, spec),
  ...parameters(operation, spec, address),
  ...body(operation, spec),
  ...responses(operation, spec),
  ...promised(operation, spec, checks),
  ...assumed(operation, spec, facts, homes),
];

// The list of ids that ends a description; the assumptions themselves stand below it.
const withoutAssumptions = (text) => text.replace(/\s*Assumptions:\s+(`[^`]+`[,\s]*)+\./, "");

// Names of parameters lead to the operation's own.
const linker = ({parameters}, spec, address) => (name) =>
  spec.addressOf(name) ?? (parameters.some((each) => each.name === name) ? `${address}/${name}` : undefined);

const part = (title, ...content) => [el("h4", {}, title), ...content];

function parameters({parameters: all}, spec, address) {
  if (!all.length) return [];
  const items = all.map((each) =>
    el(
      "li",
      {id: `${address}/${each.name}`, tabindex: "-1"},
      nameLine(each.name, each.schema, each.required, spec),
      el("span", {class: "place"}, `in the ${each.in}`),
      ...about({...spec.resolve(each.schema), description: each.description, "x-mock": each["x-mock"]}, spec),
      each.example === undefined ? null : el("p", {class: "values"}, "Example: ", el("code", {}, String(each.example))),
    ),
  );
  return part("Parameters", el("ul", {class: "members"}, ...items));
}

const body = ({body: content}, spec) =>
  content
    ? part(
        "Body",
        el("p", {class: "hint"}, `${content.mediaType}, ${content.required ? "required" : "optional"}`),
        ...markdown(content.description, spec.addressOf),
        schemaTree(content.schema ?? {}, spec),
        ...exampleFolds(content.examples),
      )
    : [];

const responses = (operation, spec) =>
  part("Responses", el("div", {class: "responses"}, ...operation.responses.map((each) => response(each, spec))));

function response({status, description: text, headers, schema, examples}, spec) {
  const line = el("span", {}, el("span", {class: `status s${status[0]}`}, status), " ", ...inline(text.trim(), spec.addressOf));
  return lateFold(line, () => [
    ...headers.map((each) => el("div", {class: "header"}, nameLine(each.name, each.schema ?? {}, each.required, spec), ...about({...spec.resolve(each.schema), description: each.description, "x-mock": each["x-mock"]}, spec))),
    schema ? schemaTree(schema, spec) : el("p", {class: "hint"}, "No body."),
    ...exampleFolds(examples),
  ]);
}

export const exampleFolds = (examples) =>
  examples.map(({summary, name, value}) => fold(`Example: ${summary ?? name}`, codeBlock(summary ?? name, toJson(value))));

function promised({id}, spec, checks) {
  const [own, shared] = spec.statementsOf(id);
  if (!own.length && !shared.length) return [];
  return part(
    "What is promised",
    ...own.map((each) => statementCard(each, spec, checks)),
    shared.length ? fold(`${own.length ? "And " : ""}${shared.length} that hold for several operations`, statementRows(shared, spec)) : "",
  );
}

function assumed({id}, spec, facts, homes) {
  const [own, shared] = spec.assumptionsOf(id);
  if (!own.length) return [];
  const card = (each) => assumptionCard(each, spec, facts, homes.get(each.id) === id);
  return part(
    "What is assumed",
    el("p", {class: "hint"}, "The documents leave it open. A deployment may decide otherwise."),
    ...own.map(card),
    shared.length ? lateFold(`And ${shared.length} that hold everywhere`, () => shared.map((each) => assumptionCard(each, spec, facts, false))) : "",
  );
}
