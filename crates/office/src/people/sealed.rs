//! Sealing and opening personal values inside a transaction.
use std::collections::HashMap;

use base::{PersonId, RecordId};
use serde_json::Value as Json;
use store::people::{self, Person, PersonKey, PersonSecret};
use store::{Tx, args};
use vault::{DataKey, Sealed, WrappedKey};

use crate::act::Work;
use crate::{Office, Refused};

/// Protected values that can be looked up by keyed hash.
pub const SECRET_FIELDS: &[&str] = &["id_number", "phone"];

/// A value as it is looked up: folded width, no spaces or hyphens, upper case (GB 11643's X).
pub fn lookup_form(value: &str) -> String {
    registry::import::clean::text(value).to_uppercase().chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// What may be shown of a value: the first and last characters of numbers, the first of names.
pub fn mask_value(field: &str, value: &str) -> String {
    let length = value.chars().count();
    match field {
        "id_number" | "phone" if length > 7 => {
            value.chars().enumerate().map(|(at, c)| if (3..length - 4).contains(&at) { '*' } else { c }).collect()
        }
        _ => registry::officer::masked(value),
    }
}

/// Data keys of persons met during one use case, unwrapped once each.
#[derive(Default)]
pub struct Keys {
    known: HashMap<PersonId, Option<DataKey>>,
}

impl Keys {
    /// The person's key; none when it was erased.
    pub fn find(&mut self, office: &Office, tx: &mut Tx<'_>, person: PersonId) -> Result<Option<DataKey>, Refused> {
        if let Some(key) = self.known.get(&person) {
            return Ok(key.clone());
        }
        let row: Option<PersonKey> = tx.find_record(args![person])?;
        let key = match row.and_then(|row| row.wrapped) {
            Some(bytes) => {
                let text = String::from_utf8(bytes).map_err(Refused::internal)?;
                let wrapped: WrappedKey = text.parse().map_err(Refused::internal)?;
                Some(office.keys.data_key(person, &wrapped).map_err(Refused::internal)?)
            }
            None => None,
        };
        self.known.insert(person, key.clone());
        Ok(key)
    }

    /// Seals one value of a person.
    pub fn seal(
        &mut self,
        office: &Office,
        tx: &mut Tx<'_>,
        person: PersonId,
        field: &str,
        value: &str,
    ) -> Result<Json, Refused> {
        let key = self.find(office, tx, person)?.ok_or_else(erased)?;
        let sealed = key.seal(&office.rng, person, field, value).map_err(Refused::internal)?;
        serde_json::to_value(sealed).map_err(Refused::internal)
    }

    /// Opens a sealed value; none when the person was erased. What is not sealed is given back as text.
    pub fn open(
        &mut self,
        office: &Office,
        tx: &mut Tx<'_>,
        field: &str,
        value: &Json,
    ) -> Result<Option<String>, Refused> {
        let Ok(sealed) = serde_json::from_value::<Sealed>(value.clone()) else {
            return Ok(value.as_str().map(str::to_owned));
        };
        let Some(key) = self.find(office, tx, sealed.enc)? else { return Ok(None) };
        let plain = key.open(sealed.enc, field, &sealed).map_err(Refused::internal)?;
        Ok(Some(plain.to_string()))
    }
}

fn erased() -> Refused {
    Refused::rule("person_erased", "该人的个人信息已依法删除，不能再写入", "请以新的当事人重新登记")
}

impl Office {
    /// The person with this ID number, or a new one with a key of their own. The name and number are sealed.
    pub fn person_of(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        name: &str,
        id_number: &str,
    ) -> Result<PersonId, Refused> {
        let known = self.find_person(work.tx, "id_number", id_number)?;
        if let Some(person) = known {
            return Ok(person);
        }
        let (person, key) = self.add_person(work, name)?;
        keys.known.insert(person, Some(key));
        self.keep_secret(work, keys, person, "name", name)?;
        self.keep_secret(work, keys, person, "id_number", id_number)?;
        Ok(person)
    }

    /// A new person with a key of their own; the name is kept as its mask only.
    pub(crate) fn add_person(&self, work: &mut Work<'_, '_>, name: &str) -> Result<(PersonId, DataKey), Refused> {
        let person = PersonId::fresh(&self.clock, &self.rng);
        let (key, wrapped) = self.keys.new_data_key(&self.rng, person).map_err(Refused::internal)?;
        work.insert(&Person {
            id: person,
            mask: registry::officer::masked(name),
            state: "active".to_owned(),
            body: serde_json::json!({}),
            rev: 1,
            entry: work.entry,
        })?;
        // The wrapped key is not proven by the entry: erasure must be able to take it away.
        work.tx.insert(&PersonKey {
            person,
            wrapped: Some(wrapped.to_string().into_bytes()),
            made_at: work.at,
            erased_at: None,
            entry: work.entry,
        })?;
        Ok((person, key))
    }

    /// Keeps one protected value of a person.
    pub fn keep_secret(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        person: PersonId,
        field: &str,
        value: &str,
    ) -> Result<(), Refused> {
        let key = keys.find(self, work.tx, person)?.ok_or_else(erased)?;
        let sealed = key.seal(&self.rng, person, field, value).map_err(Refused::internal)?;
        let lookup = if SECRET_FIELDS.contains(&field) {
            let digests = self.keys.lookups(field, &lookup_form(value)).map_err(Refused::internal)?;
            digests.first().map(|digest| digest.as_bytes().to_vec())
        } else {
            None
        };
        // Not proven by the entry: erasure must be able to take the row away.
        work.tx.upsert(&PersonSecret {
            person,
            field: field.to_owned(),
            cipher: serde_json::to_vec(&sealed).map_err(Refused::internal)?,
            lookup,
            entry: work.entry,
        })?;
        Ok(())
    }

    /// Who has this ID number or phone.
    pub fn find_person(&self, tx: &mut Tx<'_>, field: &str, value: &str) -> Result<Option<PersonId>, Refused> {
        for digest in self.keys.lookups(field, &lookup_form(value)).map_err(Refused::internal)? {
            if let Some(person) = people::by_lookup(tx, field, digest.as_bytes())?.first() {
                return Ok(Some(*person));
            }
        }
        Ok(None)
    }

    /// A fresh record id.
    pub(crate) fn record_id(&self) -> RecordId {
        RecordId::fresh(&self.clock, &self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_only_what_people_need_to_recognise() {
        assert_eq!(mask_value("id_number", "11010519491231002X"), "110***********002X");
        assert_eq!(mask_value("phone", "13800001234"), "138****1234");
        assert_eq!(mask_value("phone", "12345"), "1****");
        assert_eq!(mask_value("name", "欧阳小明"), "欧***");
        assert_eq!(lookup_form("1101 0519491231002ｘ"), "11010519491231002X");
    }
}
