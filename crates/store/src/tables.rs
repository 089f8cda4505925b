//! Every table that has a record here: for the tests that hold records and schema together, and for copying a database.
use crate::{
    Record, Statement, accounts, cases, change, desk, facts, jobs, journal, organizations, outside, papers, people,
    plans, records, registers, scans, upkeep,
};

/// A table and its record's columns.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its record's columns.
    pub columns: &'static [&'static str],
    /// Its primary key.
    pub key: &'static [&'static str],
    /// INSERT, UPSERT, UPDATE, FIND, EACH.
    pub statements: [Statement; 5],
}

impl Table {
    /// The table of a record.
    pub const fn of<R: Record>() -> Self {
        Self {
            name: R::TABLE,
            columns: R::COLUMNS,
            key: R::KEY,
            statements: [R::INSERT, R::UPSERT, R::UPDATE, R::FIND, R::EACH],
        }
    }
}

/// All tables with a record.
pub const ALL: &[Table] = &[
    Table::of::<accounts::Account>(),
    Table::of::<accounts::Login>(),
    Table::of::<accounts::Credential>(),
    Table::of::<accounts::Session>(),
    Table::of::<accounts::AccountOrg>(),
    Table::of::<accounts::Notice>(),
    Table::of::<accounts::Watch>(),
    Table::of::<accounts::Draft>(),
    Table::of::<accounts::ApiToken>(),
    Table::of::<cases::Edition>(),
    Table::of::<cases::CaseRow>(),
    Table::of::<cases::TaskRow>(),
    Table::of::<cases::PendingAct>(),
    Table::of::<desk::FormerAnswers>(),
    Table::of::<desk::Question>(),
    Table::of::<change::ChangeRow>(),
    Table::of::<jobs::JobRow>(),
    Table::of::<journal::EntryRow>(),
    Table::of::<journal::Head>(),
    Table::of::<journal::Former>(),
    Table::of::<journal::SealRow>(),
    Table::of::<journal::SealHead>(),
    Table::of::<organizations::Organization>(),
    Table::of::<organizations::Version>(),
    Table::of::<organizations::CreditCode>(),
    Table::of::<organizations::FilingNumber>(),
    Table::of::<organizations::NameReservation>(),
    Table::of::<organizations::Officer>(),
    Table::of::<organizations::Certificate>(),
    Table::of::<organizations::CertificateShort>(),
    Table::of::<outside::OutboxRow>(),
    Table::of::<outside::CodeBody>(),
    Table::of::<outside::OutsideIdentity>(),
    Table::of::<scans::ScanWaiting>(),
    Table::of::<scans::ScanEvent>(),
    Table::of::<papers::FileRow>(),
    Table::of::<papers::Letter>(),
    Table::of::<papers::PublicNotice>(),
    Table::of::<papers::NoticeComment>(),
    Table::of::<papers::ServiceReview>(),
    Table::of::<people::Person>(),
    Table::of::<people::PersonKey>(),
    Table::of::<people::PersonSecret>(),
    Table::of::<people::Body>(),
    Table::of::<people::PostRow>(),
    Table::of::<people::AccessRequest>(),
    Table::of::<plans::WhatIf>(),
    Table::of::<facts::PlanSnapshot>(),
    Table::of::<facts::PlanFigure>(),
    Table::of::<registers::RegisterEntry>(),
    Table::of::<records::RegisterVersion>(),
    Table::of::<records::RegisterLink>(),
    Table::of::<registers::QualityIssue>(),
    Table::of::<upkeep::QualityRun>(),
    Table::of::<registers::DataShare>(),
    Table::of::<registers::ShareCall>(),
    Table::of::<registers::Decoupling>(),
    Table::of::<registers::GuidanceRecord>(),
    Table::of::<registers::Snapshot>(),
    Table::of::<registers::SnapshotFigure>(),
    Table::of::<registers::ImportBatch>(),
    Table::of::<registers::ImportChunk>(),
    Table::of::<registers::ImportReject>(),
];
