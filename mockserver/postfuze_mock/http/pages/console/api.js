// Requests to the control API and the API, sent with a world's key, as by any client.

const CONTROL_PATH = "/_mock";
const TIMEOUT = 10_000; // milliseconds
const MAX_LIMIT = 1000; // entries of a page
const TOKEN_HEADER = "X-Mock-Control-Token";
const MAX_VISIBLE_NAME = 24; // characters; a longer name may be a real key
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const KEY = /^sk_(live|test)_([\x21-\x7e]+)$/;
const SUFFIX = /_(readonly|revoked|expired)$/;

// The key of the current world, and the control token if the server requires one. Both stay in this tab.
export const identity = {
  key: sessionStorage.getItem("key") ?? "sk_test_demo",
  token: sessionStorage.getItem("control-token"),
};

export function useKey(key) {
  identity.key = key;
  sessionStorage.setItem("key", key);
}

export function useToken(token) {
  identity.token = token;
  sessionStorage.setItem("control-token", token);
}

// The name of the current world; a long name is masked.
export function worldName() {
  const name = identity.key.replace(/^sk_(live|test)_/, "").replace(SUFFIX, "");
  return name.length <= MAX_VISIBLE_NAME ? name : `${name.slice(0, 6)}…${name.slice(-2)}`;
}

// The address of a panel, or of something in it, in the current world: #@WORLD/PANEL/REST. A masked name cannot be in it.
export function linkTo(panel, ...rest) {
  const world = worldName();
  return `#${[...(isWorldName(world) ? [`@${world}`] : []), panel, ...rest].map(encodePart).join("/")}`;
}

// The opposite: {world (null if the address has none), panel, rest}.
export function readAddress(hash) {
  const parts = hash.slice(1).split("/").map(decodePart);
  const world = parts[0].startsWith("@") ? parts.shift().slice(1) : null;
  const [panel = "", ...rest] = parts;
  return {world, panel, rest};
}

// Names of worlds have an @ before, and a colon where the modes of a key are two worlds.
const encodePart = (part) => encodeURIComponent(part).replace("%40", "@").replace("%3A", ":");

function decodePart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const isWorldName = (name) => NAME.test(name.replace(/:test$/, ""));

// The key for `text`, which is a world's name or a key; null if it is neither.
export function keyOf(text) {
  if (KEY.test(text)) return text;
  return NAME.test(text) && !text.startsWith("sk_") ? `sk_test_${text}` : null;
}

// The key of a world in the list `names`; null if its name is masked. If the two modes of a key open two worlds, the
// list calls the one of test mode NAME:test.
export function keyOfWorld(name, names) {
  const isTest = name.endsWith(":test");
  const bareName = isTest ? name.slice(0, -":test".length) : name;
  if (!NAME.test(bareName)) return null;
  const separateModes = names.some((each) => each.endsWith(":test"));
  return separateModes && !isTest ? `sk_live_${bareName}` : `sk_test_${bareName}`;
}

// The server refused the request; `problem` is its problem document.
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

// No response came.
export class Unreachable extends Error {}

// The request for {method, path, body}. With `api: true` the path belongs to the API, not to the control API.
export function prepare({method = "GET", path, body, api = false}) {
  const headers = {Authorization: `Bearer ${identity.key}`};
  if (identity.token && !api) headers[TOKEN_HEADER] = identity.token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return {method, url: new URL((api ? "" : CONTROL_PATH) + path, location.origin).href, headers, body: text};
}

// Sends a prepared request. Returns {status, body}, the body parsed (null if empty). Throws Refusal and Unreachable.
export async function send({method, url, headers, body}, timeout = TIMEOUT) {
  let response, text;
  try {
    response = await fetch(url, {method, headers, body, cache: "no-store", signal: AbortSignal.timeout(timeout)});
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.name === "TimeoutError" ? "No response in time." : "No response.");
  }
  const document = parse(text);
  if (!response.ok)
    throw new Refusal(document?.title ? document : {status: response.status, title: `Status ${response.status}`});
  return {status: response.status, body: document};
}

export const get = async (path) => (await send(prepare({path}))).body;

// The first entries of the list at `path`, at most `limit`: {entries, more}. `filters` are pairs of name and value. A
// page may have fewer entries than it could, because they are large.
export async function firstOf(path, filters, limit) {
  const {pages, more} = await pagesOf(path, filters, limit);
  return {entries: pages.flat(), more};
}

// The newest entries of a list that is oldest first: its first page has the newest.
export async function newestOf(path, filters, limit) {
  const {pages, more} = await pagesOf(path, filters, limit);
  return {entries: pages.reverse().flat(), more};
}

async function pagesOf(path, filters, limit) {
  const pages = [];
  let [rest, cursor] = [limit, null];
  do {
    const query = new URLSearchParams([...filters, ["limit", Math.min(rest, MAX_LIMIT)]]);
    if (cursor !== null) query.set("cursor", cursor);
    const page = await get(`${path}?${query}`);
    pages.push(page.data);
    [rest, cursor] = [rest - page.data.length, page.next_cursor ?? null];
  } while (rest > 0 && cursor !== null);
  return {pages, more: cursor !== null};
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// A prepared request as a curl command. The control token is a secret: the command reads it from the environment.
// `file` names the file that holds the body, if it is too large to show.
export function curl({method, url, headers, body}, file) {
  const parts = [method === "GET" ? `curl ${quote(url)}` : `curl -X ${method} ${quote(url)}`];
  for (const [name, value] of Object.entries(headers))
    parts.push(name === TOKEN_HEADER ? `-H "${name}: $POSTFUZE_MOCK_CONTROL_TOKEN"` : `-H ${quote(`${name}: ${value}`)}`);
  if (file) parts.push(`--data-binary ${quote(`@${file}`)}`);
  else if (body !== undefined) parts.push(`-d ${quote(body)}`);
  return parts.join(" \\\n  ");
}

let spec = null;

// Loads the control API's specification. The choices and fields of all forms come from it.
export async function loadSpec() {
  spec ??= await get("/openapi.json");
}

const schema = (name) => spec.components.schemas[name] ?? {};

export const platforms = () => schema("Platform").enum;
export const statuses = () => schema("AccountStatus")["x-extensible-enum"];
export const operations = () => (schema("FaultOperation").enum ?? []).filter((id) => id !== "*");
export const eventNames = () => schema("EventName").enum;
export const fieldsOf = (name) => Object.keys(schema(name).properties ?? {});

// The operationId of a call of the control API; `path` is as in its specification.
export const operationId = (method, path) => spec.paths[path][method.toLowerCase()].operationId;

// The values of an enumeration in the schema `name`, below the path `members`.
export function valuesOf(name, ...members) {
  return members.reduce((node, member) => node?.properties?.[member], schema(name))?.enum ?? [];
}
