//! Sessions (会话): who the bearer of a cookie is, with the posts and organizations held today.
use authority::{Actor, DeskId, Post};
use base::{Instant, PersonId};
use store::Tx;
use store::accounts;
use store::cases::Queue;
use store::people;

use super::admin_role;
use crate::{Office, Refused};

/// Idle time after which a session ends: 30 minutes (GB/T 22239 8.1.4.1 b asks for a time-out; usual practice 10 to 30).
pub const IDLE_SECONDS: i64 = 30 * 60;
/// No session lasts longer than a working day's twelve hours.
const LONGEST_SECONDS: i64 = 12 * 3600;
/// A session is prolonged at most once a minute, so that reading pages does not write each time.
const PROLONG_EVERY_SECONDS: i64 = 60;

/// A session just opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What goes into the cookie.
    pub secret: String,
    /// When it ends if nothing happens.
    pub ends_at: Instant,
    /// An official: good for nothing until the one-time code is given.
    pub needs_code: bool,
    /// The password was given by an administrator and must be changed first.
    pub must_change: bool,
}

/// The bearer of a good session.
#[derive(Clone, PartialEq, Debug)]
pub struct SignedIn {
    /// With today's posts and organizations.
    pub actor: Actor,
    /// The person behind the account.
    pub person: PersonId,
    /// Login name.
    pub login: String,
    /// `public` or `official`.
    pub kind: String,
    /// An official who has not yet given the one-time code.
    pub needs_code: bool,
    /// An official without a one-time-code key: must set one up first.
    pub needs_setup: bool,
    /// Must change the password first.
    pub must_change: bool,
    /// When the session ends if nothing happens.
    pub ends_at: Instant,
    /// Unread notices.
    pub unread: i64,
    /// The role chosen for this session, as the front of the house names it.
    pub role: Option<String>,
    /// The bodies at which posts are held.
    pub bodies: Vec<people::Body>,
}

impl SignedIn {
    /// Somebody of the public with a session that ends in [`IDLE_SECONDS`] of an epoch: for tests and examples of the front.
    #[cfg(feature = "testing")]
    pub fn of(actor: Actor, person: PersonId, login: &str) -> Self {
        Self {
            actor,
            person,
            login: login.to_owned(),
            kind: "public".to_owned(),
            needs_code: false,
            needs_setup: false,
            must_change: false,
            ends_at: Instant(IDLE_SECONDS * 1000),
            unread: 0,
            role: None,
            bodies: Vec::new(),
        }
    }

    /// Whether nothing stands between the bearer and the work.
    pub fn is_ready(&self) -> bool {
        !(self.needs_code || self.needs_setup || self.must_change)
    }
}

/// When a session made at `made` and used now ends.
pub(super) fn lifetime(made: Instant, now: Instant) -> Instant {
    now.plus_seconds(IDLE_SECONDS).min(made.plus_seconds(LONGEST_SECONDS))
}

impl Office {
    /// Who bears this cookie; none for an unknown or ended session or a closed account.
    pub fn session(&self, secret: &str) -> Result<Option<SignedIn>, Refused> {
        let digest = vault::token_digest(secret);
        let (now, today) = (self.clock.now(), self.clock.today());
        let found = self.db.read(|tx| {
            let Some(session) = accounts::session(tx, digest.as_bytes(), now)? else { return Ok(None) };
            let Some(account) = accounts::find(tx, session.account)? else { return Ok(None) };
            if account.state != "active" {
                return Ok(None);
            }
            let actor = actor_of(tx, &account, today)?;
            let official = account.kind == "official";
            let has_code = official && accounts::credential(tx, account.person, account.id, "totp")?.is_some();
            let password = accounts::credential(tx, account.person, account.id, "password")?;
            let mut bodies: Vec<people::Body> = Vec::new();
            for post in &actor.posts {
                if !bodies.iter().any(|body| body.id == post.body) {
                    bodies.extend(tx.find_record::<people::Body>(store::args![post.body])?);
                }
            }
            let signed_in = SignedIn {
                role: session.role.clone(),
                bodies,
                actor,
                person: account.person,
                login: account.login,
                kind: account.kind,
                needs_code: has_code && !session.second,
                needs_setup: official && !has_code,
                must_change: password.is_some_and(|password| password.must_change),
                ends_at: session.ends_at,
                unread: accounts::unread(tx, account.person)?,
            };
            Ok::<_, Refused>(Some((signed_in, session)))
        })?;
        let Some((signed_in, session)) = found else { return Ok(None) };
        if now.seconds() - session.seen_at.seconds() >= PROLONG_EVERY_SECONDS {
            let ends_at = lifetime(session.made_at, now);
            self.db.write(move |tx| accounts::seen(tx, &session.digest, now, ends_at).map_err(Refused::from))?;
        }
        Ok(Some(signed_in))
    }

    /// Takes another role for the session of this cookie; what is done from now on is recorded under it.
    pub fn act_as(&self, secret: &str, role: &str) -> Result<(), Refused> {
        let (digest, role) = (vault::token_digest(secret), role.to_owned());
        self.db.write(move |tx| accounts::act_as(tx, digest.as_bytes(), Some(&role)).map_err(Refused::from))
    }

    /// For each desk of the actor: how many tasks wait in its queues, and how many of them are late.
    pub fn queue_counts(&self, who: &Actor) -> Result<Vec<(String, i64, i64)>, Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let mut counts: Vec<(String, i64, i64)> = Vec::new();
            for post in &who.posts {
                let desk = post.desk.as_str();
                let (all, late) = store::cases::queue_count(tx, desk, &queue_of(post), today)?;
                match counts.iter_mut().find(|known| known.0 == desk) {
                    Some(known) => *known = (known.0.clone(), known.1 + all, known.2 + late),
                    None => counts.push((desk.to_owned(), all, late)),
                }
            }
            Ok(counts)
        })
    }
}

/// The queue of a post: bodies named in cases have their own, authorities that of their area.
pub fn queue_of(post: &Post) -> Queue {
    let named = [DeskId::SUPERVISOR, DeskId::REGULATOR, DeskId::PARTY].contains(&post.desk.as_str());
    if named { Queue::Body(post.body) } else { Queue::Of(post.area.clone()) }
}

/// The account as an actor: today's posts, organizations, and administrator's role.
pub fn actor_of(tx: &mut Tx<'_>, account: &accounts::Account, today: base::Date) -> Result<Actor, Refused> {
    let posts = people::posts(tx, account.id, today)?;
    let orgs = accounts::orgs(tx, account.person, account.id, today)?;
    Ok(Actor {
        account: account.id,
        name: account.name.clone(),
        posts: posts
            .into_iter()
            .map(|post| Post { desk: DeskId::new(post.desk), area: post.area, body: post.body })
            .collect(),
        orgs: orgs.into_iter().map(|row| row.org).collect(),
        admin: account.admin.as_deref().and_then(admin_role),
    })
}
