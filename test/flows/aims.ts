import { randomUUID } from "node:crypto";
import { SCOPES } from "../../src/core/actor.ts";
import type { Scope } from "../../src/core/actor.ts";
import type { Document } from "../../src/http/openapi.ts";
import { formOf } from "../exchange/office.ts";
import { SAMPLES } from "../rules/operations.ts";
import type { Sample, Standing } from "../rules/operations.ts";
import type { Call, Wish } from "../setup/registry.ts";

/** A request, who sends it, and how: as it stands, by a client that stops after the first lines, or with headers beyond the limit. */
export type Shot = Call & { wish?: Wish | "nobody"; by?: "stalling" | "headers" };
/** A status that an operation declares, and how it is brought about. */
export type Aim = { operation: string; method: string; path: string; status: number; shoot: () => Promise<Shot> };

/** Records for aims that need one in a state: hidden ones and such of erased people by noun, a key that is being worked on, and a used one. */
export type Targets = { hidden: Record<string, string>; erased: Record<string, string>; heldKey: string; usedKey: string; taken: Taken };
/** What stands already, or is over: whoever asks for it again is refused. */
export type Taken = Record<string, () => Promise<Shot> | Shot>;

type Operation = { operationId: string; requestBody?: { content: Record<string, unknown> }; "x-scope": unknown; "x-scope-also"?: Scope[] };

const ALL: Wish = { scope: SCOPES };
const LONG = "a".repeat(9_000);
const BIG = JSON.stringify({ filter: "x".repeat(300_000) });

/** Every pair of an operation and a status of 2xx to 4xx that it declares, 429 aside: rates are off. */
export function aimsOf(document: Document, at: Standing, targets: Targets): Aim[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, declared]) => {
      const operation = declared as unknown as Operation & { responses: object };
      const kept = keeping(operation.operationId, at, document);
      const statuses = Object.keys(operation.responses).map(Number);
      return statuses
        .filter((status) => status < 500 && status !== 429)
        .map((status): Aim => {
          const verb = method.toUpperCase();
          const shoot = async () => ({
            method: verb,
            wish: ALL,
            ...(await shot({ path, verb, operation, status, at, document, targets, kept })),
          });
          return { operation: operation.operationId, method: verb, path, status, shoot };
        });
    }),
  );
}

/** A sample that is made once: what is refused changes nothing. */
function keeping(operation: string, at: Standing, document: Document): () => Promise<Call> {
  let made: Promise<Call> | undefined;
  return () => (made ??= fresh(operation, at, document));
}

async function fresh(operation: string, at: Standing, document: Document): Promise<Call> {
  return callOf(await SAMPLES[operation]!(at, document));
}

const callOf = ({ path, body, ifMatch, contentType, headers }: Sample): Call => ({
  method: "GET",
  path,
  ...(body !== undefined && { body }),
  headers: {
    ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
    ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
    ...headers,
  },
});

type Aiming = {
  path: string;
  verb: string;
  operation: Operation;
  status: number;
  at: Standing;
  document: Document;
  targets: Targets;
  kept: () => Promise<Call>;
};

const orcid = (): string => "0000-0002-1825-0097";
const withQuery = (path: string, more: string): string => `${path}${path.includes("?") ? "&" : "?"}${more}`;

