import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import { pointerOf } from "../../core/registry/validate.ts";

/** Whether the operation of a request declares no body. */
export const takesNoBody = ({ routeOptions }: FastifyRequest): boolean => (routeOptions.schema as { body?: unknown })?.body === undefined;

/**
 * Refuses what is sent to an operation that takes no body: ignored, it would be believed to have had an effect.
 * `{}` says nothing and is let pass, for clients that send it with every write.
 */
export function refuseBodies(app: FastifyInstance): void {
  app.addHook("preHandler", (request, _reply, next) => {
    const { body } = request;
    if (body === undefined || !takesNoBody(request) || request.is404) return next();
    const whole = typeof body !== "object" || body === null || Array.isArray(body);
    const pointers = whole ? [""] : Object.keys(body).map((name) => pointerOf([name]));
    if (pointers.length === 0) return next();
    const detail = { vi: "Thao tác này không nhận thân yêu cầu.", en: "This operation takes no body." };
    const errors = pointers.map((pointer): Violation => ({ code: "unknown-field", pointer, detail }));
    next(new Problem("unknown-field", { errors, detail }));
  });
}
