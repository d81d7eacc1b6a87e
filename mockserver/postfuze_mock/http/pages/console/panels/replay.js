// A call of the journal as a request that can be sent again. The journal masks secrets; the console puts back those
// that it knows: the key, if any key opens a world, and the token of a session that the world still has.
import {curl, get, identity, worldName} from "../api.js";
import {apiOrigin, keysAreOpen} from "../facts.js";

const MASK = "…";
const MAX_VISIBLE_NAME = 24;
// The headers that are sent again; those of the connection and of the client are not.
const HEADERS = ["authorization", "content-type", "prefer"];

// Returns {request: {method, path, url, headers, body}, missing: what the journal does not have, in words}.
export async function replay(entry) {
  const missing = [];
  const path = await wholePath(entry, missing);
  const headers = {};
  for (const [name, value] of Object.entries(entry.request.headers)) {
    const isSent = HEADERS.includes(name) || (name === "accept" && value !== "*/*");
    if (isSent) headers[titled(name)] = name === "authorization" ? wholeKey(value, entry, missing) : value;
  }
  const body = wholeBody(entry, missing);
  return {request: {method: entry.method, path, url: apiOrigin() + path, headers, body}, missing};
}

export async function curlOf(entry) {
  const {request, missing} = await replay(entry);
  const notes = missing.length ? `# Fill in ${missing.join(" and ")}: the journal does not have it.\n` : "";
  return notes + curl(request);
}

const titled = (name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

async function wholePath({path, world}, missing) {
  const [, end] = path.match(/\/pending\/…(\w+)/) ?? [];
  if (end && (world ?? worldName()) === worldName()) {
    const {data} = await get("/sessions?limit=1000");
    const token = data.map((each) => each.session_token).find((each) => each.endsWith(end));
    if (token) path = path.replace(MASK + end, token);
  }
  if (path.includes("/pending/…")) missing.push("the session token");
  else if (path.includes(MASK)) missing.push("what is masked in the URL");
  return path;
}

// The masked key has the mode and the suffix (`Bearer sk_test_…_readonly`); between them stands the world's name.
function wholeKey(value, entry, missing) {
  const name = nameInKey(entry);
  if (!value.includes(MASK) || (/^Bearer sk_(live|test)_…(_[a-z]+)?$/.test(value) && name !== null))
    return value.replace(MASK, name);
  missing.push("the key");
  return value;
}

function nameInKey({world}) {
  const isHere = world === undefined || world === worldName();
  if (isHere && keysAreOpen()) return identity.key.replace(/^sk_(live|test)_|_(readonly|revoked|expired)$/g, "");
  const bare = world?.replace(/:test$/, "");
  return keysAreOpen() && bare && bare.length <= MAX_VISIBLE_NAME && !bare.includes(MASK) ? bare : null;
}

function wholeBody({request}, missing) {
  const {body, headers} = request;
  if (body === null && Number(headers["content-length"] ?? 0) > 0) missing.push("the body, which is not stored");
  if (body === null) return undefined;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (text.includes(MASK)) missing.push("what is masked or cut in the body");
  return text;
}

// The key of a call as people read it: by world and suffix, or masked.
export function visibleKey(entry) {
  const value = entry.request.headers.authorization;
  return value === undefined ? null : wholeKey(value, entry, []);
}
