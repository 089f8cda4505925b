//! What can be supposed of a plan (推演项): its parameters and targets as fields of a form, and the overlay they make.
use std::collections::BTreeMap;

use base::{AreaCode, Date, Fen};
use catalogue::plans::{Aim, Fraction, Part, Plan, Target, Worth};
use catalogue::{Indicator, ParamValue, Params, Unit, Value};
use planning::figure::plain;
use planning::{AimChange, Overlay};

use super::lines::{in_unit, name_of};
use crate::refused::Wrong;
use crate::{Office, Refused};

/// What is typed, by field.
pub type Typed = BTreeMap<String, String>;

/// One number that can be supposed otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposable {
    /// Its field: `p.NAME` of a parameter, `t.TARGET.PART.AIM` of a target's number.
    pub field: String,
    /// What it is.
    pub title: String,
    /// What else should be known: which indicators use it, by when it is due.
    pub hint: String,
    /// The number that holds, in its unit.
    pub real: String,
    /// The unit: `%`, `个`, `元`.
    pub unit: String,
    /// The clause it comes from.
    pub clause: String,
}

/// What an overlay changes, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposed {
    /// What it is.
    pub title: String,
    /// What holds.
    pub from: String,
    /// What is supposed.
    pub to: String,
}

/// Where an aim with a written number stands: target, part, aim.
struct Place<'c> {
    field: String,
    target: &'c Target,
    indicator: &'c Indicator,
    part: &'c Part,
    aim: &'c Aim,
    number: Fraction,
}

fn unit_of(part: &Part) -> String {
    match part.unit {
        Unit::Percent => "%".to_owned(),
        Unit::Permille => "‰".to_owned(),
        Unit::Permyriad => "‱".to_owned(),
        Unit::Yuan => "元".to_owned(),
        _ if part.suffix.is_empty() => part.unit.suffix().trim().to_owned(),
        _ => part.suffix.clone(),
    }
}

/// A written number of a part's unit: `25` of a share is a quarter, yuan are kept in fen.
fn read_number(text: &str, part: &Part) -> Option<Fraction> {
    let number = decimal(text)?;
    match part.unit {
        Unit::Percent => number.over(Fraction::whole(100)),
        Unit::Permille => number.over(Fraction::whole(1_000)),
        Unit::Permyriad => number.over(Fraction::whole(10_000)),
        Unit::Yuan => Some(number * Fraction::whole(100)),
        _ => Some(number),
    }
}

/// A number as people type it: `1,250`, `33.5`, full-width digits, a percent sign. At most twelve digits before the point, six after.
pub fn decimal(text: &str) -> Option<Fraction> {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        '．' => '.',
        '－' => '-',
        other => other,
    };
    let text: String =
        text.trim().chars().map(narrow).filter(|c| !matches!(c, ',' | '，' | ' ' | '%' | '％')).collect();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || rest.len() > 6 || !plain(whole) || !plain(rest) {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(rest.len()).ok()?);
    let number: i128 = format!("{whole}{rest}").parse().ok()?;
    Fraction::new(sign * number, scale)
}

impl Office {
    fn supposable_aims<'c>(&'c self, plan: &'c Plan) -> Vec<Place<'c>> {
        let mut out = Vec::new();
        for (at, target) in plan.targets.iter().enumerate() {
            let Some(indicator) = self.catalogue.find_indicator(&target.indicator.value) else { continue };
            // An overlay names a target by indicator and part: one that is asked of all parts at once is left alone.
            let Some(part) = indicator.parts.iter().find(|part| part.id == target.part) else { continue };
            for (number, aim) in target.aims.iter().enumerate() {
                if let Some(Worth::Exact(value)) = aim.value
                    && aim.high.is_none()
                {
                    let field = format!("t.{at}.{number}");
                    out.push(Place { field, target, indicator, part, aim, number: value });
                }
            }
        }
        out
    }

