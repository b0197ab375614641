import { afterAll, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { askMany } from "./compare.ts";
import { liveThrough } from "./world.ts";

const QUESTIONS = Number(process.env.HISTORY_QUESTIONS ?? 600);
/** The ordinary suite asks the same every day; `npm run test:history` looks for new ground, and its name says where. */
const SEED = Number(process.env.HISTORY_SEED ?? 371);
/** Questions to one history, and what happens in it. */
const PER_WORLD = 1_500;
const COMMANDS = 150;

const open: Registry[] = [];
afterAll(() => Promise.all(open.map((registry) => registry.close())));

test(
  `${QUESTIONS} random questions to random histories are answered as they were lived through (HISTORY_SEED=${SEED})`,
  async () => {
    for (let asked = 0; asked < QUESTIONS; asked += PER_WORLD) {
      const seed = SEED + asked;
      const registry = await startRegistry();
      open.push(registry);
      const world = await liveThrough(registry, seed, COMMANDS);
      expect(world.people.length).toBeGreaterThan(7);
      expect(world.facts.flatMap(({ versions }) => versions).length).toBeGreaterThan(60);
      const difference = await askMany(registry.app, registry, world, seed, Math.min(PER_WORLD, QUESTIONS - asked));
      if (difference) expect.fail(`HISTORY_SEED=${SEED} (history ${seed}): ${difference}`);
    }
  },
  60_000 + QUESTIONS * 60,
);
