import type { Bilingual } from "../../core/problems.ts";

/** How much a row's problem weighs: an `error` keeps the row out, a `warning` asks for a look, a `note` says what was done. */
export type Severity = "error" | "warning" | "note";

const list = <const T extends Record<string, { severity: Severity; detail: Bilingual }>>(problems: T): T => problems;

/** The closed list of what a spreadsheet's rows can be told; a code never changes once it has been served. */
export const ROW_PROBLEMS = list({
  "name-missing": {
    severity: "error",
    detail: { vi: "Dòng này có số liệu của một người nhưng thiếu họ tên.", en: "This row has a person's data but no name." },
  },
  "name-doubtful": {
    severity: "warning",
    detail: { vi: "Họ tên chứa chữ số hoặc ký hiệu lạ; hãy kiểm tra.", en: "The name holds digits or unusual signs; please check it." },
  },
  "name-recased": {
    severity: "note",
    detail: { vi: "Họ tên viết hoa toàn bộ đã được đổi về cách viết thường.", en: "The name stood in capitals and was re-cased." },
  },
  "gender-unreadable": {
    severity: "warning",
    detail: { vi: "Không hiểu giá trị giới tính.", en: "The gender could not be read." },
  },
  "gender-inferred": {
    severity: "note",
    detail: { vi: "Giới tính suy ra từ ô đánh dấu bị để trống.", en: "The gender follows from the tick that was left out." },
  },
  "date-invalid": {
    severity: "error",
    detail: { vi: "Ngày này không tồn tại hoặc không đọc được.", en: "This date does not exist or cannot be read." },
  },
  "date-doubtful": {
    severity: "note",
    detail: {
      vi: "Ngày này có thể chỉ là năm (01/01 hoặc ghi ước chừng).",
      en: "This date may stand for its year only (1 January, or an estimate).",
    },
  },
  "date-month-first": {
    severity: "warning",
    detail: {
      vi: "Cột này ghi tháng trước ngày; đã đọc theo thứ tự đó.",
      en: "This column writes the month before the day and was read so.",
    },
  },
  "birth-implausible": {
    severity: "warning",
    detail: { vi: "Năm sinh cho tuổi dưới 18 hoặc trên 110.", en: "The year of birth gives an age below 18 or above 110." },
  },
  "birth-differs": {
    severity: "warning",
    detail: { vi: "Ngày sinh và năm sinh trong dòng không khớp nhau.", en: "Date and year of birth in this row differ." },
  },
  "citizen-id-invalid": {
    severity: "error",
    detail: { vi: "Số căn cước không hợp lệ và không khôi phục được.", en: "The citizen id is not valid and could not be repaired." },
  },
  "citizen-id-repaired": {
    severity: "warning",
    detail: { vi: "Số căn cước mất số 0 ở đầu đã được khôi phục.", en: "Leading zeros lost from the citizen id were put back." },
  },
  "citizen-id-differs": {
    severity: "warning",
    detail: { vi: "Số căn cước không khớp giới tính hoặc năm sinh.", en: "The citizen id does not agree with gender or year of birth." },
  },
  "phone-invalid": {
    severity: "warning",
    detail: { vi: "Số điện thoại không hợp lệ, không được nhận.", en: "This is no valid telephone number and was left out." },
  },
  "email-invalid": {
    severity: "warning",
    detail: { vi: "Địa chỉ thư không hợp lệ, không được nhận.", en: "This is no valid mail address and was left out." },
  },
  "place-unknown": {
    severity: "warning",
    detail: { vi: "Không tìm thấy địa danh này; giữ nguyên văn.", en: "This place was not found; its text is kept." },
  },
  "place-ambiguous": {
    severity: "warning",
    detail: { vi: "Nhiều đơn vị cùng tên; cần ghi rõ huyện cũ.", en: "Several units have this name; the former district would decide." },
  },
  "place-relaxed": {
    severity: "note",
    detail: {
      vi: "Loại hoặc huyện ghi khác danh mục; đã nhận theo tên xã.",
      en: "Type or district differ from the register; taken by the commune's name.",
    },
  },
  "place-split": {
    severity: "warning",
    detail: {
      vi: "Đơn vị cũ đã chia cho nhiều xã mới; không tự chọn được.",
      en: "The former unit was split between new ones; none was chosen.",
    },
  },
  "degree-unknown": {
    severity: "warning",
    detail: { vi: "Không hiểu trình độ này.", en: "This degree could not be read." },
  },
  "degree-differs": {
    severity: "warning",
    detail: {
      vi: "Học vị trước họ tên khác với cột trình độ; đã lấy theo cột.",
      en: "The title before the name differs from the column, which was taken.",
    },
  },
  "academic-title-unknown": {
    severity: "warning",
    detail: { vi: "Không hiểu học hàm này.", en: "This academic title could not be read." },
  },
  "field-unknown": {
    severity: "warning",
    detail: { vi: "Không xếp được lĩnh vực này vào bảng phân loại.", en: "This field has no place in the classification." },
  },
  "year-invalid": {
    severity: "warning",
    detail: { vi: "Không đọc được năm.", en: "The year could not be read." },
  },
  "year-implausible": {
    severity: "warning",
    detail: { vi: "Năm tốt nghiệp quá sớm so với năm sinh.", en: "The year of graduation is too early for the year of birth." },
  },
  "ethnicity-unknown": {
    severity: "warning",
    detail: { vi: "Không có dân tộc này trong danh mục.", en: "This ethnic group is not in the list." },
  },
  "award-unknown": {
    severity: "warning",
    detail: { vi: "Không có danh hiệu này trong danh mục.", en: "This award is not in the list." },
  },
  "country-unknown": {
    severity: "warning",
    detail: { vi: "Không nhận ra tên nước này.", en: "This country could not be read." },
  },
  "identifier-invalid": {
    severity: "warning",
    detail: { vi: "Mã định danh không hợp lệ, không được nhận.", en: "This identifier is not valid and was left out." },
  },
  "unit-from-section": {
    severity: "note",
    detail: { vi: "Đơn vị lấy theo tiêu đề mục phía trên.", en: "The unit was taken from the heading above." },
  },
  "encoding-not-read": {
    severity: "error",
    detail: {
      vi: "Ô dùng bảng mã chưa đọc được (VNI hoặc khác); hãy đổi sang Unicode.",
      en: "The cell's encoding (VNI or other) is not read yet; convert it to Unicode.",
    },
  },
  "outside-territory": {
    severity: "error",
    detail: { vi: "Người này nằm ngoài địa bàn hoặc đơn vị được giao.", en: "This person lies outside the territory of the caller." },
  },
  "identifier-taken": {
    severity: "error",
    detail: { vi: "Mã định danh đã thuộc về một bản ghi khác.", en: "An identifier already belongs to another record." },
  },
  "value-refused": {
    severity: "error",
    detail: { vi: "Một giá trị của dòng không hợp quy tắc của hệ thống.", en: "A value of the row does not fit the registry's rules." },
  },
  "sheet-error": {
    severity: "warning",
    detail: { vi: "Ô chứa lỗi công thức.", en: "The cell holds a formula error." },
  },
});

/** A code of the rows' closed list. */
export type RowProblemCode = keyof typeof ROW_PROBLEMS;

/** One problem of a row: how much it weighs, the cell as a spreadsheet names it, what it is. It never quotes the cell. */
export type RowProblem = { severity: Severity; cell: string; code: RowProblemCode; detail: Bilingual };

/** The problem of one cell. */
export function rowProblem(code: RowProblemCode, cell: string): RowProblem {
  const { severity, detail } = ROW_PROBLEMS[code];
  return { severity, cell, code, detail };
}

/** The rows' closed list as `GET /v1/meta/problems` shows it. */
export const rowProblemTexts = () =>
  Object.fromEntries(
    Object.entries(ROW_PROBLEMS).map(([code, { severity, detail }]) => [code, { severity, title: detail, about: detail }]),
  );
