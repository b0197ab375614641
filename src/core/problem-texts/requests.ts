import type { ProblemText } from "../problems.ts";

/** The problems of a request that cannot be understood as it stands: all 400. */
export const REQUEST_PROBLEMS = {
  "malformed-json": {
    status: 400,
    title: { vi: "JSON không đọc được", en: "Malformed JSON" },
    about: {
      vi: "Thân yêu cầu trống, không phải JSON đúng cú pháp, không phải UTF-8, hoặc lồng nhau quá 32 tầng. Hãy sửa rồi gửi lại.",
      en: "The body is empty, is not well-formed JSON, is not UTF-8, or nests deeper than 32 levels. Correct it and send it again.",
    },
  },
  "unknown-parameter": {
    status: 400,
    title: { vi: "Tham số không có", en: "Unknown parameter" },
    about: {
      vi: "Truy vấn có tham số mà thao tác này không biết. Hãy xem did_you_mean, hoặc danh sách tham số tại /v1/meta và /docs.",
      en: "The query names a parameter that this operation does not know. See did_you_mean, or the parameters at /v1/meta and /docs.",
    },
  },
  "unknown-field": {
    status: 400,
    title: { vi: "Trường không có", en: "Unknown field" },
    about: {
      vi: "Yêu cầu nêu tên một trường không có trong mô hình dữ liệu. Hãy xem did_you_mean, hoặc các trường tại /v1/meta/{noun}.",
      en: "The request names a field that the model does not have. See did_you_mean, or the fields at /v1/meta/{noun}.",
    },
  },
  "unknown-operator": {
    status: 400,
    title: { vi: "Phép so sánh không có", en: "Unknown operator" },
    about: {
      vi: "Trường này không có phép so sánh được nêu. Các phép của từng trường nằm tại /v1/meta/{noun}.",
      en: "The field does not offer the operator named. The operators of each field are at /v1/meta/{noun}.",
    },
  },
  "invalid-parameter": {
    status: 400,
    title: { vi: "Tham số không hợp lệ", en: "Invalid parameter" },
    about: {
      vi: "Một hay nhiều tham số của truy vấn, đường dẫn có giá trị sai; errors kể từng chỗ. Hãy sửa tất cả rồi gửi lại.",
      en: "One or more parameters of the query or the path are wrong; errors names each of them. Correct them all and send again.",
    },
  },
  "invalid-header": {
    status: 400,
    title: { vi: "Tiêu đề HTTP không hợp lệ", en: "Invalid header" },
    about: {
      vi: "Một tiêu đề HTTP sai dạng, lặp lại, hoặc mang mã ngoài danh sách (ví dụ Access-Purpose, If-Match, Idempotency-Key).",
      en: "A header is of the wrong form, is repeated, or carries an undeclared code (for example Access-Purpose, If-Match, Idempotency-Key).",
    },
  },
  "filter-syntax": {
    status: 400,
    title: { vi: "Bộ lọc sai cú pháp", en: "Filter syntax error" },
    about: {
      vi: "Biểu thức filter không theo ngữ pháp; detail nêu vị trí và điều được chờ đợi ở đó.",
      en: "The filter expression does not follow the grammar; detail names the position and what was expected there.",
    },
  },
  "filter-ambiguous": {
    status: 400,
    title: { vi: "Bộ lọc có hai cách hiểu", en: "Ambiguous filter" },
    about: {
      vi: "Bộ lọc trộn and với or không có ngoặc, hoặc nêu một tập hợp hai lần cạnh nhau. Hãy thêm ngoặc, hoặc dùng has(...).",
      en: "The filter mixes and with or without parentheses, or names one collection twice side by side. Add parentheses, or use has(...).",
    },
  },
  "filter-too-complex": {
    status: 400,
    title: { vi: "Bộ lọc quá phức tạp", en: "Filter too complex" },
    about: {
      vi: "Bộ lọc vượt giới hạn về độ dài, số phép so sánh, độ sâu hoặc số giá trị; limit và value nêu giới hạn và giá trị đã gửi.",
      en: "The filter exceeds a limit of length, comparisons, depth or values; limit and value say which limit and what was sent.",
    },
  },
  "cursor-invalid": {
    status: 400,
    title: { vi: "Con trỏ trang không hợp lệ", en: "Invalid cursor" },
    about: {
      vi: "Con trỏ trang bị cắt, bị sửa, hoặc không do dịch vụ này cấp. Hãy dùng nguyên văn giá trị đã nhận, hoặc đọc lại từ trang đầu.",
      en: "The cursor was cut, altered, or not made by this service. Use it exactly as it was received, or start from the first page.",
    },
  },
  "cursor-mismatch": {
    status: 400,
    title: { vi: "Con trỏ của truy vấn khác", en: "Cursor of another query" },
    about: {
      vi: "Con trỏ này thuộc về một truy vấn khác. Hãy giữ nguyên bộ lọc và thứ tự khi sang trang, hoặc bỏ con trỏ để đọc từ đầu.",
      en: "The cursor belongs to another query. Keep filter and sort unchanged between pages, or leave the cursor out to start anew.",
    },
  },
  "identifier-in-url": {
    status: 400,
    title: { vi: "Định danh cá nhân trong URL", en: "Identifier in the URL" },
    about: {
      vi: "Số định danh, điện thoại, thư điện tử không được nằm trong URL vì URL bị ghi lại ở nhiều nơi. Hãy dùng POST /v1/people/search.",
      en: "Citizen ids, phones and e-mail addresses may not stand in a URL, which is logged in many places. Use POST /v1/people/search.",
    },
  },
  "idempotency-key-required": {
    status: 400,
    title: { vi: "Thiếu Idempotency-Key", en: "Idempotency-Key required" },
    about: {
      vi: "Thao tác này phải có tiêu đề Idempotency-Key, để gửi lại không làm hai lần. Hãy gửi kèm một giá trị riêng, ví dụ một UUID.",
      en: "This operation needs an Idempotency-Key header, so that a repetition does not act twice. Send a value of its own, such as a UUID.",
    },
  },
  "query-too-costly": {
    status: 400,
    title: { vi: "Truy vấn quá tốn kém", en: "Query too costly" },
    about: {
      vi: "Truy vấn này sẽ đọc quá nhiều dữ liệu so với giới hạn của danh sách. Hãy lọc hẹp hơn, bỏ bớt cách sắp xếp, hoặc dùng bản xuất.",
      en: "The query would read more than a list allows. Narrow the filter, drop a sort key, or use an export.",
    },
  },
} as const satisfies Record<string, ProblemText>;
