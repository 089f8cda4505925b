//! Overlays (叠加): what a pack changes in a matter of a pack above it, one thing at a time, each change checked before it is made.
//!
//! They work on the tree, so that every value of the resolved matter still knows its file and line. They never remove a
//! statutory step and never change the desk that acts.
use base::Date;

use crate::params::Params;
use crate::problem::{Citation, Place, Problems};
use crate::reader::Reader;
use crate::slot;
use crate::tree::{Data, Node};

/// One change to one matter.
#[derive(Clone, PartialEq, Debug)]
pub struct Overlay {
    /// The matter's id.
    pub matter: String,
    /// What it does.
    pub verb: Verb,
    /// First day it holds; from ever if not said.
    pub from: Option<Date>,
    /// Last day it holds.
    pub to: Option<Date>,
    /// Why.
    pub cite: Option<Citation>,
    /// What it is done with.
    value: Node,
    /// Where it is written.
    pub at: Place,
}

/// What an overlay may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verb {
    /// 改名
    Rename,
    /// 缩短期限
    Shorten,
    /// 延长期限（须有依据）
    Lengthen,
    /// 减材料
    DropMaterial,
    /// 调整岗位层级
    DeskLevel,
    /// 加表单分区（须有依据）
    AddSection,
    /// 加填报项（须有依据）
    AddField,
    /// 加材料（须有依据）
    AddMaterial,
    /// 加校验（须有依据）
    AddCheck,
    /// 加审查要点（须有依据）
    AddPoint,
    /// 加环节（须有依据）
    AddStep,
    /// 加并联意见（须有依据）
    AddOpinion,
}

impl Verb {
    /// The keys used in files.
    pub const WORDS: [(&'static str, Self); 12] = [
        ("rename", Self::Rename),
        ("shorten", Self::Shorten),
        ("lengthen", Self::Lengthen),
        ("drop_material", Self::DropMaterial),
        ("desk_level", Self::DeskLevel),
        ("add_section", Self::AddSection),
        ("add_field", Self::AddField),
        ("add_material", Self::AddMaterial),
        ("add_check", Self::AddCheck),
        ("add_point", Self::AddPoint),
        ("add_step", Self::AddStep),
        ("add_opinion", Self::AddOpinion),
    ];

    fn needs_citation(self) -> bool {
        !matches!(self, Self::Rename | Self::Shorten | Self::DropMaterial | Self::DeskLevel)
    }

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, verb)| *verb == self).map_or("", |(word, _)| word)
    }
}

impl Overlay {
    /// What it is done with, as written.
    pub(crate) fn value(&self) -> &Node {
        &self.value
    }

