//! Watching (关注): an organization or a search; what changes comes as a notice on the site and in a feed of one's own.
use authority::Actor;
use base::{AccountId, Instant, OrgId, PersonId, RecordId};
use store::accounts::{Notice, Watch};
use store::{Arg, Statement, Tx, args, sql};

use super::read::ask::Ask;
use crate::{Office, Refused};

/// Most things one person watches.
const MOST: usize = 200;
/// Notices in a feed.
const FEED: usize = 50;

/// The subject of a watched search.
const SEARCH: &str = "list:/orgs?";
/// The subject of a feed's secret: its digest, never the secret itself.
const FEED_SUBJECT: &str = "feed:";

const FEED_OWNER: Statement = sql!("watches.feed_owner", "select person from watch where subject = $1");
const SEARCHES: Statement = sql!(
    "watches.searches",
    "select distinct subject from watch where subject >= 'list:' and subject < 'list;' order by subject"
);
const ANY: Statement = sql!("watches.any", "select person from watch limit 1");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[FEED_OWNER, SEARCHES, ANY];

/// What somebody watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Which.
    pub id: RecordId,
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// Since when.
    pub since: base::Date,
}

/// Everything on somebody's page of watches.
#[derive(Debug, Clone)]
pub struct Watches {
    /// What is watched, oldest first.
    pub list: Vec<Watched>,
    /// What happened, newest first.
    pub notices: Vec<Notice>,
    /// The secret of the own feed.
    pub feed: String,
}

/// The subject of a watched organization.
pub fn of_org(id: OrgId) -> String {
    format!("org/{id}")
}

/// The subject of a watched search: its address without page.
pub fn of_search(ask: &Ask) -> String {
    format!("{SEARCH}{}", crate::register::read::ask::to_query(&Ask { limit: 0, ..ask.first_page() }))
}

fn href_of(subject: &str) -> Option<String> {
    subject
        .strip_prefix("org/")
        .map(|id| format!("/orgs/{id}"))
        .or_else(|| subject.strip_prefix("list:").map(str::to_owned))
}

impl Office {
    /// Watches an organization. Watching it twice changes nothing.
    pub fn watch_org(&self, who: &Actor, code: &str) -> Result<(), Refused> {
        let (person, code) = (self.watcher_of(who.account)?, code.trim().to_ascii_uppercase());
        let (id, name) = self.db.read(|tx| {
            let Some((origin, id)) = store::organizations::resolve(tx, &code)? else {
                return Err(Refused::NotFound("这家组织"));
            };
            Ok((id, store::organizations::get(tx, origin, id)?.name))
        })?;
        self.keep_watch(person, of_org(id), name)
    }

    /// Watches a search.
    pub fn watch_search(&self, who: &Actor, ask: &Ask, label: &str) -> Result<(), Refused> {
        if ask.is_open() {
            let next = "请先输入文字或选一个条件，再关注这次查询";
            return Err(Refused::rule("watch_everything", "没有条件的查询包含全部组织，变动太多，不能关注", next));
        }
        self.keep_watch(self.watcher_of(who.account)?, of_search(ask), label.to_owned())
    }

    /// Stops watching.
    pub fn stop_watching(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let person = self.watcher_of(who.account)?;
        self.db.write(move |tx| {
            let own = store::accounts::watches(tx, person)?;
            let Some(watch) = own.into_iter().find(|watch| watch.id == id) else {
                return Err(Refused::NotFound("这条关注"));
            };
            Ok(store::accounts::unwatch(tx, person, &watch.subject)?)
        })
    }

    /// What somebody watches, what happened, and the secret of the feed, made at first sight.
    pub fn watches(&self, who: &Actor) -> Result<Watches, Refused> {
        let person = self.watcher_of(who.account)?;
        let (mine, notices) = self.db.read(|tx| {
            let notices = store::accounts::notices(tx, person, FEED)?;
            Ok::<_, Refused>((store::accounts::watches(tx, person)?, notices))
        })?;
        let feed = match mine.iter().find(|watch| watch.subject.starts_with(FEED_SUBJECT)) {
            Some(watch) => self.feed_secret(watch.id)?,
            None => self.new_feed(person)?,
        };
        let list = mine.into_iter().filter_map(|watch| {
            Some(Watched { id: watch.id, href: href_of(&watch.subject)?, label: watch.label, since: watch.since })
        });
        Ok(Watches { list: list.collect(), notices, feed })
    }

