//! Everything the platform keeps about one person, for that person (个人信息保护法 art 45), with every look at protected values.
use base::{Instant, Origin};
use journal::Subject;
use serde_json::{Value as Json, json};
use store::people;
use store::{Tx, args};

use super::Keys;
use super::requests::accounts_of;
use crate::accounts::SignedIn;
use crate::act::Deed;
use crate::audit::Told as _;
use crate::{Office, Refused};

/// Newest acts of one's own that an export holds.
const ACTS: usize = 5_000;

impl Office {
    /// One's own data as JSON; taking it is an act of its own on one's chain.
    pub fn export_own_data(&self, who: &SignedIn) -> Result<Json, Refused> {
        let (office, signed) = (self.clone(), who.clone());
        let deed = Deed::by(&who.actor, Origin::none(), "person", who.person, "export_own_data");
        self.act(deed, move |work| office.own_data(work.tx, &signed, work.at))
    }

    /// Every look at one's protected values, and every other act on one's person, oldest first.
    pub fn looks_at(&self, who: &SignedIn) -> Result<Vec<crate::audit::Line>, Refused> {
        self.history(Origin::none(), "person", who.person)
    }

    fn own_data(&self, tx: &mut Tx<'_>, who: &SignedIn, now: Instant) -> Result<Json, Refused> {
        let person = who.person;
        let mut keys = Keys::default();
        let mut values = serde_json::Map::new();
        for row in people::secrets(tx, person)? {
            let sealed: Json = serde_json::from_slice(&row.cipher).map_err(Refused::internal)?;
            values.insert(row.field.clone(), json!(keys.open(self, tx, &row.field, &sealed)?));
        }
        let mut accounts = Vec::new();
        let mut acts = Vec::new();
        for account in accounts_of(tx, person)? {
            for row in store::journal::by_actor(tx, account.id, Instant(0), now.plus_seconds(1), ACTS)? {
                acts.push(json!({ "at": row.at.local_minute(), "act": crate::audit::act_label(&row.verb), "subject": row.subject }));
            }
            accounts.push(json!({ "id": account.id, "login": account.login, "name": account.name, "kind": account.kind, "state": account.state }));
        }
        let today = self.clock.today();
        let mut organizations = Vec::new();
        for held in store::accounts::orgs(tx, person, who.actor.account, today)? {
            organizations.push(json!({ "org": held.org, "role": held.role, "since": held.since.to_string() }));
        }
        let looks =
            self.history_in(tx, Origin::none(), &Subject { kind: "person".to_owned(), id: person.to_string() })?;
        let looks: Vec<Json> = looks
            .iter()
            .map(|line| json!({ "at": line.at.local_minute(), "told": line.sentence(), "fields": line.details }))
            .collect();
        let drafts = store::accounts::drafts(tx, person, 500)?;
        let drafts: Vec<Json> = drafts
            .iter()
            .map(|draft| json!({ "title": draft.title, "saved_at": draft.saved_at.local_minute(), "body": draft.body }))
            .collect();
        let notices = store::accounts::notices(tx, person, 500)?;
        let notices: Vec<Json> = notices
            .iter()
            .map(|notice| json!({ "at": notice.at.local_minute(), "title": notice.title, "body": notice.body }))
            .collect();
        let watches = store::accounts::watches(tx, person)?;
        let watches: Vec<Json> =
            watches.iter().map(|watch| json!({ "subject": watch.subject, "label": watch.label })).collect();
        let known: Option<people::Person> = tx.find_record(args![person])?;
        Ok(json!({
            "person": { "id": person, "mask": known.map(|person| person.mask), "values": values },
            "made_on": today.to_string(),
            "accounts": accounts,
            "organizations": organizations,
            "drafts": drafts,
            "notices": notices,
            "watches": watches,
            "looks_at_me": looks,
            "my_acts": acts,
        }))
    }
}
