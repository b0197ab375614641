import type { DegreeDraft } from "./degrees.ts";
import { THIS_YEAR } from "./days.ts";
import type { Random } from "../random.ts";
import type { Code } from "../world/fields.ts";
import type { Profession } from "../world/professions.ts";
import type { World } from "../world/world.ts";

export type TitleDraft = { title: "GS" | "PGS"; field: Code; year: number; decision: string | null };
export type AwardDraft = { award: string; year: number; issuer: string | null };
export type ExpertiseDraft = { field: Code; role: "main" | "secondary"; sector: string; text: string | null };

/** Associate professor some years after the doctorate, professor some years after that; none without a doctorate. */
export function titlesOf(random: Random, field: Code, degrees: readonly DegreeDraft[], isLecturer: boolean): TitleDraft[] {
  const doctorate = degrees.find(({ level }) => level === "TS")?.year;
  if (doctorate === undefined || !random.chance(isLecturer ? 0.25 : 0.05)) return [];
  const titles: TitleDraft[] = [];
  const add = (title: TitleDraft["title"], year: number): boolean => {
    if (year >= THIS_YEAR) return false;
    titles.push({ title, field, year, decision: random.chance(0.5) ? `${random.between(10, 99)}/QĐ-HĐGSNN` : null });
    return true;
  };
  const associate = doctorate + random.between(5, 14);
  if (add("PGS", associate) && random.chance(0.15)) add("GS", associate + random.between(6, 12));
  return titles;
}

/** What somebody is expert in, after the highest degree; some have a second field beside it. */
export function expertiseOf(random: Random, world: World, trade: Profession, degrees: readonly DegreeDraft[]): ExpertiseDraft[] {
  const training = degrees.at(-1)?.training;
  if (!training) return [];
  const main = world.fields.rd(random, training.code);
  const sector = random.draw(trade.sector);
  const found: ExpertiseDraft[] = [{ field: main, role: "main", sector, text: random.chance(0.5) ? training.vi : null }];
  const second = random.chance(0.2) ? world.fields.rd(random, training.code) : main;
  if (second.code !== main.code) found.push({ field: second, role: "secondary", sector, text: null });
  return found;
}

const ISSUERS: Readonly<Record<string, string>> = {
  BKT: "Chủ tịch UBND tỉnh", CSTDT: "Chủ tịch UBND tỉnh", GTKHCN_BN: "UBND tỉnh", TTTB_BN: "UBND tỉnh", BKTTG: "Thủ tướng Chính phủ",
  HCLD: "Chủ tịch nước", NGND: "Chủ tịch nước", NGUT: "Chủ tịch nước", TTND: "Chủ tịch nước", TTUT: "Chủ tịch nước",
  NSND: "Chủ tịch nước", NSUT: "Chủ tịch nước", NNND: "Chủ tịch nước", NNUT: "Chủ tịch nước", LDST: "Tổng Liên đoàn Lao động Việt Nam",
}; // prettier-ignore

// Years of work before an award of the state; the others come earlier.
const LATE: Readonly<Record<string, number>> = {
  NGUT: 15,
  NGND: 20,
  TTUT: 15,
  TTND: 20,
  NSUT: 15,
  NSND: 20,
  NNUT: 15,
  NNND: 20,
  HCLD: 15,
  BKTTG: 10,
};

/** Awards: the longer the work, the more and the higher. */
export function awardsOf(random: Random, trade: Profession, since: number, last: number): AwardDraft[] {
  const years = last - since;
  const awards = new Map<string, AwardDraft>();
  for (let chance = Math.min(0.55, years / 50); random.chance(chance) && awards.size < 5; chance *= 0.6) {
    const award = random.draw(trade.awards);
    const first = since + (LATE[award] ?? 4);
    if (first <= last) awards.set(award, { award, year: random.between(first, last), issuer: ISSUERS[award] ?? null });
  }
  return [...awards.values()];
}
