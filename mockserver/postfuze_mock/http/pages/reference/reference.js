// The reference page: Swagger UI on this server's own specification, and its statements and assumptions below.
"use strict";

const DEMO_KEY = "sk_live_demo";
const levers = location.pathname === "/docs/levers";
const specification = levers ? "/_mock/openapi.json" : "/openapi.json";
const basePath = levers ? "/_mock" : "/api/v1";
const METHODS = ["get", "put", "post", "delete", "patch"];

// A text's `quoted` parts become code.
function cell(row, content) {
  const td = row.insertCell();
  if (content instanceof Node) td.append(content);
  else td.append(...content.split("`").map((part, i) => (i % 2 ? code(part) : part)));
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}

function fill(id, entries, write) {
  if (!entries.length) return;
  const section = document.getElementById(id);
  section.hidden = false;
  for (const entry of entries) {
    const row = section.querySelector("tbody").insertRow();
    row.id = entry.id;
    cell(row, code(entry.id));
    write(row, entry);
  }
}

// Statements stand at what they bind: at the root, at operations, at schemas.
function statements(spec) {
  const found = (spec["x-statements"] || []).map((s) => ({...s, binds: (s.operations || []).join(", ")}));
  for (const path of Object.values(spec.paths))
    for (const method of METHODS)
      for (const s of (path[method] && path[method]["x-statements"]) || [])
        found.push({...s, binds: (s.operations || [path[method].operationId]).join(", ")});
  for (const [name, schema] of Object.entries((spec.components && spec.components.schemas) || {}))
    for (const s of schema["x-statements"] || []) found.push({...s, binds: (s.operations || [name]).join(", ")});
  return found;
}

async function main() {
  document.getElementById("key").textContent = DEMO_KEY;
  const spec = await (await fetch(specification)).json();
  spec.servers = [{url: basePath, description: "This server."}];
  fill("statements", statements(spec), (row, s) => {
    cell(row, s.statement);
    cell(row, s.binds);
    cell(row, s.basis + (s.observable === false ? ", not visible over HTTP" : ""));
  });
  fill("assumptions", spec["x-assumptions"] || [], (row, a) => {
    cell(row, a.question);
    cell(row, code(a.choice));
    cell(row, (a.alternatives || []).map((alternative) => alternative.id).join(", ") || "–");
  });
  const ui = SwaggerUIBundle({
    spec,
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
