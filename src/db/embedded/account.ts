import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../start-error.ts";
import { bundledPackage, copyBinaries, linkLibraries } from "./binaries.ts";

/** As whom PostgreSQL runs: `before` stands before each command, `uid` and `gid` are those its files have on disk. */
export type Account = { how: string; before: string[]; spawn: { uid?: number; gid?: number; cwd: string }; uid: number; gid: number };
/** An account that was tried and works: the programs it can run and the folder below which its cluster may lie. */
export type Footing = { account: Account; bin: string; area: string };
type Owner = { uid: number; gid: number };

// PostgreSQL refuses to run as root. In a user namespace it believes to be uid 1000 while its files stay root's: nothing is chowned.
const NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];

/**
 * Gives the first account under which the bundled programs really run and `dataDir` (else /var/tmp) is reached.
 * `owner` is who owns the cluster's files, where there is a cluster already.
 * @throws StartError when there is none
 */
export function findFooting(dataDir: string, owner?: Owner): Footing {
  const tried: string[] = [];
  for (const account of accounts(owner)) {
    const area = [dataDir, "/var/tmp"].find((folder) => reaches(account, folder));
    const bin = area && programs(account, area, tried);
    if (area && bin) return { account, bin, area };
  }
  const said = tried.join("; ");
  throw new StartError({
    vi: `Không chạy được PostgreSQL đi kèm (${said}): hãy chạy bằng người dùng thường, hoặc đặt DATABASE_URL.`,
    en: `The bundled PostgreSQL does not run (${said}): run as an ordinary user, or set DATABASE_URL.`,
  });
}

/** Runs a short command as `account` and gives its status (0 = it worked) and what it said on stderr. */
export function runAs(account: Account, command: string[]): { status: number; said: string } {
  const [file = "", ...args] = [...account.before, ...command];
  const result = spawnSync(file, args, { ...account.spawn, encoding: "utf8" });
  return { status: result.status ?? 1, said: `${result.error?.message ?? ""}${result.stderr ?? ""}`.trim() };
}

function accounts(owner?: Owner): Account[] {
  if (process.getuid?.() !== 0) {
    return [{ how: "same user", before: [], spawn: { cwd: "/" }, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }];
  }
  if (owner && owner.uid !== 0) return [other(owner.uid, owner.gid, `uid ${owner.uid}`)];
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const fields = ["postgres", "nobody"].flatMap((name) =>
    users.filter((line) => line.startsWith(`${name}:`)).map((line) => line.split(":")),
  );
  const namespace = { how: "user namespace", before: NAMESPACE, spawn: { cwd: "/" }, uid: 0, gid: 0 };
  return [namespace, ...fields.map(([name, , uid, gid]) => other(Number(uid), Number(gid), `user ${name}`))];
}

function other(uid: number, gid: number, how: string): Account {
  return { how, before: [], spawn: { uid, gid, cwd: "/" }, uid, gid };
}

function reaches(account: Account, folder: string): boolean {
  if (account.uid === process.getuid?.() && account.before.length === 0) return true;
  const enters = () => runAs(account, ["/bin/sh", "-c", 'test -x "$0"', folder]).status === 0;
  if (enters()) return true;
  if (account.spawn.uid === undefined || folder === "/var/tmp") return false;
  const { mode } = statSync(folder);
  chmodSync(folder, mode | 0o011); // others may pass through, not look: what lies in it keeps its own mode
  if (enters()) return true;
  chmodSync(folder, mode);
  return false;
}

function programs(account: Account, area: string, tried: string[]): string | undefined {
  const root = bundledPackage();
  const runs = (bin: string) => {
    const { status, said } = runAs(account, [join(bin, "postgres"), "--version"]);
    if (status !== 0) tried.push(`${account.how}: ${said}`);
    return status === 0;
  };
  const bundled = join(root, "native/bin");
  if (linkLibraries(root) && runs(bundled)) return bundled;
  const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
  const copy = copyBinaries(root, join(area, `trithuc-postgres-${version}`));
  const { uid, mode } = lstatSync(copy); // /var/tmp is everybody's: never run programs that someone else laid there
  const trusted = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  return trusted && runs(join(copy, "native/bin")) ? join(copy, "native/bin") : undefined;
}
