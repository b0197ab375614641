import { ask, load } from "./load.ts";
import { interleave } from "./measure.ts";
import type { Lane, Results } from "./measure.ts";
import { turning } from "./works.ts";
import type { Bench } from "./works.ts";

/** Reads of one person alone, then while 16 of the heaviest queries that are allowed run beside them. */
export async function besideHeavy({ sides, sample, sql, seconds }: Bench): Promise<Results> {
  const { ours, headers } = sides;
  const reading: Lane = {
    name: "alone",
    side: ours,
    connections: 4,
    seconds,
    next: turning(sample.people, ({ uid }) => ask(`/v1/people/${uid}`, { headers })),
  };
  const alone = await interleave([reading], 3, sql);
  const heavy = {
    port: ours.port,
    connections: 16,
    seconds: seconds * 3 + 1,
    next: turning(HEAVY, (query) => ask(`/v1/people?${query}`, { headers })),
  };
  const [beside, under] = await Promise.all([interleave([{ ...reading, name: "beside" }], 3, sql), load(heavy)]);
  return { ...alone, ...beside, heavy: { ...under, node: 0, postgres: 0, rounds: [under.perSecond] } };
}

/** As much as one query may ask: no index helps, everything is counted, sorted by several keys and shown whole. */
const HEAVY = [
  `filter=${encodeURIComponent("count(degrees, graduation_year >= 1990) >= 2 and not (keywords exists) and count(affiliations) >= 3")}&sort=-birth_year,name&limit=500&count=exact&include=degrees,affiliations,expertise,awards,academic_titles`,
  `filter=${encodeURIComponent("not has(degrees, institution.name match khoa) or not has(affiliations, organization.name match truong)")}&sort=-birth_date&limit=500&count=exact`,
  `name:match=${encodeURIComponent("nguyen thi thanh huong lan anh minh")}&limit=500&count=exact`,
];