async function shot(aiming: Aiming): Promise<Omit<Shot, "method"> & { method?: string }> {
  const { path, verb, operation, status, at, document, targets, kept } = aiming;
  const { operationId: id } = operation;
  const special = targets.taken[`${id} ${status}`];
  if (special) return special();
  if (status < 300) return renewed(id, await fresh(id, at, document), at);
  const { method: _method, ...base } = await kept();
  const body = base.body !== undefined;
  const headers = base.headers ?? {};
  const filled = (ids: Record<string, string>) => {
    const noun = path.split("/")[2]!;
    const named = path
      .replace("{id}", ids[path.includes("codes/{id}") ? "codes" : noun] ?? randomUUID())
      .replace("{row_id}", randomUUID())
      .replace("{version}", "1")
      .replace("{scheme}", "orcid")
      .replace("{value}", orcid())
      .replace("{list}", ids["list"] ?? "nothing")
      .replace("{noun}", "nothing");
    return { ...base, path: named };
  };
  switch (status) {
    case 304:
      return { ...base, headers: { ...headers, "if-none-match": "*" } };
    case 400:
      return { ...base, path: withQuery(base.path, `nonsense=${at.count()}`) };
    case 401:
      return at.count() % 2 === 0
        ? { ...base, wish: "nobody" }
        : { ...base, wish: "nobody", headers: { ...headers, authorization: "Bearer x.y.z" } };
    case 403:
      return { ...base, ...lacking(operation, headers) };
    case 404:
      return filled({});
    case 406:
      return { ...base, headers: { ...headers, accept: "image/png" } };
    case 408:
      return { ...base, by: "stalling" };
    case 409:
    case 422:
      return refusedWrite(aiming, base);
    case 410:
      // To bring back what is hidden is no failure.
      if (id === "restoreOrganization") return base;
      return filled({ ...targets.erased, ...targets.hidden });
    case 412:
      return { ...base, headers: { ...headers, "if-match": '"99"' } };
    case 413:
      return id === "createImport" ? tooLarge() : { ...base, body: BIG, headers: { ...headers, "content-type": "application/json" } };
    case 414:
      return { ...base, path: withQuery(base.path, `x=${LONG}`) };
    case 415:
      return { ...base, body: "x", headers: { ...headers, "content-type": "text/plain" } };
    case 428: {
      const { "if-match": _tag, "if-none-match": _none, ...rest } = headers;
      return { ...base, headers: rest };
    }
    case 431:
      return { ...base, by: "headers" };
    default:
      void (verb && body);
      return base;
  }
}

/** A sample again, with what may stand once only made new. */
function renewed(id: string, call: Call, at: Standing): Omit<Shot, "method"> {
  const n = at.count();
  const { method: _method, ...rest } = call;
  if (id === "createOrganization") return { ...rest, body: { ...(call.body as object), code: `LAN-${n}` } };
  if (id === "createPerson")
    return {
      ...rest,
      path: withQuery(call.path, "on_duplicate=create"),
      body: { ...(call.body as object), identifiers: [], citizen_id: null },
    };
  if (id === "putPersonByIdentifier") return { ...rest, path: `${call.path.replace(/MAU-1.*/, "")}LAN-${n}` };
  return rest;
}

const lacking = (operation: Operation, headers: Record<string, string>): Pick<Shot, "wish" | "headers"> => {
  const own = [operation["x-scope"]].flat() as string[];
  if (own[0] === "any" || own[0] === "public")
    return { wish: { scope: SCOPES, purposes: ["advice"] }, headers: { ...headers, "access-purpose": "sharing" } };
  return { wish: { scope: SCOPES.filter((scope) => !own.includes(scope)) } };
};

/** What a body or a state refuses: a key that is being worked on (409) or was used for something else (422), else a member of a wrong type. */
function refusedWrite({ verb, status, operation, targets, document }: Aiming, base: Omit<Call, "method">): Omit<Call, "method"> {
  const parameters = (operation as unknown as { parameters?: { name?: string }[] }).parameters ?? [];
  const keyed = verb === "POST" && parameters.some(({ name }) => name?.toLowerCase() === "idempotency-key");
  if (keyed && status === 409) return { ...base, headers: { ...base.headers, "idempotency-key": targets.heldKey } };
  if (keyed && operation.requestBody === undefined) return { ...base, headers: { ...base.headers, "idempotency-key": targets.usedKey } };
  const [{ schema } = { schema: {} }] = Object.values(operation.requestBody?.content ?? {}) as { schema: { $ref?: string } }[];
  const shape = (document.components["schemas"] as Record<string, { properties?: object }>)[schema.$ref?.split("/").at(-1) ?? ""];
  const [member = "name"] = Object.keys(shape?.properties ?? {});
  return { ...base, body: { ...(base.body as object), [member]: { wrong: { type: true } } } };
}

async function tooLarge(): Promise<Omit<Call, "method">> {
  const { body, type } = await formOf([["file", { name: "lon.csv", bytes: "x".repeat(300_000) }]]);
  return { path: "/v1/imports", body, headers: { "content-type": type } };
}
