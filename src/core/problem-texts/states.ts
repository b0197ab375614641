import type { ProblemText } from "../problems.ts";

/** The problems of what the registry already holds: 409, 410, 412, 428. */
export const STATE_PROBLEMS = {
  "possible-duplicate": {
    status: 409,
    title: { vi: "Có thể trùng hồ sơ", en: "Possible duplicate" },
    about: {
      vi: "Có hồ sơ rất giống người này; candidates kể các hồ sơ đó. Hãy sửa hồ sơ có sẵn, hoặc gửi on_duplicate=create nếu là người khác.",
      en: "A person much like this one exists; candidates lists them. Change that record, or send on_duplicate=create if this is someone else.",
    },
  },
  "duplicate-identifier": {
    status: 409,
    title: { vi: "Định danh đã được dùng", en: "Identifier already in use" },
    about: {
      vi: "Một định danh phải là duy nhất thì đã thuộc về bản ghi khác. Hãy kiểm tra lại số, hoặc sửa bản ghi đang giữ nó.",
      en: "An identifier that must be unique belongs to another record already. Check the number, or change the record that holds it.",
    },
  },
  "record-merged": {
    status: 409,
    title: { vi: "Hồ sơ đã được gộp", en: "Record merged" },
    about: {
      vi: "Hồ sơ này đã được gộp vào hồ sơ khác; survivor_id nêu hồ sơ đó. Hãy ghi vào hồ sơ ấy.",
      en: "The record has been merged into another; survivor_id names it. Write to that record instead.",
    },
  },
  "period-overlap": {
    status: 409,
    title: { vi: "Khoảng thời gian chồng nhau", en: "Periods overlap" },
    about: {
      vi: "Khoảng thời gian chồng lên một khoảng đã có, nơi chỉ được có một. Hãy sửa ngày bắt đầu hoặc ngày kết thúc.",
      en: "The period overlaps one that exists where only one may hold at a time. Correct its first or its last day.",
    },
  },
  "state-conflict": {
    status: 409,
    title: { vi: "Trạng thái không cho phép", en: "State conflict" },
    about: {
      vi: "Trạng thái hiện tại của bản ghi không cho phép thao tác này, hoặc một thao tác khác vừa chạm vào nó. Hãy đọc lại rồi thử lại.",
      en: "The record's present state does not allow this, or another write has just touched it. Read it again and retry.",
    },
  },
  "in-use": {
    status: 409,
    title: { vi: "Đang được dùng", en: "In use" },
    about: {
      vi: "Bản ghi này còn được bản ghi khác dẫn tới, nên không xoá được. Hãy chuyển hoặc xoá các bản ghi đó trước.",
      en: "Other records still refer to this one, so it cannot be removed. Move or remove those first.",
    },
  },
  "idempotency-in-progress": {
    status: 409,
    title: { vi: "Yêu cầu cùng khoá đang chạy", en: "Same key in progress" },
    about: {
      vi: "Một yêu cầu có cùng Idempotency-Key đang được xử lý. Hãy chờ theo Retry-After rồi gửi lại y nguyên.",
      en: "A request with the same Idempotency-Key is being worked on. Wait as Retry-After says and send the same again.",
    },
  },
  "import-already-applied": {
    status: 409,
    title: { vi: "Tệp này đã được nhập", en: "Import already applied" },
    about: {
      vi: "Tệp giống hệt của cùng đơn vị cung cấp đã được nhập; import_id nêu lần nhập đó. Không cần nhập lại.",
      en: "The same bytes of the same supplier have been imported; import_id names that import. There is nothing left to do.",
    },
  },
  "revert-blocked": {
    status: 409,
    title: { vi: "Không hoàn tác được", en: "Reversal blocked" },
    about: {
      vi: "Có thay đổi mới hơn dựa trên việc này, nên không hoàn tác được. Hãy hoàn tác các thay đổi đó trước; detail nêu chúng.",
      en: "Newer changes depend on this one, so it cannot be taken back. Take those back first; detail names them.",
    },
  },
  "release-frozen": {
    status: 409,
    title: { vi: "Bản công bố đã khoá", en: "Release frozen" },
    about: {
      vi: "Bản công bố không bao giờ thay đổi. Để đính chính, hãy tạo bản công bố mới nêu tên bản cũ.",
      en: "A release never changes. To correct it, make a new release that names the old one.",
    },
  },
  deleted: {
    status: 410,
    title: { vi: "Bản ghi đã bị xoá", en: "Deleted" },
    about: {
      vi: "Bản ghi này đã bị xoá và có thể được khôi phục bằng POST .../restorations.",
      en: "The record has been deleted; it can be brought back by POST .../restorations.",
    },
  },
  erased: {
    status: 410,
    title: { vi: "Dữ liệu đã bị huỷ", en: "Erased" },
    about: {
      vi: "Dữ liệu của hồ sơ này đã bị huỷ theo yêu cầu của chủ thể và không khôi phục được. Hãy xoá mã này khỏi hệ thống của bạn.",
      en: "The data of this record was erased at the person's request and cannot be restored. Remove the id from your own system.",
    },
  },
  "feed-position-expired": {
    status: 410,
    title: { vi: "Vị trí dòng thay đổi đã cũ", en: "Feed position expired" },
    about: {
      vi: "Vị trí này cũ hơn thời gian lưu, hoặc thuộc cơ sở dữ liệu trước khi phục hồi. Hãy xuất lại toàn bộ rồi theo từ position của bản xuất.",
      en: "The position is older than what is kept, or of a database before a recovery. Export anew and follow from the export's position.",
    },
  },
  "version-mismatch": {
    status: 412,
    title: { vi: "Phiên bản đã thay đổi", en: "Version mismatch" },
    about: {
      vi: "Bản ghi đã đổi từ khi được đọc. Hãy đọc lại, áp thay đổi lên bản mới, rồi gửi với ETag mới trong If-Match.",
      en: "The record has changed since it was read. Read it again, apply the change to it, and send the new ETag in If-Match.",
    },
  },
  "if-match-required": {
    status: 428,
    title: { vi: "Thiếu If-Match", en: "If-Match required" },
    about: {
      vi: "Thao tác sửa phải nêu phiên bản đã đọc, để không đè lên thay đổi của người khác. Hãy gửi ETag của lần đọc trong If-Match.",
      en: "A change must name the version that was read, so that nobody's work is overwritten. Send the ETag of that answer in If-Match.",
    },
  },
} as const satisfies Record<string, ProblemText>;
