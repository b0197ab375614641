import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** Every earlier version, of which an ordinary run takes some. */
export default mergeConfig(base, { test: { env: { VERSIONS: "all" } } });
