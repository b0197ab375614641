import { randomUUIDv7 } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { SCOPES } from "../core/actor.ts";
import { Problem, PROBLEMS } from "../core/problems.ts";
import type { Bilingual } from "../core/problems.ts";
import { dayInVietnam } from "../core/time/clock.ts";
import { isPartialDate } from "../core/time/partial-date.ts";
import { StartError } from "../db/start-error.ts";
import type { Writing } from "../db/write/facts.ts";
import type { ImportParts } from "../exchange/imports/jobs.ts";
import type { ImportReport } from "../exchange/imports/queries.ts";
import { textOf, UsageError } from "./terminal/command.ts";
import type { Call, Command } from "./terminal/command.ts";
import { counter } from "./terminal/counter.ts";
import { tellApplied, tellPreview } from "./terminal/import-report.ts";

const CLIENT = "trithuc-import";
const LOOK_MS = 150;

/** `trithuc import`: what `POST /v1/imports` and its commitment do, from the shell. */
export const importCommand: Command = {
  name: "import",
  summary: {
    vi: "đọc bảng tính của một đơn vị; ghi vào cơ sở dữ liệu khi có --commit",
    en: "read an office's spreadsheet; apply it with --commit",
  },
  usage: ["import FILE [--org CODE] [--received-on DAY] [--document TEXT]", "import FILE --org CODE --commit"],
  options: {
    org: { type: "string", value: "CODE", text: { vi: "đơn vị cung cấp (mã hoặc id)", en: "the supplier: code or id of an organization" } },
    "received-on": { type: "string", value: "DAY", text: { vi: "ngày nhận tệp, YYYY-MM-DD", en: "when it was received, YYYY-MM-DD" } },
    document: { type: "string", value: "TEXT", text: { vi: "công văn kèm theo tệp", en: "the document that it came with" } },
    commit: { type: "boolean", text: { vi: "ghi mọi dòng không có lỗi", en: "apply every row without error" } },
  },
  async run(call) {
    const config = readConfig();
    const upload = { ...readFile(call, config), receivedOn: dayOf(call), document: documentOf(call) };
    const [{ databaseOf, workOf }, { keysOf, openReadyStore }, { jobsOf }, { startJobs }, { naming }] = await Promise.all([
      import("../main.ts"),
      import("../store.ts"),
      import("../nouns.ts"),
      import("../db/upkeep/jobs.ts"),
      import("../db/upkeep/unreachable.ts"),
    ]);
    const keys = keysOf(config);
    const store = await openReadyStore(config, keys, () => {});
    const database = databaseOf(config, store);
    try {
      const parts = workOf(config, database, keys);
      return await naming("DATABASE_URL", store.serviceUrl, async () => {
        const jobs = await startJobs(store.serviceUrl, jobsOf(parts));
        try {
          return await bring(call, parts, upload);
        } finally {
          await jobs.stop();
        }
      });
    } finally {
      await database.close();
      await store.stop();
    }
  },
};

type File = { bytes: Buffer; fileName: string; receivedOn: string | null; document: string | null };

async function bring(call: Call, parts: ImportParts, file: File): Promise<number> {
  const [{ cancelImport, commitImport, createImport }, { findPreviews, findSupplier, readReport }, { noteImport }] = await Promise.all([
    import("../exchange/imports/commands.ts"),
    import("../exchange/imports/queries.ts"),
    import("../exchange/uploads/notes.ts"),
  ]);
  const writing = writingOf(parts);
  const upload = { ...file, organizationId: await findSupplier(parts.database.reader, textOf(call, "org") ?? null, writing.context) };
  const waiting = await findPreviews(parts.database.reader, writing.context, upload);
  // What was decided over HTTP on the rows of a preview stands: the same file is not read a second time.
  const known = call.values["commit"] === true ? waiting[0] : undefined;
  const id = known ?? (await creating(call, () => createImport(writing, upload)));
  if (id === undefined) return 0;
  // As over HTTP: that a file came in, and that it is to be applied, before it is.
  if (known === undefined) await noteImport(parts.database, writing.context, "upload", id);
  for (const old of waiting) if (old !== id) await cancelImport(writing, old);
  await settled(parts, writing, id, "analysing");
  tellPreview(call, id, await readReport(parts.database.reader, writing.context, id), call.values["commit"] === true);
  if (call.values["commit"] !== true) return 0;
  await noteImport(parts.database, writing.context, "commitment", id);
  await commitImport(writing, id, { key: null, turns: parts.database.turns });
  await settled(parts, writing, id, "committing");
  tellApplied(call, await readReport(parts.database.reader, writing.context, id));
  return 0;
}

