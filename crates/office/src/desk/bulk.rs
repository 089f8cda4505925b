//! Bulk acts with preview (批量办理): the same act on several cases. The preview says of each whether it can be done and why not;
//! each is its own act with its own undo.
use authority::Actor;
use base::{CaseId, Origin};
use store::args;
use store::cases::CaseRow;

use super::draft::ActDraft;
use crate::{Office, Refused};

/// Cases in one bulk act at most: what fits on one screen and in one second.
pub const MOST: usize = 50;

/// What would happen to one case.
#[derive(Clone, PartialEq, Debug)]
pub struct Foreseen {
    /// Where it lives.
    pub origin: Origin,
    /// The case.
    pub case: CaseId,
    /// The revision seen; the act carries it.
    pub rev: i64,
    /// 办件编号
    pub number: String,
    /// Matter and name.
    pub title: String,
    /// Why it would be refused; none if it would be done.
    pub refused: Option<String>,
}

/// A refusal as one line.
pub fn in_a_line(refused: &Refused) -> String {
    match refused {
        Refused::Invalid(wrong) => wrong.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("；"),
        other => other.to_string(),
    }
}

impl Office {
    /// What the same act would do to each of these cases. Nothing is written.
    pub fn preview_bulk(&self, who: &Actor, numbers: &[String], draft: &ActDraft) -> Result<Vec<Foreseen>, Refused> {
        if numbers.is_empty() {
            return Err(Refused::field("case", "请至少选择一件"));
        }
        if numbers.len() > MOST {
            return Err(Refused::field(
                "case",
                format!("一次最多办理 {MOST} 件，现在选了 {} 件。请分批办理", numbers.len()),
            ));
        }
        let (who, numbers, draft) = (who.clone(), numbers.to_vec(), draft.clone());
        self.db.read(move |tx| {
            let mut seen = Vec::new();
            for number in &numbers {
                let (origin, id) = self.find_case(tx, number)?;
                let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
                let (rev, number, title) = (row.rev, row.number.clone(), row.title.clone());
                let refused = match self.foresee(tx, &who, row, &draft) {
                    Ok(_) => None,
                    Err(refused @ (Refused::Internal(_) | Refused::Busy)) => return Err(refused),
                    Err(refused) => Some(in_a_line(&refused)),
                };
                // Somebody who may not even see the case learns nothing of it from the preview.
                let title =
                    if refused.is_some() && self.review_denied(tx, &who, origin, id)? { String::new() } else { title };
                seen.push(Foreseen { origin, case: id, rev, number, title, refused });
            }
            Ok(seen)
        })
    }

    pub(super) fn review_denied(
        &self,
        tx: &mut store::Tx<'_>,
        who: &Actor,
        origin: Origin,
        id: CaseId,
    ) -> Result<bool, Refused> {
        let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
        let resolved = self.edition(tx, &row.edition)?;
        let body: crate::cases::rows::Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
        let tasks = store::cases::tasks(tx, origin, id)?;
        Ok(self.sight(who, &resolved.matter, &body.case, &tasks).is_err())
    }

    /// Puts the act down for each of the cases as they were seen; gives for each number why it was refused, if it was.
    pub fn bulk(
        &self,
        who: &Actor,
        seen: &[(String, i64)],
        draft: &ActDraft,
    ) -> Result<Vec<(String, Option<String>)>, Refused> {
        if seen.len() > MOST {
            return Err(Refused::field("case", format!("一次最多办理 {MOST} 件。请分批办理")));
        }
        let mut results = Vec::new();
        for (number, rev) in seen {
            let text = number.clone();
            let found = self.db.read(move |tx| self.find_case(tx, &text));
            let result = found.and_then(|case| self.pend(who, case, *rev, draft));
            let why = match result {
                Ok(_) => None,
                Err(refused @ (Refused::Internal(_) | Refused::Busy)) => return Err(refused),
                Err(refused) => Some(in_a_line(&refused)),
            };
            results.push((number.clone(), why));
        }
        Ok(results)
    }
}
