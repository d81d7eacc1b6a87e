import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "postfuze-mock";

import { Client } from "./client.mjs";

let server;
before(async () => (server = await start()));
after(() => server.stop());

/** A world, and a client that moves its clock where it would sleep. */
function patient(t) {
  const mock = server.world(t.name);
  return { mock, client: new Client(mock, (seconds) => mock.advanceClock({ seconds })) };
}

test("a 429 is retried after the time that it names", async (t) => {
  const { mock, client } = patient(t);
  await mock.createFault({ operation: "listSocialAccounts", effect: { status: 429, retry_after: 30 }, times: 2 });
  const before = Date.parse((await mock.putClock({ frozen: true })).now);
  await client.list();

  assert.equal(Date.parse((await mock.getClock()).now) - before, 60_000);
  assert.deepEqual((await mock.listRequests()).map((entry) => entry.status), [429, 429, 200]);
});

test("a 503 is retried too", async (t) => {
  const { mock, client } = patient(t);
  await mock.createFault({ operation: "*", effect: { status: 503, retry_after: 1 }, times: 1 });
  assert.equal((await client.list({ limit: 1 })).data.length, 1);
});

test("a client gives up in the end", async (t) => {
  const { mock, client } = patient(t);
  await mock.createFault({ preset: "rate_limited" });
  await assert.rejects(client.list(), { status: 429 });
  assert.equal((await mock.listRequests({ operation: "listSocialAccounts" })).length, 5);
});

test("a token that cannot be refreshed expires", async (t) => {
  const { mock, client } = patient(t);
  const account = await mock.createAccount({ platform: "x", behaviour: { refresh: "fails" } });
  await mock.putClock({ now: account.token_expires_at });
  const health = await client.call("GET", `/social-accounts/${account.id}/health`);

  assert.equal(health.error_code, "token_expired");
  assert.equal((await mock.waitForEvent("account.token_expired")).data.id, account.id);
});

test("a token that can be refreshed does not", async (t) => {
  const { mock, client } = patient(t);
  const account = await mock.createAccount({ platform: "x" });
  await mock.putClock({ now: account.token_expires_at });
  const health = await client.call("GET", `/social-accounts/${account.id}/health`);

  assert.equal(health.error_code, null);
  assert.deepEqual(await mock.listEvents(), []);
});
