//! The lines of a plan (规划执行情况表) in words: page, workbook, interface and command line show the same texts.
use base::{AreaCode, Date};
use catalogue::plans::{Aim, Fraction, Op, Part, Plan, Target};
use catalogue::{Catalogue, Params, Unit};
use planning::figure::plain;
use planning::report::Entry;
use planning::{Aimed, Counts, Figure, Line, Measuring, Number, Phase, Report, Status, Summary, Why};

use super::view::{Seen, View};
use crate::facts::Ready;
use crate::{Office, Refused};

/// What a target hangs under where the plan has no project for it.
const AIMS: &str = "发展目标";

/// A clause with the document it stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClauseRef {
    /// Its id: `000-14c`.
    pub id: String,
    /// The document: `000`; empty where the clause is of no listed document.
    pub document: String,
    /// What it asks for.
    pub title: String,
}

/// A figure in words and as a number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// `25%`, `18 万元`, `暂无数据`.
    pub text: String,
    /// What keeps it from being exact: `部分数据，在 20% 与 40% 之间`; empty if it is.
    pub range: String,
    /// The number in the unit (25 for 25 %, whole yuan), to four decimals; empty where there is none.
    pub number: String,
    /// The exact fraction: `1/4`; empty unless exact.
    pub exact: String,
}

/// One point of a course: a day, and the number where there is one.
pub type Point = (Date, Option<Fraction>);

/// One target of a plan in one area.
#[derive(Clone, Debug)]
pub struct TargetLine {
    /// The indicator's id.
    pub indicator: String,
    /// The part's id; empty for the only one.
    pub part: String,
    /// What is measured.
    pub name: String,
    /// The part, so that numbers can be said in its unit.
    pub measured: Part,
    /// What the document says.
    pub said: String,
    /// What should be known when reading it.
    pub note: String,
    /// The clauses.
    pub clauses: Vec<ClauseRef>,
    /// The value.
    pub value: Shown,
    /// What it rests on.
    pub counts: Counts,
    /// The value at the end of the year before; empty where it cannot be told.
    pub before: String,
    /// `不低于 25%`.
    pub asked: String,
    /// By when.
    pub due: Option<Date>,
    /// Where the glide path is on the day; empty where there is none.
    pub path: String,
    /// How it stands.
    pub status: Status,
    /// The aim itself is reached.
    pub reached: bool,
    /// Why.
    pub reason: String,
    /// Facts nobody supplies yet, each with whom to ask.
    pub missing: Vec<String>,
    /// The remarks that touch it: positions in [`PlanReport::remarks`].
    pub remarks: Vec<usize>,
    /// The plan's start, last year's end, the day: as far as they are known.
    pub course: Vec<Point>,
    /// What is asked for, as a number.
    pub wanted: Option<Fraction>,
}

/// What a document leaves open, in words.
#[derive(Clone, Debug)]
pub struct RemarkText {
    /// What is open.
    pub title: String,
    /// What the clauses say.
    pub says: Vec<(ClauseRef, String)>,
    /// How it was settled.
    pub settled: String,
    /// The names of the indicators it touches.
    pub indicators: Vec<(String, String)>,
}

/// A project with its targets.
#[derive(Clone, Debug)]
pub struct Group {
    /// 培育扶持工程
    pub title: String,
    /// Its targets.
    pub lines: Vec<TargetLine>,
}

/// What every page about a plan says above.
#[derive(Clone, Debug)]
pub struct Head {
    /// The plan's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The document's short id and title.
    pub document: (String, String),
    /// Who issued it.
    pub issuer: String,
    /// 文号; empty if it has none.
    pub number: String,
    /// 征求意见稿
    pub draft: bool,
    /// First and last day.
    pub period: (Date, Date),
    /// The plan's area.
    pub area: AreaCode,
    /// Its full name.
    pub area_name: String,
    /// What is said of all its tasks.
    pub note: String,
    /// The day on which it opens.
    pub opens_on: Date,
}

