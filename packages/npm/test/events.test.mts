import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { type InboxEntry, type Mock, type RunningMock, start, verifyWebhook } from "postfuze-mock";

let server: RunningMock;

before(async () => {
  server = await start();
});
after(() => server.stop());

/** Disconnects an account; returns its id. */
async function disconnect(mock: Mock): Promise<string> {
  const { id } = (await mock.searchAccounts({ limit: 1 }))[0]!;
  await mock.deleteAccount(id);
  return id;
}

test("an event that is there is returned at once, the first of several", async () => {
  const mock = server.world("there");
  const ids = [await disconnect(mock), await disconnect(mock)];
  assert.equal((await mock.waitForEvent("account.disconnected")).data.id, ids[0]);
});

test("an event that follows another is waited for", async () => {
  const mock = server.world("since");
  await disconnect(mock);
  const first = await mock.waitForEvent("account.disconnected");
  const second = mock.waitForEvent("account.disconnected", { since: first.id, timeout: 20_000 });
  const id = await disconnect(mock);
  assert.equal((await second).data.id, id);
});

test("an event that does not come is told with those that came", async () => {
  const mock = server.world("missing");
  await disconnect(mock);
  await disconnect(mock);
  const inbox = await mock.inbox();
  const message = "account.connected did not come within 10 ms; instead: account.disconnected (2 times)";
  await assert.rejects(mock.waitForEvent("account.connected", { timeout: 10 }), { name: "AssertionError", message });
  const empty = "account.connected did not come to the inbox missing within 0 ms; nothing else did";
  await assert.rejects(inbox.waitFor("account.connected", { timeout: 0 }), { message: empty });
});

test("the inbox receives the events of its world, next to other webhooks", async () => {
  const mock = server.world("mine");
  await mock.putWebhooks([{ url: "http://127.0.0.1:9/closed", events: ["account.connected"] }]);
  const [inbox] = [await mock.inbox(), await mock.inbox()]; // subscribed once
  const id = await disconnect(mock);
  const entry = await inbox.waitFor("account.disconnected");

  assert.equal(inbox.url, `${server.url}/_mock/inbox/mine`);
  assert.deepEqual((await mock.getWebhooks()).map(({ url }) => url), ["http://127.0.0.1:9/closed", "/_mock/inbox/mine"]);
  assert.deepEqual(await inbox.list(), [entry]);
  assert.equal((entry.json as { data: { id: string } }).data.id, id);
  await inbox.clear();
  assert.deepEqual(await inbox.list(), []);
});

test("what the inbox calls valid is valid for a receiver", async () => {
  const mock = server.world("signed");
  const inbox = await mock.inbox();
  await mock.putWebhooks([{ url: inbox.url, signing_secret: "whsec_mine" }]);
  await disconnect(mock);
  const { body, headers, signature }: InboxEntry = await inbox.waitFor("account.disconnected");

  assert.equal(signature.verdict, "valid");
  assert.equal(verifyWebhook(body, headers["x-postfuze-signature"], "whsec_mine").event, "account.disconnected");
});

test("the world of a key that is read-only has the same inbox", async () => {
  const mock = server.world("shared_readonly");
  assert.equal((await mock.inbox()).url, (await server.world("shared").inbox()).url);
});
