//! Reading the files of the tree.
use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;

use jiff::civil::Date;

use super::{AreaKind, AreaTree, Node, Piece, changes, key_of};
use crate::{AreaCode, AreaLevel};

const AREAS: &[u8] = include_bytes!("../../../../data/divisions/areas.csv.gz");
const COMMUNITIES: &[u8] = include_bytes!("../../../../data/divisions/communities.csv.gz");
const CHANGES: &str = include_str!("../../../../data/divisions/changes.csv");
const SPECIAL: &str = include_str!("../../../../data/divisions/special.csv");
const CLASSES: &str = include_str!("../../../../data/divisions/urban_rural.csv");
const CENTROIDS: &str = include_str!("../../../../data/divisions/county_centroids.csv");

/// The texts a tree is built from (CSV with a header line; see `data/README.md`).
#[derive(Clone, Copy, Debug, Default)]
pub struct AreaFiles<'a> {
    /// `code,name,level,parent,short_name,pinyin` down to townships; columns after `name` may be missing.
    pub areas: &'a str,
    /// `code,name` of communities.
    pub communities: &'a str,
    /// `effective,precision,event,code,old_code,old_name,source`.
    pub changes: &'a str,
    /// `code,name,short_name,kind,parent,valid_from,valid_to,source`.
    pub special: &'a str,
    /// `code,class,source`: 城乡分类代码 of communities where they are known.
    pub classes: &'a str,
    /// `code,lon,lat` of cities and counties.
    pub centroids: &'a str,
}

/// Why a tree cannot be built.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("行政区划数据 {file} 第 {line} 行：{reason}")]
pub struct AreaFault {
    /// Which of the files.
    pub file: &'static str,
    /// Line, from 1, the header included; 0 for the whole file.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// Why a unit of the source list is no area.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dropped {
    /// 开发区、农场 and the like, listed for statistics only.
    Statistical,
    /// 市辖区, 省直辖县级行政区划, 直辖村级区划, or a city repeated as its own county.
    Placeholder,
}

impl Dropped {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Statistical => "是统计用区划单元，不是行政区划",
            Self::Placeholder => "是统计用的占位层级，不是行政区划",
        }
    }
}

/// Whether a row of the source list is an area; `above` is the name of the four-digit city above a county.
fn dropped(code: &AreaCode, name: &str, above: Option<&str>) -> Option<Dropped> {
    let tail =
        |from: usize| code.as_str().get(from..).and_then(|digits| digits.parse::<u16>().ok()).unwrap_or_default();
    match code.level() {
        AreaLevel::City if matches!(name, "市辖区" | "县") || name.contains("直辖县级") => {
            Some(Dropped::Placeholder)
        }
        // 61-79: 大兴安岭's forest districts and development zones (no division is numbered so, GB/T 2260).
        AreaLevel::County if (61..=79).contains(&tail(4)) => Some(Dropped::Statistical),
        AreaLevel::County if above == Some(name) => Some(Dropped::Placeholder),
        AreaLevel::Town if name.ends_with("直辖村级区划") => Some(Dropped::Placeholder),
        // 400-599 are farms, parks, prisons. Those called streets and towns work as such (they file community
        // organizations) though most have no civil code yet, so they stay.
        AreaLevel::Town if (400..=599).contains(&tail(6)) && !is_township_name(name) => Some(Dropped::Statistical),
        _ => None,
    }
}

fn is_township_name(name: &str) -> bool {
    ["街道", "镇", "乡", "苏木"].iter().any(|end| name.ends_with(end))
}

pub(super) type Row<'r> = &'r csv::StringRecord;

/// Calls `each` for every record of a CSV text.
pub(super) fn each_row(
    file: &'static str,
    text: &str,
    mut each: impl FnMut(Row<'_>) -> Result<(), String>,
) -> Result<(), AreaFault> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    loop {
        let fault = |line: u64, reason: String| AreaFault { file, line, reason };
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                each(&record).map_err(|reason| fault(line, reason))?;
            }
            Err(error) => {
                return Err(fault(error.position().map_or(0, csv::Position::line), "不是有效的 CSV".to_owned()));
            }
        }
    }
}

pub(super) fn code_in(row: Row<'_>, column: usize) -> Result<AreaCode, String> {
    row.get(column).unwrap_or_default().parse().map_err(|fault: crate::area::InvalidArea| fault.to_string())
}

