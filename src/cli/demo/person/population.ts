import { postsOf, type PostDraft } from "./careers.ts";
import { exactly, isoOf, plusDays, THIS_YEAR, TODAY, type Span } from "./days.ts";
import { degreesOf, YEARS, type DegreeDraft } from "./degrees.ts";
import { copied, soiled, type Dirt } from "./dirt.ts";
import { awardsOf, expertiseOf, titlesOf, type AwardDraft, type ExpertiseDraft, type TitleDraft } from "./honours.ts";
import { isChosen, Random } from "../random.ts";
import { citizenIdOf, emailOf, orcidOf } from "./numbers.ts";
import { nameOf, type Gender, type Name } from "../world/names.ts";
import type { Place } from "../world/places.ts";
import type { World } from "../world/world.ts";

/** A synthetic person as he or she will be written. */
export type Draft = {
  /** The place in the population, from 0. */
  index: number;
  /** The index of the person of whom this one is a second record. */
  copyOf: number | null;
  dirt: Dirt | null;
  name: Name;
  gender: Gender | null;
  birth: Span | null;
  citizenId: string | null;
  oldId: string | null;
  hometown: Place | null;
  hometownText: string | null;
  residence: Place | null;
  residenceText: string | null;
  group: "in_province" | "other_province" | "overseas" | null;
  phones: string[];
  emails: string[];
  keywords: string[];
  state: "draft" | "submitted" | "verified" | "published";
  life: "active" | "retired" | "deceased";
  diedOn: Span | null;
  willing: boolean | null;
  verification: "declared" | "document_seen" | "confirmed";
  receivedOn: string;
  orcid: string | null;
  degrees: DegreeDraft[];
  titles: TitleDraft[];
  posts: PostDraft[];
  expertise: ExpertiseDraft[];
  awards: AwardDraft[];
};

/** What is asked for: shares are of 0 to 1. */
export type Plan = { seed: number; duplicates: number; dirt: number };

const PERSON = 1;
const COPY = 2;
const DIRT = 3;
const COPIES = 4;
const DIRTY = 5;

/** Whether the person at an index is a second record of somebody before. */
export function isCopy({ seed, duplicates }: Plan, index: number): boolean {
  return index > 0 && isChosen(seed, index, duplicates, COPIES);
}

/** The person at an index: the same for the same plan and reference data, whoever else is made. */
export function personAt(world: World, plan: Plan, index: number): Draft {
  const origin = isCopy(plan, index) ? originOf(plan, index) : null;
  if (origin !== null) return copied(new Random(plan.seed, index, COPY), original(world, plan, origin), index);
  const person = original(world, plan, index);
  return isChosen(plan.seed, index, plan.dirt, DIRTY) ? soiled(new Random(plan.seed, index, DIRT), person, world.places) : person;
}

/** Of whom a copy is one: of somebody before, who is no copy. */
function originOf(plan: Plan, index: number): number | null {
  const random = new Random(plan.seed, index, COPIES);
  for (let i = 0; i < 50; i++) {
    const found = random.below(index);
    if (!isCopy(plan, found)) return found;
  }
  return null;
}

