import type { Field } from "../../../src/core/registry/field.ts";
import type { Noun } from "../../../src/core/registry/noun.ts";
import { catalog, FACTS } from "../../../src/nouns.ts";
import { chance } from "../../flows/fuzz.ts";
import type { Call } from "../../setup/registry.ts";
import type { World } from "./world.ts";

const OF_PEOPLE = ["people", ...Object.values(FACTS).map(({ noun }) => noun.name)];
const PRIVATE = ["consents", "data-requests"];
const COLLECTIONS = Object.keys(FACTS);
const get = (path: string, headers?: Record<string, string>): Call => ({ method: "GET", path, ...(headers && { headers }) });
const send = (path: string, body: unknown, method = "POST", headers = {}): Call => ({
  method,
  path,
  body,
  headers: { "content-type": "application/json", ...headers },
});

/** Somebody who asks whatever the query language and the paths allow, of records inside and outside, by a repeatable chance. */
export class Curious {
  private readonly world: World;
  private readonly random: () => number;

  constructor(world: World, seed: number) {
    this.world = world;
    this.random = chance(seed);
  }

  /** The next request; none of them leaves anything behind. */
  next(): Call {
    return this.pick([
      () => this.list(),
      () => this.list(),
      () => this.list(),
      () => this.search(),
      () => this.one(),
      () => this.one(),
      () => this.history(),
      () => this.names(),
      () => this.names(),
      () => this.exported(),
      () => this.feed(),
      () => this.trial(),
      () => this.refused(),
    ])();
  }

  private readonly pick = <T>(list: readonly T[]): T => list[Math.floor(this.random() * list.length)]!;
  private readonly often = (share: number): boolean => this.random() < share;
  private readonly somebody = () =>
    this.pick(this.pick([this.world.inside, this.world.inside, this.world.outside, this.world.listed, this.world.hidden]));

  private list(): Call {
    const noun = catalog[this.pick([...OF_PEOPLE, ...OF_PEOPLE, ...PRIVATE])]!.noun;
    const { id } = this.somebody();
    const nested = noun.table !== "people" ? [`/v1/people/${id}/${noun.name}`] : [];
    const path = this.often(0.2) ? this.pick([...nested, "/v1/access-log", "/v1/imports"]) : `/v1/${noun.name}`;
    return get(`${path}?${this.query(noun)}`, this.often(0.1) ? { "if-none-match": '"1"' } : undefined);
  }

  private query(noun: Noun): string {
    const parts = [`limit=${this.pick([1, 2, 3, 50, 500])}`];
    if (this.often(0.6)) parts.push(`filter=${encodeURIComponent(this.filter(noun, 0))}`);
    if (this.often(0.3))
      parts.push(`sort=${this.pick(["", "-"])}${this.pick(this.members(noun, ({ sortable }) => sortable || this.often(0.05)))}`);
    if (this.often(0.3)) parts.push(`count=${this.pick(["exact", "estimate", "none"])}`);
    if (this.often(0.3))
      parts.push(`include=${this.pick([...COLLECTIONS, "degrees,awards", "affiliations.organization", "person", "organization"])}`);
    if (this.often(0.2)) parts.push(`fields=id,${this.pick(this.members(noun, () => true))}`);
    if (this.often(0.1)) parts.push(`as_of=${this.pick(["2020-01-01", "2026-01-01", "2030-01-01"])}`);
    return parts.join("&");
  }

  private readonly members = (noun: Noun, wanted: (field: Field) => boolean): string[] => {
    const found = Object.entries(noun.fields).flatMap(([member, field]) => (wanted(field) ? [member] : []));
    return found.length === 0 ? ["id"] : found;
  };

  private filter(noun: Noun, depth: number): string {
    if (depth < 2 && this.often(0.3)) {
      const [a, b] = [this.filter(noun, depth + 1), this.filter(noun, depth + 1)];
      return this.pick([`(${a}) and (${b})`, `(${a}) or (${b})`, `not (${a})`]);
    }
    if (noun.table === "people" && this.often(0.3)) {
      const of = this.pick(COLLECTIONS);
      const inner = this.leaf(catalog[of.replace("_", "-")]!.noun);
      return this.pick([
        `has(${of}, ${inner})`,
        `none(${of}, ${inner})`,
        `count(${of}, ${inner}) >= ${this.pick([0, 1, 2])}`,
        `none(${of})`,
      ]);
    }
    return this.leaf(noun);
  }

  private leaf(noun: Noun): string {
    const [member, field] = this.pick(Object.entries(noun.fields).filter(([, { operators }]) => operators.length > 0));
    const op = this.often(0.05) ? this.pick(["=", "match", "below", "<"]) : this.pick(field.operators);
    return op === "exists" ? `${member} exists` : `${member} ${op} ${JSON.stringify(this.value(member, field))}`;
  }

  /** Something that stands, with whoever it be, or the field's example. */
  private value(member: string, field: Field): string {
    const { code, ids, word, id } = this.somebody();
    if (member === "code") return code;
    if (member === "id") return this.pick([id, ...Object.values(ids)]);
    if (member === "person_id") return id;
    if (field.kind === "unit") return this.pick(Object.values(this.world.units));
    if (field.kind === "name" || field.kind === "text") return this.pick([word, `Vương Thị ${word}`, "Vương", "vuong thi"]);
    if (field.kind === "integer") return String(this.pick([1960, 1963, 1966, 1970, 2001]));
    if (field.kind === "partial_date" || field.kind === "day") return this.pick(["1961", "1966-02-03", "2001", "2026-01-01"]);
    return String([field.example].flat()[0]);
  }

