import type { Bilingual } from "../../core/problems.ts";
import type { ImportReport } from "../../exchange/imports/queries.ts";
import type { Call } from "./command.ts";

const OUTCOMES: Record<string, Bilingual> = {
  create: { vi: "người mới", en: "new people" },
  update: { vi: "người có thay đổi", en: "people with changes" },
  unchanged: { vi: "không có gì mới", en: "nothing new" },
  possible_duplicate: { vi: "có thể trùng, chờ quyết định", en: "possible duplicates, to be decided" },
  error: { vi: "có lỗi, không ghi", en: "with an error, left out" },
  skipped: { vi: "bỏ qua", en: "skipped" },
};
const SEVERITIES = { error: { vi: "LỖI", en: "ERROR" }, warning: { vi: "Chú ý", en: "Warning" }, note: { vi: "Ghi chú", en: "Note" } };
const BY: Record<string, Bilingual> = {
  header: { vi: "tiêu đề", en: "header" },
  content: { vi: "nội dung", en: "content" },
  both: { vi: "tiêu đề và nội dung", en: "header and content" },
  user: { vi: "người dùng", en: "user" },
};

/** Tells what an import found in its file: columns, rows by outcome, problems by cell, doubtful rows; and how to go on. */
export function tellPreview(call: Call, id: string, report: ImportReport, committing: boolean): void {
  for (const sheet of report.sheets ?? []) tellColumns(call, sheet);
  tellCounts(call, report);
  tellProblems(call, report);
  tellDoubtful(call, report);
  if (committing) return;
  call.say({
    vi: `Chưa ghi gì. Để ghi: chạy lại lệnh này với --commit (hoặc POST /v1/imports/${id}/commitment).`,
    en: `Nothing is stored yet. To apply it: run this again with --commit (or POST /v1/imports/${id}/commitment).`,
  });
}

/** Tells what a commitment did. */
export function tellApplied({ say }: Call, { counts }: ImportReport): void {
  const count = (name: string) => counts?.[name] ?? 0;
  const left = count("error") + count("possible_duplicate") + count("skipped");
  say({
    vi: `Đã ghi ${count("applied")} dòng; ${count("unchanged")} dòng không có gì mới; ${left} dòng để lại.`,
    en: `Applied ${count("applied")} rows; ${count("unchanged")} had nothing new; ${left} were left out.`,
  });
}

function tellColumns({ out, inLine }: Call, { name, header_rows: rows, columns }: NonNullable<ImportReport["sheets"]>[number]): void {
  out("");
  const header = inLine({ vi: `tiêu đề ở dòng ${rows.join(", ") || "-"}`, en: `header in row ${rows.join(", ") || "-"}` });
  out(`${inLine({ vi: "Trang", en: "Sheet" })} “${name}” (${header})`);
  for (const { column, header: text, field, by } of columns) {
    const how = field === null ? inLine({ vi: "không đọc", en: "not read" }) : `${field} (${by === null ? "-" : inLine(BY[by]!)})`;
    out(`  ${column.padEnd(3)} ${cut(text ?? "-", 40).padEnd(40)} ${how}`);
  }
}

function tellCounts({ out, inLine }: Call, { counts }: ImportReport): void {
  const count = (name: string) => counts?.[name] ?? 0;
  out("");
  const used = {
    vi: `dòng có dữ liệu: ${count("people")} người, ${count("other")} dòng khác`,
    en: `used rows: ${count("people")} people, ${count("other")} other rows`,
  };
  out(`${figure(count("used"))} ${inLine(used)}`);
  for (const [outcome, text] of Object.entries(OUTCOMES)) if (count(outcome) > 0) out(`${figure(count(outcome))} ${inLine(text)}`);
}

function tellProblems({ out, say, inLine }: Call, { problems }: ImportReport): void {
  if (problems.length === 0) return;
  out("");
  for (const { severity, code, count, cells, detail } of problems) {
    out(`${inLine(SEVERITIES[severity])} ${code} x ${count}: ${cells.join(", ")}${count > cells.length ? ", ..." : ""}`);
    say({ vi: `  ${detail.vi}`, en: `  ${detail.en}` });
  }
}

function tellDoubtful({ out, inLine }: Call, { doubtful, counts }: ImportReport): void {
  if (doubtful.length === 0) return;
  out("");
  out(`${inLine(OUTCOMES["possible_duplicate"]!)}:`);
  for (const { row, name, twin, code } of doubtful) {
    const like =
      twin === null ? { vi: `giống ${code ?? "?"}`, en: `like ${code ?? "?"}` } : { vi: `giống dòng ${twin}`, en: `like row ${twin}` };
    out(`  ${inLine({ vi: "dòng", en: "row" })} ${row}: ${name ?? "-"} (${inLine(like)})`);
  }
  const more = (counts?.["possible_duplicate"] ?? 0) - doubtful.length;
  if (more > 0) out(`  ... +${more}`);
}

const figure = (count: number): string => count.toLocaleString("vi-VN").padStart(9);
const cut = (text: string, length: number): string => ([...text].length > length ? `${[...text].slice(0, length - 1).join("")}…` : text);
