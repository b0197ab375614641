import type { ProblemText } from "../problems.ts";

/** The problems of the service itself: 429, 500, 503. */
export const SERVICE_PROBLEMS = {
  "rate-limited": {
    status: 429,
    title: { vi: "Quá nhiều yêu cầu", en: "Rate limited" },
    about: {
      vi: "Ứng dụng này đã gửi nhiều yêu cầu hơn mức cho phép. Hãy chờ theo Retry-After, và giữ theo RateLimit-Policy.",
      en: "This client has sent more requests than it may. Wait as Retry-After says, and keep to RateLimit-Policy.",
    },
  },
  internal: {
    status: 500,
    title: { vi: "Lỗi của dịch vụ", en: "Internal error" },
    about: {
      vi: "Dịch vụ gặp lỗi ngoài dự kiến; không có gì được ghi nửa chừng. Nếu lặp lại, hãy báo cho người vận hành kèm request_id.",
      en: "The service met an error it did not expect; nothing was half-written. If it persists, tell the operator the request_id.",
    },
  },
  unavailable: {
    status: 503,
    title: { vi: "Tạm thời không phục vụ được", en: "Unavailable" },
    about: {
      vi: "Cơ sở dữ liệu hoặc một phần của dịch vụ đang vắng, hoặc trả lời quá chậm. Hãy gửi lại sau Retry-After giây.",
      en: "The database or a part of the service is away, or too slow to answer. Send the request again after Retry-After seconds.",
    },
  },
  overloaded: {
    status: 503,
    title: { vi: "Dịch vụ quá tải", en: "Overloaded" },
    about: {
      vi: "Dịch vụ đang có nhiều việc hơn sức của nó và từ chối bớt để còn phục vụ được. Hãy gửi lại sau Retry-After giây.",
      en: "The service has more work than it can do and turns some away to keep serving. Send again after Retry-After seconds.",
    },
  },
} as const satisfies Record<string, ProblemText>;
