import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "postfuze-mock";

import { Client } from "./client.mjs";

let server;
before(async () => (server = await start()));
after(() => server.stop());

test("all pages together have each account once", async (t) => {
  const accounts = await new Client(server.world(t.name)).listAll({ limit: 50 });
  assert.equal(new Set(accounts.map((account) => account.id)).size, 120);
});

test("a filter selects one platform", async (t) => {
  const accounts = await new Client(server.world(t.name)).listAll({ platform: "linkedin" });
  assert(accounts.length > 0);
  assert(accounts.every((account) => account.platform === "linkedin"));
});

test("an account that the test makes is listed first", async (t) => {
  const mock = server.world(t.name);
  const { id } = await mock.createAccount({ platform: "bluesky", username: "newest" });
  assert.equal((await new Client(mock).list({ limit: 1 })).data[0].id, id);
});

test("a disconnected account is gone", async (t) => {
  const mock = server.world(t.name);
  const client = new Client(mock);
  const { id } = (await client.list({ limit: 1 })).data[0];
  await client.call("DELETE", `/social-accounts/${id}`);
  await assert.rejects(client.call("GET", `/social-accounts/${id}`), { status: 404 });
});

test("a read-only key must not disconnect", async (t) => {
  const mock = server.world(t.name);
  const [{ id }] = await mock.searchAccounts({ limit: 1 });
  const client = new Client({ apiUrl: mock.apiUrl, key: `${mock.key}_readonly` });
  await assert.rejects(client.call("DELETE", `/social-accounts/${id}`), { status: 403, code: "insufficient_scope" });
  assert.equal((await mock.getAccount(id)).deleted, false);
});
