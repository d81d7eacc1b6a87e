import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const modules = join(createRequire(import.meta.url).resolve("postfuze-mock/package.json"), "..", "..");
const command = join(modules, ".bin", "postfuze-mock");
const { version } = JSON.parse(await readFile(join(modules, "postfuze-mock", "package.json"), "utf8")) as { version: string };
const without = { env: { PATH: join(process.execPath, "..") }, cwd: tmpdir() };

/** A program that says who it is. */
async function program(words: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postfuze-mock-"));
  const path = join(folder, "postfuze-mock");
  await writeFile(path, `#!/bin/sh\necho ${words} "$@"\n`);
  await chmod(path, 0o755);
  return folder;
}

/** What `findExecutable` throws or returns in a copy of the package that has no package for a platform beside it. */
async function inACopy(environment: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postfuze-mock-"));
  const copy = `require("node:fs").cpSync(${JSON.stringify(join(modules, "postfuze-mock"))}, "alone", { recursive: true });`;
  const find = 'try { console.log(require("./alone/lib/executable.js").findExecutable()) } catch (e) { console.log(e.message) }';
  const env = { ...without.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", copy + find], { cwd: folder, env });
  return stdout.trim();
}

test("the command runs the executable of this platform's package", async () => {
  const { stdout } = await promisify(execFile)(command, ["--version"]);
  assert.equal(stdout.trim(), `postfuze-mock ${version}`);
});

test("the command ends with the code of the executable", async () => {
  await assert.rejects(promisify(execFile)(command, ["nonsense"]), { code: 2 });
});

test("POSTFUZE_MOCK_BINARY comes first, and arguments are handed on as they are", async () => {
  const env = { ...process.env, POSTFUZE_MOCK_BINARY: join(await program("variable"), "postfuze-mock") };
  const { stdout } = await promisify(execFile)(command, ["one two", ""], { env });
  assert.equal(stdout, "variable one two \n");
});

test("POSTFUZE_MOCK_BINARY that names no program is an error", async () => {
  const env = { ...process.env, POSTFUZE_MOCK_BINARY: tmpdir() };
  const stderr = `postfuze-mock: POSTFUZE_MOCK_BINARY is ${tmpdir()}, which is not an executable file.\n`;
  await assert.rejects(promisify(execFile)(command, [], { env }), { code: 1, stderr });
});

test("without the package the PATH is searched, but not npm's own links", async () => {
  const folder = await program("path");
  const path = [join(modules, ".bin"), folder].join(delimiter);
  assert.equal(await inACopy({ PATH: path }), join(folder, "postfuze-mock"));
});

test("one sentence says that there is none", async () => {
  const message = await inACopy({ PATH: join(modules, ".bin") });
  assert.match(message, /^There is no postfuze-mock to run: @postfuze-mock\/\S+ is not installed .*, and none is on the PATH\.$/);
});

test("signals are handed on, and a server ends in good order", async () => {
  const child = spawn(command, ["serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
