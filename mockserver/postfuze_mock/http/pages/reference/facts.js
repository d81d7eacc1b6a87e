// What the page knows of where it is: the root of the site, which specification it shows, and the server's own facts.

const {root, document: kind} = document.documentElement.dataset;

// The specification of each page, by its path below the root.
const DOCUMENTS = {api: "openapi.json", control: "_mock/openapi.json", webhooks: "openapi.json"};

export {kind};

// A URL below the root of the server or the site.
export const below = (path) => new URL(root + path, document.baseURI).href;

export const loadDocument = () => load(DOCUMENTS[kind]);

// How the harness checks a statement, or observes an assumption: [{check, does, level}]. Loaded when it is first asked.
export async function checksOf(id) {
  checks ??= load("docs/reference/checks.json");
  return (await checks).filter((each) => each.of.includes(id));
}

let checks;

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
