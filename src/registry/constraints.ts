import type { ConstraintProblems } from "../db/sqlstate.ts";

const duplicate = (vi: string, en: string, pointer?: string) => ({
  code: "duplicate-identifier" as const,
  detail: { vi, en },
  ...(pointer !== undefined && { pointer }),
});

/** What the violation of each named constraint means to a client; only what stands here is told apart. */
export const CONSTRAINTS: ConstraintProblems = {
  people_citizen_id_key: duplicate("Số định danh này đã có trong hệ thống.", "This citizen id is already in the registry.", "/citizen_id"),
  person_identifiers_scheme_value_key: duplicate(
    "Mã định danh này đã thuộc về một người.",
    "This identifier already belongs to a person.",
    "/identifiers",
  ),
  organizations_code_key: duplicate("Mã đơn vị này đã được dùng.", "This organization code is already used.", "/code"),
  academic_titles_person_title_key: duplicate(
    "Nguồn này đã khai học hàm này cho người này.",
    "This source has already stated this title of this person.",
    "/title",
  ),
  expertise_person_main_key: {
    code: "state-conflict",
    pointer: "/role",
    detail: {
      vi: "Nguồn này đã khai một lĩnh vực chính cho người này.",
      en: "This source has already stated a main field of this person.",
    },
  },
  affiliations_primary_overlap: {
    code: "period-overlap",
    pointer: "/valid_from",
    detail: { vi: "Hai nơi làm việc chính chồng thời gian.", en: "Two primary employments overlap." },
  },
  people_restricted: {
    code: "state-conflict",
    detail: {
      vi: "Người này yêu cầu hạn chế xử lý dữ liệu: hồ sơ ẩn tới khi việc hạn chế được dỡ bỏ.",
      en: "The person asked to restrict processing: the record stays hidden until the restriction is lifted.",
    },
  },
  consents_live_key: {
    code: "state-conflict",
    pointer: "/purpose",
    detail: { vi: "Một sự đồng ý cho mục đích này vừa được ghi nhận.", en: "A consent to this purpose has just been recorded." },
  },
  affiliations_organization_named: {
    code: "validation-failed",
    pointer: "/organization_text",
    detail: { vi: "Cần organization_id hoặc organization_text.", en: "organization_id or organization_text must stand." },
  },
};
