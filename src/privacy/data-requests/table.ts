import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf } from "../../db/tables/constraints.ts";
import { index } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { DataRequest } from "./schema.ts";

/** One row a request. It outlives the person whom it erases, so that its person is not held by a foreign key. */
export const dataRequests = registryTable("data_requests", { ...recordColumns, ...columnsOf(DataRequest) }, (t) => [
  ...checksOf(DataRequest),
  ...planIndexes(DataRequest, t),
  index("data_requests_person_id_index").on(t["person_id"]!),
]);
