import { readConfig, startedByNpm } from "../../config.ts";
import type { Config } from "../../config.ts";
import { SCOPES } from "../../core/actor.ts";
import type { Service } from "../../main.ts";
import { closeOnSignals } from "./signals.ts";
import type { Call, Command } from "../terminal/command.ts";

const DEMO_HOURS = 8;
/** A token for looking around: everything that exists so far and is not restricted. */
const DEMO_SCOPES = SCOPES.filter((scope) => !/restricted|sensitive|^(admin|audit|privacy|directory:read)$/.test(scope));

/** `trithuc serve`: the service, until SIGTERM or SIGINT. */
export const serve: Command = {
  name: "serve",
  summary: { vi: "chạy dịch vụ (cũng là npm start)", en: "run the service (also npm start)" },
  usage: ["serve"],
  options: {},
  async run({ out, say }) {
    const started = performance.now();
    const config = readConfig();
    const { startService } = await import("../../main.ts");
    const service = await startService(config, () => {});
    closeOnSignals(service, startedByNpm());
    announce(service, { out, say }, Math.round(performance.now() - started));
    if (service.embedded && config.TRITHUC_ISSUER === undefined) await offerToken(service, config, { out, say });
  },
};

type Writing = Pick<Call, "out" | "say">;

function announce({ url, embedded }: Service, { out, say }: Writing, tookMs: number): void {
  const seconds = (tookMs / 1000).toFixed(1);
  say({ vi: `Trí Thức đang chạy (khởi động trong ${seconds} giây).`, en: `Trí Thức is running (started in ${seconds} s).` });
  out(`  Dịch vụ / service:         ${url}`);
  out(`  Tài liệu / documentation:  ${url}/docs`);
  if (!embedded) return;
  say({
    vi: "Cơ sở dữ liệu đi kèm, để dùng thử; khi vận hành thật hãy đặt DATABASE_URL (README).",
    en: "On the bundled database, for evaluation; for real use set DATABASE_URL (README).",
  });
  if (embedded.attached) {
    say({
      vi: "Cơ sở dữ liệu này đang do một tiến trình khác cùng TRITHUC_DATA_DIR chạy; khi nó dừng, dịch vụ này chạy tiếp.",
      en: "Another process of the same TRITHUC_DATA_DIR runs the database; when it stops, this service goes on with it.",
    });
  }
}

async function offerToken({ url, keys }: Service, { TRITHUC_AUDIENCE: audience }: Config, { out, say }: Writing): Promise<void> {
  const { issueToken } = await import("../../http/access/tokens.ts");
  const token = await issueToken(keys, { audience, scope: DEMO_SCOPES, ttl: DEMO_HOURS * 3600, subject: "demo", client: "demo" });
  say({
    vi: `Thẻ dùng thử, hết hạn sau ${DEMO_HOURS} giờ; dán dòng curl dưới đây (thẻ khác: npx trithuc token --help):`,
    en: `A token for trying out, good for ${DEMO_HOURS} hours; paste the curl line below (others: npx trithuc token --help):`,
  });
  out(`curl -H "Authorization: Bearer ${token}" "${url}/v1/people?limit=5"`);
}
