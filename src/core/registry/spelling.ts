import { nearest } from "../problems.ts";
import { fold } from "../vietnamese/text.ts";
import type { Noun } from "./noun.ts";

/**
 * The path that a word which is no field may stand for: a label or a spreadsheet's header (`gioi_tinh` is `gender`, `hoc_vi` is `degrees.level`),
 * the last words of a field (`locality` is `residence_locality`), a field of what hangs on the noun (`level` is `degrees.level`) or of what it points at (a degree's `gender` is
 * `person.gender`), or a misspelling.
 */
export function pathMeant(text: string, noun: Noun, nounOf: (name: string) => Noun, known: readonly string[]): string | undefined {
  const wanted = fold(text.replaceAll(/[._-]/g, " "));
  const places = [
    { prefix: "", of: noun },
    ...Object.entries(noun.collections).map(([member, name]) => ({ prefix: `${member}.`, of: nounOf(name) })),
  ];
  const among = (fits: (member: string, of: Noun) => boolean): string | undefined =>
    places
      .flatMap(({ prefix, of }) => Object.keys(of.fields).flatMap((member) => (fits(member, of) ? [`${prefix}${member}`] : [])))
      .find((path) => known.includes(path));
  const pointedAt = Object.entries(noun.relations).flatMap(([member, name]) => {
    const of = nounOf(name);
    const found = Object.keys(of.fields).find(
      (one) => of.fields[one]!.operators.length > 0 && [fold(one.replaceAll("_", " ")), ...written(of, one)].includes(wanted),
    );
    return found === undefined ? [] : [`${member}.${found}`];
  });
  return (
    among((member, of) => written(of, member).includes(wanted)) ??
    among((member, of) => of !== noun && fold(member.replaceAll("_", " ")) === wanted) ??
    (noun.standing === "person" && wanted === "locality" ? "residence_locality" : undefined) ??
    pointedAt[0] ??
    nearest(text, known)
  );
}

function written({ fields }: Noun, member: string): string[] {
  const { label, headers } = fields[member]!;
  return [fold(label.vi), fold(label.en), ...headers.split("|").map((header) => header.trim().replace(/\s+/g, " "))];
}
