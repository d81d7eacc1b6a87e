// Sends a call and reads its answer, within bounds of time and size. What goes wrong is told in words.

import {keyAndToken} from "../choices.js";
import {call, checkPath, isControl, takesKey, Unsendable} from "../samples/call.js";

const MOST_BYTES = 100_000; // of an answer, that are shown
const MOST_SECONDS = 90; // some calls wait for a minute

// {status, statusText, headers, text, cut, milliseconds}, or {error}.
export async function exchange({operation, spec, facts, values}) {
  const start = performance.now();
  const signal = AbortSignal.timeout(MOST_SECONDS * 1000);
  try {
    checkPath(operation, values);
    const {method, url, body} = call(operation, {server: facts.server, values});
    const headers = requestHeaders(operation, spec, facts, body);
    const response = await fetch(url, {method, headers, body, signal, redirect: "manual", cache: "no-store"});
    const milliseconds = performance.now() - start;
    const {status, statusText} = response;
    return {status, statusText, headers: [...response.headers], ...(await bounded(response)), milliseconds};
  } catch (error) {
    return {error: inWords(error, facts.server)};
  }
}

function requestHeaders(operation, spec, facts, body) {
  const [key, token] = Object.values(keyAndToken(facts)).map((each) => each.get());
  if (/[^ -~]/.test(key + token)) throw new Unsendable("A header cannot have all characters of the key or the token.");
  return {
    ...(key && takesKey(operation, spec) && {Authorization: `Bearer ${key}`}),
    ...(token && isControl(spec) && {"X-Mock-Control-Token": token}),
    ...(body !== null && {"Content-Type": "application/json"}),
  };
}

// The text of the answer, and whether it was cut.
async function bounded(response) {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const chunk of chunks(response.body)) {
    size += chunk.length;
    text += decoder.decode(chunk.subarray(0, chunk.length - Math.max(0, size - MOST_BYTES)), {stream: true});
    if (size > MOST_BYTES) return {text, cut: true};
  }
  return {text, cut: false};
}

// Not every browser can iterate over a stream.
async function* chunks(stream) {
  const reader = stream?.getReader();
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader?.cancel();
  }
}

function inWords(error, server) {
  if (error instanceof Unsendable) return `Not sent: ${error.message}`;
  if (error.name === "TimeoutError") return `There was no answer within ${MOST_SECONDS} seconds.`;
  const host = new URL(server).host;
  return `There was no answer: ${host} cannot be reached, or it broke the connection. Is the server still running?`;
}
