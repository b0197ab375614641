import type { Cell } from "./cell.ts";
import { listOf, textOf } from "./cell.ts";

// Mobile numbers went from 11 to 10 digits in September 2018 (Ministry of Information and Communications, plan of 2018).
const MOBILE: Record<string, string> = {
  "0120": "070",
  "0121": "079",
  "0122": "077",
  "0126": "076",
  "0128": "078",
  "0123": "083",
  "0124": "084",
  "0125": "085",
  "0127": "081",
  "0129": "082",
  "0162": "032",
  "0163": "033",
  "0164": "034",
  "0165": "035",
  "0166": "036",
  "0167": "037",
  "0168": "038",
  "0169": "039",
  "0186": "056",
  "0188": "058",
  "0199": "059",
};
// Area codes changed in 2017 (decision 2036/QĐ-BTTTT of 2016); those of Bắc Giang, Bắc Ninh and their neighbours are met in old lists.
const AREA: Record<string, string> = {
  "0240": "0204",
  "0241": "0222",
  "0280": "0208",
  "0281": "0209",
  "0320": "0220",
  "0321": "0221",
  "0350": "0228",
  "0351": "0226",
  "025": "0205",
  "026": "0206",
  "027": "0207",
  "029": "0216",
  "04": "024",
  "0511": "0236",
};

/** The telephone numbers of a cell in E.164, and what of it could not be read as one. */
export function readPhones(cell: Cell): { phones: string[]; unread: string[] } {
  const phones: string[] = [];
  const unread: string[] = [];
  const text = listOf(cell).replace(
    /\((?:cq|nr|dđ|đt|cơ quan|nhà riêng|zalo|di động)\)|(?:sđt|đt|dđ|tel|mobile|zalo|phone|cq|nr)\s*[.:]/giu,
    " ",
  );
  for (const part of text.split(/[;,/|\n]| - |hoặc|(?<=\d{9,})\s+(?=[0+])/u)) {
    if (!/\d/.test(part)) continue;
    const phone = e164(part);
    if (phone === null) unread.push(part.trim());
    else if (!phones.includes(phone)) phones.push(phone);
  }
  return { phones, unread };
}

function e164(written: string): string | null {
  if (/[\p{L}]/u.test(written)) return null;
  const plus = /^\s*(?:\+|00)/.test(written);
  let digits = written.replace(/\D/g, "");
  if (plus && !/^(?:00)?84/.test(digits)) return /^\d{8,15}$/.test(digits.replace(/^00/, "")) ? `+${digits.replace(/^00/, "")}` : null;
  digits = digits.replace(/^(?:00)?84(?=\d{9,10}$)0?/, "0");
  // A spreadsheet that took the text for a number has eaten the leading zero.
  if (!digits.startsWith("0") && (/^[35789]\d{8}$/.test(digits) || /^1[2689]\d{8}$/.test(digits) || /^2\d{9}$/.test(digits)))
    digits = `0${digits}`;
  if (/^0[35789]\d{8}$/.test(digits)) return `+84${digits.slice(1)}`;
  const mobile = MOBILE[digits.slice(0, 4)];
  if (digits.length === 11 && mobile) return `+84${mobile.slice(1)}${digits.slice(4)}`;
  for (const length of [4, 3, 2]) {
    const area = AREA[digits.slice(0, length)];
    const local = digits.slice(length);
    if (area && /^[2-8]\d{6,7}$/.test(local) && area.length + local.length === 11) return `+84${area.slice(1)}${local}`;
  }
  return /^02[0-9]{9}$/.test(digits) ? `+84${digits.slice(1)}` : null;
}

/** The mail addresses of a cell, in lower case, and what of it is none. */
export function readEmails(cell: Cell): { emails: string[]; unread: string[] } {
  const emails: string[] = [];
  const unread: string[] = [];
  for (const part of textOf(cell)
    .replace(/mailto:|e-?mail\s*:/giu, " ")
    .split(/[;,\s|]+/)) {
    if (part === "" || !/[\p{L}\p{N}]/u.test(part)) continue;
    const address = part.replace(/^[<("]+|[>)".]+$/g, "").toLowerCase();
    if (/^[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(address)) {
      if (!emails.includes(address)) emails.push(address);
    } else unread.push(part);
  }
  return { emails, unread };
}