/** A file that stands in the registry already is no failure: there is nothing left to do. */
async function creating(call: Call, create: () => Promise<string>): Promise<string | undefined> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "import-already-applied") throw error;
    const id = String(error.members["import_id"]);
    call.say({
      vi: `Tệp này đã được ghi rồi (lần nhập ${id}); không có gì thay đổi.`,
      en: `This file was applied before (import ${id}); nothing changed.`,
    });
    return undefined;
  }
}

/** Waits, with the progress in sight, until the import has left a state. @throws StartError with the problem of one that failed */
async function settled({ database }: ImportParts, { context }: Writing, id: string, state: "analysing" | "committing"): Promise<void> {
  const { readProgress, readReport } = await import("../exchange/imports/queries.ts");
  const count = counter(process.stderr, WORK[state]);
  let now = await readProgress(database.reader, id);
  while (now.state === state) {
    count.at(now.progress?.done ?? 0);
    await pause(LOOK_MS);
    now = await readProgress(database.reader, id);
  }
  const { problem, counts } = await readReport(database.reader, context, id);
  if (now.state === "failed") throw failureOf(problem);
  count.at(counts?.[state === "analysing" ? "used" : "applied"] ?? 0);
  count.end();
}

const WORK = { analysing: { vi: "dòng đã đọc", en: "rows read" }, committing: { vi: "dòng đã ghi", en: "rows applied" } };

function failureOf(problem: ImportReport["problem"]): StartError {
  const text = problem?.detail ?? PROBLEMS.internal.about;
  return new StartError({ vi: `Không nhập được tệp: ${text.vi}`, en: `The file cannot be brought in: ${text.en}` });
}

/** Whoever has this shell has the database. */
function writingOf({ database, catalog, keys, clock }: ImportParts): Writing {
  const actor = {
    client: CLIENT,
    subject: "operator",
    scopes: new Set(SCOPES),
    org: null,
    loc: null,
    purpose: null,
    language: "vi",
  } as const;
  const trace = { requestId: randomUUIDv7(), operation: "trithuc import" };
  const context = { actor, catalog, keys, today: dayInVietnam(clock()), asOf: null, inUrl: false, trace };
  return { workers: database.workers, context, reason: null };
}

/** @throws UsageError, StartError in one line: no file named, none there, too large */
function readFile({ words }: Call, { TRITHUC_UPLOAD_MB: mb }: Config): Pick<File, "bytes" | "fileName"> {
  const [path, ...more] = words;
  if (path === undefined || more.length > 0) throw new UsageError({ vi: "Hãy nêu đúng một tệp.", en: "Name exactly one file." });
  const size = reading(path, () => {
    const about = statSync(path);
    if (!about.isFile()) throw Object.assign(new Error("no file"), { code: about.isDirectory() ? "EISDIR" : "EINVAL" });
    return about.size;
  });
  if (size === 0) throw new StartError({ vi: `${path} là tệp rỗng.`, en: `${path} is empty.` });
  if (size > mb * 1024 * 1024) throw new StartError({ vi: `${path} lớn hơn ${mb} MiB.`, en: `${path} is larger than ${mb} MiB.` });
  return { bytes: reading(path, () => readFileSync(path)), fileName: basename(path).normalize("NFC").slice(0, 200) };
}

function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const why: Bilingual = REASONS[code] ?? { vi: code, en: code };
    throw new StartError({ vi: `Không đọc được ${path}: ${why.vi}.`, en: `${path} cannot be read: ${why.en}.` }, error);
  }
}

const REASONS: Record<string, Bilingual> = {
  ENOENT: { vi: "không có tệp này", en: "there is no such file" },
  EISDIR: { vi: "đó là thư mục", en: "it is a folder" },
  EACCES: { vi: "không có quyền đọc", en: "reading it is not allowed" },
};

function dayOf(call: Call): string | null {
  const day = textOf(call, "received-on");
  if (day === undefined || (day.length === 10 && isPartialDate(day))) return day ?? null;
  throw new UsageError({ vi: "--received-on cần một ngày, YYYY-MM-DD.", en: "--received-on takes a day, YYYY-MM-DD." });
}

function documentOf(call: Call): string | null {
  const document = textOf(call, "document")?.trim();
  if (document === undefined || ([...document].length <= 300 && !/\p{Cc}/u.test(document))) return document || null;
  throw new UsageError({ vi: "--document cần một dòng đến 300 ký tự.", en: "--document takes a line of up to 300 characters." });
}
