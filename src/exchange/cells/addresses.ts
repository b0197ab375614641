import { clean, fold } from "../../core/vietnamese/text.ts";
import type { Node, PlaceIndex } from "./places.ts";
import { below, isToday, placeName } from "./places.ts";

/** What a written place turned out to be. */
export type FoundPlace = { node: Node | null; fault?: "unknown" | "ambiguous" | "relaxed"; province: Node | null };

const DISTRICT_TYPES: (string | null)[] = [null, "huyen", "quan", "thi_xa", "thanh_pho"];
const OLD_TYPES = ["huyen", "quan", "thi_xa", "thanh_pho", "thi_tran"];

type Part = { type: string | null; name: string };

const TYPES: [RegExp, string][] = [
  [/^(?:thị trấn|tt\.|t\.t\.?|tt(?=\s))\s*/iu, "thi_tran"],
  [/^(?:thị xã|tx\.|t\.x\.?|tx(?=\s))\s*/iu, "thi_xa"],
  [/^(?:thành phố|tp\.|t\.p\.?|tp(?=\s))\s*/iu, "thanh_pho"],
  [/^(?:đặc khu)\s*/iu, "dac_khu"],
  [/^(?:phường|ph\.|p\.|p(?=\s\p{Lu}|\s?\d))\s*/iu, "phuong"],
  [/^(?:quận|q\.|q(?=\s?\d))\s*/iu, "quan"],
  [/^(?:huyện|h\.|h(?=\s\p{Lu}))\s*/iu, "huyen"],
  [/^(?:tỉnh|t\.)\s*/iu, "tinh"],
  [/^(?:xã|x\.|x(?=\s\p{Lu}))\s*/iu, "xa"],
];
const SMALL = new RegExp(
  "^(?:thôn|xóm|làng|ấp|bản|buôn|tổ|khu|số|đường|phố|ngõ|ngách|kdc|tdp|khối|đội|nhà|chung cư|căn|tầng|tòa|toà|sn|lô|quốc lộ|ql)" +
    "(?![\\p{L}\\p{M}])",
  "iu",
);
const KEYWORDS = /(?<=\S)(?<!thị)\s+(?=(?:thị trấn|thị xã|thành phố|phường|quận|huyện|tỉnh|xã|tp\.|tx\.|tt\.)\s*\p{Lu})/giu;
// Provinces that ended before the register begins, as degrees and hometowns of the time still name them.
const FORMER: Record<string, string[]> = {
  "ha bac": ["bac ninh", "bac giang"],
  "ha tai": ["ha noi"],
  "ha son binh": ["ha noi", "hoa binh"],
  "hai hung": ["hai duong", "hung ien", "hung yen"],
  "vinh phu": ["vinh phuc", "phu tho"],
  "nam ha": ["nam dinh", "ha nam"],
  "ha nam ninh": ["nam dinh", "ha nam", "ninh binh"],
  "bac thai": ["thai nguien", "thai nguyen", "bac kan"],
  "nghe tinh": ["nghe an", "ha tinh"],
};
const SHORT: Record<string, string> = {
  bn: "bac ninh",
  bg: "bac giang",
  hn: "ha noi",
  hcm: "ho chi minh",
  tphcm: "ho chi minh",
  "sai gon": "ho chi minh",
};

/**
 * The unit a written place means: the smallest one that its parts, read from the end, decide.
 *
 * A district, or a province that has ended, makes it a text of before July 2025; without either it is taken as of today, and only then as
 * a former unit, unless `former` says that its list writes the old geography. Type and district are relaxed when the commune's name alone
 * decides within the province.
 */
export function findPlace(index: PlaceIndex, written: string, former = false): FoundPlace {
  const parts = partsOf(written);
  const named = parts.filter((part) => part.name !== "");
  const last = named.at(-1);
  if (!last) return { node: null, fault: "unknown", province: null };
  const provinces = provincesOf(index, last);
  if (provinces.length > 0) return within(index, provinces, named.slice(0, -1), former);
  const home = within(index, index.home, named, former);
  if (home.node) return home;
  return { node: null, fault: home.fault ?? "unknown", province: null };
}

function provincesOf(index: PlaceIndex, part: Part): Node[] {
  if (part.type !== null && !["tinh", "thanh_pho"].includes(part.type)) return [];
  const name = SHORT[part.name] ?? part.name;
  const names = [...(FORMER[name] ?? []), name];
  const found = names.flatMap((one) => index.provinces.get(one) ?? []);
  // "Thành phố Bắc Ninh" without a province after it is the city.
  if (part.type === "thanh_pho" && found.every((node) => node.row.type === "tinh")) return [];
  return found;
}

