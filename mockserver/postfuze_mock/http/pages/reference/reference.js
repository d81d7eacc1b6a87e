// The reference page: Swagger UI on this server's own specification, with its statements and assumptions below.
"use strict";

const DEMO_KEY = "sk_live_demo";
const METHODS = ["get", "put", "post", "delete", "patch"];
const [SPEC_URL, BASE_PATH] =
  location.pathname === "/docs/control" ? ["/_mock/openapi.json", "/_mock"] : ["/openapi.json", "/api/v1"];

// Text in backticks becomes code.
function addCell(row, content) {
  const cell = row.insertCell();
  if (content instanceof Node) cell.append(content);
  else cell.append(...content.split("`").map((part, index) => (index % 2 ? code(part) : part)));
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}

// Fills the table of the section `id`: a row for each entry, with its id and the cells that `cells(entry)` returns.
function fillTable(id, entries, cells) {
  if (!entries.length) return;
  const section = document.getElementById(id);
  section.hidden = false;
  for (const entry of entries) {
    const row = section.querySelector("tbody").insertRow();
    row.id = entry.id;
    for (const content of [code(entry.id), ...cells(entry)]) addCell(row, content);
  }
}

// Adds what only the mock does (`x-mock`) to the descriptions beside it, everywhere in the document.
function withRemarks(node) {
  if (Array.isArray(node)) return node.map(withRemarks);
  if (!node || typeof node !== "object") return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withRemarks(value)]));
  if (typeof node["x-mock"] === "string")
    copy.description = `${node.description ?? ""}\n\n**This mock.** ${node["x-mock"]}`;
  return copy;
}

// The statements at the root, the operations and the schemas. `scope` names what a statement applies to.
function statements(spec) {
  const at = (node, ...names) =>
    (node["x-statements"] || []).map((each) => ({...each, scope: (each.operations || names).join(", ")}));
  const operations = Object.values(spec.paths).flatMap((path) => METHODS.flatMap((method) => path[method] || []));
  const schemas = Object.entries(spec.components?.schemas ?? {});
  return [
    ...at(spec),
    ...operations.flatMap((operation) => at(operation, operation.operationId)),
    ...schemas.flatMap(([name, schema]) => at(schema, name)),
  ];
}

const statementCells = ({statement, scope, basis, observable, from}) => [
  statement,
  scope,
  basis + (observable === false ? ", not visible over HTTP" : ""),
  words(from),
];

// What the documents say, in their own words; a piece that cuts through a pair of backticks goes without them.
const words = (from) =>
  [from ?? []].flat().map((text) => `“${text.split("`").length % 2 ? text : text.replaceAll("`", "")}”`).join(" ");

const assumptionCells = ({question, choice, alternatives}) => [
  question,
  code(choice),
  (alternatives || []).map(({id}) => id).join(", ") || "–",
];

async function main() {
  document.getElementById("key").textContent = DEMO_KEY;
  const spec = await (await fetch(SPEC_URL)).json();
  spec.servers = [{url: BASE_PATH, description: "This server."}];
  fillTable("statements", statements(spec), statementCells);
  fillTable("assumptions", spec["x-assumptions"] || [], assumptionCells);
  const ui = SwaggerUIBundle({
    spec: withRemarks(spec),
    domNode: document.getElementById("operations"),
    deepLinking: true,
    displayOperationId: true,
    tryItOutEnabled: true,
    requestSnippetsEnabled: true,
    validatorUrl: null,
    onComplete: () => ui.preauthorizeApiKey("bearer", DEMO_KEY),
  });
}

main();
