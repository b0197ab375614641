import type { Pool, PoolClient } from "pg";
import type { Statement } from "../statement.ts";

/** A text that comes again is prepared under a name; of others so many are remembered, and so many names are given before all are taken back. */
const LIMITS = { often: 3, remembered: 500, names: 150 };

/**
 * Runs statements on a pool, prepared where their text has come before: planning a list takes longer than answering it.
 *
 * Names are given out up to a limit, because the texts depend on what clients ask; then connections that know them go one by one.
 */
export function namedReader(pool: Pool): { read<Row>(statement: Statement): Promise<Row[]> } {
  const seen = new Map<string, number>();
  const names = new Map<string, string>();
  const state = { generation: 0 };
  const since = new WeakMap<PoolClient, number>();

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const times = (seen.get(text) ?? 0) + 1;
    if (seen.size >= LIMITS.remembered) seen.clear();
    seen.set(text, times);
    if (times < LIMITS.often) return undefined;
    seen.delete(text);
    if (names.size >= LIMITS.names) {
      names.clear();
      state.generation++;
    }
    const name = `q${state.generation}_${names.size}`;
    names.set(text, name);
    return name;
  };
  return {
    async read<Row>(statement: Statement) {
      const query = statement.render();
      const name = nameOf(query.text);
      const client = await pool.connect();
      let doubt: Error | boolean = false;
      try {
        const { rows } = await client.query({ ...query, ...(name !== undefined && { name }) });
        const begun = since.get(client) ?? state.generation;
        since.set(client, begun);
        doubt = begun !== state.generation;
        return rows as Row[];
      } catch (error) {
        doubt = error as Error;
        throw error;
      } finally {
        client.release(doubt);
      }
    },
  };
}