pub(super) fn date_in(row: Row<'_>, column: usize) -> Result<Option<Date>, String> {
    match row.get(column).unwrap_or_default() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("“{text}”不是日期（应如 2019-09-25）")),
    }
}

/// A tree being built: nodes by key, names once.
pub(super) struct Builder {
    pub tree: AreaTree,
    pub rows: BTreeMap<u64, Node>,
    /// Parents given by a file rather than by the code.
    pub placed: BTreeMap<u64, u64>,
    known: HashMap<String, Piece>,
}

impl Builder {
    fn new() -> Self {
        let tree = AreaTree {
            text: String::new(),
            nodes: Vec::new(),
            starts: Vec::new(),
            below: Vec::new(),
            former: BTreeMap::new(),
            former_below: BTreeMap::new(),
            names: BTreeMap::new(),
            successors: BTreeMap::new(),
            dropped: BTreeMap::new(),
            classes: BTreeMap::new(),
            centroids: BTreeMap::new(),
            events: Vec::new(),
            wanderers: std::sync::OnceLock::new(),
        };
        let mut builder = Self { tree, rows: BTreeMap::new(), placed: BTreeMap::new(), known: HashMap::new() };
        builder.add(&AreaCode::nation(), "全国", "", "");
        builder
    }

    pub(super) fn intern(&mut self, text: &str) -> Piece {
        if text.is_empty() {
            return Piece::default();
        }
        if let Some(piece) = self.known.get(text) {
            return *piece;
        }
        let piece = Piece { start: self.tree.text.len() as u32, len: text.len() as u16 };
        self.tree.text.push_str(text);
        self.known.insert(text.to_owned(), piece);
        piece
    }

    pub(super) fn add(&mut self, code: &AreaCode, name: &str, short: &str, pinyin: &str) {
        // The source joined short names and pinyin by code from another edition; where they do not fit the name they lie.
        let fits = name.starts_with(short);
        let node = Node {
            key: key_of(code),
            name: self.intern(name),
            short: self.intern(if fits { short } else { "" }),
            pinyin: self.intern(if fits && !short.is_empty() { pinyin } else { "" }),
            parent: 0,
            from: None,
            to: None,
            kind: AreaKind::Division,
        };
        self.rows.insert(node.key, node);
    }

    fn areas(&mut self, text: &str) -> Result<(), AreaFault> {
        each_row("areas.csv", text, |row| {
            let (digits, name) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
            let code: AreaCode = code_in(row, 0)?;
            if name.is_empty() || name.len() > 1_000 {
                return Err("名称为空或过长".to_owned());
            }
            if code.as_str().len() < digits.len() {
                return Ok(()); // 东莞 441900, 中山, 儋州: the city again, as its own county; the code reads as the city's.
            }
            let above = code.parent().and_then(|up| self.rows.get(&key_of(&up))).map(|node| self.tree.piece(node.name));
            match dropped(&code, name, above) {
                Some(why) => {
                    let name = self.intern(name);
                    self.tree.dropped.insert(key_of(&code), (name, why));
                }
                None => self.add(&code, name, row.get(4).unwrap_or_default(), row.get(5).unwrap_or_default()),
            }
            Ok(())
        })
    }

    fn communities(&mut self, text: &str) -> Result<(), AreaFault> {
        each_row("communities.csv", text, |row| {
            let code = code_in(row, 0)?;
            let name = row.get(1).unwrap_or_default();
            if code.level() != AreaLevel::Community || name.is_empty() {
                return Err("应为 12 位代码和名称".to_owned());
            }
            self.add(&code, name, "", "");
            Ok(())
        })
    }

    fn special(&mut self, text: &str) -> Result<(), AreaFault> {
        each_row("special.csv", text, |row| {
            let (code, parent) = (code_in(row, 0)?, code_in(row, 4)?);
            if self.rows.contains_key(&key_of(&code)) || self.tree.dropped.contains_key(&key_of(&code)) {
                return Err(format!("代码 {code} 已被占用"));
            }
            self.add(&code, row.get(1).unwrap_or_default(), "", "");
            let short = self.intern(row.get(2).unwrap_or_default());
            let (from, to) = (date_in(row, 5)?, date_in(row, 6)?);
            let kind = match row.get(3) {
                Some("zone") => AreaKind::Zone,
                Some("province") => AreaKind::Division,
                other => return Err(format!("类型“{}”应为 zone 或 province", other.unwrap_or_default())),
            };
            if let Some(node) = self.rows.get_mut(&key_of(&code)) {
                (node.short, node.from, node.to, node.kind) = (short, from, to, kind);
            }
            self.placed.insert(key_of(&code), key_of(&parent));
            Ok(())
        })
    }

