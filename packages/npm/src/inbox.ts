import type { ControlApi } from "./generated/control-api.js";
import type { Entry, ListQuery } from "./operations.js";
import { firstEntry, type WaitOptions } from "./wait.js";

const KEY = /^sk_(?:live|test)_([A-Za-z0-9_-]+?)(?:_readonly|_revoked|_expired)?$/;

/** A delivery as it came, with a verdict on its signature. */
export type InboxEntry = Entry<"listInbox">;

/** A receiver of webhooks in the mock. */
export class Inbox {
  /** Where webhooks send to. */
  readonly url: string;
  readonly #mock: ControlApi;
  readonly #name: string;

  /** The inbox `name` of a mock. */
  constructor(mock: ControlApi, name: string) {
    this.url = `${mock.url}${inboxPath(name)}`;
    this.#mock = mock;
    this.#name = name;
  }

  /** What it has received, oldest first. */
  list(query: ListQuery<"listInbox"> = {}): Promise<InboxEntry[]> {
    return this.#mock.listInbox(this.#name, query);
  }

  /** The first delivery of `event`, once it is there. Rejects with an AssertionError that says what came instead. */
  waitFor(event: string, options: WaitOptions = {}): Promise<InboxEntry> {
    return firstEntry(event, options, (query) => this.list(query), ` to the inbox ${this.#name}`);
  }

  /** Remove all entries. */
  async clear(): Promise<void> {
    await this.#mock.clearInbox(this.#name);
  }
}

/** The URL of an inbox for the mock that has it. */
export function inboxPath(name: string): string {
  return `/_mock/inbox/${name}`;
}

/** The name of the world that a key opens. */
export function worldOf(key: string): string {
  const name = KEY.exec(key)?.[1];
  if (name === undefined) throw new TypeError("The world of this key has no inbox: only sk_live_NAME and sk_test_NAME name one.");
  return name;
}
