import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "postfuze-mock";

import { Client } from "./client.mjs";

const REQUEST = { redirect_uri: "http://localhost:3000/connected", tenant_id: "tenant_42" };

let server;
before(async () => (server = await start()));
after(() => server.stop());

async function begun(t, network = "facebook") {
  const mock = server.world(t.name);
  const client = new Client(mock);
  return { mock, client, authUrl: await client.authUrl(network, REQUEST) };
}

test("a customer selects one of three pages", async (t) => {
  const { mock, client, authUrl } = await begun(t);
  const { session_token } = await mock.decide(authUrl, "approve", { pages: 3 });
  const { availablePages } = await client.pending(session_token);
  const accounts = await client.finalize(session_token, [availablePages[1].id]);

  assert.equal(availablePages.length, 3);
  assert.deepEqual(accounts.map((account) => account.username), [availablePages[1].username]);
  assert.deepEqual((await client.listAll({ tenant_id: "tenant_42" })).map((account) => account.id), [accounts[0].id]);
});

test("a single page is connected at once", async (t) => {
  const { mock, client, authUrl } = await begun(t, "x");
  const redirect = await mock.decide(authUrl);
  assert.equal(redirect.status, "connected");
  assert.equal((await client.list({ id: redirect.account_ids })).data.length, 1);
});

test("a customer who declines connects nothing", async (t) => {
  const { mock, client, authUrl } = await begun(t);
  const redirect = await mock.decide(authUrl, "deny");
  assert.equal(redirect.status, "error");
  assert.deepEqual(await client.listAll({ tenant_id: "tenant_42" }), []);
});

test("a session expires after a quarter of an hour", async (t) => {
  const { mock, client, authUrl } = await begun(t);
  const { session_token } = await mock.decide(authUrl, "approve", { pages: 2 });
  await mock.advanceClock({ seconds: 15 * 60 + 1 });
  await assert.rejects(client.pending(session_token), { status: 404 });
});

test("a session works once", async (t) => {
  const mock = server.world(t.name);
  const client = new Client(mock);
  const { session_token, pages } = await mock.createSession({ network: "facebook", pages: 2 });
  await client.finalize(session_token, [pages[0].id]);
  await assert.rejects(client.finalize(session_token, [pages[0].id]), { status: 404 });
});
