//! Materials and protected values of a case on the desks' side: reading a file, adding a document, revealing with a reason.
use authority::{Actor, Denied, Subject, Verb, may};
use base::{CaseId, FileId, Origin};
use casework::CaseFacts;
use casework::form::SummarySection;
use store::args;
use store::cases::{self, CaseRow};
use store::papers::FileRow;

use super::chairs::Sight;
use super::document::SLOT;
use crate::act::Deed;
use crate::people::Keys;
use crate::{Office, Refused};

/// Longest name of a file shown.
const NAME_CHARS: usize = 120;

impl Office {
    /// A file of a case with its bytes, for whoever sees the material it belongs to.
    pub fn case_file(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        file: FileId,
    ) -> Result<(FileRow, Vec<u8>), Refused> {
        let who = who.clone();
        let row = self.db.read(move |tx| {
            let missing = || Refused::NotFound("这份文件");
            let row: FileRow = tx.find_record(args![origin, file])?.ok_or_else(missing)?;
            if row.subject != format!("case/{id}") || row.removed_at.is_some() {
                return Err(missing());
            }
            let case: CaseRow = tx.find_record(args![origin, id])?.ok_or_else(missing)?;
            let resolved = self.edition(tx, &case.edition)?;
            let body: crate::cases::rows::Body = serde_json::from_value(case.body).map_err(Refused::internal)?;
            let tasks = cases::tasks(tx, origin, id)?;
            let sight = self.sight(&who, &resolved.matter, &body.case, &tasks)?;
            let asked = self.asked_fields(&who, &resolved.matter, &tasks);
            let shown = row.slot.as_ref().is_some_and(|slot| asked.contains(slot));
            if sight == Sight::Whole || shown { Ok(row) } else { Err(Denied::NotYourBody.into()) }
        })?;
        let bytes = self.files.read(&crate::ledger::digest_of(&row.digest)?)?;
        Ok((row, bytes))
    }

    /// Adds a sealed document (盖章文书) to a case, for an act to name.
    pub fn add_document(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        name: &str,
        bytes: &[u8],
    ) -> Result<FileId, Refused> {
        let kind = crate::files::sniff(name, bytes)?;
        let digest = self.files.keep(bytes)?;
        let file = FileRow {
            origin,
            id: FileId::fresh(&self.clock, &self.rng),
            subject: format!("case/{id}"),
            slot: Some(SLOT.to_owned()),
            name: name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(NAME_CHARS).collect(),
            mime: kind.mime.to_owned(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            digest: digest.as_bytes().to_vec(),
            public: false,
            added_at: self.clock.now(),
            account: Some(who.account),
            removed_at: None,
            entry: base::EntryId::from_bits(0),
        };
        let (office, who) = (self.clone(), who.clone());
        self.act(Deed::by(&who, origin, "case", id, "add_document"), move |work| {
            let (_, case, resolved) = office.whole_case(work.tx, &who, origin, id)?;
            let sits = case.open.iter().any(|task| {
                may(&who, Verb::Claim, &Subject::Case(case.subject(&resolved.matter, Some(&task.step)))).is_ok()
            });
            if !sits {
                return Err(Denied::NotYourDesk.into());
            }
            work.relies_on(digest);
            let file = FileRow { entry: work.entry, ..file };
            work.insert(&file)?;
            Ok(file.id)
        })
    }

    /// Reveals the protected answers of a case for a stated reason; the look stands in the case's journal, and in that of the
    /// person whose key seals them.
    pub fn reveal_answers(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        field: Option<&str>,
        reason: &str,
    ) -> Result<Vec<SummarySection>, Refused> {
        let reason = reason.trim().to_owned();
        if reason.chars().count() < 4 {
            return Err(Refused::field("reason", "请写明查看的原因，至少 4 个字。查看会留痕"));
        }
        let (office, who, field) = (self.clone(), who.clone(), field.map(str::to_owned));
        let deed = Deed::by(&who, origin, "case", id, "reveal").because(reason);
        self.act(deed, move |work| {
            let row: CaseRow = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
            let resolved = office.edition(work.tx, &row.edition)?;
            let matter = &resolved.matter;
            let loaded = office.load_case(work.tx, &mut Keys::default(), row, matter)?;
            let case = &loaded.case;
            let tasks = cases::tasks(work.tx, origin, id)?;
            let sight = office.sight(&who, matter, case, &tasks)?;
            let own = case.open.iter().map(|task| Some(&task.step)).chain([None]);
            let allowed = own.map(|step| may(&who, Verb::Reveal, &Subject::Case(case.subject(matter, step))));
            allowed.reduce(std::result::Result::or).unwrap_or(Err(Denied::NothingOpen))?;
            let asked = office.asked_fields(&who, matter, &tasks);
            let facts = crate::cases::facts::Loaded::new(work.today);
            let facts = CaseFacts {
                outer: &facts,
                matter,
                answers: &case.answers,
                opinions: &case.opinions,
                today: work.today,
            };
            let rules = office.rules(&resolved);
            let masked = rules.summary(&facts, |_| true, false);
            let hidden =
                |id: &str| masked.iter().flat_map(|section| &section.rows).any(|row| row.field == id && row.masked);
            let wanted = |id: &str| field.as_deref().is_none_or(|field| field == id);
            let mut sections = rules.summary(&facts, |_| true, true);
            for section in &mut sections {
                section.rows.retain(|row| {
                    hidden(&row.field) && wanted(&row.field) && (sight == Sight::Whole || asked.contains(&row.field))
                });
            }
            sections.retain(|section| !section.rows.is_empty());
            let names: Vec<String> =
                sections.iter().flat_map(|section| &section.rows).map(|row| row.field.clone()).collect();
            work.note("fields", names);
            work.note("person", loaded.owner.to_string());
            Ok(sections)
        })
    }
}
