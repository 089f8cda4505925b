//! Which authority registers the n-th organization, and where organizations live.
use std::collections::BTreeMap;

use base::{AreaCode, AreaLevel, AreaTree, Date};

use super::stream::{Stream, shuffled};

/// Organizations of a province in February 2018 (全国社会组织信息查询平台, in 公益时报 2018-02-13), for the ten known; the rest of the
/// 805,190 is shared out by townships. 江苏 and 广东 are lower bounds.
const KNOWN: &[(&str, u64)] = &[
    ("32", 90_000),
    ("44", 66_000),
    ("37", 50_721),
    ("33", 50_656),
    ("51", 43_925),
    ("42", 35_966),
    ("43", 34_383),
    ("41", 34_318),
    ("13", 32_483),
    ("34", 30_538),
];
const TOTAL: u64 = 805_190;
/// Registered by the ministry, same source.
const MINISTRY: u64 = 2_312;
/// Share of a province's organizations that the province itself registers, and its cities, in thousandths; the rest by counties.
const PROVINCE_SHARE: u64 = 45;
const CITY_SHARE: u64 = 160;

/// An authority and what it needs to name and place its organizations.
#[derive(Clone, Debug)]
pub(super) struct Registrar {
    pub area: AreaCode,
    /// How its organizations' names begin: 辽宁省, 沈阳市, 沈阳市和平区; empty for the ministry.
    pub prefix: String,
    /// Its own name: 沈阳市和平区民政局.
    pub name: String,
    /// Places for its organizations: a range of [`Places::homes`].
    pub homes: std::ops::Range<usize>,
    /// Short names of the townships below, for second names in small fields.
    pub towns: Vec<String>,
    /// How many of each cycle are its.
    pub weight: u64,
}

/// Registrars with their weights, and every place where somebody can live.
#[derive(Debug)]
pub(super) struct Places {
    pub registrars: Vec<Registrar>,
    /// Running sums of the weights.
    sums: Vec<u64>,
    /// The finest areas there are, in order of code.
    pub homes: Vec<AreaCode>,
    seed: u64,
}

/// The n-th organization's registrar and its number there.
pub(super) struct Seat {
    pub registrar: usize,
    pub serial: u64,
}

impl Places {
    /// Registrars in `within` (all if empty), as the tree is on `day`. `legal_persons`: also cities, provinces and the ministry;
    /// otherwise only counties, who file community organizations, and only those with known communities if there are any.
    pub fn of(tree: &AreaTree, within: &[AreaCode], day: Date, seed: u64, legal_persons: bool) -> Self {
        let homes = homes_of(tree, day);
        let mut places = Self { registrars: Vec::new(), sums: Vec::new(), homes, seed };
        let totals = province_totals(tree, day);
        for province in tree.children_at(&AreaCode::nation(), day) {
            let code = province.code();
            let count = totals.get(code.as_str()).copied().unwrap_or(0);
            places.province(tree, &code, count, day, legal_persons);
        }
        if legal_persons {
            places.add(tree, AreaCode::nation(), MINISTRY, day);
        }
        places
            .registrars
            .retain(|registrar| within.is_empty() || within.iter().any(|area| area.covers(&registrar.area)));
        let mut sum = 0;
        places.sums = places
            .registrars
            .iter()
            .map(|registrar| {
                sum += registrar.weight;
                sum
            })
            .collect();
        places
    }

    fn province(&mut self, tree: &AreaTree, province: &AreaCode, count: u64, day: Date, legal_persons: bool) {
        let below = tree.children_at(province, day);
        let cities: Vec<AreaCode> = codes(&below, AreaLevel::City);
        let mut counties = codes(&below, AreaLevel::County);
        for city in &cities {
            counties.extend(codes(&tree.children_at(city, day), AreaLevel::County));
        }
        // Cities without counties (东莞) do what counties do.
        counties.extend(
            cities.iter().filter(|city| codes(&tree.children_at(city, day), AreaLevel::County).is_empty()).cloned(),
        );
        let towns: Vec<u64> =
            counties.iter().map(|county| tree.children_at(county, day).len().clamp(1, 40) as u64).collect();
        let all_towns: u64 = towns.iter().sum::<u64>().max(1);
        let upper = if legal_persons { PROVINCE_SHARE + CITY_SHARE } else { 0 };
        if legal_persons {
            let own = if cities.is_empty() { upper } else { PROVINCE_SHARE };
            self.add(tree, province.clone(), count * own / 1000, day);
            let each = count * CITY_SHARE / 1000 / (cities.len() as u64).max(1);
            for city in &cities {
                self.add(tree, city.clone(), each, day);
            }
        }
        for (county, towns) in counties.into_iter().zip(towns) {
            self.add(tree, county, count * (1000 - upper) * towns / all_towns / 1000, day);
        }
    }

    fn add(&mut self, tree: &AreaTree, area: AreaCode, weight: u64, day: Date) {
        let homes = self.homes_below(&area);
        if weight == 0 || homes.is_empty() {
            return;
        }
        if let Some(known) = self.registrars.iter_mut().find(|registrar| registrar.area == area) {
            known.weight += weight;
            return;
        }
        let below = if area.level() == AreaLevel::County { tree.children_at(&area, day) } else { Vec::new() };
        let towns =
            below.iter().filter(|town| town.level() == AreaLevel::Town).map(|town| town.name().to_owned()).collect();
        let prefix = name_prefix(tree, &area);
        let name = authority_name(tree, &area, &prefix);
        self.registrars.push(Registrar { area, prefix, name, homes, towns, weight });
    }

