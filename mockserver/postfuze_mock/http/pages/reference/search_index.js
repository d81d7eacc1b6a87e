// What can be found: each thing of a specification that has a name, with its sentence and its address. No DOM, so Node
// reads it too.
import {membersOf} from "./spec.js";

const PER_KIND = 6;

// [{kind, title, text, address}], by kind.
export function entries(spec) {
  const own = (kind, list, make) => list.map((each) => ({kind, ...make(each)}));
  return [
    ...own("Operations", spec.operations, ({id, method, path, summary}) => ({title: summary, text: `${id} ${method} ${path}`, address: `operation/${id}`})),
    ...own("Statements", spec.statements, ({id, statement}) => ({title: id, text: statement, address: `statement/${id}`})),
    ...own("Assumptions", spec.assumptions, ({id, question, choice, alternatives}) => ({
      title: id, text: `${question} ${[choice, ...alternatives.map((each) => each.id)].join(", ")}`, address: `assumption/${id}`,
    })),
    ...own("Errors", spec.problems, ({code, when}) => ({title: code, text: [when].flat().join(" "), address: `error/${code}`})),
    ...own("Webhooks", spec.webhooks, ({id, summary}) => ({title: id, text: summary, address: `webhook/${id}`})),
    ...own("Rules", spec.rules, ({id, rule}) => ({title: id, text: rule, address: `rule/${id}`})),
    ...own("Schemas", Object.entries(spec.schemas), ([name, {description = ""}]) => ({title: name, text: description, address: `schema/${name}`})),
    ...own("Fields", fields(spec), (each) => each),
  ].map((each) => ({...each, text: each.text.replaceAll("`", ""), words: `${each.title} ${each.text}`.toLowerCase()}));
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

// The entries that have all words of `query`, the best of each kind: [[kind, entries, total]].
export function matches(all, query) {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Map();
  for (const entry of all) {
    if (!terms.every((term) => entry.words.includes(term))) continue;
    found.set(entry.kind, [...(found.get(entry.kind) ?? []), entry]);
  }
  return [...found].map(([kind, list]) => [kind, list.toSorted((a, b) => rank(a, terms) - rank(b, terms)).slice(0, PER_KIND), list.length]);
}

// Names that begin with the words come first, then names that have them.
function rank({title}, terms) {
  const name = title.toLowerCase();
  return terms.every((term) => name.startsWith(term)) ? 0 : terms.every((term) => name.includes(term)) ? 1 : 2;
}
