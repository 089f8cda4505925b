//! What registers say on a day (名册): each a table of its own, and three that feed facts of areas.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{AreaCode, AreaLevel, Date, Fen, Instant};
use catalogue::{Kind, Subject, Value};
use planning::table::Given;
use planning::{Areas, FactBase};
use store::Tx;
use store::facts::Entry;

use super::supply::{By, SUPPLIED};
use super::writer::Writer;
use crate::{Office, Refused};

/// Numbers of areas from outside (地区统计数).
pub(crate) const FIGURES: &str = "area-figures";
/// 加快发展县名单
pub(crate) const FAST_DEVELOPING: &str = "fast-developing-counties";
/// 登记管理权限授予名册
pub(crate) const DELEGATED: &str = "delegated-registrars";

/// What was read of registers, by id.
pub(crate) type Read = BTreeMap<String, Vec<Entry>>;

/// The registers a base rests on.
pub(crate) fn wanted(base: &FactBase) -> BTreeSet<String> {
    let tables = base.tables().filter_map(|table| match table.subject() {
        Subject::Register(id) => Some(id.clone()),
        _ => None,
    });
    tables.chain([FIGURES, FAST_DEVELOPING, DELEGATED].map(str::to_owned)).collect()
}

pub(crate) fn read(
    tx: &mut Tx<'_>,
    registers: &BTreeSet<String>,
    day: Date,
    known: Option<Instant>,
) -> Result<Read, Refused> {
    let one = |id: &String| Ok((id.clone(), store::facts::entries(tx, id, day, known)?));
    registers.iter().map(one).collect()
}

/// A record that was never true is none.
fn is_meant(entry: &Entry) -> bool {
    entry.state != "withdrawn"
}

/// It counts from its first day to before its last.
fn is_in_force(entry: &Entry, day: Date) -> bool {
    is_meant(entry) && entry.since <= day && entry.until.is_none_or(|until| until > day)
}

impl Office {
    /// Puts what was read in place of what was there.
    pub(crate) fn write_registers(&self, writer: &mut Writer<'_>, read: &Read) {
        let day = writer.base.date();
        for (id, entries) in read {
            let meant: Vec<&Entry> = entries.iter().filter(|entry| is_meant(entry)).collect();
            match id.as_str() {
                FIGURES => write_figures(writer, &meant),
                FAST_DEVELOPING => write_fast_developing(writer, &meant),
                _ => {}
            }
            let kept = meant.iter().map(|entry| entry.since).min();
            let in_force: Vec<&Entry> = meant.into_iter().filter(|entry| is_in_force(entry, day)).collect();
            writer.register(&self.catalogue, id, &in_force, kept);
        }
    }

    /// Which areas have a registrar: where one is on file or has been given the power, and where anybody is registered.
    pub(crate) fn write_registrars(&self, writer: &mut Writer<'_>, read: &Read, seats: &[AreaCode]) {
        let day = writer.base.date();
        let delegated = read.get(DELEGATED).into_iter().flatten().filter(|entry| is_in_force(entry, day));
        let mut seated: BTreeSet<u32> = seats.iter().map(|area| writer.place(area.as_str())).collect();
        for entry in delegated {
            seated.insert(writer.place(entry.area.as_str()));
        }
        if let Some(table) = writer.base.table(&Subject::Organization) {
            let mut last = None;
            for place in table.places(catalogue::plans::Population::RegisteredIn) {
                // Rows lie by place, so that nearly all repeat the one before.
                if last != Some(*place) {
                    seated.insert(*place);
                    last = Some(*place);
                }
            }
        }
        let truth = |at: u32| Given::Known(Value::Bool(seated.contains(&at)));
        writer.area_fact("area.registrar", &HashMap::new(), &truth);
    }

    /// The areas of the authorities on file that register.
    pub(crate) fn registrar_seats(tx: &mut Tx<'_>) -> Result<Vec<AreaCode>, Refused> {
        let bodies = store::people::bodies(tx)?.into_iter();
        let seats = bodies.filter(|body| body.kind == "registrar" && body.state == "active");
        Ok(seats.map(|body| body.area).collect())
    }
}

