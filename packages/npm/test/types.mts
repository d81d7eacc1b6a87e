// Type-checked and not run: what a user writes has the types of the specifications.

import type { api, control, StartOptions } from "postfuze-mock";
import { Mock } from "postfuze-mock";

const mock = new Mock();

export const account: Promise<api.components["schemas"]["SocialAccount"]> = mock.createAccount({ platform: "x" });
export const clock: Promise<control.components["schemas"]["Clock"]> = mock.advanceClock({ seconds: 60 });
export const nothing: Promise<undefined> = mock.reset({ all: true, world: "empty" });
export const events: Promise<control.components["schemas"]["Event"][]> = mock.listEvents({ event: "account.connected" });
export const hits: Promise<number[]> = mock.listFaults().then((faults) => faults.map((fault) => fault.hits));
export const options: StartOptions = { logFormat: "json", allowHost: ["mock.test"], stateFileSync: "always" };

// @ts-expect-error: no such platform
await mock.createAccount({ platform: "myspace" });
// @ts-expect-error: no such event
await mock.listEvents({ event: "account.renamed" });
// @ts-expect-error: `seconds` is missing
await mock.advanceClock({});
// @ts-expect-error: the client follows cursors itself
await mock.listRequests({ cursor: "x" });
// @ts-expect-error: no such setting
export const wrong: StartOptions = { exitOnStdinClose: false };