    fn homes_below(&self, area: &AreaCode) -> std::ops::Range<usize> {
        if *area == AreaCode::nation() {
            return 0..self.homes.len();
        }
        let from = self.homes.partition_point(|home| home.as_str() < area.as_str());
        let count = self.homes.get(from..).map_or(0, |rest| rest.partition_point(|home| area.covers(home)));
        from..from + count
    }

    /// How many organizations one cycle gives out; the next cycle gives every registrar its share again.
    pub fn cycle(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// The seat of the n-th organization. No two numbers share a seat.
    pub fn seat(&self, number: u64) -> Option<Seat> {
        let cycle = self.cycle();
        if cycle == 0 {
            return None;
        }
        let at = shuffled(number % cycle, cycle, self.seed);
        let registrar = self.sums.partition_point(|sum| *sum <= at);
        let weight = self.registrars.get(registrar)?.weight;
        let before = self.sums.get(registrar)? - weight;
        Some(Seat { registrar, serial: number / cycle * weight + (at - before) })
    }

    /// Somewhere below the registrar.
    pub fn home(&self, registrar: &Registrar, stream: &mut Stream) -> Option<&AreaCode> {
        self.homes.get(registrar.homes.start + stream.below(registrar.homes.len()))
    }
}

fn codes(areas: &[base::Area<'_>], level: AreaLevel) -> Vec<AreaCode> {
    let divisions = areas.iter().filter(|area| area.kind() == base::areas::AreaKind::Division);
    divisions.filter(|area| area.level() == level).map(|area| area.code()).collect()
}

/// Areas with nothing below them: communities where they are known, townships elsewhere.
fn homes_of(tree: &AreaTree, day: Date) -> Vec<AreaCode> {
    let lived_in = |area: &base::Area<'_>| {
        area.kind() == base::areas::AreaKind::Division && area.exists_at(day) && area.level() >= AreaLevel::County
    };
    let mut homes: Vec<AreaCode> = Vec::new();
    for area in tree.iter().filter(lived_in) {
        let code = area.code();
        // The tree is in order of code, so what an area lies in stands just before it.
        if homes.last().is_some_and(|last| last != &code && last.covers(&code)) {
            homes.pop();
        }
        homes.push(code);
    }
    homes
}

/// Organizations of each province: the known ones, and the rest of the total by townships.
fn province_totals(tree: &AreaTree, day: Date) -> BTreeMap<String, u64> {
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for area in tree.iter().filter(|area| area.level() == AreaLevel::Town && area.exists_at(day)) {
        *totals.entry(area.code().as_str().chars().take(2).collect()).or_default() += 1;
    }
    let known = |code: &str| KNOWN.iter().find(|(province, _)| *province == code).map(|(_, count)| *count);
    let rest = TOTAL - MINISTRY - KNOWN.iter().map(|(_, count)| count).sum::<u64>();
    let towns: u64 = totals.iter().filter(|(code, _)| known(code).is_none()).map(|(_, towns)| towns).sum();
    for (code, total) in &mut totals {
        *total = known(code).unwrap_or(rest * *total / towns.max(1));
    }
    totals
}

/// A district's name is preceded by its city's (社会组织名称管理办法 art 9), a county's stands alone.
fn name_prefix(tree: &AreaTree, area: &AreaCode) -> String {
    let Some(own) = tree.find(area).filter(|_| *area != AreaCode::nation()) else { return String::new() };
    let name = own.name();
    if area.level() != AreaLevel::County || !name.ends_with('区') {
        return name.to_owned();
    }
    let above = area.parent().filter(|up| up.level() != AreaLevel::Nation);
    // 直辖市 have no city level in the tree: the parent by code is none of it.
    let city = above.as_ref().and_then(|up| tree.find(up)).or_else(|| tree.find(&area.ancestry().get(2)?.clone()));
    format!("{}{name}", city.map_or("", base::Area::name))
}

fn authority_name(tree: &AreaTree, area: &AreaCode, prefix: &str) -> String {
    match area.level() {
        AreaLevel::Nation => "民政部".to_owned(),
        // 直辖市 have a bureau, provinces and autonomous regions a department.
        AreaLevel::Province if tree.name(area).is_some_and(|name| name.ends_with('市')) => format!("{prefix}民政局"),
        AreaLevel::Province => format!("{prefix}民政厅"),
        _ => format!("{prefix}民政局"),
    }
}

/// The department that guides an organization: 沈阳市和平区教育局, 辽宁省教育厅, 教育部.
pub(super) fn department_name(registrar: &Registrar, department: &str) -> String {
    if department.ends_with("联合会") {
        let nation = registrar.area.level() == AreaLevel::Nation;
        return if nation { format!("中国{department}") } else { format!("{}{department}", registrar.prefix) };
    }
    let ending = match registrar.area.level() {
        AreaLevel::Nation => "部",
        AreaLevel::Province if !registrar.prefix.ends_with('市') => "厅",
        _ => "局",
    };
    format!("{}{department}{ending}", registrar.prefix)
}
