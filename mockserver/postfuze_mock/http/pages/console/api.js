// Requests to the control API and the API, sent with a world's key, as by any client.
import {identity, keyOf, knownKeyOf} from "./identity.js";

export {identity, keyOf, linkTo, worldName} from "./identity.js";

const CONTROL_PATH = "/_mock";
const TIMEOUT = 10_000; // milliseconds
const MAX_LIMIT = 1000; // entries of a page
const TOKEN_HEADER = "X-Mock-Control-Token";

// The server refused the request; `problem` is its problem document.
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

// No response came.
export class Unreachable extends Error {}

// The request for {method, path, body}. With `api: true` the path belongs to the API, not to the control API; `headers`
// replace those that a request has otherwise.
export function prepare({method = "GET", path, body, api = false, headers: own = null}) {
  const headers = own ?? (identity.key === null ? {} : {Authorization: `Bearer ${identity.key}`});
  if (identity.token && !api) headers[TOKEN_HEADER] = identity.token;
  if (body !== undefined && own === null) headers["Content-Type"] = "application/json";
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

// The key of a world: one that was used in this tab, else one that the server tells; null if there is none.
export async function keyOfWorld(name) {
  const {data} = await get(`/worlds?${new URLSearchParams({q: name, limit: MAX_LIMIT})}`);
  return knownKeyOf(name) ?? data.find((world) => world.name === name)?.key ?? keyOf(name);
}

// The first entries of the list at `path`, at most `limit`: {entries, more (whether there are others), total}. `filters`
// are pairs of name and value. A page may have fewer entries than it could, because they are large.
export async function firstOf(path, filters, limit) {
  const {pages, ...rest} = await pagesOf(path, filters, limit);
  return {entries: pages.flat(), ...rest};
}

// The newest entries of a list that is oldest first: its first page has the newest.
export async function newestOf(path, filters, limit) {
  const {pages, ...rest} = await pagesOf(path, filters, limit);
  return {entries: pages.reverse().flat(), ...rest};
}

async function pagesOf(path, filters, limit) {
  const pages = [];
  let [rest, cursor, total] = [limit, null, 0];
  do {
    const query = new URLSearchParams([...filters, ["limit", Math.min(rest, MAX_LIMIT)]]);
    if (cursor !== null) query.set("cursor", cursor);
    const page = await get(`${path}?${query}`);
    pages.push(page.data);
    [rest, cursor, total] = [rest - page.data.length, page.next_cursor ?? null, page.total];
  } while (rest > 0 && cursor !== null);
  return {pages, more: cursor !== null, total};
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// A prepared request as a curl command, which reads secrets from the environment. `file` names the file that holds the body, if it is too large to show.
export function curl({method, url, headers, body}, file) {
  const parts = [method === "GET" ? `curl ${quote(url)}` : `curl -X ${method} ${quote(url)}`];
  const secrets = {[TOKEN_HEADER]: "$POSTFUZE_MOCK_CONTROL_TOKEN"};
  if (identity.isSecret) secrets.Authorization = "Bearer $POSTFUZE_KEY";
  for (const [name, value] of Object.entries(headers))
    parts.push(secrets[name] ? `-H "${name}: ${secrets[name]}"` : `-H ${quote(`${name}: ${value}`)}`);
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
export const isControlRule = (id) => (spec["x-rules"] ?? []).some((rule) => rule.id === id);
export const fieldsOf = (name) => Object.keys(schema(name).properties ?? {});

// The operationId of a call of the control API; `path` is as in its specification.
export const operationId = (method, path) => spec.paths[path][method.toLowerCase()].operationId;

// The values of an enumeration in the schema `name`, below the path `members`.
export function valuesOf(name, ...members) {
  return members.reduce((node, member) => node?.properties?.[member], schema(name))?.enum ?? [];
}
