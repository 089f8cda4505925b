//! The timer (定时办理): limits that have run out are acts of the system, on the same path as everybody's.
use authority::{Actor, Verb};
use base::{CaseId, Date, Origin};
use casework::Act;
use store::args;
use store::cases::CaseRow;

use crate::people::Keys;
use crate::{Office, Refused};

/// Cases are looked up so many at a time.
const PAGE: usize = 200;
/// One limit may lead to the next that has run out too; more than this in a row is a fault of the matter.
const IN_A_ROW: usize = 20;

/// What the timer did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lapsed {
    /// Limits acted on.
    pub acts: usize,
    /// Cases on which the timer could not act; each is in the log.
    pub failed: usize,
}

impl Office {
    /// Acts on every limit that ran out before today. `go_on` is asked between cases, with what was done so far.
    pub fn lapse_due(&self, go_on: &mut dyn FnMut(Lapsed) -> Result<(), Refused>) -> Result<Lapsed, Refused> {
        let mut done = Lapsed::default();
        let mut after: Option<(Date, CaseId)> = None;
        loop {
            let today = self.clock.today();
            let page = self.db.read(|tx| store::desk::due_cases(tx, today, after, PAGE))?;
            let Some((_, last, due)) = page.last() else { return Ok(done) };
            after = Some((*due, *last));
            for (origin, case, _) in page {
                match self.lapse_case(origin, case) {
                    Ok(acts) => done.acts += acts,
                    Err(error) => {
                        done.failed += 1;
                        tracing::error!(%case, %error, detail = ?error, "the timer could not act on a case");
                    }
                }
                go_on(done)?;
            }
        }
    }

    /// Acts on the limits of one case that have run out; how many.
    pub fn lapse_case(&self, origin: Origin, case: CaseId) -> Result<usize, Refused> {
        let mut acts = 0;
        for _ in 0..IN_A_ROW {
            let Some((rev, act)) = self.next_lapse(origin, case)? else { return Ok(acts) };
            let step = act.step.clone();
            match self.act_on_case(&Actor::system(), origin, case, Some(rev), act) {
                Ok(_) => acts += 1,
                // Somebody acted meanwhile, perhaps the timer of another node: look again.
                Err(Refused::Conflict) => {}
                Err(error) => {
                    let now = self.next_lapse(origin, case)?;
                    if now.is_some_and(|(later, act)| later == rev && act.step == step) {
                        return Err(error);
                    }
                }
            }
        }
        Err(Refused::internal(format!("case {case}: more than {IN_A_ROW} limits in a row")))
    }

    fn next_lapse(&self, origin: Origin, case: CaseId) -> Result<Option<(i64, Act)>, Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let row: CaseRow = tx.find_record(args![origin, case])?.ok_or(Refused::NotFound("这个办件"))?;
            let (rev, resolved) = (row.rev, self.edition(tx, &row.edition)?);
            let loaded = self.load_case(tx, &mut Keys::default(), row, &resolved.matter)?;
            let out = casework::lapses(&self.rules(&resolved), &loaded.case, today);
            Ok(out.into_iter().next().map(|step| (rev, Act::new(step, Verb::Lapse))))
        })
    }
}
