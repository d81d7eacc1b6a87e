import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { SignatureError, verifyWebhook } from "postfuze-mock";

const SECRET = "whsec_6f0c5be0a3a1d7d6";
const BODY = JSON.stringify({ id: "1", event: "account.connected", data: { display_name: "Zoë 🦊" } });

function sign(body: string, secret = SECRET, age = 0): string {
  const at = Math.floor(Date.now() / 1000) - age;
  return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
}

function reason(...call: Parameters<typeof verifyWebhook>): string {
  try {
    verifyWebhook(...call);
  } catch (error) {
    assert(error instanceof SignatureError);
    return error.message;
  }
  return "valid";
}

test("the event of a signed body is returned", () => {
  assert.equal(verifyWebhook(BODY, sign(BODY), SECRET).event, "account.connected");
  assert.deepEqual(verifyWebhook(Buffer.from(BODY), [sign(BODY)], SECRET).data.display_name, "Zoë 🦊");
});

test("another body or secret is refused", () => {
  const message = "The signature is not that of this body with this secret.";
  assert.equal(reason(`${BODY} `, sign(BODY), SECRET), message);
  assert.equal(reason(BODY, sign(BODY), `${SECRET}0`), message);
});

test("an old signature is refused, unless that is wanted", () => {
  assert.match(reason(BODY, sign(BODY, SECRET, 301), SECRET), /^The signature is 30[12] seconds old; at most 300/);
  assert.match(reason(BODY, sign(BODY, SECRET, -400), SECRET), /at most 300/);
  assert.equal(reason(BODY, sign(BODY, SECRET, 301), SECRET, { tolerance: 400 }), "valid");
});

test("a missing or malformed header is refused", () => {
  assert.equal(reason(BODY, undefined, SECRET), "There is no signature.");
  for (const header of ["", "t=1", "v1=00", "t=,v1=00", `t=1,v1=${"0".repeat(63)}`, "nonsense"]) {
    assert.match(reason(BODY, header, SECRET), /There is no signature|is not of the form t=UNIX,v1=HEX/);
  }
});