/// A plan on a day in an area, in words.
#[derive(Clone, Debug)]
pub struct PlanReport {
    /// The plan.
    pub head: Head,
    /// The view it answers, day and area filled in.
    pub view: View,
    /// The day.
    pub on: Date,
    /// The area.
    pub area: AreaCode,
    /// Its full name.
    pub area_name: String,
    /// 终期评估, 规划期后, 培育发展阶段, …
    pub phase: String,
    /// The plan is over: its figures go on, marked so.
    pub after: bool,
    /// How many targets stand how.
    pub summary: Summary,
    /// The targets.
    pub groups: Vec<Group>,
    /// Everything the documents leave open; those of no indicator too.
    pub remarks: Vec<RemarkText>,
}

impl PlanReport {
    /// All lines in order.
    pub fn lines(&self) -> impl Iterator<Item = &TargetLine> {
        self.groups.iter().flat_map(|group| &group.lines)
    }
}

/// The figure in words, its range apart.
pub fn shown(figure: &Figure, part: &Part) -> Shown {
    let (text, range) = match figure.text(part).split_once('（') {
        Some((text, range)) => (text.to_owned(), range.trim_end_matches('）').to_owned()),
        None => (figure.text(part), String::new()),
    };
    let exact = figure.exact().map(|number| number.to_string()).unwrap_or_default();
    Shown { text, range, number: figure.known().map(|number| in_unit(number, part)).unwrap_or_default(), exact }
}

/// A number in the measure of its unit: percents, ten-thousandths, yuan.
pub fn in_unit(number: Fraction, part: &Part) -> String {
    let number = match part.unit {
        Unit::Percent => number * Fraction::whole(100),
        Unit::Permille => number * Fraction::whole(1_000),
        Unit::Permyriad => number * Fraction::whole(10_000),
        Unit::Yuan => Fraction::new(1, 100).map_or(number, |cent| number * cent),
        _ => number,
    };
    number.decimals(4)
}

/// What an aim asks for: `不低于 25%`, `保持在 3 个 至 5 个`, `高于基期 18 万元`, `完成`.
pub fn asked(aim: Option<&Aim>, bounds: (Option<Fraction>, Option<Fraction>), part: &Part) -> String {
    let Some(aim) = aim else { return String::new() };
    let name = aim.op.name();
    match (aim.op, bounds) {
        (Op::Positive | Op::Milestone, _) | (_, (None, _)) => name.to_owned(),
        (Op::Within, (Some(low), Some(high))) => format!("{name} {} 至 {}", plain(low, part), plain(high, part)),
        (_, (Some(number), _)) => format!("{name} {}", plain(number, part)),
    }
}

/// The aims of a target in an area.
pub fn aimed<'a>(
    report: &Report<'a>,
    (target, part): (&'a Target, &'a Part),
    ancestry: &'a [AreaCode],
    measured_start: Option<(Date, Fraction)>,
) -> Aimed<'a> {
    let (plan, params): (&'a Plan, &'a Params) = (report.asked.plan, report.asked.params);
    Aimed { plan, target, part, params, ancestry, previous: None, measured_start }
}

/// The codes of an area and everything above it.
pub fn ancestry(measuring: &Measuring<'_>, area: u32) -> Vec<AreaCode> {
    let areas = measuring.base.areas();
    areas.ancestry(area).into_iter().filter_map(|at| areas.code(at).cloned()).collect()
}

/// What the platform measures for the day before the plan began, in an area that existed then.
pub fn start_of(
    report: &Report<'_>,
    measuring: &Measuring<'_>,
    entry: &Entry<'_>,
    area: u32,
) -> Option<(Date, Fraction)> {
    let (measured, facts) = (entry.start.as_ref()?, report.asked.start?);
    let at = planning::measure::same_area(measuring.base, facts, area)?;
    Some((facts.date(), measured.at(at).known()?))
}

