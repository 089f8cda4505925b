//! Moving open cases to a mended edition of their matter (改用更正版本): for a listed set, with preview, each its own act.
use authority::{Actor, Subject, Verb, seat};
use base::{AreaCode, CaseId, Origin};
use casework::{adopt_edition, apply};
use catalogue::Resolved;
use store::args;
use store::cases::{CaseLine, CaseRow};

use super::bulk::{Foreseen, in_a_line};
use crate::act::Deed;
use crate::cases::Done;
use crate::cases::rows::Listing;
use crate::people::Keys;
use crate::{Office, Refused};

/// Cases shown at once.
const MOST: usize = 200;

/// Open cases of one matter that began under an older edition.
#[derive(Clone, PartialEq, Debug)]
pub struct Outdated {
    /// The matter's id.
    pub matter: String,
    /// Its name.
    pub name: String,
    /// First characters of the digest of today's edition.
    pub edition: String,
    /// The cases.
    pub cases: Vec<CaseLine>,
}

impl Office {
    /// Open cases at the decision desk's authority whose matter has a newer edition today.
    pub fn outdated_cases(&self, who: &Actor, area: Option<&AreaCode>) -> Result<Vec<Outdated>, Refused> {
        let chair = self.chair(who, "decision", area)?;
        let today = self.clock.today();
        let mut found = Vec::new();
        let ids: Vec<String> = self.catalogue.matter_ids().map(str::to_owned).collect();
        for id in ids {
            let Ok(resolved) = self.matter(&id, &chair.area, today) else { continue };
            let (area, digest, matter) = (chair.area.clone(), resolved.digest.clone(), id.clone());
            let cases = self.db.read(move |tx| {
                Ok::<_, Refused>(store::desk::open_of_other_edition(tx, (&matter, &area), &digest, MOST)?)
            })?;
            if !cases.is_empty() {
                let edition = resolved.digest.chars().take(12).collect();
                found.push(Outdated { matter: id, name: resolved.matter.name.clone(), edition, cases });
            }
        }
        Ok(found)
    }

    /// What moving each of these cases to today's edition would meet.
    pub fn preview_adopt(&self, who: &Actor, numbers: &[String], reason: &str) -> Result<Vec<Foreseen>, Refused> {
        if numbers.len() > MOST {
            return Err(Refused::field("case", format!("一次最多 {MOST} 件。请分批办理")));
        }
        let (who, numbers, reason) = (who.clone(), numbers.to_vec(), reason.to_owned());
        self.db.read(move |tx| {
            let mut seen = Vec::new();
            for number in &numbers {
                let (origin, id) = self.find_case(tx, number)?;
                let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
                let (rev, number, title) = (row.rev, row.number.clone(), row.title.clone());
                let to = self.matter(&row.matter, &row.area, self.clock.today())?;
                let old = self.edition(tx, &row.edition)?;
                let loaded = self.load_case(tx, &mut Keys::default(), row, &old.matter)?;
                let decided = adopt_edition(&loaded.case, &self.rules(&to), &who, &reason, self.clock.today());
                // Somebody who may not even see the case learns nothing of it from the preview.
                let title =
                    if decided.is_err() && self.review_denied(tx, &who, origin, id)? { String::new() } else { title };
                let refused = decided.err().map(|refusal| in_a_line(&refusal.into()));
                seen.push(Foreseen { origin, case: id, rev, number, title, refused });
            }
            Ok(seen)
        })
    }

    /// Moves one case to today's edition.
    pub fn adopt(&self, who: &Actor, (origin, id): (Origin, CaseId), seen: i64, reason: &str) -> Result<Done, Refused> {
        let deed = Deed::by(who, origin, "case", id, "adopt_edition").because(reason);
        let (office, who, reason) = (self.clone(), who.clone(), reason.to_owned());
        debug_assert!(!Verb::AdoptEdition.moves_case(), "it is an act on the whole case");
        self.act(deed, move |work| {
            let mut keys = Keys::default();
            let row: CaseRow = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
            if row.rev != seen {
                return Err(Refused::Conflict);
            }
            let old = office.edition(work.tx, &row.edition)?;
            let to: std::sync::Arc<Resolved> = office.matter(&row.matter, &row.area, work.today)?;
            if to.digest == old.digest {
                return Err(Refused::rule("same_edition", "这一件适用的已经是现行版本", "不需要再改"));
            }
            let loaded = office.load_case(work.tx, &mut keys, row, &old.matter)?;
            let decision = adopt_edition(&loaded.case, &office.rules(&to), &who, &reason, work.today)?;
            let subject = Subject::Case(loaded.case.subject(&to.matter, None));
            work.deed.sit(seat(&who, Verb::AdoptEdition, &subject));
            office.pin(work.tx, &to, &loaded.case.area, work.today)?;
            work.deed.edition = to.digest.parse().ok();
            work.note("from", old.digest.clone());
            work.note("to", to.digest.clone());
            let case = apply(loaded.case.clone(), &decision);
            let list = Listing::of(&loaded);
            office.finish_case(work, &mut keys, &to, Some(&loaded), case, &decision, list)
        })
    }
}
