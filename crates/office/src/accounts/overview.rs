//! What the administrators see: accounts and bodies (system), posts and duties (security). Each only its own part (三员分立).
use authority::{Actor, AdminRole, Subject, Verb, may};
use base::{AccountId, AreaCode, Date, Instant};
use catalogue::duties::{Duty, HeldPost, unheld};
use store::accounts::{self, Account};
use store::people::{self, Body, PostRow};
use store::{Statement, args, sql};

use crate::{Office, Refused};

const HELD: Statement = sql!(
    "overview.held",
    "select id, account, person, body, desk, area, since, until, entry from post
     where since <= $1 and (until is null or until > $1) order by area, desk, since, id limit $2"
);
const CODES_BOUND: Statement = sql!("overview.codes_bound", "select account from credential where kind = 'totp'");

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[HELD, CODES_BOUND];

/// Most posts shown at once.
const MOST: usize = 2_000;

/// An official's or administrator's account as the system administrator sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct Official {
    /// The account.
    pub account: Account,
    /// A one-time code is bound.
    pub code_bound: bool,
}

/// A post with the names behind its numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Seat {
    /// The post.
    pub post: PostRow,
    /// Who.
    pub name: String,
    /// Login name.
    pub login: String,
    /// At which body.
    pub body: String,
    /// 受理岗
    pub desk: String,
    /// 辽宁省沈阳市
    pub area: String,
}

/// A duty that nobody holds at an authority that should (责任空白, 000-III.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unheld {
    /// What has to be done.
    pub duty: String,
    /// The clause that gives it.
    pub clause: String,
    /// 受理岗
    pub desk: String,
    /// Where nobody holds it.
    pub area: AreaCode,
    /// Its name.
    pub area_name: String,
}

/// What the security administrator sees.
#[derive(Clone, PartialEq, Debug)]
pub struct Rights {
    /// Posts held today.
    pub seats: Vec<Seat>,
    /// Officials to whom a post can be given.
    pub officials: Vec<Account>,
    /// Bodies at which a post can be given.
    pub bodies: Vec<Body>,
    /// Duties nobody holds, in the areas of registrars.
    pub unheld: Vec<Unheld>,
    /// Keys by purpose, current first: purpose, name, made, current.
    pub keys: Vec<(String, String, Instant, bool)>,
}

impl Office {
    /// Officials' accounts by login, after `after`, and all bodies, for the system administrator.
    pub fn officials(&self, who: &Actor, after: &str, limit: usize) -> Result<(Vec<Official>, Vec<Body>), Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        self.db.read(|tx| {
            let bound: Vec<String> = tx.list(CODES_BOUND, &[])?;
            let bound: std::collections::HashSet<String> = bound.into_iter().collect();
            let list = accounts::list(tx, "official", after, limit)?;
            let shown = |account: Account| Official { code_bound: bound.contains(&account.id.to_string()), account };
            Ok((list.into_iter().map(shown).collect(), people::bodies(tx)?))
        })
    }

    /// One official's account, for the system administrator.
    pub fn official(&self, who: &Actor, id: AccountId) -> Result<Official, Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        self.db.read(|tx| {
            let account = accounts::find(tx, id)?.filter(|account| account.kind == "official");
            let account = account.ok_or(Refused::NotFound("这个账号"))?;
            let code_bound = accounts::credential(tx, account.person, id, "totp")?.is_some();
            Ok(Official { account, code_bound })
        })
    }

    /// Who holds what, what nobody holds, and the keys, for the security administrator.
    pub fn rights(&self, who: &Actor) -> Result<Rights, Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        let today = self.clock.today();
        let (posts, officials, bodies) = self.db.read(|tx| {
            let posts: Vec<PostRow> = tx.list(HELD, args![today, MOST])?;
            let officials = accounts::list(tx, "official", "", MOST)?;
            Ok::<_, Refused>((posts, officials, people::bodies(tx)?))
        })?;
        let unheld = self.unheld_duties(&posts, &bodies);
        let seats = posts.into_iter().map(|post| self.seat(post, &officials, &bodies, today)).collect();
        let keys = self.keys.generations();
        let mut shown: Vec<(String, String, Instant, bool)> = Vec::with_capacity(keys.len());
        for (purpose, id, made) in keys {
            let label = purpose.label().to_owned();
            let current = !shown.iter().any(|(known, ..)| known == &label);
            shown.push((label, id.to_string(), made, current));
        }
        let officials = officials.into_iter().filter(|one| one.state == "active" && one.admin.is_none()).collect();
        Ok(Rights { seats, officials, bodies, unheld, keys: shown })
    }

    fn seat(&self, post: PostRow, officials: &[Account], bodies: &[Body], today: Date) -> Seat {
        let account = officials.iter().find(|account| account.id == post.account);
        let body = bodies.iter().find(|body| body.id == post.body);
        Seat {
            name: account.map_or_else(|| "已停用的账号".to_owned(), |account| account.name.clone()),
            login: account.map(|account| account.login.clone()).unwrap_or_default(),
            body: body.map(|body| body.name.clone()).unwrap_or_default(),
            desk: self.catalogue.desk_name(&post.desk).to_owned(),
            area: self.areas.full_name_at(&post.area, today),
            post,
        }
    }

    /// Duties of the responsibility matrix nobody holds, in every area where a registrar (登记管理机关) is known.
    fn unheld_duties(&self, posts: &[PostRow], bodies: &[Body]) -> Vec<Unheld> {
        let mut areas: Vec<AreaCode> =
            bodies.iter().filter(|body| body.kind == "registrar").map(|body| body.area.clone()).collect();
        areas.sort();
        areas.dedup();
        let held: Vec<HeldPost> =
            posts.iter().map(|post| HeldPost { desk: post.desk.as_str().into(), area: post.area.clone() }).collect();
        let duties: Vec<&Duty> = self.catalogue.duties().collect();
        let told = |gap: catalogue::duties::Gap<'_>| Unheld {
            duty: gap.duty.duty.clone(),
            clause: gap.duty.clause.clone(),
            desk: self.catalogue.desk_name(gap.duty.desk.as_str()).to_owned(),
            area_name: self.areas.full_name(&gap.area),
            area: gap.area,
        };
        unheld(duties, &areas, &held).into_iter().map(told).collect()
    }

    /// The registrars (登记管理机关) known to the platform, by area.
    pub fn registrars(&self) -> Result<Vec<Body>, Refused> {
        let all = self.db.read(|tx| Ok::<_, Refused>(people::bodies(tx)?))?;
        Ok(all.into_iter().filter(|body| body.kind == "registrar" && body.state == "active").collect())
    }

    /// The account with this login, for an administrator who types it.
    pub fn find_account(&self, who: &Actor, login: &str) -> Result<Option<Account>, Refused> {
        let verb = match who.admin {
            Some(AdminRole::Audit) => Verb::Audit,
            Some(AdminRole::Security) => Verb::GrantRights,
            _ => Verb::ManageAccounts,
        };
        may(who, verb, &Subject::Platform)?;
        let key = super::login_key(login);
        self.db.read(|tx| Ok(accounts::find_by_login(tx, &key)?))
    }
}