  private search(): Call {
    const body = {
      filter: this.filter(catalog["people"]!.noun, 0),
      limit: this.pick([1, 50]),
      count: this.pick(["exact", "estimate", "none"]),
      ...(this.often(0.4) && { include: this.pick(COLLECTIONS) }),
    };
    return send("/v1/people/search", body);
  }

  private one(): Call {
    const { ids, code, id, word } = this.somebody();
    const noun = this.pick(Object.keys(ids));
    const headers = this.often(0.3) ? { "if-none-match": this.pick(['"1"', '"2"', "*"]) } : undefined;
    const query = this.pick([
      "",
      "",
      "?include=degrees",
      "?include=person",
      "?known_at=2029-01-01T00:00:00Z",
      "?as_of=2020-01-01",
      "?fields=id",
    ]);
    return this.pick([
      () => get(`/v1/${noun}/${ids[noun]}${query}`, headers),
      () => get(`/v1/${noun}/${ids[noun]}`, headers),
      () => ({ method: "HEAD", path: `/v1/${noun}/${ids[noun]}` }),
      () => get(`/v1/people/by-id/code/${code}`),
      () => get(`/v1/people/by-id/scopus/${word}77`),
      () => get(`/v1/people/${id}/access-log`),
      () => get(`/v1/data-requests/${ids["data-requests"]}/copy`),
    ])();
  }

  private history(): Call {
    const { ids } = this.somebody();
    const noun = this.pick(Object.keys(ids));
    return get(`/v1/${noun}/${ids[noun]}/revisions${this.pick(["", "?limit=1", "/1", "/2", "/2?diff=1", "/3"])}`);
  }

  private names(): Call {
    const { word } = this.somebody();
    const text = this.pick([
      "vuong",
      "vuong thi",
      `Vương Thị ${word}`,
      `thi ${word.slice(0, 4)}`,
      `vuong ${word.slice(0, -1)}x`,
      word,
      "Vũ Thị",
    ]);
    const q = encodeURIComponent(text);
    return this.pick([
      () => get(`/v1/people/suggest?q=${q}&limit=${this.pick([1, 3, 20])}`),
      () => get(`/v1/people?name:match=${q}&limit=${this.pick([1, 3, 50])}&count=${this.pick(["exact", "none"])}`),
      () => get(`/v1/people?q=${q}&limit=${this.pick([1, 50])}`),
      () => get(`/v1/people?name:prefix=${q}&limit=3`),
      () => send("/v1/reconciliation", { noun: "people", queries: [text, { name: text, birth_date: this.pick(["1961", "1966-02-03"]) }] }),
      () => send("/v1/people/search", { filter: `name match ${JSON.stringify(text)}`, limit: this.pick([1, 50]) }),
    ])();
  }

  private exported(): Call {
    const noun = catalog[this.pick([...OF_PEOPLE, ...PRIVATE])]!.noun;
    const filter = this.often(0.6) ? `&filter=${encodeURIComponent(this.filter(noun, 1))}` : "";
    return get(`/v1/${noun.name}/export?format=ndjson${filter}`);
  }

  private feed(): Call {
    return get(
      `/v1/changes?limit=${this.pick([1, 5, 50, 500])}${this.pick(["", "&noun=people", "&noun=degrees,affiliations", "&after=0.0"])}`,
    );
  }

  /** Writes that say what they would do, of people who may stand already. */
  private trial(): Call {
    const { word, id, ids } = this.somebody();
    const noun = this.pick(Object.keys(ids));
    return this.pick([
      () =>
        send("/v1/people?dry_run=true", {
          name: { full: this.pick([`Vương Thị ${word}`, "Vương Thị"]) },
          birth_date: this.pick(["1961", "1966-02-03"]),
        }),
      () => send(`/v1/people/${id}?dry_run=true`, { keywords: ["mới"] }, "PATCH", { "if-match": this.pick(['"1"', '"2"', '"3"']) }),
      () => send(`/v1/people/${id}/degrees?dry_run=true`, { level: "ThS" }),
      () => send(`/v1/${noun}/${ids[noun]}?dry_run=true`, {}, "PATCH", { "if-match": '"1"' }),
      () => ({ method: "DELETE", path: `/v1/people/${id}?dry_run=true`, headers: { "if-match": this.pick(['"2"', '"9"']) } }),
    ])();
  }

  /** Writes that cannot be done, of whomever. */
  private refused(): Call {
    const { id, ids } = this.somebody();
    const noun = this.pick(Object.keys(ids));
    return this.pick([
      () => send(`/v1/${noun}/${ids[noun]}`, { nonsense: 1 }, "PATCH", { "if-match": '"99"' }),
      () => send(`/v1/people/${id}`, { name: { full: 7 } }, "PATCH"),
      () => ({ method: "DELETE", path: `/v1/${noun}/${ids[noun]}`, headers: { "if-match": '"99"' } }),
      () => send(`/v1/people/${id}/consents`, { purpose: "nonsense" }),
      () => send(`/v1/consents/${ids["consents"]}/withdrawal`, { nonsense: 1 }),
      () => send(`/v1/data-requests/${ids["data-requests"]}/execution`, { nonsense: 1 }),
      () => get(`/v1/people?nam:match=${noun}`),
    ])();
  }
}
