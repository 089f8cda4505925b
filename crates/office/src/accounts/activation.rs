//! Activation (账号激活, 三员分立): how an official's account comes to life, and how it is given back after a lost phone or password.
//!
//! The system administrator asks and is shown the first half of an activation code; the security administrator, another person,
//! confirms and is shown the second. Each hands his half to the official, who types both, chooses his own password and binds his own
//! one-time code. So neither administrator ever knows a password, can bind a code for somebody else, or holds enough to sign in as
//! an official; halves are kept as keyed digests, shown once, and the whole code ends after [`LIFE_SECONDS`].
use authority::{Actor, AdminRole, Subject, Verb, may};
use base::{AccountId, Instant, Origin};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::accounts::{self, Account, Credential};
use store::{Statement, sql};

use super::session::Session;
use super::sign_in::Entrance;
use super::sign_up::{blank, faults_of, keep_password};
use super::{AccountKind, admin_word, login_key};
use crate::act::{Deed, Work};
use crate::{Office, Refused};

/// A code is good for 24 hours after it was confirmed: time to hand two slips over, and no longer. GB/T 22239 8.1.4.1 asks that
/// what identifies a person cannot be used by another and gives no number.
pub const LIFE_SECONDS: i64 = 24 * 3600;
/// Kind of the credential that holds the code's digest.
const CODE: &str = "activation";
/// Where an account's body keeps what was asked and is not confirmed.
const ASKED: &str = "asked";
/// Accounts waiting for the security administrator that are shown at once.
const MOST: usize = 2_000;

const ADMINS: Statement = sql!(
    "activation.admins",
    "select admin, name from account where admin is not null and state = 'active' order by id limit $1"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[ADMINS];

/// Whose account to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewOfficial {
    /// 登录名
    pub login: String,
    /// 姓名
    pub name: String,
    /// One of the three administrators; none for somebody who works at desks.
    pub admin: Option<AdminRole>,
}

/// Which half of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Half {
    /// 前半段: from the system administrator.
    First,
    /// 后半段: from the security administrator.
    Second,
}

/// A slip of paper (激活凭条): half a code, shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Slip {
    /// Whose account.
    pub account: AccountId,
    /// 登录名
    pub login: String,
    /// 姓名
    pub name: String,
    /// Which half.
    pub half: Half,
    /// `K7QM-2XWD`
    pub code: String,
    /// When the whole code ends; known once it is confirmed.
    pub ends_at: Option<Instant>,
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slip").field("account", &self.account).field("half", &self.half).finish_non_exhaustive()
    }
}

/// What was asked for an account, as its body keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// A new account; otherwise an old one whose phone or password was lost.
    pub new: bool,
    /// The system administrator who asked.
    pub by: AccountId,
    /// The name.
    pub by_name: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// Keyed digest of the first half.
    first: String,
}

/// An account that waits for the security administrator.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// The account.
    pub account: Account,
    /// What was asked.
    pub asked: Asked,
}

/// What an account's body says was asked.
pub fn asked_of(account: &Account) -> Option<Asked> {
    serde_json::from_value(account.body.get(ASKED)?.clone()).ok()
}

/// The body without what was asked.
pub(super) fn without_request(body: &Json) -> Json {
    let mut body = body.clone();
    if let Some(map) = body.as_object_mut() {
        map.remove(ASKED);
    }
    body
}

/// Makes a released code worthless.
pub(super) fn drop_code(work: &mut Work<'_, '_>, account: &Account) -> Result<(), Refused> {
    drop_credential(work, account, CODE)
}

fn drop_credential(work: &mut Work<'_, '_>, account: &Account, kind: &str) -> Result<(), Refused> {
    if accounts::credential(work.tx, account.person, account.id, kind)?.is_none() {
        return Ok(());
    }
    accounts::drop_credential(work.tx, account.person, account.id, kind)?;
    work.touched::<Credential>(store::args![account.person, account.id, kind])
}

fn with_request(body: &Json, asked: &Asked) -> Result<Json, Refused> {
    let mut body = body.clone();
    body[ASKED] = serde_json::to_value(asked).map_err(Refused::internal)?;
    Ok(body)
}

/// Says neither whether the login exists nor which half was wrong.
fn wrong_code() -> Refused {
    Refused::field(
        "first",
        "登录名或激活码不对，或激活码已过 24 小时。请与两张凭条核对；仍不行，请系统管理员重新发起。连续输错 5 次，锁定 15 分钟",
    )
}

