//! Telling people (通知): an in-app notice to the applicant or to everybody who sits at a desk.
use base::{AccountId, RecordId};
use catalogue::matter::Audience;
use store::accounts::Notice;

use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn notify(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        who: &Audience,
        text: &str,
    ) -> Result<(), Refused> {
        let text = text.replace("{matter}", &scene.resolved.matter.name).replace("{case}", &scene.list.number);
        let to: Vec<AccountId> = match who {
            Audience::Applicant => scene.case.applicant.into_iter().collect(),
            Audience::Organization => match (scene.case.org, scene.list.org_origin) {
                (Some(org), Some(origin)) => {
                    let staff = store::accounts::for_org(work.tx, origin, org)?;
                    staff
                        .into_iter()
                        .filter(|row| row.until.is_none_or(|until| until > work.today))
                        .map(|row| row.account)
                        .collect()
                }
                _ => Vec::new(),
            },
            Audience::Desk(desk) => seated(work, desk.as_str(), &scene.case.area)?,
            Audience::Supervisor => {
                let mut accounts = Vec::new();
                for body in scene.case.answers.bodies() {
                    let posts = store::people::posts_of_body(work.tx, "supervisor", body, work.today)?;
                    accounts.extend(posts.into_iter().map(|post| post.account));
                }
                accounts
            }
            Audience::Upper => match self.areas.parent_at(&scene.case.area, work.today) {
                Some(upper) => seated(work, "supervision", &upper)?,
                None => Vec::new(),
            },
        };
        let title = scene.list.title.clone();
        scene.notices.extend(to.into_iter().map(|account| (account, title.clone(), text.clone())));
        Ok(())
    }

    /// Writes the notices gathered by the effects, once per account.
    pub(crate) fn send_notices(&self, work: &mut Work<'_, '_>, scene: &Scene<'_>) -> Result<(), Refused> {
        for (account, title, text) in &scene.notices {
            let Some(found) = store::accounts::find(work.tx, *account)? else { continue };
            work.tx.insert(&Notice {
                person: found.person,
                id: RecordId::fresh(&self.clock, &self.rng),
                at: work.at,
                title: title.clone(),
                link: format!("/case/{}", scene.list.number),
                body: text.clone(),
                read_at: None,
            })?;
        }
        Ok(())
    }
}

fn seated(work: &mut Work<'_, '_>, desk: &str, area: &base::AreaCode) -> Result<Vec<AccountId>, Refused> {
    let posts = store::people::posts_of_desk(work.tx, desk, area, work.today)?;
    Ok(posts.into_iter().map(|post| post.account).collect())
}
