//! How alike two names are, part by part, and why.
use serde::Serialize;

use super::parts::NameParts;

/// A part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The whole name.
    Whole,
    /// 行政区划
    Area,
    /// 字号
    OwnWord,
    /// 行（事）业领域
    Field,
    /// 组织形式
    Form,
}

/// How two parts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 相同
    Same,
    /// 读音相同
    SameSound,
    /// 一方包含另一方
    Contains,
    /// 相近
    Close,
}

/// One reason for a likeness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which part.
    pub part: Part,
    /// How it stands.
    pub relation: Relation,
    /// The other name's part, in normal form.
    pub text: String,
}

impl Reason {
    /// In plain words: `字号“爱心”相同`.
    pub fn text(&self) -> String {
        let part = match self.part {
            Part::Whole => "全名",
            Part::Area => "行政区划",
            Part::OwnWord => "字号",
            Part::Field => "业务领域",
            Part::Form => "组织形式",
        };
        let relation = match self.relation {
            Relation::Same => "相同",
            Relation::SameSound => "读音相同",
            Relation::Contains => "有包含关系",
            Relation::Close => "相近",
        };
        format!("{part}“{}”{relation}", self.text)
    }
}

/// Likeness with its reasons, strongest part first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Similarity {
    /// 0 (nothing in common) to 1000 (the same name).
    pub score: u32,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Weights of the parts, out of 1000. The own word distinguishes bodies (art 16 compares it, field and form); areas and forms
/// are shared by thousands.
const WEIGHTS: [(Part, u32); 4] = [(Part::OwnWord, 450), (Part::Field, 330), (Part::Area, 120), (Part::Form, 100)];

/// Compares two names by their parts.
pub fn similarity(a: &NameParts, b: &NameParts) -> Similarity {
    let whole = |parts: &NameParts| format!("{}{}{}{}", parts.area, parts.own, parts.field, parts.form);
    let (one, two) = (whole(a), whole(b));
    if one == two {
        return Similarity {
            score: 1000,
            reasons: vec![Reason { part: Part::Whole, relation: Relation::Same, text: two }],
        };
    }
    let mut score = 0;
    let mut weight = 0;
    let mut reasons = Vec::new();
    if super::same_sound(&one, &two) {
        reasons.push(Reason { part: Part::Whole, relation: Relation::SameSound, text: two });
    }
    // Without an own word on both sides the line between it and the field says nothing: compare the middles.
    let split = !a.own.is_empty() && !b.own.is_empty();
    let middles = (a.middle(), b.middle());
    for (part, share) in WEIGHTS {
        let (x, y, share) = match part {
            Part::Area => (a.area.as_str(), b.area.as_str(), share),
            Part::Form => (a.form.as_str(), b.form.as_str(), share),
            Part::OwnWord if split => (a.own.as_str(), b.own.as_str(), share),
            Part::Field if split => (a.field.as_str(), b.field.as_str(), share),
            Part::Field => (middles.0.as_str(), middles.1.as_str(), WEIGHTS[0].1 + share),
            _ => continue,
        };
        if x.is_empty() && y.is_empty() {
            continue;
        }
        weight += share;
        let (likeness, relation) = compare(x, y);
        score += likeness * share;
        reasons.extend(relation.map(|relation| Reason { part, relation, text: y.to_owned() }));
    }
    // 999 at most: 1000 is kept for the same name.
    let score = score.checked_div(weight).unwrap_or(0).min(999);
    Similarity { score, reasons }
}

/// Likeness of two parts out of 1000, and what to call it.
fn compare(a: &str, b: &str) -> (u32, Option<Relation>) {
    if a.is_empty() || b.is_empty() {
        return (0, None);
    }
    if a == b {
        return (1000, Some(Relation::Same));
    }
    if super::same_sound(a, b) {
        return (900, Some(Relation::SameSound));
    }
    let close = 1000 - 1000 * edits(a, b) / a.chars().count().max(b.chars().count()).max(1) as u32;
    if a.contains(b) || b.contains(a) {
        return (close.max(600), Some(Relation::Contains));
    }
    (close, (close >= 500).then_some(Relation::Close))
}

/// Levenshtein distance in characters.
fn edits(a: &str, b: &str) -> u32 {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<u32> = (0..=b.len() as u32).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i as u32 + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + u32::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
