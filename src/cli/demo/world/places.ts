import type { Client } from "pg";
import { Random, weighted, weightedWords, type Weighted } from "../random.ts";

/** A locality as the population needs it. */
export type Place = {
  id: string;
  code: string;
  kind: "province" | "district" | "commune";
  type: string;
  name: string;
  full_name: string;
  parent_id: string | null;
  valid_from: string | null;
  valid_to: string | null;
  today_id: string | null;
};

/** Communes to be born and to live in. */
export type Places = {
  byId: Map<string, Place>;
  /** The communes of today's province, by how many live there. */
  home: Weighted<Place>;
  /** What a commune of today was before 2025-07-01. */
  before: Map<string, Place[]>;
  /** Every commune of before of both old provinces. */
  homeBefore: Place[];
  elsewhere: { today: Weighted<Place[]>; before: Weighted<Place[]> };
  /** The old province of a place of before, the one that stands in a citizen id. */
  provinceOf(place: Place): Place;
  /** A place in full: "Xã Đông Thọ, Huyện Yên Phong, Tỉnh Bắc Ninh". */
  textOf(place: Place): string;
};

const PROVINCE = "24";
const PROVINCES_BEFORE = new Set(["24", "27"]);

// Where people of the province went to and came from: the neighbours and the two largest cities first. Codes of today; codes of before.
const TODAY_ELSEWHERE = weightedWords("01 48 79 12 31 7 22 7 19 7 33 6 20 4 25 3 37 2 38 2 48 2 40 1 75 2");
const BEFORE_ELSEWHERE = weightedWords("01 22 30 16 33 12 34 10 36 9 19 8 20 6 26 6 35 4 38 5 40 4 37 3 25 3 22 3 31 3 04 1 42 1 08 1");

/** Reads the localities that the database was loaded with. */
export async function readPlaces(client: Client): Promise<Places> {
  const { rows } = await client.query<Place>(
    `select id, code, kind, type, name, full_name, parent_id, valid_from::text, valid_to::text, today_id
    from localities where hidden_at is null order by code, valid_from nulls first`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const provinceOf = (place: Place): Place => {
    const above = place.parent_id === null ? undefined : byId.get(place.parent_id);
    return above ? provinceOf(above) : place;
  };
  const communes = rows.filter(({ kind }) => kind === "commune");
  const today = grouped(
    communes.filter(({ valid_to }) => valid_to === null),
    (place) => provinceOf(place).code,
  );
  const before = grouped(
    communes.filter(({ valid_to }) => valid_to !== null),
    (place) => provinceOf(place).code,
  );
  const home = today.get(PROVINCE) ?? [];
  const homeBefore = [...PROVINCES_BEFORE].flatMap((code) => before.get(code) ?? []);
  return {
    byId,
    home: weighted(home.map((place) => [place, sizeOf(place)])),
    before: grouped(
      homeBefore.filter(({ today_id }) => today_id !== null),
      ({ today_id }) => today_id!,
    ),
    homeBefore,
    elsewhere: { today: only(TODAY_ELSEWHERE, today), before: only(BEFORE_ELSEWHERE, before) },
    provinceOf,
    textOf: (place) => textOf(place, byId),
  };
}

/** How large a commune is beside the others: a ward has more people than a rural commune, and no two are alike. */
function sizeOf({ code, type }: Place): number {
  return (type === "phuong" ? 1.5 : 0.8) * (0.6 + new Random(Number(code), 0, 7).fraction());
}

function textOf(place: Place, byId: Map<string, Place>): string {
  const above = place.parent_id === null ? undefined : byId.get(place.parent_id);
  return above ? `${place.full_name}, ${textOf(above, byId)}` : place.full_name;
}

function only(codes: Weighted<string>, places: Map<string, Place[]>): Weighted<Place[]> {
  const pairs = codes.items.map((code, i) => [places.get(code) ?? [], codes.sums[i]! - (codes.sums[i - 1] ?? 0)] as const);
  return weighted(pairs.filter(([list]) => list.length > 0));
}

function grouped(places: readonly Place[], keyOf: (place: Place) => string): Map<string, Place[]> {
  const groups = new Map<string, Place[]>();
  for (const place of places) groups.set(keyOf(place), [...(groups.get(keyOf(place)) ?? []), place]);
  return groups;
}
