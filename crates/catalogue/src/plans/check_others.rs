//! Checking formulas that rest on other indicators: that they are there, that their units fit, that none rests on itself.
use super::amount::Amount;
use super::others::{AreaFigures, OfAreas, Other, Wanted};
use super::{Formula, Fraction, Part};
use crate::catalogue::Catalogue;
use crate::condition::suggest;
use crate::params::Unit;
use crate::problem::{Located, Problems};

impl Catalogue {
    fn other_part(&self, other: &Other) -> Option<&Part> {
        self.indicators.get(&other.of.value)?.find_part(&other.part)
    }

    /// The indicators a formula names, and the numbers it holds them against.
    pub(super) fn check_others(&self, indicator: &str, part: &Part, problems: &Problems) {
        for (of, name) in part.formula.others() {
            self.check_other(of, name, problems);
        }
        for (other, wanted) in part.formula.wanted() {
            let Some(unit) = self.other_part(other).map(|part| part.unit) else { continue };
            match wanted {
                Wanted::Written(amount, at) if amount.of_unit(unit).is_none() => {
                    let message = format!("指标“{}”的单位是 {}，这个数是别的单位", other.of.value, unit.word());
                    problems.error(at, message, "请改成它的单位");
                }
                Wanted::Written(..) => {}
                Wanted::Param(name) => self.check_param(name, unit, problems),
            }
        }
        let rests = self.indicators.get(indicator).map(|own| self.rests_on(own, part)).unwrap_or_default();
        let itself = |(of, name): &(&Located<String>, &str)| of.value == indicator && *name == part.id;
        if rests.iter().any(|(_, on)| on.formula.others().iter().any(itself)) {
            let message = format!("指标“{indicator}”算来算去要用到它自己");
            problems.error(&part.at, message, "请改用别的指标");
        }
        self.check_index(part, problems);
        self.check_area_figures(part, problems);
    }

    fn check_other(&self, of: &Located<String>, part: &str, problems: &Problems) {
        match self.indicators.get(&of.value) {
            Some(found) if found.find_part(part).is_some() => {}
            Some(_) => problems.error(&of.at, format!("指标“{}”没有“{part}”这一项", of.value), "请写 part"),
            None => {
                let help = suggest(&of.value, self.indicators.keys().map(String::as_str));
                problems.error(&of.at, format!("没有名为“{}”的指标", of.value), help);
            }
        }
    }

    fn check_index(&self, part: &Part, problems: &Problems) {
        let Formula::Index(terms) = &part.formula else { return };
        let sum = terms.iter().fold(Fraction::ZERO, |sum, term| sum + term.weight);
        let negative = terms.iter().any(|term| term.weight <= Fraction::ZERO);
        if sum != Fraction::whole(100) || negative {
            let message = format!("各项权重合计是 {sum}，应当是 100，每项大于零");
            problems.error(&part.at, message, "请改正 weight");
        }
        for term in terms {
            let Some(unit) = self.other_part(&term.other).map(|part| part.unit) else { continue };
            let number = |wanted: &Wanted| match wanted {
                Wanted::Written(amount, _) => amount.of_unit(unit),
                Wanted::Param(_) => None,
            };
            let zero = Some(Wanted::Written(Amount::whole(0), part.at.clone()));
            let none = term.none.as_ref().or(zero.as_ref()).and_then(number);
            if none.is_some() && none == number(&term.full) {
                let message = format!("“{}”得满分的数与得零分的数一样", term.other.of.value);
                problems.error(&term.other.of.at, message, "请改正 full 或 none");
            }
        }
    }

    fn check_area_figures(&self, part: &Part, problems: &Problems) {
        let Formula::Areas(AreaFigures { other, take, .. }) = &part.formula else { return };
        let inner = self.other_part(other).map(|part| part.unit);
        let flag = inner == Some(Unit::Bool) && !matches!(take, OfAreas::Share(..));
        if flag {
            problems.error(&part.at, "是否完成的指标没有最高、最低", "请写 equal = 1，看完成的地区占比");
        }
    }

    /// The units a formula over other indicators can give; none for every other formula.
    pub(super) fn units_of_others(&self, formula: &Formula) -> Option<Vec<Unit>> {
        let all = || Unit::WORDS.iter().map(|(_, unit)| *unit).collect();
        let of = |other: &Other| self.other_part(other).map_or_else(all, |part| vec![part.unit]);
        let shares = vec![Unit::Percent, Unit::Permille, Unit::Permyriad];
        Some(match formula {
            Formula::Areas(AreaFigures { other, take, .. }) => match take {
                OfAreas::Share(..) => shares,
                OfAreas::Ratio => vec![Unit::Count],
                OfAreas::Greatest | OfAreas::Least | OfAreas::Difference => of(other),
            },
            Formula::Versus { rate: true, .. } => shares,
            Formula::Versus { other, .. } => of(other),
            Formula::Index(_) => vec![Unit::Count],
            Formula::Meets { .. } => vec![Unit::Bool],
            _ => return None,
        })
    }
}
