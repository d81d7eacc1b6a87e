import { MockError } from "./errors.js";

const LONGEST_QUOTE = 200; // characters of an answer that is no problem document

export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
  /** In milliseconds. */
  timeout: number;
}

export interface Response {
  status: number;
  headers: { get(name: string): string | null };
  text: string;
}

/** Send a request and return a successful response. Throws a MockError for any other; `call` names the request in it. */
export async function exchange(call: string, request: Request): Promise<Response> {
  const response = await send(call, request);
  if (response.status >= 400) throw refusal(call, response);
  return response;
}

async function send(call: string, { method, url, headers, body, timeout }: Request): Promise<Response> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const answer = await fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    throw new MockError(call, noAnswer(error, new URL(url), timeout), undefined, {}, error);
  }
}

/** Why there is no answer; fetch has the reason as a cause, on Node 18 below an AggregateError. */
function noAnswer(error: unknown, { origin, port }: URL, timeout: number): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `${origin} did not answer within ${timeout / 1000} seconds`;
  }
  const cause = error instanceof Error && error.cause ? error.cause : error;
  if ((cause as NodeJS.ErrnoException).code === "ECONNREFUSED") {
    return `no mock listens at ${origin}; start one with: postfuze-mock serve --port ${port || 80}`;
  }
  return `${origin} did not answer: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function refusal(call: string, { status, text }: Response): MockError {
  const problem = parsed(text);
  const detail = problem?.["detail"] ?? problem?.["title"];
  if (typeof detail === "string") return new MockError(call, detail, status, problem);
  const quote = text.split(/\s+/).join(" ").trim().slice(0, LONGEST_QUOTE) || "an empty response";
  return new MockError(call, `${quote} (is this a postfuze-mock?)`, status);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
