import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";

import { type api, Mock, MockError, type RunningMock, start } from "postfuze-mock";

import { call, read } from "./calls.mjs";

let server: RunningMock;

before(async () => {
  server = await start();
});
after(() => server.stop());

test("each key is a world, and equal names open equal worlds", async () => {
  const [one, same, other] = [server.world("one"), server.world("one"), server.world("other")];
  await one.createAccount({ platform: "x", username: "only-here" });

  assert.equal(one.key, "sk_test_one");
  assert.equal((await same.searchAccounts({ q: "only-here" })).length, 1);
  assert.equal((await other.searchAccounts({ q: "only-here" })).length, 0);
});

test("the title of a test names a world", async () => {
  const keys = ["Zoë: 2 > 1?", "Zoë: 2 < 1?", "x".repeat(100)].map((title) => server.world(title).key);

  assert.equal(new Set(keys).size, 3);
  for (const key of keys) {
    assert.match(key, /^sk_test_[A-Za-z0-9_-]{1,64}$/);
    assert.equal((await new Mock(server.url, { key }).searchAccounts({ limit: 1 })).length, 1);
  }
});

test("the environment says where the mock is", () => {
  process.env["POSTFUZE_ORIGIN"] = "http://127.0.0.1:9999";
  process.env["POSTFUZE_KEY"] = "sk_test_environment";
  const mock = new Mock();
  delete process.env["POSTFUZE_ORIGIN"];
  delete process.env["POSTFUZE_KEY"];

  assert.equal(mock.apiUrl, "http://127.0.0.1:9999/api/v1");
  assert.equal(mock.key, "sk_test_environment");
  assert.equal(new Mock().key, "sk_live_demo");
});

test("what is no URL of a mock is refused in words", () => {
  assert.throws(() => new Mock("localhost:8080"), {
    name: "TypeError",
    message: 'The URL of a mock is like http://127.0.0.1:8080, not "localhost:8080".',
  });
});

test("a list is returned whole, or as much of it as is asked for", async () => {
  const world = server.world("many");
  const newest = (await world.searchAccounts({ limit: 1 }))[0]!;
  for (let day = 0; day < 3; day++) {
    const hours = Array.from({ length: 500 }, (_, hour) => new Date(Date.UTC(2026, 0, 1 + 30 * day, hour)));
    await world.createSnapshots(newest.id, { snapshots: hours.map((at) => ({ captured_at: at.toISOString() })) });
  }
  const all = await world.listSnapshots(newest.id);
  const instants = all.map((snapshot) => String(snapshot["captured_at"]));

  assert(all.length >= 1500, "more than one page");
  assert.deepEqual(instants, [...instants].sort(), "oldest first, over all pages");
  assert.deepEqual(await world.listSnapshots(newest.id, { limit: 2 }), all.slice(-2));
  assert.equal((await world.searchAccounts())[0]!.id, newest.id);
});

test("a world goes back to its first state", async () => {
  const world = server.world("reset");
  const first = await world.getState();
  await world.createAccount({ platform: "x" });
  await world.reset({ world: "empty" });
  assert.equal((await world.searchAccounts()).length, 0);

  await world.putState(first);
  assert.equal((await world.searchAccounts()).length, 120);
});

test("all worlds are reset at once", async () => {
  const world = server.world("one-of-all");
  await world.createAccount({ username: "gone-soon" });
  await server.reset({ all: true });
  assert.deepEqual(await world.searchAccounts({ q: "gone-soon" }), []);
});

test("the world of an `await using` block is reset at its end", async () => {
  const world = server.world("block");
  await world.createFault({ operation: "*", effect: { status: 503 } });
  await world[Symbol.asyncDispose]();
  assert.deepEqual(await world.listFaults(), []);
});

test("a refusal says what is wrong", async () => {
  await assert.rejects(server.putClock({ now: "noon" }), (error) => {
    assert(error instanceof MockError);
    assert.equal(error.status, 400);
    assert.equal(error.code, "validation_failed");
    assert.equal(error.message, `PUT /_mock/clock answered 400: ${error.detail}`);
    assert.equal(error.errors[0]?.pointer, "/now");
    return true;
  });
});

test("a server that is no mock is recognized", async () => {
  const other = createServer((_, response) => response.writeHead(404).end("<h1>Not\n found</h1>"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const message = "GET /_mock/clock answered 404: <h1>Not found</h1> (is this a postfuze-mock?)";
  await assert.rejects(new Mock(`http://127.0.0.1:${port}`).getClock(), { message });
  other.closeAllConnections();
  other.close();
});

test("a server that does not answer is given up", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const mock = new Mock(`http://127.0.0.1:${port}`, { timeout: 50 });
  await assert.rejects(mock.getClock(), /did not answer within 0.05 seconds/);
  silent.closeAllConnections();
  silent.close();
});

test("faults are set, listed and hit", async () => {
  const world = server.world("faults");
  await world.createFault({ operation: "listSocialAccounts", effect: { status: 429, retry_after: 2 }, times: 1 });
  const refused = await call(world, "GET", "/social-accounts");

  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "2");
  assert.deepEqual((await world.listFaults()).map((fault) => fault.hits), [1]);
  assert((await world.listFaults({ presets: true })).every((preset) => preset.title));
  assert.deepEqual((await world.listRequests({ status: "429" })).map((entry) => entry.operation), ["listSocialAccounts"]);
});

test("a customer decides", async () => {
  const world = server.world("connect");
  const request = { redirect_uri: "http://localhost:3000/connected" };
  const path = "/social-networks/facebook/auth-url";
  const { auth_url } = await read<{ auth_url: string }>(world, "POST", path, request);
  const redirect = await world.decide(auth_url, "approve", { pages: 3 });
  const pending = `/social-accounts/pending/${redirect["session_token"]}`;
  const offer = await read<api.components["schemas"]["PendingConnection"]>(world, "GET", pending);

  assert.equal(redirect["status"], "pending");
  assert.equal(offer.availablePages.length, 3);
  await assert.rejects(world.decide(auth_url, "deny"), { name: "MockError" });
});
