// The command line of a server, from its settings.

import type { ServeOptions } from "./generated/serve-options.js";

/** The flags of `postfuze-mock serve` for these settings. */
export function flags(settings: ServeOptions): string[] {
  return Object.entries(settings).flatMap(([name, value]) => flag(`--${kebab(name)}`, value as unknown));
}

/** A list repeats its flag, and so does a record, with `NAME=VALUE`. */
function flag(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value === "boolean") return [value ? name : name.replace("--", "--no-")];
  if (Array.isArray(value)) return value.flatMap((each) => flag(name, each));
  if (value === null || typeof value !== "object") return [`${name}=${String(value)}`];
  return Object.entries(value).map(([key, each]) => `${name}=${key}=${String(each)}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
