import { createHash } from "node:crypto";

/** The two logs that are sealed together. */
export const LOGS = ["access_log", "audit_events"] as const;
export type Log = (typeof LOGS)[number];

/** A row of a log: its number, and everything that stands in it as one text. */
export type Line = { n: number; line: string };

/** Rows of one log in a batch: those with numbers beyond `after`, up to and with `upto`. */
export type Part = { after: number; upto: number; leaves: Buffer };

/** A batch of both logs, chained to the one before. */
export type Seal = { n: number; sealedAt: string; parts: Record<Log, Part>; previous: Buffer; hash: Buffer };

/** That rows up to a batch were taken away beyond their retention, and when. */
export type Pruning = { upto: number; at: string };

/** What the first batch is chained to. */
export const BEGINNING = Buffer.alloc(32);

const LEAF = 40;
const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** What a batch keeps of its rows: a number and a hash of each. */
export const leavesOf = (lines: readonly Line[]): Buffer => Buffer.concat(lines.flatMap(({ n, line }) => [numbered(n), sha256(line)]));

/** The hash of a batch: over the one before, its own bounds and moment, and its rows. */
export function hashOf({ n, sealedAt, parts, previous }: Omit<Seal, "hash">): Buffer {
  const rows = LOGS.flatMap((log) => [numbered(parts[log].after), numbered(parts[log].upto), sha256(parts[log].leaves)]);
  return sha256("trithuc seal 1\n", previous, numbered(n), sealedAt, "\n", ...rows);
}

function numbered(n: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(n));
  return bytes;
}

/** What was found wrong, and where. `n` is a row's number, or null where the batch itself is wrong. */
export type Finding = { log: Log | "audit_seals"; n: number | null; seal: number; what: "changed" | "deleted" | "inserted" | "broken" };

/** What is wrong with a batch by itself and beside the one before. */
export function judgeSeal(seal: Seal, before: Seal | undefined): Finding[] {
  const follows =
    seal.n === (before?.n ?? 0) + 1 &&
    seal.previous.equals(before?.hash ?? BEGINNING) &&
    LOGS.every((log) => seal.parts[log].after === (before?.parts[log].upto ?? 0));
  return follows && seal.hash.equals(hashOf(seal)) ? [] : [{ log: "audit_seals", n: null, seal: seal.n, what: "broken" }];
}

/** What is wrong with the rows of a batch, by what it kept of them. */
export function judgeRows(log: Log, seal: Seal, lines: readonly Line[]): Finding[] {
  const kept = new Map<number, Buffer>();
  const { leaves } = seal.parts[log];
  for (let at = 0; at + LEAF <= leaves.length; at += LEAF) {
    kept.set(Number(leaves.readBigInt64BE(at)), leaves.subarray(at + 8, at + LEAF));
  }
  const found: Finding[] = [];
  for (const { n, line } of lines) {
    const leaf = kept.get(n);
    if (!leaf) found.push({ log, n, seal: seal.n, what: "inserted" });
    else if (!leaf.equals(sha256(line))) found.push({ log, n, seal: seal.n, what: "changed" });
    kept.delete(n);
  }
  return [...found, ...[...kept.keys()].map((n): Finding => ({ log, n, seal: seal.n, what: "deleted" }))];
}

/** A batch without its rows, as it stands when they have gone: whatever stands there still was put in. */
export function emptied(seal: Seal): Seal {
  const none = (part: Part): Part => ({ ...part, leaves: Buffer.alloc(0) });
  return { ...seal, parts: { access_log: none(seal.parts.access_log), audit_events: none(seal.parts.audit_events) } };
}

/** How long logs are kept at the least, in months (NĐ 356/2025/NĐ-CP): a row of a younger batch that is gone was taken away. */
export const LEAST_MONTHS = 12;

/** Whether the rows of a batch went by its time: an event says so, and the batch was old enough by then. */
export const wentInTime = (seal: Seal, prunings: readonly Pruning[]): boolean =>
  prunings.some(({ upto, at }) => seal.n <= upto && seal.sealedAt <= monthsBefore(new Date(at), LEAST_MONTHS));

/** The instant so many months before another, ISO 8601. */
export function monthsBefore(day: Date, months: number): string {
  const before = new Date(day);
  before.setUTCMonth(before.getUTCMonth() - months);
  return before.toISOString();
}
