//! Fields answered by choosing: yes/no, one, several, an area, a rating.
use askama::Template;
use askama::filters::HtmlSafe;

use super::fields::Label;

/// Something to choose.
#[derive(Debug, Clone)]
pub struct Opt {
    /// Sent when chosen.
    pub value: String,
    /// Shown.
    pub text: String,
    /// A line below; empty if none.
    pub hint: String,
}

impl Opt {
    /// Without a hint.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), hint: String::new() }
    }
}

/// Yes or no (是 / 否), nothing chosen in advance.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/yes_no.html")]
pub struct YesNo {
    /// About it.
    pub label: Label,
    /// `yes`, `no` or empty.
    pub value: String,
}

/// One of several (单选).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/choice.html")]
pub struct Choice {
    /// About it.
    pub label: Label,
    /// What can be chosen.
    pub options: Vec<Opt>,
    /// Value of the chosen one; empty if none.
    pub value: String,
}

/// Any number of several (多选).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/multi_choice.html")]
pub struct MultiChoice {
    /// About it.
    pub label: Label,
    /// What can be chosen.
    pub options: Vec<Opt>,
    /// Values of the chosen ones.
    pub values: Vec<String>,
}

impl MultiChoice {
    fn has(&self, option: &Opt) -> bool {
        self.values.contains(&option.value)
    }
}

/// One level of an area already walked: 省, 市, 县, 街道.
#[derive(Debug, Clone)]
pub struct AreaStep {
    /// 省级
    pub level: String,
    /// Areas of this level.
    pub options: Vec<Opt>,
    /// Chosen code; empty if none.
    pub chosen: String,
}

/// An area (行政区划): type a name and search, or go down level by level. Both are buttons of the same form: `_do` is
/// `area:{name}:find` (the text is in `{name}.find`) or `area:{name}:down` (choices in `{name}.0`, `{name}.1`, …).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/area.html")]
pub struct AreaField {
    /// About it.
    pub label: Label,
    /// Chosen code; empty if none.
    pub value: String,
    /// Its full name: 辽宁省沈阳市浑南区.
    pub full_name: String,
    /// What was searched for.
    pub find: String,
    /// What was found; choosing one answers the field.
    pub found: Vec<Opt>,
    /// Levels so far.
    pub steps: Vec<AreaStep>,
}

/// 好差评: five levels from 非常满意 to 非常不满意; for the lower two, what was wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/rating.html")]
pub struct Rating {
    /// About it.
    pub label: Label,
    /// `5` to `1`; empty if none.
    pub value: String,
    /// What can be chosen as the reason for a low rating.
    pub reasons: Vec<Opt>,
}

impl Rating {
    /// The five levels of the national 好差评 scheme, best first.
    const LEVELS: [(&'static str, &'static str); 5] =
        [("5", "非常满意"), ("4", "满意"), ("3", "基本满意"), ("2", "不满意"), ("1", "非常不满意")];
}

impl HtmlSafe for YesNo {}
impl HtmlSafe for Choice {}
impl HtmlSafe for MultiChoice {}
impl HtmlSafe for AreaField {}
impl HtmlSafe for Rating {}
