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

// The entries that have all words of `query`, the best of each kind: [[kind, entries, total]], the best kind first.
export function matches(all, query) {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = new Map();
  for (const entry of all) {
    if (!terms.every((term) => entry.words.includes(term))) continue;
    kinds.set(entry.kind, [...(kinds.get(entry.kind) ?? []), {...entry, rank: rank(entry, terms)}]);
  }
  const best = [...kinds].map(([kind, list]) => [kind, list.toSorted(byRank).slice(0, PER_KIND), list.length]);
  return best.toSorted(([, [a]], [, [b]]) => byRank(a, b));
}

const byRank = (a, b) => a.rank - b.rank;

// The name itself comes first, then names that begin with the words, then names that have them.
function rank({title}, terms) {
  const name = title.toLowerCase();
  const tests = [() => name === terms.join(" "), () => terms.every((term) => name.startsWith(term)), () => terms.every((term) => name.includes(term))];
  const first = tests.findIndex((test) => test());
  return first < 0 ? tests.length : first;
}
