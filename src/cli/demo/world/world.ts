import type { Client } from "pg";
import type { Weighted } from "../random.ts";
import { readFields, type FieldBook } from "./fields.ts";
import { readNames, type NameBook } from "./names.ts";
import { readPlaces, type Places } from "./places.ts";
import { readProfessions, type Profession } from "./professions.ts";
import { readUnits, writeUnits, type Units } from "./units.ts";

/** What a population is made from: the reference data of the database, names and trades. */
export type World = { names: NameBook; professions: Weighted<Profession>; places: Places; units: Units; fields: FieldBook };

/** Reads it, and adds the synthetic organizations that are missing. */
export async function readWorld(client: Client): Promise<World> {
  const places = await readPlaces(client);
  const units = await readUnits(client, await writeUnits(client, places));
  return { names: readNames(), professions: readProfessions(), places, units, fields: await readFields(client) };
}
