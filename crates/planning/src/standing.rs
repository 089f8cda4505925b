//! Where a target stands (达标情况): 达标, 预警, 未达标, 暂无数据, by one written rule, with the reason.
//!
//! The rule, in this order:
//! 1. No number (nobody supplies the facts, nothing to count), or no base to compare with: 暂无数据.
//! 2. The value surely satisfies the aim, whatever the missing facts are: 达标.
//! 3. The aim is due (its day has come, or it has to hold every day): 未达标 if it surely fails, 预警 if missing facts decide it.
//! 4. Not due yet, and there is a glide path (from the aim before, the baseline or measured start, or nothing at the year's
//!    beginning): 达标 if the value keeps up with the path of the day (marked 按进度), otherwise 预警.
//! 5. Not due yet, no path: 预警.
use std::cmp::Ordering;

use base::{AreaCode, Date};
use catalogue::plans::{Against, Aim, Formula, Fraction, Op, Part, Plan, Target};
use catalogue::{Params, Tri};

use crate::figure::{Figure, Number, Why, plain};

/// How a target stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// 未达标
    Missed,
    /// 预警
    AtRisk,
    /// 暂无数据
    NoData,
    /// 达标
    Met,
}

impl Status {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missed => "未达标",
            Self::AtRisk => "预警",
            Self::NoData => "暂无数据",
            Self::Met => "达标",
        }
    }
}

/// How a target stands on a day, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// The aim itself is reached, not only the path towards it.
    pub reached: bool,
    /// What is asked for by the day it is due.
    pub wanted: Option<Fraction>,
    /// Upper end of `within`.
    pub high: Option<Fraction>,
    /// When it is due; none: nothing is asked of this area.
    pub due: Option<Date>,
    /// Where the glide path is on the day.
    pub path: Option<Fraction>,
    /// The reason, in plain Chinese.
    pub reason: String,
}

/// A target as it is asked of one area.
#[derive(Clone, Copy, Debug)]
pub struct Aimed<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The target.
    pub target: &'a Target,
    /// The part measured.
    pub part: &'a Part,
    /// The parameters that hold in the plan's area.
    pub params: &'a Params,
    /// The area and everything above it, nearest first.
    pub ancestry: &'a [AreaCode],
    /// What the figure was at the end of the year before.
    pub previous: Option<&'a Figure>,
    /// A start measured by the platform where the document states no baseline.
    pub measured_start: Option<(Date, Fraction)>,
}

