// Calls of the levers, as everybody makes them: over HTTP, with the key of a world.
import {identity} from "./identity.js";

const BASE = "/_mock";
const PATIENCE = 10_000; // milliseconds
export const TOKEN_HEADER = "X-Mock-Control-Token";

// The server refused: `problem` is its problem document.
export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

// No answer came.
export class Unreachable extends Error {}

// What a call {method, path, body} sends. `api: true` is for a path of the API instead of a lever's.
export function prepared({method = "GET", path, body, api = false}) {
  const headers = {Authorization: `Bearer ${identity.key}`};
  if (identity.token && !api) headers[TOKEN_HEADER] = identity.token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return {method, url: new URL((api ? "" : BASE) + path, location.origin).href, headers, body: text};
}

// The answer's status and body, parsed (null for none). Throws Refusal and Unreachable.
export async function send({method, url, headers, body}, patience = PATIENCE) {
  let response, text;
  try {
    response = await fetch(url, {method, headers, body, cache: "no-store", signal: AbortSignal.timeout(patience)});
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.name === "TimeoutError" ? "No answer in time." : "No answer.");
  }
  const answer = parsed(text);
  if (!response.ok)
    throw new Refusal(answer?.title ? answer : {status: response.status, title: `Status ${response.status}`});
  return {status: response.status, answer};
}

export const get = async (path) => (await send(prepared({path}))).answer;

function parsed(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
