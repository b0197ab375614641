import { readConfig } from "../../config.ts";
import { isPartialDate } from "../../core/time/partial-date.ts";
import { textOf, UsageError } from "../terminal/command.ts";
import type { Call, Command } from "../terminal/command.ts";

const DAY_MS = 86_400_000;

/** `trithuc breach-report`: what was delivered to whom in a period, as the notice of a breach needs it. */
export const breachReport: Command = {
  name: "breach-report",
  summary: {
    vi: "trong một khoảng thời gian, dữ liệu được bảo vệ nào đã giao cho ai, của bao nhiêu người (để báo cáo sự cố)",
    en: "what guarded data was delivered to whom in a period, and of how many people (for the notice of a breach)",
  },
  usage: [
    "breach-report --from 2026-11-01 --to 2026-11-03",
    "breach-report --from 2026-11-01T08:00:00Z --to 2026-11-01T12:00:00Z --client so-y-te",
  ],
  options: {
    from: {
      type: "string",
      value: "DAY",
      text: { vi: "từ ngày (giờ Việt Nam) hoặc thời điểm", en: "from this day (of Viet Nam) or instant" },
    },
    to: {
      type: "string",
      value: "DAY",
      text: { vi: "đến hết ngày, hoặc trước thời điểm", en: "to the end of this day, or before this instant" },
    },
    client: { type: "string", value: "NAME", text: { vi: "chỉ một hệ thống", en: "one client only" } },
  },
  async run(call) {
    const [from, to] = [instantOf(call, "from"), instantOf(call, "to")];
    if (from >= to) throw new UsageError({ vi: "--to phải sau --from.", en: "--to must lie after --from." });
    const config = readConfig();
    const [{ databaseOf }, { openStore }, { naming }] = await Promise.all([
      import("../../main.ts"),
      import("../../store.ts"),
      import("../../db/upkeep/unreachable.ts"),
    ]);
    const store = await openStore(config, () => {});
    const database = databaseOf(config, store);
    try {
      await naming("DATABASE_URL", store.serviceUrl, async () => {
        const { readBreachReport } = await import("../../privacy/breaches/queries.ts");
        const { runOn } = await import("../../privacy/access-log/queries.ts");
        const report = await readBreachReport(runOn(database.workers), { from, to, client: textOf(call, "client") ?? null });
        call.out(JSON.stringify(report, null, 2));
        call.tell({
          vi: `Dữ liệu được bảo vệ của ${report.people} người đã giao cho ${new Set(report.deliveries.map(({ client }) => client)).size} hệ thống; ${report.exports.length} lần xuất. Trường công khai và nội bộ chỉ có ở các lần xuất.`,
          en: `Guarded data of ${report.people} people was delivered to ${new Set(report.deliveries.map(({ client }) => client)).size} clients; ${report.exports.length} exports. Public and internal fields are told of by exports alone.`,
        });
      });
    } finally {
      await database.close();
      await store.stop();
    }
  },
};

/** A day is a day of Viet Nam; `to` means its end. */
function instantOf(call: Call, name: "from" | "to"): string {
  const text = textOf(call, name) ?? "";
  if (/^\d{4}-\d\d-\d\d$/.test(text) && isPartialDate(text)) {
    const begin = Date.parse(`${text}T00:00:00+07:00`);
    return new Date(name === "to" ? begin + DAY_MS : begin).toISOString();
  }
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : undefined;
  if (instant && !Number.isNaN(instant.getTime())) return instant.toISOString();
  throw new UsageError({
    vi: `--${name} cần một ngày như 2026-11-01 hoặc một thời điểm như 2026-11-01T08:00:00Z.`,
    en: `--${name} takes a day such as 2026-11-01 or an instant such as 2026-11-01T08:00:00Z.`,
  });
}
