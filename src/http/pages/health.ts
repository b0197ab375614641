import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";

/** What readiness is made of: each is asked afresh, may throw, and counts as false after the deadline. */
export type Readiness = {
  version: string;
  /** Whether the database answers. */
  database: () => Promise<boolean>;
  /** Whether the schema of the database is the one that this code was written for. */
  schema: () => Promise<boolean>;
  /** Whether the process can keep up. */
  load?: () => boolean;
  deadlineMs?: number;
};

/** Serves `/healthz` (the process answers; no database) and `/readyz` (it can serve: database, schema and load). */
export function serveHealth(app: FastifyInstance, { version, database, schema, load = () => true, deadlineMs = 2000 }: Readiness): void {
  const options = { config: { scope: "public" }, schema: { hide: true } } as const;
  app.get("/healthz", options, (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok", version }));
  app.get("/readyz", options, async (_request, reply) => {
    const [databaseOk, schemaOk] = await Promise.all([inTime(database, deadlineMs), inTime(schema, deadlineMs)]);
    const checks = { database: databaseOk, schema: schemaOk, load: load() };
    if (!databaseOk || !schemaOk) throw new Problem("unavailable", { members: { checks } });
    if (!checks.load) throw new Problem("overloaded", { members: { checks } });
    return reply.header("cache-control", "no-store").send({ status: "ready", version, checks });
  });
}

async function inTime(check: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), deadlineMs);
  try {
    return await Promise.race([check().catch(() => false), promise]);
  } finally {
    clearTimeout(timer);
  }
}
