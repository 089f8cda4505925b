//! Organizations for tests, written as acts do.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::sync::Arc;

use base::code::CreditCode;
use base::{Date, OrgId, RecordId};
use registry::{Kind, Organization};
use serde_json::json;
use store::organizations::{self, Officer};

use crate::Deed;
use crate::record::{organization_of, row_of, tally, version_of};
use crate::testing::TestOffice;

impl TestOffice {
    /// Gives the office a name index in its own folder.
    pub fn with_index(mut self) -> Self {
        let index = search::Index::open(self.folder().join("search.db")).unwrap();
        self.office.index = Some(Arc::new(index));
        self
    }

    /// An organization that nobody has written yet.
    pub fn draft_org(&self, kind: Kind, name: &str, registrar: &str) -> Organization {
        let mut o = Organization::new(OrgId::fresh(&self.clock, &self.rng), kind, name, registrar.parse().unwrap());
        o.synthetic = true;
        "test".clone_into(&mut o.source);
        o
    }

    /// Writes what holds of an organization from a day on, as an act would: version, current row, code, counts, change.
    pub fn record_org(&self, o: &Organization, from: Date) {
        let (o, office) = (o.clone(), self.office.clone());
        let system = authority::Actor::system();
        let deed = Deed::by(&system, o.origin, "org", o.id, "record");
        self.act(deed, move |work| {
            let old = organizations::find(work.tx, o.origin, o.id)?;
            let mut fresh = || RecordId::fresh(&office.clock, &office.rng);
            let version = version_of(&o, fresh(), (from, None), work.at, work.entry)?;
            if old.is_some() {
                let seen = organizations::versions(work.tx, o.origin, o.id)?;
                let last = seen.iter().rfind(|version| version.superseded_at.is_none()).unwrap();
                tally(work.tx, &organization_of(last)?, &office.areas, work.today, -1);
            }
            organizations::set_version(work.tx, &version, &mut fresh)?;
            let rev = old.as_ref().map_or(1, |row| row.rev + 1);
            let row = row_of(&o, &office.areas, work.today, rev, work.entry);
            if old.is_some() {
                work.update(&row)?;
            } else {
                work.insert(&row)?;
            }
            if let Some(code) = o.code.clone().filter(|_| old.as_ref().is_none_or(|old| old.code != o.code)) {
                let (origin, org, entry) = (o.origin, o.id, work.entry);
                work.insert(&organizations::CreditCode { code, origin, org, since: from, until: None, entry })?;
            }
            tally(work.tx, &o, &office.areas, work.today, 1);
            let public = json!({ "id": o.id, "code": o.code, "name": o.name, "kind": o.kind, "act": "record" });
            work.announce("org", format!("org/{}", o.id), Some(public));
            Ok(())
        })
        .unwrap();
    }

    /// An organization registered on a day, with a valid code.
    pub fn registered(&self, kind: Kind, name: &str, registrar: &str, on: Date) -> Organization {
        let mut o = self.draft_org(kind, name, registrar);
        o.code = Some(self.code_for(kind, registrar));
        o.registered_on = Some(on);
        o.domicile = Some(o.registrar.clone());
        o.legal_representative = Some("林书言".to_owned());
        self.record_org(&o, on);
        o
    }

    /// Somebody responsible, named in full: what must never be seen.
    pub fn appoint(&self, o: &Organization, post: &str, name: &str) {
        let (origin, org, post, name) = (o.origin, o.id, post.to_owned(), name.to_owned());
        let id = RecordId::fresh(&self.clock, &self.rng);
        let from = o.registered_on.unwrap();
        let deed = Deed::by(&authority::Actor::system(), origin, "org", org, "appoint");
        self.act(deed, move |work| {
            work.insert(&Officer {
                origin,
                org,
                id,
                term: id,
                person: None,
                post,
                public_name: name,
                sort: 1,
                term_from: Some(from),
                term_to: None,
                valid_from: from,
                valid_to: None,
                recorded_at: work.at,
                superseded_at: None,
                body: json!({}),
                entry: work.entry,
            })
        })
        .unwrap();
    }

    fn code_for(&self, kind: Kind, registrar: &str) -> String {
        let class = kind.class_digit().unwrap_or('9');
        let area: base::AreaCode = registrar.parse().unwrap();
        let body = format!("MJ{:06}", self.rng.below(1_000_000));
        CreditCode::issue('5', class, &area.six(), &body).unwrap().to_string()
    }
}
