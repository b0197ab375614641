import type { Noun } from "../../../core/registry/noun.ts";
import { AcademicTitle } from "../../../registry/academic-titles/schema.ts";
import { Affiliation } from "../../../registry/affiliations/schema.ts";
import { Award } from "../../../registry/awards/schema.ts";
import { Degree } from "../../../registry/degrees/schema.ts";
import { Expertise } from "../../../registry/expertise/schema.ts";
import { Person } from "../../../registry/people/schema.ts";
import type { Target } from "./person.ts";

const NOUNS: Readonly<Record<string, Noun>> = {
  people: Person,
  degrees: Degree,
  academic_titles: AcademicTitle,
  affiliations: Affiliation,
  expertise: Expertise,
  awards: Award,
};

/**
 * The headers that offices write where a column holds less than a field (one part of a name, the birth years of men) or no field at all.
 * A form is a whole folded header; one that begins with `~` suffices within a longer header. What a field itself is called stands with
 * the field, in its noun's schema.
 */
const PARTS: Readonly<Partial<Record<Target, string>>> = {
  ordinal: "stt|tt|so tt|so thu tu|thu tu|no|s t t|t t|stt chung|tt chung|stt toan truong|stt theo don vi|stt don vi|so",
  "people.name.family": `
    ho|ho dem|ho va dem|ho va ten dem|ho va chu dem|ho lot|ho chu lot|ho va ten lot|ho ten dem|last name|family name|surname`,
  "people.name.middle": "ten dem|chu dem|dem|ten lot|middle name",
  "people.name.given": "ten|ten goi|ten chinh|first name|given name",
  "people.name.full": `
    ho ten|ho va ten|ho va ten khai sinh|ho ten khai sinh|ten day du|ten hoi vien|ho ten can bo|ho ten giang vien|ten can bo|
    ten giang vien|nguoi|ten chuyen gia|hoi vien|can bo|full name|name|ho ten tri thuc|ho va ten tri thuc|chuyen gia|nhan su|
    ho ten bac si|~ho va ten|~ho ten|~full name|~fullname|~ten nhan vien|~ten hoi vien|~ten can bo`,
  "people.birth_date.male": `
    nam sinh nam|ngay sinh nam|ngay thang nam sinh nam|nam sinh nam gioi|nam sinh cua nam|sinh nam nam|ngay thang nam sinh nam gioi|
    tuoi nam|ngay sinh gioi tinh nam|nam sinh gioi tinh nam`,
  "people.birth_date.female": `
    nam sinh nu|ngay sinh nu|ngay thang nam sinh nu|nam sinh nu gioi|nam sinh cua nu|sinh nam nu|ngay thang nam sinh nu gioi|tuoi nu|
    ngay sinh gioi tinh nu|nam sinh gioi tinh nu`,
  "people.birth_date.day": "ngay sinh ngay|ngay thang nam sinh ngay|sinh ngay ngay|ngay thang nam ngay",
  "people.birth_date.month": "ngay sinh thang|ngay thang nam sinh thang|thang sinh|ngay thang nam thang|sinh ngay thang",
  "people.birth_date.year": "ngay sinh nam sinh|ngay thang nam nam",
  "people.gender.male": "nam|gioi tinh nam|gioi nam|nam gioi|phai nam",
  "people.gender.female": "nu|gioi tinh nu|gioi nu|nu gioi|la nu|phai nu|can bo nu",
  skip: `
    ngay cap|noi cap|ngay cap cccd|noi cap cccd|ngay noi cap|tuoi|chu ky|ky nhan|ky ten|luong|he so luong|bac luong|ma ngach|
    so tai khoan|ngan hang|ma so thue|so bhxh|ma so bhxh|so so bhxh|tham nien|thoi gian giu ngach|hinh anh|anh|ngoai ngu|tin hoc|
    ly luan chinh tri|quan ly nha nuoc|trinh do ngoai ngu|trinh do tin hoc|trinh do ly luan chinh tri|noi sinh|qlnn|llct|ngach|
    ma ngach cdnn|chuc danh nghe nghiep|hang cdnn|hang chuc danh nghe nghiep|trinh do van hoa|van hoa|giao duc pho thong|trinh do gdpt|
    xep loai|xep loai tot nghiep|he dao tao|hinh thuc dao tao|loai hinh dao tao|so hieu bang|so con|bien che|hop dong|bien che hop dong|
    nam vao nganh|loai hop dong|so quyet dinh|qd so|so qd|fax|website|ghi chu 2|~ngay cap|~noi cap|~he so luong|~bac luong|~ngoai ngu|
    ~ly luan chinh tri|~chinh tri|~quan ly nha nuoc|~noi sinh|~bhxh|~tin hoc van phong|~trinh do tin|~so the|~chung chi|~boi duong|
    ~quy hoach|~ngach|~hang chuc danh|~gdpt|~pho thong`,
  "not-collected": `
    ton giao|dang vien|ngay vao dang|dang|doan vien|tinh trang hon nhan|suc khoe|tinh trang suc khoe|thanh phan gia dinh|gia dinh|
    vo chong|nhom mau|chinh thuc|du bi|~vao dang|~dang vien|~ton giao|~hon nhan|~suc khoe|~gia dinh|~nhom mau|~vao doan`,
  "people.hometown_text.commune": "que quan xa|que quan xa phuong|que quan phuong xa|que quan xa phuong thi tran|que xa",
  "people.hometown_text.district": `
    que quan huyen|que quan huyen thi xa|que quan quan huyen|que quan huyen tp|que quan huyen thanh pho|que quan huyen thi xa thanh pho`,
  "people.hometown_text.province": "que quan tinh|que quan tinh thanh pho|que quan tinh tp|que quan tinh thanh",
  "people.residence_text.commune": `
    noi o xa|noi o hien nay xa|cho o xa|noi o xa phuong|dia chi xa|dia chi xa phuong|noi o hien nay xa phuong|thuong tru xa|xa phuong|
    phuong xa|xa`,
  "people.residence_text.district": "noi o huyen|noi o hien nay huyen|cho o huyen|dia chi huyen|thuong tru huyen",
  "people.residence_text.province": "noi o tinh|noi o hien nay tinh|cho o tinh|dia chi tinh|thuong tru tinh",
  "people.identifiers.orcid": "orcid|ma orcid|orcid id|~orcid",
  "people.identifiers.scopus": "scopus|scopus id|ma scopus|author id scopus|~scopus",
  "people.identifiers.local": `
    ma|ma so|ma cb|ma can bo|ma nv|ma nhan vien|ma vien chuc|ma cong chuc|ma gv|ma giang vien|ma hoi vien|so the hoi vien|ma so can bo|
    msnv|mscb|ma ho so|so ho so|so hieu|ma so hoi vien|so hieu cong chuc|ma nhan su|shcc|shvc|so hieu vien chuc|ma dinh danh can bo|
    ma so vien chuc|ma giao vien|staff id|employee id|ma ns|ma so gv|~ma can bo|~ma nhan vien|~ma hoi vien|~the hoi vien|~ma giang vien|
    ~ma vien chuc|~so hieu can bo`,
  "degrees.level.tick": "",
  "degrees.level_or_title": `
    hoc ham hoc vi|hoc vi hoc ham|hoc ham va hoc vi|hh hv|chuc danh hoc vi|hoc ham hoc vi trinh do|hh hoc vi|hham hvi|
    chuc danh khoa hoc hoc vi|danh xung|hoc ham hoc vi cao nhat|~hoc ham hoc vi|~hoc vi hoc ham|~hoc ham va hoc vi`,
  "affiliations.membership_from": `
    ngay vao hoi|nam vao hoi|ngay gia nhap|ngay ket nap|ngay tham gia|nam gia nhap|ngay vao hoi vien|thoi gian vao hoi|nam ket nap|
    ngay gia nhap hoi|nam tham gia hoi|ngay cap the|~vao hoi|~gia nhap hoi|~ket nap hoi`,
  "affiliations.valid_from": `
    ngay vao co quan|nam vao co quan|ngay bo nhiem|ngay tuyen dung|nam tuyen dung|thoi gian cong tac|ngay ve co quan|tu ngay|
    nam bat dau|ngay bat dau|nam cong tac|ngay vao lam|thoi gian bo nhiem|nam ve cong tac|ngay nhan viec|~tuyen dung|~ve co quan|
    ~vao co quan|~ngay bo nhiem`,
  "affiliations.department": `
    phong ban|khoa phong|phong khoa|bo phan|phong|khoa|department|khoa phong ban|phong ban chuyen mon|don vi truc thuoc khoa|
    phong khoa trung tam|khoa phong trung tam|khoa vien|phong don vi|khoa don vi|phong ban don vi|don vi phong ban`,
  "affiliations.team": "to|to bo mon|bo mon|khoa bo mon|to chuyen mon|nhom|to cong tac",
  remarks: "ghi chu|luu y|chu thich|nhan xet|note|notes|ghi chu khac|y kien|~ghi chu",
};

