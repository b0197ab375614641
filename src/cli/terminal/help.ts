import type { Bilingual } from "../../core/problems.ts";
import type { Command, Option } from "./command.ts";
import { inEach } from "./language.ts";
import type { Language } from "./language.ts";

const ABOUT = {
  vi: "Trí Thức: cơ sở dữ liệu trí thức của tỉnh.",
  en: "Trí Thức: the registry of a province's intellectual workforce.",
};
const SETTINGS = {
  vi: "Cài đặt bằng biến môi trường (PORT, DATABASE_URL, TRITHUC_DATA_DIR, ...): xem README. Mã thoát: 0 xong, 1 lỗi, 2 gọi sai.",
  en: "Settings are environment variables (PORT, DATABASE_URL, TRITHUC_DATA_DIR, ...): see the README. Exit codes: 0 done, 1 failed, 2 misused.",
};
const HEADINGS = {
  usage: { vi: "Cách gọi", en: "Usage" },
  commands: { vi: "Lệnh", en: "Commands" },
  options: { vi: "Tuỳ chọn", en: "Options" },
};
const WIDTH = 24;

/** The options that every command takes. */
export const COMMON = {
  help: { type: "boolean", short: "h", text: { vi: "in phần trợ giúp này", en: "print this help" } },
  lang: { type: "string", value: "vi|en", text: { vi: "chỉ dùng một ngôn ngữ", en: "one language only" } },
} as const satisfies Record<string, Option>;

/** The help of the whole program. */
export function overview(commands: readonly Command[], languages: readonly Language[]): string {
  return [
    ...inEach(languages, ABOUT),
    "",
    heading(HEADINGS.usage, languages),
    "  trithuc <command> [options]",
    "  trithuc <command> --help",
    "",
    heading(HEADINGS.commands, languages),
    ...commands.flatMap(({ name, summary }) => entry(name, summary, languages)),
    "",
    ...inEach(languages, SETTINGS),
  ].join("\n");
}

/** The help of one command. */
export function manual({ summary, usage, options }: Command, languages: readonly Language[]): string {
  const entries = Object.entries({ ...options, ...COMMON } as Record<string, Option>);
  return [
    ...inEach(languages, summary),
    "",
    heading(HEADINGS.usage, languages),
    ...usage.map((line) => `  trithuc ${line}`),
    "",
    heading(HEADINGS.options, languages),
    ...entries.flatMap(([name, option]) => entry(optionName(name, option), option.text, languages)),
  ].join("\n");
}

const heading = (text: Bilingual, languages: readonly Language[]): string => `${inEach(languages, text).join(" / ")}:`;

function optionName(name: string, { short, value, type }: Option): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${type === "string" ? ` ${value ?? "TEXT"}` : ""}`;
}

function entry(name: string, text: Bilingual, languages: readonly Language[]): string[] {
  const lines = inEach(languages, text).map((line) => `${" ".repeat(WIDTH)}${line}`);
  const [first = "", ...rest] = lines;
  const label = `  ${name}`;
  return label.length < WIDTH ? [label.padEnd(WIDTH) + first.trimStart(), ...rest] : [label, first, ...rest];
}
