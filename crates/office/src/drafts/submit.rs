//! Sending (提交): a draft becomes a case, or answers a correction notice, once and only once.
use std::collections::BTreeMap;

use authority::{Actor, Verb};
use base::{CaseId, FileId, Origin, RecordId};
use casework::{Act, FieldFault, Provided, Refusal};
use catalogue::matter::{MaterialId, Moment};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::accounts::Draft;
use store::papers::FileRow;

use super::keep::{person_of, row_of, touched};
use super::{Body, OpenDraft, subject_of};
use crate::act::{Deed, Work};
use crate::cases::act::Done;
use crate::cases::file::NewCase;
use crate::{Office, Refused};

/// What became of a draft that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// Where the case lives.
    pub origin: Origin,
    /// The case.
    pub case: CaseId,
    /// 办件编号
    pub number: String,
}

impl Office {
    /// Everything that would be said against sending the draft now, and the warnings. Runs the name check and looks people up.
    pub fn draft_faults(
        &self,
        tx: &mut Tx<'_>,
        draft: &OpenDraft,
    ) -> Result<(Vec<FieldFault>, Vec<FieldFault>), Refused> {
        let rules = self.rules(&draft.resolved);
        let loaded = self.facts_for(tx, draft)?;
        let facts = draft.facts(&loaded, self.clock.today());
        let mut faults = draft.form_and_material_faults(&rules, &facts);
        match rules.check_at(Moment::Submit, &facts) {
            Ok(warnings) => return Ok((faults, warnings)),
            Err(Refusal::Faults(more)) => faults.extend(more),
            // What cannot be judged yet is missing from the form, and said there.
            Err(unknown) if faults.is_empty() => {
                let said = unknown.said();
                faults.push(FieldFault::new("", "核对", format!("{}：{}", said.what, said.why), said.next));
            }
            Err(_) => {}
        }
        Ok((faults, Vec::new()))
    }

    fn facts_for(&self, tx: &mut Tx<'_>, draft: &OpenDraft) -> Result<crate::cases::facts::Loaded, Refused> {
        let matter = &draft.resolved.matter;
        let Some((origin, id)) = draft.case else {
            return self.facts_about(tx, (matter, &draft.area), &draft.answers, None, draft.org);
        };
        let row = store::cases::get(tx, origin, id)?;
        let body: crate::cases::rows::Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
        self.case_facts(tx, matter, &draft.area, &draft.answers, Some(&body.case))
    }

    /// What became of a draft sent before; none if it was never sent.
    pub fn sent_draft(&self, who: &Actor, id: RecordId) -> Result<Option<Sent>, Refused> {
        let answer =
            self.db.read(|tx| Ok::<_, Refused>(store::accounts::answered(tx, who.account, &subject_of(id))?))?;
        answer.map(|text| serde_json::from_str(&text).map_err(Refused::internal)).transpose()
    }

    /// Files a draft, or sends it as the answer to its correction notice. Sent twice, it gives the same case twice.
    pub fn submit_draft(&self, who: &Actor, id: RecordId) -> Result<Sent, Refused> {
        if let Some(sent) = self.sent_draft(who, id)? {
            return Ok(sent);
        }
        let draft = self.open_draft(who, id)?;
        let result = match draft.case {
            Some(case) => self.send_correction(who, draft, case),
            None => self.file_draft(who, draft),
        };
        // The other of two clicks may have been faster.
        match (result, self.sent_draft(who, id)?) {
            (Err(_), Some(sent)) => Ok(sent),
            (result, _) => result,
        }
    }

    fn file_draft(&self, who: &Actor, draft: OpenDraft) -> Result<Sent, Refused> {
        let today = self.clock.today();
        let new = NewCase {
            matter: draft.resolved.matter.id.to_string(),
            org: draft.org,
            answers: self.with_fixed(who, &draft)?,
            materials: draft.materials.clone(),
            synthetic: false,
        };
        let area = self.authority_for(&new)?;
        let resolved = self.matter(&new.matter, &area, today)?;
        let case = CaseId::fresh(&self.clock, &self.rng);
        let (office, who) = (self.clone(), who.clone());
        let deed = Deed::by(&who, Origin::of(&area), "case", case, "submit");
        self.act(deed, move |work| {
            let rev = row_of(work.tx, &who, draft.id)?.0.rev;
            if rev != draft.rev {
                return Err(Refused::Conflict);
            }
            hand_over(work, &draft, Origin::of(&area), case)?;
            let done = office.file_in(work, &who, &resolved, &area, case, new)?;
            close(work, &who, &draft, &done)
        })
    }

    /// The answers, those filled in beforehand and fixed as the register has them today.
    fn with_fixed(&self, who: &Actor, draft: &OpenDraft) -> Result<casework::Answers, Refused> {
        let mut answers = draft.answers.clone();
        let matter = &draft.resolved.matter;
        let fixed = |name: &str| matter.find_field(&name.into()).is_some_and(|field| field.fixed);
        let filled =
            self.db.read(|tx| self.prefill(tx, matter, (draft.person, &who.name), draft.org))?.answers.0.into_iter();
        for (name, answer) in filled.filter(|(name, _)| fixed(name)) {
            answers.put(name, answer);
        }
        Ok(answers)
    }

