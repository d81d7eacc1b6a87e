// How a receiver verifies a delivery: the texts of examples/verify_webhook.*, as a test holds.

const PYTHON = `import hashlib
import hmac
import time


def verified(body: bytes, header: str, secret: str, tolerance: int = 300) -> bool:
    """Whether the raw \`body\` was signed with \`secret\` within the last \`tolerance\` seconds; \`header\` is
    \`X-PostFuze-Signature\`: t=UNIX,v1=HEX."""
    fields = dict(field.partition("=")[::2] for field in header.split(","))
    at, signature = fields.get("t", ""), fields.get("v1", "")
    expected = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):  # in constant time
        return False
    return abs(time.time() - int(at)) <= tolerance  # an old one may be a replay`;

const NODE = `import { createHmac, timingSafeEqual } from "node:crypto";

// Whether the raw \`body\` (a Buffer) was signed with \`secret\` within the last \`tolerance\` seconds; \`header\` is
// \`X-PostFuze-Signature\`: t=UNIX,v1=HEX.
export function verified(body, header, secret, tolerance = 300) {
  const fields = Object.fromEntries(header.split(",").map((field) => field.split("=")));
  const expected = createHmac("sha256", secret).update(\`\${fields.t}.\`).update(body).digest();
  const signature = Buffer.from(fields.v1 ?? "", "hex");
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return false;
  return Math.abs(Date.now() / 1000 - Number(fields.t)) <= tolerance; // an old one may be a replay
}`;

export const verification = [
  {id: "python", label: "Python", language: "python", text: PYTHON},
  {id: "node", label: "Node", language: "javascript", text: NODE},
];
