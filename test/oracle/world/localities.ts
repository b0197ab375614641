import type { Row } from "./world.ts";

/** The administrative units and what became of them, followed edge by edge: no table of the service's trees is read. */
export class Localities {
  private readonly byId: Map<string, Row>;
  private readonly byCode: Map<string, Row[]>;
  private readonly children: Map<string, Row[]>;
  private readonly successors: Map<string, string[]>;
  private readonly today: string;
  private readonly covers = new Map<string, Set<string>>();

  constructor(rows: readonly Row[], lineage: readonly Row[], today: string) {
    this.today = today;
    this.byId = new Map(rows.map((row) => [row["id"], row]));
    this.byCode = Map.groupBy(rows, (row) => row["code"]);
    this.children = Map.groupBy(rows, (row) => row["parent_id"] ?? "");
    this.successors = new Map(
      [...Map.groupBy(lineage, (edge) => edge["predecessor_id"] as string)].map(([id, edges]) => [
        id,
        edges.map((edge) => edge["successor_id"] as string),
      ]),
    );
  }

  standsOn(row: Row, day: string): boolean {
    return (row["valid_from"] ?? "") <= day && day <= (row["valid_to"] ?? "9999");
  }

  standsToday = (id: string): boolean => this.standsOn(this.byId.get(id)!, this.today);

  /** The unit that had a code on a day. */
  at(code: string, day: string): string | undefined {
    return this.byCode.get(code)?.find((row) => this.standsOn(row, day))?.["id"];
  }

  /** Whether a place lies in the subtree of a unit, itself included; a former unit counts through its successors. */
  below(place: string, unit: string): boolean {
    if (this.cover(unit).has(place)) return true;
    // What a former place became: all of it must lie there now.
    return this.standsToday(unit) && !this.standsToday(place) && this.partsIn(place, unit);
  }

  /** Whether a place of any time lies today in what a unit is today: territory. */
  liesIn(place: string, unit: string): boolean {
    const parts = this.partsToday(place);
    return parts.length > 0 && parts.every((part) => part !== "" && this.cover(unit).has(part));
  }

  /** The one unit of today that a unit became, if it is one. */
  todayOf(id: string): string | null {
    const ends = this.endsOf(id);
    return ends.size === 1 && !ends.has("") ? [...ends][0]! : null;
  }

  /** The unit and its subtree of its own days; of a former unit also what its smallest parts became. */
  private cover(unit: string): Set<string> {
    const known = this.covers.get(unit);
    if (known) return known;
    const own = this.subtree(unit);
    const found = new Set(own);
    if (!this.standsToday(unit)) {
      for (const part of own.filter((id) => !this.children.has(id)))
        for (const next of this.becomes(part)) for (const one of this.subtree(next)) found.add(one);
    }
    this.covers.set(unit, found);
    return found;
  }

  private partsIn(place: string, unit: string): boolean {
    const parts = this.partsToday(place);
    return parts.length > 0 && parts.every((part) => part !== "" && this.cover(unit).has(part));
  }

  /** The units of today in which the smallest parts of a unit ended; "" for a part of which nothing is known. */
  private partsToday(id: string): string[] {
    if (this.standsToday(id)) return [id];
    const children = this.children.get(id);
    if (children) return children.flatMap((child) => this.partsToday(child["id"]));
    const next = this.successors.get(id);
    return next ? next.flatMap((one) => this.partsToday(one)) : [""];
  }

  /** The units of today that a unit became as such, by its own edges before those of its parts. */
  private endsOf(id: string): Set<string> {
    if (this.standsToday(id)) return new Set([id]);
    const next = this.successors.get(id) ?? this.children.get(id)?.map((child) => child["id"] as string) ?? [];
    return next.length === 0 ? new Set([""]) : new Set(next.flatMap((one) => [...this.endsOf(one)]));
  }

  private subtree = (id: string): string[] => [id, ...(this.children.get(id) ?? []).flatMap((child) => this.subtree(child["id"]))];
  private becomes = (id: string): string[] => (this.successors.get(id) ?? []).flatMap((next) => [next, ...this.becomes(next)]);
}
