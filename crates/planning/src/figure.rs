//! A figure (指标值): an exact number, or an interval where facts are missing, or the reason why there is none. Never 0 by accident.
use catalogue::Unit;
use catalogue::plans::{Fraction, Part};

/// How many subjects the figure rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// 符合
    pub yes: u64,
    /// 不符合
    pub no: u64,
    /// 未知: a fact is missing that would decide it.
    pub unknown: u64,
}

/// Why there is no number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// 暂无数据: these facts (or the records themselves, if none is named) are supplied by nobody so far.
    NoData(Vec<String>),
    /// 没有可计算的对象: the denominator is zero.
    NothingToCount,
}

/// What is known of the number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Number {
    /// Everything is known.
    Exact(Fraction),
    /// Some facts are missing (部分数据): what the known ones give, and between which numbers it lies whatever the others are.
    Between {
        /// From the known facts alone; none if they give nothing.
        known: Option<Fraction>,
        /// Not less than this.
        low: Option<Fraction>,
        /// Not more than this; none: no bound.
        high: Option<Fraction>,
    },
    /// There is none.
    Nothing(Why),
}

/// One value of one indicator in one area on one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure {
    /// The number.
    pub number: Number,
    /// What it rests on.
    pub counts: Counts,
}

impl Figure {
    /// Without a number.
    pub fn nothing(why: Why) -> Self {
        Self { number: Number::Nothing(why), counts: Counts::default() }
    }

    /// From an interval: exact where its ends meet.
    pub(crate) fn between(
        known: Option<Fraction>,
        low: Option<Fraction>,
        high: Option<Fraction>,
        counts: Counts,
    ) -> Self {
        let number = match (low, high) {
            (Some(low), Some(high)) if low == high && counts.unknown == 0 => Number::Exact(low),
            _ => Number::Between { known, low, high },
        };
        Self { number, counts }
    }

    /// The number to show and to sort by: exact, or what the known facts give.
    pub fn known(&self) -> Option<Fraction> {
        match &self.number {
            Number::Exact(number) => Some(*number),
            Number::Between { known, .. } => *known,
            Number::Nothing(_) => None,
        }
    }

    /// The number, if it is exact.
    pub fn exact(&self) -> Option<Fraction> {
        if let Number::Exact(number) = self.number { Some(number) } else { None }
    }

    /// Its ends; an exact number is both. None where there is no number.
    pub fn ends(&self) -> Option<(Option<Fraction>, Option<Fraction>)> {
        match self.number {
            Number::Exact(number) => Some((Some(number), Some(number))),
            Number::Between { low, high, .. } => Some((low, high)),
            Number::Nothing(_) => None,
        }
    }

    /// So many times the figure; `factor` is not negative.
    pub(crate) fn times(self, factor: Fraction) -> Self {
        let by = |end: Option<Fraction>| end.map(|end| end * factor);
        let number = match self.number {
            Number::Exact(number) => Number::Exact(number * factor),
            Number::Between { known, low, high } => Number::Between { known: by(known), low: by(low), high: by(high) },
            nothing @ Number::Nothing(_) => nothing,
        };
        Self { number, counts: self.counts }
    }

    /// The difference of two figures; unknown ends stay open.
    pub fn minus(&self, then: &Self) -> Self {
        let (Some(now), Some(before)) = (self.ends(), then.ends()) else {
            let why = [self, then].into_iter().find_map(|figure| match &figure.number {
                Number::Nothing(why) => Some(why.clone()),
                _ => None,
            });
            return Self::nothing(why.unwrap_or(Why::NothingToCount));
        };
        let less = |a: Option<Fraction>, b: Option<Fraction>| Some(a? - b?);
        let counts = Counts { unknown: self.counts.unknown + then.counts.unknown, ..self.counts };
        Self::between(less(self.known(), then.known()), less(now.0, before.1), less(now.1, before.0), counts)
    }

    /// How much more it is than `then`, as a share of `then`; nothing to count where there was nothing.
    pub fn growth(&self, then: &Self) -> Self {
        let difference = self.minus(then);
        let (Some(now), Some(before)) = (self.ends(), then.ends()) else { return difference };
        if before.1 == Some(Fraction::ZERO) {
            return Self { number: Number::Nothing(Why::NothingToCount), counts: difference.counts };
        }
        let rate = |now: Option<Fraction>, then: Option<Fraction>| Some(now?.over(then?)? - Fraction::ONE);
        let known = rate(self.known(), then.known());
        Self::between(known, rate(now.0, before.1), rate(now.1, before.0), difference.counts)
    }

    /// For people: `25%`, `18 万元`, `30%（部分数据，在 20% 与 40% 之间）`, `暂无数据`, `没有可计算的对象`.
    pub fn text(&self, part: &Part) -> String {
        let shown = |number: Option<Fraction>| number.map(|number| plain(number, part));
        match &self.number {
            Number::Exact(number) => plain(*number, part),
            Number::Between { known, low, high } => {
                let range = match (shown(*low), shown(*high)) {
                    (Some(low), Some(high)) => format!("在 {low} 与 {high} 之间"),
                    (Some(low), None) => format!("不少于 {low}"),
                    (None, Some(high)) => format!("不多于 {high}"),
                    (None, None) => "无法估计".to_owned(),
                };
                match shown(*known) {
                    Some(known) => format!("{known}（部分数据，{range}）"),
                    None => format!("部分数据，{range}"),
                }
            }
            Number::Nothing(Why::NoData(_)) => "暂无数据".to_owned(),
            Number::Nothing(Why::NothingToCount) => "没有可计算的对象".to_owned(),
        }
    }
}

/// A number in the unit of a part, rounded for the eye to two decimals.
pub fn plain(number: Fraction, part: &Part) -> String {
    let times = |factor: i128| (number * Fraction::whole(factor)).decimals(2);
    match part.unit {
        Unit::Percent => format!("{}%", times(100)),
        Unit::Permille => format!("{}‰", times(1_000)),
        Unit::Permyriad => format!("万分之{}", times(10_000)),
        Unit::Yuan => {
            let yuan = number * Fraction::new(1, 100).unwrap_or(Fraction::ONE);
            let (wan, yi) = (Fraction::whole(10_000), Fraction::whole(100_000_000));
            if yuan >= yi {
                format!("{} 亿元", yuan.over(yi).unwrap_or(yuan).decimals(4))
            } else if yuan >= wan {
                format!("{} 万元", yuan.over(wan).unwrap_or(yuan).decimals(4))
            } else {
                format!("{} 元", yuan.decimals(2))
            }
        }
        Unit::Bool => if number == Fraction::ZERO { "未完成" } else { "已完成" }.to_owned(),
        _ if part.suffix.is_empty() => format!("{}{}", number.decimals(2), part.unit.suffix()),
        _ => format!("{} {}", number.decimals(2), part.suffix),
    }
}
