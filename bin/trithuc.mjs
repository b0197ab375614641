#!/usr/bin/env node
import module from "node:module";
import { fileURLToPath } from "node:url";
import { onPinnedNode } from "./pinned.mjs";

if (onPinnedNode(fileURLToPath(import.meta.url))) {
  // What is compiled is kept beside the packages, never in a shared temporary folder, where another account could lay other code.
  module.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/trithuc", import.meta.url)));
  await import("../src/cli/main.ts");
}
