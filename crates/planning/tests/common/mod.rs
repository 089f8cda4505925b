//! The invented province 云州 (99) with one city, two counties, two towns and six communities, on three days; and the shipped
//! catalogue. Every value of the fixture is written for the three days: 2021-12-31, 2023-12-31, 2025-12-31.
#![expect(dead_code, reason = "each test binary uses some of it")]
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use base::areas::AreaFiles;
use base::{AreaCode, AreaTree, Date, Fen};
use catalogue::plans::Fraction;
use catalogue::{Catalogue, Files, Kind, NamedChecks, Params, Subject, Value};
use planning::facts::area_id;
use planning::table::{Given, Place};
use planning::{FactBase, Figure, Job, Measuring, Number};

pub const DAYS: [&str; 3] = ["2021-12-31", "2023-12-31", "2025-12-31"];

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

pub fn part(num: i128, den: i128) -> Fraction {
    Fraction::new(num, den).unwrap()
}

pub fn load(files: &Files) -> Catalogue {
    Catalogue::load(files, &NamedChecks::default()).unwrap_or_else(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

pub fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

/// The catalogue that ships, its plans, indicators, facts, registers and parameters only: matters take seconds to resolve.
pub fn shipped() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| load(&without_matters()));
    &SHIPPED
}

pub fn without_matters() -> Files {
    let mut files = Files::read(&root()).unwrap();
    let kept = |path: &str| {
        let of = |names: &[&str]| names.iter().any(|name| path.contains(name));
        of(&["/plans/", "/indicators/", "/params", "/facts", "/registers/", "pack.toml", "clauses.csv", "lists.toml"])
    };
    files.0.retain(|(path, _)| kept(path));
    for (_, text) in files.0.iter_mut().filter(|(path, _)| path.contains("/registers/")) {
        // Registers may name matters that write them; none is loaded here.
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("written_by")).collect();
        *text = lines.join("\n");
        if !text.contains("enters") {
            *text = text.replacen("title_field", "enters = [\"supervision\"]\ntitle_field", 1);
        }
    }
    files
}

const AREAS: &str = "code,name,level,parent,short_name,pinyin
99,云州省
9901,云溪市
990101,溪东区
990102,溪西县
990101001,桥头街道
990102100,西坪镇
";
const COMMUNITIES: &str = "code,name
990101001001,柳荫社区
990101001002,石桥社区
990101001201,上岗村
990102100001,坪中社区
990102100201,下岗村
990102100202,岭后村
";

pub fn tree() -> AreaTree {
    AreaTree::parse(AreaFiles { areas: AREAS, communities: COMMUNITIES, ..AreaFiles::default() }).unwrap()
}

/// The fixture's facts on the day of that number.
pub fn facts(catalogue: &Catalogue, at: usize) -> FactBase {
    let tree = tree();
    let mut base = FactBase::new(catalogue, &tree, day(DAYS[at]));
    let tables: Vec<Subject> = base.tables().map(|table| table.subject().clone()).collect();
    for subject in tables {
        base.table_mut(&subject).unwrap().keep_since(day("2015-01-01"));
    }
    for line in include_str!("../fixture.txt").lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    {
        enter(catalogue, &tree, &mut base, line, at);
    }
    base
}

/// `organization O1 99 990101001001 111` is a subject, where it is registered and lives, and on which days it is there;
/// `O1 org.grade 3 4 4` its fact on the three days; `community_organization * 990101001001 10 12 12` as many as that.
fn enter(catalogue: &Catalogue, tree: &AreaTree, base: &mut FactBase, line: &str, at: usize) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = |base: &FactBase, text: &str| base.areas().place(tree, &code(text));
    match words[..] {
        ["cso", area, a, b, c] => {
            let count: usize = [a, b, c][at].parse().unwrap();
            let domiciled = place(base, area);
            let urban = area.ends_with("001") || area.ends_with("002") && !area.ends_with("202");
            for number in 0..count {
                let id = area_id(&code(area)) * 100 + number as u128;
                let table = base.table_mut(&Subject::CommunityOrganization).unwrap();
                let row = table.push(id, Place { registered: domiciled, domiciled });
                let text = |word: &str| Given::Known(Value::Text(word.to_owned()));
                let plain = [
                    ("cso.alive", Given::Known(Value::Bool(true))),
                    ("cso.settlement", text(if urban { "urban" } else { "rural" })),
                    ("cso.serves", Given::Known(Value::List(Vec::new()))),
                    ("cso.field", text("life_service")),
                    ("cso.volunteers", Given::Known(Value::Int(2))),
                    ("cso.brand", Given::Known(Value::Bool(false))),
                    ("cso.demonstration", Given::Known(Value::Bool(false))),
                ];
                for (fact, given) in plain {
                    table.set(row, fact, &given).unwrap();
                }
            }
        }
        [subject, id, registered, domiciled, present] if Subject::parse(subject).is_some() => {
            if present.as_bytes()[at] == b'1' {
                let place = Place { registered: place(base, registered), domiciled: place(base, domiciled) };
                base.table_mut(&Subject::parse(subject).unwrap()).unwrap().push(number(id), place);
            }
        }
        [id, fact, a, b, c] => {
            let Some(def) = catalogue.words().find(fact) else { panic!("{fact} in {line}") };
            let table = base.table_mut(def.subject.as_ref().unwrap()).unwrap();
            let Some(row) = table.find(number(id)) else { return };
            table.set(row, fact, &given(def.kind, [a, b, c][at])).unwrap_or_else(|fault| panic!("{line}: {fault}"));
        }
        _ => panic!("{line}"),
    }
}

