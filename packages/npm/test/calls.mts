// Calls of the API, as the code under test makes them.

import type { Mock } from "postfuze-mock";

export async function call(mock: Mock, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${mock.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${mock.key}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** The answer's JSON, as the type that the caller names. */
export async function read<Answer>(mock: Mock, method: string, path: string, body?: unknown): Promise<Answer> {
  return (await call(mock, method, path, body)).json() as Promise<Answer>;
}
