//! The rows of organizations: current, versions, identifiers, officers, certificates.
use base::{AreaCode, BodyId, CertificateId, Date, EntryId, Fen, Instant, OrgId, Origin, PersonId, RecordId};

crate::record! {
    /// The current row of an organization, for lists and pages.
    pub struct Organization in "organization" key(origin, id) {
        pub origin: Origin,
        pub id: OrgId,
        pub kind: String,
        pub name: String,
        pub name_key: String,
        pub code: Option<String>,
        pub filing_number: Option<String>,
        pub registration: String,
        pub credit: String,
        pub operation: String,
        pub colour: Option<String>,
        pub registrar_area: AreaCode,
        pub registrar_province: Option<String>,
        pub registrar_city: Option<String>,
        pub registrar_body: Option<BodyId>,
        pub supervisor_body: Option<BodyId>,
        pub regulator_body: Option<BodyId>,
        pub management_mode: String,
        pub direct_class: Option<String>,
        pub grade: Option<String>,
        pub grade_until: Option<Date>,
        pub charity: bool,
        pub volunteer: bool,
        pub decoupled: bool,
        pub new_field: bool,
        pub party: Option<String>,
        pub industry_code: Option<String>,
        pub domicile: Option<AreaCode>,
        pub province: Option<String>,
        pub city: Option<String>,
        pub county: Option<String>,
        pub town: Option<String>,
        pub community: Option<String>,
        pub address: Option<String>,
        pub capital_fen: Option<Fen>,
        pub registered_on: Option<Date>,
        pub listed_on: Date,
        pub ended_on: Option<Date>,
        pub legal_rep: Option<String>,
        pub body: serde_json::Value,
        pub synthetic: bool,
        pub source: Option<String>,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A line of a list.
    pub struct OrgLine in "organization" key(origin, id) {
        pub origin: Origin,
        pub id: OrgId,
        pub kind: String,
        pub name: String,
        pub code: Option<String>,
        pub filing_number: Option<String>,
        pub registration: String,
        pub credit: String,
        pub operation: String,
        pub colour: Option<String>,
        pub grade: Option<String>,
        pub registrar_area: AreaCode,
        pub domicile: Option<AreaCode>,
        pub legal_rep: Option<String>,
        pub registered_on: Option<Date>,
        pub listed_on: Date,
        pub ended_on: Option<Date>,
        pub synthetic: bool,
    }
}

crate::record! {
    /// What was true from a day to a day, as known from a moment to a moment.
    pub struct Version in "organization_version" key(origin, org, id) {
        pub origin: Origin,
        pub org: OrgId,
        pub id: RecordId,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub recorded_at: Instant,
        pub superseded_at: Option<Instant>,
        pub facts: String,
        pub digest: Vec<u8>,
        pub leaf: Option<i64>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A unified social credit code (统一社会信用代码), unique everywhere, never given twice.
    pub struct CreditCode in "credit_code" key(code) {
        pub code: String,
        pub origin: Origin,
        pub org: OrgId,
        pub since: Date,
        pub until: Option<Date>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A filing number (备案编号) of a community organization, unique everywhere.
    pub struct FilingNumber in "filing_number" key(number) {
        pub number: String,
        pub origin: Origin,
        pub org: OrgId,
        pub since: Date,
        pub until: Option<Date>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A name kept for somebody (名称预留) or in use.
    pub struct NameReservation in "name_reservation" key(origin, name_key) {
        pub origin: Origin,
        pub name_key: String,
        pub name: String,
        pub org: Option<OrgId>,
        pub case_id: Option<String>,
        pub reserved_on: Date,
        pub until: Option<Date>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// One version of a responsible person's term (负责人任职).
    pub struct Officer in "officer" key(origin, org, id) {
        pub origin: Origin,
        pub org: OrgId,
        pub id: RecordId,
        pub term: RecordId,
        pub person: Option<PersonId>,
        pub post: String,
        pub public_name: String,
        pub sort: i64,
        pub term_from: Option<Date>,
        pub term_to: Option<Date>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub recorded_at: Instant,
        pub superseded_at: Option<Instant>,
        pub body: serde_json::Value,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A certificate (登记证书).
    pub struct Certificate in "certificate" key(origin, id) {
        pub origin: Origin,
        pub id: CertificateId,
        pub org: OrgId,
        pub kind: String,
        pub number: String,
        pub short: String,
        pub state: String,
        pub issued_on: Date,
        pub valid_to: Option<Date>,
        pub payload: String,
        pub entry: EntryId,
    }
}

crate::record! {
    /// What a certificate's QR points to.
    pub struct CertificateShort in "certificate_short" key(short) {
        pub short: String,
        pub origin: Origin,
        pub certificate: CertificateId,
    }
}
