import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "node:test";

import { Mock, MockError, StartError, start } from "postfuze-mock";

const isRefused = { name: "MockError", status: undefined, message: /no mock listens at/ };

test("a mock starts on a port of its own and stops", async () => {
  const mock = await start();
  assert.equal((await mock.getMockHealth()).status, "ok");

  await mock.stop();
  await assert.rejects(mock.getMockHealth(), isRefused);
  await mock.stop(); // nothing is left to do
});

test("mocks that start at the same time do not see each other", async () => {
  const mocks = await Promise.all([start({ seed: 1 }), start({ seed: 2 })]);
  const seeds = await Promise.all(mocks.map(async (mock) => (await mock.getMockHealth()).seed));
  assert.deepEqual(seeds, [1, 2]);
  await Promise.all(mocks.map((mock) => mock.stop()));
});

test("settings become flags, of each kind", async () => {
  const mock = await start({
    clock: "2026-06-14T12:10:00Z,frozen",
    world: "empty",
    rateLimits: true,
    strictKeys: false,
    assume: { "list.disabled": "hidden", "delete.again": "410" },
    redirectAllow: ["app.example.com", "*.example.org"],
    idleTimeout: 0.5,
    key: "sk_test_mine",
  });
  const { assume } = await mock.getState();
  assert.deepEqual(await mock.getClock(), { now: "2026-06-14T12:10:00.000Z", frozen: true });
  assert.deepEqual(assume, { "list.disabled": "hidden", "delete.again": "410" });
  assert.deepEqual(await mock.searchAccounts(), []);
  await mock.stop();
});

test("a control token is asked for, and sent", async () => {
  const mock = await start({ controlToken: "s3cret" });
  await assert.rejects(new Mock(mock.url).getClock(), { status: 401 });
  assert.equal((await mock.world("mine").getClock()).frozen, false);
  await mock.stop();
});

test("a start that fails says what the server said", async () => {
  await assert.rejects(start({ world: "nowhere.yaml" }), (error) => {
    assert(error instanceof StartError);
    assert.equal(error.message, "The mock ended with 2: postfuze-mock: there is no world file nowhere.yaml");
    return true;
  });
  await assert.rejects(start({ port: 70_000 }), { message: /^The mock ended with 2: postfuze-mock serve: error: .*--port/ });
});

test("a start that takes too long is given up", async () => {
  await assert.rejects(start({ startTimeout: 1 }), /is not ready after 1 ms/);
});

test("a mock that nobody stopped lets the process end", async () => {
  const program = 'require("postfuze-mock").start().then((mock) => console.log(mock.url))';
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { timeout: 60_000 });
  await ended(new Mock(stdout.trim()));
});

test("a block with `await using` stops its mock", async () => {
  const mock = await start();
  await mock[Symbol.asyncDispose]();
  await assert.rejects(mock.getClock(), isRefused);
});

/** Once the server is gone; it ends soon after the process that started it. */
async function ended(mock: Mock): Promise<void> {
  try {
    for (;;) await mock.getMockHealth();
  } catch (error) {
    assert(error instanceof MockError && error.status === undefined);
  }
}
