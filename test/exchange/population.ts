import { writeXlsx } from "hucre";

const FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"];
const MIDDLES = ["Văn", "Thị", "Đức", "Minh", "Ngọc", "Quang", "Thu", "Hữu", "Thanh", "Xuân", "Kim", "Hải", "Anh", "Bích", "Công", "Gia"];
const GIVENS =
  "An Anh Bình Châu Dũng Đạt Giang Hà Hạnh Hiếu Hoa Hùng Khánh Lan Linh Long Mai Nam Nga Phúc Quân Sơn Tâm Thảo Trang Tú".split(" ");
const HEADER = [
  "STT",
  "Họ và tên",
  "Ngày sinh",
  "Giới tính",
  "Số CCCD",
  "Quê quán",
  "Nơi ở hiện nay",
  "Điện thoại",
  "Email",
  "Trình độ",
  "Chuyên ngành",
  "Nơi đào tạo",
  "Năm tốt nghiệp",
  "Học hàm",
  "Đơn vị công tác",
  "Chức vụ",
  "Phòng ban",
  "Ngày vào",
  "Lĩnh vực",
  "Ghi chú",
];
const pad = (value: number, length: number): string => String(value).padStart(length, "0");

/** A list of synthetic people with 20 columns, nobody twice; the same for the same count. */
export function populationOf(count: number): (string | number)[][] {
  const people = Array.from({ length: count }, (_, n) => {
    const [year, female] = [1950 + (n % 50), n % 2 === 1];
    const day = `${pad(1 + (n % 28), 2)}/${pad(1 + ((n >> 3) % 12), 2)}/${year}`;
    const id = `024${female ? 1 : 0}${pad(year % 100, 2)}${pad(n, 6)}`;
    const name = [FAMILIES[n % 16], MIDDLES[(n >> 4) % 16], MIDDLES[(n >> 8) % 16], GIVENS[(n >> 12) % 26]].join(" ");
    const level = ["Tiến sĩ", "Thạc sĩ", "Đại học", "Cao đẳng"][n % 4]!;
    const work = [`THCS ${n % 97}`, ["GV", "Hiệu phó", "Hiệu trưởng"][n % 3]!, `Tổ ${n % 12}`];
    const reached = [`09${pad(n, 8)}`, `n${n}@mau.vn`];
    const degree = [level, "Toán", "ĐHBK HN", year + 23];
    const field = ["Toán học", "Vật lý", "Hoá học"][n % 3]!;
    const from = [n + 1, name, day, female ? "Nữ" : "Nam", id, "Yên Thế", "Kinh Bắc"];
    return [...from, ...reached, ...degree, n % 40 === 0 ? "PGS" : "", ...work, `01/09/${year + 25}`, field, ""];
  });
  return [HEADER, ...people];
}

/** Rows as a csv. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map((cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : cell)).join(",")).join("\n")}\n`;

/** Rows as a workbook of one sheet. */
export const xlsxOf = (rows: readonly (readonly (string | number | null)[])[]): Promise<Uint8Array> =>
  writeXlsx({ sheets: [{ name: "Danh sách", rows: rows.map((row) => [...row]) }] });
