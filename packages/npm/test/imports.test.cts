import assert = require("node:assert/strict");
import { test } from "node:test";

import mock = require("postfuze-mock");

test("CommonJS and modules get the same package", async () => {
  const module: Record<string, unknown> = { ...(await import("postfuze-mock")) };
  assert(Object.keys(mock).includes("start"));
  for (const [name, value] of Object.entries(mock)) assert.equal(module[name], value, name);
});
