import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Settings } from "../config.ts";
import { FAILED } from "./terminal/command.ts";
import type { Command } from "./terminal/command.ts";

const FILE = join(import.meta.dirname, "../../openapi/trithuc.v1.json");

/** `trithuc openapi`: the OpenAPI document, made from the code; the same whatever the settings are. */
export const openapi: Command = {
  name: "openapi",
  summary: { vi: "in, ghi hoặc so sánh tài liệu OpenAPI 3.1", en: "print, write or compare the OpenAPI 3.1 document" },
  usage: ["openapi", "openapi --write", "openapi --check"],
  options: {
    write: { type: "boolean", text: { vi: "ghi vào openapi/trithuc.v1.json", en: "write openapi/trithuc.v1.json" } },
    check: {
      type: "boolean",
      text: { vi: "so với openapi/trithuc.v1.json, khác thì mã thoát 1", en: "compare with openapi/trithuc.v1.json, exit 1 if it differs" },
    },
  },
  async run({ values, out, tell }) {
    const text = await documentText();
    if (values["write"] === true) return writeFileSync(FILE, text);
    if (values["check"] !== true) return out(text.trimEnd());
    if (standing() === text) return 0;
    tell({
      vi: "openapi/trithuc.v1.json không còn khớp với mã nguồn: hãy chạy “npm run openapi”.",
      en: 'openapi/trithuc.v1.json is no longer what the code says: run "npm run openapi".',
    });
    return FAILED;
  },
};

/** The document of an app that never listens: its pools connect at the first use, and there is none. */
export async function documentText(): Promise<string> {
  const [{ databaseOf, makeApp }, { documentOf }, { loadKeys, newKeysText }] = await Promise.all([
    import("../main.ts"),
    import("../http/openapi.ts"),
    import("../http/access/keys.ts"),
  ]);
  const config = Settings.parse({});
  const keys = loadKeys({ dataDir: config.TRITHUC_DATA_DIR, keysText: newKeysText(), embedded: false });
  const database = databaseOf(config, { serviceUrl: "postgres://127.0.0.1/none" });
  const app = await makeApp(config, database, keys, () => `http://${config.HOST}:${config.PORT}`);
  await app.ready();
  const text = `${JSON.stringify(documentOf(app), null, 2)}\n`;
  await app.close();
  await database.close();
  return text;
}

function standing(): string | undefined {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return undefined;
  }
}
