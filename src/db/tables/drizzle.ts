import { createRequire } from "node:module";

export type { AnyPgColumn, PgColumnBuilderBase, PgTable, PgTableExtraConfigValue } from "drizzle-orm/pg-core";
export type { NodePgDatabase } from "drizzle-orm/node-postgres";

// The one door to drizzle, by `require`: for each of its 100 ES modules Node reads the 180 KB of its package.json anew, which cost every
// start 0.5 s of processor time against 0.05 s (drizzle-orm 0.45.4, Node 26.10, 2026-11).
const require = createRequire(import.meta.url);
const orm = require("drizzle-orm") as typeof import("drizzle-orm");
const core = require("drizzle-orm/pg-core") as typeof import("drizzle-orm/pg-core");

export const { eq, getTableColumns, getTableName, sql } = orm;
export const { check, foreignKey, getTableConfig, index, pgTable, primaryKey, unique, uniqueIndex } = core;
export const { bigint, bigserial, boolean, customType, date, doublePrecision, integer, jsonb, text, timestamp, uuid } = core;
export const { drizzle } = require("drizzle-orm/node-postgres") as typeof import("drizzle-orm/node-postgres");
