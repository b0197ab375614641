/** A defect as it might stand in the compiler, made by rewriting the text of the statements that it gives. */
export type Defect = {
  name: string;
  rewrite(text: string): string;
  /** Questions that are asked first, so that a rare one need not be waited for. */
  about?: RegExp;
};

/** Replaces each `before (...)`, with the parentheses that belong to it. */
function replaceGroups(text: string, before: string, change: (inside: string, whole: string) => string): string {
  let [done, at] = ["", 0];
  for (let found = text.indexOf(`${before}(`, at); found >= 0; found = text.indexOf(`${before}(`, at)) {
    const open = found + before.length;
    const close = closing(text, open);
    done += text.slice(at, found) + change(text.slice(open + 1, close), text.slice(found, close + 1));
    at = close + 1;
  }
  return done + text.slice(at);
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

/** The parts that are joined by `and` outside every parenthesis, each in parentheses of its own; undefined where it is not so. */
function conjuncts(text: string): string[] | undefined {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] !== "(") return undefined;
    const end = closing(text, at) + 1;
    parts.push(text.slice(at, end));
    if (end < text.length && !text.startsWith(" and ", end)) return undefined;
    at = end + " and ".length;
  }
  return parts;
}

/** What is asked of one element is asked of any: `exists (... and (a and b))` as `exists (... and a) and exists (... and b)`. */
const partElements = (text: string): string =>
  replaceGroups(text, "exists ", (inside) => {
    const [, head, rest] = /^(select from "[a-z_]+" as "t\d+" where )(.*)$/s.exec(inside) ?? [];
    const parts = rest === undefined ? undefined : conjuncts(rest);
    const asked = parts && conjuncts(parts.at(-1)!.slice(1, -1));
    if (!parts || !asked || asked.length < 2) return `exists (${partElements(inside)})`;
    return `(${asked.map((one) => `exists (${head}${[...parts.slice(0, -1), one].join(" and ")})`).join(" and ")})`;
  });

/** `(x) is not true` as `not (x)`: what has no value is neither. */
function turnNull(text: string): string {
  const end = text.indexOf(") is not true");
  if (end < 0) return text;
  let depth = 0;
  let open = end;
  for (; open >= 0; open--) {
    if (text[open] === ")") depth++;
    else if (text[open] === "(" && --depth === 0) break;
  }
  return turnNull(`${text.slice(0, open)}not ${text.slice(open, end + 1)}${text.slice(end + ") is not true".length)}`);
}

const replacing =
  (pattern: RegExp, by: string): Defect["rewrite"] =>
  (text) =>
    text.replace(pattern, by);

const REACH = "exists (select from person_reach";

