//! Signing in (登录): password, lock-out, and the session that follows.
use base::{Instant, RecordId};
use store::accounts::{self, Account};

use super::login_key;
use super::session::{Session, lifetime};
use crate::{Office, Refused};

/// Failures of one login within [`WINDOW_SECONDS`] that lock it for the rest of the window. GB/T 22239 8.1.4.1 b asks for a limit
/// and gives no number; 5 in 15 minutes is the usual practice (facts §19.1).
pub(super) const FAILURES_OF_A_LOGIN: i64 = 5;
/// Failures from one address within the window, whatever the login: an office behind one address signs in too.
const FAILURES_OF_AN_ADDRESS: i64 = 50;
/// 15 minutes.
pub(super) const WINDOW_SECONDS: i64 = 15 * 60;

/// Who stands at the door.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// The address the request came from.
    pub address: String,
    /// The browser's name, cut short.
    pub agent: String,
}

/// Says neither whether the login exists nor which of the two was wrong.
fn wrong_pair() -> Refused {
    Refused::field("password", "登录名或密码不对。请核对后再试；连续输错 5 次，账号将锁定 15 分钟")
}

impl Office {
    /// Checks login and password; gives the new session's secret for the cookie. Officials must still give a one-time code
    /// ([`Office::second_factor`]) before the session is good for anything.
    pub fn sign_in(&self, login: &str, password: &str, entrance: &Entrance) -> Result<Session, Refused> {
        let login = login_key(login);
        let (by_login, by_address) = (format!("login:{login}"), format!("ip:{}", entrance.address));
        self.refuse_too_many(&by_login, &by_address)?;
        let found = self.db.read(|tx| {
            let Some(account) = accounts::find_by_login(tx, &login)? else { return Ok(None) };
            let credential = accounts::credential(tx, account.person, account.id, "password")?;
            Ok::<_, Refused>(credential.map(|credential| (account, credential)))
        })?;
        let Some((account, credential)) = found else {
            vault::spend_verification_time(password);
            self.attempted(&by_login, &by_address, false)?;
            return Err(wrong_pair());
        };
        let stored = String::from_utf8(credential.secret.clone()).map_err(Refused::internal)?;
        if !vault::verify_password(password, &stored) {
            self.attempted(&by_login, &by_address, false)?;
            return Err(wrong_pair());
        }
        self.attempted(&by_login, &by_address, true)?;
        if account.state != "active" {
            return Err(Refused::rule("account_closed", "这个账号已停用", "请联系本单位的系统管理员"));
        }
        self.open_session(&account, credential.must_change, entrance)
    }

    /// Refuses a login or an address that failed too often.
    pub(super) fn refuse_too_many(&self, by_login: &str, by_address: &str) -> Result<(), Refused> {
        let since = self.clock.now().plus_seconds(-WINDOW_SECONDS);
        let locked = self.db.read(|tx| {
            Ok::<_, Refused>(
                accounts::failures(tx, by_login, since)? >= FAILURES_OF_A_LOGIN
                    || accounts::failures(tx, by_address, since)? >= FAILURES_OF_AN_ADDRESS,
            )
        })?;
        if locked {
            let text = "输错次数过多，请 15 分钟后再试。忘记密码请联系登记管理机关的系统管理员";
            return Err(Refused::TooMany(text.to_owned()));
        }
        Ok(())
    }

    pub(super) fn attempted(&self, by_login: &str, by_address: &str, good: bool) -> Result<(), Refused> {
        let (at, id) = (self.clock.now(), RecordId::fresh(&self.clock, &self.rng));
        let subjects = [by_login.to_owned(), by_address.to_owned()];
        self.db.write(move |tx| {
            for subject in &subjects {
                accounts::attempted(tx, subject, at, id, good)?;
            }
            Ok(())
        })
    }

    /// A new session; an older one with the same cookie cannot exist, so nothing can be fixed beforehand.
    pub(crate) fn open_session(
        &self,
        account: &Account,
        must_change: bool,
        entrance: &Entrance,
    ) -> Result<Session, Refused> {
        let secret = vault::fresh_token(&self.rng);
        let (made_at, ends_at) = (self.clock.now(), lifetime(self.clock.now(), self.clock.now()));
        let row = store::accounts::Session {
            digest: vault::token_digest(&secret).as_bytes().to_vec(),
            person: account.person,
            account: account.id,
            role: None,
            made_at,
            seen_at: made_at,
            ends_at,
            second: false,
            agent: entrance.agent.chars().take(120).collect(),
        };
        let needs_code = account.kind == "official";
        self.db.write(move |tx| tx.insert(&row).map_err(Refused::from))?;
        Ok(Session { secret, ends_at, needs_code, must_change })
    }

    /// Ends the session of a cookie.
    pub fn sign_out(&self, secret: &str) -> Result<(), Refused> {
        let digest = vault::token_digest(secret);
        self.db.write(move |tx| accounts::end_session(tx, digest.as_bytes()).map_err(Refused::from))
    }

    /// Forgets ended sessions, drafts past their end, and attempts older than a day.
    pub fn tidy_sessions(&self) -> Result<u64, Refused> {
        let now: Instant = self.clock.now();
        self.db.write(move |tx| accounts::tidy(tx, now, now.plus_seconds(-24 * 3600)).map_err(Refused::from))
    }
}
