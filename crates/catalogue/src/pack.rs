//! Policy packs (政策包): each folder of the catalogue is one, with an area, a level and the documents it puts into practice.
use std::collections::BTreeMap;

use base::{AreaCode, Date};

use crate::problem::{Located, Place, Problems};
use crate::reader::Reader;
use crate::tree::Node;

/// How near to the ground a pack is. Later is nearer, and the nearer wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PackLevel {
    /// 国家
    National,
    /// 省
    Province,
    /// 市
    City,
    /// 县
    County,
    /// 功能区（开发区、示范区）
    Zone,
}

impl PackLevel {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("national", Self::National),
        ("province", Self::Province),
        ("city", Self::City),
        ("county", Self::County),
        ("zone", Self::Zone),
    ];
}

/// Whether a document holds (文件状态).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum DocumentState {
    /// 已印发
    #[default]
    Issued,
    /// 征求意见稿: its plan is shown, marked so, and its parameters are settings rather than rules.
    Draft,
}

/// A policy document (政策文件) a pack puts into practice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Its short id, the head of its clause ids: `000`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who issued it (发文机关).
    pub issuer: String,
    /// Its number (文号); empty if it has none.
    pub number: String,
    /// Issued or a draft.
    pub state: DocumentState,
    /// Who issued it together with the issuer (联合发文).
    pub with: Vec<String>,
    /// Whom it is addressed to (主送).
    pub to: Vec<String>,
    /// What it is based on (依据), with whatever number the document gives.
    pub based_on: Vec<String>,
    /// When it was signed or issued (成文日期).
    pub date: Option<Date>,
    /// When it was made public, where that is another day (发布日期).
    pub published: Option<Date>,
    /// Since when it is in force, where it says so (施行日期).
    pub in_force: Option<Date>,
    /// The plan's period, first and last day.
    pub period: Option<(Date, Date)>,
}

/// One pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pack {
    /// Its id, which is its folder.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it applies: this area and everything below it.
    pub area: AreaCode,
    /// Its level.
    pub level: PackLevel,
    /// The packs of the same area that it comes after, and so wins over.
    pub after: Vec<Located<String>>,
    /// Its documents.
    pub documents: Vec<Document>,
    /// Where it is declared.
    pub at: Place,
}

impl Pack {
    /// Reads `pack.toml` of a folder.
    pub fn read(folder: &str, root: &Node, problems: &Problems) -> Option<Self> {
        let file = Reader::of(root, problems)?;
        let id = file.need_id("id");
        if !id.is_empty() && id != folder {
            problems.error(
                root.place_of(&["id"]),
                format!("政策包的 id 是“{id}”，文件夹却叫“{folder}”"),
                "请让两者相同",
            );
        }
        let area = file.need_text("area");
        let area = match area.parse::<AreaCode>() {
            Ok(area) => Some(area),
            Err(error) => {
                let help = "请写行政区划代码：省 2 位，市 4 位，县 6 位；全国写 \"100000\"";
                problems.error(root.place_of(&["area"]), error.to_string(), help);
                None
            }
        };
        let level = file.need_choice("level", &PackLevel::WORDS);
        let pack = Self {
            id: folder.to_owned(),
            name: file.need_text("name"),
            area: area?,
            level: level?,
            after: file.texts("after"),
            documents: file.tables("document").into_iter().map(read_document).collect(),
            at: file.at().clone(),
        };
        file.finish();
        Some(pack)
    }
}

fn read_document(entry: Reader<'_>) -> Document {
    let period = entry.table("period").and_then(|period| {
        let days = (period.date("from"), period.date("to"));
        period.finish();
        Some((days.0?, days.1?))
    });
    let words = |key: &str| entry.texts(key).into_iter().map(|text| text.value).collect::<Vec<_>>();
    let document = Document {
        id: entry.need_text("id"),
        title: entry.need_text("title"),
        issuer: entry.need_text("issuer"),
        number: entry.text("number").unwrap_or_default(),
        state: entry
            .choice("state", &[("issued", DocumentState::Issued), ("draft", DocumentState::Draft)])
            .unwrap_or_default(),
        with: words("with"),
        to: words("to"),
        based_on: words("based_on"),
        date: entry.date("date"),
        published: entry.date("published"),
        in_force: entry.date("in_force"),
        period,
    };
    entry.finish();
    document
}

