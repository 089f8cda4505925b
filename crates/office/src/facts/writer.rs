//! Writing what the register says into the fact table, one subject at a time: the same for building a day and for following it.
use std::collections::{BTreeSet, HashMap};

use base::{AreaCode, AreaLevel, AreaTree, Date};
use catalogue::{Catalogue, Subject, Value};
use planning::table::{Given, Unfit};
use planning::{FactBase, Place, Table};
use registry::{DirectClass, Kind};

use super::items::{Seen, Standing};
use super::supply::{self, By, CaseSeen};
use crate::Refused;

/// What `org.data_complete` rests on; only today can tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quality {
    /// Authorities whose whole register was inspected, as numbers of areas.
    pub inspected: BTreeSet<u32>,
}

/// Columns of one table with what fills them.
type Fill<F> = Vec<(usize, F)>;

/// Writes into a base.
pub(crate) struct Writer<'b> {
    pub base: &'b mut FactBase,
    tree: &'b AreaTree,
    day: Date,
    organization: Fill<fn(&Standing<'_>) -> Given>,
    community: Fill<fn(&Standing<'_>, &AreaTree) -> Given>,
    case: Fill<fn(&CaseSeen) -> Given>,
    complete: Option<usize>,
    /// The numbers of codes met before.
    places: HashMap<String, u32>,
    /// What could not be kept, said once per fact.
    unfit: BTreeSet<String>,
    /// Some organization is new or is registered elsewhere than before.
    pub moved: bool,
}

fn fill<F>(base: &FactBase, subject: &Subject, wanted: impl Fn(By) -> Option<F>) -> Fill<F> {
    let columns = base.table(subject).map(|table| table.layout().columns.as_slice()).unwrap_or_default();
    let found = columns.iter().enumerate();
    found.filter_map(|(at, spec)| Some((at, wanted(supply::find(&spec.fact)?)?))).collect()
}

impl<'b> Writer<'b> {
    pub(crate) fn new(base: &'b mut FactBase, tree: &'b AreaTree) -> Self {
        let organization = fill(base, &Subject::Organization, |by| match by {
            By::Organization(read) => Some(read),
            _ => None,
        });
        let community = fill(base, &Subject::CommunityOrganization, |by| match by {
            By::Community(read) => Some(read),
            _ => None,
        });
        let case = fill(base, &Subject::Case, |by| match by {
            By::Case(read) => Some(read),
            _ => None,
        });
        let layout = base.table(&Subject::Organization).map(Table::layout);
        let complete = layout.and_then(|layout| layout.find("org.data_complete"));
        let (day, places, unfit) = (base.date(), HashMap::new(), BTreeSet::new());
        Self { base, tree, day, organization, community, case, complete, places, unfit, moved: false }
    }

    /// The number of the area in which a code counts on the day.
    pub(crate) fn place(&mut self, code: &str) -> u32 {
        if let Some(at) = self.places.get(code) {
            return *at;
        }
        let at = code.parse().map_or(planning::areas::NOWHERE, |area| self.base.areas().place(self.tree, &area));
        self.places.insert(code.to_owned(), at);
        at
    }

    /// One organization from all its versions that are known. `fresh`: it is not in the table yet. Gives the next day on which
    /// something else holds of it.
    pub(crate) fn organization(
        &mut self,
        id: u128,
        versions: &mut [Seen<'_>],
        fresh: bool,
    ) -> Result<Option<Date>, Refused> {
        let next = Standing::next_change(versions, self.day);
        let first = versions.iter().map(|seen| seen.from).min();
        let standing = Standing::of(versions, self.day)?;
        let (legal, living) = standing.as_ref().map_or((false, false), belongs);
        let registered = standing.as_ref().map(|seen| self.place(&seen.items.registrar));
        let domiciled = standing.as_ref().map(|seen| match &seen.items.domicile {
            Some(home) => self.place(home),
            // It cannot live beyond where it is registered.
            None => self.place(&seen.items.registrar),
        });
        let place = registered.zip(domiciled).map(|(registered, domiciled)| Place { registered, domiciled });
        for (subject, belongs) in [(Subject::Organization, legal), (Subject::CommunityOrganization, living)] {
            let Some(table) = self.base.table_mut(&subject) else { continue };
            let found = if fresh { None } else { table.find(id) };
            let row = match (place.filter(|_| belongs), found) {
                (Some(place), Some(row)) => {
                    self.moved |= table.place(row) != Some(place);
                    table.put(row, place);
                    row
                }
                (Some(place), None) => {
                    self.moved = true;
                    table.push(id, place)
                }
                (None, Some(row)) => {
                    self.moved = true;
                    table.take_out(row);
                    continue;
                }
                (None, None) => continue,
            };
            // Since the first day of which anything is recorded, though a register may have begun with those that were left.
            if let Some(first) = first {
                table.keep_since(first);
            }
            let Some(standing) = &standing else { continue };
            let faults: Vec<Unfit> = if subject == Subject::Organization {
                let set = |(column, read): &(usize, fn(&Standing<'_>) -> Given)| {
                    table.set_at(row, *column, &read(standing)).err()
                };
                self.organization.iter().filter_map(set).collect()
            } else {
                let set = |(column, read): &(usize, fn(&Standing<'_>, &AreaTree) -> Given)| {
                    table.set_at(row, *column, &read(standing, self.tree)).err()
                };
                self.community.iter().filter_map(set).collect()
            };
            self.report(faults);
        }
        Ok(next)
    }

    /// Whether the register's data of an organization are complete: not while an issue waits; otherwise only where somebody looked.
    pub(crate) fn data_complete(&mut self, id: u128, defective: bool, quality: &Quality) {
        let Some(column) = self.complete else { return };
        let Some(table) = self.base.table_mut(&Subject::Organization) else { return };
        let Some(row) = table.find(id) else { return };
        let seen = table.place(row).is_some_and(|place| quality.inspected.contains(&place.registered));
        let given = match (defective, seen) {
            (true, _) => Given::Known(Value::Bool(false)),
            (false, true) => Given::Known(Value::Bool(true)),
            (false, false) => Given::Unknown,
        };
        let fault = table.set_at(row, column, &given).err();
        self.report(fault);
    }

    /// What nobody found anything against, once its authority's register was inspected.
    pub(crate) fn rest_is_complete(&mut self, quality: &Quality) {
        let Some(column) = self.complete else { return };
        let Some(table) = self.base.table_mut(&Subject::Organization) else { return };
        for row in 0..table.len() {
            let seen = table.place(row).is_some_and(|place| quality.inspected.contains(&place.registered));
            if seen && table.get(row, "org.data_complete") == Given::Unknown {
                // The column is there, and a truth fits it.
                drop(table.set_at(row, column, &Given::Known(Value::Bool(true))));
            }
        }
    }

    /// A case.
    pub(crate) fn case(&mut self, id: u128, area: &AreaCode, seen: CaseSeen) {
        let place = Place::both(self.place(area.as_str()));
        let Some(table) = self.base.table_mut(&Subject::Case) else { return };
        let row = match table.find(id) {
            Some(row) => {
                table.put(row, place);
                row
            }
            None => table.push(id, place),
        };
        let set = |(column, read): &(usize, fn(&CaseSeen) -> Given)| table.set_at(row, *column, &read(&seen)).err();
        let faults: Vec<Unfit> = self.case.iter().filter_map(set).collect();
        self.report(faults);
    }

    /// The records of a register as they stand on the day, in place of what was there. `kept`: since when it is kept.
    pub(crate) fn register(
        &mut self,
        catalogue: &Catalogue,
        register: &str,
        entries: &[&store::facts::Entry],
        kept: Option<Date>,
    ) {
        let subject = Subject::Register(register.to_owned());
        let places: Vec<u32> = entries.iter().map(|entry| self.place(area_of(catalogue, register, entry))).collect();
        let Some(table) = self.base.table_mut(&subject) else { return };
        table.clear();
        let columns: Vec<_> = table.layout().columns.iter().map(|spec| (spec.fact.clone(), spec.kind)).collect();
        let mut faults = Vec::new();
        for (entry, at) in entries.iter().zip(places) {
            let row = table.push(entry.id.bits(), Place::both(at));
            for (column, (fact, kind)) in columns.iter().enumerate() {
                let field = fact.strip_prefix(register).and_then(|rest| rest.strip_prefix('.'));
                let given = supply::of_field(*kind, field.and_then(|field| entry.body.get(field)));
                faults.extend(table.set_at(row, column, &given).err());
            }
        }
        if let Some(day) = kept.filter(|day| *day <= self.day) {
            table.keep_since(day);
        }
        self.report(faults);
    }

    /// A fact of areas in place of what was known of it: those named, and everything else `others`.
    pub(crate) fn area_fact(&mut self, fact: &str, known: &HashMap<u32, Given>, others: &dyn Fn(u32) -> Given) {
        let Some(table) = self.base.table_mut(&Subject::Area) else { return };
        let Some(column) = table.layout().find(fact) else { return };
        let mut faults = Vec::new();
        for row in 0..table.len() {
            let Some(at) = table.place(row).map(|place| place.domiciled) else { continue };
            let given = known.get(&at).cloned().unwrap_or_else(|| others(at));
            faults.extend(table.set_at(row, column, &given).err());
        }
        self.report(faults);
    }

    fn report(&mut self, faults: impl IntoIterator<Item = Unfit>) {
        for fault in faults {
            let said = fault.to_string();
            if self.unfit.insert(said.clone()) {
                tracing::warn!(day = %self.day, "a fact could not be kept: {said}");
            }
        }
    }
}

/// In which tables an organization counts: among the legal persons, and among the community organizations. These are the filed ones,
/// and of the registered ones those of the class 城乡社区服务类 that live in a community: every other legal person has an address in
/// some community, too.
fn belongs(seen: &Standing<'_>) -> (bool, bool) {
    let items = &seen.items;
    let home = || items.domicile.as_deref().and_then(|code| code.parse::<AreaCode>().ok()).map(|code| code.level());
    let registered = items.direct_class == Some(DirectClass::CommunityService);
    match items.kind {
        Kind::Community => (false, true),
        _ => (true, registered && home() == Some(AreaLevel::Community)),
    }
}

fn area_of<'e>(catalogue: &Catalogue, register: &str, entry: &'e store::facts::Entry) -> &'e str {
    let field = catalogue.find_register(register).and_then(|register| register.area_field());
    let said = field.and_then(|field| entry.body.get(&field.id)).and_then(serde_json::Value::as_str);
    said.filter(|code| !code.is_empty()).unwrap_or(entry.area.as_str())
}
