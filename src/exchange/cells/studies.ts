import { fold } from "../../core/vietnamese/text.ts";

/** A field of a classification as the reference table holds it. */
export type FieldRow = { scheme: string; code: string; level: number; vi: string; en?: string | null };

/** R&D fields and training fields by folded name. */
export type StudyIndex = {
  rd: Map<string, string>;
  rdNames: { words: Set<string>; code: string; level: number }[];
  training: Map<string, string>;
};

// Everyday words for a branch and the R&D field (QĐ 12/2008) they mean; a word that covers several groups stands at level 1.
const EVERYDAY: Record<string, string> = {
  "101": "toán|toán học|toán tin|thống kê|toán ứng dụng|sư phạm toán",
  "102":
    "công nghệ thông tin|cntt|tin học|máy tính|khoa học máy tính|kỹ thuật phần mềm|phần mềm|hệ thống thông tin|an toàn thông tin|" +
    "trí tuệ nhân tạo|an ninh mạng|it|kỹ thuật máy tính",
  "103": "vật lý|lý|vật lí",
  "104": "hóa|hóa học|hoá|hóa hữu cơ",
  "105":
    "địa chất|địa lý|địa lí|khí tượng|khí tượng thủy văn|thủy văn|khoa học môi trường|quản lý đất đai|trắc địa|bản đồ|địa chính|" +
    "tài nguyên nước|tài nguyên môi trường|khoa học trái đất",
  "106": "sinh|sinh học|công nghệ sinh học|vi sinh|di truyền|sinh thái",
  "201":
    "xây dựng|kỹ thuật xây dựng|xây dựng dân dụng|xây dựng dân dụng và công nghiệp|giao thông|cầu đường|thủy lợi|kiến trúc|" +
    "quy hoạch|giao thông vận tải|kỹ thuật công trình|cấp thoát nước|kinh tế xây dựng",
  "202":
    "điện|điện tử|điện điện tử|điện tử viễn thông|viễn thông|tự động hóa|tự động|kỹ thuật điện|kỹ thuật điện tử|hệ thống điện|" +
    "điện công nghiệp|điều khiển|bán dẫn|vi mạch|cơ điện tử|điện lạnh|robot",
  "203": "cơ khí|chế tạo máy|cơ khí chế tạo|kỹ thuật cơ khí|ô tô|công nghệ ô tô|động lực|máy|cơ điện|cơ khí động lực|nhiệt|nhiệt lạnh",
  "204": "hóa chất|công nghệ hóa|kỹ thuật hóa|hóa dầu|công nghệ hóa học",
  "205": "vật liệu|luyện kim|khoa học vật liệu|dệt|dệt may|giấy|gốm sứ|công nghệ may",
  "206": "kỹ thuật y sinh|thiết bị y tế|y sinh|kỹ thuật xét nghiệm|xét nghiệm",
  "207": "môi trường|kỹ thuật môi trường|công nghệ môi trường|mỏ|khai thác mỏ|năng lượng|dầu khí|bảo vệ môi trường",
  "211": "công nghệ thực phẩm|thực phẩm|chế biến thực phẩm|kỹ thuật thực phẩm",
  "3": "y|y tế và dược|y dược|y học|y khoa",
  "302":
    "nội khoa|ngoại khoa|ngoại|nội|nhi|nhi khoa|sản|sản phụ khoa|răng hàm mặt|tai mũi họng|mắt|đa khoa|bác sĩ đa khoa|" +
    "y học cổ truyền|y đa khoa|ung bướu|tim mạch|da liễu|tâm thần|hồi sức cấp cứu|chẩn đoán hình ảnh|lao|gây mê hồi sức|đông y|" +
    "phục hồi chức năng|thần kinh",
  "303": "y tế công cộng|y tế|điều dưỡng|quản lý bệnh viện|dinh dưỡng|y học dự phòng|dịch tễ|hộ sinh|y tế dự phòng|quản lý y tế",
  "304": "dược|dược học|dược lý|dược sĩ|dược liệu",
  "4": "nông nghiệp|nông lâm nghiệp|nông lâm|khuyến nông|nông học nghiệp|kỹ thuật nông nghiệp|nông lâm thủy sản",
  "401": "trồng trọt|nông học|bảo vệ thực vật|khoa học cây trồng|cây trồng|làm vườn|thổ nhưỡng|khoa học đất|giống cây trồng|sinh vật cảnh",
  "402": "chăn nuôi",
  "403": "thú y|bác sĩ thú y",
  "404": "lâm nghiệp|lâm sinh|kiểm lâm|quản lý tài nguyên rừng",
  "405": "thủy sản|nuôi trồng thủy sản|thuỷ sản",
  "501": "tâm lý|tâm lý học",
  "502":
    "kinh tế|kinh doanh|quản trị kinh doanh|kế toán|tài chính|ngân hàng|tài chính ngân hàng|kinh tế học|marketing|thương mại|" +
    "kiểm toán|quản lý kinh tế|kinh tế nông nghiệp|bảo hiểm|du lịch|quản trị nhân lực|ngoại thương|thuế|kế toán kiểm toán|" +
    "kinh tế phát triển|quản lý",
  "503":
    "giáo dục|sư phạm|giáo dục tiểu học|giáo dục mầm non|quản lý giáo dục|giáo dục học|giáo dục và đào tạo|giáo dục đào tạo|" +
    "giáo dục thể chất|lý luận và phương pháp dạy học|tiểu học|mầm non|thể dục thể thao",
  "504": "xã hội học|công tác xã hội|dân số|dân tộc học|nhân học",
  "505": "luật|luật học|pháp luật|luật kinh tế|pháp lý|tư pháp|luật dân sự|luật hành chính",
  "506":
    "chính trị|chính trị học|hành chính|hành chính công|quản lý nhà nước|xây dựng đảng|lý luận chính trị|quản lý công|" +
    "khoa học quản lý|quan hệ quốc tế|hành chính học|tuyên giáo",
  "507": "quy hoạch đô thị|đô thị",
  "508": "báo chí|truyền thông|thư viện|xuất bản|thông tin thư viện|phát thanh truyền hình|lưu trữ",
  "601": "lịch sử|sử|sử học|khảo cổ|khảo cổ học|bảo tàng|di sản|bảo tồn di sản",
  "602":
    "văn học|ngôn ngữ|ngữ văn|văn|ngôn ngữ anh|tiếng anh|ngoại ngữ|ngôn ngữ học|tiếng trung|hán nôm|ngôn ngữ trung quốc|" +
    "tiếng nhật|tiếng hàn|văn học việt nam|lý luận văn học",
  "603": "triết học|triết|tôn giáo học|đạo đức|mác lênin|triết học mác lênin",
  "604":
    "nghệ thuật|âm nhạc|mỹ thuật|điện ảnh|sân khấu|văn học nghệ thuật|hội họa|múa|nhiếp ảnh|thiết kế|dân ca quan họ|quan họ|" +
    "thiết kế đồ họa|thanh nhạc|thiết kế thời trang",
  "5": "khoa học xã hội|xã hội",
  "6": "khoa học nhân văn|nhân văn|văn hóa|văn hóa học|quản lý văn hóa|việt nam học",
  "1": "khoa học tự nhiên|tự nhiên",
  "2": "kỹ thuật|công nghệ|khoa học kỹ thuật|khoa học công nghệ|kỹ thuật công nghệ|công nghiệp",
};

