// Calls every operation with types of openapi-typescript and openapi-fetch; the demo world has these ids.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

const ACCOUNT = { path: { id: "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234" } };
const SESSION = { path: { sessionToken: "9f8e7d6c5b4a39281706" } };

const api = createClient<paths>({
    baseUrl: process.env.POSTFUZE_URL!,
    headers: { Authorization: `Bearer ${process.env.POSTFUZE_KEY}` },
});

async function metrics(id: string, query?: { since: string }): Promise<components["schemas"]["AccountMetrics"]> {
    const { data } = await api.GET("/social-accounts/{id}/metrics", { params: { path: { id }, query } });
    return data!;
}

async function main(): Promise<void> {
    const service = await api.GET("/health");
    assert.equal(service.data!.service, "PostFuze");

    const first = await api.GET("/social-accounts", { params: { query: { limit: 2 } } });
    const cursor = first.data!.next_cursor!;
    const second = await api.GET("/social-accounts", { params: { query: { limit: 2, cursor } } });
    assert.equal(new Set([...first.data!.data, ...second.data!.data].map((account) => account.id)).size, 4);
    const silent = await api.GET("/social-accounts", { params: { query: { platform: "facebook", username: "silent" } } });

    const account = await api.GET("/social-accounts/{id}", { params: ACCOUNT });
    assert.equal(account.data!.username, "acme");

    const value = await metrics(ACCOUNT.path.id);
    assert.ok("captured_at" in value && value.followers === 18420 && value.source === "live");
    const series = await metrics(ACCOUNT.path.id, { since: "2026-06-01" });
    assert.ok("data" in series && series.data[0].followers === 18012);
    const none = await metrics(silent.data!.data[0].id);
    assert.ok("message" in none && none.metrics === null);

    const health = await api.GET("/social-accounts/{id}/health", { params: ACCOUNT });
    assert.equal(health.data!.healthy, true);

    const start = { params: { path: { platform: "facebook" as const } } };
    assert.ok((await api.POST("/social-networks/{platform}/auth-url", start)).data!.auth_url);
    const body = { redirect_uri: "http://localhost:3000/connected" };
    assert.ok((await api.POST("/social-networks/{platform}/auth-url", { ...start, body })).data!.auth_url);

    const pending = await api.GET("/social-accounts/pending/{sessionToken}", { params: SESSION });
    const selection = { selectedPageIds: [pending.data!.availablePages[0].id] };
    const finalize = { params: SESSION, body: selection };
    const connection = await api.POST("/social-accounts/pending/{sessionToken}/finalize", finalize);
    const [connected] = connection.data!.connectedAccounts;
    assert.equal(connected.username, "acmestore");

    const path = { params: { path: { id: connected.id } } };
    assert.deepEqual((await api.DELETE("/social-accounts/{id}", path)).data, { id: connected.id, deleted: true });
    const gone = await api.GET("/social-accounts/{id}", path);
    assert.equal(gone.error!.title, "Not Found");
}

void main();
