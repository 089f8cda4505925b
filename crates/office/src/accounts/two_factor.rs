//! One-time codes (动态口令) for officials, and changing one's password.
use base::Origin;
use store::accounts::{self, Credential};
use vault::{OneTimeSecret, WrappedKey};

use super::SignedIn;
use super::sign_in::{FAILURES_OF_A_LOGIN, WINDOW_SECONDS};
use super::sign_up::keep_password;
use crate::act::Deed;
use crate::{Office, Refused};

/// What the one-time secret is bound to when it is sealed.
fn context(account: base::AccountId) -> Vec<u8> {
    format!("totp/{account}").into_bytes()
}

fn already_bound() -> Refused {
    Refused::rule("code_bound", "这个账号已绑定动态口令", "换手机请联系系统管理员发起重新激活，由安全管理员确认")
}

fn offer_context(who: &SignedIn) -> Vec<u8> {
    format!("totp-offer/{}", who.actor.account).into_bytes()
}

impl Office {
    /// Checks a one-time code; no code counts twice.
    pub fn second_factor(&self, who: &SignedIn, secret: &str, code: &str) -> Result<(), Refused> {
        let subject = format!("code:{}", who.actor.account);
        let (now, since) = (self.clock.now(), self.clock.now().plus_seconds(-WINDOW_SECONDS));
        let (person, account) = (who.person, who.actor.account);
        let credential = self.db.read(|tx| {
            if accounts::failures(tx, &subject, since)? >= FAILURES_OF_A_LOGIN {
                return Err(Refused::TooMany("动态口令输错次数过多，请 15 分钟后再试".to_owned()));
            }
            Ok(accounts::credential(tx, person, account, "totp")?)
        })?;
        let credential =
            credential.ok_or_else(|| Refused::rule("no_code_key", "这个账号还没有绑定动态口令", "请先绑定，再登录"))?;
        let one_time = self.open_secret(account, &credential.secret)?;
        let used = credential.used_step.and_then(|step| u64::try_from(step).ok());
        let step = one_time.check(code, now, used);
        let attempt = base::RecordId::fresh(&self.clock, &self.rng);
        let digest = vault::token_digest(secret);
        self.db
            .write(move |tx| {
                accounts::attempted(tx, &subject, now, attempt, step.is_ok())?;
                let Ok(step) = step else { return Ok(Err(())) };
                if !accounts::use_step(tx, person, account, i64::try_from(step).unwrap_or(i64::MAX))? {
                    return Ok(Err(()));
                }
                accounts::second_given(tx, digest.as_bytes())?;
                Ok::<_, Refused>(Ok(()))
            })?
            .map_err(|()| Refused::field("code", "动态口令不对或已用过。请等手机上出现新的 6 位数字再试"))
    }

    /// A fresh one-time-code key to show, with its sealed form for a hidden field: the person cannot choose the key.
    pub fn offer_code_key(&self, who: &SignedIn) -> Result<(OneTimeSecret, String), Refused> {
        let key = self.propose_code_key();
        let sealed = self.keys.wrap_bytes(&self.rng, &offer_context(who), key.as_bytes()).map_err(Refused::internal)?;
        Ok((key, sealed.to_string()))
    }

    /// The key of an offer; `None` if it was made for somebody else or altered.
    pub fn offered_key(&self, who: &SignedIn, sealed: &str) -> Option<OneTimeSecret> {
        let wrapped: WrappedKey = sealed.parse().ok()?;
        OneTimeSecret::from_slice(&self.keys.unwrap_bytes(&offer_context(who), &wrapped).ok()?)
    }

    /// A fresh one-time-code key to show as a QR code; it counts only after [`Office::bind_code`].
    pub fn propose_code_key(&self) -> OneTimeSecret {
        OneTimeSecret::generate(&self.rng)
    }

    /// Binds a one-time-code key after the person has shown a code made with it.
    pub fn bind_code(&self, who: &SignedIn, secret: &str, key: &OneTimeSecret, code: &str) -> Result<(), Refused> {
        if !who.needs_setup {
            return Err(already_bound());
        }
        let step = key
            .check(code, self.clock.now(), None)
            .map_err(|_| Refused::field("code", "动态口令不对。请确认手机时间准确，再输入新的 6 位数字"))?;
        let (person, account) = (who.person, who.actor.account);
        let sealed = self.keys.wrap_bytes(&self.rng, &context(account), key.as_bytes()).map_err(Refused::internal)?;
        let digest = vault::token_digest(secret);
        self.act(Deed::by(&who.actor, Origin::none(), "account", account, "bind_code"), move |work| {
            if accounts::credential(work.tx, person, account, "totp")?.is_some() {
                return Err(already_bound());
            }
            work.tx.upsert(&Credential {
                person,
                account,
                kind: "totp".to_owned(),
                secret: sealed.to_string().into_bytes(),
                set_at: work.at,
                used_step: i64::try_from(step).ok(),
                must_change: false,
            })?;
            accounts::second_given(work.tx, digest.as_bytes())?;
            Ok(())
        })
    }

    fn open_secret(&self, account: base::AccountId, sealed: &[u8]) -> Result<OneTimeSecret, Refused> {
        let text = std::str::from_utf8(sealed).map_err(Refused::internal)?;
        let wrapped: WrappedKey = text.parse().map_err(Refused::internal)?;
        let bytes = self.keys.unwrap_bytes(&context(account), &wrapped).map_err(Refused::internal)?;
        OneTimeSecret::from_slice(&bytes).ok_or_else(|| Refused::internal("a one-time key has the wrong length"))
    }

    /// Changes one's own password; every other session ends. Five wrong old passwords lock it as they lock a login: somebody at an
    /// unattended screen must not be able to try.
    pub fn change_password(&self, who: &SignedIn, secret: &str, old: &str, new: &str) -> Result<(), Refused> {
        let (person, account) = (who.person, who.actor.account);
        let (subject, now) = (format!("password:{account}"), self.clock.now());
        let since = now.plus_seconds(-WINDOW_SECONDS);
        let stored = self.db.read(|tx| {
            if accounts::failures(tx, &subject, since)? >= FAILURES_OF_A_LOGIN {
                return Err(Refused::TooMany("原密码输错次数过多，请 15 分钟后再试".to_owned()));
            }
            Ok(accounts::credential(tx, person, account, "password")?)
        })?;
        let fits = stored.is_some_and(|stored| vault::verify_password(old, &String::from_utf8_lossy(&stored.secret)));
        let attempt = base::RecordId::fresh(&self.clock, &self.rng);
        self.db.write(move |tx| accounts::attempted(tx, &subject, now, attempt, fits).map_err(Refused::from))?;
        if !fits {
            return Err(Refused::field("old", "原密码不对。连续输错 5 次，锁定 15 分钟"));
        }
        if old == new {
            return Err(Refused::field("new", "新密码不能与原密码相同"));
        }
        vault::check_password(new, &who.login).map_err(|weak| Refused::field("new", weak.to_string()))?;
        let hash = vault::hash_password(&self.rng, new).map_err(|weak| Refused::field("new", weak.to_string()))?;
        let keep = vault::token_digest(secret);
        self.act(Deed::by(&who.actor, Origin::none(), "account", account, "change_password"), move |work| {
            let found = accounts::find(work.tx, account)?.ok_or(Refused::NotFound("这个账号"))?;
            keep_password(work, &found, &hash)?;
            let own = accounts::session(work.tx, keep.as_bytes(), work.at)?;
            accounts::end_sessions(work.tx, account)?;
            if let Some(own) = own {
                work.tx.insert(&own)?;
            }
            Ok(())
        })
    }
}
