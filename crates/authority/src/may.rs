//! The one function that says who may do what, and the scope of lists that follows from it.
use base::{AccountId, AreaCode, BodyId, OrgId};

use crate::subject::{CaseSubject, OrgSubject, TaskSubject, Territory};
use crate::{Actor, AdminRole, DeskId, Post, Subject, Verb};

/// Why not. `Display` says what is refused, why, and what to do next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Denied {
    /// Not the applicant's own case or organization.
    #[error("您不能办理这一件：它不是您或您所在组织的办件。请核对编号，或请该组织的经办人登录办理")]
    NotYours,
    /// No post at this desk.
    #[error("您不能办理这一环节：您没有该岗位。请转交该岗位的同事，或请系统管理员核对您的岗位")]
    NotYourDesk,
    /// The desk is right, the area is not.
    #[error("您不能办理这一件：它由其他地区的机关办理。上级机关可以查看，办理须先移送")]
    NotYourArea,
    /// The case names another body.
    #[error("您不能办理这一件：它由另一单位出具意见。如指定有误，请受理机关改派")]
    NotYourBody,
    /// The same person acted at a step that must be decided by another.
    #[error("您不能办理这一环节：您已办理过前面的环节，须由另一人决定。请转交同岗位的其他同事")]
    SecondPerson,
    /// A colleague has claimed it.
    #[error("您现在不能办理：同事已经领取了这一任务。请等他放回，或与他联系")]
    Claimed,
    /// Only the timer does this.
    #[error("您不能这样操作：期限届满由系统自动处理，不由人办理。请等待系统处理")]
    OnlySystem,
    /// The timer does nothing else.
    #[error("系统不能办理这一项：它只处理期限届满，不代替人作决定。请由有权的岗位办理")]
    SystemOnlyLapses,
    /// An administrator does no business.
    #[error("您不能办理或查看业务：管理员账号不做业务（三员分立）。请用业务账号登录")]
    AdminsDoNoBusiness,
    /// Another of the three administrators, or none.
    #[error("您不能进行这项管理操作：它属于另一类管理员（三员分立）。请联系相应的管理员")]
    OtherAdmin,
    /// The case waits for somebody else.
    #[error("现在不能办理：这一件正等待申请人补正。申请人提交后会重新出现在您的任务里")]
    AwaitsApplicant,
    /// There is nothing open to act on.
    #[error("现在不能办理：这一件没有等待您处理的任务。请查看办理进度")]
    NothingOpen,
}

/// Desks of the registrar (登记管理机关), who see every case and organization of their area and below.
const REGISTRAR_DESKS: [&str; 6] = ["intake", "review", "decision", "supervision", "enforcement", "data_quality"];
/// Desks that look after what is domiciled in their area.
const LOCAL_DESKS: [&str; 2] = ["street", "community"];
/// Desks that may open protected personal data of their own area without an open task.
const REVEALING_DESKS: [&str; 3] = ["supervision", "enforcement", "data_quality"];

/// Whether `actor` may do `verb` to `subject`. Pure; each act and each page asks it.
///
/// # Errors
/// [`Denied`], with what, why and what next in Chinese.
pub fn may(actor: &Actor, verb: Verb, subject: &Subject) -> Result<(), Denied> {
    if verb.administers() {
        return administer(actor, verb);
    }
    if actor.admin.is_some() {
        return Err(Denied::AdminsDoNoBusiness);
    }
    if verb == Verb::Lapse {
        return if actor.is_system() { Ok(()) } else { Err(Denied::OnlySystem) };
    }
    if actor.is_system() {
        return if verb == Verb::View { Ok(()) } else { Err(Denied::SystemOnlyLapses) };
    }
    match (verb, subject) {
        (_, Subject::Platform) => Err(Denied::OtherAdmin),
        (Verb::View, _) => scope(actor).admits(subject).then_some(()).ok_or(Denied::NotYourArea),
        (Verb::Reveal, _) => reveal(actor, subject),
        (Verb::Export, _) => sees(actor, subject),
        (Verb::Import | Verb::Amend, _) => at_area(actor, &["data_quality"], subject),
        (Verb::AdoptEdition, _) => at_area(actor, &["decision"], subject),
        (Verb::Reassign, Subject::Handover { from, to }) => over_both(actor, from, to),
        (_, Subject::Case(case)) => act(actor, verb, case),
        (Verb::Submit, Subject::Organization(org)) => {
            if actor.orgs.contains(&org.org) {
                Ok(())
            } else {
                Err(Denied::NotYours)
            }
        }
        _ => Err(Denied::NothingOpen),
    }
}

