import type { FastifyReply, FastifyRequest } from "fastify";
import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { idOf } from "../../http/nouns/parts.ts";
import { idParams, written } from "../../http/nouns/shapes.ts";
import { answerWrite } from "../../http/nouns/writes/answers.ts";
import { changeRoute, createRoute, idempotencyKey, writeParametersOf } from "../../http/nouns/writes/declarations.ts";
import { problems } from "../../http/openapi.ts";
import { rememberErasures } from "../erasures/commands.ts";
import { personParams, subjectListRoute } from "../subjects/lists.ts";
import { carryOutDataRequest, changeDataRequest, CreateDataRequest, createDataRequest, liftRestriction } from "./commands.ts";
import { dataRequestSource } from "./queries.ts";
import { CarryOut, ChangeDataRequest, DataRequest } from "./schema.ts";

const usual = { source: dataRequestSource } as const;

/** `/v1/data-requests` and `/v1/people/{id}/data-requests`: what people ask for, and what became of it. */
export function dataRequestRoutes(registering: Registering): void {
  listRoute(registering, dataRequestSource);
  recordRoute(registering, dataRequestSource);
  subjectListRoute(registering, dataRequestSource);
  stepRoutes(registering);
  executionRoute(registering);
  reversalRoute(registering);
}

function stepRoutes(registering: Registering): void {
  createRoute(registering, {
    ...usual,
    path: "/v1/people/:id/data-requests",
    params: personParams,
    shape: CreateDataRequest,
    about: {
      summary: "Take down a person's request",
      description:
        "Its clocks begin on the day it was received and count working days by the code list `working-day-calendar`: two to acknowledge it, 10 to 20 to carry it out, more where a processor must act too (NĐ 356/2025/NĐ-CP, Art. 5).",
    },
    create: (writing, body, request) => createDataRequest(writing, idOf(request), body),
  });
  changeRoute(registering, {
    ...usual,
    shape: ChangeDataRequest,
    commands: { change: changeDataRequest },
    about: {
      change: {
        summary: "Write down a step of a request",
        description:
          "`received` becomes `acknowledged`, then `approved` or `refused` (with its legal ground); `cancelled` where the person takes it back. Or the one extension: its days, its reason, and the day on which the person was told.",
      },
    },
  });
}

function executionRoute(registering: Registering): void {
  const { parts } = registering;
  createRoute(registering, {
    ...usual,
    path: "/v1/data-requests/:id/execution",
    operationId: "carryOutDataRequest",
    params: idParams(DataRequest),
    shape: CarryOut,
    about: {
      summary: "Carry out an approved request",
      description:
        "`delete` erases the person for good: values go from the registry, its history, imports and dictionaries, and only the fact stays; afterwards the record answers 410 `erased`. `restrict` hides the record and keeps it; `withdraw` and `object` end consents; `view`, `copy` and `correct` are written down as done.",
    },
    create: async (writing, body, request) => {
      const answer = await carryOutDataRequest(writing, idOf(request), body);
      await rememberErasures(parts.database.workers, parts.erasureLog);
      return answer;
    },
  });
}

function reversalRoute({ app, parts, shapes }: Registering): void {
  app.post("/v1/data-requests/:id/reversal", {
    schema: {
      operationId: "liftRestriction",
      summary: "Lift a restriction",
      description: "Of a `restrict` that was carried out: the person is shown again.",
      tags: [DataRequest.name],
      params: idParams(DataRequest),
      querystring: writeParametersOf(dataRequestSource),
      headers: idempotencyKey,
      response: { 201: written(shapes, dataRequestSource), ...problems(404, 409, 422) },
    },
    handler: (request: FastifyRequest, reply: FastifyReply) =>
      answerWrite(parts, { source: dataRequestSource, status: 201, keyed: true }, request, reply, (writing) =>
        liftRestriction(writing, idOf(request)),
      ),
  });
}
