#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { onPinnedNode } from "./pinned.mjs";

if (onPinnedNode(fileURLToPath(import.meta.url))) await import("../src/cli/main.ts");
