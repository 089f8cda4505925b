//! Editions (事项版本): a case runs to its end under the edition it began with; each is stored once and read once.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{AreaCode, Date};
use casework::Rules;
use catalogue::Resolved;
use store::Tx;
use store::cases::Edition;

use crate::{Office, Refused};

/// Editions already read, by digest. Shared by the clones of an office.
#[derive(Clone, Default)]
pub struct Editions(Arc<Mutex<HashMap<String, Arc<Resolved>>>>);

impl Editions {
    fn find(&self, digest: &str) -> Option<Arc<Resolved>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    fn keep(&self, resolved: Resolved) -> Arc<Resolved> {
        let kept = Arc::new(resolved);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(kept.digest.clone(), Arc::clone(&kept));
        kept
    }
}

impl Office {
    /// The matter as it stands for an authority's area on a day: packs from the nation down to the area.
    pub fn matter(&self, id: &str, area: &AreaCode, day: Date) -> Result<Arc<Resolved>, Refused> {
        let lineage = self.lineage(area, day);
        let resolved = self
            .catalogue
            .matter(id, &lineage, day)
            .map_err(|no| Refused::rule("no_matter", no.to_string(), "请从办事指南重新选择"))?;
        Ok(match self.editions.find(&resolved.digest) {
            Some(kept) => kept,
            None => self.editions.keep(resolved),
        })
    }

    /// The area and everything above it on a day, by the dated tree.
    pub fn lineage(&self, area: &AreaCode, day: Date) -> Vec<AreaCode> {
        let dated = self.areas.ancestry_at(area, day);
        if dated.is_empty() { area.ancestry() } else { dated }
    }

    /// The edition that a case pins.
    pub fn edition(&self, tx: &mut Tx<'_>, digest: &str) -> Result<Arc<Resolved>, Refused> {
        if let Some(kept) = self.editions.find(digest) {
            return Ok(kept);
        }
        let row = store::cases::edition(tx, digest)?;
        let resolved = Resolved::from_text(&row.text).map_err(|problems| {
            Refused::internal(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        if resolved.digest != digest {
            return Err(Refused::internal(format!("edition {digest} is not what its text says")));
        }
        Ok(self.editions.keep(resolved))
    }

    /// Stores an edition, once.
    pub(crate) fn pin(&self, tx: &mut Tx<'_>, resolved: &Resolved, area: &AreaCode, day: Date) -> Result<(), Refused> {
        let edition = Edition {
            digest: resolved.digest.clone(),
            matter: resolved.matter.id.as_str().to_owned(),
            area: area.clone(),
            made_on: day,
            text: resolved.canonical_text.clone(),
        };
        Ok(store::cases::keep_edition(tx, &edition)?)
    }

    /// What a case under this edition is judged by.
    pub fn rules<'a>(&'a self, resolved: &'a Resolved) -> Rules<'a> {
        Rules {
            matter: &resolved.matter,
            digest: &resolved.digest,
            params: &resolved.params,
            words: self.catalogue.words(),
            named: self.catalogue.named(),
            calendar: &self.calendar,
        }
    }
}
