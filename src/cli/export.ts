import { randomUUIDv7 } from "node:crypto";
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readConfig } from "../config.ts";
import { isPurpose, PURPOSES } from "../core/actor.ts";
import type { Actor, Purpose, Scope } from "../core/actor.ts";
import { dayInVietnam } from "../core/time/clock.ts";
import { StartError } from "../db/start-error.ts";
import type { RawQuery } from "../http/nouns/parts.ts";
import { textOf, unknownName } from "./terminal/command.ts";
import type { Call, Command } from "./terminal/command.ts";
import { counter } from "./terminal/counter.ts";

const QUERY = { filter: "filter", fields: "fields", include: "include", "as-of": "as_of" } as const;

/** `trithuc export`: what `GET /v1/<noun>/export` gives, without HTTP. */
export const exportCommand: Command = {
  name: "export",
  summary: { vi: "xuất bản ghi ra NDJSON, từ một ảnh chụp duy nhất", en: "write records as NDJSON, from one snapshot" },
  usage: ["export > people.ndjson", "export --noun degrees --out degrees.ndjson", 'export --filter "has(degrees, level = TS)"'],
  options: {
    noun: { type: "string", default: "people", text: { vi: "loại bản ghi (mặc định people)", en: "which records (people if left out)" } },
    out: {
      type: "string",
      value: "FILE",
      text: { vi: "tệp để ghi; không nêu thì ra màn hình", en: "file to write; standard output if left out" },
    },
    filter: { type: "string", value: "EXPR", text: { vi: "điều kiện, như filter= của API", en: "conditions, as filter= of the API" } },
    fields: { type: "string", value: "LIST", text: { vi: "chỉ các trường này", en: "only these members" } },
    include: {
      type: "string",
      value: "LIST",
      text: { vi: "những gì đi kèm (người: mọi dữ kiện)", en: "what comes along (people: all facts)" },
    },
    "as-of": { type: "string", value: "DAY", text: { vi: "dữ kiện như đang đúng vào ngày này", en: "facts as they held on this day" } },
    purpose: {
      type: "string",
      value: "CODE",
      text: { vi: "mở các trường hạn chế, với mục đích này", en: "open restricted fields, for this purpose" },
    },
  },
  async run(call) {
    const config = readConfig();
    const purpose = purposeOf(call);
    const { catalog } = await import("../nouns.ts");
    const name = textOf(call, "noun")!;
    const source = catalog[name];
    if (!source) throw unknownName({ vi: "loại bản ghi", en: "noun" }, name, Object.keys(catalog));
    const [{ databaseOf }, { keysOf, openReadyStore }, { dayOf }, { readExport }, { requireKnown }, { exportLines }, { naming }] =
      await Promise.all([
        import("../main.ts"),
        import("../store.ts"),
        import("../http/nouns/parts.ts"),
        import("../exchange/exports/request.ts"),
        import("../db/readers/codes.ts"),
        import("../exchange/exports/lines.ts"),
        import("../db/upkeep/unreachable.ts"),
      ]);
    const keys = keysOf(config);
    const trace = { requestId: randomUUIDv7(), operation: "trithuc export" };
    const context = { actor: operator(purpose), catalog, keys, today: dayInVietnam(new Date()), inUrl: true, trace };
    const query = queryOf(call);
    const dated = { ...context, asOf: dayOf(query, "as_of") };
    const asked = readExport(query, source, dated);
    const store = await openReadyStore(config, keys, () => {});
    const database = databaseOf(config, store);
    const stopping = new AbortController();
    const count = counter(process.stderr, { vi: "bản ghi", en: "records" });
    try {
      await requireKnown(database, asked.query, source, dated, () => {});
      await database.events.record({
        kind: "export",
        actor: context.actor,
        trace,
        detail: { noun: name, parameters: Object.keys(query), purpose },
      });
      const lines = exportLines(database, asked, source, dated, stopping.signal, count.at);
      await naming("DATABASE_URL", store.serviceUrl, () => write(lines, textOf(call, "out")));
      count.end();
    } finally {
      stopping.abort();
      await database.close();
      await store.stop();
    }
  },
};

/** The options that the API has as parameters. */
function queryOf(call: Call): RawQuery {
  return Object.fromEntries(
    Object.entries(QUERY).flatMap(([option, parameter]) => {
      const value = textOf(call, option);
      return value === undefined ? [] : [[parameter, value]];
    }),
  );
}

const READ: readonly Scope[] = ["people:read"];
const CLOSED: readonly Scope[] = ["people:read.restricted", "people:read.sensitive"];

/** Whoever has this shell has the database; restricted fields still want their purpose said. */
function operator(purpose: Purpose | null): Actor {
  const scopes = new Set(purpose === null ? READ : [...READ, ...CLOSED]);
  return { client: "trithuc-export", subject: "operator", scopes, org: null, loc: null, purpose, language: "vi" };
}

function purposeOf(call: Call): Purpose | null {
  const purpose = textOf(call, "purpose");
  if (purpose === undefined) return null;
  if (isPurpose(purpose)) return purpose;
  throw unknownName({ vi: "mục đích", en: "purpose" }, purpose, PURPOSES);
}

/** A file appears whole or not at all, readable by its owner alone. */
async function write(lines: AsyncIterable<string>, file: string | undefined): Promise<void> {
  if (file === undefined) return pipeline(Readable.from(lines), process.stdout, { end: false });
  const draft = `${file}.part`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(draft, { mode: 0o600 }));
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || syscall === "connect") throw error;
    throw new StartError({ vi: `Không ghi được ${file} (${code}).`, en: `${file} cannot be written (${code}).` }, error);
  }
}
