/** The name of the one Postgres schema in which the registry lives; every table, grant and migration takes it from here. */
export const SCHEMA = "trithuc";
