/** A locality as far as the trees need it: where it stands, and whether it stands today. */
export type Unit = { id: string; parentId: string | null; today: boolean };
/** A unit that became another, or part of it. */
export type Edge = { from: string; to: string };
/** What became of the units: the one of today (null where there is not one alone), and who is below whom, as two columns of ids. */
export type LocalityTree = { today: Map<string, string | null>; ancestors: string[]; units: string[] };

/**
 * Who is below whom, through history.
 *
 * - Below every unit: itself, and what stood below it in its own days.
 * - Below a former unit: also what its parts became; a district counts through its communes, never the whole province it went into.
 * - Below a unit of today: also each former unit of which every part is in it now; a commune split between two of its communes included.
 */
export function localityTree(units: readonly Unit[], edges: readonly Edge[]): LocalityTree {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const children = grouped(units.flatMap(({ id, parentId }) => (parentId === null ? [] : [[parentId, id] as const])));
  const next = grouped(edges.map(({ from, to }) => [from, to] as const));

  const below = remembered((id, self): string[] => [id, ...(children.get(id) ?? []).flatMap(self)]);
  const become = remembered((id, self): string[] => [...new Set((next.get(id) ?? []).flatMap((to) => [to, ...self(to)]))]);
  // The units of today in which a unit ended; an empty text stands for a part of which nothing is known.
  const endsBy = (first: Map<string, string[]>, second: Map<string, string[]>) =>
    remembered((id, self): string[] => {
      if (byId.get(id)?.today) return [id];
      const onward = first.get(id) ?? second.get(id) ?? [];
      return onward.length === 0 ? [""] : [...new Set(onward.flatMap(self))];
    });
  // Level by level down to its smallest parts, or by its own edges where it has any: a province went into a province.
  const [parts, ends] = [endsBy(children, next), endsBy(next, children)];
  const above = remembered((id, self): string[] => {
    const parent = byId.get(id)?.parentId;
    return parent ? [id, ...self(parent)] : [id];
  });

  const tree = new Map(units.map(({ id }) => [id, new Set(below(id))]));
  for (const { id } of units.filter((unit) => !unit.today)) {
    const reached = below(id).flatMap((part) => (children.has(part) ? [] : become(part).flatMap(below)));
    for (const one of reached) tree.get(id)!.add(one);
    const [first = "", ...others] = parts(id);
    for (const one of above(first)) {
      if (byId.get(one)?.today && others.every((other) => above(other).includes(one))) tree.get(one)!.add(id);
    }
  }
  const pairs = [...tree].flatMap(([ancestor, found]) => [...found].map((unit) => [ancestor, unit] as const));
  return {
    today: new Map(units.map(({ id }) => [id, onlyOf(ends(id))])),
    ancestors: pairs.map(([ancestor]) => ancestor),
    units: pairs.map(([, unit]) => unit),
  };
}

type Node = { scheme: string; scheme_version: string; code: string; parent_code: string | null };

const nodeKey = (row: Node, code: string): string => [row.scheme, row.scheme_version, code].join("|");

/** Who is below whom in the classifications, by scheme and version: the columns of the table. */
export function fieldTree(fields: readonly Node[]): Record<string, string[]> {
  const parents = new Map(fields.map((row) => [nodeKey(row, row.code), row.parent_code]));
  const above = (row: Node, code: string | null): string[] =>
    code === null ? [] : [code, ...above(row, parents.get(nodeKey(row, code)) ?? null)];
  const pairs = fields.flatMap((row) => above(row, row.code).map((ancestor) => ({ ...row, ancestor })));
  return {
    scheme: pairs.map(({ scheme }) => scheme),
    scheme_version: pairs.map(({ scheme_version }) => scheme_version),
    ancestor_code: pairs.map(({ ancestor }) => ancestor),
    code: pairs.map(({ code }) => code),
  };
}

const onlyOf = (found: string[]): string | null => (found.length === 1 && found[0] ? found[0] : null);

function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

// Each answer is computed once. A unit that is asked for while it is being answered is above or before itself: wrong data, named here.
function remembered(answer: (id: string, self: (id: string) => string[]) => string[]): (id: string) => string[] {
  const known = new Map<string, string[] | null>();
  const self = (id: string): string[] => {
    const found = known.get(id);
    if (found === null) throw new RangeError(`locality ${id} is above or before itself`);
    if (found) return found;
    known.set(id, null);
    const made = answer(id, self);
    known.set(id, made);
    return made;
  };
  return self;
}