/// The post under which the actor does this (以什么岗位办理), for the record: the one that gives the right, also where he holds others.
/// None for one's own cases and organizations, for administrators, and where [`may`] refuses.
pub fn seat<'a>(actor: &'a Actor, verb: Verb, subject: &Subject) -> Option<&'a Post> {
    may(actor, verb, subject).ok()?;
    let alone = |post: &&Post| {
        let one = Actor { posts: vec![(*post).clone()], orgs: Vec::new(), ..actor.clone() };
        let own = matches!(subject, Subject::Case(case) if is_own(&one, case));
        !own && may(&one, verb, subject).is_ok()
    };
    actor.posts.iter().find(alone)
}

/// The three administrators, each his own verbs and nobody else's.
fn administer(actor: &Actor, verb: Verb) -> Result<(), Denied> {
    let wanted = match verb {
        Verb::GrantRights => AdminRole::Security,
        Verb::Audit => AdminRole::Audit,
        _ => AdminRole::System,
    };
    if actor.admin == Some(wanted) { Ok(()) } else { Err(Denied::OtherAdmin) }
}

/// Acting on a case.
fn act(actor: &Actor, verb: Verb, case: &CaseSubject) -> Result<(), Denied> {
    let own = is_own(actor, case);
    let Some(task) = &case.task else {
        // Filing a new case needs no task: the matter's `applicants` says who may open it.
        return if verb == Verb::Submit && own { Ok(()) } else { Err(Denied::NothingOpen) };
    };
    let applicants_turn = task.desk.is_applicant() || (task.awaits_applicant && verb == Verb::Submit);
    if applicants_turn || (verb == Verb::Withdraw && task.withdrawable) {
        return if own { Ok(()) } else { Err(Denied::NotYours) };
    }
    sits(actor, task)?;
    // A post of his own never lets an official decide his own application.
    if case.applicant == Some(actor.account) || task.barred.contains(&actor.account) {
        return Err(Denied::SecondPerson);
    }
    if task.claimed_by.is_some_and(|by| by != actor.account) {
        return Err(Denied::Claimed);
    }
    if task.awaits_applicant && !matches!(verb, Verb::Claim | Verb::Release | Verb::Transfer) {
        return Err(Denied::AwaitsApplicant);
    }
    Ok(())
}

/// Whether a case is the actor's own, as its filer or for its organization.
fn is_own(actor: &Actor, case: &CaseSubject) -> bool {
    case.applicant == Some(actor.account) || case.org.is_some_and(|org| actor.orgs.contains(&org))
}

/// Desk, then area, then body: the first that does not fit is the reason.
fn sits(actor: &Actor, task: &TaskSubject) -> Result<(), Denied> {
    let at_desk: Vec<&Post> = actor.posts.iter().filter(|post| post.desk == task.desk).collect();
    if at_desk.is_empty() {
        return Err(Denied::NotYourDesk);
    }
    if let Some(body) = task.body {
        return if at_desk.iter().any(|post| post.body == body) { Ok(()) } else { Err(Denied::NotYourBody) };
    }
    if at_desk.iter().any(|post| post.area == task.area) { Ok(()) } else { Err(Denied::NotYourArea) }
}

/// Officials whose list contains it; applicants export nothing in bulk.
fn sees(actor: &Actor, subject: &Subject) -> Result<(), Denied> {
    let own = Scope { account: None, orgs: Vec::new(), ..scope(actor) };
    own.admits(subject).then_some(()).ok_or(Denied::NotYourArea)
}

/// The decision desk of one authority above both, or of the upper one of the two: neither side takes or gives away alone.
fn over_both(actor: &Actor, from: &Territory, to: &Territory) -> Result<(), Denied> {
    let mut deciding = actor.posts.iter().filter(|post| post.desk.as_str() == "decision").peekable();
    if deciding.peek().is_none() {
        return Err(Denied::NotYourDesk);
    }
    if deciding.any(|post| from.lies_in(&post.area) && to.lies_in(&post.area)) {
        Ok(())
    } else {
        Err(Denied::NotYourArea)
    }
}

/// One of `desks` at exactly the subject's authority.
fn at_area(actor: &Actor, desks: &[&str], subject: &Subject) -> Result<(), Denied> {
    let territory = match subject {
        Subject::Case(case) => &case.territory,
        Subject::Organization(org) => &org.registrar,
        Subject::Area(territory) => territory,
        Subject::Handover { from, .. } => from,
        Subject::Platform => return Err(Denied::OtherAdmin),
    };
    let mut at_desk = actor.posts.iter().filter(|post| desks.contains(&post.desk.as_str())).peekable();
    if at_desk.peek().is_none() {
        return Err(Denied::NotYourDesk);
    }
    if at_desk.any(|post| territory.is(&post.area)) { Ok(()) } else { Err(Denied::NotYourArea) }
}

