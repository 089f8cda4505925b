//! Identities from outside (统一身份认证): the browser comes back with a ticket, the ticket is redeemed over the connection, and what
//! it vouches for opens a session. Officials sign in here, with their own second factor, and nowhere else.
use authority::Actor;
use base::{AccountId, Origin, PersonId};
use registry::Registration;
use serde::Deserialize;
use store::accounts::{self, Account, AccountOrg};
use store::outside::OutsideIdentity;
use store::people::{Person, PersonKey};

use super::wire::{Exchange, Trouble};
use super::{Connector, Line};
use crate::accounts::{AccountKind, Entrance, Session};
use crate::act::Deed;
use crate::{Office, Refused};

/// What an identity source vouches for. It may send more; nothing more is read.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Assertion {
    /// The source's own lasting name for the person; never stored, only its keyed digest.
    pub subject: String,
    /// The person's name.
    pub name: String,
    /// Signed in for this organization (法人登录): its credit code.
    #[serde(default)]
    pub organization_code: Option<String>,
}

/// Who else vouches for people.
pub trait IdentitySource: Send + Sync {
    /// Where the browser is sent to sign in; it comes back to `back` with `ticket` and `state`.
    fn login_url(&self, back: &str, state: &str) -> String;
    /// What a ticket stands for; a ticket is good once.
    fn redeem(&self, ticket: &str, at: base::Instant) -> Result<Assertion, Trouble>;
}

/// Redeems tickets over a connection.
pub struct Redeemer {
    login_url: String,
    line: Line,
}

impl Redeemer {
    /// Sends browsers to `login_url`.
    pub fn new(login_url: &str, line: Line) -> Self {
        Self { login_url: login_url.to_owned(), line }
    }
}

impl IdentitySource for Redeemer {
    fn login_url(&self, back: &str, state: &str) -> String {
        let query = serde_urlencoded::to_string([("return", back), ("state", state)]).unwrap_or_default();
        let join = if self.login_url.contains('?') { '&' } else { '?' };
        format!("{}{join}{query}", self.login_url)
    }

    fn redeem(&self, ticket: &str, at: base::Instant) -> Result<Assertion, Trouble> {
        let body = serde_json::json!({ "ticket": ticket }).to_string();
        let key = format!("ticket-{}", vault::sm3(ticket.as_bytes()).short());
        let reply = self.line.ask(&Exchange { path: "identity", key, at, body }, true)?;
        let said: Assertion =
            serde_json::from_str(&reply.body).map_err(|error| Trouble::Never(format!("assertion: {error}")))?;
        let good = (1..=200).contains(&said.subject.len()) && (2..=50).contains(&said.name.chars().count());
        if good { Ok(said) } else { Err(Trouble::Never("assertion without subject or name".to_owned())) }
    }
}

/// The source's name in the database; one installation has one.
const SOURCE: &str = "identity";
/// Longest ticket that is passed on.
const LONGEST_TICKET: usize = 2_000;

impl Office {
    /// Where the browser is sent to sign in outside; none where no identity source is on.
    pub fn outside_login(&self, back: &str, state: &str) -> Option<String> {
        self.outside.identity.as_ref().map(|source| source.login_url(back, state))
    }