    /// Whether somebody watches a subject.
    pub fn is_watched(&self, account: AccountId, subject: &str) -> Result<bool, Refused> {
        self.db.read(|tx| {
            let Some(found) = store::accounts::find(tx, account)? else { return Ok(false) };
            Ok(store::accounts::watchers(tx, subject)?.contains(&found.person))
        })
    }

    /// Makes the feed's old address useless and gives a new one.
    pub fn renew_feed(&self, who: &Actor) -> Result<String, Refused> {
        let person = self.watcher_of(who.account)?;
        self.db.write(move |tx| {
            for watch in store::accounts::watches(tx, person)? {
                if watch.subject.starts_with(FEED_SUBJECT) {
                    store::accounts::unwatch(tx, person, &watch.subject)?;
                }
            }
            Ok::<_, Refused>(())
        })?;
        self.new_feed(person)
    }

    /// The notices behind a feed's secret; none if nobody has it.
    pub fn find_feed(&self, secret: &str) -> Result<Option<Vec<Notice>>, Refused> {
        let subject = feed_subject(secret);
        self.db.read(|tx| {
            let Some(person) = tx.find::<Option<PersonId>>(FEED_OWNER, args![subject])?.flatten() else {
                return Ok(None);
            };
            Ok(Some(store::accounts::notices(tx, person, FEED)?))
        })
    }

    fn new_feed(&self, person: PersonId) -> Result<String, Refused> {
        let id = RecordId::fresh(&self.clock, &self.rng);
        let secret = self.feed_secret(id)?;
        let watch =
            Watch { person, id, subject: feed_subject(&secret), label: String::new(), since: self.clock.today() };
        self.db.write(move |tx| Ok::<_, Refused>(tx.insert(&watch)?))?;
        Ok(secret)
    }

    /// The secret follows from the row's id and a key outside the database, so the database alone gives nobody a feed.
    fn feed_secret(&self, id: RecordId) -> Result<String, Refused> {
        let digests = self.keys.lookups("feed", &id.to_string()).map_err(Refused::internal)?;
        let digest = digests.first().ok_or_else(|| Refused::internal("no look-up key"))?;
        Ok(digest.to_string()[..40].to_owned())
    }

    fn keep_watch(&self, person: PersonId, subject: String, label: String) -> Result<(), Refused> {
        let watch =
            Watch { person, id: RecordId::fresh(&self.clock, &self.rng), subject, label, since: self.clock.today() };
        self.db.write(move |tx| {
            let mine = store::accounts::watches(tx, person)?;
            if mine.iter().any(|known| known.subject == watch.subject) {
                return Ok(());
            }
            if mine.len() >= MOST {
                let next = "请先取消一些不再需要的关注";
                return Err(Refused::rule("too_many_watches", format!("最多关注 {MOST} 项，已经满了"), next));
            }
            Ok(tx.insert(&watch)?)
        })
    }

    pub(crate) fn watcher_of(&self, account: AccountId) -> Result<PersonId, Refused> {
        let found = self.db.read(|tx| store::accounts::find(tx, account))?;
        Ok(found.ok_or(Refused::SignIn)?.person)
    }
}

fn feed_subject(secret: &str) -> String {
    format!("{FEED_SUBJECT}{}", vault::sm3(secret.as_bytes()))
}

/// Whether anybody watches anything.
pub(crate) fn is_anything_watched(tx: &mut Tx<'_>) -> Result<bool, Refused> {
    Ok(tx.exists(ANY, &[] as &[Arg<'_>])?)
}

/// Every watched search with what it asks.
pub(crate) fn searches(tx: &mut Tx<'_>, today: base::Date) -> Result<Vec<(String, Ask)>, Refused> {
    let subjects: Vec<String> = tx.list::<Option<String>>(SEARCHES, &[])?.into_iter().flatten().collect();
    let read = |subject: String| {
        let pairs = crate::register::read::ask::from_query(subject.strip_prefix(SEARCH)?);
        Some((subject, Ask::read(&pairs, today).ok()?))
    };
    Ok(subjects.into_iter().filter_map(read).collect())
}

/// A notice about a change: the same change gives the same notice, so telling twice tells once.
pub(crate) fn notice_of(person: PersonId, key: &str, at: Instant, title: String, link: String, body: String) -> Notice {
    let digest = vault::sm3(format!("{person}/{key}").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    Notice { person, id: RecordId::from_bits(u128::from_be_bytes(bytes)), at, title, link, body, read_at: None }
}