function original(world: World, plan: Plan, index: number): Draft {
  const random = new Random(plan.seed, index, PERSON);
  const trade = random.draw(world.professions);
  const gender: Gender = random.chance(trade.women) ? "female" : "male";
  const first = random.draw(trade.first);
  const born = Math.min(bornIn(random), THIS_YEAR - 19 - YEARS[first]!);
  // Never the first of January: that is what offices write when they know the year alone.
  const birth = isoOf(born, random.between(1, 12), random.between(2, 28));
  const degrees = degreesOf(random, world, trade, born, first);
  const since = degrees.find(({ level }) => level === first)!.year;
  const group = random.chance(0.08) ? (random.chance(0.12) ? "overseas" : "other_province") : "in_province";
  const { hometown, residence } = homesOf(random, world, group);
  const { life, until, diedOn } = endOf(random, born, birth, gender);
  const posts = postsOf(random, world, { trade, since, home: group === "in_province" ? residence : null, until });
  const expertise = expertiseOf(random, world, trade, degrees);
  const titles = expertise[0] ? titlesOf(random, expertise[0].field, degrees, trade.sector.items.includes("BASIC_RES")) : [];
  const name = nameOf(random, world.names, gender, born);
  const scholar = degrees.some(({ level }) => level === "TS");
  return {
    index,
    copyOf: null,
    dirt: null,
    name,
    gender,
    birth: exactly(birth),
    citizenId: random.chance(0.9) ? citizenIdOf(world, hometown, gender, born, index, plan.seed) : null,
    oldId: born < 2000 && random.chance(0.15) ? `12${random.between(1_000_000, 9_999_999)}` : null,
    hometown,
    hometownText: random.chance(0.6) ? world.places.textOf(hometown) : null,
    residence,
    residenceText: residence && random.chance(0.4) ? `Số nhà ${random.between(1, 300)}, ${world.places.textOf(residence)}` : null,
    group,
    // 095 was a network that ended in 2012, and no real number begins with it.
    phones: random.chance(0.85) ? [`+8495${String(random.between(0, 9_999_999)).padStart(7, "0")}`] : [],
    emails: random.chance(0.6) ? [emailOf(name, index)] : [],
    keywords: scholar || random.chance(0.1) ? expertise.map(({ field }) => field.vi.toLowerCase().slice(0, 60)) : [],
    ...standingOf(random),
    life,
    diedOn,
    willing: random.chance(0.5) ? random.chance(0.7) : null,
    orcid: scholar && random.chance(0.7) ? orcidOf(plan.seed, index) : null,
    degrees,
    titles,
    posts,
    expertise,
    awards: awardsOf(random, trade, since, Number((until ?? TODAY).slice(0, 4)) - 1),
  };
}

/** Most are of working age; a tenth is older. */
function bornIn(random: Random): number {
  if (random.chance(0.12)) return random.between(THIS_YEAR - 84, THIS_YEAR - 61);
  // The mean of two is fullest in the middle, around forty.
  return THIS_YEAR - Math.round((random.between(24, 60) + random.between(24, 58)) / 2);
}

function homesOf(random: Random, world: World, group: Draft["group"]): { hometown: Place; residence: Place | null } {
  const { home, homeBefore, before, elsewhere } = world.places;
  const abroad = group === "overseas" ? null : random.pick(random.draw(elsewhere.today));
  const residence = group === "in_province" ? random.draw(home) : abroad;
  const local = residence && group === "in_province" && random.chance(0.6) ? before.get(residence.id) : undefined;
  // Everybody here was born before 2025-07-01, so the unit of the birth is one of before; those who left came from here.
  const stranger = group === "in_province" && random.chance(0.1);
  return { hometown: stranger ? random.pick(random.draw(elsewhere.before)) : random.pick(local ?? homeBefore), residence };
}

type End = { life: Draft["life"]; until: string | null; diedOn: Span | null };

// Labour Code of 1994 and 2012: men at 60, women at 55; since 2021 some months later each year, here by one year for all.
function endOf(random: Random, born: number, birth: string, gender: Gender): End {
  const usual = gender === "male" ? 60 : 55;
  const age = born + usual >= 2021 ? usual + 1 : usual;
  const birthday = `${born + age}${birth.slice(4)}`;
  const retires = birthday < TODAY && !(random.chance(0.08) && THIS_YEAR - born < 68);
  const until = retires ? plusDays(birthday, random.between(0, 30)) : null;
  const retired = until !== null && until < TODAY ? until : null;
  if (!random.chance(THIS_YEAR - born > 75 ? 0.06 : THIS_YEAR - born > 60 ? 0.015 : 0.001)) {
    return { life: retired ? "retired" : "active", until: retired, diedOn: null };
  }
  const day = isoOf(random.between(THIS_YEAR - 3, THIS_YEAR - 1), random.between(1, 12), random.between(1, 28));
  return { life: "deceased", until: retired !== null && retired < day ? retired : day, diedOn: exactly(day) };
}

function standingOf(random: Random): Pick<Draft, "state" | "verification" | "receivedOn"> {
  const luck = random.fraction();
  const state = luck < 0.1 ? "draft" : luck < 0.35 ? "submitted" : luck < 0.92 ? "verified" : "published";
  const sure = random.fraction();
  const verification = sure < 0.6 ? "declared" : sure < 0.9 ? "document_seen" : "confirmed";
  return { state, verification, receivedOn: isoOf(THIS_YEAR, random.between(1, 6), random.between(1, 28)) };
}
