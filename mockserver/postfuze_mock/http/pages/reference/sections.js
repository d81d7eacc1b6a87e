// The sections that are about no single operation: the introduction, what holds everywhere, schemas, rules, notes.
import {el} from "../shared/dom.js";
import {errorCatalogue} from "./errors.js";
import {fold} from "./folds.js";
import {heading, link} from "./links.js";
import {inline, markdown} from "./markdown.js";
import {exampleFolds} from "./operation.js";
import {assumptionCard, ruleCard, statementCard, statementRows} from "./promises.js";
import {remark, schemaTree, values} from "./schema.js";
import {bySubject, words} from "./spec.js";

export const section = (id, title, ...content) => el("section", {id, class: "chapter", tabindex: "-1"}, heading(2, title, id), ...content);

const nonEmpty = (list, make) => (list.length ? [make()] : []);

export const introduction = ({spec, facts}) =>
  el(
    "section",
    {id: "introduction", class: "chapter", tabindex: "-1"},
    el("h1", {}, spec.info.title),
    ...markdown(spec.info.description, spec.addressOf),
    ...remark(spec.info["x-mock"], spec),
    servers(spec, facts),
  );

// A server shows itself in place of the first one of the specification, which is a mock at the default port.
function servers({document}, facts) {
  const [mock, ...others] = document.servers;
  const all = [facts.server ? {url: facts.server, description: "This server."} : mock, ...others];
  const limits = document["x-rate-limits"] ?? [];
  return el(
    "dl",
    {class: "pairs"},
    ...all.map(({url, description}) => pair(description, el("code", {}, url))),
    ...limits.map(({limit, window_seconds: seconds, description}) => pair(`${limit} calls in ${seconds} s`, description)),
  );
}

const pair = (term, value) => el("div", {}, el("dt", {}, term.replace(/\.$/, "")), el("dd", {}, value));

export const tag = (name, description, spec, operations) =>
  section(`tag/${name}`, name, ...markdown(description ?? "", spec.addressOf), ...operations);

export const webhookIntroduction = (guide) =>
  el("section", {id: "introduction", class: "chapter", tabindex: "-1"}, el("h1", {}, "Webhooks"), guide);

export const errors = ({spec}) => [section("errors", "Errors", errorCatalogue(spec))];

export const statements = ({spec}) =>
  nonEmpty(spec.statements, () =>
    section(
      "statements",
      "Statements",
      el("p", {}, "Every documented statement. The mock's tests and the contract harness refer to these ids. First those that hold for several operations; the others stand at theirs."),
      ...spec.statements.filter(({home}) => home === undefined).map((each) => statementCard(each, spec)),
      ...bySubject(spec.statements.filter(({home}) => home !== undefined)).map(([subject, list]) => fold(`${subject}: ${list.length}`, statementRows(list, spec))),
    ),
  );

// All assumptions; in full those that are shown in full nowhere else.
export const assumptions = (context) =>
  nonEmpty(context.spec.assumptions, () =>
    section(
      "assumptions",
      "Assumptions",
      el("p", {}, "What the documents leave open. The mock follows its choice; ", el("code", {}, "--assume ID=ALTERNATIVE"), " makes it follow another."),
      ...bySubject(context.spec.assumptions).flatMap(([subject, list]) => [
        el("h3", {}, subject),
        ...list.map((each) => assumptionCard(each, context, !context.homes.has(each.id))),
      ]),
    ),
  );

export const schemas = ({spec}) =>
  nonEmpty(Object.keys(spec.schemas), () => section("schemas", "Schemas", ...Object.entries(spec.schemas).map(([name, each]) => schema(name, each, spec))));

function schema(name, node, spec) {
  const address = `schema/${name}`;
  return el(
    "section",
    {id: address, class: "schema", tabindex: "-1"},
    heading(3, el("code", {}, name), address),
    ...markdown(node.description ?? "", spec.addressOf),
    ...remark(node["x-mock"], spec),
    ...values(node, spec),
    schemaTree(node, spec, address),
    ...("example" in node ? exampleFolds([{value: node.example}]) : []),
    ...spec.statements.filter(({home}) => home === name).map((each) => statementCard(each, spec)),
  );
}

export const rules = ({spec}) =>
  nonEmpty(spec.rules, () =>
    section("rules", "Rules", el("p", {}, "What refuses a call, besides the statements and assumptions of the API: ", el("code", {}, "rule"), " of a journal entry."), ...spec.rules.map((each) => ruleCard(each, spec))),
  );

export function notes({spec: {document, addressOf}}) {
  const {"x-not-mocked": paths = [], "x-notes": remarks = [], "x-extensions": extensions = []} = document;
  if (!extensions.length) return [];
  return [
    section(
      "notes",
      "About this specification",
      fold(`Paths of the service that the mock does not have: ${paths.length}`, el("p", {}, ...paths.flatMap((each) => [el("code", {}, each), " "]))),
      fold(`Sentences of the documents that bind nobody: ${remarks.length}`, el("ul", {class: "rows"}, ...remarks.map((each) => note(each, addressOf)))),
      fold(`Extensions of OpenAPI: ${extensions.length}`, el("ul", {class: "rows"}, ...extensions.map(({name, description}) => el("li", {}, el("code", {}, name), " ", ...inline(description.trim(), addressOf))))),
    ),
  ];
}

const note = (entry, addressOf) =>
  el("li", {}, ...words(entry).map((each) => el("blockquote", {}, "“", ...inline(each.trim()), "”")), el("p", {}, ...inline(entry.note, addressOf)));
