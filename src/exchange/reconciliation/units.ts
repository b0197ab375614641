import { clean, foldSearch } from "../../core/vietnamese/text.ts";
import { findPlace } from "../cells/addresses.ts";
import type { Reference } from "../cells/reference.ts";
import { readCredentials } from "../cells/spellings.ts";
import { findRdField, findTrainingField } from "../cells/studies.ts";
import { findUnit, unitName } from "../cells/units.ts";
import { KNOWN, matchReference } from "../../reference/names/queries.ts";
import type { Meant, Named } from "../../reference/names/queries.ts";
import { byQuestion, degreeLevels, fieldIds } from "./queries.ts";
import type { Run } from "./queries.ts";
import type { Candidate, Reason } from "./schema.ts";

/** Texts that are asked for in one statement. */
const BATCH = 100;

export type Narrowed = { day: string | null; scheme?: string | undefined };

/** Candidates for texts that name units or fields: what an import would read, then what is written alike. */
export async function reconcileUnits(
  run: Run,
  reference: Reference,
  noun: Named,
  texts: readonly string[],
  narrowed: Narrowed,
): Promise<Candidate[][]> {
  const read = await readings(run, reference, noun, texts, narrowed);
  const found: Meant[] = [];
  for (let i = 0; i < texts.length; i += BATCH) {
    const numbered = texts.slice(i, i + BATCH).map((text, j) => ({ n: i + j, text }));
    const questions = numbered.flatMap(({ n, text }) =>
      forms(noun, text).map((form) => ({ n, typed: form.toLowerCase(), folded: foldSearch(form) })),
    );
    const ids = numbered.flatMap(({ n }) => (read[n] ?? []).map((id) => ({ n, id })));
    found.push(...(await matchReference({ read: run }, noun, questions, { ...narrowed, ids })));
  }
  const answers = byQuestion(found);
  return texts.map((text, n) => {
    const best = new Map<string, Candidate>();
    for (const meant of answers.get(n) ?? []) {
      const candidate = scored(meant, foldSearch(text).split(" ").length, read[n] ?? []);
      const known = best.get(meant.id);
      if (!known || known.score < candidate.score) best.set(meant.id, candidate);
    }
    return [...best.values()];
  });
}

/** The text, a unit's abbreviations written out too; of an address its first part: what stands after it is for the reader. */
function forms(noun: Named, text: string): string[] {
  const own = clean(text);
  const all = noun === "organizations" ? [own, unitName(text)] : noun === "localities" ? [own.split(/[,;]/)[0]!] : [own];
  return [...new Set(all)].filter((form) => foldSearch(form) !== "");
}

/** What the readers of imports make of each text, as ids. */
async function readings(
  run: Run,
  reference: Reference,
  noun: Named,
  texts: readonly string[],
  { day, scheme }: Narrowed,
): Promise<string[][]> {
  if (noun === "organizations") return texts.map((text) => present(findUnit(reference.units, text)?.id));
  if (noun === "localities") {
    const former = day !== null && day < "2025-07-01";
    return texts.map((text) => present(findPlace(reference.places, text, former).node?.row.id));
  }
  const codes = texts.map((text) => [
    ["rd", findRdField(reference.studies, text)] as const,
    ["training", findTrainingField(reference.studies, text)] as const,
  ]);
  const wanted = ["rd", "training"].filter((one) => scheme === undefined || scheme === one);
  const ids = new Map<string, string>();
  for (const one of wanted) {
    const named = codes.flatMap((pairs) => pairs.flatMap(([of, code]) => (of === one && code !== null ? [code] : [])));
    for (const { id, code } of named.length > 0 ? await fieldIds(run, one, named) : []) ids.set(`${one}/${code}`, id);
  }
  return codes.map((pairs) => pairs.flatMap(([of, code]) => present(ids.get(`${of}/${code}`))));
}

const present = (id: string | undefined): string[] => (id === undefined ? [] : [id]);

function scored({ id, code, name, hint, rank, words }: Meant, typed: number, read: readonly string[]): Candidate {
  const asRead = read.includes(id);
  const [score, reason] = worth(rank, Math.min(typed, words) / Math.max(typed, words));
  const reasons: Reason[] = asRead ? ["read_as_in_imports", ...(rank === KNOWN ? [] : [reason])] : [reason];
  return { id, code, name, hint, score: asRead ? Math.max(0.97, score) : score, certain: false, reasons };
}

/** What a name is worth by its rank (migration 0009) and the share of words that it has in common with the text. */
function worth(rank: number, share: number): [number, Reason] {
  if (rank < 0) return [1, "code"];
  const round = (score: number) => Math.round(score * 1000) / 1000;
  if (rank > 1 || share < 1)
    return rank < 10 ? [round(0.4 + 0.45 * share), "name_in_part"] : [round(Math.max(0.2, 0.8 - 0.05 * (rank - 10))), "name_similar"];
  return rank === 0 ? [0.96, "name_as_written"] : [0.92, "name_folded"];
}

/** Candidates for texts that name degrees: the levels that an import would read. */
export async function reconcileDegrees(run: Run, reference: Reference, texts: readonly string[]): Promise<Candidate[][]> {
  const levels = new Map((await degreeLevels(run)).map((level) => [level.code, level]));
  return texts.map((text) => {
    const { levels: codes, rest } = readCredentials(reference.spellings, text);
    return codes.flatMap((code): Candidate[] => {
      const level = levels.get(code);
      return level
        ? [{ ...level, hint: "", score: rest === "" && codes.length === 1 ? 1 : 0.9, certain: false, reasons: ["read_as_in_imports"] }]
        : [];
    });
  });
}
