//! How somebody looks at a plan (查看规划): which day, which area, which kind of organization. Checked once for page, workbook,
//! interface and command line.
use std::sync::Arc;

use base::{AreaCode, Date};
use catalogue::condition::{Base, Compare, Condition, Op, Term};
use catalogue::plans::Plan;
use catalogue::problem::Place;
use catalogue::{DocumentState, Value};
use planning::{Measuring, Overlay, Report};

use super::{Execution, Question};
use crate::facts::Ready;
use crate::{Office, Refused};

/// The fact that the breakdown by kind asks for.
const KIND: &str = "org.kind";
/// Filed community organizations are a subject of their own; the breakdown is of registered ones.
const NO_KIND: &str = "community";

/// What is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// The plan's id.
    pub plan: String,
    /// The day measured; none: the day on which the plan opens.
    pub on: Option<Date>,
    /// The area; none: the plan's.
    pub area: Option<AreaCode>,
    /// Only organizations of this kind (`association`, …); empty: all.
    pub kind: String,
}

impl View {
    /// A plan in its own area on the day it opens.
    pub fn of(plan: &str) -> Self {
        Self { plan: plan.to_owned(), ..Self::default() }
    }

    /// The same view as one of another day.
    #[must_use]
    pub fn on(&self, day: Date) -> Self {
        Self { on: Some(day), ..self.clone() }
    }
}

/// A plan measured, and the area looked at.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The plan measured.
    pub execution: Arc<Execution>,
    /// The area.
    pub area: AreaCode,
    /// The view as it was understood: day and area filled in.
    pub view: View,
}

impl Seen {
    /// Reads the figures; `at` is the number of the area looked at.
    pub fn with<R>(&self, read: impl FnOnce(&Report<'_>, &Measuring<'_>, u32) -> R) -> Result<R, Refused> {
        self.execution.with(|report, measuring| {
            let at = measuring.base.areas().find(&self.area).ok_or(Refused::NotFound("这个规划里的地区"))?;
            Ok(read(report, measuring, at))
        })
    }
}

impl<T> Ready<T> {
    /// The same of what is there.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Ready<U> {
        match self {
            Self::Now(there) => Ready::Now(change(there)),
            Self::Soon { day, done, of } => Ready::Soon { day, done, of },
        }
    }

    /// The same of what is there, which may fail.
    pub fn and_then<U>(self, change: impl FnOnce(T) -> Result<U, Refused>) -> Result<Ready<U>, Refused> {
        Ok(match self {
            Self::Now(there) => Ready::Now(change(there)?),
            Self::Soon { day, done, of } => Ready::Soon { day, done, of },
        })
    }
}

/// The first day a plan may be looked at: a year before the day it starts from, so that its start has a year to compare with.
pub fn first_day(plan: &Plan) -> Date {
    Date::new(plan.period.0.year() - 1, 1, 1).unwrap_or(plan.period.0)
}

impl Office {
    /// The kinds a plan can be broken down by: word and Chinese name.
    pub fn plan_kinds(&self) -> Vec<(String, String)> {
        let words = self.catalogue.words().find(KIND).map(|fact| fact.words.clone()).unwrap_or_default();
        words.into_iter().filter(|(word, _)| word != NO_KIND).collect()
    }

    /// Whether a plan's document is out for comments only (征求意见稿).
    pub fn is_draft(&self, plan: &Plan) -> bool {
        self.plan_document(plan).is_some_and(|document| document.state == DocumentState::Draft)
    }

    /// The document of a plan.
    pub fn plan_document(&self, plan: &Plan) -> Option<&catalogue::Document> {
        let pack = self.catalogue.packs().find(&plan.pack)?;
        pack.documents.iter().find(|document| document.id == plan.document)
    }

    /// A plan as somebody wants to look at it: measured, in their area. A day that has not come or lies before the plan's, a kind or an
    /// area that is not the plan's is refused with the reason.
    pub fn look_at_plan(&self, view: &View) -> Result<Ready<Seen>, Refused> {
        self.look_supposing(view, None)
    }

    /// The same with parameters and targets supposed otherwise.
    pub fn look_supposing(&self, view: &View, supposed: Option<Overlay>) -> Result<Ready<Seen>, Refused> {
        let plan = self.plan(&view.plan)?;
        let (on, area) = (self.plan_day(plan, view.on)?, self.plan_area(plan, view)?);
        let only = self.plan_kind(&view.kind)?;
        let question = Question { plan: &view.plan, on: Some(on), only, supposed };
        let view = View { on: Some(on), area: Some(area.clone()), ..view.clone() };
        Ok(self.measure_plan(&question)?.map(|execution| Seen { execution, area, view }))
    }

    /// The day looked at.
    fn plan_day(&self, plan: &Plan, on: Option<Date>) -> Result<Date, Refused> {
        let (first, today) = (first_day(plan), self.clock.today());
        match on {
            None => Ok(planning::period::opens_on(plan, today)),
            Some(day) if day > today => {
                Err(Refused::field("on", format!("“{day}”还没有到，请填不晚于今天（{today}）的日期")))
            }
            Some(day) if day < first => {
                let begins = plan.period.0;
                Err(Refused::field("on", format!("这个规划从 {begins} 开始，最早可以看 {first}，请填它以后的日期")))
            }
            Some(day) => Ok(day),
        }
    }

    /// The area looked at: the plan's, or one below it that the plan's day knows.
    fn plan_area(&self, plan: &Plan, view: &View) -> Result<AreaCode, Refused> {
        let Some(area) = &view.area else { return Ok(plan.area.clone()) };
        let on = view.on.unwrap_or_else(|| planning::period::opens_on(plan, self.clock.today()));
        let known = self.areas.find(area).is_some() && self.areas.covers_at(&plan.area, area, on);
        if known { Ok(area.clone()) } else { Err(Refused::NotFound("这个规划里的地区")) }
    }

    fn plan_kind(&self, kind: &str) -> Result<Option<Condition>, Refused> {
        if kind.is_empty() {
            return Ok(None);
        }
        if !self.plan_kinds().iter().any(|(word, _)| word == kind) {
            return Err(Refused::field("kind", "没有这种组织类型，请从社会团体、社会服务机构、基金会里选"));
        }
        let at = Place::new("plans/view", 0);
        let term = |base| Term { base, shift: None, at: at.clone() };
        let (left, right) = (term(Base::Fact(KIND.to_owned())), term(Base::Literal(Value::Text(kind.to_owned()))));
        Ok(Some(Condition::Compare(Box::new(Compare { left, op: Op::Eq, right, at: at.clone() }))))
    }
}

impl Office {
    /// The number of the facts now: as long as it is the same, so is every figure. Asking costs no measurement.
    pub fn plan_version(&self) -> Result<String, Refused> {
        self.facts_on(self.clock.today())?;
        Ok(self.facts_version().to_string())
    }
}
