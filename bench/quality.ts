import { qualityOf } from "../test/registry/misspell.ts";
import type { Found, Question } from "../test/registry/misspell.ts";
import { ask, askAll } from "./load.ts";
import type { Sample } from "./sample.ts";
import type { Side, Sides } from "./sides.ts";

/** Recall within 20 results on the same misspelt names. */
export type Recall = { ours: number; hand: number; typical: number; questions: number };

/** Asks every side for the misspelt names, and looks for the name meant among the first 20. */
export async function recallOf({ ours, hand, typical, headers }: Sides, { questions }: Sample, slow: number): Promise<Recall> {
  const typed = (question: Question) => encodeURIComponent(question.typed);
  const by = (
    side: Side,
    path: (question: Question) => string,
    namesOf: (body: string) => string[],
    asked: readonly Question[],
    own = {},
  ) => recall(side, asked, (question) => ask(path(question), { headers: own }), namesOf);
  const theirs = (body: string) =>
    (JSON.parse(body) as { fullName?: string; full_name?: string }[]).map((one) => one.fullName ?? one.full_name ?? "");
  const own = (body: string) => (JSON.parse(body) as { data: { name: { full: string } }[] }).data.map(({ name }) => name.full);
  const few = questions.slice(0, slow);
  return {
    ours: await by(ours, (one) => `/v1/people?name:match=${typed(one)}&limit=20&fields=name`, own, questions, headers),
    hand: await by(hand, (one) => `/search?q=${typed(one)}`, theirs, questions),
    typical: await by(typical, (one) => `/search?q=${typed(one)}&limit=20`, theirs, few),
    questions: questions.length,
  };
}

async function recall(
  side: Side,
  questions: readonly Question[],
  asked: (question: Question) => Buffer,
  namesOf: (body: string) => string[],
): Promise<number> {
  const found: Found[] = [];
  await askAll(side.port, questions.map(asked), (i, status, _head, body) => {
    const names = status === 200 ? namesOf(body.toString()) : [];
    found.push({ question: questions[i]!, place: names.indexOf(questions[i]!.name) + 1 || undefined });
  });
  return qualityOf(found).recall;
}
