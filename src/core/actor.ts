/** The closed list of scopes that a token may carry and an operation may require. */
export const SCOPES = [
  "directory:read",
  "people:read",
  "people:read.restricted",
  "people:read.sensitive",
  "people:write",
  "reference:write",
  "changes:read",
  "duplicates",
  "merges",
  "imports",
  "exports",
  "stats:read",
  "stats:exact",
  "demands:read",
  "demands:write",
  "demands:approve",
  "releases:write",
  "planning:write",
  "privacy",
  "webhooks",
  "audit",
  "admin",
] as const;

/** A scope of the closed list. */
export type Scope = (typeof SCOPES)[number];

/** The declared codes of the header `Access-Purpose`: why restricted or sensitive values are read. */
export const PURPOSES = [
  "data-entry",
  "verification",
  "advice",
  "honours",
  "statistics",
  "sharing",
  "data-subject-request",
  "administration",
] as const;

/** A declared purpose of access. */
export type Purpose = (typeof PURPOSES)[number];

/**
 * Who asks, and within which bounds: what every query and command is told about its caller.
 *
 * `org` and `loc` are ids of organizations and localities that bound the territory: null is the whole province, an empty list nothing.
 */
export type Actor = {
  client: string;
  subject: string;
  scopes: ReadonlySet<Scope>;
  org: string[] | null;
  loc: string[] | null;
  purpose: Purpose | null;
  language: "vi" | "en";
};

/** Whether a text is a scope of the closed list. */
export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** Whether a text is a declared purpose. */
export function isPurpose(text: string): text is Purpose {
  return (PURPOSES as readonly string[]).includes(text);
}
