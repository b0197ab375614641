import { z } from "zod";
import { f } from "../../../core/registry/field.ts";
import type { Field } from "../../../core/registry/field.ts";
import { Reference } from "../../../core/registry/noun.ts";
import { text } from "../../../core/registry/scalars.ts";

const LOCALITY = "019a0000-0000-7000-8000-000000000010";

/** Where a person comes from, lives and works; the hometown stays the unit of its day, the residence is today's commune. */
export const placeFields = {
  hometown_locality: f.place({
    label: { vi: "Quê quán", en: "Hometown" },
    groupable: true,
    description: "Hometown: the unit as written, an old commune stays old.",
    example: LOCALITY,
  }),
  hometown_text: f.text(text(300), {
    label: { vi: "Quê quán (nguyên văn)", en: "Hometown as written" },
    operators: [],
    headers: `
      que quan|que|nguyen quan|nguyen quan que quan|hometown|que quan xa huyen tinh|~que quan|~nguyen quan|
      ~que goc`,
    description: "Hometown as it was written.",
    example: "xã Đồng Tiến, huyện Yên Thế",
  }),
  hometown_locality_today: f.place({
    stored: false,
    label: { vi: "Quê quán ngày nay", en: "Hometown today" },
    write: "never",
    groupable: true,
    description: "The unit of today that the hometown became; null where the old unit was split.",
    example: LOCALITY,
  }),
  residence_locality: f.place({
    label: { vi: "Nơi ở", en: "Residence" },
    groupable: true,
    description: "Residence: a commune of today.",
    example: LOCALITY,
  }),
  residence_text: f.text(text(300), {
    label: { vi: "Nơi ở (nguyên văn)", en: "Residence as written" },
    class: "restricted",
    operators: [],
    headers: `
      noi o|cho o|noi o hien nay|cho o hien nay|dia chi|dia chi lien he|dia chi nha rieng|dia chi thuong tru|
      noi thuong tru|thuong tru|ho khau|ho khau thuong tru|hktt|noi cu tru|cu tru|noi dang ky ho khau|
      dia chi hien nay|tru quan|address|tam tru|noi o hien tai|dia chi noi o|dia chi cu tru|cho o hien tai|
      ~noi o|~cho o|~thuong tru|~cu tru|~ho khau|~dia chi`,
    description: "Residence as it was written.",
    example: null,
  }),
  residence_group: f.choice(["in_province", "other_province", "overseas"], {
    label: { vi: "Nhóm nơi ở", en: "Residence group" },
    groupable: true,
    description: "In the province, in another one or overseas.",
    example: "in_province",
  }),
  work_locality: f.json(z.array(Reference), {
    stored: false,
    label: { vi: "Nơi làm việc", en: "Work localities" },
    nullable: false,
    write: "never",
    operators: ["=", "below", "exists"],
    groupable: true,
    description: "Localities of the organizations of affiliations that are not known to have ended.",
    example: [],
  }),
} satisfies Record<string, Field>;
