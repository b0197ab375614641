import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { StartError } from "../../db/start-error.ts";
import { newKeysText } from "../../http/access/keys.ts";
import { textOf, UsageError } from "../terminal/command.ts";
import type { Command } from "../terminal/command.ts";

/** `trithuc keys`: a keys file for an own database. */
export const keys: Command = {
  name: "keys",
  summary: { vi: "tạo tệp khoá (quyền 0600) cho cơ sở dữ liệu riêng", en: "make a keys file (mode 0600) for a database of one's own" },
  usage: ["keys --out /etc/trithuc/keys.json"],
  options: {
    out: {
      type: "string",
      value: "FILE",
      text: { vi: "tệp mới; không bao giờ ghi đè", en: "the new file; never written over" },
    },
  },
  async run(call) {
    const file = textOf(call, "out");
    if (file === undefined) throw new UsageError({ vi: "Cần --out TỆP.", en: "--out FILE is needed." });
    write(file);
    call.say({
      vi: `Đã tạo ${file}. Đặt TRITHUC_KEYS_FILE tới tệp này, và cất một bản ở nơi khác bản sao lưu cơ sở dữ liệu: mất khoá là mất số căn cước.`,
      en: `Made ${file}. Set TRITHUC_KEYS_FILE to it, and keep a copy apart from the backups of the database: without it citizen ids are lost.`,
    });
  },
};

/** Exclusive and flushed: a keys file that was half written, or another's that was written over, loses every citizen id. */
function write(file: string): void {
  try {
    const handle = openSync(file, "wx", 0o600);
    writeSync(handle, newKeysText());
    fsyncSync(handle);
    closeSync(handle);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new StartError({ vi: `${file} đã có; khoá không bao giờ bị ghi đè.`, en: `${file} exists; keys are never written over.` });
    throw new StartError({ vi: `Không ghi được ${file} (${code}).`, en: `${file} cannot be written (${code}).` }, error);
  }
}
