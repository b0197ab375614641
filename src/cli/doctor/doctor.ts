import { readConfig } from "../../config.ts";
import type { Config } from "../../config.ts";
import { FAILED } from "../terminal/command.ts";
import type { Call, Command } from "../terminal/command.ts";
import { checked } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { checkDisk, checkIssuer, checkNode, checkSettings } from "./machine.ts";

const SIGNS = { good: "✓", doubtful: "!", bad: "✗" } as const;
const WIDTH = 46;

/** `trithuc doctor`: whether everything is as the service needs it, and what to do where it is not. */
export const doctor: Command = {
  name: "doctor",
  summary: {
    vi: "kiểm tra máy, cơ sở dữ liệu, khoá, cài đặt; nói cách sửa",
    en: "check machine, database, keys, settings; say what to do",
  },
  usage: ["doctor"],
  options: {},
  async run(call) {
    const findings = [checkNode(), ...(await checked({ vi: "cài đặt", en: "settings" }, () => checkAll(readConfig())))];
    for (const finding of findings) show(finding, call);
    const bad = findings.filter(({ state }) => state === "bad").length;
    if (bad > 0) call.say({ vi: `${bad} điều phải sửa.`, en: `${bad} to mend.` });
    else call.say({ vi: "Mọi thứ ổn.", en: "All is well." });
    return bad > 0 ? FAILED : 0;
  },
};

async function checkAll(config: Config): Promise<Finding[]> {
  const [{ keysOf, openStore }, { checkDatabase }] = await Promise.all([import("../../store.ts"), import("./database.ts")]);
  const keys: { held?: ReturnType<typeof keysOf> } = {};
  const about = await checked({ vi: "khoá", en: "keys" }, () => {
    keys.held = keysOf(config);
    return [];
  });
  const database = await checked({ vi: "cơ sở dữ liệu", en: "database" }, async () => {
    const store = await openStore(config, () => {});
    try {
      return await checkDatabase(config, store.serviceUrl, keys.held);
    } finally {
      await store.stop();
    }
  });
  return [checkDisk(config), ...checkSettings(config), await checkIssuer(config), ...about, ...database];
}

function show({ what, state, says, todo }: Finding, { out, say, inLine }: Call): void {
  out(`${SIGNS[state]} ${inLine(what).padEnd(WIDTH)} ${typeof says === "string" ? says : inLine(says)}`);
  if (todo) say({ vi: `    → ${todo.vi}`, en: `    → ${todo.en}` });
}