    /// The parameters a plan's formulas and targets use, that are numbers.
    fn supposable_params(&self, plan: &Plan, params: &Params) -> Vec<(ParamValue, Vec<String>)> {
        let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for target in &plan.targets {
            let Some(indicator) = self.catalogue.find_indicator(&target.indicator.value) else { continue };
            let mut names: Vec<String> = indicator.parts.iter().flat_map(|part| part.formula.params()).collect();
            names.extend(
                target
                    .aims
                    .iter()
                    .flat_map(|aim| aim.value.iter().chain(&aim.high))
                    .filter_map(|worth| if let Worth::Param(name) = worth { Some(name.value.clone()) } else { None }),
            );
            for name in names {
                let by = used.entry(name).or_default();
                if !by.contains(&indicator.name) {
                    by.push(indicator.name.clone());
                }
            }
        }
        let number = |value: &ParamValue| matches!(value.value, Value::Int(_) | Value::Money(_));
        used.into_iter()
            .filter_map(|(name, by)| Some((params.find(&name).filter(|v| number(v))?.clone(), by)))
            .collect()
    }

    /// Everything of a plan that can be supposed otherwise, as it is.
    pub fn supposables(&self, plan: &Plan, on: Date) -> Vec<Supposable> {
        let params = self.params_of_plan(plan, on);
        let param = |(value, by): (ParamValue, Vec<String>)| Supposable {
            field: format!("p.{}", value.name),
            title: value.title.clone(),
            hint: format!("用于：{}", by.join("、")),
            real: written(&value),
            unit: if value.unit == Unit::Yuan { "元".to_owned() } else { value.unit.suffix().trim().to_owned() },
            clause: value.clause.text.clone(),
        };
        let aim = |place: &Place<'_>| Supposable {
            field: place.field.clone(),
            title: name_of(&place.indicator.name, place.part),
            hint: self.aim_hint(place.aim),
            real: in_unit(place.number, place.part),
            unit: unit_of(place.part),
            clause: place.aim.clause.as_ref().map_or_else(
                || place.target.clauses.first().map(|clause| clause.value.clone()).unwrap_or_default(),
                |clause| clause.text.clone(),
            ),
        };
        let params = self.supposable_params(plan, &params).into_iter().map(param);
        params.chain(self.supposable_aims(plan).iter().map(aim)).collect()
    }

    fn aim_hint(&self, aim: &Aim) -> String {
        let place = aim.area.as_ref().map(|area| format!("{}，", self.areas.full_name(area))).unwrap_or_default();
        format!("目标，{place}{}，{} 到期", aim.op.name(), aim.by)
    }

    /// The parameters of a plan's area on a day.
    pub fn params_of_plan(&self, plan: &Plan, on: Date) -> Params {
        let lineage: Vec<AreaCode> = self.lineage(&plan.area, on);
        planning::report::params_of(&self.catalogue, plan, &lineage, on)
    }

    /// The overlay that what was typed makes: only what differs from what holds. What cannot be read is refused by field.
    pub fn overlay_of(&self, plan: &Plan, on: Date, typed: &Typed) -> Result<Overlay, Refused> {
        let (mut overlay, mut wrong) = (Overlay::default(), Vec::new());
        let params = self.params_of_plan(plan, on);
        for (value, _) in self.supposable_params(plan, &params) {
            let field = format!("p.{}", value.name);
            let Some(text) = typed.get(&field).map(|text| text.trim()).filter(|text| !text.is_empty()) else {
                continue;
            };
            match supposed_value(&value, text) {
                Some(other) if other != value.value => overlay.params.push(ParamValue { value: other, ..value }),
                Some(_) => {}
                None => {
                    let message = format!("“{}”应当是一个数，例如 {}", value.title, written(&value));
                    wrong.push(Wrong::new(field, message));
                }
            }
        }
        for place in self.supposable_aims(plan) {
            let text = typed.get(&place.field).map(|text| text.trim()).filter(|text| !text.is_empty());
            let Some(text) = text else { continue };
            match read_number(text, place.part) {
                Some(number) if number != place.number => overlay.aims.push(AimChange {
                    indicator: place.indicator.id.clone(),
                    part: place.part.id.clone(),
                    by: place.aim.by,
                    area: place.aim.area.clone(),
                    value: number,
                }),
                Some(_) => {}
                None => {
                    let (name, real) = (&place.indicator.name, in_unit(place.number, place.part));
                    wrong.push(Wrong::new(place.field, format!("“{name}”的目标应当是一个数，例如 {real}")));
                }
            }
        }
        if wrong.is_empty()
            && let Some(fault) = overlay.faults(&self.catalogue, plan).into_iter().next()
        {
            wrong.push(Wrong::new("overlay", fault));
        }
        if wrong.is_empty() { Ok(overlay) } else { Err(Refused::Invalid(wrong)) }
    }

    /// What the fields of a form hold for an overlay: everything real, with what is supposed in its place.
    pub fn typed_of(&self, plan: &Plan, on: Date, overlay: &Overlay) -> Typed {
        let mut typed: Typed = self.supposables(plan, on).into_iter().map(|one| (one.field, one.real)).collect();
        for param in &overlay.params {
            typed.insert(format!("p.{}", param.name), written(param));
        }
        for place in self.supposable_aims(plan) {
            let asks = |change: &&AimChange| {
                change.indicator == place.indicator.id
                    && change.part == place.part.id
                    && change.by == place.aim.by
                    && change.area == place.aim.area
            };
            if let Some(change) = overlay.aims.iter().find(asks) {
                typed.insert(place.field.clone(), in_unit(change.value, place.part));
            }
        }
        typed
    }

    /// What an overlay changes, in words.
    pub fn supposed_words(&self, plan: &Plan, on: Date, overlay: &Overlay) -> Vec<Supposed> {
        let params = self.params_of_plan(plan, on);
        let param = |value: &ParamValue| Supposed {
            title: value.title.clone(),
            from: params.find(&value.name).map(ParamValue::plain).unwrap_or_default(),
            to: value.plain(),
        };
        let aim = |change: &AimChange| {
            let indicator = self.catalogue.find_indicator(&change.indicator)?;
            let part = indicator.find_part(&change.part)?;
            let asks = |target: &&Target| target.indicator.value == change.indicator && target.part == change.part;
            let target = plan.targets.iter().find(asks)?;
            let aim = target.aims.iter().find(|aim| aim.by == change.by && aim.area == change.area);
            let from = aim.and_then(|aim| aim.value.as_ref()?.resolve(&params)).map(|number| plain(number, part));
            let place =
                change.area.as_ref().map(|area| format!("（{}）", self.areas.full_name(area))).unwrap_or_default();
            Some(Supposed {
                title: format!("{}，{} 的目标{place}", name_of(&indicator.name, part), change.by),
                from: from.unwrap_or_else(|| "没有".to_owned()),
                to: plain(change.value, part),
            })
        };
        overlay.params.iter().map(param).chain(overlay.aims.iter().filter_map(aim)).collect()
    }
}

