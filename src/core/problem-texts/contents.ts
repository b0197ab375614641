import type { ProblemText } from "../problems.ts";

/** The problems of what a request carries: its size, its kind, its values (413, 414, 415, 422, 431). */
export const CONTENT_PROBLEMS = {
  "body-too-large": {
    status: 413,
    title: { vi: "Thân yêu cầu quá lớn", en: "Body too large" },
    about: {
      vi: "Thân yêu cầu vượt giới hạn (thường là 256 KiB). Hãy chia nhỏ, hoặc dùng POST /v1/imports cho nhiều bản ghi.",
      en: "The body exceeds the limit (256 KiB as a rule). Divide it, or use POST /v1/imports for many records.",
    },
  },
  "file-too-large": {
    status: 413,
    title: { vi: "Tệp quá lớn", en: "File too large" },
    about: {
      vi: "Tệp tải lên vượt giới hạn (thường là 20 MiB), hoặc nở ra quá lớn khi mở. Hãy chia tệp thành nhiều phần.",
      en: "The upload exceeds the limit (20 MiB as a rule), or grows too large when opened. Divide the file.",
    },
  },
  "too-many-rows": {
    status: 413,
    title: { vi: "Quá nhiều dòng", en: "Too many rows" },
    about: {
      vi: "Bảng có nhiều dòng hơn giới hạn của thao tác này. Hãy chia bảng, hoặc với bản xuất hãy lọc hẹp hơn hay chọn NDJSON.",
      en: "The table has more rows than the operation takes. Divide it; for an export, narrow the filter or choose NDJSON.",
    },
  },
  "uri-too-long": {
    status: 414,
    title: { vi: "URI quá dài", en: "URI too long" },
    about: {
      vi: "Đường dẫn và truy vấn dài quá 8 KiB, hoặc một đoạn của đường dẫn quá dài. Hãy dùng POST /v1/people/search.",
      en: "Path and query are longer than 8 KiB, or one segment of the path is too long. Use POST /v1/people/search.",
    },
  },
  "unsupported-media-type": {
    status: 415,
    title: { vi: "Kiểu nội dung không được nhận", en: "Unsupported media type" },
    about: {
      vi: "Thao tác này không nhận Content-Type đã gửi. Hãy gửi application/json, hoặc kiểu mà /docs nêu cho thao tác.",
      en: "The operation does not take the Content-Type sent. Send application/json, or the type that /docs names for it.",
    },
  },
  "validation-failed": {
    status: 422,
    title: { vi: "Dữ liệu không hợp lệ", en: "Validation failed" },
    about: {
      vi: "Thân yêu cầu có giá trị sai; errors kể từng chỗ bằng pointer. Hãy sửa tất cả rồi gửi lại.",
      en: "The body holds wrong values; errors names each by its pointer. Correct them all and send again.",
    },
  },
  "unknown-code": {
    status: 422,
    title: { vi: "Mã không có trong danh mục", en: "Unknown code" },
    about: {
      vi: "Giá trị không có trong danh mục mà trường này dùng. Hãy tra danh mục tại /v1/code-lists, /v1/fields hoặc /v1/localities.",
      en: "The value is not in the list that this field uses. See /v1/code-lists, /v1/fields or /v1/localities.",
    },
  },
  "date-order": {
    status: 422,
    title: { vi: "Thứ tự ngày sai", en: "Dates out of order" },
    about: {
      vi: "Ngày kết thúc trước ngày bắt đầu, hoặc một việc đứng trước ngày nó có thể xảy ra. Hãy sửa các ngày.",
      en: "An end lies before its beginning, or an event before it could have happened. Correct the dates.",
    },
  },
  "code-not-valid-on-date": {
    status: 422,
    title: { vi: "Mã không có hiệu lực vào ngày đó", en: "Code not valid on that day" },
    about: {
      vi: "Mã hoặc đơn vị có trong danh mục, nhưng không có hiệu lực vào ngày của dữ kiện. Hãy dùng mã của ngày đó.",
      en: "The code or unit exists, but did not hold on the day of the fact. Use the one that was valid then.",
    },
  },
  "idempotency-key-reused": {
    status: 422,
    title: { vi: "Idempotency-Key đã dùng cho yêu cầu khác", en: "Idempotency-Key reused" },
    about: {
      vi: "Khoá này đã đi với một yêu cầu khác trong 72 giờ qua. Hãy dùng khoá mới cho mỗi việc mới.",
      en: "The key came with a different request within the last 72 hours. Use a new key for each new act.",
    },
  },
  "dimension-not-allowed": {
    status: 422,
    title: { vi: "Chiều thống kê không được phép", en: "Dimension not allowed" },
    about: {
      vi: "Chiều hoặc độ đo này không dùng được ở đây, hoặc không cùng với các chiều khác. Xem /v1/meta/statistics.",
      en: "The dimension or measure cannot be used here, or not with the others. See /v1/meta/statistics.",
    },
  },
  "file-unreadable": {
    status: 422,
    title: { vi: "Tệp không đọc được", en: "File unreadable" },
    about: {
      vi: "Tệp hỏng, có mật khẩu, hoặc không phải loại mà tên nó nói. Hãy mở bằng phần mềm bảng tính, lưu lại thành xlsx rồi gửi lại.",
      en: "The file is damaged, has a password, or is not what its name says. Open it in a spreadsheet program, save as xlsx, send again.",
    },
  },
  "no-table-found": {
    status: 422,
    title: { vi: "Không tìm thấy bảng", en: "No table found" },
    about: {
      vi: "Không trang tính nào có bảng người với dòng tiêu đề nhận ra được. Hãy kiểm tra trang tính và dòng tiêu đề.",
      en: "No sheet holds a table of persons with a recognisable header row. Check the sheet and its header.",
    },
  },
  "webhook-address-refused": {
    status: 422,
    title: { vi: "Địa chỉ webhook bị từ chối", en: "Webhook address refused" },
    about: {
      vi: "Địa chỉ trỏ tới mạng riêng hoặc nội bộ mà cấu hình không cho phép, hoặc không phân giải được.",
      en: "The address leads into a private or local network that the configuration does not allow, or does not resolve.",
    },
  },
  "headers-too-large": {
    status: 431,
    title: { vi: "Tiêu đề HTTP quá lớn", en: "Headers too large" },
    about: {
      vi: "Các tiêu đề của yêu cầu vượt giới hạn của máy chủ. Hãy bỏ bớt tiêu đề hoặc cookie không cần.",
      en: "The request's headers exceed what the server takes. Leave out headers or cookies that are not needed.",
    },
  },
} as const satisfies Record<string, ProblemText>;
