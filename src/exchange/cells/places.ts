import { fold } from "../../core/vietnamese/text.ts";
import type { FoundPlace } from "./addresses.ts";

/** A unit as the reference table holds it; `valid_from` and `valid_to` are ISO days or null. */
export type LocalityRow = {
  id?: string;
  code: string;
  kind: string;
  type: string;
  name: string;
  full_name: string;
  parent_code: string | null;
  parent_valid_from: string | null;
  valid_from: string | null;
  valid_to: string | null;
};

/** An edge from a unit to one that came after it. */
export type LineageRow = {
  predecessor_code: string;
  predecessor_valid_from: string | null;
  successor_code: string;
  successor_valid_from: string | null;
  kind: string;
};

/** A unit as an answer names it; code and first day are its key, since a bare code changed its meaning in 2025. */
export type Place = { id?: string; code: string; name: string; valid_from: string | null };

/** One unit in the index, with what lies under it and what came after it. */
export type Node = {
  row: LocalityRow;
  name: string;
  parent: Node | null;
  children: Node[];
  successors: Node[];
  predecessors: Node[];
};

/** The units of today and of before, ready to be found by name. `home` are the codes of the province that keeps the registry. */
export type PlaceIndex = {
  provinces: Map<string, Node[]>;
  home: Node[];
  names: Map<Node, Map<string, Node[]>>;
  found: Map<string, FoundPlace>;
};

/** The name folded, with the two spellings of one sound made equal (Thụy and Thuỵ fold alike; Lý and Lí, Quy and Qui do not). */
export function placeName(text: string): string {
  return fold(text)
    .replace(/\b(qu|[bcdghklmnprstvx]*)y\b/g, "$1i")
    .replace(/^0+(?=\d)/, "");
}

/** The index over plain rows; rows of the reference files and of the database serve alike. */
export function buildPlaces(rows: readonly LocalityRow[], lineage: readonly LineageRow[], home: string): PlaceIndex {
  const byKey = new Map<string, Node>();
  const nodes = rows.map((row): Node => ({ row, name: placeName(row.name), parent: null, children: [], successors: [], predecessors: [] }));
  for (const node of nodes) byKey.set(`${node.row.code}@${node.row.valid_from ?? ""}`, node);
  for (const node of nodes) {
    const parent = node.row.parent_code === null ? undefined : byKey.get(`${node.row.parent_code}@${node.row.parent_valid_from ?? ""}`);
    if (!parent) continue;
    node.parent = parent;
    parent.children.push(node);
  }
  for (const edge of lineage) {
    const from = byKey.get(`${edge.predecessor_code}@${edge.predecessor_valid_from ?? ""}`);
    const to = byKey.get(`${edge.successor_code}@${edge.successor_valid_from ?? ""}`);
    if (!from || !to || from === to || from.successors.includes(to)) continue;
    from.successors.push(to);
    to.predecessors.push(from);
  }
  const provinces = new Map<string, Node[]>();
  for (const node of nodes) if (node.row.kind === "province") push(provinces, node.name, node);
  const today = nodes.filter((node) => node.row.kind === "province" && node.row.code === home && node.row.valid_to === null);
  return { provinces, home: [...today, ...today.flatMap((node) => node.predecessors)], names: new Map(), found: new Map() };
}

/** The units below a node by folded name. */
export function below(index: PlaceIndex, node: Node): Map<string, Node[]> {
  const kept = index.names.get(node);
  if (kept) return kept;
  const names = new Map<string, Node[]>();
  const walk = (at: Node): void => {
    for (const child of at.children) {
      push(names, child.name, child);
      walk(child);
    }
  };
  walk(node);
  index.names.set(node, names);
  return names;
}

function push(map: Map<string, Node[]>, key: string, node: Node): void {
  const list = map.get(key);
  if (list) list.push(node);
  else map.set(key, [node]);
}

/** Whether a unit still stands today. */
export function isToday(node: Node): boolean {
  return node.row.valid_to === null;
}

/** Today's units that a unit became: itself while it stands; a district's are those of its communes. */
export function todayOf(node: Node): Node[] {
  if (isToday(node) && !(node.row.kind === "district")) return [node];
  const direct = node.successors.length > 0 ? node.successors : node.children.flatMap((child) => todayOf(child));
  const ends = direct.flatMap((next) => (next === node ? [next] : todayOf(next)));
  return [...new Set(ends)];
}

/** The unit as an answer names it. */
export function placeOf(node: Node): Place {
  const { id, code, full_name, valid_from } = node.row;
  return { ...(id === undefined ? {} : { id }), code, name: full_name, valid_from };
}
