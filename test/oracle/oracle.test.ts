import { afterAll, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { populate } from "./world/population.ts";
import { askMany } from "./asking/run.ts";

const QUESTIONS = Number(process.env.ORACLE_QUESTIONS ?? 1_000);
/** The ordinary suite asks the same every day; `npm run test:oracle` looks for new ground, and its name says where. */
const SEED = Number(process.env.ORACLE_SEED ?? 371);
/** Questions to one population; then another is made. */
const PER_WORLD = 2_500;
const SCOPE = ["people:read", "people:read.restricted", "people:read.sensitive"] as const;

const open: Registry[] = [];
afterAll(() => Promise.all(open.map((registry) => registry.close())));

test(
  `${QUESTIONS} random questions are answered as the oracle answers them (ORACLE_SEED=${SEED})`,
  async () => {
    for (let asked = 0; asked < QUESTIONS; asked += PER_WORLD) {
      const seed = SEED + asked;
      const registry = await startRegistry();
      open.push(registry);
      const world = await populate(registry, seed);
      const service = { app: registry.app, token: (claims: object) => registry.token({ scope: SCOPE, ...claims }) };
      const difference = await askMany(service, world, seed, Math.min(PER_WORLD, QUESTIONS - asked));
      if (difference) expect.fail(`ORACLE_SEED=${SEED} (population ${seed}): ${difference.text}`);
    }
  },
  60_000 + QUESTIONS * 40,
);
