//! The duplicate rule (重名, 名称管理办法 art 16): same registering authority, same field, same form, same name or own word.
use base::{AreaCode, Date};
use jiff_span::months_before;
use serde::{Deserialize, Serialize};

use super::parts::{Gazetteer, NameParts, parse};
use super::rules::{Finding, NameRules, Severity};

mod jiff_span {
    use base::Date;

    /// The day `months` calendar months before `day` (the last of the month where there is no such day). Saturates at the
    /// ends of the calendar.
    pub(super) fn months_before(day: Date, months: u32) -> Date {
        let count =
            i32::from(day.year()) * 12 + i32::from(day.month()) - 1 - i32::try_from(months).unwrap_or(i32::MAX / 2);
        let year = i16::try_from(count.div_euclid(12)).unwrap_or(Date::MIN.year());
        let month = i8::try_from(count.rem_euclid(12) + 1).unwrap_or(1);
        let first = Date::new(year, month, 1).unwrap_or(Date::MIN);
        Date::new(year, month, day.day()).unwrap_or_else(|_| first.last_of_month())
    }
}

/// Why a name is no longer borne.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Renamed, or deregistered (变更名称、注销).
    GivenUp,
    /// Establishment or name change revoked (撤销).
    Revoked,
}

/// A body that bears or bore a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder<K> {
    /// Who (an id of the caller's).
    pub key: K,
    /// The name.
    pub name: String,
    /// Its kind, as stored.
    pub kind: String,
    /// The registering authority's area.
    pub registrar: AreaCode,
    /// Since when and why it no longer bears it; none while registered.
    pub ended: Option<(Ended, Date)>,
}

/// The windows and the text of the rule. `{name}` in a message is the other body's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicateRule {
    /// Months for which a name given up stays barred.
    pub given_up_months: u32,
    /// Months for which a revoked name stays barred.
    pub revoked_months: u32,
    /// The article.
    pub clause: String,
    /// For the same name.
    pub same_name: String,
    /// For the same own word with the same field and form.
    pub same_own_word: String,
    /// For a name that sounds the same (warns); empty means not in force.
    pub same_sound: String,
}

/// Findings against `name` of `kind` at the authority of `registrar` on `day`, each with the holder it collides with.
/// Holders of other authorities are passed over; a body's own names must not be among `holders`.
pub fn duplicates<'a, K>(
    (name, kind, registrar): (&str, &str, &AreaCode),
    day: Date,
    holders: &'a [Holder<K>],
    (rule, rules, areas): (&DuplicateRule, &NameRules, &dyn Gazetteer),
) -> Vec<(&'a Holder<K>, Finding)> {
    let normal = super::normalize(name);
    let parts = parse(name, kind, rules, areas);
    let barred = holders.iter().filter(|holder| holder.registrar == *registrar && rule.bars(holder.ended, day));
    barred
        .filter_map(|holder| {
            let other = super::normalize(&holder.name);
            let theirs = parse(&holder.name, &holder.kind, rules, areas);
            let (key, message, severity) = if other == normal {
                ("duplicate", &rule.same_name, Severity::Refuse)
            } else if same_own_word(&parts, &theirs) {
                ("duplicate", &rule.same_own_word, if parts.certain { Severity::Refuse } else { Severity::Warn })
            } else if super::same_sound(&normal, &other) {
                ("same_sound", &rule.same_sound, Severity::Warn)
            } else {
                return None;
            };
            (!message.is_empty()).then(|| {
                let finding = Finding {
                    rule: key.to_owned(),
                    clause: rule.clause.clone(),
                    message: message.replace("{name}", &holder.name),
                    severity,
                    words: other,
                };
                (holder, finding)
            })
        })
        .collect()
}

/// Same own word, field and form, whatever the area part says.
fn same_own_word(a: &NameParts, b: &NameParts) -> bool {
    let own = !a.own.is_empty() && a.own == b.own;
    // Where the line is a guess, only the whole middle being equal is safe to call the same.
    a.form == b.form && a.field == b.field && (own || (a.own.is_empty() && b.own.is_empty() && !a.field.is_empty()))
}

impl DuplicateRule {
    /// Whether a name that ended so still bars others on `day`: the period runs from the day of the event, and ends with the
    /// day before the corresponding day.
    fn bars(&self, ended: Option<(Ended, Date)>, day: Date) -> bool {
        match ended {
            None => true,
            Some((Ended::GivenUp, on)) => on > months_before(day, self.given_up_months),
            Some((Ended::Revoked, on)) => on > months_before(day, self.revoked_months),
        }
    }
}
