import { isOrcid } from "../../../core/check-characters.ts";
import type { Violation } from "../../../core/problems.ts";
import { splitName, stripTitles } from "../../../core/vietnamese/names.ts";
import { clean } from "../../../core/vietnamese/text.ts";
import { orderOfDates } from "../../../db/write/facts.ts";
import type { FactNoun, Writing } from "../../../db/write/facts.ts";
import { checkReferences } from "../../../db/write/references.ts";
import type { Pointing } from "../../../db/write/references.ts";
import type { Transaction } from "../../../db/write/transaction.ts";
import type { Facts } from "../commands.ts";
import { Person } from "../schema.ts";

type Body = Record<string, unknown>;

/** Everything about a person's body that its shape cannot say. */
export async function checkPerson(tx: Transaction, { context }: Writing, facts: Facts, value: Body): Promise<Violation[]> {
  return [...checkAlone(facts, value), ...(await checkReferences(tx, Person, pointing(facts, value, ""), context.today))];
}

/** As much of it as needs no database. */
export const checkAlone = (facts: Facts, value: Body): Violation[] => [
  ...nameParts(value),
  ...identifierChecks(value),
  ...nested(facts, value, "").flatMap(({ body, pointer }) => orderOfDates(body, pointer)),
];

/** The bodies in a person's that point at something: its own, and those of the facts that come along. */
export const pointing = (facts: Facts, value: Body, pointer: string): Pointing[] => [
  { body: value, pointer },
  ...nested(facts, value, pointer),
];

function nested(facts: Facts, value: Body, pointer: string): (Pointing & Pick<FactNoun, "noun">)[] {
  return Object.entries(facts).flatMap(([member, { noun }]) =>
    ((value[member] ?? []) as Body[]).map((body, i) => ({ noun, body, pointer: `${pointer}/${member}/${i}` })),
  );
}

/** A title before or after a name is no part of it; parts that a client sends must make up what is left. */
function nameParts(value: Body): Violation[] {
  const name = value["name"] as { full: string; family?: string | null; middle?: string | null; given?: string } | undefined;
  if (!name) return [];
  const bare = stripTitles(clean(name.full)).name;
  if (bare === "") {
    const detail = { vi: "Chỉ có học hàm, học vị mà không có tên.", en: "There are titles and no name." };
    return [{ code: "validation-failed", pointer: "/name/full", detail }];
  }
  name.full = bare;
  const split = splitName(name.full);
  const part = (own: string | null | undefined, usual: string | null) => (own === undefined ? usual : own);
  const parts = [part(name.family, split.family), part(name.middle, split.middle), part(name.given, split.given)];
  if (parts.filter(Boolean).join(" ") === name.full) return [];
  const detail = { vi: "Các phần của tên không ghép lại thành tên đầy đủ.", en: "The parts do not make up the full name." };
  return [{ code: "validation-failed", pointer: "/name", detail }];
}

function identifierChecks(value: Body): Violation[] {
  const identifiers = (value["identifiers"] ?? []) as { scheme: string; value: string }[];
  const refused = (i: number, vi: string, en: string): Violation[] => [
    { code: "validation-failed", pointer: `/identifiers/${i}/value`, detail: { vi, en } },
  ];
  return identifiers.flatMap(({ scheme, value: text }, i): Violation[] => {
    if (identifiers.findIndex((one) => one.scheme === scheme && one.value === text) < i)
      return refused(i, "Mã định danh này được nêu hai lần.", "This identifier is named twice.");
    if (scheme !== "orcid" || isOrcid(text)) return [];
    return refused(i, "Số ORCID sai chữ số kiểm tra.", "The ORCID has a wrong check digit.");
  });
}
