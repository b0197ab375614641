import type { Language } from "../language.ts";

/** What the landing page says, in one language. */
export type LandingTexts = Record<
  | "subtitle"
  | "lead"
  | "ready"
  | "away"
  | "version"
  | "skip"
  | "languages"
  | "figures"
  | "people"
  | "degrees"
  | "affiliations"
  | "organizations"
  | "localities"
  | "begin"
  | "beginLead"
  | "demo"
  | "import"
  | "token"
  | "tokenLead"
  | "tokenIssuer"
  | "call"
  | "copy"
  | "links"
  | "docs"
  | "docsAbout"
  | "problems"
  | "problemsAbout"
  | "openapi"
  | "openapiAbout"
  | "health"
  | "healthAbout"
  | "licence",
  string
>;

/** The texts of the landing page. */
export const LANDING_TEXTS: Record<Language, LandingTexts> = {
  vi: {
    subtitle: "Cơ sở dữ liệu trí thức của tỉnh",
    lead:
      "Nơi lưu giữ hồ sơ đội ngũ trí thức: học vị, học hàm, quá trình công tác, lĩnh vực chuyên môn và khen thưởng. " +
      "Các hệ thống khác đọc và cập nhật qua giao diện lập trình REST.",
    ready: "Đang sẵn sàng",
    away: "Chưa sẵn sàng",
    version: "phiên bản",
    skip: "Đến nội dung chính",
    languages: "Ngôn ngữ",
    figures: "Trong cơ sở dữ liệu",
    people: "Trí thức",
    degrees: "Bằng cấp, học vị",
    affiliations: "Vị trí công tác",
    organizations: "Cơ quan, đơn vị",
    localities: "Đơn vị hành chính",
    begin: "Bắt đầu",
    beginLead: "Chưa có hồ sơ nào. Có hai cách bắt đầu, gõ trong thư mục của dự án:",
    demo: "Dùng thử với một nghìn hồ sơ giả lập:",
    import: "Nạp bảng tính của cơ quan; trước tiên chỉ xem thử, chưa ghi gì:",
    token: "Lấy thẻ truy cập",
    tokenLead: "Mỗi lời gọi cần một thẻ. Ở bản chạy thử này, hãy tự cấp thẻ trong thư mục của dự án:",
    tokenIssuer: "Mỗi lời gọi cần một thẻ OAuth 2 do nơi cấp của tỉnh phát. Hãy hỏi người quản trị về phạm vi quyền của bạn.",
    call: "Rồi gọi thử:",
    copy: "Bấm vào dòng lệnh để chọn cả dòng.",
    links: "Xem thêm",
    docs: "Tài liệu giao diện",
    docsAbout: "Mọi thao tác, tham số và ví dụ; gọi thử ngay trên trang.",
    problems: "Các mã lỗi",
    problemsAbout: "Mỗi mã có nghĩa gì và cần làm gì.",
    openapi: "Mô tả OpenAPI 3.1",
    openapiAbout: "Để sinh thư viện gọi dịch vụ cho ngôn ngữ của bạn.",
    health: "Tình trạng dịch vụ",
    healthAbout: "Cơ sở dữ liệu, lược đồ và tải.",
    licence: "Phần mềm nguồn mở, giấy phép",
  },
  en: {
    subtitle: "The province’s registry of its intellectual workforce",
    lead:
      "It keeps the records of the province’s intellectuals: degrees, academic titles, posts, fields of expertise and honours. " +
      "Other systems read and update them through a REST interface.",
    ready: "Ready",
    away: "Not ready",
    version: "version",
    skip: "To the main content",
    languages: "Language",
    figures: "In the registry",
    people: "People",
    degrees: "Degrees",
    affiliations: "Posts held",
    organizations: "Organizations",
    localities: "Administrative units",
    begin: "Begin here",
    beginLead: "There are no records yet. Two ways to begin, in the project’s folder:",
    demo: "Try it with a thousand synthetic records:",
    import: "Take in an office’s spreadsheet; first a preview, which stores nothing:",
    token: "Get a token",
    tokenLead: "Every call needs a token. On this evaluation database you issue one yourself, in the project’s folder:",
    tokenIssuer: "Every call needs an OAuth 2 token of the province’s issuer. Ask the administrator which scopes are yours.",
    call: "Then call:",
    copy: "One click on a command selects all of it.",
    links: "See also",
    docs: "Reference",
    docsAbout: "Every operation, parameter and example; try them on the page.",
    problems: "Problem codes",
    problemsAbout: "What each code means, and what to do.",
    openapi: "OpenAPI 3.1 document",
    openapiAbout: "For generating a client in your language.",
    health: "State of the service",
    healthAbout: "Database, schema and load.",
    licence: "Open-source software, licensed under",
  },
};
