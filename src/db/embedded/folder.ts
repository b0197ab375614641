import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and the folders above it, where they are missing.
 *
 * Not by `recursive`: where a file system says of a new folder that it does not exist, as /proc does, Node 26 tries for ever.
 * @throws the system's error
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another start was faster.
    if (!existsSync(path)) throw error;
  }
}