/// Start, last year's end and the day of one target, from what was measured anyway.
fn course(report: &Report<'_>, measuring: &Measuring<'_>, entry: &Entry<'_>, line: &Line<'_>, area: u32) -> Vec<Point> {
    let mut points = Vec::new();
    points.extend(start_of(report, measuring, entry, area).map(|(day, number)| (day, Some(number))));
    let before = Date::new(report.on.year() - 1, 12, 31).ok().zip(line.before.as_ref());
    points.extend(before.map(|(day, figure)| (day, figure.known())));
    points.push((report.on, line.figure.known()));
    points.sort_by_key(|(day, _)| *day);
    points.dedup_by_key(|(day, _)| *day);
    points
}

impl Office {
    /// A clause by its id.
    pub fn clause_ref(&self, id: &str) -> ClauseRef {
        let known = self.catalogue.clauses().get(id);
        ClauseRef {
            id: id.to_owned(),
            document: known.map(|clause| clause.document.clone()).unwrap_or_default(),
            title: known.map(|clause| clause.title.clone()).unwrap_or_default(),
        }
    }

    /// What every page about a plan says above.
    pub fn plan_head(&self, plan: &Plan) -> Head {
        let document = self.plan_document(plan);
        Head {
            id: plan.id.clone(),
            name: plan.name.clone(),
            document: (
                plan.document.clone(),
                document.map_or_else(|| plan.document.clone(), |document| document.title.clone()),
            ),
            issuer: document.map(|document| document.issuer.clone()).unwrap_or_default(),
            number: document.map(|document| document.number.clone()).unwrap_or_default(),
            draft: self.is_draft(plan),
            period: plan.period,
            area: plan.area.clone(),
            area_name: self.areas.full_name(&plan.area),
            note: plan.note.clone(),
            opens_on: planning::period::opens_on(plan, self.clock.today()),
        }
    }

    /// The plan's lines in an area on a day.
    pub fn plan_report(&self, view: &View) -> Result<Ready<PlanReport>, Refused> {
        self.look_at_plan(view)?.and_then(|seen| self.report_of(&seen))
    }

    /// The lines of a plan that was measured.
    pub fn report_of(&self, seen: &Seen) -> Result<PlanReport, Refused> {
        let plan = self.plan(&seen.view.plan)?;
        let on = seen.execution.on;
        let (summary, lines) = seen.with(|report, measuring, at| {
            let lines = report.lines(measuring, at);
            let summary = Summary::of(&lines);
            (summary, self.target_lines(report, measuring, at))
        })?;
        let phase = Phase::of(plan, on);
        Ok(PlanReport {
            head: self.plan_head(plan),
            view: seen.view.clone(),
            on,
            area: seen.area.clone(),
            area_name: self.areas.full_name_at(&seen.area, on),
            phase: phase.name(),
            after: phase == Phase::After,
            summary,
            groups: grouped(plan, lines),
            remarks: self.remarks_of(plan),
        })
    }

