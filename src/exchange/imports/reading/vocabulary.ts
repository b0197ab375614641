import type { Target } from "./person.ts";

/**
 * The headers that offices write, by target, folded; the narrower target stands first. A form is a whole header; one that begins with `~`
 * suffices within a longer header.
 */
export const VOCABULARY: Readonly<Record<Target, string>> = {
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
  "people.birth_date": `
    nam sinh|ngay sinh|sinh ngay|sinh nam|ngay thang nam sinh|ngay thang sinh|ngay sinh nam sinh|n sinh|ns|ntns|dob|date of birth|
    birthday|birth date|year of birth|thang nam sinh|ngay thang nam|nam sinh ngay sinh|~ngay sinh|~nam sinh|~ngay thang nam sinh|
    ~thang nam sinh|~date of birth|~sinh ngay`,
  "people.gender.male": "nam|gioi tinh nam|gioi nam|nam gioi|phai nam",
  "people.gender.female": "nu|gioi tinh nu|gioi nu|nu gioi|la nu|phai nu|can bo nu",
  "people.gender": "gioi tinh|gioi|phai|nam nu|gt|sex|gender|g tinh|gioi tinh nam nu|nam hay nu|~gioi tinh|~nam nu",
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
  "people.old_id_number": `
    cmnd|so cmnd|cmt|so cmt|cmtnd|so cmtnd|chung minh nhan dan|so chung minh nhan dan|chung minh thu|cmnd cu|so cmnd cu|so cmt cu|
    so chung minh thu`,
  "people.citizen_id": `
    cccd|so cccd|can cuoc|so can cuoc|can cuoc cong dan|so can cuoc cong dan|so dinh danh|so dinh danh ca nhan|ma dinh danh|
    ma dinh danh ca nhan|sddcn|dinh danh|so dd|citizen id|id number|cccd cmnd|cmnd cccd|so cmnd cccd|so cccd cmnd|cmt cccd|
    so the can cuoc|the can cuoc|~cccd|~can cuoc|~dinh danh ca nhan|~so dinh danh`,
  "people.nationality": "quoc tich|nationality",
  "people.ethnicity": "dan toc|d toc|thanh phan dan toc|ethnicity|~dan toc",
  "people.hometown_text.commune": "que quan xa|que quan xa phuong|que quan phuong xa|que quan xa phuong thi tran|que xa",
  "people.hometown_text.district": `
    que quan huyen|que quan huyen thi xa|que quan quan huyen|que quan huyen tp|que quan huyen thanh pho|que quan huyen thi xa thanh pho`,
  "people.hometown_text.province": "que quan tinh|que quan tinh thanh pho|que quan tinh tp|que quan tinh thanh",
  "people.residence_text.commune": `
    noi o xa|noi o hien nay xa|cho o xa|noi o xa phuong|dia chi xa|dia chi xa phuong|noi o hien nay xa phuong|thuong tru xa|xa phuong|
    phuong xa|xa`,
  "people.residence_text.district": "noi o huyen|noi o hien nay huyen|cho o huyen|dia chi huyen|thuong tru huyen",
  "people.residence_text.province": "noi o tinh|noi o hien nay tinh|cho o tinh|dia chi tinh|thuong tru tinh",
  "people.hometown_text": "que quan|que|nguyen quan|nguyen quan que quan|hometown|que quan xa huyen tinh|~que quan|~nguyen quan|~que goc",
  "people.residence_text": `
    noi o|cho o|noi o hien nay|cho o hien nay|dia chi|dia chi lien he|dia chi nha rieng|dia chi thuong tru|noi thuong tru|thuong tru|
    ho khau|ho khau thuong tru|hktt|noi cu tru|cu tru|noi dang ky ho khau|dia chi hien nay|tru quan|address|tam tru|noi o hien tai|
    dia chi noi o|dia chi cu tru|cho o hien tai|~noi o|~cho o|~thuong tru|~cu tru|~ho khau|~dia chi`,
  "people.emails": "email|mail|e mail|thu dien tu|dia chi email|hop thu|hom thu|thu dt|~email|~e mail|~thu dien tu|~hop thu dien tu",
  "people.phones": `
    dien thoai|so dien thoai|sdt|so dt|dt|dtdd|di dong|dt di dong|dien thoai di dong|so dtdd|phone|tel|mobile|dien thoai lien he|so may|
    zalo|lien he|sdt lien he|dt lien he|d thoai|dthoai|~dien thoai|~sdt|~di dong|~phone|~dtdd|~so dt`,
  "people.identifiers.orcid": "orcid|ma orcid|orcid id|~orcid",
  "people.identifiers.scopus": "scopus|scopus id|ma scopus|author id scopus|~scopus",
  "people.identifiers.local": `
    ma|ma so|ma cb|ma can bo|ma nv|ma nhan vien|ma vien chuc|ma cong chuc|ma gv|ma giang vien|ma hoi vien|so the hoi vien|ma so can bo|
    msnv|mscb|ma ho so|so ho so|so hieu|ma so hoi vien|so hieu cong chuc|ma nhan su|shcc|shvc|so hieu vien chuc|ma dinh danh can bo|
    ma so vien chuc|ma giao vien|staff id|employee id|ma ns|ma so gv|~ma can bo|~ma nhan vien|~ma hoi vien|~the hoi vien|~ma giang vien|
    ~ma vien chuc|~so hieu can bo`,
  "people.life_status": "tinh trang|trang thai|hien trang|tinh trang cong tac|tinh trang lam viec|trang thai lam viec",
  "academic_titles.year": `
    nam phong|nam cong nhan|nam duoc phong|nam phong hoc ham|nam cong nhan hoc ham|nam bo nhiem chuc danh|nam dat chuan|hoc ham nam|
    hoc ham nam phong|nam phong gs pgs|nam cong nhan chuc danh|chuc danh nam cong nhan`,
  "academic_titles.title": `
    hoc ham|chuc danh khoa hoc|gs pgs|chuc danh gs pgs|academic title|ham|chuc danh khoa hoc hoc ham|hoc ham hoc ham|hoc ham chuc danh`,
  "degrees.level.tick": "",
  "degrees.level_or_title": `
    hoc ham hoc vi|hoc vi hoc ham|hoc ham va hoc vi|hh hv|chuc danh hoc vi|hoc ham hoc vi trinh do|hh hoc vi|hham hvi|
    chuc danh khoa hoc hoc vi|danh xung|hoc ham hoc vi cao nhat|~hoc ham hoc vi|~hoc vi hoc ham|~hoc ham va hoc vi`,
  "degrees.graduation_year": `
    nam tot nghiep|nam tn|tot nghiep nam|nam tot nghiep dai hoc|nam cap bang|nam nhan bang|nam bao ve|tn nam|nam dat|
    thoi gian tot nghiep|nam|nam hoan thanh|khoa tot nghiep|nam ra truong|nam tot|graduation year|nam cap|~nam tot nghiep|~nam tn|
    ~nam cap bang|~nam bao ve|~tot nghiep nam|~nam ra truong`,
  "degrees.institution_text": `
    noi dao tao|co so dao tao|truong dao tao|don vi dao tao|truong tot nghiep|tot nghiep truong|noi tot nghiep|truong dai hoc|
    cs dao tao|noi cap bang|truong|co so cap bang|noi hoc|truong cap bang|noi dt|cosodaotao|truong dt|university|institution|
    ~noi dao tao|~co so dao tao|~truong dao tao|~tot nghiep truong|~noi tot nghiep|~truong tot nghiep|~don vi dao tao|~don vi cap bang|
    ~co so cap bang|~noi cap bang`,
  "degrees.country": `
    nuoc dao tao|quoc gia dao tao|nuoc|quoc gia|nuoc tot nghiep|nuoc cap bang|noi dao tao nuoc|country|~nuoc dao tao|~quoc gia dao tao|
    ~dao tao tai nuoc`,
  "degrees.training_field": "ma nganh|ma nganh dao tao|ma chuyen nganh|~ma nganh",
  "expertise.field": `
    linh vuc|linh vuc chuyen mon|linh vuc hoat dong|linh vuc nghien cuu|linh vuc khoa hoc|linh vuc khcn|linh vuc kh cn|nganh khoa hoc|
    nganh linh vuc|nhom linh vuc|chuyen mon linh vuc|huong nghien cuu|linh vuc chuyen sau|linh vuc cong tac|linh vuc nghien cuu chinh|
    nganh nghe linh vuc|so truong linh vuc|linh vuc khoa hoc va cong nghe|research field|field|~linh vuc`,
  "degrees.major_text": `
    chuyen nganh|nganh dao tao|chuyen mon|nganh|nganh hoc|chuyen nganh dao tao|chuyen mon dao tao|nganh nghe|chuyen nganh nganh|
    nganh chuyen nganh|cn dao tao|chuyen khoa|nganh nghe dao tao|trinh do chuyen mon chuyen nganh|chuyen mon nghiep vu|nganh tot nghiep|
    chuyen nganh tot nghiep|major|nganh chuyen mon|chuyen mon duoc dao tao|trinh do chuyen mon nganh|n dao tao|nganh dt|chuyen nganh dt|
    nganh nghe chuyen mon|~chuyen nganh|~nganh dao tao|~nganh hoc|~nganh tot nghiep|~chuyen mon dao tao`,
  "degrees.level": `
    trinh do chuyen nganh|trinh do nganh dao tao|trinh do va chuyen nganh|trinh do nganh|trinh do|hoc vi|trinh do chuyen mon|
    trinh do dao tao|trinh do hoc van|bang cap|hoc vi cao nhat|trinh do cao nhat|trinh do cm|trinh do chuyen mon cao nhat|
    trinh do chuyen mon nghiep vu|bang cap cao nhat|van bang|van bang chuyen mon|td chuyen mon|tdcm|tdhv|hoc van|cap bac dao tao|
    bac dao tao|trinh do hoc vi|degree|bang|trinh do dt|trinh do cmnv|chuc danh chuyen mon|trinh do hoc van cao nhat|cap dao tao|
    loai bang|~hoc vi|~trinh do chuyen mon|~trinh do dao tao|~trinh do cao nhat|~bang cap|~trinh do hoc van|~van bang`,
  "affiliations.membership_from": `
    ngay vao hoi|nam vao hoi|ngay gia nhap|ngay ket nap|ngay tham gia|nam gia nhap|ngay vao hoi vien|thoi gian vao hoi|nam ket nap|
    ngay gia nhap hoi|nam tham gia hoi|ngay cap the|~vao hoi|~gia nhap hoi|~ket nap hoi`,
  "affiliations.valid_from": `
    ngay vao co quan|nam vao co quan|ngay bo nhiem|ngay tuyen dung|nam tuyen dung|thoi gian cong tac|ngay ve co quan|tu ngay|
    nam bat dau|ngay bat dau|nam cong tac|ngay vao lam|thoi gian bo nhiem|nam ve cong tac|ngay nhan viec|~tuyen dung|~ve co quan|
    ~vao co quan|~ngay bo nhiem`,
  "affiliations.post": `
    chuc vu|chuc danh|vi tri|vi tri viec lam|chuc vu hien tai|chuc vu chuc danh|chuc danh chuc vu|chuc vu cong tac|cong viec|vtvl|
    vi tri cong tac|chuc vu dang chinh quyen|cong viec dam nhan|cong viec hien nay|position|title|nhiem vu|nghe nghiep|chuc vu don vi|
    chuc vu hien nay|chuc vu chinh quyen|chuc vu vi tri|~chuc vu|~vi tri viec lam|~vi tri cong tac|~chuc danh cong viec`,
  "affiliations.department": `
    phong ban|khoa phong|phong khoa|bo phan|phong|khoa|department|khoa phong ban|phong ban chuyen mon|don vi truc thuoc khoa|
    phong khoa trung tam|khoa phong trung tam|khoa vien|phong don vi|khoa don vi|phong ban don vi|don vi phong ban`,
  "affiliations.team": "to|to bo mon|bo mon|khoa bo mon|to chuyen mon|nhom|to cong tac",
  "affiliations.organization_text": `
    don vi|co quan|noi cong tac|noi lam viec|don vi cong tac|co quan cong tac|co quan don vi|don vi co quan|noi cong tac hien nay|
    dv cong tac|don vi hien nay|co quan hien nay|noi ct|co quan ct|don vi ct|dia chi co quan|ten co quan|ten don vi|to chuc|
    co quan noi cong tac|don vi truc thuoc|noi cong tac lam viec|hien cong tac tai|cong tac tai|workplace|organization|organisation|
    unit|employer|hoi thanh vien|don vi quan ly|co quan chu quan|truong co quan|~noi cong tac|~don vi cong tac|~co quan cong tac|
    ~noi lam viec|~co quan don vi|~don vi lam viec|~co quan don vi cong tac|~cong tac tai`,
  "awards.award": `
    khen thuong|danh hieu|giai thuong|danh hieu khen thuong|hinh thuc khen thuong|thanh tich|thanh tich khen thuong|danh hieu thi dua|
    giai thuong khcn|danh hieu cao nhat|danh hieu giai thuong|khen thuong danh hieu|danh hieu vinh du nha nuoc|danh hieu vinh du|
    ~khen thuong|~danh hieu|~giai thuong`,
  remarks: "ghi chu|luu y|chu thich|nhan xet|note|notes|ghi chu khac|y kien|~ghi chu",
};

/** The written forms of one target: whole headers, and words that suffice within a header. */
export function formsOf(target: Target): { exact: string[]; within: string[] } {
  const forms = VOCABULARY[target]
    .split("|")
    .map((form) => form.trim())
    .filter((form) => form !== "");
  return {
    exact: forms.filter((form) => !form.startsWith("~")),
    within: forms.filter((form) => form.startsWith("~")).map((form) => form.slice(1)),
  };
}
