//! The facts an act reads (事实): exactly those the matter's conditions name are loaded, and their digest stands in the entry.
use std::cell::RefCell;
use std::collections::BTreeMap;

use base::Date;
use casework::{Answers, Case};
use catalogue::matter::Matter;
use catalogue::{Facts, Reading, Value};
use store::Tx;
use vault::Digest;

use crate::{Office, Refused};

/// Facts loaded before an act, and which of them it read.
#[derive(Debug, Default)]
pub struct Loaded {
    values: BTreeMap<String, Reading>,
    today: Option<Date>,
    read: RefCell<BTreeMap<String, String>>,
}

impl Facts for Loaded {
    fn fact(&self, name: &str) -> Reading {
        let reading = self.values.get(name).cloned().unwrap_or(Reading::Unknown);
        self.read.borrow_mut().insert(name.to_owned(), format!("{reading:?}"));
        reading
    }

    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }

    fn today(&self) -> Date {
        self.today.unwrap_or(Date::MIN)
    }
}

impl Loaded {
    /// A set of known facts.
    pub fn new(today: Date) -> Self {
        Self { today: Some(today), ..Self::default() }
    }

    /// Adds a fact that is known.
    pub fn know(&mut self, name: &str, value: Value, source: impl Into<String>) {
        self.values.insert(name.to_owned(), Reading::Known { value, source: source.into() });
    }

    /// Adds a fact that is known to be blank.
    pub fn blank(&mut self, name: &str, source: impl Into<String>) {
        self.values.insert(name.to_owned(), Reading::Absent { source: source.into() });
    }

    /// The value of a fact and its source, where it is known. Not an act's reading: the digest does not count it.
    pub fn known(&self, name: &str) -> Option<(Value, String)> {
        match self.values.get(name) {
            Some(Reading::Known { value, source }) => Some((value.clone(), source.clone())),
            _ => None,
        }
    }

    /// SM3 over the facts that were read, with their values and sources.
    pub fn digest(&self) -> Option<Digest> {
        let read = self.read.borrow();
        if read.is_empty() {
            return None;
        }
        let text: Vec<String> = read.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        Some(vault::sm3(text.concat().as_bytes()))
    }
}

impl Office {
    /// Loads the facts that a case's matter can ask for: about its organization, about the wished name, about the people named.
    pub fn case_facts(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        area: &base::AreaCode,
        answers: &Answers,
        case: Option<&Case>,
    ) -> Result<Loaded, Refused> {
        self.facts_about(tx, (matter, area), answers, case, case.and_then(|case| case.org))
    }

    /// The same before there is a case, or of another organization than the case's.
    pub(crate) fn facts_about(
        &self,
        tx: &mut Tx<'_>,
        (matter, area): (&Matter, &base::AreaCode),
        answers: &Answers,
        case: Option<&Case>,
        org: Option<base::OrgId>,
    ) -> Result<Loaded, Refused> {
        let mut facts = Loaded::new(self.clock.today());
        if let Some(org) = org {
            self.org_facts(tx, org, &mut facts)?;
        }
        self.name_facts(tx, matter, area, answers, case.map(|case| case.id), &mut facts)?;
        self.people_facts(tx, matter, area, answers, &mut facts)?;
        Ok(facts)
    }
}
