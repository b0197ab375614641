import { z } from "zod";
import { nearest } from "./core/problems.ts";
import type { Bilingual } from "./core/problems.ts";
import { StartError } from "./db/start-error.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const number = (min: number, max: number, usual: number) => z.coerce.number().int().min(min).max(max).default(usual);

/** Every setting, with its meaning; the README's table is compared with it. */
export const Settings = z.object({
  PORT: port.default(8371).meta({ description: "Port to listen on; 0 takes a free one." }),
  HOST: z.string().min(1).default("127.0.0.1").meta({ description: "Address to listen on; loopback unless a proxy stands in front." }),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ description: "PostgreSQL 15-18 for the service's role; the embedded one if left out." }),
  TRITHUC_OWNER_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ description: "The same database for the owner's role: migrations and reference data; DATABASE_URL if left out." }),
  TRITHUC_DATA_DIR: z
    .string()
    .min(1)
    .default(".data")
    .meta({ description: "Folder of the embedded cluster and of the keys made at first start." }),
  TRITHUC_KEYS_FILE: z.string().min(1).optional().meta({ description: "File of the keys (mode 0600); required with DATABASE_URL." }),
  TRITHUC_KEYS: z.string().min(1).optional().meta({ description: "The keys themselves, in place of a file." }),
  TRITHUC_ISSUER: z
    .url()
    .optional()
    .meta({ description: "Issuer of tokens (OpenID Connect or OAuth 2), by https; the local issuer for evaluation if left out." }),
  TRITHUC_AUDIENCE: z.string().min(1).default("trithuc").meta({ description: "Audience that tokens must name." }),
  TRITHUC_PUBLIC_URL: z
    .url()
    .optional()
    .meta({ description: "Public base URL, for Link and Location; the listening address if left out." }),
  TRITHUC_TRUSTED_PROXIES: list
    .optional()
    .meta({ description: "Addresses of proxies whose X-Forwarded-For is believed, comma-separated." }),
  TRITHUC_CORS_ORIGINS: list
    .optional()
    .meta({ description: "Origins that browsers may call from, exact, comma-separated; none if left out." }),
  TRITHUC_RATE_LIMIT: z
    .union([z.literal("off"), z.string().regex(/^\d{1,6}\/\d{1,6}$/)])
    .default("50/10")
    .meta({ description: "Reads and writes a second and client, as 50/10, or off." }),
  TRITHUC_PROVINCE: z
    .string()
    .regex(/^\d{2}$/)
    .default("24")
    .meta({ description: "Code of the registry's province today." }),
  TRITHUC_LOG_LEVEL: z
    .enum(["silent", "error", "warn", "info"])
    .default("info")
    .meta({ description: "What is logged: info is a line a request." }),
  TRITHUC_JOBS: z
    .enum(["here", "beside"])
    .default("here")
    .meta({ description: "Where work that may wait is done: here, in the service, or beside it, by `trithuc worker`." }),
  TRITHUC_READERS: number(1, 32, 4).meta({ description: "Connections for questions." }),
  TRITHUC_WORKERS: number(1, 32, 6).meta({ description: "Connections for transactions." }),
  TRITHUC_CONCURRENCY: number(0, 10_000, 256).meta({
    description: "Requests worked on at one time; more are turned away with 503 and come again. 0: none is, whatever the load.",
  }),
  TRITHUC_STATEMENT_TIMEOUT_MS: number(100, 60_000, 4_000).meta({ description: "Longest statement, in milliseconds." }),
  TRITHUC_ERASURE_LOG: z.string().min(1).optional().meta({
    description: "File, outside the database, of who was erased: ids and times; `erasures.log` in the data folder if left out.",
  }),
  TRITHUC_LOG_MONTHS: number(12, 1_200, 24).meta({
    description: "Months for which the access log and the audit events are kept before `trithuc audit prune` takes them away.",
  }),
  TRITHUC_UPLOAD_MB: number(1, 100, 20).meta({ description: "Largest spreadsheet, in MiB." }),
  TRITHUC_IMPORT_MEMORY_MB: number(64, 4_096, 512).meta({ description: "Memory of the worker that reads a spreadsheet, in MiB." }),
});

export type Config = z.infer<typeof Settings>;

/** The settings of this process. @throws StartError with one line that names the first wrong setting. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.keys(Settings.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const result = Settings.safeParse(given);
  if (result.success) return refusePlainIssuer(result.data);
  const name = String(result.error.issues[0]?.path[0]);
  const said = (locale: () => ReturnType<typeof z.locales.vi>) =>
    Settings.safeParse(given, { error: locale().localeError }).error?.issues[0]?.message ?? "";
  throw new StartError({
    vi: `Cài đặt ${name} không hợp lệ: ${said(z.locales.vi)}.`,
    en: `The setting ${name} is not valid: ${said(z.locales.en)}.`,
  });
}

/** Keys fetched without TLS are whose they are by the word of anybody on the way; on this machine nobody is. */
function refusePlainIssuer(config: Config): Config {
  const { protocol, hostname } = new URL(config.TRITHUC_ISSUER ?? "https://none");
  if (protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))) return config;
  throw new StartError({
    vi: "Cài đặt TRITHUC_ISSUER không hợp lệ: cần https, trừ khi ở chính máy này.",
    en: "The setting TRITHUC_ISSUER is not valid: it has to be https, unless it is on this machine.",
  });
}

/** Names of the environment that look like settings and are none: a mistyped one would be passed over in silence. */
export function unknownSettings(environment: Record<string, string | undefined> = process.env): Bilingual[] {
  const known = Object.keys(Settings.shape);
  const odd = Object.keys(environment).filter(
    (name) => name.startsWith("TRITHUC_") && !known.includes(name) && name !== "TRITHUC_TEST_URL",
  );
  return odd.map((name) => {
    const near = nearest(name, known);
    return {
      vi: `${name} không phải cài đặt nào.${near === undefined ? "" : ` Có phải ${near} không?`}`,
      en: `${name} is no setting.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    };
  });
}

/** The language of the terminal, as POSIX says it: `vi_VN.UTF-8`. */
export function readLocale(environment: Record<string, string | undefined> = process.env): string | undefined {
  return environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"];
}

/** Whether an npm script started this process: npm's shell takes signals without passing them on. */
export const startedByNpm = (environment: Record<string, string | undefined> = process.env): boolean =>
  environment["npm_lifecycle_event"] !== undefined;