    fn send_correction(
        &self,
        who: &Actor,
        draft: OpenDraft,
        (origin, case): (Origin, CaseId),
    ) -> Result<Sent, Refused> {
        let (office, who) = (self.clone(), who.clone());
        let deed = Deed::by(&who, origin, "case", case, "submit");
        self.act(deed, move |work| {
            if row_of(work.tx, &who, draft.id)?.0.rev != draft.rev {
                return Err(Refused::Conflict);
            }
            let row = store::cases::get(work.tx, origin, case)?;
            let loaded = office.load_case(work.tx, &mut crate::people::Keys::default(), row, &draft.resolved.matter)?;
            let step = loaded.case.open.iter().find(|task| task.awaits.is_some()).map(|task| task.step.clone());
            let mut act = Act::new(step, Verb::Submit);
            let mut answers = draft.answers.clone();
            for name in
                loaded.case.answers.0.keys().filter(|name| !answers.0.contains_key(*name)).cloned().collect::<Vec<_>>()
            {
                if draft
                    .resolved
                    .matter
                    .applicant_sections()
                    .any(|part| part.fields.iter().any(|f| f.id.as_str() == name))
                {
                    answers.0.insert(name, serde_json::Value::Null);
                }
            }
            answers.0.retain(|name, answer| loaded.case.answers.0.get(name) != Some(answer));
            act.answers = Some(answers);
            let changed = |(material, provided): &(&MaterialId, &Provided)| {
                loaded.case.materials.get(*material) != Some(*provided)
            };
            act.materials =
                draft.materials.iter().filter(changed).map(|(m, p)| (m.clone(), p.clone())).collect::<BTreeMap<_, _>>();
            hand_over(work, &draft, origin, case)?;
            let done = office.act_in(work, &who, origin, case, None, &act)?;
            close(work, &who, &draft, &done)
        })
    }

    /// The draft that answers a case's open correction notice; made with what the case holds if there is none yet.
    pub fn correction_draft(&self, who: &Actor, origin: Origin, case: CaseId) -> Result<RecordId, Refused> {
        let (office, who, now) = (self.clone(), who.clone(), self.clock.now());
        let id = RecordId::fresh(&self.clock, &self.rng);
        self.db.write(move |tx| {
            let person = person_of(tx, &who)?;
            let row = store::cases::find(tx, origin, case)?.ok_or(Refused::NotFound("这个办件"))?;
            if row.applicant != Some(who.account) {
                return Err(Refused::NotFound("这个办件"));
            }
            for known in
                store::accounts::drafts(tx, person, super::MOST_DRAFTS)?.into_iter().filter(|d| d.kind == "correction")
            {
                let body: Body = serde_json::from_value(known.body).map_err(Refused::internal)?;
                if body.case == Some((origin, case)) {
                    return Ok(known.id);
                }
            }
            let resolved = office.edition(tx, &row.edition)?;
            let (edition, title) = (row.edition.clone(), format!("补正：{}", row.title));
            let mut keys = crate::people::Keys::default();
            let loaded = office.load_case(tx, &mut keys, row, &resolved.matter)?;
            if loaded.case.open_correction().is_none() {
                return Err(Refused::rule("nothing_to_correct", "这一件现在不需要补正", "请查看办理进度"));
            }
            let answers = office.seal_answers(tx, &mut keys, person, &resolved.matter, &loaded.case.answers)?;
            let promised = loaded.case.materials.iter().filter(|(_, given)| **given == Provided::Promised);
            let promised = promised.map(|(material, _)| material.clone()).collect();
            let body = Body { answers, promised, case: Some((origin, case)), renamed: true, ..Body::default() };
            let draft = Draft {
                person,
                id,
                kind: "correction".to_owned(),
                matter: Some(resolved.matter.id.to_string()),
                edition: Some(edition),
                title,
                body: serde_json::Value::Null,
                saved_at: now,
                ends_at: None,
                rev: 0,
            };
            tx.insert(&touched(&office, draft, &body, now)?)?;
            Ok(id)
        })
    }
}

/// The files become the case's own, under the case's authority; the draft's records of them end.
fn hand_over(work: &mut Work<'_, '_>, draft: &OpenDraft, origin: Origin, case: CaseId) -> Result<(), Refused> {
    for file in &draft.files {
        work.relies_on(crate::ledger::digest_of(&file.digest)?);
        if origin != file.origin {
            work.update(&FileRow { removed_at: Some(work.at), entry: work.entry, ..file.clone() })?;
        }
        let id: FileId = file.id;
        let row = FileRow { origin, id, subject: format!("case/{case}"), entry: work.entry, ..file.clone() };
        if origin == file.origin { work.update(&row)? } else { work.insert(&row)? }
    }
    Ok(())
}

/// The draft ends in the act that sends it, and what it became is kept under its name.
fn close(work: &mut Work<'_, '_>, who: &Actor, draft: &OpenDraft, done: &Done) -> Result<Sent, Refused> {
    let sent = Sent { origin: done.origin, case: done.case, number: done.number.clone() };
    let answer = serde_json::to_string(&sent).map_err(Refused::internal)?;
    store::accounts::keep_answer(work.tx, who.account, &subject_of(draft.id), work.at, &answer)?;
    store::accounts::drop_draft(work.tx, draft.person, draft.id)?;
    Ok(sent)
}
