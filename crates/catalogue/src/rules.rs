//! Supervision rules (监管规则): a condition on facts that gives a finding with severity, colour, clause and remedy.
use base::Date;

use crate::condition::{Condition, NoAnswers, Scope};
use crate::problem::{Citation, Place, Problems};
use crate::reader::Reader;

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum About {
    /// 登记的社会组织
    Organization,
    /// 备案的社区社会组织
    Community,
}

/// How serious a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Gravity {
    /// 轻
    Low,
    /// 中
    Medium,
    /// 重
    High,
}

/// The colour a finding gives (赋色).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Colour {
    /// 绿
    Green,
    /// 黄
    Yellow,
    /// 红
    Red,
}

/// What follows when a rule's condition is true (发现).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// How serious.
    pub severity: Gravity,
    /// The colour it gives; none if it only informs.
    pub colour: Option<Colour>,
    /// The clause behind it.
    pub clause: Citation,
    /// What the organization should do, in plain words.
    pub remedy: String,
    /// The matter a desk opens to put it right.
    pub opens: Option<String>,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its name in the data.
    pub id: String,
    /// Its Chinese name.
    pub name: String,
    /// What it is about.
    pub about: About,
    /// When it finds something.
    pub when: Condition,
    /// What it finds.
    pub finding: Finding,
    /// First day it holds; from ever if not said.
    pub from: Option<Date>,
    /// Last day it holds; until repealed if not said.
    pub to: Option<Date>,
    /// The pack it belongs to, and with it the area where it holds.
    pub pack: String,
    /// Where it is written.
    pub at: Place,
}

impl Rule {
    /// Reads one `[[rule]]` table of `pack`.
    pub fn read(pack: &str, entry: &Reader<'_>) -> Option<Self> {
        let abouts = [("organization", About::Organization), ("community", About::Community)];
        let gravities = [("low", Gravity::Low), ("medium", Gravity::Medium), ("high", Gravity::High)];
        let colours = [("green", Colour::Green), ("yellow", Colour::Yellow), ("red", Colour::Red)];
        let (id, name) = (entry.need_id("id"), entry.need_text("name"));
        let about = entry.need_choice("about", &abouts);
        let when = entry.get("when").and_then(|_| entry.condition("when"));
        let severity = entry.need_choice("severity", &gravities);
        let colour = entry.choice("colour", &colours);
        let clause = Citation { text: entry.need_text("clause"), at: entry.at().clone() };
        let (remedy, opens) = (entry.need_text("remedy"), entry.text("opens"));
        let (from, to) = (entry.date("from"), entry.date("to"));
        Some(Self {
            id,
            name,
            about: about?,
            when: when?,
            finding: Finding { severity: severity?, colour, clause, remedy, opens },
            from,
            to,
            pack: pack.to_owned(),
            at: entry.at().clone(),
        })
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// Reports unknown names and comparisons that make no sense.
    pub fn check(&self, scope: &Scope<'_>, problems: &Problems) {
        Scope { answers: &NoAnswers, ..*scope }.check(&self.when, problems);
    }
}
