//! Saved what-ifs (推演方案): kept under a name with the day and area they were looked at, shared by link, compared, and deleted by whoever
//! saved them. The plan and its pack are never touched.
use authority::{Actor, Denied};
use base::{AreaCode, Origin, RecordId};
use planning::Overlay;
use store::plans::WhatIf;

use super::view::View;
use crate::act::Deed;
use crate::refused::Wrong;
use crate::{Office, Refused};

/// Longest name.
const NAME: usize = 60;
/// Longest note.
const NOTE: usize = 500;
/// Saved what-ifs of one plan that are listed.
const LISTED: usize = 200;

/// What is saved.
#[derive(Clone, Debug)]
pub struct NewWhatIf {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// What is supposed.
    pub overlay: Overlay,
}

/// A saved what-if, read.
#[derive(Clone, Debug)]
pub struct SavedWhatIf {
    /// The row.
    pub row: WhatIf,
    /// What is supposed.
    pub overlay: Overlay,
    /// How it was looked at.
    pub view: View,
}

impl Office {
    /// Whether somebody may suppose: officials at any desk. Others look at what was saved.
    pub fn may_suppose(&self, actor: &Actor) -> Result<(), Refused> {
        if actor.admin.is_some() {
            return Err(Denied::AdminsDoNoBusiness.into());
        }
        if actor.posts.is_empty() { Err(Denied::NotYourDesk.into()) } else { Ok(()) }
    }

    /// Saves a what-if; its id for the link.
    pub fn save_what_if(&self, actor: &Actor, view: &View, new: &NewWhatIf) -> Result<RecordId, Refused> {
        self.may_suppose(actor)?;
        let plan = self.plan(&view.plan)?;
        let (name, note) = (new.name.trim().to_owned(), new.note.trim().to_owned());
        let mut wrong = Vec::new();
        if name.is_empty() {
            wrong.push(Wrong::new("name", "请给方案起一个名字，例如：社区标准提高到 12 个"));
        } else if name.chars().count() > NAME {
            wrong.push(Wrong::new("name", format!("名字最多 {NAME} 个字")));
        }
        if note.chars().count() > NOTE {
            wrong.push(Wrong::new("note", format!("说明最多 {NOTE} 个字")));
        }
        if new.overlay.is_empty() {
            wrong.push(Wrong::new("overlay", "还没有改任何数值。请先改一个参数或目标"));
        }
        wrong.extend(new.overlay.faults(&self.catalogue, plan).into_iter().map(|fault| Wrong::new("overlay", fault)));
        if !wrong.is_empty() {
            return Err(Refused::Invalid(wrong));
        }
        let today = self.clock.today();
        crate::typed::refuse_in("name", "方案名字", &name, today)?;
        crate::typed::refuse_in("note", "方案说明", &note, today)?;
        let post = actor.posts.first().ok_or(Denied::NotYourDesk)?;
        let (origin, id) = (Origin::of(&post.area), RecordId::fresh(&self.clock, &self.rng));
        let desk = self.catalogue.desk_name(post.desk.as_str());
        let row = WhatIf {
            origin,
            id,
            plan: plan.id.clone(),
            name,
            note,
            owner: actor.account,
            owner_name: format!("{}{desk}", self.areas.full_name(&post.area)),
            measured_on: view.on.unwrap_or_else(|| planning::period::opens_on(plan, today)),
            area: view.area.clone().unwrap_or_else(|| plan.area.clone()),
            overlay: new.overlay.to_json(),
            state: "saved".to_owned(),
            saved_at: self.clock.now(),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        };
        let deed = Deed::by(actor, origin, "what_if", id, "save_what_if");
        self.act(deed, move |work| {
            work.deed.origin = origin;
            work.insert(&WhatIf { saved_at: work.at, entry: work.entry, ..row.clone() })?;
            work.note("plan", row.plan.clone());
            work.note("name", row.name.clone());
            work.note("overlay", row.overlay.clone());
            Ok(())
        })?;
        Ok(id)
    }

