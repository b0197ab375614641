import { blurred, dayIn, exactly, plusDays, THIS_YEAR, TODAY, type Span } from "./days.ts";
import type { Random } from "../random.ts";
import type { Pool } from "../world/organizations.ts";
import type { Place } from "../world/places.ts";
import type { Profession } from "../world/professions.ts";
import { NEVER, type Unit, type Units } from "../world/units.ts";
import type { World } from "../world/world.ts";

/** A bond with an organization as it will be written. */
export type PostDraft = {
  kind: "employment" | "membership" | "secondment" | "advisory";
  unit: Unit | null;
  text: string | null;
  post: string | null;
  grade: string | null;
  regime: Profession["regime"] | null;
  primary: boolean;
  from: Span | null;
  to: Span | null;
  ended: boolean | null;
};

/** What a career depends on: the trade, the first degree's year, where home is, and the last day of work where there is one. */
export type Working = { trade: Profession; since: number; home: Place | null; until: string | null };
type Stint = { unit: Unit; from: string; to: string };

/**
 * The posts of a career, the earliest first. Each unit stands on each day of its stint: where the unit of today is younger than the stint,
 * the one that it followed comes before it, as it was for everybody on 2025-07-01.
 */
export function postsOf(random: Random, world: World, working: Working): PostDraft[] {
  const { trade, since, until } = working;
  const start = since >= THIS_YEAR - 1 ? dayIn(random, since, 7, 12) : dayIn(random, since + random.between(0, 1), 7, 12);
  const end = until ?? TODAY;
  if (start >= end) return [];
  const ceiling = ceilingOf(random);
  const pool = random.draw(trade.pools);
  let unit = unitNear(random, world, pool, working.home);
  const posts: PostDraft[] = [];
  for (const [from, to] of spells(random, start, end)) {
    if (posts.length > 0 && random.chance(0.4)) unit = unitNear(random, world, pool, working.home);
    const years = Number(from.slice(0, 4)) - since;
    const rank = Math.min(ceiling, Math.floor(years / 7));
    const post = {
      kind: "employment" as const,
      post: trade.posts[rank]!,
      grade:
        trade.grades.length > 0 && random.chance(0.7)
          ? trade.grades[Math.min(rank, Math.floor(years / 9), trade.grades.length - 1)]!
          : null,
      regime: trade.regime,
      primary: true,
    };
    const open = to === end && until === null;
    if (!unit) posts.push({ ...post, ...datesOf(random, from, to, open, from, to), unit: null, text: elsewhere(random, trade) });
    else for (const stint of stintsAt(random, unit, from, to)) posts.push({ ...post, ...datesOfStint(random, stint, open), text: null });
  }
  return [...posts, ...bondsOf(random, world.units, start, until)];
}

/** How high somebody comes: most stay where they began. */
function ceilingOf(random: Random): number {
  const luck = random.fraction();
  return luck < 0.6 ? 0 : luck < 0.82 ? 1 : luck < 0.95 ? 2 : 3;
}

/** A career cut at its changes of post: one in about twelve years. */
function spells(random: Random, start: string, end: string): [from: string, to: string][] {
  const found: [string, string][] = [];
  let from = start;
  for (let year = Number(start.slice(0, 4)) + random.between(5, 20); found.length < 3; year += random.between(6, 16)) {
    const change = dayIn(random, year);
    if (change >= end) break;
    found.push([from, plusDays(change, -1)]);
    from = change;
  }
  return [...found, [from, end]];
}

/** A unit of the trade: for most in the commune where they live. None for those who live outside the province, lecturers aside. */
function unitNear(random: Random, world: World, pool: Pool, home: Place | null): Unit | null {
  const { pools, near, byCode } = world.units;
  if (home === null)
    return pool === "university" ? (byCode.get(random.pick(["UNI-BKA", "UNI-QHT", "UNI-HVN", "UNI-SPH", "UNI-KHA"])) ?? null) : null;
  const local = random.chance(0.6) ? near.get(pool)?.get(home.id) : undefined;
  const list = local ?? pools.get(pool) ?? [];
  return list.length > 0 ? random.pick(list) : null;
}

/** The stints in a unit, or in what it followed, that fill these days as far as any of them stood. */
export function stintsAt(random: Random, unit: Unit, from: string, to: string): Stint[] {
  const earlier = unit.before.filter((before) => before.to >= from);
  const must = unit.from > from;
  // A body that took in another has people of both.
  if (earlier.length === 0 || (!must && random.chance(0.6))) return to < unit.from ? [] : [{ unit, from: later(from, unit.from), to }];
  const before = random.pick(earlier);
  if (to <= before.to) return stintsAt(random, before, from, to);
  const next = later(plusDays(before.to, 1), unit.from);
  const stints = stintsAt(random, before, from, before.to);
  return next <= to ? [...stints, { unit, from: next, to }] : stints;
}

const later = (a: string, b: string): string => (a > b ? a : b);

function datesOfStint(random: Random, { unit, from, to }: Stint, open: boolean) {
  return { unit, ...datesOf(random, from, to, open && to === TODAY, unit.from, unit.to === NEVER ? TODAY : unit.to) };
}

function datesOf(
  random: Random,
  from: string,
  to: string,
  open: boolean,
  low: string,
  high: string,
): Pick<PostDraft, "from" | "to" | "ended"> {
  if (open) return { from: blurred(random, from, low, high), to: null, ended: random.chance(0.7) ? false : null };
  // A stint that ended with its unit is known to the day.
  const last = to === high ? exactly(to) : blurred(random, to, low, high);
  return { from: blurred(random, from, low, last[1]), to: last, ended: true };
}

function elsewhere(random: Random, { regime }: Profession): string {
  const place = random.pick(["Hà Nội", "TP. Hồ Chí Minh", "Hải Phòng", "Thái Nguyên"]);
  return regime === "enterprise" ? `Doanh nghiệp tại ${place}` : `Cơ quan, đơn vị tại ${place}`;
}

/** Memberships of associations, and advice: not the main work. */
function bondsOf(random: Random, units: Units, start: string, until: string | null): PostDraft[] {
  if (!random.chance(0.07)) return [];
  const unit = units.byCode.get(random.chance(0.85) ? "LHH" : "HVHNT");
  const year = Math.min(THIS_YEAR - 1, Number(start.slice(0, 4)) + random.between(3, 20));
  if (!unit || year <= Number(start.slice(0, 4))) return [];
  const kind = random.chance(0.9) ? "membership" : "advisory";
  const from = blurred(random, dayIn(random, year), unit.from, TODAY);
  const post = kind === "membership" ? "Hội viên" : "Cộng tác viên tư vấn, phản biện";
  const open = until === null || random.chance(0.5) ? null : true;
  return [{ kind, unit, text: null, post, grade: null, regime: null, primary: false, from, to: null, ended: open }];
}
