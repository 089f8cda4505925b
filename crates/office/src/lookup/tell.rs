//! Telling those who watch (关注提醒): a follower that keeps its position in the database, in the transaction that keeps the notices.
use std::collections::BTreeSet;

use base::{Instant, OrgId, PersonId};
use registry::Organization;
use store::change::{self, ChangeRow};
use store::organizations::{self, Version};
use store::{Tx, accounts};

use super::organizations_in;
use crate::record::organization_of;
use crate::register::read::ask::Ask;
use crate::register::read::dossier::known_at;
use crate::register::watches;
use crate::{Office, Refused};

/// Under which name the position is kept.
const NAME: &str = "watch";
/// Change rows looked at in one transaction.
const BATCH: usize = 20;

impl Office {
    /// Tells everybody who watches of what changed since the last time; gives the number of notices. Told twice, nothing comes twice.
    pub fn tell_watchers(&self) -> Result<usize, Refused> {
        let mut told = 0;
        loop {
            // Looking costs little; writing makes others wait, so it is only begun when there is something.
            let waiting = self.db.read(|tx| {
                let positions = change::position_of(tx, NAME)?;
                Ok::<_, Refused>(!change::follow(tx, &positions, 1)?.is_empty())
            })?;
            if !waiting {
                return Ok(told);
            }
            let office = self.clone();
            told += self.db.write(move |tx| office.tell_batch(tx))?;
        }
    }

    fn tell_batch(&self, tx: &mut Tx<'_>) -> Result<usize, Refused> {
        if !watches::is_anything_watched(tx)? {
            for (origin, head) in change::heads(tx)? {
                change::keep_position(tx, NAME, origin, head)?;
            }
            return Ok(0);
        }
        let positions = change::position_of(tx, NAME)?;
        let rows = change::follow(tx, &positions, BATCH)?;
        let searches = watches::searches(tx, self.clock.today())?;
        let mut told = 0;
        for row in &rows {
            for id in organizations_in(row) {
                told += self.tell_of(tx, row, id, &searches)?;
            }
            change::keep_position(tx, NAME, row.origin, row.pos)?;
        }
        Ok(told)
    }

    fn tell_of(
        &self,
        tx: &mut Tx<'_>,
        row: &ChangeRow,
        id: OrgId,
        searches: &[(String, Ask)],
    ) -> Result<usize, Refused> {
        let mut people: BTreeSet<PersonId> = accounts::watchers(tx, &watches::of_org(id))?.into_iter().collect();
        if people.is_empty() && searches.is_empty() {
            return Ok(0);
        }
        let Some(origin) = organizations::locate(tx, id)? else { return Ok(0) };
        let all = organizations::versions(tx, origin, id)?;
        let seen = known_at(&all, self.clock.now());
        let Some(last) = seen.last() else { return Ok(0) };
        let organization = organization_of(last)?;
        let (before, after) = around(&seen, row)?;
        // Who watches a search hears of what leaves it too.
        let today = self.clock.today();
        let stages = [Some(&organization), before.as_ref()];
        let on_the_list = |ask: &Ask| stages.iter().flatten().any(|stage| ask.matches(stage, &self.areas, today));
        for (subject, _) in searches.iter().filter(|(_, ask)| on_the_list(ask)) {
            people.extend(accounts::watchers(tx, subject)?);
        }
        let what = what_changed(before.as_ref(), after.as_ref());
        let at = Instant(i64::try_from(row.entry.bits() >> 80).unwrap_or_default());
        for person in &people {
            let key = format!("{}/{}/{id}", row.origin, row.pos);
            let link = format!("/orgs/{}", organization.public_code());
            let notice = watches::notice_of(
                *person,
                &key,
                at,
                format!("您关注的“{}”有变动", organization.name),
                link,
                what.clone(),
            );
            if tx.find_record::<accounts::Notice>(store::args![notice.person, notice.id])?.is_none() {
                tx.insert(&notice)?;
            }
        }
        Ok(people.len())
    }
}

/// The organization before and after the act that a change row tells of, where its versions say so.
fn around(seen: &[&Version], row: &ChangeRow) -> Result<(Option<Organization>, Option<Organization>), Refused> {
    let Some(at) = seen.iter().rposition(|version| version.entry == row.entry) else { return Ok((None, None)) };
    let read = |at: Option<usize>| at.and_then(|at| seen.get(at)).map(|version| organization_of(version)).transpose();
    Ok((read(at.checked_sub(1))?, read(Some(at))?))
}

/// What the act changed, in a few words: the labels of the items that differ from the stage before.
fn what_changed(before: Option<&Organization>, after: Option<&Organization>) -> String {
    let changes = before.zip(after).map(|(before, after)| after.changes_since(before)).unwrap_or_default();
    let labels: Vec<&str> = changes.iter().map(|change| change.label).collect();
    if labels.is_empty() {
        "登记信息有更新".to_owned()
    } else {
        format!("变动项目：{}", labels.join("、"))
    }
}
