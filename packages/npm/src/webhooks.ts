import { createHmac, timingSafeEqual } from "node:crypto";

import { SignatureError } from "./errors.js";
import type { components } from "./generated/api.js";

const TOLERANCE = 300; // seconds
const HEADER = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** What a webhook receives. */
export type WebhookEvent = components["schemas"]["AccountEvent"];

/**
 * The event in the raw `body` of a webhook, if `header` (`X-PostFuze-Signature`: t=UNIX,v1=HEX) was made with `secret`
 * within the last `tolerance` seconds, 300 by default. Throws a SignatureError otherwise.
 */
export function verifyWebhook(
  body: string | Uint8Array,
  header: string | string[] | undefined | null,
  secret: string,
  options: { tolerance?: number } = {},
): WebhookEvent {
  const [at, signature] = fields(header);
  const expected = createHmac("sha256", secret).update(`${at}.`).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) {
    throw new SignatureError("The signature is not that of this body with this secret.");
  }
  const age = Date.now() / 1000 - Number(at);
  const { tolerance = TOLERANCE } = options;
  if (Math.abs(age) > tolerance) {
    throw new SignatureError(`The signature is ${Math.round(age)} seconds old; at most ${tolerance} are accepted.`);
  }
  return JSON.parse(Buffer.from(body).toString()) as WebhookEvent;
}

function fields(header: string | string[] | undefined | null): [string, string] {
  if (!header) throw new SignatureError("There is no signature.");
  const [, at, signature] = HEADER.exec(String(header)) ?? [];
  if (at === undefined || signature === undefined) {
    throw new SignatureError("The signature is not of the form t=UNIX,v1=HEX.");
  }
  return [at, signature];
}