function within(index: PlaceIndex, provinces: Node[], parts: Part[], written: boolean): FoundPlace {
  const province = provinces.find((node) => isToday(node)) ?? provinces[0] ?? null;
  const result = (node: Node | null, fault?: FoundPlace["fault"]): FoundPlace => ({ node, province, ...(fault ? { fault } : {}) });
  if (parts.length === 0) return result(province);
  const scope = [...new Set(provinces.flatMap((node) => [node, ...node.predecessors]))];
  const at = parts.findLastIndex((part) => DISTRICT_TYPES.includes(part.type) && units(index, scope, part, "district").length > 0);
  const districts = at < 0 ? [] : ofType(units(index, scope, parts[at]!, "district"), parts[at]!);
  const today = communes(index, provinces, parts, true);
  if (at === 0 && (written || !(parts[0]!.type === null && today.nodes.length > 0))) {
    return districts.length === 1 ? result(districts[0]!) : result(null, "ambiguous");
  }
  if (at > 0) {
    const found = communes(index, districts, parts.slice(0, at), false);
    if (found.nodes.length === 1) return result(found.nodes[0]!, found.relaxed ? "relaxed" : undefined);
    if (found.nodes.length > 1) return result(null, "ambiguous");
  }
  const named = at > 0 || parts.some((part) => part.type !== null && OLD_TYPES.includes(part.type));
  const old = named || (written && communes(index, scope, parts, false).nodes.length === 1);
  if (!old && today.nodes.length === 1 && !today.relaxed) return result(today.nodes[0]!);
  const former = communes(index, scope, parts, false);
  if (former.nodes.length === 0) {
    if (today.nodes.length === 1) return result(today.nodes[0]!, "relaxed");
    return result(null, today.nodes.length > 1 ? "ambiguous" : "unknown");
  }
  if (!old && today.nodes.length === 1 && former.relaxed) return result(today.nodes[0]!, "relaxed");
  if (former.nodes.length === 1) return result(former.nodes[0]!, named || former.relaxed ? "relaxed" : undefined);
  return result(null, "ambiguous");
}

// The last part that names a commune decides; its type is relaxed when no unit of the name has it, since many xã became phường.
function communes(index: PlaceIndex, from: Node[], parts: Part[], today: boolean): { nodes: Node[]; relaxed: boolean } {
  for (const part of parts.toReversed()) {
    const nodes = units(index, from, part, "commune").filter((node) => isToday(node) === today);
    if (nodes.length === 0) continue;
    const typed = ofType(nodes, part);
    return { nodes: typed, relaxed: part.type !== null && typed[0]!.row.type !== part.type };
  }
  return { nodes: [], relaxed: false };
}

function ofType(nodes: Node[], part: Part): Node[] {
  const typed = nodes.filter((node) => node.row.type === part.type);
  return typed.length > 0 ? typed : nodes;
}

function units(index: PlaceIndex, under: Node[], part: Part, kind: string): Node[] {
  const found = new Set<Node>();
  for (const node of under) for (const child of below(index, node).get(part.name) ?? []) if (child.row.kind === kind) found.add(child);
  return [...found];
}

function partsOf(written: string): Part[] {
  const text = clean(written).replace(/\(.*?\)/g, " ");
  let pieces = text.split(/\s*[,;]\s*|\s+[-–—]\s+|\s*\/\s*/);
  if (pieces.length === 1 && (text.match(/[-–]/g) ?? []).length >= 1) pieces = text.split(/\s*[-–]\s*/);
  return pieces
    .flatMap((piece) => piece.split(KEYWORDS))
    .map((piece) => piece.replace(/^[\s.:-]+|[\s.;:-]+$/g, ""))
    .filter((piece) => piece !== "" && !/^(?:việt nam|vn)$/iu.test(piece))
    .map(partOf)
    .filter((part) => part !== null);
}

function partOf(piece: string): Part | null {
  for (const [pattern, type] of TYPES) {
    if (!pattern.test(piece)) continue;
    const name = piece.replace(pattern, "");
    if (fold(name) !== "") return { type, name: placeName(name) };
  }
  return SMALL.test(piece) ? null : { type: null, name: placeName(piece) };
}
