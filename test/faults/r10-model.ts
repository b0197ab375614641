import { breachesOf, between } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import type { Answer, Caller } from "./stand/client.ts";
import { serviceInside } from "./stand/inside.ts";
import type { Place } from "./stand/place.ts";

type Run = { sequences: number; forgetful?: boolean; over?: Over };
/** What a record must be by everything that was answered. */
type Model = { id: string; path: string; value: string; version: number; hidden: boolean; values: readonly string[]; member: string };
/** A model, a client, and what an answer must be; a difference is named. */
type Step = (world: World, model: Model, caller: Caller) => Promise<string | undefined>;
type World = { models: Model[]; forgetful: boolean };

const LENGTH = 12;
const LEVELS = ["TS", "ThS", "CN", "KS"];
const tag = (version: number) => ({ "if-match": `"${version}"` });
const bodyOf = (answer: Answer) =>
  "text" in answer && answer.text.startsWith("{") ? (JSON.parse(answer.text) as Record<string, unknown>) : {};
const differs = (what: string, answer: Answer, wanted: number) =>
  answer.status === wanted ? undefined : `${what}: ${answer.status} for ${wanted}`;
const pick = <T>(values: readonly T[]): T => values[between(0, values.length - 1)]!;
const key = () => ({ "idempotency-key": crypto.randomUUID() });

/** Takes what a write gives into the model, unless the model is one that forgets. */
function took(world: World, model: Model, value: string): void {
  if (value !== model.value && !world.forgetful) model.version += 1;
  model.value = value;
}

const change: Step = async (world, model, caller) => {
  const value = pick(model.values);
  const answer = await caller.call({ method: "PATCH", path: model.path, body: { [model.member]: value }, headers: tag(model.version) });
  if (model.hidden) return differs("a change of what is hidden", answer, 410);
  if (answer.status !== 200) return differs("a change", answer, 200);
  took(world, model, value);
  return bodyOf(answer)["version"] === model.version
    ? undefined
    : `a change: version ${String(bodyOf(answer)["version"])} for ${model.version}`;
};
const changeStale: Step = async (_, model, caller) => {
  const off = pick([-1, 1, 7]);
  const answer = await caller.call({
    method: "PATCH",
    path: model.path,
    body: { [model.member]: pick(model.values) },
    headers: tag(Math.max(0, model.version + off)),
  });
  return differs("a change from another version", answer, model.hidden ? 410 : 412);
};
const changeBlind: Step = async (_, model, caller) =>
  differs(
    "a change without a version",
    await caller.call({ method: "PATCH", path: model.path, body: { [model.member]: pick(model.values) } }),
    model.hidden ? 410 : 428,
  );
const remove: Step = async (world, model, caller) => {
  const answer = await caller.call({ method: "DELETE", path: model.path, headers: tag(model.version) });
  if (model.hidden) return differs("a second deletion", answer, 410);
  if (answer.status === 204) Object.assign(model, { hidden: true, version: model.version + (world.forgetful ? 0 : 1) });
  return differs("a deletion", answer, 204);
};
const restore: Step = async (world, model, caller) => {
  const answer = await caller.call({ method: "POST", path: `${model.path}/restorations`, headers: key() });
  if (!model.hidden) return differs("a restoration of what stands", answer, 409);
  if (answer.status === 201) Object.assign(model, { hidden: false, version: model.version + (world.forgetful ? 0 : 1) });
  return differs("a restoration", answer, 201);
};
const read: Step = async (_, model, caller) => {
  const answer = await caller.call({ path: model.path });
  if (model.hidden) return differs("reading what is hidden", answer, 410);
  const body = bodyOf(answer);
  const fits = answer.status === 200 && body["version"] === model.version && body[model.member] === model.value;
  return fits
    ? undefined
    : `reading: ${answer.status} ${String(body["version"])} ${String(body[model.member])} for ${model.version} ${model.value}`;
};
/** Three clients change the same version to different values: one wins, and the others hear of it. */
const race: Step = async (world, model, caller) => {
  if (model.hidden) return undefined;
  const values = model.values.filter((value) => value !== model.value).slice(0, 3);
  const send = (value: string) =>
    caller.call({ method: "PATCH", path: model.path, body: { [model.member]: value }, headers: tag(model.version) });
  const answers = await Promise.all(values.map(send));
  const won = values.filter((_, n) => answers[n]!.status === 200);
  const others = answers.filter(({ status }) => status !== 200 && status !== 412);
  if (won.length !== 1 || others.length > 0) return `a race: ${answers.map(({ status }) => status).join(" ")}`;
  took(world, model, won[0]!);
  return undefined;
};
const STEPS: readonly Step[] = [change, change, changeStale, changeBlind, remove, restore, restore, read, read, race];

