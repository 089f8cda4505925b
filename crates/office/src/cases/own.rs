//! A case as its applicant sees it (我的办件): progress, limits, who has it now, letters, documents. Other people's are not found.
use std::sync::Arc;

use authority::{Actor, Verb};
use base::{AccountId, CaseId, Date, Origin};
use casework::{Act, Case};
use catalogue::Resolved;
use store::cases::{CaseLine, CaseRow};
use store::papers::{FileRow, Letter};
use store::people::Body;
use store::{Filter, Tx};

use crate::cases::act::Done;
use crate::people::Keys;
use crate::{Office, Refused};

/// A case with everything its applicant may see.
#[derive(Debug)]
pub struct OwnCase {
    /// The row, for number, title and revision.
    pub row: CaseRow,
    /// The case with open answers.
    pub case: Case,
    /// Its edition.
    pub resolved: Arc<Resolved>,
    /// Letters and messages, oldest first.
    pub letters: Vec<Letter>,
    /// Files handed in and documents handed out.
    pub files: Vec<FileRow>,
    /// The bodies that have an open task, and the authority in charge: who to ring up.
    pub bodies: Vec<Body>,
}

impl OwnCase {
    /// The authority in charge, where it is known as a body.
    pub fn authority(&self) -> Option<&Body> {
        self.bodies.iter().find(|body| body.kind == "registrar" && body.area == self.case.area)
    }

    /// Who has an open task: the body it names, else the authority of its area.
    pub fn holder(&self, task: &casework::Task) -> Option<&Body> {
        let named = self.bodies.iter().find(|body| Some(body.id) == task.body);
        let kind = match task.desk.as_str() {
            "party" => "party",
            "supervisor" => "supervisor",
            "regulator" => "regulator",
            _ => "registrar",
        };
        named.or_else(|| self.bodies.iter().find(|body| body.kind == kind && body.area == task.area))
    }
}

impl Office {
    /// The applicant's cases, newest first, after the last line of the page before.
    pub fn my_cases(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        after: Option<(Date, CaseId)>,
        limit: usize,
    ) -> Result<Vec<CaseLine>, Refused> {
        let mut filter = Filter::new(tx.engine());
        filter.equal("applicant", &account);
        Ok(store::cases::list(tx, &filter, after, limit)?)
    }

    /// One's own case by its number.
    pub fn my_case(&self, tx: &mut Tx<'_>, who: &Actor, number: &str) -> Result<OwnCase, Refused> {
        let mut keys = Keys::default();
        for (origin, id) in store::cases::by_number(tx, number)? {
            let Some(row) = store::cases::find(tx, origin, id)? else { continue };
            let own = row.applicant == Some(who.account) || row.org.is_some_and(|org| who.orgs.contains(&org));
            if own {
                return self.own_case(tx, &mut keys, row);
            }
        }
        Err(Refused::NotFound("这个办件"))
    }

    fn own_case(&self, tx: &mut Tx<'_>, keys: &mut Keys, row: CaseRow) -> Result<OwnCase, Refused> {
        let resolved = self.edition(tx, &row.edition)?;
        let loaded = self.load_case(tx, keys, row, &resolved.matter)?;
        let (row, case) = (loaded.row, loaded.case);
        let letters = store::papers::letters(tx, row.origin, row.id)?;
        let files = store::papers::files(tx, row.origin, &format!("case/{}", row.id))?;
        let mut bodies = store::people::bodies(tx)?;
        bodies.retain(|body| {
            let open = |task: &casework::Task| task.body == Some(body.id) || task.area == body.area;
            body.area == case.area || case.open.iter().any(open)
        });
        Ok(OwnCase { row, case, resolved, letters, files, bodies })
    }

    /// A file of one's own case: record and bytes.
    pub fn my_case_file(&self, who: &Actor, number: &str, file: base::FileId) -> Result<(FileRow, Vec<u8>), Refused> {
        let row = self.db.read(|tx| {
            let own = self.my_case(tx, who, number)?;
            own.files.into_iter().find(|row| row.id == file).ok_or(Refused::NotFound("这份文件"))
        })?;
        let bytes = self.files.read(&crate::ledger::digest_of(&row.digest)?)?;
        Ok((row, bytes))
    }

    /// The applicant takes the application back (撤回申请), wherever an open step allows it.
    pub fn withdraw_case(&self, who: &Actor, number: &str, seen: i64, reason: &str) -> Result<Done, Refused> {
        let own = self.db.read(|tx| self.my_case(tx, who, number))?;
        let step = withdrawable(&own).ok_or_else(|| {
            Refused::rule(
                "not_withdrawable",
                "这一件现在不能撤回：决定已经作出，或者正在作决定",
                "请等待办理结果，或与办理机关联系",
            )
        })?;
        let act = Act { reason: registry::import::clean::text(reason), ..Act::new(Some(step), Verb::Withdraw) };
        let (origin, id): (Origin, CaseId) = (own.row.origin, own.row.id);
        self.act_on_case(who, origin, id, Some(seen), act)
    }
}

/// The open step at which the applicant may take the application back now.
pub fn withdrawable(own: &OwnCase) -> Option<catalogue::matter::StepId> {
    let offers = |task: &&casework::Task| {
        own.resolved.matter.find_step(&task.step).is_some_and(|step| step.offers(Verb::Withdraw).next().is_some())
    };
    own.case.open.iter().find(offers).map(|task| task.step.clone())
}
