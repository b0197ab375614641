import type { ProblemText } from "../problems.ts";

/** The problems of who asks, for what, where and how: 401, 403, 404, 405, 406, 408. */
export const ACCESS_PROBLEMS = {
  unauthenticated: {
    status: 401,
    title: { vi: "Chưa xác thực", en: "Not authenticated" },
    about: {
      vi: "Yêu cầu không có thẻ truy cập, hoặc thẻ không được chấp nhận. Hãy gửi Authorization: Bearer với thẻ do nơi cấp đã cấu hình phát.",
      en: "The request carries no access token, or one that is not accepted. Send Authorization: Bearer with a token of the configured issuer.",
    },
  },
  "token-expired": {
    status: 401,
    title: { vi: "Thẻ truy cập hết hạn", en: "Access token expired" },
    about: {
      vi: "Thẻ truy cập đã hết hạn. Hãy xin thẻ mới ở nơi cấp rồi gửi lại yêu cầu.",
      en: "The access token has expired. Obtain a new one from the issuer and send the request again.",
    },
  },
  "scope-missing": {
    status: 403,
    title: { vi: "Thiếu phạm vi quyền", en: "Scope missing" },
    about: {
      vi: "Thẻ hợp lệ nhưng không có phạm vi quyền cần thiết; detail nêu tên phạm vi. Hãy xin thẻ có phạm vi đó, hoặc bỏ phần bị hạn chế.",
      en: "The token is good but lacks a scope; detail names it. Ask for a token with that scope, or leave out the part that needs it.",
    },
  },
  "purpose-required": {
    status: 403,
    title: { vi: "Phải nêu mục đích truy cập", en: "Access purpose required" },
    about: {
      vi: "Yêu cầu đòi trường hạn chế hoặc nhạy cảm mà không nêu mục đích. Hãy gửi tiêu đề Access-Purpose với một mã đã công bố.",
      en: "The request asks for a restricted or sensitive field without a purpose. Send the Access-Purpose header with a declared code.",
    },
  },
  "purpose-not-allowed": {
    status: 403,
    title: { vi: "Mục đích không được phép", en: "Purpose not allowed" },
    about: {
      vi: "Thẻ truy cập không cho phép mục đích đã nêu. Hãy nêu mục đích đúng, hoặc xin thẻ có mục đích đó.",
      en: "The token does not allow the purpose named. Name the true purpose, or ask for a token that carries it.",
    },
  },
  "outside-territory": {
    status: 403,
    title: { vi: "Ngoài phạm vi phụ trách", en: "Outside the territory" },
    about: {
      vi: "Thao tác ghi này sẽ đặt hồ sơ ra ngoài đơn vị hoặc địa bàn mà thẻ được phụ trách. Hãy kiểm tra đơn vị và nơi cư trú.",
      en: "The write would place the record outside the units or localities of the token. Check the unit and the place of residence.",
    },
  },
  "not-found": {
    status: 404,
    title: { vi: "Không tìm thấy", en: "Not found" },
    about: {
      vi: "Không có bản ghi này trong phần dữ liệu mà thẻ được thấy. Hãy kiểm tra mã, hoặc phạm vi của thẻ.",
      en: "There is no such record among those that the token may see. Check the id, or the token's territory.",
    },
  },
  "route-not-found": {
    status: 404,
    title: { vi: "Không có đường dẫn này", en: "No such route" },
    about: {
      vi: "Dịch vụ không có đường dẫn này. Danh sách đường dẫn nằm tại /docs và /openapi.json.",
      en: "The service has no such path. The paths are listed at /docs and in /openapi.json.",
    },
  },
  "method-not-allowed": {
    status: 405,
    title: { vi: "Phương thức không được phép", en: "Method not allowed" },
    about: {
      vi: "Đường dẫn có, nhưng không nhận phương thức này. Tiêu đề Allow kể các phương thức được nhận.",
      en: "The path exists but does not take this method. The Allow header lists those it takes.",
    },
  },
  "not-acceptable": {
    status: 406,
    title: { vi: "Không có định dạng được yêu cầu", en: "Not acceptable" },
    about: {
      vi: "Thao tác này không trả được định dạng nào mà Accept hoặc format nêu. Hãy chọn một định dạng có trong /docs.",
      en: "The operation cannot answer in any format that Accept or format names. Choose one that /docs lists.",
    },
  },
  "request-timeout": {
    status: 408,
    title: { vi: "Yêu cầu đến quá chậm", en: "Request timeout" },
    about: {
      vi: "Tiêu đề hoặc thân yêu cầu không đến đủ trong thời hạn. Hãy kiểm tra đường truyền rồi gửi lại.",
      en: "The header or the body did not arrive within the time allowed. Check the connection and send the request again.",
    },
  },
} as const satisfies Record<string, ProblemText>;
