/** The class of every field of people, held against the law and the catalogue of fields by hand: a field that moves must move here too. */
export const CLASSES_BY_HAND: Record<string, Partial<Record<"public" | "internal" | "restricted" | "sensitive", string>>> = {
  people: {
    public: "id code name birth_year identifiers keywords biography version",
    internal:
      "other_names gender birth_date nationality hometown_locality hometown_text hometown_locality_today residence_locality residence_group work_locality record_state life_status died_on willing_to_advise source quality",
    restricted: "citizen_id old_id_number residence_text phones emails",
    sensitive: "ethnicity",
  },
  degrees: {
    public: "id level training_field major_text institution institution_text country graduation_year version",
    internal:
      "person_id mode studied_from recognition recognition_no valid_from valid_to ended is_current source verification verification_evidence verified_by verified_on preferred",
    restricted: "certificate_no",
  },
  academic_titles: {
    public: "id title field field_text year version",
    internal:
      "person_id decision revoked valid_from valid_to ended is_current source verification verification_evidence verified_by verified_on preferred",
  },
  affiliations: {
    public: "id kind organization organization_text post version",
    internal:
      "person_id grade regime is_primary share valid_from valid_to ended is_current source verification verification_evidence verified_by verified_on preferred",
  },
  expertise: {
    public: "id field field_text version",
    internal:
      "person_id role sector valid_from valid_to ended is_current source verification verification_evidence verified_by verified_on preferred",
  },
  awards: {
    public: "id award year version",
    internal:
      "person_id decision issuer valid_from valid_to ended is_current source verification verification_evidence verified_by verified_on preferred",
  },
};