/// Digits are areas; `990101001001#0` a community organization; letters and a number anything else.
fn number(id: &str) -> u128 {
    if let Some((area, number)) = id.split_once('#') {
        return area_id(&code(area)) * 100 + number.parse::<u128>().unwrap();
    }
    if let Ok(code) = id.parse::<AreaCode>() {
        return area_id(&code);
    }
    id.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))
}

fn given(kind: Kind, text: &str) -> Given {
    let known = match (kind, text) {
        (_, "?" | ".") => return Given::Unknown,
        (_, "-") => return Given::Blank,
        (Kind::Bool, truth) => Value::Bool(truth == "t"),
        (Kind::Int, number) => Value::Int(number.parse().unwrap()),
        (Kind::Money, yuan) => Value::Money(Fen::yuan(yuan.parse().unwrap())),
        (Kind::Date, date) => Value::Date(day(date)),
        (Kind::Text, text) => Value::Text(text.to_owned()),
        (Kind::List, "[]") => Value::List(Vec::new()),
        (Kind::List, words) => Value::List(words.trim_matches(['[', ']']).split(',').map(str::to_owned).collect()),
    };
    Given::Known(known)
}

/// The parameters of the pack an indicator belongs to, on a day.
pub fn params(catalogue: &Catalogue, pack: &str, on: Date) -> Params {
    let area = &catalogue.packs().find(pack).unwrap().area;
    let plan = catalogue.plans().find(|plan| plan.pack == pack).unwrap();
    planning::report::params_of(catalogue, plan, &area.ancestry(), on)
}

/// One part measured for the whole invented province (or another area of it).
pub fn measured(
    catalogue: &Catalogue,
    base: &FactBase,
    indicator: &str,
    part: &str,
    area: &str,
    params: &Params,
) -> Figure {
    let indicator = catalogue.find_indicator(indicator).unwrap_or_else(|| panic!("no indicator {indicator}"));
    let part = indicator.find_part(part).unwrap_or_else(|| panic!("no part {part} of {}", indicator.id));
    let root = base.areas().find(&code("99")).unwrap();
    let job = Job { indicator, part, params, area: root, start: None, others: Some(catalogue), only: None, plan: None };
    let named = NamedChecks::default();
    let measuring = Measuring::new(base, catalogue.words(), &named);
    measuring.one(&job).at(base.areas().find(&code(area)).unwrap())
}

/// `1/3`, `5/26 in 0..?`, `none`: how expected values are written.
pub fn said(figure: &Figure) -> String {
    let end = |number: &Option<Fraction>| number.map_or("?".to_owned(), |number| number.to_string());
    match &figure.number {
        Number::Exact(number) => number.to_string(),
        Number::Between { known, low, high } => format!("{} in {}..{}", end(known), end(low), end(high)),
        Number::Nothing(planning::Why::NothingToCount) => "nothing".to_owned(),
        Number::Nothing(planning::Why::NoData(_)) => "no data".to_owned(),
    }
}

/// Parameters with some of them set for a test.
pub fn with_list(params: Params, name: &str, words: &[&str]) -> Params {
    let mut value = params.find(name).unwrap().clone();
    value.value = Value::List(words.iter().map(|word| (*word).to_owned()).collect());
    params.with([value])
}

/// Every part of every indicator by id, `ln-18.money`.
pub fn all_parts(catalogue: &Catalogue) -> BTreeMap<String, (String, String)> {
    let mut all = BTreeMap::new();
    for indicator in catalogue.indicators() {
        for part in &indicator.parts {
            let name = if part.id.is_empty() { indicator.id.clone() } else { format!("{}.{}", indicator.id, part.id) };
            all.insert(name, (indicator.id.clone(), part.id.clone()));
        }
    }
    all
}
