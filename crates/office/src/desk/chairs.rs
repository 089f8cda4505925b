//! Where somebody sits (岗位): the posts of one actor as queues, and who sees a case from the desks' side.
use authority::{Actor, DeskId, Scope, Subject, scope};
use base::{AreaCode, BodyId};
use casework::Case;
use catalogue::matter::Matter;
use store::cases::TaskRow;
use store::desk::Seat;

use crate::{Office, Refused};

/// One post of an actor, with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chair {
    /// The desk.
    pub desk: DeskId,
    /// 受理岗
    pub desk_name: String,
    /// Its area.
    pub area: AreaCode,
    /// 沈阳市
    pub area_name: String,
    /// Its body.
    pub body: BodyId,
}

impl Chair {
    /// Its queue.
    pub fn seat(&self) -> Seat {
        Seat::Post(self.area.clone(), self.body)
    }

    /// Whether a task is one of its queue.
    pub fn holds(&self, desk: &str, area: &AreaCode, body: Option<BodyId>) -> bool {
        self.desk.as_str() == desk && body.map_or(self.area == *area, |body| self.body == body)
    }

    /// 受理岗 · 沈阳市
    pub fn label(&self) -> String {
        format!("{} · {}", self.desk_name, self.area_name)
    }
}

/// How much of a case a reader sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// Everything: the desks of the registrar, of this level or above.
    Whole,
    /// Only what the desk was asked about: business supervisor, regulator, party body.
    Asked,
}

impl Office {
    /// The posts of an actor, each once.
    pub fn chairs(&self, who: &Actor) -> Vec<Chair> {
        let mut posts = who.posts.clone();
        posts.sort();
        posts.dedup();
        let chair = |post: authority::Post| Chair {
            desk_name: self.catalogue.desk_name(post.desk.as_str()).to_owned(),
            area_name: self.areas.name(&post.area).unwrap_or(post.area.as_str()).to_owned(),
            desk: post.desk,
            area: post.area,
            body: post.body,
        };
        if who.admin.is_some() { Vec::new() } else { posts.into_iter().map(chair).collect() }
    }

    /// The chair of a desk, of this area if one is named.
    pub fn chair(&self, who: &Actor, desk: &str, area: Option<&AreaCode>) -> Result<Chair, Refused> {
        if who.admin.is_some() {
            return Err(authority::Denied::AdminsDoNoBusiness.into());
        }
        let chairs: Vec<Chair> = self.chairs(who).into_iter().filter(|chair| chair.desk.as_str() == desk).collect();
        if chairs.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        let wanted = chairs.into_iter().find(|chair| area.is_none_or(|area| chair.area == *area));
        wanted.ok_or_else(|| authority::Denied::NotYourArea.into())
    }

    /// What an official sees of a case; nobody sees his own application from the desks' side.
    pub fn sight(&self, who: &Actor, matter: &Matter, case: &Case, tasks: &[TaskRow]) -> Result<Sight, Refused> {
        if who.admin.is_some() {
            return Err(authority::Denied::AdminsDoNoBusiness.into());
        }
        if who.posts.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        let mut subject = case.subject(matter, None);
        subject.territory = authority::Territory::of_lineage(
            case.area.clone(),
            self.lineage(&case.area, self.clock.today()).into_iter().skip(1),
        );
        let official = Scope { account: None, orgs: Vec::new(), bodies: Vec::new(), ..scope(who) };
        let mut subjects = vec![subject.clone()];
        subjects.extend(case.open.iter().map(|task| case.subject(matter, Some(&task.step))));
        if subjects.into_iter().any(|subject| official.admits(&Subject::Case(subject))) {
            return Ok(Sight::Whole);
        }
        let chairs = self.chairs(who);
        let asked =
            tasks.iter().any(|task| chairs.iter().any(|chair| chair.holds(&task.desk, &task.area, task.body_id)));
        if asked { Ok(Sight::Asked) } else { Err(authority::Denied::NotYourArea.into()) }
    }
}
