const id = (n: number): string => `'01900000-0000-7000-8000-${String(n).padStart(12, "0")}'`;

/** Tables that hold what was written. */
export const KEPT = [
  "localities",
  "organizations",
  "fields",
  "people",
  "degrees",
  "affiliations",
  "expertise",
  "awards",
  "person_identifiers",
];
/** Tables that the database keeps by itself. */
export const DERIVED = ["organization_tree", "person_reach", "person_names", "reference_names", "person_facets", "person_units"];

/** A small registry in the columns of the first schema: each kind of record, a change, somebody hidden. */
export const DATA = `
  set trithuc.actor = 'versions'; set trithuc.client = 'versions';
  insert into localities (id, code, kind, type, name, full_name, parent_id, valid_from, today_id) values
    (${id(1)}, '24', 'province', 'tinh', 'Bắc Ninh', 'Tỉnh Bắc Ninh', null, '2025-07-01', ${id(1)}),
    (${id(2)}, '09367', 'commune', 'phuong', 'Từ Sơn', 'Phường Từ Sơn', ${id(1)}, '2025-07-01', ${id(2)});
  insert into locality_tree (ancestor_id, locality_id) values (${id(1)}, ${id(1)}), (${id(2)}, ${id(2)}), (${id(1)}, ${id(2)});
  insert into fields (id, scheme, scheme_version, code, parent_code, level, vi) values
    (${id(3)}, 'rd', '2012', '1', null, 1, 'Khoa học tự nhiên'), (${id(4)}, 'rd', '2012', '101', '1', 2, 'Toán học');
  insert into field_tree (scheme, scheme_version, ancestor_code, code) values ('rd', '2012', '1', '1'), ('rd', '2012', '101', '101'), ('rd', '2012', '1', '101');
  insert into organizations (id, code, name, kind, locality_id, parent_id) values
    (${id(10)}, 'SO', 'Sở Mẫu', 'state_agency', ${id(1)}, null), (${id(11)}, 'PHONG', 'Phòng Mẫu', 'state_agency', ${id(2)}, ${id(10)});
  insert into people (id, code, name_full, name_family, name_middle, name_given, name_folded, residence_locality_id, birth_date_earliest, birth_date_latest) values
    (${id(20)}, 'BN-0000001-5', 'Nguyễn Thị Mẫu', 'Nguyễn', 'Thị', 'Mẫu', 'nguyen thi mau', ${id(2)}, '1985-09-01', '1985-09-30'),
    (${id(21)}, 'BN-0000002-3', 'Trần Văn Thử', 'Trần', 'Văn', 'Thử', 'tran van thu', ${id(2)}, null, null),
    (${id(22)}, 'BN-0000003-1', 'Lê Ẩn', 'Lê', '', 'Ẩn', 'le an', null, null, null);
  insert into degrees (id, origin_person_id, person_id, level, graduation_year) values
    (${id(30)}, ${id(20)}, ${id(20)}, 'TS', 2016), (${id(31)}, ${id(21)}, ${id(21)}, 'CN', 2007);
  insert into affiliations (id, origin_person_id, person_id, kind, organization_id, is_primary) values
    (${id(40)}, ${id(20)}, ${id(20)}, 'employment', ${id(11)}, true), (${id(41)}, ${id(21)}, ${id(21)}, 'employment', ${id(10)}, true);
  insert into expertise (id, origin_person_id, person_id, field, role) values
    (${id(50)}, ${id(20)}, ${id(20)}, '101', 'main'), (${id(51)}, ${id(21)}, ${id(21)}, '1', 'main');
  insert into awards (id, origin_person_id, person_id, award, year) values (${id(60)}, ${id(20)}, ${id(20)}, 'NGUT', 2020);
  insert into person_identifiers (id, origin_person_id, person_id, scheme, value) values (${id(70)}, ${id(20)}, ${id(20)}, 'local:SO', 'MAU-1');
  update people set biography = 'Đã sửa' where id = ${id(21)};
  update people set name_full = 'Trần Văn Thứ', name_given = 'Thứ' where id = ${id(21)};
  update people set hidden_at = '2026-01-01' where id = ${id(22)};
  update affiliations set organization_id = ${id(11)} where id = ${id(41)};
  update organizations set name = 'Sở Mẫu Mới' where id = ${id(10)}`;