/// A parameter's number in its unit: whole yuan for money.
fn written(value: &ParamValue) -> String {
    match &value.value {
        Value::Money(fen) => Fraction::new(i128::from(fen.0), 100).map(|yuan| yuan.decimals(2)).unwrap_or_default(),
        Value::Int(number) => number.to_string(),
        other => other.to_string(),
    }
}

fn supposed_value(value: &ParamValue, text: &str) -> Option<Value> {
    let number = decimal(text)?;
    match value.value {
        Value::Int(_) if number.den() == 1 => i64::try_from(number.num()).ok().map(Value::Int),
        Value::Money(_) => {
            let fen = number * Fraction::whole(100);
            let fen = i64::try_from(fen.num()).ok().filter(|_| fen.den() == 1)?;
            Some(Value::Money(Fen(fen)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        let part = |num, den| Fraction::new(num, den).unwrap();
        for (text, number) in
            [("25", part(25, 1)), (" 33.5 % ", part(67, 2)), ("1,250", part(1250, 1)), ("１２．５", part(25, 2))]
        {
            assert_eq!(decimal(text), Some(number), "{text}");
        }
        for text in ["", "abc", "1.2.3", "--1", "1e9", "1234567890123", "1.1234567", "."] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_reading(text in "\\PC{0,40}") {
            decimal(&text);
        }

        #[test]
        fn whole_numbers_come_back(number in -999_999_999_999_i64..=999_999_999_999) {
            prop_assert_eq!(decimal(&number.to_string()), Some(Fraction::whole(number.into())));
        }
    }
}
