//! Versions become documents of the name index: one per interval in which nothing that is searched, filtered or counted changed.
use base::Date;
use registry::Organization;
use registry::organization::grade_label;
use search::Doc;
use store::organizations::Version;

use crate::Refused;
use crate::record::organization_of;

/// The documents of one organization from all its versions, as known now. What begins after `today` is not there yet.
pub fn docs_of(versions: &[Version], today: Date) -> Result<Vec<Doc>, Refused> {
    let mut known: Vec<&Version> =
        versions.iter().filter(|version| version.superseded_at.is_none() && version.valid_from <= today).collect();
    known.sort_by_key(|version| version.valid_from);
    let mut docs: Vec<Doc> = Vec::new();
    for version in known {
        let doc = doc_of(&organization_of(version)?, version.valid_from, version.valid_to.filter(|end| *end <= today));
        match docs.last_mut() {
            Some(last) if last.valid_to == Some(doc.valid_from) && same(last, &doc) => last.valid_to = doc.valid_to,
            _ => docs.push(doc),
        }
    }
    mark_former(&mut docs);
    Ok(docs)
}

fn doc_of(o: &Organization, from: Date, to: Option<Date>) -> Doc {
    Doc {
        id: o.id,
        origin: o.origin,
        name: o.name.clone(),
        code: o.code.clone(),
        filing_number: o.filing_number.clone(),
        kind: o.kind.as_str().to_owned(),
        status: o.states.registration.as_str().to_owned(),
        active: o.states.registration.is_live(),
        area: o.domicile.clone().or_else(|| Some(o.registrar.clone())),
        registrar: o.registrar.clone(),
        grade: o.grade.map(grade_label),
        charity: o.charity,
        valid_from: from,
        valid_to: to,
        former: false,
    }
}

/// Whether two documents differ in nothing but their days.
fn same(one: &Doc, other: &Doc) -> bool {
    let (valid_from, valid_to) = (one.valid_from, one.valid_to);
    *one == Doc { valid_from, valid_to, ..other.clone() }
}

/// A name no longer borne is found without a day too, once: by the last interval in which it was borne.
fn mark_former(docs: &mut [Doc]) {
    let Some(now) = docs.iter().find(|doc| doc.valid_to.is_none()).map(|doc| doc.name.clone()) else { return };
    let mut seen = std::collections::HashSet::from([now]);
    for doc in docs.iter_mut().rev() {
        doc.former = seen.insert(doc.name.clone());
    }
}

#[cfg(test)]
mod tests {
    use base::{EntryId, Instant, OrgId, RecordId};
    use registry::{Kind, Registration};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn version(o: &Organization, from: &str, to: Option<&str>) -> Version {
        let span = (day(from), to.map(day));
        crate::record::version_of(o, RecordId::from_bits(1), span, Instant(0), EntryId::from_bits(1)).unwrap()
    }

    #[test]
    fn one_document_per_interval_and_one_former_name() {
        let mut o =
            Organization::new(OrgId::from_bits(7), Kind::Association, "云州市茶叶协会", "2101".parse().unwrap());
        let first = version(&o, "2016-01-01", Some("2018-01-01"));
        o.address = Some("云州路 1 号".to_owned());
        let moved = version(&o, "2018-01-01", Some("2020-01-01"));
        o.states.registration = Registration::Liquidating;
        let ending = version(&o, "2020-01-01", Some("2021-01-01"));
        o.name = "云州市茶业协会".to_owned();
        let renamed = version(&o, "2021-01-01", None);
        let future = version(&o, "2030-01-01", None);
        let mut gone = version(&o, "2015-01-01", None);
        gone.superseded_at = Some(Instant(1));
        let docs = docs_of(&[renamed, gone, first, future, ending, moved], day("2026-03-02")).unwrap();
        let shown: Vec<_> =
            docs.iter().map(|doc| (doc.valid_from.year(), doc.valid_to.map(Date::year), doc.former)).collect();
        assert_eq!(shown, [(2016, Some(2020), false), (2020, Some(2021), true), (2021, None, false)]);
    }

    #[test]
    fn an_interval_that_ends_tomorrow_still_holds() {
        let o = Organization::new(OrgId::from_bits(7), Kind::Foundation, "云州基金会", "21".parse().unwrap());
        let docs = docs_of(&[version(&o, "2016-01-01", Some("2026-03-03"))], day("2026-03-02")).unwrap();
        assert_eq!(docs[0].valid_to, None);
    }
}
