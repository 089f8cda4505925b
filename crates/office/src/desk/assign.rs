//! Handing a task to a colleague of the same desk (分派): he has then claimed it.
use authority::{Actor, Verb};
use base::{AccountId, CaseId, Origin};
use casework::{Act, apply, decide};
use store::args;
use store::cases::CaseRow;

use super::chairs::Chair;
use crate::act::Deed;
use crate::cases::Done;
use crate::cases::rows::Listing;
use crate::people::Keys;
use crate::{Office, Refused};

impl Office {
    /// The colleagues at a desk: account and name.
    pub fn colleagues(&self, chair: &Chair) -> Result<Vec<(AccountId, String)>, Refused> {
        let (desk, area, body, today) = (chair.desk.clone(), chair.area.clone(), chair.body, self.clock.today());
        self.db.read(move |tx| {
            let posts = store::people::posts_of_desk(tx, desk.as_str(), &area, today)?;
            let accounts: Vec<AccountId> =
                posts.into_iter().filter(|post| post.body == body).map(|post| post.account).collect();
            let mut names = store::desk::names_of(tx, &accounts)?;
            names.sort_by(|a, b| a.1.cmp(&b.1));
            Ok(names)
        })
    }

    /// Gives a task to a colleague who sits at the same desk.
    pub fn assign(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        step: &str,
        to: AccountId,
    ) -> Result<Done, Refused> {
        let deed = Deed::by(who, origin, "case", id, "assign");
        let (office, who, step) = (self.clone(), who.clone(), step.to_owned());
        self.act(deed, move |work| {
            let mut keys = Keys::default();
            let row: CaseRow = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
            let resolved = office.edition(work.tx, &row.edition)?;
            let loaded = office.load_case(work.tx, &mut keys, row, &resolved.matter)?;
            let facts = crate::cases::facts::Loaded::new(work.today);
            let act = Act::new(Some(step.as_str().into()), Verb::Claim);
            // Who may claim it himself may give it away; the colleague must be one who could.
            let mut decision = decide(&office.rules(&resolved), &loaded.case, &facts, &who, &act, work.today)?;
            let task = decision.tasks.first_mut().ok_or_else(|| Refused::internal("a claim without a task"))?;
            let account = store::accounts::find(work.tx, to)?.ok_or(Refused::NotFound("这位同事"))?;
            let colleague = crate::accounts::session::actor_of(work.tx, &account, work.today)?;
            let subject = loaded.case.subject(&resolved.matter, Some(&task.step));
            authority::may(&colleague, Verb::Claim, &authority::Subject::Case(subject)).map_err(|denied| {
                Refused::rule(
                    "not_assignable",
                    format!("不能分派给{}：{denied}", account.name),
                    "请选择同岗位的其他同事",
                )
            })?;
            task.claimed_by = Some(to);
            decision.event.reason = format!("分派给{}", account.name);
            work.deed.desk = task.desk.clone();
            work.deed.area = Some(task.area.clone());
            work.note("step", step.clone());
            work.note("to", account.name);
            let case = apply(loaded.case.clone(), &decision);
            let list = Listing::of(&loaded);
            office.finish_case(work, &mut keys, &resolved, Some(&loaded), case, &decision, list)
        })
    }
}
