//! One act on a case, from the database and back: load the case (rev) → its pinned edition → the facts → decide → apply →
//! effects → save where rev matches → entry. The only path, for people and for the timer.
use authority::{Actor, Subject, seat};
use base::{CaseId, OrgId, Origin};
use casework::{Act, FieldFault, apply, decide};
use catalogue::matter::StepId;
use store::args;
use store::cases::CaseRow;

use super::rows::Listing;
use crate::act::{Deed, Work};
use crate::people::Keys;
use crate::{Office, Refused};

/// Whether somebody who saw the case's row in revision `seen` may still act at the step: nothing he judges by has changed since.
/// An opinion that another body gave meanwhile beside his task is no conflict.
pub(crate) fn is_fresh(row: &CaseRow, step: Option<&StepId>, seen: i64) -> bool {
    if seen == row.rev {
        return true;
    }
    let body = serde_json::from_value::<super::rows::Body>(row.body.clone());
    match (body, step, u64::try_from(seen)) {
        (Ok(body), Some(step), Ok(seen)) => body.case.is_fresh(step, seen),
        _ => false,
    }
}

/// What an act led to.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// The case.
    pub case: CaseId,
    /// Where it lives.
    pub origin: Origin,
    /// 办件编号
    pub number: String,
    /// Its status now, in words.
    pub status: String,
    /// The organization it concerns, once there is one.
    pub org: Option<OrgId>,
    /// Warnings to show.
    pub warnings: Vec<FieldFault>,
}

impl Office {
    /// Does one act on a case. `seen`: the revision of the page that the person acted on; a later one is a conflict.
    pub fn act_on_case(
        &self,
        who: &Actor,
        origin: Origin,
        id: CaseId,
        seen: Option<i64>,
        act: Act,
    ) -> Result<Done, Refused> {
        let verb = serde_json::to_value(act.verb).ok().and_then(|word| word.as_str().map(str::to_owned));
        let deed = Deed::by(who, origin, "case", id, &verb.unwrap_or_default()).because(act.reason.clone());
        let (office, who) = (self.clone(), who.clone());
        self.act(deed, move |work| office.act_in(work, &who, origin, id, seen, &act))
    }

    pub(crate) fn act_in(
        &self,
        work: &mut Work<'_, '_>,
        who: &Actor,
        origin: Origin,
        id: CaseId,
        seen: Option<i64>,
        act: &Act,
    ) -> Result<Done, Refused> {
        let mut keys = Keys::default();
        // Before anything is decided or any effect written: two at once would otherwise meet at a unique key, half-way.
        store::cases::lock(work.tx, origin, id)?;
        let row: CaseRow = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
        if seen.is_some_and(|seen| !is_fresh(&row, act.step.as_ref(), seen)) {
            return Err(Refused::Conflict);
        }
        let resolved = self.edition(work.tx, &row.edition)?;
        let loaded = self.load_case(work.tx, &mut keys, row, &resolved.matter)?;
        // An act may bring some answers only; the facts are those of the whole form.
        let mut whole = loaded.case.answers.clone();
        if let Some(newer) = &act.answers {
            whole.merge(newer);
        }
        let answers = &whole;
        let facts = self.case_facts(work.tx, &resolved.matter, &loaded.case.area, answers, Some(&loaded.case))?;
        let rules = self.rules(&resolved);
        let decision = decide(&rules, &loaded.case, &facts, who, act, work.today)?;
        let subject = Subject::Case(loaded.case.subject(rules.matter, act.step.as_ref()));
        work.deed.sit(seat(who, act.verb, &subject));
        work.deed.edition = resolved.digest.parse().ok();
        work.deed.facts = facts.digest();
        self.note_act(work, act, &decision);
        self.relies_on_files(work, (origin, id), act)?;
        if let Some(to) = &act.recipient {
            self.recipient_exists(work.tx, to)?;
        }
        let case = apply(loaded.case.clone(), &decision);
        let list = Listing::of(&loaded);
        self.finish_case(work, &mut keys, &resolved, Some(&loaded), case, &decision, list)
    }

    /// What the entry says of the act: step, desk, opened and closed; names of changed answers, never their values.
    fn note_act(&self, work: &mut Work<'_, '_>, act: &Act, decision: &casework::Decision) {
        if let Some(step) = &act.step {
            work.note("step", step.as_str());
        }
        work.deed.desk = decision.event.desk.clone();
        if !act.article.is_empty() {
            work.note("article", act.article.clone());
        }
        if let Some((favourable, _)) = &act.opinion {
            work.note("favourable", *favourable);
        }
        if !decision.document.is_empty() {
            work.note("document", decision.document.clone());
        }
        if let Some(ended) = &decision.ending {
            work.note("ending", ended.ending.as_str());
        }
        let names =
            |steps: &[catalogue::matter::StepId]| steps.iter().map(|step| step.as_str().to_owned()).collect::<Vec<_>>();
        work.note("closed", names(&decision.event.closed));
        work.note("opened", names(&decision.event.opened));
    }

    /// A task handed over to nowhere would be lost.
    fn recipient_exists(&self, tx: &mut store::Tx<'_>, to: &casework::Recipient) -> Result<(), Refused> {
        let missing = || Refused::field("to_area", "没有这个地区或单位，不能移送。请从列表中选择");
        self.areas.find(&to.area).ok_or_else(missing)?;
        let Some(body) = to.body else { return Ok(()) };
        let found: Option<store::people::Body> = tx.find_record(args![body])?;
        if found.is_some_and(|found| found.state == "active") { Ok(()) } else { Err(missing()) }
    }

    /// The files an act names are this very case's; an id from elsewhere is not found.
    fn relies_on_files(
        &self,
        work: &mut Work<'_, '_>,
        (origin, case): (Origin, CaseId),
        act: &Act,
    ) -> Result<(), Refused> {
        let subject = format!("case/{case}");
        for file in &act.files {
            let row: Option<store::papers::FileRow> = work.tx.find_record(args![origin, *file])?;
            let own = row.filter(|row| row.subject == subject && row.removed_at.is_none());
            let row = own.ok_or(Refused::NotFound("这份附件"))?;
            work.relies_on(crate::ledger::digest_of(&row.digest)?);
        }
        Ok(())
    }
}
