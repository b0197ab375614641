declare module "pg-copy-streams" {
  import type { Submittable } from "pg";
  import type { Readable, Writable } from "node:stream";

  /** A stream that `client.query` takes and that rows in COPY's text format are written to. */
  export function from(statement: string): Writable & Submittable;
  /** A stream that `client.query` takes and that rows in COPY's format are read from. */
  export function to(statement: string): Readable & Submittable;
}
