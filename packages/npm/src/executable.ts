import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { StartError } from "./errors.js";

const VARIABLE = "POSTFUZE_MOCK_BINARY";
const PROGRAM = process.platform === "win32" ? "postfuze-mock.exe" : "postfuze-mock";

/**
 * The path of the `postfuze-mock` to run: that of `POSTFUZE_MOCK_BINARY`, else that of the package for this platform,
 * else the first on the PATH. Throws a StartError if there is none.
 */
export function findExecutable(): string {
  return fromEnvironment() ?? fromPackage() ?? fromPath() ?? missing();
}

/** The package that has the executable for this platform. */
function platformPackage(): string {
  return `@postfuze-mock/${process.platform}-${process.arch}`;
}

function fromEnvironment(): string | undefined {
  const path = process.env[VARIABLE];
  if (!path || isExecutable(path)) return path || undefined;
  throw new StartError(`${VARIABLE} is ${path}, which is not an executable file.`);
}

function fromPackage(): string | undefined {
  try {
    return require.resolve(`${platformPackage()}/bin/${PROGRAM}`);
  } catch {
    return undefined;
  }
}

/** Not among npm's links, where this package's own command is. */
function fromPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const others = folders.filter((folder) => folder && !folder.includes(join("node_modules", ".bin")));
  return others.map((folder) => join(folder, PROGRAM)).find(isExecutable);
}

function missing(): never {
  throw new StartError(
    `There is no postfuze-mock to run: ${platformPackage()} is not installed (npm leaves it out with ` +
      `--omit=optional, and not every platform has one), ${VARIABLE} is not set, and none is on the PATH.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
