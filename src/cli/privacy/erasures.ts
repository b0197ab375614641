import { readConfig } from "../../config.ts";
import { SCHEMA } from "../../db/schema.ts";
import { textOf, wordOf } from "../terminal/command.ts";
import type { Command } from "../terminal/command.ts";

/** `trithuc erasures`: what a restore brought back is erased again, and what was erased leaves the disk. */
export const erasures: Command = {
  name: "erasures",
  summary: {
    vi: "huỷ lại những người đã huỷ sau khi khôi phục bản sao lưu; dọn sạch vết trên đĩa",
    en: "erase again after a restore whoever had been erased; clear their traces from the disk",
  },
  usage: ["erasures reapply", "erasures reapply --log /backup/erasures.log", "erasures sweep"],
  options: {
    log: {
      type: "string",
      value: "FILE",
      text: { vi: "nhật ký huỷ; bỏ trống thì theo TRITHUC_ERASURE_LOG", en: "the log of erasures; TRITHUC_ERASURE_LOG if left out" },
    },
  },
  async run(call) {
    const word = wordOf(call, ["reapply", "sweep"]);
    const config = readConfig();
    const { erasureLogOf, keysOf, openStore, ownerSetting } = await import("../../store.ts");
    const [{ Client }, { naming }] = await Promise.all([import("pg"), import("../../db/upkeep/unreachable.ts")]);
    const store = await openStore(config, () => {});
    try {
      await naming(ownerSetting(config), store.ownerUrl, async () => {
        const owner = new Client({ connectionString: store.ownerUrl, options: `-c search_path=${SCHEMA} -c timezone=UTC` });
        await owner.connect();
        try {
          if (word === "sweep") {
            const { sweepTables } = await import("../../privacy/erasures/commands.ts");
            const { length } = await sweepTables(owner);
            call.say({ vi: `Đã ghi lại ${length} bảng.`, en: `${length} tables written anew.` });
            return;
          }
          const [{ reapplyErasures }, { readErasures }] = await Promise.all([
            import("../../privacy/erasures/commands.ts"),
            import("../../privacy/erasures/log.ts"),
          ]);
          const lines = await readErasures(textOf(call, "log") ?? erasureLogOf(config));
          const again = await reapplyErasures(owner, keysOf(config), lines);
          call.say({
            vi: `Nhật ký có ${lines.length} lần huỷ; ${again} người đã có lại và vừa được huỷ.`,
            en: `The log has ${lines.length} erasures; ${again} people stood there again and were erased.`,
          });
        } finally {
          await owner.end();
        }
      });
    } finally {
      await store.stop();
    }
  },
};
