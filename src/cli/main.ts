import { parseArgs } from "node:util";
import { readLocale } from "../config.ts";
import type { Bilingual } from "../core/problems.ts";
import { audit } from "./privacy/audit.ts";
import { demo } from "./demo/demo.ts";
import { doctor } from "./doctor/doctor.ts";
import { breachReport } from "./privacy/breach-report.ts";
import { erasures } from "./privacy/erasures.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { keys } from "./secrets/keys.ts";
import { migrateCommand } from "./migrate.ts";
import { openapi } from "./openapi.ts";
import { reference } from "./reference.ts";
import { serve } from "./service/serve.ts";
import { worker } from "./service/worker.ts";
import { MISUSED, unknownName, UsageError } from "./terminal/command.ts";
import type { Command } from "./terminal/command.ts";
import { failureOf } from "./terminal/failure.ts";
import { COMMON, manual, overview } from "./terminal/help.ts";
import { inEach, languagesOf } from "./terminal/language.ts";
import type { Language } from "./terminal/language.ts";
import { token } from "./secrets/token.ts";

const COMMANDS: readonly Command[] = [
  serve,
  worker,
  migrateCommand,
  reference,
  importCommand,
  exportCommand,
  token,
  keys,
  erasures,
  breachReport,
  demo,
  openapi,
  audit,
  doctor,
];

process.exitCode = await main(process.argv.slice(2));

/** Runs what the words of a command line ask for, and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const languages = languagesOf(askedLanguage(args), readLocale());
  const [name = "", ...rest] = args;
  try {
    if (name === "" || name === "help" || name.startsWith("-")) return outline(name, languages);
    const command = COMMANDS.find((one) => one.name === name);
    if (!command)
      throw unknownName(
        { vi: "lệnh", en: "command" },
        name,
        COMMANDS.map((one) => one.name),
      );
    return await run(command, rest, languages);
  } catch (error) {
    return complain(error, languages, name);
  }
}

function outline(name: string, languages: Language[]): number {
  if (name !== "" && !["help", "--help", "-h", "--lang"].includes(name.split("=")[0]!)) {
    throw unknownName({ vi: "tuỳ chọn", en: "option" }, name, ["--help", "--lang"]);
  }
  (name === "" ? process.stderr : process.stdout).write(`${overview(COMMANDS, languages)}\n`);
  return name === "" ? MISUSED : 0;
}

async function run(command: Command, args: readonly string[], languages: Language[]): Promise<number> {
  const { values, positionals } = parse(command, args);
  if (values["help"] === true) {
    process.stdout.write(`${manual(command, languages)}\n`);
    return 0;
  }
  const say = (text: Bilingual) => inEach(languages, text).forEach(out);
  const inLine = (text: Bilingual) => [...new Set(inEach(languages, text))].join(" / ");
  const tell = (text: Bilingual) => void process.stderr.write(`${inEach(languages, text).join("\n")}\n`);
  return (await command.run({ values, words: positionals, out, say, tell, inLine })) ?? 0;
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @throws UsageError for what is no option of the command, or lacks its value */
function parse(command: Command, args: readonly string[]) {
  const options = { ...command.options, ...COMMON };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const [, given = ""] = /'(-{1,2}[^'\s=]*)/.exec(message) ?? [];
    const names = Object.keys(options).map((option) => `--${option}`);
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") throw unknownName({ vi: "tuỳ chọn", en: "option" }, given, names);
    if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") throw error;
    const wanted = /does not take/.test(message);
    throw new UsageError({
      vi: wanted ? `${given} không nhận giá trị.` : `${given} cần một giá trị.`,
      en: wanted ? `${given} takes no value.` : `${given} takes a value.`,
    });
  }
}

function complain(error: unknown, languages: Language[], name: string): number {
  const { texts, code, trace } = failureOf(error);
  const known = COMMANDS.some((command) => command.name === name) ? `${name} ` : "";
  const lines = texts.flatMap((text) => inEach(languages, text));
  const hint = error instanceof UsageError ? [`trithuc ${known}--help`] : [];
  process.stderr.write(`${[...lines, ...hint, ...(trace ? [trace] : [])].join("\n")}\n`);
  return code;
}

/** Asked before the options are read: what is wrong with them is said in this language too. */
function askedLanguage(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  return at < 0 ? undefined : (args[at]!.split("=")[1] ?? args[at + 1]);
}
