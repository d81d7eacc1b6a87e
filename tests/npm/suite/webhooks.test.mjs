import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { start, verifyWebhook } from "postfuze-mock";

import { Client } from "./client.mjs";

const SECRET = "whsec_mine";

let server;
before(async () => (server = await start()));
after(() => server.stop());

test("a disconnected account sends its event to the inbox", async (t) => {
  const mock = server.world(t.name);
  const inbox = await mock.inbox();
  const [{ id }] = await mock.searchAccounts({ limit: 1 });
  await new Client(mock).call("DELETE", `/social-accounts/${id}`);
  const entry = await inbox.waitFor("account.disconnected");

  assert.equal(entry.json.data.id, id);
  assert.equal(entry.signature.verdict, "valid");
});

test("a connected account sends its event to the inbox", async (t) => {
  const mock = server.world(t.name);
  const inbox = await mock.inbox();
  const { session_token, pages } = await mock.createSession({ network: "facebook", pages: 2 });
  const [account] = await new Client(mock).finalize(session_token, [pages[0].id]);
  assert.equal((await inbox.waitFor("account.connected")).json.data.id, account.id);
});

test("a receiver of one's own verifies what it gets", async (t) => {
  const mock = server.world(t.name);
  const receiver = createServer().listen(0, "127.0.0.1");
  await once(receiver, "listening");
  t.after(() => receiver.close());
  const event = new Promise((resolve, reject) => {
    receiver.on("request", async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.writeHead(204).end();
      try {
        resolve(verifyWebhook(body, request.headers["x-postfuze-signature"], SECRET));
      } catch (error) {
        reject(error);
      }
    });
  });
  const url = `http://127.0.0.1:${receiver.address().port}/hook`;
  await mock.putWebhooks([{ url, signing_secret: SECRET }]);
  const { id } = await mock.createAccount({ platform: "x" });
  await new Client(mock).call("DELETE", `/social-accounts/${id}`);

  assert.equal((await event).data.id, id);
});

test("an event that does not come is missed, with those that came", async (t) => {
  const mock = server.world(t.name);
  const [{ id }] = await mock.searchAccounts({ limit: 1 });
  await mock.deleteAccount(id);
  await assert.rejects(mock.waitForEvent("account.connected", { timeout: 0 }), (error) => {
    assert.equal(error.name, "AssertionError");
    assert.match(error.message, /account\.connected.*account\.disconnected/s);
    return true;
  });
});

test("a reset empties the inbox", async (t) => {
  const mock = server.world(t.name);
  const inbox = await mock.inbox();
  const [{ id }] = await mock.searchAccounts({ limit: 1 });
  await mock.deleteAccount(id);
  await inbox.waitFor("account.disconnected");
  await mock.reset();
  assert.deepEqual(await inbox.list(), []);
});
