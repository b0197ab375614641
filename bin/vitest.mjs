import { fileURLToPath } from "node:url";
import { onPinnedNode } from "./pinned.mjs";

if (onPinnedNode(fileURLToPath(import.meta.url))) await import("../node_modules/vitest/vitest.mjs");
