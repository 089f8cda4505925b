//! What a person sees and ends of one's own account: open sessions (会话), organizations one acts for, and the name shown.
use base::{Date, Instant, OrgId};
use store::{Statement, args, sql};

use super::SignedIn;
use crate::{Office, Refused};

const SESSIONS: Statement = sql!(
    "own.sessions",
    "select digest, person, account, role, made_at, seen_at, ends_at, second, agent from session
     where account = $1 and ends_at > $2 order by seen_at desc, made_at desc limit 50"
);
const END_OTHERS: Statement = sql!("own.end_others", "delete from session where account = $1 and digest <> $2");
const END_ONE: Statement = sql!("own.end_one", "delete from session where account = $1 and digest = $2");

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[SESSIONS, END_OTHERS, END_ONE];

/// A session of one's own account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenSession {
    /// Names it when ending it; the cookie cannot be made from it.
    pub key: String,
    /// When it began.
    pub made_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// The browser's name for itself.
    pub agent: String,
    /// It is the one that asks.
    pub here: bool,
}

/// An organization one acts for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnOrganization {
    /// Which.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub code: Option<String>,
    /// `owner` or `staff`.
    pub role: String,
    /// Since when.
    pub since: Date,
}

impl Office {
    /// The open sessions of one's account, the last used first.
    pub fn open_sessions(&self, who: &SignedIn, secret: &str) -> Result<Vec<OpenSession>, Refused> {
        let (now, here) = (self.clock.now(), vault::token_digest(secret));
        let account = who.actor.account;
        let rows: Vec<store::accounts::Session> = self.db.read(|tx| tx.list(SESSIONS, args![account, now]))?;
        let shown = |row: store::accounts::Session| OpenSession {
            here: row.digest == here.as_bytes(),
            key: <[u8; 32]>::try_from(row.digest.as_slice())
                .map(|bytes| vault::Digest(bytes).to_string())
                .unwrap_or_default(),
            made_at: row.made_at,
            seen_at: row.seen_at,
            agent: row.agent,
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Ends one of one's own sessions, or (`None`) all but the one that asks. Gives how many ended.
    pub fn end_own_sessions(&self, who: &SignedIn, secret: &str, one: Option<&str>) -> Result<u64, Refused> {
        let account = who.actor.account;
        let Some(key) = one else {
            let here = vault::token_digest(secret);
            return self.db.write(move |tx| Ok(tx.run(END_OTHERS, args![account, here.as_bytes()])?));
        };
        let digest: vault::Digest = key.parse().map_err(|_| Refused::NotFound("这个登录"))?;
        let ended = self.db.write(move |tx| Ok::<_, Refused>(tx.run(END_ONE, args![account, digest.as_bytes()])?))?;
        if ended == 0 { Err(Refused::NotFound("这个登录")) } else { Ok(ended) }
    }

    /// The organizations one acts for today.
    pub fn own_organizations(&self, who: &SignedIn) -> Result<Vec<OwnOrganization>, Refused> {
        let (person, account, today) = (who.person, who.actor.account, self.clock.today());
        self.db.read(|tx| {
            let mut own = Vec::new();
            for held in store::accounts::orgs(tx, person, account, today)? {
                if let Some(org) = store::organizations::find(tx, held.origin, held.org)? {
                    let (name, code) = (org.name, org.code);
                    own.push(OwnOrganization { org: held.org, name, code, role: held.role, since: held.since });
                }
            }
            Ok(own)
        })
    }
}