    /// Reads one `[[overlay]]` table.
    pub fn read(entry: &Reader<'_>) -> Option<Self> {
        let matter = entry.need_id("matter");
        let cite = entry.located("cite").map(|text| Citation { text: text.value, at: text.at });
        let written: Vec<_> = Verb::WORDS.iter().filter_map(|(word, verb)| Some((*verb, entry.find(word)?))).collect();
        let (from, to) = (entry.date("from"), entry.date("to"));
        let [(verb, value)] = written[..] else {
            let words: Vec<_> = Verb::WORDS.iter().map(|(word, _)| *word).collect();
            let help = format!("请写 {} 中的一个", words.join("、"));
            entry.problems().error(entry.at(), "每个 overlay 只做一件事", help);
            return None;
        };
        if verb.needs_citation() && cite.is_none() {
            let message = format!("{} 加重了申请人或机关的负担，必须写明依据", verb.word());
            entry.problems().error(entry.at(), message, "请补上 cite = \"文件名称和条款\"");
            return None;
        }
        Some(Self { matter, verb, from, to, cite, value: value.clone(), at: entry.at().clone() })
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// What it sets: two overlays of rival packs with one key contradict each other.
    pub fn key(&self) -> String {
        let text = |key: &str| self.value.find(key).and_then(Node::as_text).unwrap_or_default();
        let id = |node: Option<&Node>| {
            node.and_then(|n| n.find("id")).and_then(Node::as_text).unwrap_or_default().to_owned()
        };
        let part = match self.verb {
            Verb::Rename => format!("name:{}", text("at")),
            Verb::Shorten | Verb::Lengthen => format!("limit:{}", text("at")),
            Verb::DropMaterial => format!("material:{}", self.value.as_text().unwrap_or_default()),
            Verb::DeskLevel => format!("level:{}", text("step")),
            Verb::AddSection => format!("section:{}", id(Some(&self.value))),
            Verb::AddField => format!("field:{}", id(self.value.find("field"))),
            Verb::AddMaterial => format!("material:{}", id(Some(&self.value))),
            Verb::AddCheck => format!("check:{}", id(Some(&self.value))),
            Verb::AddPoint => format!("point:{}:{}", text("step"), id(self.value.find("point"))),
            Verb::AddStep | Verb::AddOpinion => format!("step:{}", id(self.value.find("step"))),
        };
        format!("{}/{part}", self.matter)
    }

    /// Makes the change. What it may not do is reported, and the matter stays as it was.
    pub fn apply(&self, matter: &mut Node, params: &Params, problems: &Problems) {
        let change = Change { overlay: self, params, problems };
        match self.verb {
            Verb::Rename => change.rename(matter),
            Verb::Shorten => change.limit(matter, false),
            Verb::Lengthen => change.limit(matter, true),
            Verb::DropMaterial => change.drop_material(matter),
            Verb::DeskLevel => change.desk_level(matter),
            Verb::AddSection => change.add(matter, &["sections"], &self.value, false),
            Verb::AddMaterial => change.add(matter, &["materials"], &self.value, true),
            Verb::AddCheck => change.add(matter, &["checks"], &self.value, true),
            Verb::AddField => {
                let Some((section, field)) = change.pair("section", "field") else { return };
                change.add(matter, &["sections", section, "fields"], field, false);
            }
            Verb::AddPoint => {
                let Some((step, point)) = change.pair("step", "point") else { return };
                change.add(matter, &["steps", step, "points"], point, true);
            }
            Verb::AddStep | Verb::AddOpinion => {
                let Some((id, step)) = change.pair("slot", "step") else { return };
                slot::insert(matter, id, step, self.verb == Verb::AddOpinion, problems);
            }
        }
    }
}

struct Change<'a> {
    overlay: &'a Overlay,
    params: &'a Params,
    problems: &'a Problems,
}

impl<'a> Change<'a> {
    fn fail(&self, message: impl Into<String>, help: impl Into<String>) {
        self.problems.error(&self.overlay.value.at, message, help);
    }

    /// A text and a table of the overlay's value.
    fn pair(&self, text: &str, table: &str) -> Option<(&'a str, &'a Node)> {
        let value = &self.overlay.value;
        let pair = value.find(text).and_then(Node::as_text).zip(value.find(table));
        if pair.is_none() {
            self.fail(format!("{} 应当有 {text} 和 {table}", self.overlay.verb.word()), "请对照 docs/catalogue.md");
        }
        pair
    }

