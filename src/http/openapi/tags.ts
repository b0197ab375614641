import type { Bilingual } from "../../core/problems.ts";

/** What each group of operations is about, in the order of the document. */
export const TAGS: Readonly<Record<string, Bilingual>> = {
  people: { vi: "Hồ sơ trí thức.", en: "The people of the registry." },
  degrees: { vi: "Học vị, bằng cấp.", en: "Degrees of people." },
  "academic-titles": { vi: "Học hàm: giáo sư, phó giáo sư.", en: "Academic titles: professor, associate professor." },
  affiliations: { vi: "Quá trình công tác, chức vụ.", en: "Posts that people hold or held at organizations." },
  expertise: { vi: "Lĩnh vực chuyên môn.", en: "Fields in which people are expert." },
  awards: { vi: "Khen thưởng, danh hiệu.", en: "Awards and honours." },
  organizations: { vi: "Cơ quan, đơn vị, và đơn vị trước hoặc sau khi sắp xếp.", en: "Organizations, their tree and their lineage." },
  localities: { vi: "Đơn vị hành chính trước và sau ngày 01/07/2025.", en: "Administrative units before and since 2025-07-01." },
  fields: { vi: "Các bảng phân loại lĩnh vực.", en: "Classifications of fields, one tree for each scheme." },
  "code-lists": { vi: "Danh mục nhỏ, theo phiên bản.", en: "Small lists of codes, by version." },
  imports: { vi: "Nạp bảng tính của cơ quan, đơn vị.", en: "Spreadsheets of offices: preview, decide, commit." },
  exports: { vi: "Xuất dữ liệu.", en: "Data as streams from one snapshot." },
  changes: { vi: "Dòng thay đổi.", en: "The feed of changes." },
  webhooks: { vi: "Báo tin tới hệ thống khác.", en: "Events sent to other systems." },
  duplicates: { vi: "Hồ sơ nghi trùng.", en: "Records that may be of one person." },
  merges: { vi: "Hợp nhất hồ sơ.", en: "Merging records, and taking that back." },
  statistics: { vi: "Thống kê.", en: "Statistics with disclosure control." },
  releases: { vi: "Số liệu đã công bố.", en: "Published tables, frozen." },
  demands: { vi: "Nhu cầu nhân lực.", en: "Posts that are needed." },
  scenarios: { vi: "Kịch bản.", en: "Assumptions of the plan." },
  inflows: { vi: "Nguồn bổ sung.", en: "Graduates by field and year." },
  targets: { vi: "Chỉ tiêu của kế hoạch.", en: "The plan's own targets." },
  balance: { vi: "Cân đối cung cầu.", en: "Supply and demand." },
  consents: { vi: "Sự đồng ý của cá nhân.", en: "Consents of persons." },
  "data-requests": { vi: "Yêu cầu của chủ thể dữ liệu.", en: "Requests of data subjects." },
  "access-log": { vi: "Nhật ký truy cập.", en: "Who read what, and why." },
  "audit-events": { vi: "Sự kiện kiểm toán.", en: "What happened to the service: refused tokens, exports, imports, keys." },
  meta: { vi: "Dịch vụ tự mô tả: danh từ, trường, mã lỗi.", en: "The service about itself: nouns, fields, problems." },
  reconciliation: { vi: "Đối chiếu tên.", en: "Matching names with records." },
};

/** The tags in use as the document lists them. Throws for one that nobody described. */
export function describeTags(used: ReadonlySet<string>): { name: string; description: string }[] {
  for (const name of used) if (!Object.hasOwn(TAGS, name)) throw new Error(`The tag ${name} has no description`);
  return Object.entries(TAGS).flatMap(([name, { vi, en }]) => (used.has(name) ? [{ name, description: `${vi} / ${en}` }] : []));
}