impl<'a> Aimed<'a> {
    /// The aims asked of the area, by day: its own (or those of the nearest area above that has some), else the plan's.
    pub fn aims(&self) -> Vec<&'a Aim> {
        let of = |area: Option<&AreaCode>| -> Vec<&'a Aim> {
            self.target.aims.iter().filter(|aim| aim.area.as_ref() == area).collect()
        };
        let mut aims =
            self.ancestry.iter().map(|area| of(Some(area))).find(|aims| !aims.is_empty()).unwrap_or_default();
        let own = self.ancestry.first() == Some(&self.plan.area);
        if aims.is_empty() && (own || self.target.below) {
            aims = of(None);
        }
        aims.sort_by_key(|aim| aim.by);
        aims
    }

    /// The aim a day works towards: the first that is not past, or the last.
    pub fn aim_on(&self, day: Date) -> Option<&'a Aim> {
        let aims = self.aims();
        aims.iter().find(|aim| day <= aim.by).or(aims.last()).copied()
    }

    /// The number the document starts from, or the one measured; a change against the baseline starts from nothing.
    pub fn start(&self) -> Option<(Date, Fraction)> {
        if matches!(self.part.formula, Formula::Change { against: Against::Baseline, .. }) {
            // On the eve of the plan nothing had changed.
            return Some((self.plan.period.0.yesterday().ok()?, Fraction::ZERO));
        }
        let area = self.ancestry.first()?;
        let stated = self.plan.baseline_in(&self.target.indicator.value, &self.part.id, area);
        stated.map(|base| (base.on, base.value)).or(self.measured_start)
    }

    /// Where the glide path begins for an aim.
    fn path_start(&self, aim: &Aim) -> Option<(Date, Fraction)> {
        let counted = matches!(self.part.formula, Formula::Measure(_));
        if self.target.yearly {
            let eve = Date::new(aim.by.year() - 1, 12, 31).ok()?;
            return counted.then_some((eve, Fraction::ZERO));
        }
        let earlier = self.aims().into_iter().rev().find(|other| other.by < aim.by);
        match earlier {
            Some(earlier) => Some((earlier.by, earlier.number(self.params, self.start())?)),
            None => self.start(),
        }
    }

    /// Where the glide path is on a day: a straight line from the start to the aim. None before its start and where there is none.
    pub fn path_on(&self, day: Date) -> Option<Fraction> {
        let aim = self.aim_on(day)?;
        let wanted = aim.number(self.params, self.start())?;
        let (from, start) = self.path_start(aim)?;
        let days = |to: Date| i128::from(to.duration_since(from).as_hours() / 24);
        let (whole, gone) = (days(aim.by), days(day));
        if whole <= 0 || gone < 0 {
            return None;
        }
        let part = Fraction::new(gone.min(whole), whole)?;
        Some(start + (wanted - start) * part)
    }

    /// How the target stands with a figure on a day.
    pub fn judge(&self, figure: &Figure, day: Date) -> Standing {
        let Some(aim) = self.aim_on(day) else {
            return self.say(Status::NoData, None, day, "规划没有给这个地区定目标".to_owned());
        };
        let Some(ends) = figure.ends() else {
            let why = match &figure.number {
                Number::Nothing(Why::NothingToCount) => "没有可计算的对象",
                _ => "所需的数据还没有人提供",
            };
            return self.say(Status::NoData, Some(aim), day, why.to_owned());
        };
        let Some(bounds) = self.bounds(aim) else {
            return self.say(Status::NoData, Some(aim), day, no_bounds(aim));
        };
        let holds = holds(aim.op, ends, bounds);
        let due = day >= aim.by || self.target.every_day;
        let partial = figure.counts.unknown;
        let (status, reason) = match (holds, due) {
            (Tri::True, _) => (Status::Met, format!("已达到：要求{}{}", aim.op.name(), self.asked(aim.op, bounds))),
            (Tri::False, true) => {
                let since = if self.target.every_day {
                    "每一天都要达到".to_owned()
                } else {
                    format!("{} 到期", aim.by)
                };
                (Status::Missed, format!("没有达到：要求{}{}，{since}", aim.op.name(), self.asked(aim.op, bounds)))
            }
            (Tri::Unknown, true) => (Status::AtRisk, format!("数据不全：还有 {partial} 项没有人提供，决定是否达标")),
            (_, false) => self.on_the_way(figure, ends, aim, day),
        };
        let mut standing = self.say(status, Some(aim), day, reason);
        standing.reached = holds == Tri::True;
        standing
    }

    /// Not due yet: against the glide path.
    fn on_the_way(
        &self,
        figure: &Figure,
        ends: (Option<Fraction>, Option<Fraction>),
        aim: &Aim,
        day: Date,
    ) -> (Status, String) {
        let op = match aim.op {
            Op::Equal | Op::Above => Op::AtLeast,
            Op::Below => Op::AtMost,
            op => op,
        };
        let path = self.path_on(day).or_else(|| self.share_of_previous(aim.op, day));
        let by_path = matches!(op, Op::AtLeast | Op::AtMost | Op::AbovePrevious | Op::AtLeastPrevious);
        let Some(path) = path.filter(|_| by_path) else {
            let asked = self.bounds(aim).map_or_else(String::new, |bounds| self.asked(aim.op, bounds));
            let start = if by_path { "；没有起点，画不出进度线" } else { "" };
            let unsure = if figure.counts.unknown > 0 { "还不能确定达到" } else { "还没有达到" };
            return (Status::AtRisk, format!("{unsure}：要求{}{asked}，{} 到期{start}", aim.op.name(), aim.by));
        };
        let op = if op.is_against_previous() { Op::AtLeast } else { op };
        match holds(op, ends, (path, None)) {
            Tri::True => (Status::Met, format!("按进度达标：今天应{} {}", op.name(), plain(path, self.part))),
            Tri::False => (Status::AtRisk, format!("落后于进度：今天应{} {}", op.name(), plain(path, self.part))),
            Tri::Unknown => {
                let open = figure.counts.unknown;
                (Status::AtRisk, format!("数据不全：还有 {open} 项没有人提供，看不出是否跟上进度"))
            }
        }
    }

    /// For yearly growth: as much of last year's figure as the year is old.
    fn share_of_previous(&self, op: Op, day: Date) -> Option<Fraction> {
        if !matches!(op, Op::AbovePrevious | Op::AtLeastPrevious) || !self.part.formula.is_yearly() {
            return None;
        }
        let part = Fraction::new(i128::from(day.day_of_year()), i128::from(day.days_in_year()))?;
        Some(self.previous?.known()? * part)
    }

    /// What the value is held against: a number and, for a range, its upper end; or the base, or the year before.
    fn bounds(&self, aim: &Aim) -> Option<(Fraction, Option<Fraction>)> {
        match aim.op {
            op if op.is_against_base() => self.start().map(|(_, start)| (start, None)),
            op if op.is_against_previous() => {
                let (low, high) = self.previous?.ends()?;
                Some((low?, high))
            }
            Op::Positive => Some((Fraction::ZERO, None)),
            Op::Milestone => Some((Fraction::ONE, None)),
            _ => {
                let high = aim.high.as_ref().map(|worth| worth.resolve(self.params));
                if high == Some(None) {
                    return None;
                }
                Some((aim.number(self.params, self.start())?, high.flatten()))
            }
        }
    }

    fn asked(&self, op: Op, bounds: (Fraction, Option<Fraction>)) -> String {
        match (op, bounds) {
            (Op::Positive | Op::Milestone, _) => String::new(),
            (Op::Within, (low, Some(high))) => format!(" {} 至 {}", plain(low, self.part), plain(high, self.part)),
            (_, (number, _)) => format!(" {}", plain(number, self.part)),
        }
    }

    fn say(&self, status: Status, aim: Option<&Aim>, day: Date, reason: String) -> Standing {
        let bounds = aim.and_then(|aim| self.bounds(aim));
        Standing {
            status,
            reached: false,
            wanted: bounds.map(|(wanted, _)| wanted),
            high: bounds.and_then(|(_, high)| high).filter(|_| aim.is_some_and(|aim| aim.op == Op::Within)),
            due: aim.map(|aim| aim.by),
            path: self.path_on(day),
            reason,
        }
    }
}

