import type { Bilingual } from "../../core/problems.ts";

/** A question people ask, the call that asks it, and texts that its answer on the README's evaluation data holds. */
export type QueryExample = Bilingual & { path: string; query: string[]; body?: string; sees: string };

const PEOPLE = "/v1/people";
const person = '"full":"Nguyễn Thị Ánh Mẫu"';

const ask = (vi: string, en: string, path: string, query: string[], sees: string): QueryExample => ({ vi, en, path, query, sees });
const send = (vi: string, en: string, path: string, body: string, sees: string): QueryExample => ({ vi, en, path, query: [], body, sees });

/**
 * The queries that the reference shows beside their operations and the README has run, from simple to hard.
 *
 * The one place where they are written: a test holds the README to them and executes each.
 */
export const QUERIES: readonly QueryExample[] = [
  ask("Tên không dấu, không theo thứ tự", "A name without marks, in any order", PEOPLE, ["name:match=anh nguyen mau"], person),
  ask("Tên gõ sai, có học hàm đứng trước", "A mistyped name, a title before it", PEOPLE, ["q=PGS.TS. Nguyen Thi Anh Mua"], person),
  ask("Đúng từng dấu", "Exactly so, marks and all", PEOPLE, ["name:exact=Nguyễn Thị Ánh Mẫu"], person),
  ask(
    "Tiến sĩ sinh từ 1970, trẻ nhất trước; từng trang hai người, trang sau ở page.next",
    "Doctors born since 1970, youngest first; pages of two, the next at page.next",
    PEOPLE,
    ["degrees.level=TS,TSKH", "birth_year:gte=1970", "sort=-birth_year,name", "limit=2"],
    '"has_more":true',
  ),
  ask(
    "Sinh trong năm 1985, ngày chỉ biết một phần cũng được; chỉ ba trường",
    "Born in 1985, dates known in part included; three fields only",
    PEOPLE,
    ["birth_date=1985", "fields=code,name,birth_date"],
    '"birth_date":"1985-09"',
  ),
  ask(
    "Ở phường Từ Sơn hôm nay, kể cả mọi đơn vị bên dưới, theo thứ tự tiếng Việt",
    "Living in today's Từ Sơn and whatever lies below, in Vietnamese order",
    PEOPLE,
    ["residence_locality:below=09367@2026-01-01", "sort=name", "fields=code,name"],
    person,
  ),
  ask(
    "Quê ở Bắc Giang cũ, đếm đúng",
    "From what was Bắc Giang, counted exactly",
    PEOPLE,
    ["hometown_locality:below=24@2024-12-31", "count=exact", "limit=1"],
    '"kind":"exact"',
  ),
  ask("Chưa biết quê quán", "Hometown not known", PEOPLE, ["hometown_locality:exists=false"], person),
  ask(
    "Công tác ở Sở Khoa học và Công nghệ hoặc đơn vị trực thuộc",
    "At the Department of Science and Technology or a unit below it",
    PEOPLE,
    ["affiliations.organization:below=SKHCN", "include=affiliations.organization"],
    '"code":"SKHCN"',
  ),
  ask(
    "Ai công tác ở đó vào một ngày: dữ kiện không còn đúng ngày ấy thì không tính",
    "Who was there on a day: facts that certainly did not hold on it are left out",
    PEOPLE,
    ["affiliations.organization:below=SKHCN", "as_of=2023-12-31", "fields=name,affiliations.organization"],
    '"as_of":"2023-12-31"',
  ),
  ask(
    "Một bằng vừa là tiến sĩ vừa thuộc ngành máy tính: các tham số nói về cùng một bằng",
    "One degree that is both a doctorate and in computing: parameters speak of the same degree",
    PEOPLE,
    ["degrees.level=TS", "degrees.training_field:below=48"],
    person,
  ),
  ask(
    "Như trên, và chưa có học hàm",
    "The same, and without an academic title",
    PEOPLE,
    ["filter=has(degrees, level in (TS,TSKH) and training_field below 48) and none(academic_titles)"],
    person,
  ),
  ask(
    "Nhiều bằng, hoặc không công tác ở đâu; ước lượng số người",
    "Several degrees, or no post anywhere; how many, roughly",
    PEOPLE,
    ["filter=count(degrees) >= 2 or none(affiliations)", "count=estimate", "limit=2"],
    '"kind":"estimate"',
  ),
  ask(
    "Đơn vị biết theo tên, công tác chưa kết thúc",
    "A unit known by its name, a post that has not ended",
    PEOPLE,
    ['filter=has(affiliations, organization.name match "so khoa hoc cong nghe" and not is_current = false)'],
    '"plan":',
  ),
  ask(
    "Không phải nam (chưa biết cũng tính), sinh trước 1960, có chuyên môn về kỹ thuật",
    "Not male (not known counts), born before 1960, expert in engineering",
    PEOPLE,
    ["filter=gender != male and birth_date < 1960 and expertise.field below 2", "sort=birth_date", "limit=5"],
    '"data":',
  ),
  ask(
    "Chuyên môn về trí tuệ nhân tạo theo từ khoá hoặc theo ngành đào tạo",
    "Artificial intelligence, by keyword or by training field",
    PEOPLE,
    ['filter=keywords = "trí tuệ nhân tạo" or has(degrees, training_field = 480107)'],
    person,
  ),
  ask(
    "Dữ kiện của mọi người: bằng tiến sĩ của nữ, mới nhất trước",
    "Facts across people: doctorates of women, latest first",
    "/v1/degrees",
    ["level=TS", "filter=person.gender = female", "sort=-graduation_year", "include=person"],
    '"graduation_year":2016',
  ),
  ask("Gợi ý khi đang gõ", "Suggestions while one types", "/v1/people/suggest", ["q=nguyen thi anh m"], '"name":"Nguyễn Thị Ánh Mẫu"'),
  ask("Đơn vị, theo vài chữ", "A unit, by a few words", "/v1/organizations/suggest", ["q=khoa hoc cong nghe"], '"code":"SKHCN"'),
  ask(
    "Mã 24 là nơi nào vào ngày ấy",
    "Which place code 24 was on that day",
    "/v1/localities",
    ["code=24", "as_of=2024-12-31", "fields=code,name"],
    '"name":"Bắc Giang"',
  ),
  send(
    "Số căn cước chỉ tìm trong thân yêu cầu: địa chỉ còn lại trong nhật ký",
    "A citizen id is searched in a body only: addresses stay in logs",
    "/v1/people/search",
    '{"filter": "citizen_id = 024185000019", "fields": "code,name,citizen_id"}',
    '"citizen_id":"024185000019"',
  ),
  send(
    "Đối chiếu một danh sách người với cơ sở dữ liệu, kèm điểm và lý do",
    "A list of people held against the registry, with scores and reasons",
    "/v1/reconciliation",
    '{"noun": "people", "queries": ["TS. Nguyễn Thị Ánh Mẫu", {"name": "Nguyen Thi Anh Mau", "birth_date": "1985"}]}',
    '"name_as_written" "birth_year"',
  ),
  send(
    "Đối chiếu tên đơn vị viết theo nhiều cách",
    "Units as people write them",
    "/v1/reconciliation",
    '{"noun": "organizations", "queries": ["Sở KH&CN Bắc Ninh", "ĐH Bách khoa Hà Nội"]}',
    '"code":"SKHCN"',
  ),
];

/** What an operation's description says of the examples that call it; empty without any. */
export function examplesOf(path: string, method: string): string {
  const shown = QUERIES.filter((example) => example.path === path && (example.body === undefined ? "get" : "post") === method);
  if (shown.length === 0) return "";
  const lines = shown.map(({ vi, en, query, body }) => `- ${vi} / ${en}: \`${body ?? query.join("&")}\``);
  return `\n\n**Ví dụ / Examples** (chưa mã hoá địa chỉ / before URL encoding):\n\n${lines.join("\n")}`;
}