fn text<'e>(entry: &'e Entry, field: &str) -> Option<&'e str> {
    entry.body.get(field)?.as_str().filter(|text| !text.is_empty())
}

fn day_of(entry: &Entry, field: &str) -> Option<Date> {
    text(entry, field)?.parse().ok()
}

fn area_of(entry: &Entry) -> &str {
    text(entry, "area").unwrap_or(entry.area.as_str())
}

/// Per area and figure the latest that is not after the day.
fn write_figures(writer: &mut Writer<'_>, entries: &[&Entry]) {
    let day = writer.base.date();
    let shipped = |fact: &str| SUPPLIED.iter().find(|(name, _)| *name == fact).map(|(_, by)| *by);
    let columns = writer.base.table(&Subject::Area).map(|table| table.layout().columns.clone()).unwrap_or_default();
    for spec in columns.iter().filter(|spec| matches!(spec.kind, Kind::Int | Kind::Money)) {
        // What a pack declares besides is called in the register as its fact is.
        let figure = match shipped(&spec.fact) {
            Some(By::Figure(figure)) => figure,
            None => spec.fact.trim_start_matches("area."),
            Some(_) => continue,
        };
        let mut latest: HashMap<u32, (Date, i64)> = HashMap::new();
        for entry in entries.iter().filter(|entry| text(entry, "figure") == Some(figure)) {
            let value = entry.body.get("value").and_then(serde_json::Value::as_i64);
            let (Some(as_of), Some(value)) = (day_of(entry, "as_of").filter(|as_of| *as_of <= day), value) else {
                continue;
            };
            // Only of the area itself: the number of one that was taken over is not that of its heir.
            let Some(at) = exact(writer.base.areas(), area_of(entry)) else { continue };
            let held = latest.entry(at).or_insert((as_of, value));
            if as_of >= held.0 {
                *held = (as_of, value);
            }
        }
        let kept = |value: i64| match spec.kind {
            Kind::Money => value.checked_mul(100).map_or(Given::Unknown, |fen| Given::Known(Value::Money(Fen(fen)))),
            _ => Given::Known(Value::Int(value)),
        };
        let known = latest.into_iter().map(|(at, (_, value))| (at, kept(value))).collect();
        writer.area_fact(&spec.fact, &known, &|_| Given::Unknown);
    }
}

fn exact(areas: &Areas, code: &str) -> Option<u32> {
    areas.find(&code.parse().ok()?)
}

/// Those in the list; the other counties of a province that has one in force are not.
fn write_fast_developing(writer: &mut Writer<'_>, entries: &[&Entry]) {
    let day = writer.base.date();
    let runs = |entry: &Entry| {
        let from = day_of(entry, "from").unwrap_or(entry.since);
        let until = day_of(entry, "until").or(entry.until);
        from <= day && until.is_none_or(|until| until > day)
    };
    let mut listed: HashMap<u32, Given> = HashMap::new();
    let mut provinces: BTreeSet<u32> = BTreeSet::new();
    for entry in entries.iter().filter(|entry| runs(entry)) {
        let at = writer.place(area_of(entry));
        listed.insert(at, Given::Known(Value::Bool(true)));
        provinces.extend(province_of(writer.base.areas(), at));
    }
    let areas = writer.base.areas().clone();
    let other = |at: u32| {
        let told = areas.level(at) == Some(AreaLevel::County)
            && province_of(&areas, at).is_some_and(|province| provinces.contains(&province));
        if told { Given::Known(Value::Bool(false)) } else { Given::Unknown }
    };
    writer.area_fact("area.fast_developing", &listed, &other);
}

fn province_of(areas: &Areas, at: u32) -> Option<u32> {
    areas.ancestry(at).into_iter().find(|up| areas.level(*up) == Some(AreaLevel::Province))
}