    /// The part of the matter that `at` names (the matter itself without it).
    fn part<'m>(&self, matter: &'m mut Node) -> Option<&'m mut Node> {
        let at = self.overlay.value.find("at").and_then(Node::as_text).unwrap_or_default();
        let path: Vec<&str> = at.split('.').filter(|part| !part.is_empty()).collect();
        let found = matter.follow_mut(&path);
        if found.is_none() {
            self.fail(format!("事项“{}”里没有“{at}”", self.overlay.matter), "请核对 at，如 steps.decide");
        }
        found
    }

    fn rename(&self, matter: &mut Node) {
        let Some(to) = self.overlay.value.find("to").filter(|to| to.as_text().is_some_and(|text| !text.is_empty()))
        else {
            return self.fail("rename 没有写新名称", "请补上 to = \"…\"");
        };
        let Some(part) = self.part(matter) else { return };
        match ["name", "title", "label"].into_iter().find(|key| part.find(key).is_some()) {
            Some(key) => part.put(key, to.clone()),
            None => self.fail("这一部分没有名称可改", "请核对 at"),
        }
    }

    fn limit(&self, matter: &mut Node, longer: bool) {
        let Some(part) = self.part(matter) else { return };
        let Some(limit) = part.find_mut("limit") else {
            return self.fail("这里没有期限可改", "请核对 at；没有期限的环节不能只改期限");
        };
        let spans: Vec<_> = ["statutory", "promised"]
            .into_iter()
            .filter_map(|key| Some((key, self.overlay.value.find(key)?)))
            .collect();
        if spans.is_empty() {
            return self.fail("没有写新期限", "请补上 statutory 或 promised，如 { working_days = 10 }");
        }
        for (key, new) in spans {
            let Some(old) = limit.find(key).or_else(|| limit.find("statutory")) else { continue };
            let (Some((unit, days)), Some((old_unit, old_days))) = (self.span(new), self.span(old)) else {
                return self.fail("期限读不出来", "写成 { working_days = 10 }；用参数时参数须已设定");
            };
            if unit != old_unit {
                return self.fail(format!("原期限以 {old_unit} 计，不能改为 {unit}"), "请用同一单位");
            }
            if longer && days < old_days || !longer && days > old_days {
                let (word, other) = if longer { ("lengthen", "shorten") } else { ("shorten", "lengthen") };
                return self.fail(format!("{word} 把 {old_days} 改成了 {days}"), format!("请改数，或改用 {other}"));
            }
            limit.put(key, new.clone());
        }
        if let Some(cite) = &self.overlay.cite {
            limit.put("clause", Node { at: cite.at.clone(), data: Data::Text(cite.text.clone()) });
        }
        self.keep_promise(limit);
    }

    /// A promised limit is never longer than the statutory one.
    fn keep_promise(&self, limit: &mut Node) {
        let (Some(promised), Some(statutory)) = (limit.find("promised"), limit.find("statutory")) else { return };
        if let (Some((_, promised)), Some((_, days))) = (self.span(promised), self.span(statutory))
            && promised > days
        {
            let shorter = statutory.clone();
            limit.put("promised", shorter);
        }
    }

    /// Unit and length of a span, parameters looked up.
    fn span(&self, node: &Node) -> Option<(String, i64)> {
        let [(unit, amount)] = node.entries() else { return None };
        let days = amount.as_int().or_else(|| self.params.int(amount.find("param")?.as_text()?))?;
        Some((unit.value.clone(), days))
    }

    fn drop_material(&self, matter: &mut Node) {
        let id = self.overlay.value.as_text().unwrap_or_default();
        let material = matter.follow(&["materials", id]);
        match material.map(|material| material.find("statutory").map(|node| &node.data)) {
            None => return self.fail(format!("没有“{id}”这份材料"), "请核对材料的 id"),
            Some(Some(Data::Bool(true))) => {
                return self.fail(format!("“{id}”是法定材料，不能取消"), "法律修改后在原事项中修改");
            }
            Some(_) => {}
        }
        if let Some(Node { data: Data::List(items), .. }) = matter.find_mut("materials") {
            items.retain(|item| item.find("id").and_then(Node::as_text) != Some(id));
        }
    }

    fn desk_level(&self, matter: &mut Node) {
        const LEVELS: [&str; 7] = ["same", "upper", "province", "city", "county", "town", "community"];
        let value = &self.overlay.value;
        let step = value.find("step").and_then(Node::as_text).unwrap_or_default();
        let Some(to) = value.find("to").filter(|to| to.as_text().is_some_and(|text| LEVELS.contains(&text))) else {
            return self.fail("desk_level 的 to 不对", format!("可用：{}", LEVELS.join("、")));
        };
        match matter.follow_mut(&["steps", step]) {
            Some(found) => found.put("at", to.clone()),
            None => self.fail(format!("没有“{step}”这个环节"), "请核对环节的 id"),
        }
    }

    /// Adds an item to a list; where it takes a clause and has none, the overlay's citation is its clause.
    fn add(&self, matter: &mut Node, path: &[&str], item: &Node, clause: bool) {
        let (Some((list, above)), Some(id)) = (path.split_last(), item.find("id").and_then(Node::as_text)) else {
            return self.fail("要加的内容没有 id", "请补上 id");
        };
        let Some(parent) = matter.follow_mut(above) else {
            return self.fail(format!("没有“{}”", above.join(".")), "请核对环节或分区的 id");
        };
        if parent.follow(&[list, id]).is_some_and(|found| found.find("id").is_some()) {
            return self.fail(format!("已经有“{id}”"), "请换一个 id");
        }
        let mut item = item.clone();
        if let (true, None, Some(cite)) = (clause, item.find("clause"), &self.overlay.cite) {
            item.put("clause", Node { at: cite.at.clone(), data: Data::Text(cite.text.clone()) });
        }
        parent.push(list, item);
    }
}
