// The signature of a webhook delivery, verified step by step, as a receiver must do it. The same as signatures.py.
import {el} from "./dom.js";

export const SIGNATURE_HEADER = "X-PostFuze-Signature";
export const TOLERANCE = 300; // seconds that a signature may be old

// Browsers have WebCrypto on loopback and https only.
export const canVerify = () => globalThis.crypto?.subtle !== undefined;
export const WHY_NOT =
  "This browser computes an HMAC only on a page from https or from this machine (http://127.0.0.1, http://localhost).";

// The steps to the verdict on a delivery: a promise of [{title, text, value, ok?}]. The first step that fails is the
// last one. `headers` are an object, names in any case; `body` is the raw text; `now` are seconds. Without a `secret`
// or WebCrypto, the step that needs it says so, and has no `ok`.
export async function steps({secret, headers, body, now = Date.now() / 1000}) {
  const header = valueOf(headers, SIGNATURE_HEADER);
  const {time, signatures, fault} = parsed(header);
  const read = step("Read the header", fault ?? "t is when it was signed, v1 is the signature.", header || "none", !fault);
  if (fault) return [read];
  const signed = `${time}.${body}`;
  const before = [
    read,
    step("Take the time", "Seconds since 1970, in real time.", `${time} = ${dateOf(time)}`),
    step("Join what was signed", "The time, a dot, and the body as it came: not parsed, not formatted again.", signed),
  ];
  if (!secret) return [...before, step("Compute the HMAC-SHA256", "Enter the signing secret to see this step.", "")];
  if (!canVerify()) return [...before, step("Compute the HMAC-SHA256", WHY_NOT, "")];
  const own = await hmac(secret, signed);
  return [...before, step("Compute the HMAC-SHA256", computed(secret), own), ...verdicts(own, signatures, now - time)];
}

// The value of the header for a delivery that is signed at `time` (seconds): a promise.
export const sign = async ({secret, time, body}) => `t=${time},v1=${await hmac(secret, `${time}.${body}`)}`;

// The steps as a list.
export function stepList(entries) {
  const items = entries.map(({title, text, value, ok}) =>
    el(
      "li",
      {class: ok === undefined ? false : ok ? "good" : "bad"},
      el("h4", {}, title, ok === undefined ? null : el("span", {class: "verdict"}, ok ? "right" : "wrong")),
      el("p", {}, text),
      value ? el("pre", {tabindex: "0", role: "group", "aria-label": title}, value) : null,
    ),
  );
  return el("ol", {class: "steps"}, ...items);
}

const step = (title, text, value, ok) => ({title, text, value, ...(ok === undefined ? {} : {ok})});

const valueOf = (headers, name) =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? "";

function parsed(header) {
  if (!header) return {fault: `There is no header ${SIGNATURE_HEADER}, or it is empty.`};
  const pairs = header.split(",").map((field) => field.trim().split(/=(.*)/s));
  const all = (name) => pairs.filter(([each]) => each === name).map(([, value]) => value ?? "");
  const [times, signatures] = [all("t"), all("v1")];
  if (times.length !== 1 || !/^\d{1,15}$/.test(times[0]) || signatures.length === 0)
    return {fault: "It must be t=UNIX,v1=HEX, with one t and at least one v1."};
  return {time: times[0], signatures};
}

const dateOf = (time) => (time <= 8.64e12 ? new Date(time * 1000).toISOString().replace(".000Z", "Z") : "no date");

function computed(secret) {
  const prefix = secret.startsWith("whsec_") ? ", including whsec_," : "";
  return `The key is the whole secret${prefix} as text. The result is in hexadecimal.`;
}

async function hmac(secret, text) {
  const bytes = (each) => new TextEncoder().encode(each);
  const algorithm = {name: "HMAC", hash: "SHA-256"};
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The comparison and, if it succeeds, the age (seconds).
function verdicts(own, signatures, age) {
  const equal = signatures.includes(own);
  const other = signatures[0];
  const values = equal ? own : `computed: ${own}\nv1:       ${other}`;
  const compared = step("Compare with v1", equal ? MATCH : mismatch(own, other), values, equal);
  if (!equal) return [compared];
  const distance = `${Math.abs(Math.round(age))} s ${age < 0 ? "ahead of this clock" : "old"}`;
  const recent = Math.abs(age) <= TOLERANCE;
  const text = recent
    ? `At most ${TOLERANCE} seconds: it is genuine and recent.`
    : `More than ${TOLERANCE} seconds: a receiver refuses it, because it may be a replay.`;
  return [compared, step("Check its age", text, distance, recent)];
}

const MATCH = "Both are equal. Compare in constant time (hmac.compare_digest, crypto.timingSafeEqual).";

function mismatch(own, other) {
  const index = [...own].findIndex((character, position) => character !== other[position]);
  const place = (index < 0 ? own.length : index) + 1;
  return `They part at character ${place}: the secret is another one, or the body is not the raw one that came.`;
}