/// Protected personal data: one's own; the desk whose turn it is; the supervising desks of the very authority.
fn reveal(actor: &Actor, subject: &Subject) -> Result<(), Denied> {
    match subject {
        Subject::Case(case) if is_own(actor, case) => return Ok(()),
        Subject::Organization(org) if actor.orgs.contains(&org.org) => return Ok(()),
        Subject::Case(CaseSubject { task: Some(task), .. }) if sits(actor, task).is_ok() => return Ok(()),
        _ => {}
    }
    at_area(actor, &REVEALING_DESKS, subject)
}

/// What lists show (可见范围): the union of its parts; empty in all parts means nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// The timer's scope: everything.
    pub everything: bool,
    /// Cases and organizations whose authority lies in one of these areas, or below.
    pub areas: Vec<AreaCode>,
    /// Organizations domiciled in one of these areas, or below (streets and communities).
    pub domiciles: Vec<AreaCode>,
    /// Cases and organizations where one of these bodies takes part.
    pub bodies: Vec<BodyId>,
    /// The actor's organizations and their cases.
    pub orgs: Vec<OrgId>,
    /// The actor's own cases.
    pub account: Option<AccountId>,
}

/// The scope of an actor's lists. [`Scope::admits`] is exactly what [`may`] says to [`Verb::View`].
pub fn scope(actor: &Actor) -> Scope {
    if actor.admin.is_some() {
        return Scope::default();
    }
    if actor.is_system() {
        return Scope { everything: true, ..Scope::default() };
    }
    let areas_of = |desks: &[&str]| {
        let mut areas: Vec<AreaCode> = actor
            .posts
            .iter()
            .filter(|post| desks.contains(&post.desk.as_str()))
            .map(|post| post.area.clone())
            .collect();
        areas.sort();
        areas.dedup();
        areas
    };
    let takes_part =
        |post: &&Post| !REGISTRAR_DESKS.contains(&post.desk.as_str()) && !LOCAL_DESKS.contains(&post.desk.as_str());
    let mut bodies: Vec<BodyId> = actor.posts.iter().filter(takes_part).map(|post| post.body).collect();
    bodies.sort();
    bodies.dedup();
    Scope {
        everything: false,
        areas: areas_of(&REGISTRAR_DESKS),
        domiciles: areas_of(&LOCAL_DESKS),
        bodies,
        orgs: actor.orgs.clone(),
        account: Some(actor.account),
    }
}

impl Scope {
    /// Whether a list with this scope shows the subject.
    pub fn admits(&self, subject: &Subject) -> bool {
        if self.everything {
            return !matches!(subject, Subject::Platform);
        }
        match subject {
            Subject::Case(case) => self.admits_case(case),
            Subject::Organization(org) => self.admits_org(org),
            Subject::Area(territory) => self.areas.iter().chain(&self.domiciles).any(|area| territory.lies_in(area)),
            Subject::Handover { from, to } => {
                self.areas.iter().any(|area| from.lies_in(area)) && self.areas.iter().any(|area| to.lies_in(area))
            }
            Subject::Platform => false,
        }
    }

    fn admits_case(&self, case: &CaseSubject) -> bool {
        self.areas.iter().any(|area| case.territory.lies_in(area))
            || self.domiciles.iter().any(|area| case.territory.lies_in(area))
            || case
                .task
                .as_ref()
                .is_some_and(|task| self.areas.contains(&task.area) || self.domiciles.contains(&task.area))
            || case.parties.iter().any(|body| self.bodies.contains(body))
            || case.task.as_ref().and_then(|task| task.body).is_some_and(|body| self.bodies.contains(&body))
            || case.org.is_some_and(|org| self.orgs.contains(&org))
            || (self.account.is_some() && case.applicant == self.account)
    }

    fn admits_org(&self, org: &OrgSubject) -> bool {
        self.areas.iter().any(|area| org.registrar.lies_in(area))
            || org.domicile.as_ref().is_some_and(|home| self.domiciles.iter().any(|area| home.lies_in(area)))
            || org.bodies.iter().any(|body| self.bodies.contains(body))
            || self.orgs.contains(&org.org)
    }
}

impl Actor {
    /// Posts at a desk, for queues: a queue holds the tasks of exactly these areas and bodies.
    pub fn posts_at<'a>(&'a self, desk: &'a DeskId) -> impl Iterator<Item = &'a Post> {
        self.posts.iter().filter(move |post| post.desk == *desk)
    }
}
