import { z } from "zod";
import { clean } from "../vietnamese/text.ts";

/** No control characters but tab and line ends; no lone surrogates: Postgres refuses the first, equality breaks on the second. */
// oxlint-disable-next-line no-control-regex
const PLAIN = /^(?:[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uD800-\uDFFF]|[\uD800-\uDBFF][\uDC00-\uDFFF])*$/;

/** Tidied as names are, line by line: what is blank is empty, and what is invisible makes no difference. */
const tidy = (given: string): string => given.split("\n").map(clean).join("\n").trim();

/** Tidy text in NFC without control characters; the length counts after tidying, so that NFD text fits too. */
export const text = (max: number, min = 1) => z.string().overwrite(tidy).min(min).max(max).regex(PLAIN);

/** A UUID of any version, as text; a column compared with what it refuses would end the statement. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const Email = z.email().max(254);

/** Phone number in E.164: `+84912345678`. */
export const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/);

/** ISO 3166-1 alpha-2: `VN`. */
export const Country = z.string().regex(/^[A-Z]{2}$/);