fn no_bounds(aim: &Aim) -> String {
    match aim.op {
        _ if aim.growth.is_some() => "文件没有写基期数，没有起点可以增长，请先在平台上测一个起点",
        op if op.is_against_base() => "文件没有写基期数，请先在平台上测一个起点",
        op if op.is_against_previous() => "还没有上一年的数",
        _ => "目标用的参数在这里、这一天没有值",
    }
    .to_owned()
}

/// Whether a value between two ends satisfies an operator, whatever it is within them.
pub(crate) fn holds(op: Op, ends: (Option<Fraction>, Option<Fraction>), bounds: (Fraction, Option<Fraction>)) -> Tri {
    let (wanted, high) = bounds;
    let at_least = |end: Option<Fraction>, wanted: Fraction| end.is_some_and(|end| end >= wanted);
    let below = |end: Option<Fraction>, wanted: Fraction| end.is_some_and(|end| end < wanted);
    let over = |end: Option<Fraction>, wanted: Fraction| end.is_some_and(|end| end > wanted);
    let (surely, never) = match op {
        Op::AtLeast | Op::AtLeastBase | Op::Milestone => (at_least(ends.0, wanted), below(ends.1, wanted)),
        Op::Above | Op::AboveBase | Op::Positive => (over(ends.0, wanted), ends.1.is_some_and(|end| end <= wanted)),
        // The year before may itself be an interval: beyond its greatest, or not beyond its least.
        Op::AbovePrevious => (high.is_some_and(|high| over(ends.0, high)), ends.1.is_some_and(|end| end <= wanted)),
        Op::AtLeastPrevious => (high.is_some_and(|high| at_least(ends.0, high)), below(ends.1, wanted)),
        Op::AtMostPrevious => (ends.1.is_some_and(|end| end <= wanted), high.is_some_and(|high| over(ends.0, high))),
        Op::BelowPrevious => (below(ends.1, wanted), high.is_some_and(|high| at_least(ends.0, high))),
        Op::AtMost | Op::AtMostBase => (ends.1.is_some_and(|end| end <= wanted), over(ends.0, wanted)),
        Op::Below | Op::BelowBase => (below(ends.1, wanted), at_least(ends.0, wanted)),
        Op::Equal => {
            let exact =
                ends.0.zip(ends.1).is_some_and(|(low, high)| low == high && low.cmp(&wanted) == Ordering::Equal);
            (exact, over(ends.0, wanted) || below(ends.1, wanted))
        }
        Op::Within => {
            let top = high.unwrap_or(wanted);
            let inside = at_least(ends.0, wanted) && ends.1.is_some_and(|end| end <= top);
            (inside, below(ends.1, wanted) || over(ends.0, top))
        }
    };
    match (surely, never) {
        (true, _) => Tri::True,
        (_, true) => Tri::False,
        _ => Tri::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value, then the year before, each between two ends.
    fn held(op: Op, value: (i128, i128), before: (i128, i128)) -> Tri {
        let end = |number: i128| Some(Fraction::whole(number));
        holds(op, (end(value.0), end(value.1)), (Fraction::whole(before.0), end(before.1)))
    }

    #[test]
    fn the_year_before_may_itself_be_unsure() {
        use Op::{AtLeastPrevious, AtMostPrevious, BelowPrevious};
        for (op, value, before, right) in [
            (AtLeastPrevious, (5, 5), (5, 5), Tri::True),
            (AtLeastPrevious, (4, 4), (5, 5), Tri::False),
            (AtLeastPrevious, (5, 5), (4, 6), Tri::Unknown),
            (AtLeastPrevious, (6, 9), (4, 6), Tri::True),
            (AtMostPrevious, (5, 5), (5, 5), Tri::True),
            (AtMostPrevious, (7, 8), (4, 6), Tri::False),
            (AtMostPrevious, (5, 5), (4, 6), Tri::Unknown),
            (BelowPrevious, (5, 5), (5, 5), Tri::False),
            (BelowPrevious, (3, 3), (4, 6), Tri::True),
            (BelowPrevious, (4, 4), (4, 6), Tri::Unknown),
        ] {
            assert_eq!(held(op, value, before), right, "{op:?} {value:?} {before:?}");
        }
    }

    #[test]
    fn the_base_itself_is_neither_more_nor_less() {
        let at = |op: Op, value: i128| held(op, (value, value), (5, 5));
        assert_eq!(
            [Op::AtLeastBase, Op::AtMostBase, Op::AboveBase, Op::BelowBase].map(|op| at(op, 5)),
            [Tri::True, Tri::True, Tri::False, Tri::False]
        );
        assert_eq!((at(Op::AtLeastBase, 4), at(Op::AtMostBase, 6)), (Tri::False, Tri::False));
    }
}
