// What is promised and what is assumed: a card for each statement, assumption and rule.
import {copyableWord, el} from "../shared/dom.js";
import {fold, lateFold} from "./folds.js";
import {checksOf} from "./facts.js";
import {link, selfLink} from "./links.js";
import {inline} from "./markdown.js";
import {words} from "./spec.js";

const BASIS = {document: "The page on social accounts", around: "The pages around it"};

// The statement with all that is known of it, at its address.
export function statementCard(statement, spec) {
  const address = `statement/${statement.id}`;
  return el(
    "article",
    {id: address, class: "card", tabindex: "-1", "aria-label": statement.id},
    el("p", {class: "sentence"}, ...inline(statement.statement, spec.addressOf)),
    idLine(address, statement.id, holdsFor(statement)),
    ...quotation(statement),
    howChecked(statement, "How the harness checks it"),
  );
}

const holdsFor = ({operations, home}) =>
  operations.length > 1 || !operations.includes(home) ? ["for ", ...operations.flatMap((id, index) => [index ? ", " : "", link("operation", id)])] : [];

export function ruleCard({id, rule}, spec) {
  const address = `rule/${id}`;
  return el("article", {id: address, class: "card", tabindex: "-1", "aria-label": id}, el("p", {class: "sentence"}, ...inline(rule, spec.addressOf)), idLine(address, id));
}

// The words that a statement or an assumption rests on.
const quotation = (entry) =>
  words(entry).length
    ? [el("figure", {class: "words"},
        el("blockquote", {}, ...words(entry).map((each) => el("p", {}, "“", ...inline(each.trim()), "”"))),
        el("figcaption", {}, BASIS[entry.basis] ?? "The documents"))]
    : [];

function howChecked({id, observable}, title) {
  if (observable === false) return el("p", {class: "hint"}, "HTTP alone cannot show it: the mock's own tests prove it.");
  return lateFold(title, () => {
    const list = el("ul", {class: "bullets"});
    checksOf(id).then((checks) => list.append(...checkItems(checks)), ({message}) => list.append(el("li", {}, message)));
    return list;
  });
}

const checkItems = (checks) =>
  checks.length
    ? checks.map(({check, does}) => el("li", {}, ...inline(does), " ", el("code", {}, check)))
    : [el("li", {}, "The harness does not look at it.")];

const idLine = (address, id, more = []) =>
  el("p", {class: "id"}, el("code", {}, id), " ", selfLink(address, id), more.length ? " · " : "", ...more);

// Statements that stand elsewhere: the sentence, and the way there.
export const statementRows = (statements, spec) =>
  el("ul", {class: "rows"}, ...statements.map(({id, statement}) => el("li", {}, el("span", {}, ...inline(statement, spec.addressOf)), " ", link("statement", id))));

// An assumption as a line that opens. Where it is at home (`whole`) it has its address; elsewhere it is filled when opened.
export function assumptionCard(assumption, {spec, facts}, whole) {
  const address = `assumption/${assumption.id}`;
  const line = summary(assumption, facts);
  const fill = () => [...details(assumption, spec, facts, address), howChecked(assumption, "How the harness observes it")];
  const node = whole ? fold(line, ...fill()) : lateFold(line, fill);
  node.classList.add("card", "assumption");
  if (whole) {
    node.id = address;
    node.tabIndex = -1;
  }
  return node;
}

// What a server does: its own choice, if it said so, else that of the mock.
const now = ({id, choice}, facts) => facts.assumptions[id] ?? choice;

const options = (assumption) => [{...assumption, id: assumption.choice}, ...assumption.alternatives];

function summary(assumption, facts) {
  const current = options(assumption).find(({id}) => id === now(assumption, facts));
  const who = facts.server ? "This server: " : "The mock: ";
  return el(
    "span",
    {},
    el("span", {class: "question"}, ...inline(assumption.question)),
    el("span", {class: "now"}, el("span", {class: `badge ${current.id === assumption.choice ? "good" : "warn"}`}, current.id), ` ${who}`, ...inline(current.description.trim())),
  );
}

const details = (assumption, spec, facts, address) => [
  idLine(address, assumption.id),
  ...quotation({basis: "", ...assumption}),
  el("ul", {class: "alternatives"}, ...options(assumption).map((each) => option(each, assumption, facts, spec))),
];

function option({id, description, played}, assumption, facts, spec) {
  const isNow = id === now(assumption, facts);
  const flag = `--assume ${assumption.id}=${id}`;
  return el(
    "li",
    isNow ? {class: "current"} : {},
    el("p", {}, el("code", {class: "name"}, id), isNow ? el("span", {class: "badge good"}, "now") : null, id === assumption.choice ? el("span", {class: "badge"}, "the mock's choice") : null),
    el("p", {}, ...inline(description.trim(), spec.addressOf)),
    assumption.alternatives.length === 0 ? null : played === false ? el("p", {class: "hint"}, "The mock does not play it.") : copyableWord(`the flag for ${id}`, flag),
  );
}
