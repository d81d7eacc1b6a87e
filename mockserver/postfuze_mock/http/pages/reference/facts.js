// What the page knows of where it is: the root of the site, which specification it shows, and the server's own facts.

const {root, document: kind} = document.documentElement.dataset;

// The specification of each page, by its path below the root.
const DOCUMENTS = {api: "openapi.json", control: "_mock/openapi.json", webhooks: "openapi.json"};

export {kind};

// A URL below the root of the server or the site.
export const below = (path) => new URL(root + path, document.baseURI).href;

export const loadDocument = () => load(DOCUMENTS[kind]);

// How the harness checks each statement, and observes each assumption: {id: [{check, does, level}]}.
export async function loadChecks() {
  const checks = {};
  for (const each of await load("docs/reference/checks.json")) for (const id of each.of) (checks[id] ??= []).push(each);
  return checks;
}

// The server's facts, with absolute URLs. `server` is the base URL of the calls on this page, null on a static site.
export async function loadFacts() {
  const facts = await load("docs/server.json");
  for (const name of ["api", "control", "console"]) facts[name] &&= new URL(facts[name], document.baseURI).href;
  return {...facts, server: kind === "control" ? facts.control : facts.api};
}

async function load(path) {
  const response = await fetch(below(path), {headers: {Accept: "application/json"}});
  if (!response.ok) throw new Error(`${path} cannot be loaded: ${response.status} ${response.statusText}`);
  return response.json();
}