impl Office {
    /// The system administrator asks for an official's account (or another administrator's). It can do nothing until the security
    /// administrator confirms it and its owner activates it.
    pub fn open_official(&self, who: &Actor, new: &NewOfficial) -> Result<Slip, Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        let faults = faults_of(&new.login, &new.name);
        if !faults.is_empty() {
            return Err(Refused::Invalid(faults));
        }
        let id = AccountId::fresh(&self.clock, &self.rng);
        let (asked, code) = self.request(who, id, true, "")?;
        let account = Account {
            login: login_key(&new.login),
            name: registry::import::clean::text(&new.name),
            kind: AccountKind::Official.as_str().to_owned(),
            admin: new.admin.map(|role| admin_word(role).to_owned()),
            state: "waiting".to_owned(),
            body: with_request(&serde_json::json!({}), &asked)?,
            ..blank(id)
        };
        let slip = Slip {
            account: id,
            login: account.login.clone(),
            name: account.name.clone(),
            half: Half::First,
            code,
            ends_at: None,
        };
        let office = self.clone();
        self.act(Deed::by(who, Origin::none(), "account", id, "ask_account"), move |work| {
            office.insert_account(work, account).map(|_| slip)
        })
    }

    /// The system administrator asks that somebody who lost the phone or the password may activate the account anew. Nothing
    /// changes for the account before the security administrator confirms it.
    pub fn ask_renewal(&self, who: &Actor, account: AccountId, reason: &str) -> Result<Slip, Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        if who.account == account {
            return Err(Refused::rule("own_account", "不能为自己的账号发起重新激活", "请由另一名系统管理员办理"));
        }
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refused::field("reason", "请写明重新激活的原因"));
        }
        let (asked, code) = self.request(who, account, false, &reason)?;
        let deed = Deed::by(who, Origin::none(), "account", account, "ask_renewal").because(reason);
        self.act(deed, move |work| {
            let found = accounts::find(work.tx, account)?.ok_or(Refused::NotFound("这个账号"))?;
            if found.state == "closed" {
                return Err(Refused::rule("account_closed", "这个账号已停用", "请为本人开通新的账号"));
            }
            let asked = Asked { new: found.state == "waiting", ..asked };
            let slip = Slip {
                account,
                login: found.login.clone(),
                name: found.name.clone(),
                half: Half::First,
                code,
                ends_at: None,
            };
            let body = with_request(&found.body, &asked)?;
            work.update(&Account { body, rev: found.rev + 1, entry: work.entry, ..found })?;
            Ok(slip)
        })
    }

    fn request(&self, who: &Actor, account: AccountId, new: bool, reason: &str) -> Result<(Asked, String), Refused> {
        let code = vault::fresh_readable(&self.rng);
        let first = self.half_digests(account, &code)?.remove(0);
        let (by, by_name, at) = (who.account, who.name.clone(), self.clock.now());
        Ok((Asked { new, by, by_name, at, reason: reason.to_owned(), first }, code))
    }

    /// The keyed digests under which half a code of an account may be kept, the current key's first.
    fn half_digests(&self, account: AccountId, half: &str) -> Result<Vec<String>, Refused> {
        let text = format!("{account}/{}", vault::fold_readable(half));
        let digests = self.keys.lookups(CODE, &text).map_err(Refused::internal)?;
        let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
        if digests.is_empty() { Err(Refused::internal("there is no look-up key")) } else { Ok(digests) }
    }

    /// Accounts that wait for the security administrator, by login.
    pub fn activations_asked(&self, who: &Actor) -> Result<Vec<Waiting>, Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        let all = self.db.read(|tx| accounts::list(tx, "official", "", MOST).map_err(Refused::from))?;
        Ok(all.into_iter().filter_map(|account| asked_of(&account).map(|asked| Waiting { account, asked })).collect())
    }

    /// The security administrator confirms: the second half is made and shown, the code begins to run. What an old account was
    /// signed in with ends now.
    pub fn release_activation(&self, who: &Actor, account: AccountId) -> Result<Slip, Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        let code = vault::fresh_readable(&self.rng);
        let second = self.half_digests(account, &code)?.remove(0);
        let who = who.clone();
        self.act(Deed::by(&who, Origin::none(), "account", account, "release_activation"), move |work| {
            let (found, asked) = waiting(work, account, &who)?;
            accounts::end_sessions(work.tx, account)?;
            for kind in ["password", "totp"] {
                drop_credential(work, &found, kind)?;
            }
            work.tx.upsert(&Credential {
                person: found.person,
                account,
                kind: CODE.to_owned(),
                secret: format!("{}{second}", asked.first).into_bytes(),
                set_at: work.at,
                used_step: None,
                must_change: false,
            })?;
            let slip = Slip {
                account,
                login: found.login.clone(),
                name: found.name.clone(),
                half: Half::Second,
                code,
                ends_at: Some(work.at.plus_seconds(LIFE_SECONDS)),
            };
            let body = without_request(&found.body);
            let state = "active".to_owned();
            work.update(&Account { state, body, rev: found.rev + 1, entry: work.entry, ..found })?;
            Ok(slip)
        })
    }

    /// The security administrator refuses what was asked: a new account is closed, an old one stays as it is.
    pub fn refuse_activation(&self, who: &Actor, account: AccountId, reason: &str) -> Result<(), Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        if reason.trim().is_empty() {
            return Err(Refused::field("reason", "请写明不同意的原因"));
        }
        let who = who.clone();
        let deed = Deed::by(&who, Origin::none(), "account", account, "refuse_activation").because(reason.trim());
        self.act(deed, move |work| {
            let (found, asked) = waiting(work, account, &who)?;
            let body = without_request(&found.body);
            let state = if asked.new { "closed".to_owned() } else { found.state.clone() };
            work.update(&Account { state, body, rev: found.rev + 1, entry: work.entry, ..found })
        })
    }

    /// The owner of an account types both halves and a password of his own. The session that follows is good for nothing until he
    /// has bound a one-time code.
    pub fn activate(
        &self,
        login: &str,
        halves: (&str, &str),
        password: &str,
        entrance: &Entrance,
    ) -> Result<Session, Refused> {
        let login = login_key(login);
        let (by_login, by_address) = (format!("login:{login}"), format!("ip:{}", entrance.address));
        self.refuse_too_many(&by_login, &by_address)?;
        match self.accept_activation(&login, halves, password) {
            Ok(account) => {
                self.attempted(&by_login, &by_address, true)?;
                self.open_session(&account, false, entrance)
            }
            Err(refused @ Refused::Invalid(_)) if !is_about_password(&refused) => {
                self.attempted(&by_login, &by_address, false)?;
                Err(refused)
            }
            Err(other) => Err(other),
        }
    }

    /// Checks both halves and keeps the chosen password; the code is used up.
    pub(crate) fn accept_activation(
        &self,
        login: &str,
        (first, second): (&str, &str),
        password: &str,
    ) -> Result<Account, Refused> {
        vault::check_password(password, login).map_err(|weak| Refused::field("password", weak.to_string()))?;
        let account = self.db.read(|tx| accounts::find_by_login(tx, login).map_err(Refused::from))?;
        let account = account.filter(|account| account.state == "active").ok_or_else(wrong_code)?;
        let (firsts, seconds) = (self.half_digests(account.id, first)?, self.half_digests(account.id, second)?);
        let fits = move |kept: &[u8]| {
            let pairs = firsts.iter().flat_map(|one| seconds.iter().map(move |two| format!("{one}{two}")));
            pairs.fold(false, |found, pair| found | vault::same(pair.as_bytes(), kept))
        };
        // Slow by design, so outside the transaction; and after the code was found good, so that nobody can make us do it.
        let kept = self.db.read(|tx| accounts::credential(tx, account.person, account.id, CODE))?;
        if !kept.is_some_and(|kept| fits(&kept.secret)) {
            return Err(wrong_code());
        }
        let hash =
            vault::hash_password(&self.rng, password).map_err(|weak| Refused::field("password", weak.to_string()))?;
        let own =
            Actor { account: account.id, name: account.name.clone(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        self.act(Deed::by(&own, Origin::none(), "account", account.id, "activate"), move |work| {
            let code = accounts::credential(work.tx, account.person, account.id, CODE)?.ok_or_else(wrong_code)?;
            if code.set_at.plus_seconds(LIFE_SECONDS) <= work.at {
                return Err(wrong_code());
            }
            drop_code(work, &account)?;
            keep_password(work, &account, &hash)?;
            Ok(account)
        })
    }

    /// The installer opens the account of one of the three administrators while there is no other of that role: nobody inside could.
    /// Both halves are shown to who installs, who hands them over; the three are three people (三员分立).
    pub fn install_admin(&self, role: AdminRole, login: &str, name: &str) -> Result<(Slip, Slip), Refused> {
        let faults = faults_of(login, name);
        if !faults.is_empty() {
            return Err(Refused::Invalid(faults));
        }
        let name = registry::import::clean::text(name);
        let admins: Vec<(String, String)> = self.db.read(|tx| tx.list(ADMINS, store::args![MOST]))?;
        if admins.iter().any(|(held, _)| held == admin_word(role)) {
            return Err(Refused::rule("admin_there", "这一员已有可用的账号", "请由系统管理员在“账号”页面办理"));
        }
        if admins.iter().any(|(_, known)| *known == name) {
            let why = "此人已是另一类管理员，三类管理员须由三个不同的人担任（三员分立）。请核对姓名";
            return Err(Refused::field("name", why));
        }
        let account = Account {
            login: login_key(login),
            name,
            kind: AccountKind::Official.as_str().to_owned(),
            admin: Some(admin_word(role).to_owned()),
            ..blank(AccountId::fresh(&self.clock, &self.rng))
        };
        self.both_halves(account, "install_admin", "", true)
    }

    /// On the server, with two people present: an administrator who lost the phone or the password and whom nobody is left to
    /// confirm gets a new code. Journalled as done by the system, for the reason given.
    pub fn recover_administrator(&self, login: &str, reason: &str) -> Result<(Slip, Slip), Refused> {
        if reason.trim().chars().count() < 4 {
            return Err(Refused::field("reason", "请写明原因和在场的两个人，至少 4 个字"));
        }
        let found = self.db.read(|tx| accounts::find_by_login(tx, &login_key(login)).map_err(Refused::from))?;
        let found = found.filter(|account| account.admin.is_some() && account.state == "active");
        let found = found.ok_or(Refused::NotFound("这个管理员账号"))?;
        self.both_halves(found, "recover_administrator", reason.trim(), false)
    }

    fn both_halves(&self, account: Account, act: &str, reason: &str, new: bool) -> Result<(Slip, Slip), Refused> {
        let (first, second) = (vault::fresh_readable(&self.rng), vault::fresh_readable(&self.rng));
        let digests =
            [self.half_digests(account.id, &first)?.remove(0), self.half_digests(account.id, &second)?.remove(0)];
        let office = self.clone();
        let deed = Deed::by(&Actor::system(), Origin::none(), "account", account.id, act).because(reason);
        self.act(deed, move |work| {
            let found = if new { office.insert_account(work, account)? } else { account };
            accounts::end_sessions(work.tx, found.id)?;
            for kind in ["password", "totp"] {
                drop_credential(work, &found, kind)?;
            }
            work.tx.upsert(&Credential {
                person: found.person,
                account: found.id,
                kind: CODE.to_owned(),
                secret: digests.concat().into_bytes(),
                set_at: work.at,
                used_step: None,
                must_change: false,
            })?;
            let slip = |half, code| Slip {
                account: found.id,
                login: found.login.clone(),
                name: found.name.clone(),
                half,
                code,
                ends_at: Some(work.at.plus_seconds(LIFE_SECONDS)),
            };
            Ok((slip(Half::First, first), slip(Half::Second, second)))
        })
    }
}

/// The account with what was asked of it, for a second person: neither who asked nor whose account it is.
fn waiting(work: &mut Work<'_, '_>, account: AccountId, who: &Actor) -> Result<(Account, Asked), Refused> {
    let found = accounts::find(work.tx, account)?.ok_or(Refused::NotFound("这个账号"))?;
    let asked = asked_of(&found).ok_or(Refused::NotFound("这件申请"))?;
    if who.account == account || who.account == asked.by {
        return Err(Refused::rule(
            "second_person",
            "不能确认自己的账号，也不能确认自己发起的申请（三员分立）",
            "请由另一名安全管理员办理",
        ));
    }
    Ok((found, asked))
}

fn is_about_password(refused: &Refused) -> bool {
    matches!(refused, Refused::Invalid(wrong) if wrong.iter().all(|one| one.field == "password"))
}
