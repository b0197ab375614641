import { OUTCOMES, RELATIONS } from "./relations.ts";
import type { PolicyDescription } from "./description.ts";

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(...head),
  row(...head.map(() => "---")),
  ...rows.map((cells) => row(...cells)),
];
const code = (text: string): string => `\`${text}\``;

const HEAD = `# Access: what the policy says

Made from \`src/core/policy.ts\` and \`src/core/policy/\` by \`npm run openapi\`; \`GET /v1/meta/policy\` shows the same to an administrator.
Được sinh từ mã nguồn; sửa ở đó, không sửa ở đây.
`;

/** `docs/access.md`: the policy for people, made from the policy itself. */
export function accessPage({ classes, fields, operations, outcomes }: PolicyDescription): string {
  const scopes = [
    ...new Set(operations.map(({ scopes, also }) => [...scopes, also.length > 0 ? `+ ${also.join("/")}` : ""].join(" ").trim())),
  ];
  const named = (wanted: string) =>
    operations.filter(({ scopes: own, also }) => [...own, also.length > 0 ? `+ ${also.join("/")}` : ""].join(" ").trim() === wanted);
  const outcomeOf = (act: string, relation: string) => outcomes.find((one) => one.act === act && one.relation === relation)!.outcome;
  return [
    HEAD,
    "## Fields by visibility class",
    "",
    ...table(
      [
        "class",
        "scopes needed, all of them",
        "`directory:read`, of persons with a live consent",
        "`Access-Purpose` and an entry in the access log",
      ],
      classes.map((one) => [one.class, one.scopes.map(code).join(" "), one.directory ? "yes" : "no", one.guarded ? "yes" : "no"]),
    ),
    "",
    ...table(
      ["noun", "restricted", "sensitive"],
      [...new Set(fields.map(({ noun }) => noun))].map((noun) => {
        const of = (wanted: string) =>
          fields.flatMap((one) => (one.noun === noun && one.class === wanted ? [code(one.field)] : [])).join(" ");
        return [noun, of("restricted"), of("sensitive")];
      }),
    ),
    "",
    "## Operations by scope",
    "",
    "Any scope of the first column suffices; after `+` one of these is needed as well. `any` is every good token, `public` nobody's need.",
    "",
    ...table(
      ["scope", "operations"],
      scopes.map((scope) => [
        code(scope),
        named(scope)
          .map(({ operation }) => operation)
          .join(", "),
      ]),
    ),
    "",
    "## Where a person stands",
    "",
    "A token's `org` and `loc` claims bound it to units and localities and what lies below them, by today's geography. Facts, consents and the log follow their person.",
    "",
    ...table(
      ["act", ...RELATIONS.map((relation) => relation.replaceAll("_", " "))],
      Object.keys(OUTCOMES).map((act) => [act, ...RELATIONS.map((relation) => outcomeOf(act, relation))]),
    ),
    "",
  ].join("\n");
}
