import { readConfig } from "../../config.ts";
import { isPurpose, isScope, PURPOSES, SCOPES } from "../../core/actor.ts";
import { StartError } from "../../db/start-error.ts";
import { textOf, unknownName, UsageError } from "../terminal/command.ts";
import type { Call, Command } from "../terminal/command.ts";

const SECONDS = { s: 1, m: 60, h: 3600 } as const;
const LONGEST = 24 * 3600;

/** `trithuc token`: an access token of the local issuer, alone on the last line. */
export const token: Command = {
  name: "token",
  summary: {
    vi: "cấp thẻ truy cập của bên phát hành tại chỗ, để dùng thử",
    en: "issue an access token of the local issuer, for evaluation",
  },
  usage: [
    'token --scope "people:read people:write" [--org ID] [--loc CODE] [--ttl 4h]',
    'token --scope "people:read people:read.restricted" --purposes verification',
  ],
  options: {
    scope: {
      type: "string",
      value: "SCOPES",
      text: { vi: "các phạm vi quyền, cách nhau bằng dấu cách", en: "scopes, separated by spaces" },
    },
    org: {
      type: "string",
      value: "ID",
      text: {
        vi: "chỉ trong các đơn vị này (id hoặc mã, cách nhau bằng dấu phẩy)",
        en: "within these organizations only (ids or codes, by commas)",
      },
    },
    loc: {
      type: "string",
      value: "CODE",
      text: { vi: "chỉ trong các địa bàn này (mã hoặc id)", en: "within these localities only (codes or ids)" },
    },
    purposes: {
      type: "string",
      value: "LIST",
      text: { vi: "các mục đích truy cập được phép nêu", en: "purposes of access that may be stated" },
    },
    ttl: {
      type: "string",
      value: "4h",
      text: { vi: "thời hạn: 30m, 4h (mặc định), tối đa 24h", en: "life: 30m, 4h (usual), at most 24h" },
    },
    subject: {
      type: "string",
      value: "NAME",
      text: { vi: "người dùng thẻ (mặc định local-user)", en: "who uses it (local-user if left out)" },
    },
    client: {
      type: "string",
      value: "NAME",
      text: { vi: "phần mềm dùng thẻ (mặc định local-client)", en: "the software that uses it (local-client if left out)" },
    },
  },
  async run(call) {
    const config = readConfig();
    if (config.TRITHUC_ISSUER !== undefined) throw EXTERNAL;
    const wish = {
      scope: namesOf(call, "scope", SCOPES, isScope, { vi: "phạm vi quyền", en: "scope" }),
      ttl: secondsOf(textOf(call, "ttl") ?? "4h"),
      org: listOf(call, "org"),
      loc: listOf(call, "loc"),
      ...(textOf(call, "purposes") !== undefined && {
        purposes: namesOf(call, "purposes", PURPOSES, isPurpose, { vi: "mục đích", en: "purpose" }),
      }),
      ...named(call, "subject"),
      ...named(call, "client"),
    };
    const [{ keysOf }, { issueToken }] = await Promise.all([import("../../store.ts"), import("../../http/access/tokens.ts")]);
    call.out(await issueToken(keysOf(config), { audience: config.TRITHUC_AUDIENCE, ...wish }));
  },
};

const EXTERNAL = new StartError({
  vi: "TRITHUC_ISSUER đã được đặt: thẻ do bên phát hành đó cấp, không cấp tại đây.",
  en: "TRITHUC_ISSUER is set: tokens come from that issuer and not from here.",
});

function namesOf<T extends string>(
  call: Call,
  option: string,
  known: readonly T[],
  is: (name: string) => name is T,
  kind: { vi: string; en: string },
): T[] {
  const names = (textOf(call, option) ?? "").split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) {
    throw new UsageError({ vi: `Hãy nêu --${option}. Có: ${known.join(", ")}.`, en: `Say --${option}. There are: ${known.join(", ")}.` });
  }
  return names.map((name) => {
    if (is(name)) return name;
    throw unknownName(kind, name, known);
  });
}

/** An option that was given empty opens nothing: only one that is absent bounds nothing. */
function listOf(call: Call, option: string): string[] | undefined {
  const names = textOf(call, option)
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (names?.length !== 0) return names;
  throw new UsageError({ vi: `--${option} cần một giá trị.`, en: `--${option} takes a value.` });
}

function named(call: Call, option: "subject" | "client"): Record<string, string> {
  const name = textOf(call, option);
  if (name === undefined) return {};
  if (name !== "" && name.length <= 255 && !/\p{Cc}/u.test(name)) return { [option]: name };
  throw new UsageError({ vi: `--${option} cần một tên đến 255 ký tự.`, en: `--${option} takes a name of up to 255 characters.` });
}

function secondsOf(text: string): number {
  const [, amount = "", unit = "s"] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (amount !== "" && seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new UsageError({
    vi: "--ttl cần một thời hạn như 30m hoặc 4h, tối đa 24h.",
    en: "--ttl takes a life such as 30m or 4h, at most 24h.",
  });
}