/// All packs, in the order in which they apply: far to near, then `after`, then by id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Packs(Vec<Pack>);

impl Packs {
    /// Puts packs in order and reports unknown or circular `after`.
    pub fn of(packs: &[Pack], problems: &Problems) -> Self {
        let known: BTreeMap<&str, &Pack> = packs.iter().map(|pack| (pack.id.as_str(), pack)).collect();
        for pack in packs {
            for name in &pack.after {
                if !known.contains_key(name.value.as_str()) {
                    let help = crate::condition::suggest(&name.value, known.keys().copied());
                    problems.error(&name.at, format!("没有名为“{}”的政策包", name.value), help);
                }
            }
        }
        let mut rest = packs.to_vec();
        rest.sort_by(|a, b| (a.level, &a.area, &a.id).cmp(&(b.level, &b.area, &b.id)));
        let mut ordered: Vec<Pack> = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let waits = |pack: &Pack, rest: &[Pack]| {
                pack.after
                    .iter()
                    .any(|name| rest.iter().any(|other| other.id == name.value && other.level == pack.level))
            };
            let next = (0..rest.len()).find(|index| {
                let least = rest.iter().map(|pack| pack.level).min();
                Some(rest[*index].level) == least && !waits(&rest[*index], &rest)
            });
            if next.is_none() {
                problems.error(&rest[0].at, format!("政策包“{}”的 after 绕成了圈", rest[0].id), "请去掉其中一个 after");
            }
            ordered.push(rest.remove(next.unwrap_or_default()));
        }
        Self(ordered)
    }

    /// The pack of that id.
    pub fn find(&self, id: &str) -> Option<&Pack> {
        self.0.iter().find(|pack| pack.id == id)
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.0.iter()
    }

    /// Those that apply where `ancestry` (an area and everything above it, by the dated tree) lies, far to near.
    pub fn applying(&self, ancestry: &[AreaCode]) -> Vec<&Pack> {
        let applies = |pack: &&Pack| pack.level == PackLevel::National || ancestry.contains(&pack.area);
        self.0.iter().filter(applies).collect()
    }

    /// Pairs of packs of one area of which neither is declared to come after the other.
    pub fn rivals(&self) -> Vec<(&Pack, &Pack)> {
        let mut out = Vec::new();
        for (index, first) in self.0.iter().enumerate() {
            for second in &self.0[index + 1..] {
                let settled = self.comes_after(second, first) || self.comes_after(first, second);
                if first.area == second.area && first.level == second.level && !settled {
                    out.push((first, second));
                }
            }
        }
        out
    }

    /// Whether two packs cannot clash: they are for different areas, or one is declared after the other.
    pub(crate) fn settled(&self, one: &str, two: &str) -> bool {
        let (Some(one), Some(two)) = (self.find(one), self.find(two)) else { return true };
        one.area != two.area || self.comes_after(one, two) || self.comes_after(two, one)
    }

    /// Whether `pack` is declared after `other`, directly or through others.
    fn comes_after(&self, pack: &Pack, other: &Pack) -> bool {
        let mut seen = vec![pack.id.as_str()];
        let mut index = 0;
        while index < seen.len() {
            for name in self.find(seen[index]).into_iter().flat_map(|pack| &pack.after) {
                if name.value == other.id {
                    return true;
                }
                if !seen.contains(&name.value.as_str()) {
                    seen.push(&name.value);
                }
            }
            index += 1;
        }
        false
    }
}
