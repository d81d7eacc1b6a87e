// An operation: what it takes and returns, what is promised and what is assumed, and how to call it.
import {codeBlock, copyableWord, el, toJson} from "../shared/dom.js";
import {calls} from "./calls.js";
import {fold, lateFold} from "./folds.js";
import {heading} from "./links.js";
import {inline, markdown} from "./markdown.js";
import {assumptionCard, statementCard, statementRows} from "./promises.js";
import {about, nameLine, remark, schemaTree} from "./schema.js";

// `context` is {spec, facts, homes}; `homes` has the address of each assumption that is shown in full already.
export function operationSection(operation, context, address = `operation/${operation.id}`) {
  const {spec, facts} = context;
  return el(
    "section",
    {id: address, class: "operation", tabindex: "-1"},
    heading(3, operation.summary, address),
    requestLine(operation, spec, address),
    el("div", {class: "halves"}, el("div", {class: "text-half"}, ...description(operation, context, address)), operation.path ? calls(operation, spec, facts) : null),
  );
}

function requestLine(operation, spec, address) {
  const {id, method, path, needsKey, definition} = operation;
  return el(
    "div",
    {class: "request-line"},
    el("span", {class: `method ${method.toLowerCase()}`}, method),
    path ? copyableWord("the path", path) : el("span", {class: "hint"}, "to your webhook"),
    el("code", {class: "hint"}, id),
    definition["x-required-scope"] ? el("span", {class: "badge"}, "scope ", definition["x-required-scope"]) : null,
    path && !needsKey ? el("span", {class: "badge"}, "no key needed") : null,
    jump(spec.statementsOf(operation).flat().length, "promise", `${address}/promises`),
    jump(spec.assumptionsOf(operation)[0].length, "assumption", `${address}/assumptions`),
  );
}

const jump = (count, what, address) => (count ? el("a", {href: `#${address}`}, `${count} ${what}${count === 1 ? "" : "s"}`) : null);

function description(operation, context, address) {
  const {spec} = context;
  return [
    ...markdown(withoutAssumptions(operation.description), linker(operation, spec, address)),
    ...remark(operation.mock, spec),
    ...parameters(operation, spec, address),
    ...body(operation, spec),
    ...responses(operation, spec),
    ...promised(operation, context, `${address}/promises`),
    ...assumed(operation, context, `${address}/assumptions`),
  ];
}

// The list of ids that ends a description; the assumptions themselves stand below it.
const withoutAssumptions = (text) => text.replace(/\s*Assumptions:\s+(`[^`]+`[,\s]*)+\./, "");

// Names of parameters lead to the operation's own.
const linker = ({parameters}, spec, address) => (name) =>
  spec.addressOf(name) ?? (parameters.some((each) => each.name === name) ? `${address}/${name}` : undefined);

const part = (title, ...content) => [el("h4", {}, title), ...content];

// A part that has an address.
const place = (address, title, ...content) => [el("div", {id: address, tabindex: "-1"}, ...part(title, ...content))];

function parameters({parameters: all}, spec, address) {
  if (!all.length) return [];
  const items = all.map((each) =>
    el(
      "li",
      {id: `${address}/${each.name}`, tabindex: "-1"},
      nameLine(each.name, each.schema, each.required, spec, each.in),
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
  examples.map(({summary, value}) => fold(summary ? `Example: ${summary}` : "Example", codeBlock(summary ?? "Example", toJson(value))));

function promised(operation, {spec}, address) {
  const [own, shared] = spec.statementsOf(operation);
  if (!own.length && !shared.length) return [];
  return place(
    address,
    "What is promised",
    ...own.map((each) => statementCard(each, spec)),
    shared.length ? fold(`${own.length ? "And " : ""}${shared.length} that hold for several operations`, statementRows(shared, spec)) : "",
  );
}

function assumed(operation, context, address) {
  const [own, shared] = context.spec.assumptionsOf(operation);
  if (!own.length) return [];
  const card = (each) => assumptionCard(each, context, context.homes.get(each.id) === operation);
  return place(
    address,
    "What is assumed",
    el("p", {class: "hint"}, "The documents leave it open. A deployment may decide otherwise."),
    ...own.map(card),
    shared.length ? lateFold(`And ${shared.length} that hold everywhere`, () => shared.map(card)) : "",
  );
}
