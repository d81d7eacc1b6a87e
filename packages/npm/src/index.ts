/**
 * A Postfuze for tests: start it, put its worlds into the state that a test needs, check what it received.
 *
 *     const mock = await start();
 *     const account = await mock.createAccount({ platform: "x", behaviour: { refresh: "fails" } });
 *     await mock.stop();
 *
 * @module
 */

import type * as api from "./generated/api.js";
import type * as control from "./generated/control.js";

export type { api, control };
export { MockError, SignatureError, StartError } from "./errors.js";
export { Inbox, type InboxEntry } from "./inbox.js";
export { Mock, type Decision, type MockOptions } from "./mock.js";
export { RunningMock, start, type StartOptions } from "./server.js";
export { type WaitOptions } from "./wait.js";
export { verifyWebhook, type WebhookEvent } from "./webhooks.js";