const PERSON = { member: "biography", values: ["một", "hai", "ba", "bốn"] } as const;
const DEGREE = { member: "level", values: LEVELS } as const;

/** Creates a record, and again with the same key: the same one, once. */
async function create(
  caller: Caller,
  path: string,
  base: string,
  body: Record<string, unknown>,
  kind: typeof PERSON | typeof DEGREE,
): Promise<Model> {
  const value = pick<string>(kind.values);
  const headers = key();
  const asked = { method: "POST", path, body: { ...body, [kind.member]: value }, headers };
  const [first, second] = [await caller.call(asked), await caller.call(asked)];
  const [one, other] = [bodyOf(first), bodyOf(second)];
  if (first.status !== 201 || second.status !== 201 || one["id"] !== other["id"])
    throw new Error(`a repeated creation: ${first.status} ${second.status}`);
  const id = String(one["id"]);
  return { id, path: `${base}/${id}`, value, version: 1, hidden: false, ...kind };
}

async function run(place: Place, { sequences, forgetful = false, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const inside = await serviceInside(place, urls);
  const callers = await Promise.all(["an", "binh", "chi"].map((client) => inside.caller(client)));
  const differences: string[] = [];
  let [done, steps] = [0, 0];
  const sequence = async (nth: number) => {
    const caller = pick(callers);
    const person = await create(
      caller,
      "/v1/people?on_duplicate=create",
      "/v1/people",
      { name: { full: `Hồ Văn ${nth}`.replaceAll(/\d/g, "Mẫu") } },
      PERSON,
    );
    const degree = await create(caller, `${person.path}/degrees`, "/v1/degrees", {}, DEGREE);
    const world = { models: [person, degree], forgetful };
    for (let n = 0; n < LENGTH; n++) {
      // What hangs on a hidden person is hidden with it: the degree is asked while its person stands.
      const model = person.hidden ? person : pick(world.models);
      const difference = await pick(STEPS)(world, model, pick(callers));
      steps += 1;
      if (difference !== undefined) return void differences.push(`${model.member}: ${difference}`);
    }
  };
  const workers = Array.from({ length: 4 }, async () => {
    while (done < sequences && !over() && differences.length < 20)
      await sequence(done++).catch((error: Error) => void differences.push(error.message));
  });
  await Promise.all(workers);
  for (const caller of callers) caller.close();
  await inside.close();
  return {
    figure: `${done} sequences of three clients, ${steps} commands beside creations and their repetition: ${differences.length} differences from the model`,
    breaches: breachesOf({ [`differences: ${[...new Set(differences)].slice(0, 4).join("; ")}`]: differences.length > 0 }),
  };
}

export const modelled: Fault = {
  id: "R10",
  promise: "no update is lost: whatever clients do in whatever order is what a model of versions says",
  figure: "2,000 random command sequences of several clients, 0 differences",
  run: (place, extent, over) => run(place, extent === "long" ? { sequences: 2_000, over } : { sequences: 30 }),
  controls: [{ defect: "the model counts no versions", run: (place) => run(place, { sequences: 10, forgetful: true }) }],
};
