import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";

/** Refuses addresses with a NUL in a value: Postgres takes it in no text, and no name or code has one. */
export function refuseNul(app: FastifyInstance): void {
  app.addHook("preValidation", ({ url, params, query }, _reply, next) => {
    // What the address does not hold, encoded or not, no value holds.
    if (!url.includes("%00") && !url.includes("\0")) return next();
    const given = [...Object.entries(params ?? {}), ...Object.entries(query ?? {})] as [string, string | string[]][];
    const detail = { vi: "Giá trị chứa ký tự NUL.", en: "The value holds a NUL character." };
    const errors = given
      .filter(([name, value]) => name.includes("\0") || [value].flat().some((text) => text.includes("\0")))
      .map(([name]): Violation => ({ code: "invalid-parameter", parameter: name.replaceAll("\0", ""), detail }));
    next(errors.length > 0 ? new Problem("invalid-parameter", { errors, detail }) : undefined);
  });
}
