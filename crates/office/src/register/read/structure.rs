//! Structure analysis (结构分析, clauses 000-09a and 001-04a): how many organizations in force there are by level, area, kind, way of
//! management, class of direct registration, industry and new field. Every number comes from the count cubes, which acts keep, and
//! opens the list behind it.
use std::collections::BTreeMap;

use base::{AreaCode, AreaLevel};
use registry::{DirectClass, Kind, ManagementMode};
use store::{Filter, cubes};

use crate::{Office, Refused};

/// A way to cut the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// 全部: everything in force, one value.
    All,
    /// 登记层级: of which level the registrar is.
    Level,
    /// 管理方式
    Management,
    /// 直接登记类别
    Direct,
    /// 行业
    Industry,
    /// 新领域新业态
    NewField,
}

impl Cut {
    /// Those that have cubes and tables of their own, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Level, Self::Management, Self::Direct, Self::Industry, Self::NewField];

    /// How it is written in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Level => "level",
            Self::Management => "management",
            Self::Direct => "direct",
            Self::Industry => "industry",
            Self::NewField => "new_field",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::Level => "登记层级",
            Self::Management => "管理方式",
            Self::Direct => "直接登记类别",
            Self::Industry => "国民经济行业",
            Self::NewField => "新领域新业态",
        }
    }

    /// The cube that counts it.
    pub fn cube(self) -> &'static str {
        match self {
            Self::All => "org.registrar",
            Self::Level => "org.level",
            Self::Management => "org.management",
            Self::Direct => "org.direct",
            Self::Industry => "org.industry",
            Self::NewField => "org.new_field",
        }
    }

    /// Where an organization in force counts; none if this cut says nothing of it.
    pub fn value_of(self, o: &registry::Organization) -> Option<String> {
        match self {
            Self::All => Some("live".to_owned()),
            Self::Level => Some(level_word(o.registrar.level()).to_owned()),
            Self::Management => Some(o.management.as_str().to_owned()),
            Self::Direct => o.direct_class.map(|class| class.as_str().to_owned()),
            Self::Industry => o.industry.clone().filter(|industry| !industry.is_empty()),
            Self::NewField => o.new_field.then(|| "yes".to_owned()),
        }
    }

    /// A value as people read it.
    pub fn say(self, value: &str) -> String {
        let said = match self {
            Self::All => (value == "live").then_some("登记在册的组织"),
            Self::Level => LEVELS.iter().find(|(word, _)| *word == value).map(|(_, label)| *label),
            Self::Management => ManagementMode::parse(value).map(ManagementMode::label),
            Self::Direct => DirectClass::parse(value).map(DirectClass::label),
            Self::NewField => (value == "yes").then_some("新领域新业态组织"),
            Self::Industry => None,
        };
        said.unwrap_or(value).to_owned()
    }
}

const LEVELS: [(&str, &str); 5] = [
    ("nation", "民政部登记"),
    ("province", "省级登记"),
    ("city", "设区的市级登记"),
    ("county", "县级登记"),
    ("town", "乡级备案"),
];

fn level_word(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::Nation => "nation",
        AreaLevel::Province => "province",
        AreaLevel::City => "city",
        AreaLevel::County => "county",
        AreaLevel::Town | AreaLevel::Community => "town",
    }
}

/// One number's own list: a cut, one of its values, perhaps one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The cut.
    pub cut: Cut,
    /// The value.
    pub value: String,
    /// Of this kind only.
    pub kind: Option<Kind>,
}

impl Slice {
    /// Reads one; none if there is no such cut or value.
    pub fn read(cut: &str, value: &str, kind: Option<Kind>) -> Option<Self> {
        let cut = Cut::ALL.into_iter().chain([Cut::All]).find(|known| known.as_str() == cut)?;
        let known = match cut {
            Cut::All => value == "live",
            Cut::Level => LEVELS.iter().any(|(word, _)| *word == value),
            Cut::Management => ManagementMode::parse(value).is_some(),
            Cut::Direct => DirectClass::parse(value).is_some(),
            Cut::NewField => value == "yes",
            Cut::Industry => (1..=40).contains(&value.chars().count()),
        };
        known.then(|| Self { cut, value: value.to_owned(), kind })
    }

