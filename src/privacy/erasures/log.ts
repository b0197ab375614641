import { constants } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { StartError } from "../../db/start-error.ts";

/** One line of the log: ids and an instant, and nothing of whom it was. */
const Line = z.strictObject({ id: z.uuid(), person_id: z.uuid(), request_id: z.uuid(), erased_at: z.iso.datetime({ offset: true }) });
export type ErasureLine = z.infer<typeof Line>;

/** Adds lines at the log's end; they are on the disk when this has answered. */
export async function appendErasures(file: string, lines: readonly ErasureLine[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  const handle = await open(file, O_APPEND | O_CREAT | O_WRONLY, 0o600);
  try {
    await handle.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await handle.sync();
  } finally {
    await handle.close();
  }
  // The name of a new file is durable when its folder is.
  const folder = await open(dirname(file), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The lines of a log, each erasure once. @throws StartError for a file that is not there, or a line that is none */
export async function readErasures(file: string): Promise<ErasureLine[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError({ vi: `Không đọc được ${file} (${code}).`, en: `${file} cannot be read (${code}).` }, error);
  });
  const lines = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [lineOf(line, `${file}:${i + 1}`)]));
  return [...new Map(lines.map((line) => [line.id, line])).values()];
}

function lineOf(text: string, where: string): ErasureLine {
  try {
    return Line.parse(JSON.parse(text));
  } catch (error) {
    throw new StartError({ vi: `${where}: không phải một dòng của nhật ký huỷ.`, en: `${where}: not a line of a log of erasures.` }, error);
  }
}
