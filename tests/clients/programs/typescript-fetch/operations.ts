// Calls every operation with a client of OpenAPI Generator (typescript-fetch); the demo world has these ids.
import assert from "node:assert/strict";
import * as postfuze from "./api";

const id = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234";
const sessionToken = "9f8e7d6c5b4a39281706";

const configuration = new postfuze.Configuration({
    basePath: process.env.POSTFUZE_URL!,
    accessToken: process.env.POSTFUZE_KEY!,
});
const accounts = new postfuze.AccountsApi(configuration);
const connectFlow = new postfuze.ConnectFlowApi(configuration);
const metrics = new postfuze.MetricsApi(configuration);

async function main(): Promise<void> {
    const service = await new postfuze.ServiceApi(configuration).getServiceHealth();
    assert.equal(service.service, "PostFuze");

    const first = await accounts.listSocialAccounts({ limit: 2 });
    const second = await accounts.listSocialAccounts({ limit: 2, cursor: first.nextCursor! });
    assert.equal(new Set([...first.data, ...second.data].map((account) => account.id)).size, 4);
    const silent = await accounts.listSocialAccounts({ platform: postfuze.Platform.Facebook, username: "silent" });

    const account = await accounts.getSocialAccount({ id });
    assert.equal(account.username, "acme");
    assert.equal(account.createdAt.toISOString(), "2026-06-01T09:30:00.000Z");

    const value = await metrics.getSocialAccountMetrics({ id });
    assert.ok("capturedAt" in value && value.followers === 18420 && value.source === postfuze.MetricsSource.Live);
    const series = await metrics.getSocialAccountMetrics({ id, since: "2026-06-01" });
    assert.ok("data" in series && series.data[0].followers === 18012);
    const none = await metrics.getSocialAccountMetrics({ id: silent.data[0].id });
    assert.ok("message" in none && none.metrics === null);

    const health = await new postfuze.HealthApi(configuration).getSocialAccountHealth({ id });
    assert.equal(health.healthy, true);

    const platform = postfuze.Platform.Facebook;
    assert.ok((await connectFlow.createAuthUrl({ platform })).authUrl);
    const authUrlRequest = { redirectUri: "http://localhost:3000/connected" };
    assert.ok((await connectFlow.createAuthUrl({ platform, authUrlRequest })).authUrl);

    const pending = await connectFlow.listPendingPages({ sessionToken });
    const pageSelection = { selectedPageIds: [pending.availablePages[0].id] };
    const connection = await connectFlow.finalizeConnection({ sessionToken, pageSelection });
    const [connected] = connection.connectedAccounts;
    assert.equal(connected.username, "acmestore");

    assert.equal((await accounts.deleteSocialAccount({ id: connected.id })).deleted, true);
    const gone = await accounts.getSocialAccount({ id: connected.id }).catch((error: unknown) => error);
    assert.ok(gone instanceof postfuze.ResponseError);
    assert.equal(postfuze.ProblemFromJSON(await gone.response.json()).title, "Not Found");
}

void main();
