// vitest run vitest.test.ts
import { type Mock, type RunningMock, start } from "postfuze-mock";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let server: RunningMock;
let mock: Mock;

beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());
beforeEach(({ task }) => {
  mock = server.world(task.name); // each test has a world of its own
});

test("a list is retried after a 429", async () => {
  await mock.createFault({ operation: "listSocialAccounts", effect: { status: 429, retry_after: 0 }, times: 1 });
  const list = () => fetch(`${mock.apiUrl}/social-accounts`, { headers: { authorization: `Bearer ${mock.key}` } });

  let response = await list();
  while (response.status === 429) response = await list();

  expect(response.status).toBe(200);
  expect((await mock.listRequests()).map((entry) => entry.status)).toEqual([429, 200]);
});