/** The defects that the oracle must find. */
export const DEFECTS: readonly Defect[] = [
  { name: "conditions on one element are asked of any element", rewrite: partElements, about: /has\([a-z_]+, [^()]* and / },
  { name: "not leaves out what has no value", rewrite: turnNull },
  { name: "or is and", rewrite: replacing(/\) or \(/g, ") and (") },
  {
    name: "none is has",
    rewrite: replacing(/not exists \(select from "(degrees|academic_titles|affiliations|expertise|awards)"/g, 'exists (select from "$1"'),
  },
  {
    name: "count counts one too many",
    rewrite: replacing(/\(select count\(\*\) from \(select from/g, "(select count(*) + 1 from (select from"),
  },
  { name: "of several values only the first counts", rewrite: replacing(/= any\((\$\d+::(?:text|uuid)\[\])\)/g, "= ($1)[1]") },
  {
    name: "a date before is compared by its first day",
    rewrite: replacing(/("t\d+"\."\w+)_latest" (<=?) (\$\d+::date)(?! ?,)/g, '$1_earliest" $2 $3'),
  },
  {
    name: "a date after is compared by its last day",
    rewrite: replacing(/("t\d+"\."\w+)_earliest" (>=?) (\$\d+::date)(?! and)/g, '$1_latest" $2 $3'),
  },
  {
    name: "a date equals what only overlaps it",
    rewrite: replacing(/(_earliest" >= \$\d+::date and "t\d+"\."\w+_latest" <=) (\$\d+::date)/g, "$1 ($2 + 400)"),
  },
  { name: "a page begins with the last row of the one before", rewrite: replacing(/\) > \(\$/g, ") >= ($") },
  { name: "a page lacks its last row", rewrite: replacing(/(p|"t\d+")\.n <= \$/g, "$1.n < $$") },
  {
    name: "the count of a list includes its hidden rows",
    rewrite: (text) =>
      text.replace(/\(select count\(\*\) from "\w+" as "t0".*$/s, (count) =>
        count.replace('"t0".hidden_at is null', "true").replace(/not \(\(?"t0"\.hidden_at is not null/, "$& and false"),
      ),
  },
  { name: "the territory is left out", rewrite: (text) => territoryOpen(text) },
  { name: "who holds one of two claims is let in", rewrite: (text) => (text.split(REACH).length > 2 ? territoryOpen(text, 1) : text) },
  {
    name: "who left long ago is still in the territory",
    rewrite: replacing(/r\.until_day >= (\$\d+::date)/g, "(r.until_day >= $1 or true)"),
  },
  {
    name: "hidden rows are shown",
    rewrite: (text) =>
      replaceGroups(text.replace(/((?:"t0"|\bd)\.hidden_at is null)/g, "($1 or true)"), "not ", (inside, whole) =>
        /^\(?"t0"\.hidden_at is not null/.test(inside) ? `(${whole} or true)` : `not (${inside})`,
      ),
  },
  { name: "hidden facts count", rewrite: replacing(/("t\d+"\.hidden_at is null)/g, "($1 or true)") },
  { name: "missing values come first", rewrite: replacing(/, 2147483647\)/g, ", -2147483647)") },
  { name: "descending numbers ascend", about: /year/, rewrite: replacing(/coalesce\(-/g, "coalesce(") },
  { name: "names are sorted by code points", rewrite: replacing(/collate "vi-x-icu"/g, 'collate "C"') },
  {
    name: "below a field lacks the field itself",
    about: /field below/,
    rewrite: replacing(/from field_tree where/g, "from field_tree where code <> ancestor_code and"),
  },
  {
    name: "below a locality lacks the locality itself",
    about: /locality below/,
    rewrite: replacing(/from locality_tree where/g, "from locality_tree where locality_id <> ancestor_id and"),
  },
  {
    name: "below an organization lacks the organization itself",
    about: /(organization|institution) below/,
    rewrite: replacing(/from organization_tree where/g, "from organization_tree where organization_id <> ancestor_id and"),
  },
  {
    name: "earlier parents of an organization count today",
    about: /(^| )(organization|institution|affiliations.organization) below/,
    rewrite: replacing(/(from_day <= \$\d+::date) and until_day >= (\$\d+::date)/g, "$1 and (until_day >= $2 or true)"),
  },
  { name: "as_of is ignored", rewrite: replacing(/(coalesce\("t\d+"\."valid_\w+" [<>]= \$\d+::date, true\))/g, "($1 or true)") },
  { name: "as_of leaves out what may have held", rewrite: replacing(/(coalesce\("t\d+"\."valid_from)_earliest"/g, '$1_latest"') },
  { name: "a search takes any word for all", about: / match /, rewrite: replacing(/ @> /g, " && ") },
  {
    name: "who may have left works there no more",
    rewrite: replacing(/(\.ended or [^()]*\)) is not true/g, "$1 is false"),
    about: /work_locality/,
  },
  {
    name: "a member shows nothing of what it has",
    rewrite: replacing(/('(?:gender|level|kind|role|year)', )"t\d+"\."\w+"/g, "$1null::text"),
  },
];

/** Makes the n-th check of the territory, or every one, true. */
function territoryOpen(text: string, only?: number): string {
  let count = 0;
  return replaceGroups(text, "exists ", (inside, whole) => {
    if (!inside.startsWith("select from person_reach")) return `exists (${territoryOpen(inside, only)})`;
    return only === undefined || only === count++ % 2 ? `(${whole} or true)` : whole;
  });
}
