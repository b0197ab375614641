import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Settings } from "../config.ts";
import { FAILED } from "./terminal/command.ts";
import type { Command } from "./terminal/command.ts";

const FILE = join(import.meta.dirname, "../../openapi/trithuc.v1.json");
/** Made beside it: the policy for people. */
const ACCESS = join(import.meta.dirname, "../../docs/access.md");

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
    if (values["check"] !== true && values["write"] !== true) return out(text.trimEnd());
    const access = await accessText();
    if (values["write"] === true) {
      writeFileSync(FILE, text);
      return writeFileSync(ACCESS, access);
    }
    const old = [
      ...(standing(FILE) === text ? [] : ["openapi/trithuc.v1.json"]),
      ...(standing(ACCESS) === access ? [] : ["docs/access.md"]),
    ];
    for (const name of old) {
      tell({
        vi: `${name} không còn khớp với mã nguồn: hãy chạy “npm run openapi”.`,
        en: `${name} is no longer what the code says: run "npm run openapi".`,
      });
    }
    return old.length === 0 ? 0 : FAILED;
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

/** `docs/access.md`, as the policy says it. */
export async function accessText(): Promise<string> {
  const [{ catalog }, { describePolicy }, { accessPage }] = await Promise.all([
    import("../nouns.ts"),
    import("../core/policy/description.ts"),
    import("../core/policy/page.ts"),
  ]);
  return accessPage(describePolicy(Object.values(catalog).map(({ noun }) => noun)));
}

function standing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
