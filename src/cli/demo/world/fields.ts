import type { Client } from "pg";
import type { Random } from "../random.ts";

/** A code of a classification with its Vietnamese label. */
export type Code = { code: string; vi: string };

/** Training fields by prefix, R&D fields by training field, and the version of each scheme as facts name it. */
export type FieldBook = {
  /** The most detailed training fields below a prefix. */
  training(prefix: string): readonly Code[];
  /** An R&D field that somebody with this training is expert in. */
  rd(random: Random, training: string): Code;
  schemes: Readonly<Record<string, string>>;
};

// Which R&D fields (QĐ 12/2008, level 2) a training field leads to; the longest prefix decides.
const RD: Readonly<Record<string, string>> = {
  14: "503", 140209: "503 101", 140210: "503 102", 140211: "503 103", 140212: "503 104", 140213: "503 106", 140217: "503 602",
  140218: "503 601", 140219: "503 507", 140231: "503 602", 21: "604", 22: "602", 2290: "603 601", 31: "502", 3101: "502", 3102: "506",
  3103: "504", 3104: "501", 3105: "507", 3106: "599", 32: "508", 34: "502", 38: "505", 42: "106", 4202: "209 406", 44: "103 104",
  4402: "105", 4403: "105", 46: "101", 48: "102", 4802: "102 202", 51: "203", 5101: "201", 5102: "203", 5103: "202", 5104: "204 207",
  5106: "299", 52: "203", 5201: "203", 5202: "202", 5203: "204 205", 5204: "103", 5205: "105", 54: "211", 5402: "205", 58: "201",
  62: "401", 6202: "404", 6203: "405", 6201: "401 402", 64: "403", 72: "303", 7201: "302 301", 7202: "304", 7203: "303", 7205: "302",
  7206: "302", 7207: "303", 76: "504", 81: "599", 8103: "503", 84: "599", 85: "105 207", 86: "599",
}; // prettier-ignore

/** Reads the classifications that the database was loaded with. */
export async function readFields(client: Client): Promise<FieldBook> {
  const { rows } = await client.query<Code & { scheme: string; scheme_version: string; parent_code: string | null; level: number }>(
    "select scheme, scheme_version, code, parent_code, level, vi from fields where hidden_at is null order by scheme, scheme_version, code",
  );
  const lists = await client.query<{ list: string; version: string }>(
    "select list, max(list_version) as version from codes where hidden_at is null group by list order by list",
  );
  const training = rows.filter(({ scheme, level }) => scheme === "training" && level === 3);
  const rd = new Map(rows.filter(({ scheme }) => scheme === "rd").map((row) => [row.code, row]));
  const below = Map.groupBy(
    [...rd.values()].filter(({ level }) => level === 3),
    ({ parent_code }) => parent_code,
  );
  const known = new Map<string, readonly Code[]>();
  const schemes = [
    ...rows.map(({ scheme, scheme_version }) => [scheme, `${scheme}@${scheme_version}`]),
    ...lists.rows.map(({ list, version }) => [list, `${list}@${version}`]),
  ];
  return {
    training(prefix) {
      const found = known.get(prefix) ?? training.filter(({ code }) => code.startsWith(prefix));
      known.set(prefix, found);
      return found;
    },
    rd(random, code) {
      const prefix = [6, 4, 2].map((length) => code.slice(0, length)).find((start) => start in RD);
      const parent = random.pick((RD[prefix ?? ""] ?? "599").split(" "));
      const children = below.get(parent) ?? [];
      return children.length > 0 && random.chance(0.7) ? random.pick(children) : rd.get(parent)!;
    },
    schemes: Object.fromEntries(schemes),
  };
}