    fn facts(&mut self, classes: &str, centroids: &str) -> Result<(), AreaFault> {
        each_row("urban_rural.csv", classes, |row| {
            let class = match row.get(1).unwrap_or_default() {
                "111" | "112" | "121" | "122" | "123" => 1,
                "210" | "220" => 2,
                other => return Err(format!("“{other}”不是城乡分类代码")),
            };
            self.tree.classes.insert(key_of(&code_in(row, 0)?), class);
            Ok(())
        })?;
        each_row("county_centroids.csv", centroids, |row| {
            let degrees =
                |column| row.get(column).unwrap_or_default().parse::<f64>().ok().filter(|value| value.abs() <= 180.0);
            let (Some(lon), Some(lat)) = (degrees(1), degrees(2)) else { return Err("经纬度有误".to_owned()) };
            self.tree.centroids.insert(key_of(&code_in(row, 0)?), (lon, lat));
            Ok(())
        })
    }

    /// Orders the nodes and finds every parent: the placed one, or the nearest kept one by code.
    fn finish(mut self) -> Result<AreaTree, AreaFault> {
        self.tree.nodes = std::mem::take(&mut self.rows).into_values().collect();
        let mut parents = Vec::with_capacity(self.tree.nodes.len());
        for node in &self.tree.nodes {
            let above = super::code_of(node.key).parent();
            let parent = match self.placed.get(&node.key) {
                Some(key) => self.tree.index(*key),
                None => above.and_then(|up| self.tree.nearest(&up)).map(|area| area.at).or(Some(0)),
            };
            let Some(parent) = parent else {
                let reason = format!("{} 的上级不存在", super::code_of(node.key));
                return Err(AreaFault { file: "special.csv", line: 0, reason });
            };
            parents.push(parent);
        }
        let count = self.tree.nodes.len();
        let mut starts = vec![0_u32; count + 1];
        for (at, (node, parent)) in self.tree.nodes.iter_mut().zip(&parents).enumerate() {
            node.parent = *parent;
            if at as u32 != *parent
                && let Some(slot) = starts.get_mut(*parent as usize + 1)
            {
                *slot += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut starts {
            sum += *slot;
            *slot = sum;
        }
        let mut order: Vec<u32> = (0..count as u32).filter(|at| parents.get(*at as usize) != Some(at)).collect();
        order.sort_by_key(|at| parents.get(*at as usize).copied());
        (self.tree.starts, self.tree.below) = (starts, order);
        self.tree.text.shrink_to_fit();
        Ok(self.tree)
    }
}

impl AreaTree {
    /// The tree that ships with the platform; building takes a fraction of a second, so keep one.
    ///
    /// # Errors
    /// If a shipped file is damaged.
    pub fn shipped() -> Result<Self, AreaFault> {
        let (areas, communities) = (unpacked("areas.csv", AREAS)?, unpacked("communities.csv", COMMUNITIES)?);
        let (changes, special, classes, centroids) = (CHANGES, SPECIAL, CLASSES, CENTROIDS);
        Self::parse(AreaFiles { areas: &areas, communities: &communities, changes, special, classes, centroids })
    }

    /// Builds a tree from texts.
    ///
    /// # Errors
    /// The first line that cannot be used.
    pub fn parse(files: AreaFiles<'_>) -> Result<Self, AreaFault> {
        let mut builder = Builder::new();
        builder.areas(files.areas)?;
        builder.communities(files.communities)?;
        builder.special(files.special)?;
        let events = changes::read(&mut builder, files.changes)?;
        builder.facts(files.classes, files.centroids)?;
        let mut tree = builder.finish()?;
        changes::place(&mut tree, events);
        Ok(tree)
    }
}

fn unpacked(file: &'static str, packed: &[u8]) -> Result<String, AreaFault> {
    let mut text = String::with_capacity(packed.len() * 4);
    let read = flate2::read::GzDecoder::new(packed).read_to_string(&mut text);
    read.map(|_| text).map_err(|_| AreaFault { file, line: 0, reason: "压缩文件已损坏".to_owned() })
}
