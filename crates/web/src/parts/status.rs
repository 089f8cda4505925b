//! Parts that say how things stand: chips, time limits, timeline, progress.
use askama::Template;
use askama::filters::HtmlSafe;
use base::Date;

use crate::page::Link;

/// What a colour means. The words always say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Good,
    /// For information.
    Calm,
    /// Needs care.
    Warn,
    /// Wrong, or ended by force.
    Bad,
    /// Not known, not started, over.
    Grey,
}

impl Tone {
    /// Its CSS class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Calm => "calm",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Grey => "grey",
        }
    }
}

/// One state in words.
#[derive(Debug, Clone)]
pub struct Chip {
    /// 正常, 列入活动异常名录, …
    pub text: String,
    /// Its colour.
    pub tone: Tone,
    /// What, since when, and how it ends: the page that says so.
    pub href: Option<String>,
}

/// The three states of an organization, never mixed: 登记状态 · 信用状态 · 运行状态.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/chips.html")]
pub struct Chips {
    /// 登记状态: registered, cancelled, revoked, filed.
    pub registered: Chip,
    /// 信用状态: in order, abnormal, seriously illegal.
    pub credit: Chip,
    /// 运行状态: the supervision colour.
    pub running: Chip,
}

impl Chips {
    fn list(&self) -> [(&'static str, &Chip); 3] {
        [("登记状态", &self.registered), ("信用状态", &self.credit), ("运行状态", &self.running)]
    }
}

/// Time told three ways: 法定时限, 承诺时限, 预计办结.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/limits.html")]
pub struct Limits {
    /// 60 个工作日
    pub statutory: String,
    /// Article that sets it.
    pub basis: String,
    /// 20 个工作日
    pub promised: String,
    /// The expected day; none while it cannot be known.
    pub expected: Option<Date>,
    /// The clock stands still: since when and what for.
    pub stopped: Option<String>,
    /// Whole percents of the promised time used up.
    pub used: u8,
    /// 还剩 6 个工作日, 已超 2 个工作日
    pub left: String,
    /// Colour of `left`.
    pub tone: Tone,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// 2026-11-21 15:04, or only the day.
    pub when: String,
    /// What, as a link where there is more.
    pub what: Link,
    /// Who or which desk; empty if nobody.
    pub who: String,
    /// More words; empty if none.
    pub note: String,
    /// Colour of the dot.
    pub tone: Tone,
}

/// What happened, newest first (时间轴).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// What it is about, for screen readers.
    pub label: String,
    /// The events.
    pub events: Vec<Event>,
}

/// How far something long has come (进度条).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/progress.html")]
pub struct Progress {
    /// Id, different for each on a page.
    pub id: String,
    /// What is running.
    pub label: String,
    /// Done so far; none if that cannot be said.
    pub done: Option<u64>,
    /// All there is.
    pub total: u64,
    /// 已读 3,200 行，跳过 4 行
    pub text: String,
    /// Address that renders this part anew; asked every two seconds by htmx, by a link without it. Empty once finished.
    pub refresh: String,
}

impl HtmlSafe for Chips {}
impl HtmlSafe for Limits {}
impl HtmlSafe for Timeline {}
impl HtmlSafe for Progress {}
