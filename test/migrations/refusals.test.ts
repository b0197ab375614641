import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { newKeysText } from "../../src/http/access/keys.ts";
import { startService } from "../../src/main.ts";
import { keysOf, openReadyStore } from "../../src/store.ts";
import { migrate } from "../../src/db/upkeep/migrations.ts";
import { testDatabase } from "../setup/database.ts";
import { administer } from "../setup/template.ts";

const CASES: { what: string; change: string; says: RegExp; up: RegExp | undefined }[] = [
  {
    what: "an applied migration whose file was edited",
    change: "update trithuc.migrations set hash = 'other' where name = '0004_reach_of_former_units'",
    says: /0004_reach_of_former_units was edited after it was applied: restore the original file/,
    up: /0004_reach_of_former_units was edited/,
  },
  {
    what: "an applied migration that this version does not know",
    change: "insert into trithuc.migrations (name, hash) values ('9999_later', 'x')",
    says: /9999_later is not part of this version: use the newer software/,
    up: /9999_later is not part/,
  },
  {
    what: "a missing migration before one that is applied",
    change: "delete from trithuc.migrations where name = '0004_reach_of_former_units'",
    says: /0004_reach_of_former_units comes before one that is already applied: renumber it/,
    up: /0004_reach_of_former_units comes before/,
  },
  {
    what: "a migration that was broken off",
    change: `delete from trithuc.migrations where name = (select max(name) from trithuc.migrations);
      comment on table trithuc.migrations is 'under way: 9998_broken'`,
    says: /lacks 1 migrations \(9998_broken was begun and is not done.+run "trithuc migrate up" with TRITHUC_OWNER_URL/,
    up: undefined,
  },
];

test.for(CASES)("a start on $what is refused, with what to do", async ({ change, says, up }) => {
  const { ownerUrl, serviceUrl } = await testDatabase();
  await administer(ownerUrl, (owner) => owner.query(change));
  const config = readConfig({ DATABASE_URL: serviceUrl, TRITHUC_OWNER_URL: ownerUrl, TRITHUC_KEYS: newKeysText() });
  await expect(openReadyStore(config, keysOf(config), () => {})).rejects.toThrow(says);
  if (up) await expect(migrate(ownerUrl)).rejects.toThrow(up);
});

const RIGHTS: { what: string; as: "ownerUrl" | "serviceUrl" | "adminUrl"; change?: string; says: RegExp }[] = [
  { what: "a superuser", as: "adminUrl", says: /connects as a superuser: use the service's own role/ },
  { what: "the owner", as: "ownerUrl", says: /may do more than the service should \(ddl.*\): use a role that owns nothing/ },
  {
    what: "a role that may take entries away",
    as: "serviceUrl",
    change: "grant delete on trithuc.access_log to trithuc_service",
    says: /may do more than the service should \(delete access_log\)/,
  },
  {
    what: "a role that may make tables",
    as: "serviceUrl",
    change: "grant create on schema trithuc to trithuc_service",
    says: /may do more than the service should \(ddl\)/,
  },
];

test.for(RIGHTS)("a start as $what is refused, with what to do", async ({ as, change, says }) => {
  const urls = await testDatabase();
  if (change) await administer(urls.ownerUrl, (owner) => owner.query(change));
  const config = readConfig({ PORT: "0", DATABASE_URL: urls[as], TRITHUC_OWNER_URL: urls.ownerUrl, TRITHUC_KEYS: newKeysText() });
  await expect(startService(config, () => {})).rejects.toThrow(says);
});
