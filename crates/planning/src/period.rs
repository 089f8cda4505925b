//! Where a plan stands in time (规划期): before it, within a stage, on its last day, after it.
use base::Date;
use catalogue::plans::{Plan, Stage};

/// A plan's phase on a day. Plan period and rule validity are two things: rules hold until repealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase<'p> {
    /// 尚未开始
    Before,
    /// 实施中, in this stage where the plan has stages.
    Running(Option<&'p Stage>),
    /// 终期评估: its last day.
    Final,
    /// 规划期后: its figures go on, marked so.
    After,
}

impl<'p> Phase<'p> {
    /// The phase of a plan on a day.
    pub fn of(plan: &'p Plan, day: Date) -> Self {
        let (first, last) = plan.period;
        if day < first {
            Self::Before
        } else if day < last {
            Self::Running(plan.stage_on(day))
        } else if day == last {
            Self::Final
        } else {
            Self::After
        }
    }

    /// For people.
    pub fn name(self) -> String {
        match self {
            Self::Before => "尚未开始".to_owned(),
            Self::Running(None) => "实施中".to_owned(),
            Self::Running(Some(stage)) => stage.name.clone(),
            Self::Final => "终期评估".to_owned(),
            Self::After => "规划期后".to_owned(),
        }
    }
}

/// The day on which a plan is opened: today while it runs, its last day ever after.
pub fn opens_on(plan: &Plan, today: Date) -> Date {
    today.min(plan.period.1)
}

/// The days a plan is looked at: the day before it begins, the ends of stages and every day something is due, in order. A trend
/// has a point on each.
pub fn milestones(plan: &Plan) -> Vec<Date> {
    let before = plan.period.0.yesterday().ok();
    let stages = plan.stages.iter().map(|stage| stage.to);
    let aims = plan.targets.iter().flat_map(|target| &target.aims).map(|aim| aim.by);
    let mut days: Vec<Date> = before.into_iter().chain(stages).chain(aims).chain([plan.period.1]).collect();
    days.sort();
    days.dedup();
    days
}
