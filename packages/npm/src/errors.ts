import type { components } from "./generated/api.js";

type Problem = components["schemas"]["Problem"];

/** The mock refused a call, or did not answer. */
export class MockError extends Error {
  override readonly name = "MockError";
  /** The HTTP status; undefined without a response. */
  readonly status: number | undefined;
  /** What is wrong, in words. */
  readonly detail: string;
  /** What is wrong, for programs: `not_found`, `validation_failed` … */
  readonly code: string | undefined;
  /** What is wrong with each member of a body or query. */
  readonly errors: NonNullable<Problem["errors"]>;

  constructor(call: string, detail: string, status?: number, problem: Partial<Problem> = {}, cause?: unknown) {
    super(status === undefined ? `${call}: ${detail}` : `${call} answered ${status}: ${detail}`, { cause });
    this.status = status;
    this.detail = detail;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
  }
}

/** A server did not start. The message has the server's own words. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A webhook's signature is not valid. The message says why. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
}
