// What can be found: each thing of a specification that has a name, with its sentence and its address.
import {href} from "./links.js";
import {membersOf} from "./spec.js";

// [{kind, title, text, href}], by kind.
export function searchIndex(spec) {
  const own = (kind, list, make) => list.map((each) => ({kind, ...make(each)}));
  return [
    ...own("Operations", spec.operations, ({id, method, path, summary}) => ({title: summary, id, text: `${id} ${method} ${path}`, address: `operation/${id}`})),
    ...own("Statements", spec.statements, ({id, statement}) => ({title: id, text: statement, address: `statement/${id}`})),
    ...own("Assumptions", spec.assumptions, ({id, question, choice, alternatives}) => ({
      title: id, text: `${question} ${[choice, ...alternatives.map((each) => each.id)].join(", ")}`, address: `assumption/${id}`,
    })),
    ...own("Errors", spec.problems, ({code, statuses: [status], when}) => ({title: code ?? String(status), text: when, address: `error/${code ?? status}`})),
    ...own("Webhooks", spec.webhooks, ({id, summary}) => ({title: id, text: summary, address: `webhook/${id}`})),
    ...own("Rules", spec.rules, ({id, rule}) => ({title: id, text: rule, address: `rule/${id}`})),
    ...own("Schemas", Object.entries(spec.schemas), ([name, {description = ""}]) => ({title: name, text: description, address: `schema/${name}`})),
    ...own("Fields", fields(spec), (each) => each),
  ].map(({address, text, ...each}) => ({...each, text: text.replaceAll("`", ""), href: href(address)}));
}

function fields(spec) {
  const parameters = spec.operations.flatMap(({id, parameters: all}) => all.map((each) => ({
    title: each.name, text: `${id}: ${each.description ?? ""}`, address: `operation/${id}/${each.name}`,
  })));
  const members = Object.entries(spec.schemas).flatMap(([name, schema]) => membersOf(schema, spec).map((each) => ({
    title: each.name, text: `${name}: ${spec.resolve(each.node).description ?? ""}`, address: `schema/${name}/${each.name}`,
  })));
  return [...parameters, ...members];
}
