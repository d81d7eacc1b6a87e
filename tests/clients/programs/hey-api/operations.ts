// Calls every operation with a client of hey-api; the demo world has these ids.
import assert from "node:assert/strict";
import * as postfuze from "./api";
import { client } from "./api/client.gen";

const ACCOUNT = { path: { id: "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234" } };
const SESSION = { path: { sessionToken: "9f8e7d6c5b4a39281706" } };

client.setConfig({ baseUrl: process.env.POSTFUZE_URL!, auth: () => process.env.POSTFUZE_KEY!, throwOnError: true });

async function main(): Promise<void> {
    const service = await postfuze.getServiceHealth<true>();
    assert.equal(service.data.service, "PostFuze");

    const first = await postfuze.listSocialAccounts<true>({ query: { limit: 2 } });
    const second = await postfuze.listSocialAccounts<true>({ query: { limit: 2, cursor: first.data.next_cursor! } });
    assert.equal(new Set([...first.data.data, ...second.data.data].map((account) => account.id)).size, 4);
    const silent = await postfuze.listSocialAccounts<true>({ query: { platform: "facebook", username: "silent" } });

    const account = await postfuze.getSocialAccount<true>(ACCOUNT);
    assert.equal(account.data.username, "acme");

    const value = (await postfuze.getSocialAccountMetrics<true>(ACCOUNT)).data;
    assert.ok("captured_at" in value && value.followers === 18420 && value.source === "live");
    const window = { ...ACCOUNT, query: { since: "2026-06-01" } };
    const series = (await postfuze.getSocialAccountMetrics<true>(window)).data;
    assert.ok("data" in series && series.data[0].followers === 18012);
    const none = (await postfuze.getSocialAccountMetrics<true>({ path: { id: silent.data.data[0].id } })).data;
    assert.ok("message" in none && none.metrics === null);

    const health = await postfuze.getSocialAccountHealth<true>(ACCOUNT);
    assert.equal(health.data.healthy, true);

    const platform = { path: { platform: "facebook" as const } };
    assert.ok((await postfuze.createAuthUrl<true>(platform)).data.auth_url);
    const body = { redirect_uri: "http://localhost:3000/connected" };
    assert.ok((await postfuze.createAuthUrl<true>({ ...platform, body })).data.auth_url);

    const pending = await postfuze.listPendingPages<true>(SESSION);
    const selectedPageIds = [pending.data.availablePages[0].id];
    const connection = await postfuze.finalizeConnection<true>({ ...SESSION, body: { selectedPageIds } });
    const [connected] = connection.data.connectedAccounts;
    assert.equal(connected.username, "acmestore");

    const path = { id: connected.id };
    assert.equal((await postfuze.deleteSocialAccount<true>({ path })).data.deleted, true);
    const gone = await postfuze.getSocialAccount({ path, throwOnError: false });
    assert.equal(gone.error!.title, "Not Found");
}

void main();
