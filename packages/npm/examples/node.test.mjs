// node --test node.test.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { start } from "postfuze-mock";

let server, mock;

before(async () => (server = await start()));
after(() => server.stop());
beforeEach((t) => (mock = server.world(t.name))); // each test has a world of its own

test("a token that cannot be refreshed needs the user", async () => {
  const account = await mock.createAccount({ platform: "x", behaviour: { refresh: "fails" } });
  await mock.putClock({ now: account.token_expires_at });

  const response = await fetch(`${mock.apiUrl}/social-accounts/${account.id}/health`, {
    headers: { authorization: `Bearer ${mock.key}` },
  });

  assert.equal((await response.json()).error_code, "token_expired");
  await mock.waitForEvent("account.token_expired");
});
