import { createHash } from "node:crypto";
import type { Noun } from "../../core/registry/noun.ts";
import { dayInVietnam } from "../../core/time/clock.ts";
import type { Copy } from "./copy.ts";
import type { Json } from "./queries.ts";
import { PURPOSE_WORDS, WORDS } from "./words.ts";

const STYLE = `@page{size:A4;margin:18mm 16mm}:root{font:15px/1.55 "Times New Roman",Tinos,serif;color:#1a1a1a;background:#fff}
body{max-width:46rem;margin:0 auto;padding:2rem 1.25rem}header{border-bottom:2px solid #8c1c13;margin-bottom:1.5rem;padding-bottom:.75rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .4rem}h2{font-size:1.15rem;color:#8c1c13;margin:2rem 0 .5rem;break-after:avoid}
section>article{border:1px solid #d9d2c5;border-radius:4px;padding:.5rem .9rem;margin:.6rem 0;break-inside:avoid}
dl{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;gap:.2rem 1rem;margin:0}dt{color:#5b5346}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.9em}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #e5dfd3;overflow-wrap:anywhere}
thead{display:table-header-group}tr{break-inside:avoid}p.note{color:#5b5346}footer{margin-top:2.5rem;border-top:1px solid #d9d2c5;padding-top:.75rem;color:#5b5346;font-size:.9em}
@media (max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}@media print{body{padding:0;max-width:none}}`;

/** The document holds its one style and loads nothing. */
export const COPY_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A person's copy as one page to be read or printed, in Vietnamese, the language of whoever it is for. */
export function copyDocument(copy: Copy, nouns: readonly Noun[]): string {
  const { person, request, made_at: madeAt } = copy;
  const [self, ...others] = nouns;
  const name = String((person["name"] as Json)["full"]);
  const parts = others.flatMap((noun) => {
    const records = copy.records[noun.table] ?? [];
    return records.length === 0 ? [] : [section(noun.label.vi, records.map((record) => article(record, noun, copy)).join("\n"))];
  });
  const body = `<header><h1>Dữ liệu cá nhân của ${escape(name)}</h1>
<p class="note">Bản sao theo yêu cầu của chủ thể dữ liệu (Luật 91/2025/QH15, Điều 4 và Điều 15). Mã hồ sơ ${escape(String(person["code"]))}. Lập ngày ${day(madeAt)}, theo yêu cầu nhận ngày ${day(String(request["received_on"]))}.</p></header>
${section(self!.label.vi, article(person, self!, copy))}
${parts.join("\n")}
${section("Ai đã xem dữ liệu được bảo vệ", accessTable(copy))}
${section("Các lần ghi nhận và thay đổi", historyTable(copy, nouns))}
<footer>Tài liệu này chứa dữ liệu cá nhân, chỉ dành cho chủ thể dữ liệu. Nếu có chỗ sai, ông/bà có quyền đề nghị chỉnh sửa; ông/bà có quyền rút sự đồng ý, hạn chế, phản đối việc xử lý và đề nghị xoá dữ liệu.</footer>`;
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>Dữ liệu cá nhân của ${escape(name)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>
`;
}

const section = (title: string, inner: string): string => `<section><h2>${escape(title)}</h2>\n${inner}</section>`;

/** What is not known is left out: an empty line tells nothing. */
function article(record: Json, noun: Noun, copy: Copy): string {
  const lines = Object.entries(noun.fields).flatMap(([member, field]) => {
    if (member === "id" || member === "version" || member === "person_id") return [];
    const text = textOf(member, record, copy);
    return text === "" ? [] : [`<dt>${escape(field.label.vi)}</dt><dd>${escape(text)}</dd>`];
  });
  return `<article><dl>${lines.join("\n")}</dl></article>`;
}

function textOf(member: string, record: Json, { names }: Copy): string {
  const value = record[member];
  const scheme = record[`${member}_scheme`];
  if (typeof scheme === "string" && typeof value === "string") {
    const label = names.get(`${scheme} ${value}`);
    return label === undefined ? value : `${label} (${value})`;
  }
  return plain(value, names);
}

function plain(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "có" : "không";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return WORDS[value] ?? (/^\d{4}-\d\d-\d\d/.test(value) ? day(value) : (names.get(value) ?? value));
  if (Array.isArray(value))
    return value
      .map((one) => plain(one, names))
      .filter(Boolean)
      .join("; ");
  const { full, name, ...rest } = value as Json;
  if (typeof full === "string") return full;
  if (typeof name === "string") return name;
  return Object.values(rest)
    .map((one) => plain(one, names))
    .filter(Boolean)
    .join(", ");
}

/** `05/01/2026`, and the time of day where an instant is meant, both of Viet Nam. */
function day(text: string): string {
  const instant = text.includes("T") ? new Date(text) : undefined;
  const [year, month, date] = (instant ? dayInVietnam(instant) : text).split("-");
  const time = instant?.toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit" });
  return [`${date}/${month}/${year}`, time].filter(Boolean).join(" ");
}

function accessTable({ access }: Copy): string {
  if (access.length === 0) return `<p class="note">Chưa có ai.</p>`;
  const rows = access.map(({ at, fields, purpose, client, actor }) => [
    day(at),
    `${client} (${actor})`,
    purpose === null ? "" : (PURPOSE_WORDS[purpose] ?? purpose),
    fields.join(", "),
  ]);
  return table(["Lúc", "Hệ thống, người", "Mục đích", "Trường"], rows);
}

const ACTIONS: Readonly<Record<string, string>> = { created: "ghi mới", changed: "thay đổi", erased: "xoá" };

function historyTable({ history }: Copy, nouns: readonly Noun[]): string {
  const labels = new Map(nouns.map(({ table, label }) => [table, label.vi]));
  const rows = history.map(({ noun, action, recorded_at: at, actor, client }) => [
    day(at),
    labels.get(noun) ?? "Mã định danh",
    ACTIONS[action] ?? action,
    [actor, client].filter(Boolean).join(" · "),
  ]);
  return table(["Lúc", "Mục", "Việc", "Ai"], rows);
}

const table = (heads: readonly string[], rows: readonly string[][]): string =>
  `<table><thead><tr>${heads.map((head) => `<th>${escape(head)}</th>`).join("")}</tr></thead><tbody>
${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`).join("\n")}</tbody></table>`;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
