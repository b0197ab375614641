import { createHash } from "node:crypto";
import { CLASSES, STANDINGS } from "../policy.ts";
import type { ClassRule } from "../policy.ts";
import { VISIBILITY } from "../registry/field.ts";
import type { Visibility } from "../registry/field.ts";
import type { Noun } from "../registry/noun.ts";
import { operations } from "./operations.ts";
import type { Act } from "./operations.ts";
import { OUTCOMES } from "./relations.ts";

/** The whole policy as data, by which everything is decided. */
export type PolicyDescription = {
  classes: ({ class: Visibility } & ClassRule)[];
  fields: { noun: string; field: string; class: Visibility }[];
  operations: { operation: string; scopes: string[]; also: string[]; act: Act }[];
  outcomes: { act: string; relation: string; outcome: string }[];
};

/** What the policy says, of these nouns. */
export function describePolicy(nouns: readonly Noun[]): PolicyDescription {
  return {
    classes: VISIBILITY.map((one) => ({ class: one, ...CLASSES[one] })),
    fields: nouns
      .filter(({ standing }) => STANDINGS[standing].classes)
      .flatMap(({ name, fields }) => Object.entries(fields).map(([field, { class: own }]) => ({ noun: name, field, class: own }))),
    operations: operations().map(([operation, { scope, also = [], act }]) => ({
      operation,
      scopes: typeof scope === "string" ? [scope] : [...scope],
      also: [...also],
      act,
    })),
    outcomes: Object.entries(OUTCOMES).flatMap(([act, by]) =>
      Object.entries(by).map(([relation, outcome]) => ({ act, relation, outcome })),
    ),
  };
}

/** By this a change of the policy is noticed. */
export const hashOfPolicy = (policy: PolicyDescription): string => createHash("sha256").update(JSON.stringify(policy)).digest("hex");
