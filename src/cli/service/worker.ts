import { readConfig, startedByNpm } from "../../config.ts";
import { closeOnSignals } from "./signals.ts";
import type { Command } from "../terminal/command.ts";

/** `trithuc worker`: the queue of work that may wait, until SIGTERM or SIGINT. */
export const worker: Command = {
  name: "worker",
  summary: {
    vi: "làm các việc chờ bên cạnh dịch vụ (TRITHUC_JOBS=beside)",
    en: "do the queued work beside the service (TRITHUC_JOBS=beside)",
  },
  usage: ["worker"],
  options: {},
  async run({ say }) {
    const config = readConfig();
    const { startWorker } = await import("../../main.ts");
    closeOnSignals(await startWorker(config, () => {}), startedByNpm());
    say({ vi: "Đang làm các việc chờ.", en: "Working the queue." });
  },
};
