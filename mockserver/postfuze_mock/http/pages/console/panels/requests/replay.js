// A call of the journal as a request that can be sent again. The journal masks secrets; the console puts back those
// that it knows: the key, if any key opens a world, and the token of a session that the world still has.
import {curl, get, identity, worldName} from "../../api.js";
import {apiOrigin} from "../../facts.js";

const MASK = "…";
const MASKED_KEY = /^Bearer (sk_(?:live|test)_)…(_[a-z]+)?$/;
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
  if (end && isHere({world})) {
    const {data} = await get("/sessions?limit=1000");
    const token = data.map((each) => each.session_token).find((each) => each.endsWith(end));
    if (token) path = path.replace(MASK + end, token);
  }
  if (path.includes("/pending/…")) missing.push("the session token");
  else if (path.includes(MASK)) missing.push("what is masked in the URL");
  return path;
}

function wholeKey(value, entry, missing) {
  const whole = shownKey(value, entry);
  if (!whole.includes(MASK)) return whole;
  const own = `Bearer ${identity.key}`;
  if (isHere(entry) && whole === maskedKey(own)) return own;
  missing.push("the key");
  return whole;
}

// The masked key has the mode and the suffix (`Bearer sk_test_…_readonly`); between them stands the world's name. With
// strict keys it stays masked, because a name is no key.
function shownKey(value, entry) {
  const [, mode, suffix = ""] = value.match(MASKED_KEY) ?? [];
  const name = (entry.world ?? worldName()).replace(/:test$/, "");
  return mode && !identity.isSecret && !name.includes(MASK) ? `Bearer ${mode}${name}${suffix}` : value;
}

const maskedKey = (key) => key.replace(/^(Bearer sk_(?:live|test)_).*?(_readonly|_revoked|_expired)?$/, `$1${MASK}$2`);

const isHere = ({world}) => world === undefined || world === worldName();

function wholeBody({request}, missing) {
  const {body, headers} = request;
  if (body === null && Number(headers["content-length"] ?? 0) > 0) missing.push("the body, which is not stored");
  if (body === null) return undefined;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (text.includes(MASK)) missing.push("what is masked or cut in the body");
  return text;
}

// The key of a call as people read it: by world and suffix, or masked; null without one.
export function visibleKey(entry) {
  const value = entry.request.headers.authorization;
  return value === undefined ? null : shownKey(value, entry);
}