    /// A saved what-if; anybody who has the link may look at it.
    pub fn saved_what_if(&self, id: RecordId) -> Result<SavedWhatIf, Refused> {
        let none = || Refused::NotFound("这个推演方案");
        let found = self.db.read(|tx| store::plans::find_what_if(tx, id))?;
        let row = found.filter(|row| row.state == "saved").ok_or_else(none)?;
        let overlay = Overlay::from_json(&row.overlay)
            .ok_or_else(|| Refused::internal(format!("what-if {id} holds an overlay that cannot be read")))?;
        let area: AreaCode = row.area.clone();
        let view = View { plan: row.plan.clone(), on: Some(row.measured_on), area: Some(area), kind: String::new() };
        Ok(SavedWhatIf { row, overlay, view })
    }

    /// The saved what-ifs of a plan, newest first.
    pub fn saved_what_ifs(&self, plan: &str) -> Result<Vec<WhatIf>, Refused> {
        Ok(self.db.read(|tx| store::plans::what_ifs(tx, plan, LISTED))?)
    }

    /// Deletes one's own: nobody finds it any more; its entries stay.
    pub fn delete_what_if(&self, actor: &Actor, id: RecordId) -> Result<WhatIf, Refused> {
        let saved = self.saved_what_if(id)?;
        if saved.row.owner != actor.account {
            return Err(Denied::NotYours.into());
        }
        let origin = saved.row.origin;
        let deed = Deed::by(actor, origin, "what_if", id, "delete_what_if");
        self.act(deed, move |work| {
            let now: WhatIf = work.tx.find_record(store::args![origin, id])?.ok_or(Refused::Conflict)?;
            let gone = WhatIf { state: "deleted".to_owned(), rev: now.rev + 1, entry: work.entry, ..now };
            work.update(&gone)?;
            work.note("name", gone.name.clone());
            Ok(gone)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{self, Depth};
    use crate::testing::on_each_engine;

    #[test]
    fn saving_and_deleting_are_acts_and_the_catalogue_stays_as_it_is() {
        on_each_engine(|office| {
            let body = office.body("registrar", "辽宁省民政厅", "21");
            let clerk = office.official("supervision", "21", body);
            let view = View::of("liaoning-community-action");
            let plan = office.plan(&view.plan).unwrap();
            let on = plan.period.1;
            let typed = [("p.community_orgs_urban_min".to_owned(), "12".to_owned())].into();
            let overlay = office.overlay_of(plan, on, &typed).unwrap();
            assert_eq!(office.overlay_of(plan, on, &office.typed_of(plan, on, &overlay)).unwrap(), overlay);
            let words = office.supposed_words(plan, on, &overlay);
            assert_eq!((words.len(), words[0].from.as_str(), words[0].to.as_str()), (1, "10", "12"));
            let new = NewWhatIf { name: "提高到 12 个".to_owned(), note: String::new(), overlay: overlay.clone() };
            let id = office.save_what_if(&clerk, &view, &new).unwrap();
            let saved = office.saved_what_if(id).unwrap();
            // What is read back does not know on which line the clause was cited.
            let (kept, name) = (saved.overlay.to_json(), saved.row.name.as_str());
            assert_eq!((kept, name), (overlay.to_json(), "提高到 12 个"));
            assert_eq!(office.params_of_plan(plan, on).int("community_orgs_urban_min"), Some(10));
            let other = office.official("supervision", "21", body);
            assert_eq!(office.delete_what_if(&other, id).unwrap_err().code(), "denied");
            office.delete_what_if(&clerk, id).unwrap();
            assert_eq!(office.saved_what_if(id).unwrap_err().code(), "not_found");
            assert_eq!(office.delete_what_if(&clerk, id).unwrap_err().code(), "not_found");
            assert!(office.saved_what_ifs(&view.plan).unwrap().is_empty());
            let found = audit::verify(&office.db, &office.files, None, Depth::Full, &mut |_| {});
            assert!(found.is_ok(), "every row is vouched for: {:?}", found.err());
        });
    }

    #[test]
    fn only_people_at_a_desk_suppose() {
        let office = crate::testing::office();
        let founder = office.founder("bai");
        let admin = office.admin(authority::AdminRole::System);
        for actor in [&founder, &admin] {
            assert_eq!(office.may_suppose(actor).unwrap_err().code(), "denied");
        }
    }
}
