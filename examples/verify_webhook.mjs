import { createHmac, timingSafeEqual } from "node:crypto";

// Whether the raw `body` (a Buffer) was signed with `secret` within the last `tolerance` seconds; `header` is
// `X-PostFuze-Signature`: t=UNIX,v1=HEX.
export function verified(body, header, secret, tolerance = 300) {
  const fields = Object.fromEntries(header.split(",").map((field) => field.split("=")));
  const expected = createHmac("sha256", secret).update(`${fields.t}.`).update(body).digest();
  const signature = Buffer.from(fields.v1 ?? "", "hex");
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return false;
  return Math.abs(Date.now() / 1000 - Number(fields.t)) <= tolerance; // an old one may be a replay
}
