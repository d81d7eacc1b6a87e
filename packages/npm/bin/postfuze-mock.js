#!/usr/bin/env node
// Runs the `postfuze-mock` of this platform.
"use strict";

const { spawn } = require("node:child_process");
const { findExecutable } = require("../lib/executable.js");

const FLAG = "--exit-on-stdin-close";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

function main(args) {
  // A server gets a pipe instead of our stdin, so that it ends with us even if we are killed.
  const piped = args[0] === "serve" && !args.includes(FLAG);
  const command = piped ? ["serve", FLAG, ...args.slice(1)] : args;
  const stdio = [piped ? "pipe" : "inherit", "inherit", "inherit"];
  const child = spawn(findExecutable(), command, { stdio });
  for (const signal of SIGNALS) process.on(signal, () => forward(child, signal));
  child.on("error", fail);
  child.on("exit", endAlike);
}

/** A terminal sends Ctrl-C to the child as well. */
function forward(child, signal) {
  if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
}

/** End as the child did. */
function endAlike(code, signal) {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function fail(error) {
  console.error(`postfuze-mock: ${error.message}`);
  process.exit(1);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  fail(error);
}
