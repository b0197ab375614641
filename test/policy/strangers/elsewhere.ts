import type { Registry } from "../../setup/registry.ts";
import { follow } from "../../exchange/following.ts";
import type { World } from "./world.ts";

/** Gives a copied registry the feed of the one that it was copied from: a database of another number would begin an epoch of its own. */
export async function sameFeed(registry: Pick<Registry, "sql">): Promise<void> {
  await registry.sql("update feed_state set identity = feed_identity()");
}

/**
 * Makes everything other that a token of elsewhere, or of the directory, must not see: the people of this province get other names, days,
 * facts, states and neighbours, one comes back, one goes, their requests and imports go on; whoever is listed keeps what is public.
 */
export async function otherwise(registry: Registry, world: World): Promise<void> {
  const { admin } = registry;
  const ok = (answer: { status: number; text: string }) => {
    if (answer.status >= 300) throw new Error(answer.text);
  };
  const post = { kind: "employment", organization_id: world.units["SNV"]!, ended: false };
  const [first, second, ...others] = world.outside;
  for (const [i, { id, ids }] of others.entries()) {
    ok(
      await admin.patch(
        `/v1/people/${id}`,
        { name: { full: `Vương Thị ${world.inside[i]!.word}` }, birth_date: `193${i}`, keywords: ["khác"] },
        2,
      ),
    );
    ok(await admin.patch(`/v1/degrees/${ids["degrees"]}`, { level: "ThS", training_field: "48" }, 1));
    ok(await admin.post(`/v1/people/${id}/affiliations`, { ...post, is_primary: false }));
    ok(await admin.delete(`/v1/awards/${ids["awards"]}`, 1));
  }
  // More namesakes of those inside, who come after them where ids decide, as those above come before.
  for (const { word } of world.inside) {
    for (const birth_date of ["1901", "1961-02-03", "1999-01-01"])
      ok(
        await admin.post("/v1/people", {
          name: { full: `Vương Thị ${word}` },
          birth_date,
          affiliations: [post],
          degrees: [{ level: "TS" }],
        }),
      );
  }
  for (let i = 0; i < 30; i++)
    ok(await admin.post("/v1/people", { name: { full: `Vương Thị ${"ABCDEGHIKLMNOPQRSTUVXY"[i % 22]}a` }, affiliations: [post] }));
  ok(await admin.delete(`/v1/people/${first!.id}`, 2));
  ok(await admin.post(`/v1/people/${world.hidden[0]!.id}/restorations`));
  const officer = registry.as({ scope: ["privacy"] });
  ok(await officer.patch(`/v1/data-requests/${second!.ids["data-requests"]}`, { state: "acknowledged" }, 1));
  ok(
    await officer.post(`/v1/consents/${second!.ids["consents"]}/withdrawal`, {
      method: "web",
      evidence: "khác",
      withdrawn_at: "2026-10-01T02:00:00Z",
    }),
  );
  const mine = world.inside.map(({ id }) => id);
  await registry.sql(
    "insert into access_log (id, person_id, operation, fields, client, actor, request_id) select gen_random_uuid(), id, 'x', '{emails}', 'x', 'x', 'x' from people where id <> all($1::uuid[])",
    mine,
  );
  await registry.sql(
    `insert into imports (id, state, organization_id, file_name, file_hash, actor, client) select gen_random_uuid(), 'preview', $1::uuid, 'khac.csv', 'x', '{}', 'office'`,
    world.units["SYT"],
  );
  await follow(registry.as({ scope: ["changes:read", "people:read"] }));
  const listed = world.listed.map(({ id }) => id);
  await registry.sql("alter table people disable trigger user");
  await registry.sql(
    "update people set gender = 'male', residence_locality_id = null, other_names = '[]' where id = any($1::uuid[])",
    listed,
  );
  await registry.sql("alter table people enable trigger user");
}
