/** A defect as it might stand in the reading of histories, made by rewriting the text of the statements. */
export type Defect = { name: string; rewrite(text: string): string };

const replacing =
  (pattern: RegExp, by: string): Defect["rewrite"] =>
  (text) =>
    text.replace(pattern, by);

/** Puts the table of today in the place of the rows of then, wherever `which` chooses them by noun and alias. */
const today =
  (which: (noun: string, alias: string) => boolean): Defect["rewrite"] =>
  (text) => {
    let [done, at] = ["", 0];
    for (let found = text.indexOf("lateral (", at); found >= 0; found = text.indexOf("lateral (", at)) {
      const end = closing(text, found + "lateral ".length);
      const inside = text.slice(found, end + 1);
      const [, alias = ""] = /^ as ("?\w+"?)/.exec(text.slice(end + 1)) ?? [];
      const [, noun = ""] = /r\.noun = '(\w+)'/.exec(inside) ?? [];
      done += text.slice(at, found) + (which(noun, alias) ? `(select * from ${noun} where ${unused(inside)})` : inside);
      at = end + 1;
    }
    return done + text.slice(at);
  };

/** A condition that holds, over the parameters of a text that is left out: one that nothing takes has no type. */
const unused = (text: string): string =>
  ["true", ...[...text.matchAll(/\$\d+::\w+/g)].map(([parameter]) => `${parameter} is distinct from null`)].join(" and ");

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

/** The defects that the oracle must find. */
export const DEFECTS: readonly Defect[] = [
  { name: "known_at is ignored", rewrite: replacing(/(r\.recorded_at <= \$\d+::timestamptz)/g, "($1 or true)") },
  {
    name: "what was written at the very instant is not known",
    rewrite: replacing(/recorded_at <= (\$\d+::timestamptz)/g, "recorded_at < $1"),
  },
  { name: "the first version stands for all", rewrite: replacing(/order by r\.version desc limit 1\)/g, "order by r.version limit 1)") },
  {
    name: "a fact is known in every version that it had until then",
    rewrite: replacing(/(select from revisions n\s+where) /g, "$1 false and "),
  },
  {
    name: "a fact that was changed later is not known",
    rewrite: replacing(/ and (n\.recorded_at <= \$\d+::timestamptz)/g, " and ($1 or true)"),
  },
  { name: "facts are those of today", rewrite: today((noun, alias) => noun === "degrees" && alias !== "o" && alias !== '"t1"') },
  { name: "statements of today decide which was preferred", rewrite: today((_noun, alias) => alias === "o") },
  { name: "units have the names of today", rewrite: today((noun) => noun === "organizations") },
  { name: "places of work are those of today", rewrite: today((noun, alias) => noun === "affiliations" && alias === "a") },
  { name: "facts that were hidden are shown", rewrite: replacing(/("t\d+"\.hidden_at is null)/g, "($1 or true)") },
  {
    name: "a record that was hidden then is shown",
    rewrite: replacing(/or \("t1"\.id is not null and \(/g, 'or (false and "t1".id is not null and ('),
  },
  {
    name: "a record that is hidden now is shown",
    rewrite: replacing(/\("t0"\.hidden_at is not null/g, '("t0".hidden_at is not null and false'),
  },
  {
    name: "what is current is asked of today",
    rewrite: replacing(
      /(valid_to_latest <|valid_from_earliest >|valid_from_latest <=|valid_to_earliest >=) (\$\d+::date)/g,
      "$1 coalesce(current_date, $2)",
    ),
  },
  { name: "as_of is ignored", rewrite: replacing(/(coalesce\("t\d+"\."valid_\w+" [<>]= \$\d+::date, true\))/g, "($1 or true)") },
  {
    name: "the territory is left out",
    rewrite: replacing(/(exists \(select from person_reach r where .*?until_day >= \$\d+::date\))/g, "($1 or true)"),
  },
  { name: "a page begins with the last version of the one before", rewrite: replacing(/r\.version < (\$\d+::int)/g, "r.version <= $1") },
  {
    name: "a version is compared with one that is not the one before",
    rewrite: replacing(/order by r\.version desc limit (\$\d+::int)\) r/g, "order by r.version limit $1) r"),
  },
];