/** The index over plain rows of the classifications. */
export function buildStudies(rows: readonly FieldRow[]): StudyIndex {
  const index: StudyIndex = { rd: new Map(), rdNames: [], training: new Map() };
  const known = new Set(rows.filter((row) => row.scheme === "rd").map((row) => row.code));
  // The narrower field keeps the name where a group repeats it (a training group and its only programme).
  for (const row of rows.toSorted((a, b) => b.level - a.level)) {
    const map = row.scheme === "rd" ? index.rd : row.scheme === "training" ? index.training : null;
    if (!map) continue;
    for (const name of [row.vi, row.en]) if (name && !map.has(studyName(name))) map.set(studyName(name), row.code);
    if (row.scheme === "rd") index.rdNames.push({ words: new Set(studyName(row.vi).split(" ")), code: row.code, level: row.level });
  }
  for (const [code, forms] of Object.entries(EVERYDAY)) {
    if (!known.has(code)) continue;
    for (const form of forms.split("|")) if (!index.rd.has(studyName(form))) index.rd.set(studyName(form), code);
  }
  return index;
}

function studyName(text: string): string {
  return fold(text)
    .replace(/^(?:nganh|chuyen nganh|linh vuc|bo mon|nhom nganh|khoi nganh) /, "")
    .replace(/\b(?:va|cac)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The R&D field (QĐ 12/2008) a text names: by code, official name or everyday word, else the only group whose name holds its words. */
export function findRdField(index: StudyIndex, text: string): string | null {
  const bare = text.replace(/[.\s]/g, "");
  if (/^\d{1,5}$/.test(bare)) return index.rdNames.find((one) => one.code === bare)?.code ?? null;
  const name = studyName(text);
  const exact = index.rd.get(name);
  if (exact) return exact;
  const words = name.split(" ").filter((word) => word.length > 1);
  if (words.length === 0) return null;
  const holding = index.rdNames.filter((one) => words.every((word) => one.words.has(word)));
  const groups = [...new Set(holding.map((one) => one.code.slice(0, 3)))];
  if (groups.length !== 1) return null;
  return holding.length === 1 ? holding[0]!.code : groups[0]!;
}

/** The training field (TT 09/2022, without the level digit) a text names in full or by its code, or null. */
export function findTrainingField(index: StudyIndex, text: string): string | null {
  const digits = text.replace(/[.\s]/g, "");
  if (/^\d{3}$|^\d{5}$|^\d{7}$/.test(digits)) {
    const code = digits.slice(1);
    return [...index.training.values()].includes(code) ? code : null;
  }
  return index.training.get(studyName(text)) ?? null;
}
