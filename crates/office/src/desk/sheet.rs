//! Small reads behind the desk's forms: an act read against its step, a correction sheet, titles, the journal of a case.
use authority::Actor;
use base::{CaseId, Origin};
use casework::form::show;
use catalogue::Resolved;
use catalogue::matter::Matter;
use std::sync::Arc;
use store::Tx;
use store::args;
use store::cases::{self, CaseRow};

use super::chairs::Sight;
use super::draft::ActDraft;
use super::moves::target_label;
use crate::audit::Line;
use crate::people::Keys;
use crate::{Office, Refused};

/// One thing a correction notice may name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetItem {
    /// Field or material.
    pub target: String,
    /// Its label.
    pub label: String,
    /// What stands there now, masked.
    pub value: String,
    /// The clause that usually asks for it.
    pub article: String,
    /// An example of a right one.
    pub example: String,
}

/// The sheet to write a correction notice on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorrectionSheet {
    /// 办件编号
    pub number: String,
    /// The case's title.
    pub title: String,
    /// The revision seen.
    pub rev: i64,
    /// The step.
    pub step: String,
    /// The clause that asks to say everything at once.
    pub clause: String,
    /// The items chosen, in the form's order.
    pub items: Vec<SheetItem>,
}

impl Office {
    fn row_and_edition(
        &self,
        tx: &mut Tx<'_>,
        number: &str,
    ) -> Result<(Origin, CaseId, CaseRow, Arc<Resolved>), Refused> {
        let (origin, id) = self.find_case(tx, number)?;
        let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
        let resolved = self.edition(tx, &row.edition)?;
        Ok((origin, id, row, resolved))
    }

    /// Reads a posted act against the step it names.
    pub fn read_act(
        &self,
        _who: &Actor,
        number: &str,
        step: &str,
        pairs: &[(String, String)],
    ) -> Result<ActDraft, Refused> {
        let (number, step, pairs) = (number.to_owned(), step.to_owned(), pairs.to_vec());
        self.db.read(move |tx| {
            let (.., resolved) = self.row_and_edition(tx, &number)?;
            let step = resolved.matter.find_step(&step.as_str().into());
            let step = step.ok_or_else(|| Refused::rule("not_open", "没有这个环节", "请刷新页面查看现在的环节"))?;
            ActDraft::read(step, &pairs)
        })
    }

    /// What an act lacks, by the edition of this case; nothing is decided.
    pub fn check_act(&self, _who: &Actor, number: &str, draft: &ActDraft) -> Result<(), Refused> {
        let (number, draft) = (number.to_owned(), draft.clone());
        self.db.read(move |tx| {
            let (.., resolved) = self.row_and_edition(tx, &number)?;
            let lacks = resolved
                .matter
                .find_step(&draft.step.as_str().into())
                .map(|step| draft.lacks(step))
                .unwrap_or_default();
            if lacks.is_empty() { Ok(()) } else { Err(Refused::Invalid(lacks)) }
        })
    }

    /// The words of an act's button.
    pub fn act_label(&self, _who: &Actor, number: &str, draft: &ActDraft) -> Result<String, Refused> {
        let (number, draft) = (number.to_owned(), draft.clone());
        self.db.read(move |tx| {
            let (.., resolved) = self.row_and_edition(tx, &number)?;
            let step = resolved.matter.find_step(&draft.step.as_str().into());
            let offered = step.and_then(|step| step.offers(draft.verb).next());
            Ok(offered.map_or_else(|| draft.verb.plain().to_owned(), |offered| offered.words().to_owned()))
        })
    }

    /// The titles of cases this official sees; of the others only the numbers.
    pub fn titles(&self, who: &Actor, numbers: &[String]) -> Result<Vec<(String, String)>, Refused> {
        let (who, numbers) = (who.clone(), numbers.iter().take(super::bulk::MOST).cloned().collect::<Vec<_>>());
        self.db.read(move |tx| {
            let mut titles = Vec::new();
            for number in &numbers {
                let (origin, id, row, resolved) = self.row_and_edition(tx, number)?;
                let (found, title) = (row.number.clone(), row.title.clone());
                let body: crate::cases::rows::Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
                let tasks = cases::tasks(tx, origin, id)?;
                let sees = self.sight(&who, &resolved.matter, &body.case, &tasks).is_ok();
                titles.push((found.clone(), if sees { title } else { found }));
            }
            Ok(titles)
        })
    }

    /// The sheet for a correction notice about these targets.
    pub fn correction_sheet(
        &self,
        who: &Actor,
        number: &str,
        step: &str,
        targets: &[String],
    ) -> Result<CorrectionSheet, Refused> {
        let review = self.review(who, number)?;
        let desk = review.desks.iter().find(|desk| desk.step == step);
        let desk = desk.ok_or_else(|| Refused::from(authority::Denied::NotYourDesk))?;
        let allowed: Vec<String> = targets.iter().filter(|target| desk.targets.contains(target)).cloned().collect();
        let text = number.to_owned();
        let named = step.to_owned();
        let (items, clause) = self.db.read(move |tx| {
            let (_, _, row, resolved) = self.row_and_edition(tx, &text)?;
            let offered = resolved.matter.find_step(&named.as_str().into());
            let offered = offered.and_then(|step| step.offers(authority::Verb::Return).next());
            let clause = offered.and_then(|offered| offered.clause.as_ref()).map(|clause| clause.text.clone());
            let loaded = self.load_case(tx, &mut Keys::default(), row, &resolved.matter)?;
            let matter: &Matter = &resolved.matter;
            let field = |target: &String| {
                let field = matter.fields().find(|field| field.id.as_str() == target)?;
                Some((show(field, loaded.case.answers.find(target), false), String::new(), field.example.clone()))
            };
            let material = |target: &String| {
                let material = matter.find_material(&target.as_str().into())?;
                Some((String::new(), material.clause.text.clone(), material.explain.clone()))
            };
            let item = |target: String| {
                let (value, article, example) = field(&target).or_else(|| material(&target)).unwrap_or_default();
                SheetItem { label: target_label(matter, &target), value, article, example, target }
            };
            Ok::<_, Refused>((allowed.into_iter().map(item).collect(), clause.unwrap_or_default()))
        })?;
        Ok(CorrectionSheet {
            number: review.number,
            title: review.title,
            rev: review.rev,
            step: step.to_owned(),
            clause,
            items,
        })
    }

    /// The readable journal of a case, for the desks that see all of it: title and lines, oldest first.
    pub fn case_history(&self, who: &Actor, number: &str) -> Result<(String, Vec<Line>), Refused> {
        let (who, number) = (who.clone(), number.to_owned());
        self.db.read(move |tx| {
            let (origin, id, row, resolved) = self.row_and_edition(tx, &number)?;
            let title = row.title.clone();
            let body: crate::cases::rows::Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
            let tasks = cases::tasks(tx, origin, id)?;
            if self.sight(&who, &resolved.matter, &body.case, &tasks)? != Sight::Whole {
                return Err(authority::Denied::NotYourDesk.into());
            }
            let subject = journal::Subject { kind: "case".to_owned(), id: id.to_string() };
            Ok((title, self.history_in(tx, origin, &subject)?))
        })
    }
}
