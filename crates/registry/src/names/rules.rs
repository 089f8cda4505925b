//! Naming rules (社会组织名称管理办法 and local rules) as data, and the check of one name against them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::parts::{Gazetteer, parse};

/// How a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A person should look.
    Warn,
    /// The name cannot be registered.
    #[default]
    Refuse,
}

/// Something a rule says about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule (`forbidden`, `ending`, `area`, `middle_only`, `own_word`, `letters`, `duplicate`, `same_sound`).
    pub rule: String,
    /// The article, as the catalogue cites it.
    pub clause: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
    /// How it weighs.
    pub severity: Severity,
    /// The part of the name (normal form) it is about.
    pub words: String,
}

/// One rule's citation, text and, where it has any, words. In `message`, `{word}` stands for the word found and `{list}` for
/// all the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordRule {
    /// The words.
    pub words: Vec<String>,
    /// Longer words inside which they mean something else (第一 in 第一中学).
    pub unless: Vec<String>,
    /// The article.
    pub clause: String,
    /// The message.
    pub message: String,
    /// How it weighs.
    pub severity: Severity,
}

/// What names of one kind look like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindRule {
    /// Forms (组织形式) it may end in.
    pub endings: Vec<String>,
    /// Endings it must not have (总、连锁、集团).
    pub forbidden_endings: Vec<String>,
    /// Whether its structure has an own word (字号).
    pub own_word: bool,
    /// Whether it must begin with an area when registered below the ministry.
    pub area: bool,
}

/// All naming rules that hold for one authority on one day. A rule without a message is not in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NameRules {
    /// By stored kind: `association`, `service_institution`, `foundation`, `community`.
    pub kinds: BTreeMap<String, KindRule>,
    /// Known field words (行业用语), for finding the own word.
    pub fields: Vec<String>,
    /// Words no name may hold; several rules, each with its article.
    pub forbidden: Vec<WordRule>,
    /// Words a local body may use only in the middle (中国、全国、中华、国际、世界).
    pub middle_only: WordRule,
    /// The name must end in a form of its kind.
    pub ending: WordRule,
    /// The name must begin with the area of its registrar.
    pub area: WordRule,
    /// The own word must have at least `own_word_chars` Chinese characters.
    pub own_word: WordRule,
    /// See `own_word`.
    pub own_word_chars: usize,
    /// No foreign letters, pinyin or digits.
    pub letters: WordRule,
}

impl WordRule {
    fn finding(&self, rule: &str, word: &str) -> Option<Finding> {
        self.finding_of(rule, word, &self.words)
    }

    fn finding_of(&self, rule: &str, word: &str, list: &[String]) -> Option<Finding> {
        (!self.message.is_empty()).then(|| Finding {
            rule: rule.to_owned(),
            clause: self.clause.clone(),
            message: self.message.replace("{word}", word).replace("{list}", &list.join("、")),
            severity: self.severity,
            words: word.to_owned(),
        })
    }

    /// The words of this rule in `normal` that no longer word of `unless` covers, with their byte offsets.
    fn hits<'a>(&'a self, normal: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.words.iter().filter(|word| !word.is_empty()).flat_map(move |word| {
            normal
                .match_indices(word.as_str())
                .filter(move |(at, word)| !covered(normal, &self.unless, *at, word.len()))
        })
    }
}

fn covered(normal: &str, unless: &[String], at: usize, len: usize) -> bool {
    unless.iter().filter(|longer| !longer.is_empty()).any(|longer| {
        normal.match_indices(longer.as_str()).any(|(from, found)| from <= at && at + len <= from + found.len())
    })
}

/// What the rules say about `name` of `kind` registered by the authority of `registrar`; empty means nothing against it.
/// Findings that refuse come first.
pub fn check(
    name: &str,
    kind: &str,
    registrar: &base::AreaCode,
    rules: &NameRules,
    areas: &dyn Gazetteer,
) -> Vec<Finding> {
    let normal = super::normalize(name);
    let parts = parse(name, kind, rules, areas);
    let local = registrar.level() != base::AreaLevel::Nation;
    let mut findings = Vec::new();
    for rule in &rules.forbidden {
        findings.extend(rule.hits(&normal).filter_map(|(_, word)| rule.finding("forbidden", word)));
    }
    if local {
        let front = parts.area.len();
        let back = normal.len() - parts.form.len();
        // In the middle means after the area's own start of the name and before its form.
        let misplaced =
            |at: usize, len: usize| at == 0 || (at == front && parts.middle().len() == len) || at + len > back;
        let hits = rules.middle_only.hits(&normal).filter(|(at, word)| misplaced(*at, word.len()));
        findings.extend(hits.filter_map(|(_, word)| rules.middle_only.finding("middle_only", word)));
    }
    if let Some(kind) = rules.kinds.get(kind) {
        findings.extend(check_kind(&normal, kind, rules));
        let placed = parts
            .area_code
            .as_ref()
            .is_some_and(|area| area.covers(registrar) && area.level() != base::AreaLevel::Nation);
        if local && kind.area && !placed {
            findings.extend(rules.area.finding("area", &parts.area));
        }
        let han = parts.own.chars().filter(|c| is_han(*c)).count();
        if kind.own_word
            && (parts.certain || parts.middle().chars().count() < rules.own_word_chars)
            && han < rules.own_word_chars
        {
            findings.extend(rules.own_word.finding("own_word", &parts.own));
        }
    }
    let letters: String = normal.chars().filter(|c| !is_han(*c)).collect();
    if !letters.is_empty() {
        findings.extend(rules.letters.finding("letters", &letters));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn check_kind(normal: &str, kind: &KindRule, rules: &NameRules) -> Option<Finding> {
    let ends = |word: &&String| !word.is_empty() && normal.ends_with(&super::normalize(word));
    if let Some(bad) = kind.forbidden_endings.iter().find(ends) {
        return rules.ending.finding_of("ending", bad, &kind.endings);
    }
    if kind.endings.is_empty() || kind.endings.iter().any(|word| ends(&word)) {
        return None;
    }
    rules.ending.finding_of("ending", "", &kind.endings)
}

/// A Chinese character: the unified ideographs with their extensions, and 〇.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
