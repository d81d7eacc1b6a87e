// playwright test playwright.spec.ts
import { expect, test as base } from "@playwright/test";
import { type Mock, type RunningMock, start } from "postfuze-mock";

const test = base.extend<{ mock: Mock }, { server: RunningMock }>({
  server: [
    async ({}, use) => {
      const server = await start(); // one mock for each worker
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  mock: async ({ server }, use, { testId }) => use(server.world(testId)), // each test has a world of its own
});

test("a customer connects two pages", async ({ mock, request }) => {
  const headers = { authorization: `Bearer ${mock.key}` };
  const auth = await request.post(`${mock.apiUrl}/social-networks/facebook/auth-url`, { headers, data: {} });
  const { session_token } = await mock.decide((await auth.json()).auth_url, "approve", { pages: 2 });
  const pending = `${mock.apiUrl}/social-accounts/pending/${session_token}`;
  const { availablePages } = await (await request.get(pending)).json();
  const selectedPageIds = availablePages.map((page: { id: string }) => page.id);

  const finalized = await request.post(`${pending}/finalize`, { data: { selectedPageIds } });

  expect((await finalized.json()).connectedAccounts).toHaveLength(2);
  await mock.waitForEvent("account.connected");
});
