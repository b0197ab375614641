import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, lchownSync, mkdtempSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { RolePasswords } from "../upkeep/roles.ts";
import { StartError } from "../start-error.ts";
import { findFooting, runAs, type Account } from "./account.ts";
import { makeFolder } from "./folder.ts";

/** The superuser that initdb makes. */
export const SUPERUSER = "registry";
/** Passwords of the superuser and of both roles, as they lie in `passwords.json`. */
export type Passwords = RolePasswords & { superuser: string };
/** A cluster on disk and how to run it: `home` holds `data`, `passwords.json` and `server.log`; `bin` the programs. */
export type Cluster = { home: string; data: string; bin: string; account: Account; passwords: Passwords };

/**
 * Gives the cluster below `dataDir`, made with initdb where there is none.
 * It is made in a draft folder and put in place by one step: a killed start leaves no half cluster, of two starts one wins.
 * @throws StartError when the folder is not ours, the version does not fit or initdb fails
 */
export function openCluster(dataDir: string, log: (line: string) => void): Cluster {
  const place = join(resolve(dataDir), "postgres");
  try {
    makeFolder(resolve(dataDir));
    if (!existsSync(place)) makeCluster(place, log);
    const home = realpathSync(place);
    const data = join(home, "data");
    const passwords = JSON.parse(readFileSync(join(home, "passwords.json"), "utf8")) as Passwords;
    const { account, bin } = findFooting(dirname(home), statSync(data));
    if (account.uid !== statSync(data).uid) handOver(home, account);
    checkVersion(data, bin, account);
    return { home, data, bin, account, passwords };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!/^(EACCES|ENOENT|EPERM|EROFS|EEXIST|ENOTDIR|ENOSPC)$/.test(code ?? "")) throw cause;
    throw new StartError(
      {
        vi: `Không đọc ghi được thư mục dữ liệu ${dataDir}: hãy chạy bằng chủ của nó, hoặc đặt TRITHUC_DATA_DIR.`,
        en: `The data folder ${dataDir} cannot be read and written: run as its owner, or set TRITHUC_DATA_DIR.`,
      },
      cause,
    );
  }
}

function makeCluster(place: string, log: (line: string) => void): void {
  const { account, bin, area } = findFooting(dirname(place));
  const draft = mkdtempSync(join(area, area === dirname(place) ? "postgres-new-" : "trithuc-data-"));
  const passwords: Passwords = { superuser: secret(), owner: secret(), service: secret() };
  writeFileSync(join(draft, "passwords.json"), JSON.stringify(passwords), { mode: 0o600 });
  const initial = join(draft, "initial");
  writeFileSync(initial, passwords.superuser, { mode: 0o600 });
  if (account.spawn.uid !== undefined) for (const path of [draft, initial]) chownSync(path, account.uid, account.gid);
  const locale = ["--encoding=UTF8", "--locale-provider=icu", "--icu-locale=vi", "--locale=C"];
  const access = ["-U", SUPERUSER, `--pwfile=${initial}`, "--auth=scram-sha-256"];
  const made = runAs(account, [join(bin, "initdb"), "-D", join(draft, "data"), ...access, ...locale, "--no-instructions"]);
  rmSync(initial, { force: true });
  if (made.status === 0 && putInPlace(draft, place)) return log(`PostgreSQL cluster made in ${place} (${account.how})`);
  rmSync(draft, { recursive: true, force: true });
  if (made.status === 0) return;
  throw new StartError({ vi: `Không tạo được cơ sở dữ liệu: ${made.said}`, en: `The database could not be made: ${made.said}` });
}

function putInPlace(draft: string, place: string): boolean {
  chmodSync(draft, 0o700);
  try {
    if (dirname(draft) === dirname(place)) renameSync(draft, place);
    else symlinkSync(draft, place); // PostgreSQL's own user does not reach the data folder: the cluster stays outside it
    return true;
  } catch {
    return false; // another start was faster: its cluster stands
  }
}

// The cluster was made in a user namespace, and this machine allows none: root gives it to PostgreSQL's own user.
function handOver(home: string, { uid, gid }: Account): void {
  for (const entry of [".", ...readdirSync(home, { recursive: true, encoding: "utf8" })]) lchownSync(join(home, entry), uid, gid);
  chownSync(join(home, "passwords.json"), process.getuid?.() ?? uid, process.getgid?.() ?? gid);
}

function checkVersion(data: string, bin: string, account: Account): void {
  const had = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  if (runAs(account, ["/bin/sh", "-c", '"$0" --version | grep -q " $1\\."', join(bin, "postgres"), had]).status === 0) return;
  throw new StartError({
    vi: `Dữ liệu trong ${data} thuộc PostgreSQL ${had}, khác bản đi kèm: hãy xuất bằng bản cũ rồi nhập lại, hoặc đặt DATABASE_URL.`,
    en: `The data in ${data} are of PostgreSQL ${had}, unlike the bundled one: export with the old one and import, or set DATABASE_URL.`,
  });
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}