    /// One line per target and part that is asked of the area, in the plan's order.
    pub fn target_lines(&self, report: &Report<'_>, measuring: &Measuring<'_>, at: u32) -> Vec<TargetLine> {
        let ancestry = ancestry(measuring, at);
        let told = |entry: &Entry<'_>| {
            let line = report.line(measuring, entry, &ancestry, at)?;
            let course = course(report, measuring, entry, &line, at);
            Some(self.target_line(report, &line, &ancestry, course))
        };
        report.entries.iter().filter_map(told).collect()
    }

    fn target_line(
        &self,
        report: &Report<'_>,
        line: &Line<'_>,
        ancestry: &[AreaCode],
        course: Vec<Point>,
    ) -> TargetLine {
        let Line { target, indicator, part, .. } = line;
        let standing = &line.standing;
        let aim = aimed(report, (target, part), ancestry, None).aim_on(report.on);
        let mut clauses: Vec<ClauseRef> = target.clauses.iter().map(|clause| self.clause_ref(&clause.value)).collect();
        let own = aim.and_then(|aim| aim.clause.as_ref()).map(|clause| self.clause_ref(&clause.text));
        if let Some(own) = own.filter(|own| !clauses.contains(own)) {
            clauses.insert(0, own);
        }
        let plan = report.asked.plan;
        let touches = |(at, remark): (usize, &catalogue::plans::Remark)| {
            remark.indicators.iter().any(|one| one.value == indicator.id).then_some(at)
        };
        TargetLine {
            indicator: indicator.id.clone(),
            part: part.id.clone(),
            name: name_of(&indicator.name, part),
            measured: (*part).clone(),
            said: target.said_in_full(),
            note: target.note.clone(),
            clauses,
            value: shown(&line.figure, part),
            counts: line.figure.counts,
            before: line.before.as_ref().map(|figure| figure.text(part)).unwrap_or_default(),
            asked: asked(aim, (standing.wanted, standing.high), part),
            due: standing.due,
            path: standing.path.map(|path| plain(path, part)).unwrap_or_default(),
            status: standing.status,
            reached: standing.reached,
            reason: standing.reason.clone(),
            missing: missing(&self.catalogue, &line.figure, part),
            remarks: plan.remarks.iter().enumerate().filter_map(touches).collect(),
            course,
            wanted: standing.wanted,
        }
    }

    /// Everything the documents of a plan leave open.
    pub fn remarks_of(&self, plan: &Plan) -> Vec<RemarkText> {
        let name = |id: &str| {
            let name = self.catalogue.find_indicator(id).map_or(id, |indicator| indicator.name.as_str());
            (id.to_owned(), name.to_owned())
        };
        let remark = |remark: &catalogue::plans::Remark| RemarkText {
            title: remark.title.clone(),
            says: remark.says.iter().map(|said| (self.clause_ref(&said.clause.text), said.text.clone())).collect(),
            settled: remark.settled.clone(),
            indicators: remark.indicators.iter().map(|one| name(&one.value)).collect(),
        };
        plan.remarks.iter().map(remark).collect()
    }
}

/// 指标名称, with its part's where it has several.
pub fn name_of(indicator: &str, part: &Part) -> String {
    if part.name.is_empty() { indicator.to_owned() } else { format!("{indicator}：{}", part.name) }
}

/// What keeps a figure from being whole: facts nobody supplies, with whom to ask; records nobody keeps.
fn missing(catalogue: &Catalogue, figure: &Figure, part: &Part) -> Vec<String> {
    if matches!(figure.number, Number::Exact(_) | Number::Nothing(Why::NothingToCount)) {
        return Vec::new();
    }
    let ask = |title: &str, supplier: &str| format!("{title}（应由{supplier}提供）");
    let mut out: Vec<String> =
        catalogue.unsupplied(part).into_iter().map(|fact| ask(&fact.title, &fact.supplier)).collect();
    if let Number::Nothing(Why::NoData(names)) = &figure.number {
        let named = names.iter().filter_map(|name| catalogue.words().find(name));
        out.extend(named.map(|fact| ask(&fact.title, &fact.supplier)));
    }
    out.sort();
    out.dedup();
    out
}

/// Targets under the project whose task they show, in the order of the plan's projects; the others first.
fn grouped(plan: &Plan, lines: Vec<TargetLine>) -> Vec<Group> {
    let project = |line: &TargetLine| {
        let task = plan.tasks.iter().find(|task| task.indicators.iter().any(|one| one.value == line.indicator));
        let id = task.map(|task| task.project.as_str()).filter(|id| !id.is_empty())?;
        plan.projects.iter().position(|(known, _, _)| known == id)
    };
    let mut groups: Vec<Group> = vec![Group { title: AIMS.to_owned(), lines: Vec::new() }];
    groups.extend(plan.projects.iter().map(|(_, name, _)| Group { title: name.clone(), lines: Vec::new() }));
    for line in lines {
        let at = project(&line).map_or(0, |at| at + 1);
        if let Some(group) = groups.get_mut(at) {
            group.lines.push(line);
        }
    }
    groups.retain(|group| !group.lines.is_empty());
    groups
}
