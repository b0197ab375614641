import { describe, expect, test } from "vitest";
import { localityTree } from "../../src/reference/loading/tree.ts";
import type { Unit } from "../../src/reference/loading/tree.ts";

/** Units by name, `>` before those below, a capital letter for a unit of today: `["p", "p>d", "p>d>a", "T", "T>A"]`. */
const unitsOf = (paths: string[]): Unit[] =>
  paths.map((path) => {
    const [id = "", parentId = null] = path.split(">").toReversed();
    return { id, parentId, today: id === id.toUpperCase() };
  });
const edgesOf = (...pairs: string[]) => pairs.map((pair) => ({ from: pair.split(" ")[0]!, to: pair.split(" ")[1]! }));
const read = (paths: string[], ...pairs: string[]) => {
  const { today, ancestors, units } = localityTree(unitsOf(paths), edgesOf(...pairs));
  const below = (id: string): string[] => units.filter((_, i) => ancestors[i] === id).toSorted();
  return { today: (id: string) => today.get(id), below };
};

describe("who is below whom", () => {
  const merged = ["p", "p>d", "p>d>a", "p>d>b", "q", "q>e", "q>e>c", "T", "T>A", "T>B"];

  test("communes merge, their district leads to several, their province to the new one", () => {
    const { today, below } = read(merged, "a A", "b B", "c B", "p T", "q T");
    expect([today("a"), today("c"), today("d"), today("e"), today("p"), today("T")]).toEqual(["A", "B", null, "B", "T", "T"]);
    expect(below("d")).toEqual(["A", "B", "a", "b", "d"]);
    expect(below("p")).toEqual(["A", "B", "a", "b", "d", "p"]);
    expect(below("B")).toEqual(["B", "b", "c", "e", "q"]);
    expect(below("T")).toEqual(["A", "B", "T", "a", "b", "c", "d", "e", "p", "q"]);
  });
  test("a split commune is below each unit that holds all its parts, and counts both parts", () => {
    const { today, below } = read(merged, "a A", "a B", "b B", "c B", "p T", "q T");
    expect([today("a"), today("d")]).toEqual([null, null]);
    expect(below("a")).toEqual(["A", "B", "a"]);
    expect(below("A")).toEqual(["A"]);
    expect(below("T")).toContain("a");
  });
  test("what was split across provinces is below neither", () => {
    const { below } = read(["d", "d>a", "T", "T>A", "U", "U>B"], "a A", "a B");
    expect([below("T"), below("U")]).toEqual([
      ["A", "T"],
      ["B", "U"],
    ]);
    expect(below("d")).toEqual(["A", "B", "a", "d"]);
  });
  test("several steps are followed, and parts that came together again are one", () => {
    const { today, below } = read(["a", "b", "c", "T", "T>A"], "a b", "a c", "b A", "c A");
    expect(today("a")).toBe("A");
    expect(below("a")).toEqual(["A", "a", "b", "c"]);
    expect(below("T")).toEqual(["A", "T", "a", "b", "c"]);
  });
  test("a district without communes goes by its own edge; one with a commune of unknown end leads to no single unit", () => {
    const { today, below } = read(["i", "d", "d>a", "d>b", "T", "T>A", "T>I"], "i I", "a A");
    expect([today("i"), today("d"), today("b")]).toEqual(["I", null, null]);
    expect(below("T")).toEqual(["A", "I", "T", "a", "i"]);
  });
  test("a province that did not change holds its units of both times", () => {
    const { today, below } = read(["T", "T>d", "T>d>a", "T>A"], "a A");
    expect(below("T")).toEqual(["A", "T", "a", "d"]);
    expect([today("T"), today("d")]).toEqual(["T", "A"]);
  });
  test("a unit above or before itself is named", () => {
    expect(() => read(["a", "b"], "a b", "b a")).toThrow(RangeError);
  });
});
