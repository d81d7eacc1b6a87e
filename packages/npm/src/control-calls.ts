import { exchange } from "./exchange.js";

const MAX_LIMIT = 1000; // entries of a page

interface Parts {
  query?: Record<string, unknown>;
  body?: unknown;
}

interface Page<Entry> {
  data: Entry[];
  next_cursor: string | null;
}

/** How the methods of the control API reach it. */
export abstract class ControlCalls {
  /** The server's URL, without a path. */
  abstract readonly url: string;
  /** How long a call may take, in milliseconds. */
  abstract readonly timeout: number;
  protected abstract readonly headers: Record<string, string>;

  /** The JSON answer to a call below `/_mock`. */
  protected async send<Answer>(method: string, path: string, { query = {}, body }: Parts = {}): Promise<Answer> {
    const target = `/_mock${path}${queryString(query)}`;
    const headers = body === undefined ? this.headers : { ...this.headers, "content-type": "application/json" };
    const wait = typeof query["wait"] === "number" ? query["wait"] * 1000 : 0; // the mock holds its answer so long
    const { text } = await exchange(`${method} ${target}`, {
      method,
      url: `${this.url}${target}`,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      timeout: this.timeout + wait,
    });
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  /** The entries of an answer that has nothing else. */
  protected async entries<Entry>(method: string, path: string, parts?: Parts): Promise<Entry[]> {
    return (await this.send<Page<Entry>>(method, path, parts)).data;
  }

  /** The entries of all pages, or the first `limit` of them. A list that is oldest first begins with its newest page. */
  protected async list<Entry>(
    path: string,
    { limit = Infinity, ...query }: { limit?: number },
    order: "oldest-first" | "newest-first",
  ): Promise<Entry[]> {
    const pages: Entry[][] = [];
    let left = limit;
    let cursor: string | null = null;
    do {
      const parts: Parts = { query: { ...query, limit: Math.min(left, MAX_LIMIT), cursor } };
      const page: Page<Entry> = await this.send("GET", path, parts);
      pages.push(page.data);
      left -= page.data.length;
      cursor = page.next_cursor;
    } while (cursor !== null && left > 0);
    return (order === "oldest-first" ? pages.reverse() : pages).flat();
  }
}

/** Members without a value are not sent. */
function queryString(query: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) parameters.append(name, String(value));
  }
  return parameters.size ? `?${parameters}` : "";
}
