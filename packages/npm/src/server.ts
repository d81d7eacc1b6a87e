/// <reference lib="esnext.disposable" preserve="true" />
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

import { StartError } from "./errors.js";
import { findExecutable } from "./executable.js";
import { flags } from "./flags.js";
import type { ServeOptions } from "./generated/serve-options.js";
import { Mock, type MockOptions } from "./mock.js";

const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 10_000;
const LONGEST_LOG = 16_384; // characters of stderr that a failed start shows
const READY = /^postfuze-mock ready at (\S+)$/m;
const USAGE = /^usage: .*\n(?:\s.*\n)*/;

/** How a server is started: its settings, and those of the client. */
export interface StartOptions extends ServeOptions, Pick<MockOptions, "key" | "timeout"> {
  /** How long the start may take, in milliseconds; 30,000 by default. */
  startTimeout?: number;
  /** Whether the server's log is shown on stderr; it is not by default. */
  log?: boolean;
}

/** A mock that this process started. `await using` stops it at the end of its block. */
export class RunningMock extends Mock {
  readonly #server: ChildProcessWithoutNullStreams;

  /** @internal */
  constructor(server: ChildProcessWithoutNullStreams, url: string, options: MockOptions) {
    super(url, options);
    this.#server = server;
  }

  /** Stop the server, in good order if it can. May be called again. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.ref(); // so that this process does not end first
    server.stdin.end();
    const timer = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT);
    await once(server, "exit");
    clearTimeout(timer);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * Start a mock on a free port of 127.0.0.1 and wait until it is ready. It ends with this process, however that ends,
 * and does not keep it running. Rejects with a StartError that has the server's own words if it does not start.
 */
export async function start(options: StartOptions = {}): Promise<RunningMock> {
  const { key, timeout, startTimeout = START_TIMEOUT, log = false, ...settings } = options;
  const server = launch(settings);
  if (log) server.stderr.pipe(process.stderr, { end: false });
  const url = await ready(server, startTimeout);
  release(server);
  return new RunningMock(server, url, compact<MockOptions>({ key, timeout, controlToken: settings.controlToken }));
}

/**
 * What may be secret is no flag, because those are visible to other users of the machine. The worlds are the server's
 * own, in memory, unless the caller says otherwise: what the environment says is for a mock that others share.
 */
function launch({ controlToken, state, ...settings }: ServeOptions): ChildProcessWithoutNullStreams {
  const secret = compact<Record<string, string>>({ POSTFUZE_MOCK_CONTROL_TOKEN: controlToken, POSTFUZE_MOCK_STATE: state ?? "memory" });
  const command = ["serve", "--exit-on-stdin-close", ...flags({ port: 0, workers: 1, ...settings })];
  const server = spawn(findExecutable(), command, { env: { ...process.env, ...secret }, windowsHide: true });
  server.stdin.on("error", () => {}); // the server may be gone when it is told to stop
  return server;
}

/** The URL of the server, as soon as it is ready. Ends a server that is not. */
async function ready(server: ChildProcessWithoutNullStreams, timeout: number): Promise<string> {
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-LONGEST_LOG)));
  const failed = (what: string) => new StartError(`${what}: ${log.replace(USAGE, "").trim() || "it said nothing"}`);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      readyUrl(server, resolve);
      server.once("error", (error) => reject(new StartError(`The mock does not start: ${error.message}`)));
      server.once("close", (code) => reject(failed(`The mock ended with ${code}`)));
      timer = setTimeout(() => reject(failed(`The mock is not ready after ${timeout} ms`)), timeout);
    });
  } catch (error) {
    server.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function readyUrl({ stdout }: ChildProcessWithoutNullStreams, resolve: (url: string) => void): void {
  let output = "";
  stdout.setEncoding("utf8").on("data", (text: string) => {
    const url = READY.exec((output += text))?.[1];
    if (url !== undefined) resolve(url);
  });
}

/** Let this process end while the server runs; that closes its stdin, which ends it. */
function release(server: ChildProcessWithoutNullStreams): void {
  server.unref();
  for (const stream of [server.stdin, server.stdout, server.stderr]) {
    (stream as { unref?: () => void }).unref?.(); // they are sockets
  }
}

/** Without the members that are undefined. */
function compact<T extends object>(options: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