/** Every target, the narrower one first: the first that fits a header is meant. */
export const TARGETS: readonly Target[] = [
  "ordinal",
  "people.name.family",
  "people.name.middle",
  "people.name.given",
  "people.name.full",
  "people.birth_date.male",
  "people.birth_date.female",
  "people.birth_date.day",
  "people.birth_date.month",
  "people.birth_date.year",
  "people.birth_date",
  "people.gender.male",
  "people.gender.female",
  "people.gender",
  "skip",
  "not-collected",
  "people.old_id_number",
  "people.citizen_id",
  "people.nationality",
  "people.ethnicity",
  "people.hometown_text.commune",
  "people.hometown_text.district",
  "people.hometown_text.province",
  "people.residence_text.commune",
  "people.residence_text.district",
  "people.residence_text.province",
  "people.hometown_text",
  "people.residence_text",
  "people.emails",
  "people.phones",
  "people.identifiers.orcid",
  "people.identifiers.scopus",
  "people.identifiers.local",
  "people.life_status",
  "academic_titles.year",
  "academic_titles.title",
  "degrees.level.tick",
  "degrees.level_or_title",
  "degrees.graduation_year",
  "degrees.institution_text",
  "degrees.country",
  "degrees.training_field",
  "expertise.field",
  "degrees.major_text",
  "degrees.level",
  "affiliations.membership_from",
  "affiliations.valid_from",
  "affiliations.post",
  "affiliations.department",
  "affiliations.team",
  "affiliations.organization_text",
  "awards.award",
  "remarks",
];

/** The written headers of a target: its own, or those of the field that it names. */
function headersOf(target: Target): string {
  const [noun = "", member = ""] = target.split(".");
  return PARTS[target] ?? NOUNS[noun]?.fields[member]?.headers ?? "";
}

/** The written forms of one target: whole headers, and words that suffice within a header. */
export function formsOf(target: Target): { exact: string[]; within: string[] } {
  const forms = headersOf(target)
    .split("|")
    .map((form) => form.trim())
    .filter((form) => form !== "");
  return {
    exact: forms.filter((form) => !form.startsWith("~")),
    within: forms.filter((form) => form.startsWith("~")).map((form) => form.slice(1)),
  };
}
