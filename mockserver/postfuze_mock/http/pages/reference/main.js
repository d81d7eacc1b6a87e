// The reference page: loads a specification and the server's facts, and shows both.
import {el, setText} from "../shared/dom.js";
import {Search} from "../shared/search.js";
import {followAddress} from "./address.js";
import {fillContents} from "./contents.js";
import {below, kind, loadDocument, loadFacts} from "./facts.js";
import {operationSection} from "./operation.js";
import {statementRows} from "./promises.js";
import {searchIndex} from "./search_index.js";
import * as sections from "./sections.js";
import {bySubject, Specification} from "./spec.js";
import {webhookGuide} from "./webhooks.js";

const content = document.getElementById("content");

async function main() {
  const [specification, facts] = await Promise.all([loadDocument(), loadFacts()]);
  const spec = new Specification(specification);
  const context = {spec, facts, homes: homes(spec)};
  fillHeader(facts);
  const chapters = kind === "webhooks" ? webhookChapters(context) : apiChapters(context);
  content.replaceChildren(...chapters.map(({node}) => node));
  new Search(document.getElementById("search"), searchIndex(spec), "Search operations, statements, assumptions, fields and errors");
  fillContents(document.getElementById("contents"), groups(chapters));
  followAddress(spec.addressOf);
  content.removeAttribute("aria-busy");
}

// Where each assumption is shown in full: at the first operation that it names.
const homes = ({assumptions, operations}) =>
  new Map(assumptions.flatMap(({id, operations: named = []}) => {
    const home = operations.find((each) => named.includes(each.id));
    return home ? [[id, home]] : [];
  }));

// The chapters of a page: [{title, node, entries}]; one without entries is an entry itself.
function apiChapters(context) {
  const {tags} = context.spec.document;
  const rest = ["errors", "statements", "assumptions", "schemas", "rules", "notes"].flatMap((name) => sections[name](context));
  return [
    {title: "Introduction", node: sections.introduction(context)},
    ...tags.map((tag) => tagChapter(tag, context)).filter(({entries}) => entries.length),
    ...rest.map((node) => ({title: node.querySelector("h2").firstChild.textContent, node})),
  ];
}

function tagChapter({name, description}, context) {
  const operations = context.spec.operations.filter(({tag}) => tag === name);
  const node = sections.tag(name, description, context.spec, operations.map((each) => operationSection(each, context)));
  return {title: name, node, entries: operations.map(({id, method, summary}) => ({address: `operation/${id}`, text: summary, method}))};
}

function webhookChapters(context) {
  const {spec} = context;
  const events = spec.webhooks.map((each) => operationSection(each, context, `webhook/${each.id}`));
  const promises = bySubject(spec.statements).find(([subject]) => subject === "events")?.[1] ?? [];
  return [
    {title: "Signature and delivery", node: sections.webhookIntroduction(webhookGuide(spec))},
    {title: "Events", node: sections.section("events", "Events", statementRows(promises, spec), ...events), entries: spec.webhooks.map(({id}) => ({address: `webhook/${id}`, text: id}))},
  ];
}

function groups(chapters) {
  const single = chapters.filter(({entries}) => !entries).map(({title, node}) => ({address: node.id, text: title}));
  return [
    {title: "This page", entries: single},
    ...chapters.filter(({entries}) => entries).map(({title, entries}) => ({title, entries})),
  ];
}

const PAGES = [["api", "API", "docs"], ["webhooks", "Webhooks", "docs/webhooks"], ["control", "Control API", "docs/control"]];
const FILES = {
  api: [["YAML", "openapi.yaml"], ["JSON", "openapi.json"], ["3.1", "openapi-3.1.yaml"]],
  control: [["YAML", "_mock/openapi.yaml"], ["JSON", "_mock/openapi.json"]],
  webhooks: [["3.1", "openapi-3.1.yaml"]],
};

function fillHeader({server, control, console: page, guides}) {
  const nav = document.querySelector("header nav");
  const isClosed = (name) => name === "control" && server && !control;
  nav.append(
    ...PAGES.filter(([name]) => !isClosed(name)).map(([name, text, path]) => el("a", {href: address(name, path, control), "aria-current": name === kind ? "page" : null}, text)),
    ...(page ? [el("a", {href: page}, "Console")] : []),
    ...(guides ? [el("a", {href: below(guides)}, "Guides")] : []),
    ...FILES[kind].map(([text, path]) => el("a", {class: "file", href: below(path)}, text)),
  );
}

// The control API may be on a port of its own, and so is its page.
const address = (name, path, control) => (name === "control" && control ? new URL(`/${path}`, control).href : below(path));

main().catch((error) => setText(document.getElementById("state") ?? content, error.message));
