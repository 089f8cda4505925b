//! Looking at a protected value is an act (查看个人信息要留痕); erasing a person is one too.
use authority::{Actor, Subject, Verb, may};
use base::{Origin, PersonId};
use store::people::{self, Person};
use store::{Tx, args};

use super::Keys;
use crate::act::{Deed, Work};
use crate::{Office, Refused};

/// What was revealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revealed {
    /// Field and value, in the order asked for; none when there is no such value or it was erased.
    pub values: Vec<(String, Option<String>)>,
}

impl Office {
    /// Reveals fields of a person in the course of `subject` (a case or an organization) for a stated reason. Journalled on the
    /// person's own chain, so that an access request can list every look.
    pub fn reveal(
        &self,
        who: &Actor,
        subject: &Subject,
        person: PersonId,
        fields: &[&str],
        reason: &str,
    ) -> Result<Revealed, Refused> {
        may(who, Verb::Reveal, subject)?;
        let reason = reason.trim();
        if reason.chars().count() < 4 {
            return Err(Refused::field("reason", "请写明查看的原因，至少 4 个字。查看会留痕"));
        }
        let office = self.clone();
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        self.act(Deed::by(who, Origin::none(), "person", person, "reveal").because(reason), move |work| {
            work.note("fields", fields.clone());
            let values = office.open_secrets(work.tx, person, &fields)?;
            Ok(Revealed { values })
        })
    }

    fn open_secrets(
        &self,
        tx: &mut Tx<'_>,
        person: PersonId,
        fields: &[String],
    ) -> Result<Vec<(String, Option<String>)>, Refused> {
        let rows = people::secrets(tx, person)?;
        let mut keys = Keys::default();
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let value = match rows.iter().find(|row| row.field == *field) {
                Some(row) => {
                    let sealed = serde_json::from_slice(&row.cipher).map_err(Refused::internal)?;
                    keys.open(self, tx, field, &sealed)?
                }
                None => None,
            };
            values.push((field.clone(), value));
        }
        Ok(values)
    }

    /// Erases a person (个人信息保护法 art 47): the key is destroyed, the protected rows go, the accounts are closed, the chains still
    /// verify. Refused while the law wants something kept ([`super::requests::retention`]).
    pub fn erase_person(&self, who: &Actor, person: PersonId, reason: &str) -> Result<(), Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        if reason.trim().is_empty() {
            return Err(Refused::field("reason", "请写明删除的依据"));
        }
        let office = self.clone();
        self.act(Deed::by(who, Origin::none(), "person", person, "erase").because(reason.trim()), move |work| {
            super::requests::erase_all(&office, work, person)
        })
    }
}

/// Erases a person within an act.
pub(super) fn erase_in(work: &mut Work<'_, '_>, person: PersonId) -> Result<(), Refused> {
    let found: Person = work.tx.find_record(args![person])?.ok_or(Refused::NotFound("这个人"))?;
    let secrets = people::secrets(work.tx, person)?;
    people::erase(work.tx, person, work.at, work.entry)?;
    work.touched::<people::PersonKey>(args![person])?;
    for secret in secrets {
        work.touched::<people::PersonSecret>(args![person, secret.field])?;
    }
    let (rev, entry) = (found.rev + 1, work.entry);
    work.update(&Person { mask: "（已删除）".to_owned(), state: "erased".to_owned(), rev, entry, ..found })
}
