/// <reference lib="esnext.disposable" preserve="true" />
import { createHash } from "node:crypto";

import { exchange } from "./exchange.js";
import { ControlApi } from "./generated/control-api.js";
import { Inbox, inboxPath, worldOf } from "./inbox.js";
import type { Answer, Entry } from "./operations.js";
import { firstEntry, type WaitOptions } from "./wait.js";

type Fault = Answer<"createFault">;
type FaultPreset = Exclude<Entry<"listFaults">, Fault>;
type Event = Entry<"listEvents">;

const DEFAULT_URL = "http://127.0.0.1:8080";
const DEFAULT_KEY = "sk_live_demo";
const DEFAULT_TIMEOUT = 30_000;
const WORLD_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const LONGEST_SLUG = 40; // characters of a long name that stay readable

/** How a client reaches its world. */
export interface MockOptions {
  /** The key that opens the world; `POSTFUZE_KEY` by default, else `sk_live_demo`. */
  key?: string;
  /** The server's `--control-token`. */
  controlToken?: string;
  /** How long a call may take, in milliseconds; 30,000 by default. */
  timeout?: number;
}

/** What a customer decides on the consent screen. */
export type Decision = "approve" | "deny" | "expired" | "error";

/**
 * One world of a running mock, with a method for each call of its control API. A call that is refused, or not
 * answered, rejects with a `MockError`. `await using` resets the world at the end of its block.
 */
export class Mock extends ControlApi implements AsyncDisposable {
  override readonly url: string;
  override readonly timeout: number;
  /** The key of the world, for the code under test. */
  readonly key: string;
  readonly #controlToken: string | undefined;

  /** A client for the mock at `url`: `POSTFUZE_ORIGIN` by default, else http://127.0.0.1:8080. */
  constructor(url = process.env["POSTFUZE_ORIGIN"] ?? DEFAULT_URL, options: MockOptions = {}) {
    super();
    this.url = originOf(url);
    this.key = options.key ?? process.env["POSTFUZE_KEY"] ?? DEFAULT_KEY;
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.#controlToken = options.controlToken;
  }

  /** The URL of the API, for the code under test. */
  get apiUrl(): string {
    return `${this.url}/api/v1`;
  }

  /**
   * Another world of the same mock. A name is 1 to 64 of A-Z, a-z, 0-9, _ and -; any other text, such as the title of
   * a test, is made into one. Equal names open equal worlds.
   */
  world(name: string): Mock {
    const key = `sk_test_${WORLD_NAME.test(name) ? name : slug(name)}`;
    return new Mock(this.url, { ...this.options, key });
  }

  /**
   * Decide as the customer whose browser was sent to `authUrl`; `pages` is how many pages are approved. Returns the
   * parameters that the `redirect_uri` gets.
   */
  async decide(
    authUrl: string,
    decision: Decision = "approve",
    options: { pages?: number } = {},
  ): Promise<Record<string, string>> {
    const url = new URL(authUrl);
    url.searchParams.set("decision", decision);
    if (options.pages !== undefined) url.searchParams.set("pages", String(options.pages));
    const request = { method: "GET", url: url.href, headers: { accept: "application/json" }, timeout: this.timeout };
    const call = `GET ${url.pathname} (${decision})`; // without the query: its state is a secret
    const { headers, text } = await exchange(call, request);
    const location = headers.get("location");
    if (location !== null) return Object.fromEntries(new URL(location).searchParams);
    return JSON.parse(text) as Record<string, string>;
  }

  /** The first event of this name, once it is there. Rejects with an AssertionError that says what came instead. */
  waitForEvent(event: Event["event"], options: WaitOptions = {}): Promise<Event> {
    return firstEntry(event, options, (query) => this.listEvents(query));
  }

  /** The inbox of this world. From now on it receives the world's events, until a reset. */
  async inbox(): Promise<Inbox> {
    const name = worldOf(this.key);
    const webhooks = await this.getWebhooks();
    const url = inboxPath(name);
    if (!webhooks.some((webhook) => webhook.url.endsWith(url))) await this.putWebhooks([...webhooks, { url }]);
    return new Inbox(this, name);
  }

  /** The scripted faults of this world, oldest first; with `presets`, the ready-made ones. */
  override listFaults(query: { presets: true; limit?: number }): Promise<FaultPreset[]>;
  override listFaults(query?: { presets?: false; limit?: number }): Promise<Fault[]>;
  override listFaults(query: { presets?: boolean; limit?: number } = {}): Promise<(Fault | FaultPreset)[]> {
    return super.listFaults(query);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }

  protected override get headers(): Record<string, string> {
    const token = this.#controlToken;
    return {
      accept: "application/json",
      authorization: `Bearer ${this.key}`,
      ...(token === undefined ? {} : { "x-mock-control-token": token }),
    };
  }

  protected get options(): MockOptions {
    const token = this.#controlToken;
    return { key: this.key, timeout: this.timeout, ...(token === undefined ? {} : { controlToken: token }) };
  }
}

/** A world's name made from any text: what is readable of it, and a hash that keeps two texts apart. */
function slug(text: string): string {
  const readable = text.replace(/[^A-Za-z0-9]+/g, "-").slice(0, LONGEST_SLUG);
  return `${readable}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

function originOf(url: string): string {
  if (/^https?:\/\/[^/]/.test(url)) {
    return new URL(url).origin;
  }
  throw new TypeError(`The URL of a mock is like ${DEFAULT_URL}, not ${JSON.stringify(url)}.`);
}
