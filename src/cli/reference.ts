import { readConfig } from "../config.ts";
import { wordOf } from "./terminal/command.ts";
import type { Command } from "./terminal/command.ts";

/** `trithuc reference load`: the code lists that the service is born with. */
export const reference: Command = {
  name: "reference",
  summary: { vi: "nạp các danh mục (đơn vị hành chính, lĩnh vực, mã...)", en: "load the reference data (localities, fields, codes ...)" },
  usage: ["reference load"],
  options: {},
  async run(call) {
    wordOf(call, ["load"]);
    const config = readConfig();
    const { openStore, migrateStore, ownerSetting } = await import("../store.ts");
    const [{ loadReference }, { naming }] = await Promise.all([import("../reference/load.ts"), import("../db/upkeep/unreachable.ts")]);
    const store = await openStore(config, () => {});
    try {
      if (store.embedded) await migrateStore(config, store);
      await naming(ownerSetting(config), store.ownerUrl, () => loadReference(store.ownerUrl, { log: call.out }));
      call.tell({ vi: "Đã nạp danh mục.", en: "The reference data are loaded." });
    } finally {
      await store.stop();
    }
  },
};
