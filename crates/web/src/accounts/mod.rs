//! Sign-in by the office's accounts: what a session of `office` looks like to the shell, with the roles of the person and the
//! menu of the role in use.
mod menu;

use std::sync::Arc;

use authority::{Actor, AdminRole};
use office::Office;
use office::accounts::{Entrance, SignedIn};
use store::people::Body;

use crate::site::{Accounts, Role, Step, Viewer};

/// Role of somebody acting for oneself and one's organizations.
pub const SELF: &str = "me";

/// The office's accounts as the shell asks for them.
pub struct OfficeAccounts {
    office: Office,
    demo: Vec<(String, String, String)>,
}

impl OfficeAccounts {
    /// Accounts of this office.
    pub fn new(office: Office) -> Arc<Self> {
        Arc::new(Self { office, demo: Vec::new() })
    }

    /// With the accounts of a demonstration to offer on the sign-in page: (name, password, what for).
    pub fn with_demo(office: Office, demo: Vec<(String, String, String)>) -> Arc<Self> {
        Arc::new(Self { office, demo })
    }

    fn viewer(&self, signed: SignedIn) -> Viewer {
        let roles = self.roles(&signed.actor, &signed.bodies);
        let role = roles.iter().find(|role| Some(&role.id) == signed.role.as_ref()).or_else(|| roles.first());
        let role = role.map_or_else(|| SELF.to_owned(), |role| role.id.clone());
        let actor = acting_as(&signed.actor, &role);
        let left = signed.ends_at.seconds() - self.office.clock.now().seconds();
        let step = step_of(&signed);
        Viewer {
            account: actor.account,
            person: signed.person,
            name: actor.name.clone(),
            menu: if step.is_some() { Vec::new() } else { menu::of(&self.office, &actor) },
            roles,
            role,
            seconds_left: u32::try_from(left).unwrap_or(0),
            step,
            actor,
            signed,
        }
    }

    /// One role per body where posts are held, then oneself. An administrator is nothing else.
    fn roles(&self, actor: &Actor, bodies: &[Body]) -> Vec<Role> {
        if let Some(admin) = actor.admin {
            return vec![Role { id: "admin".to_owned(), label: admin_label(admin).to_owned() }];
        }
        let mut roles: Vec<Role> = Vec::new();
        for post in &actor.posts {
            let id = format!("body:{}", post.body);
            let desk = self.office.catalogue.desk_name(post.desk.as_str());
            if let Some(known) = roles.iter_mut().find(|role| role.id == id) {
                if !known.label.contains(desk) {
                    known.label = format!("{}、{desk}", known.label);
                }
            } else {
                let name = bodies.iter().find(|body| body.id == post.body).map_or("", |body| body.name.as_str());
                roles.push(Role { id, label: format!("{name} · {desk}") });
            }
        }
        let label = if actor.orgs.is_empty() { "本人" } else { "本人和本组织" };
        roles.push(Role { id: SELF.to_owned(), label: label.to_owned() });
        roles
    }
}

/// 系统管理员, 安全管理员, 审计管理员.
pub fn admin_label(role: AdminRole) -> &'static str {
    match role {
        AdminRole::System => "系统管理员",
        AdminRole::Security => "安全管理员",
        AdminRole::Audit => "审计管理员",
    }
}

/// The person in one role: its posts alone, or none and the organizations. What is done is recorded under that role.
fn acting_as(whole: &Actor, role: &str) -> Actor {
    let mut actor = whole.clone();
    match role.strip_prefix("body:") {
        Some(body) => {
            actor.posts.retain(|post| post.body.to_string() == body);
            actor.orgs.clear();
        }
        None => actor.posts.clear(),
    }
    actor
}

fn step_of(signed: &SignedIn) -> Option<Step> {
    if signed.needs_code {
        Some(Step::Code)
    } else if signed.needs_setup {
        Some(Step::Bind)
    } else if signed.must_change {
        Some(Step::Password)
    } else {
        None
    }
}

impl Accounts for OfficeAccounts {
    fn sign_in(&self, name: &str, password: &str, entrance: &Entrance) -> Result<String, office::Refused> {
        self.office.sign_in(name, password, entrance).map(|session| session.secret)
    }

    fn find(&self, token: &str) -> Option<Viewer> {
        let found = self.office.session(token).inspect_err(|error| tracing::error!(%error, "session not read"));
        Some(self.viewer(found.ok()??))
    }

    fn sign_out(&self, token: &str) {
        if let Err(error) = self.office.sign_out(token) {
            tracing::error!(%error, "session not ended");
        }
    }

    fn choose_role(&self, token: &str, role: &str) -> bool {
        let known = self.find(token).is_some_and(|viewer| viewer.roles.iter().any(|one| one.id == role));
        known && self.office.act_as(token, role).is_ok()
    }

    fn demo_accounts(&self) -> Vec<(String, String, String)> {
        self.demo.clone()
    }
}
