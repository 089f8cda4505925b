//! Small values of a matter file: amounts that may be parameters, bounds, needs, time spans.
use base::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::Condition;

/// A whole number, written out or taken from a parameter of the policy packs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// Written out.
    Number(i64),
    /// `{ param = "accept_days" }`: resolved by area and day.
    Param(ParamRef),
}

/// A reference to a parameter by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamRef {
    /// The parameter's name.
    pub param: String,
}

impl Amount {
    /// The parameter it refers to, if it does.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Number(_) => None,
            Self::Param(reference) => Some(&reference.param),
        }
    }
}

/// A bound of a field: a number, a parameter, a day, or a day counted from today.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// A number in the field's unit.
    Number(i64),
    /// `{ param = "min_members" }`
    Param(ParamRef),
    /// `{ today = 0 }`: that many days after today (negative: before).
    Today(TodayOffset),
    /// `{ years_ago = 18 }`: today that many years ago.
    YearsAgo(YearsAgo),
    /// `"1998-10-25"`
    Day(Date),
}

/// Days from today.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TodayOffset {
    /// Calendar days after today; negative before.
    pub today: i32,
}

/// Years before today.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearsAgo {
    /// Whole years.
    pub years_ago: i16,
}

impl Bound {
    /// The parameter it refers to, if it does.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Param(reference) => Some(&reference.param),
            _ => None,
        }
    }
}

/// Whether something is needed: always, never, or when a condition holds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Need {
    /// `true` or `false`
    Fixed(bool),
    /// A condition on answers and facts.
    When(Condition),
}

impl Default for Need {
    fn default() -> Self {
        Self::Fixed(false)
    }
}

impl Need {
    /// Whether it is never needed.
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Fixed(false))
    }

    /// The condition, where there is one.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Fixed(_) => None,
            Self::When(condition) => Some(condition),
        }
    }
}

impl<'de> Deserialize<'de> for Need {
    /// By hand, so that a wrong condition is reported as such and not as “no variant matches”.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = serde_json::Value::deserialize(deserializer)?;
        if let Some(fixed) = json.as_bool() {
            return Ok(Self::Fixed(fixed));
        }
        serde_json::from_value(json).map(Self::When).map_err(serde::de::Error::custom)
    }
}

/// A length of time with its unit (期限), written `{ working_days = 20 }`, `{ calendar_days = 60 }` or `{ months = 6 }`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSpan {
    /// 工作日
    WorkingDays(Amount),
    /// 日（自然日）
    CalendarDays(Amount),
    /// 个月
    Months(Amount),
}

impl TimeSpan {
    /// How many of its unit.
    pub fn amount(&self) -> &Amount {
        match self {
            Self::WorkingDays(amount) | Self::CalendarDays(amount) | Self::Months(amount) => amount,
        }
    }

    /// The unit in Chinese.
    pub const fn unit(&self) -> &'static str {
        match self {
            Self::WorkingDays(_) => "个工作日",
            Self::CalendarDays(_) => "日",
            Self::Months(_) => "个月",
        }
    }
}
