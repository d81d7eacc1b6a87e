import { AssertionError } from "node:assert";

const LONGEST_WAIT = 60; // seconds that the mock holds an answer
const DEFAULT_TIMEOUT = 5_000;

/** How to wait for an event. */
export interface WaitOptions {
  /** How long to wait, in milliseconds; 5,000 by default. */
  timeout?: number;
  /** The `id` of an entry: only later ones count. */
  since?: string;
}

interface Query<Name> {
  event?: Name;
  since?: string;
  wait?: number;
}

/**
 * The first entry of a list that has an `event`, once it is there. Rejects with an AssertionError that says what came
 * instead; `where` ends its first part.
 */
export async function firstEntry<Name extends string, Entry extends { event: string | null }>(
  event: Name,
  { timeout = DEFAULT_TIMEOUT, ...since }: WaitOptions,
  list: (query: Query<Name>) => Promise<Entry[]>,
  where = "",
): Promise<Entry> {
  // Not by the time of this process, which a test may have replaced by one of its own.
  for (let left = timeout / 1000; left >= 0; left -= LONGEST_WAIT) {
    const [first] = await list({ ...since, event, wait: Math.min(left, LONGEST_WAIT) });
    if (first !== undefined) return first;
  }
  const others = (await list(since)).map((entry) => entry.event ?? "something without an event");
  const message = `${event} did not come${where} within ${timeout} ms; ${instead(others)}`;
  throw new AssertionError({ message, actual: others, expected: [event], operator: "waitFor" });
}

function instead(events: string[]): string {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1);
  const parts = [...counts].map(([event, count]) => (count === 1 ? event : `${event} (${count} times)`));
  return parts.length > 0 ? `instead: ${parts.join(", ")}` : "nothing else did";
}