    /// Signs in whoever a ticket stands for: the account known under that identity, or a new one. For an organization on the register
    /// the account acts from now on.
    pub fn sign_in_from_outside(&self, ticket: &str, entrance: &Entrance) -> Result<Session, Refused> {
        let source = self.outside.identity.as_ref().ok_or(Refused::NotFound("这种登录方式"))?;
        if ticket.is_empty() || ticket.len() > LONGEST_TICKET {
            return Err(Refused::rule("ticket", "统一身份认证没有给出登录凭据", "请重新登录"));
        }
        let said = source.redeem(ticket, self.clock.now()).map_err(|trouble| match trouble {
            Trouble::Again(why) => {
                tracing::warn!(why, "the identity source did not answer");
                Refused::rule("identity_silent", "统一身份认证暂时没有回应", "请稍后再试，或者用本站的账号登录")
            }
            Trouble::Never(why) => {
                tracing::warn!(why, "the identity source refused a ticket");
                Refused::rule("ticket", "这次登录的凭据无效或已用过", "请重新登录")
            }
        })?;
        let lookups = self.keys.lookups("outside_identity", &said.subject).map_err(Refused::internal)?;
        let known = self.db.read(|tx| {
            for lookup in &lookups {
                if let Some(known) = store::outside::find_identity(tx, SOURCE, lookup.as_bytes())? {
                    return accounts::find(tx, known.account);
                }
            }
            Ok(None)
        })?;
        let account = match known {
            Some(account) => account,
            None => self.open_from_outside(&said, lookups.first().ok_or_else(|| Refused::internal("no key"))?)?,
        };
        if account.state != "active" {
            return Err(Refused::rule("account_closed", "这个账号已停用", "请联系登记管理机关"));
        }
        if account.kind != "public" {
            return Err(Refused::rule("official", "工作人员须用本站账号和动态口令登录", "请改用登录名和密码"));
        }
        if let Some(code) = &said.organization_code {
            self.link_organization(&account, code)?;
        }
        self.open_session(&account, false, entrance)
    }

    /// An account without a password: its only door is the identity source.
    fn open_from_outside(&self, said: &Assertion, lookup: &vault::Digest) -> Result<Account, Refused> {
        let person = PersonId::fresh(&self.clock, &self.rng);
        let id = AccountId::fresh(&self.clock, &self.rng);
        let name = registry::import::clean::text(&said.name);
        let (_, wrapped) = self.keys.new_data_key(&self.rng, person).map_err(Refused::internal)?;
        let own = Actor { account: id, name: name.clone(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        let lookup = lookup.as_bytes().to_vec();
        let login = format!("zw-{}", id.to_string().to_lowercase());
        self.act(Deed::by(&own, Origin::none(), "account", id, "open_account"), move |work| {
            let mask = registry::officer::masked(&name);
            let body = serde_json::json!({});
            work.insert(&Person { id: person, mask, state: "active".to_owned(), body, rev: 1, entry: work.entry })?;
            // The wrapped key is not proven by the entry: erasure must be able to take it away.
            work.tx.insert(&PersonKey {
                person,
                wrapped: Some(wrapped.to_string().into_bytes()),
                made_at: work.at,
                erased_at: None,
                entry: work.entry,
            })?;
            let account = Account {
                person,
                id,
                login,
                name,
                kind: AccountKind::Public.as_str().to_owned(),
                admin: None,
                state: "active".to_owned(),
                home: None,
                body: serde_json::json!({}),
                rev: 1,
                entry: work.entry,
            };
            work.tx.insert(&accounts::Login { login: account.login.clone(), person, account: id })?;
            work.insert(&account)?;
            work.note("kind", account.kind.clone());
            work.note("source", SOURCE);
            let since = work.today;
            work.tx.insert(&OutsideIdentity { source: SOURCE.to_owned(), lookup, person, account: id, since })?;
            Ok(account)
        })
    }

    /// The source vouches that the account acts for an organization; one that the register does not know, or no longer, changes
    /// nothing.
    fn link_organization(&self, account: &Account, code: &str) -> Result<(), Refused> {
        let today = self.clock.today();
        let found = self.db.read(|tx| {
            let Some((origin, org)) = store::organizations::resolve(tx, code)? else { return Ok(None) };
            let row = store::organizations::get(tx, origin, org)?;
            let acts = accounts::orgs(tx, account.person, account.id, today)?.iter().any(|held| held.org == org);
            let stands = row.registration == Registration::Registered.as_str();
            Ok::<_, Refused>((stands && !acts).then_some((origin, org)))
        })?;
        let Some((origin, org)) = found else { return Ok(()) };
        let (person, id) = (account.person, account.id);
        let who = Actor { account: id, name: account.name.clone(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        self.act(Deed::by(&who, Origin::none(), "account", id, "link_organization"), move |work| {
            let (role, since) = ("staff".to_owned(), work.today);
            work.upsert(&AccountOrg { person, account: id, origin, org, role, since, until: None, entry: work.entry })?;
            work.note("org", org.to_string());
            work.note("source", Connector::Identity.as_str());
            Ok(())
        })
    }
}