    /// What it holds, for headings.
    pub fn title(&self) -> String {
        let said = self.cut.say(&self.value);
        self.kind.map_or(said.clone(), |kind| format!("{said} · {}", kind.label()))
    }

    pub(super) fn narrow(&self, filter: &mut Filter) {
        match self.cut {
            Cut::All => &mut *filter,
            Cut::Level => match self.value.as_str() {
                "nation" => filter.fixed("registrar_area = '100000'"),
                "province" => filter.fixed("length(registrar_area) = 2"),
                "city" => filter.fixed("length(registrar_area) = 4"),
                "county" => filter.fixed("length(registrar_area) = 6 and registrar_area <> '100000'"),
                _ => filter.fixed("length(registrar_area) > 6"),
            },
            Cut::Management => filter.equal("management_mode", self.value.as_str()),
            Cut::Direct => filter.equal("direct_class", self.value.as_str()),
            Cut::Industry => filter.equal("industry_code", self.value.as_str()),
            Cut::NewField => filter.fixed("new_field = 1"),
        };
        if let Some(kind) = self.kind {
            filter.equal("kind", kind.as_str());
        }
    }
}

/// Numbers by kind.
pub type ByKind = BTreeMap<Kind, u64>;

/// The structure of one area.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// In force, by kind.
    pub total: ByKind,
    /// In force, by area below (registrars') and kind; largest first.
    pub areas: Vec<(AreaCode, ByKind)>,
    /// Each cut with its values; largest first.
    pub cuts: Vec<(Cut, Vec<(String, ByKind)>)>,
}

/// The sum over kinds.
pub fn sum(numbers: &ByKind) -> u64 {
    numbers.values().sum()
}

impl Office {
    /// The structure of an area; the country if none is given.
    pub fn structure(&self, area: Option<&AreaCode>) -> Result<Structure, Refused> {
        let area = area.cloned().unwrap_or_else(AreaCode::nation);
        let (prefix, digits) = match area.level() {
            AreaLevel::Nation => ("", 2),
            AreaLevel::Province => (area.as_str(), 4),
            AreaLevel::City => (area.as_str(), 6),
            AreaLevel::County | AreaLevel::Town | AreaLevel::Community => (area.as_str(), 9),
        };
        self.db.read(|tx| {
            let mut found = Structure::default();
            for count in cubes::of_area(tx, "org.registrar", &area)? {
                add_live(&mut found.total, &count);
            }
            let mut areas: BTreeMap<AreaCode, ByKind> = BTreeMap::new();
            for (area, count) in cubes::below(tx, "org.registrar", prefix, digits)? {
                add_live(areas.entry(area).or_default(), &count);
            }
            found.areas = largest_first(areas);
            for cut in Cut::ALL {
                let mut values: BTreeMap<String, ByKind> = BTreeMap::new();
                for count in cubes::of_area(tx, cut.cube(), &area)? {
                    add(values.entry(count.state.clone()).or_default(), &count);
                }
                found.cuts.push((cut, largest_first(values)));
            }
            Ok(found)
        })
    }
}

fn add(numbers: &mut ByKind, count: &cubes::Count) {
    if let (Some(kind), Ok(number)) = (Kind::parse(&count.kind), u64::try_from(count.number)) {
        *numbers.entry(kind).or_default() += number;
    }
}

fn add_live(numbers: &mut ByKind, count: &cubes::Count) {
    if registry::Registration::parse(&count.state).is_some_and(registry::Registration::is_live) {
        add(numbers, count);
    }
}

fn largest_first<T>(map: BTreeMap<T, ByKind>) -> Vec<(T, ByKind)> {
    let mut list: Vec<_> = map.into_iter().filter(|(_, numbers)| sum(numbers) > 0).collect();
    list.sort_by_key(|(_, numbers)| std::cmp::Reverse(sum(numbers)));
    list
}
