//! One indicator of a plan (指标): its definition, what it is worked out with, and every area's figure, ranked.
use std::cmp::Ordering;

use base::{AreaCode, AreaLevel};
use catalogue::plans::{Formula, Fraction, Indicator, Part, Worth};
use planning::report::Entry;
use planning::{Measuring, Report, Status};

use super::lines::{Head, RemarkText, Shown, TargetLine, ancestry, name_of, shown};
use super::view::{Seen, View};
use crate::facts::Ready;
use crate::{Office, Refused};

/// Levels with their words in addresses.
pub const LEVELS: [(&str, AreaLevel, &str); 5] = [
    ("province", AreaLevel::Province, "省级"),
    ("city", AreaLevel::City, "市级"),
    ("county", AreaLevel::County, "县级"),
    ("town", AreaLevel::Town, "乡镇街道"),
    ("community", AreaLevel::Community, "城乡社区"),
];

/// Which indicator is looked at, and how its areas are listed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ask {
    /// The indicator's id.
    pub indicator: String,
    /// Its part; empty: the first.
    pub part: String,
    /// The level of the areas ranked; empty: the next below that has several.
    pub level: String,
    /// `rank`, `value`, `-value`, `code`; empty: `rank`.
    pub sort: String,
    /// How many areas are passed over.
    pub skip: usize,
    /// How many are given.
    pub take: usize,
}

/// A parameter used, with where it comes from.
#[derive(Clone, Debug)]
pub struct ParamLine {
    /// Its name in files.
    pub name: String,
    /// Its Chinese name.
    pub title: String,
    /// `10 个`
    pub value: String,
    /// The clause.
    pub clause: String,
    /// Since when.
    pub from: String,
    /// （待复核）; empty if verified.
    pub mark: &'static str,
}

/// One area's figure.
#[derive(Clone, Debug)]
pub struct RankedArea {
    /// The area.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// What lies between it and the area looked at: `沈阳市`; empty if nothing.
    pub above: String,
    /// Its place, from 1; none where there is no number.
    pub place: Option<usize>,
    /// The value.
    pub value: Shown,
    /// How it stands; none where the target asks nothing of it.
    pub status: Option<Status>,
    /// Why.
    pub reason: String,
}

/// An indicator of a plan, in words.
#[derive(Clone, Debug)]
pub struct IndicatorReport {
    /// The plan.
    pub head: Head,
    /// The view, filled in.
    pub view: View,
    /// What was asked, part and level filled in.
    pub ask: Ask,
    /// The area's full name.
    pub area_name: String,
    /// The phase.
    pub phase: String,
    /// Its name, with the part's.
    pub name: String,
    /// The definition in words.
    pub explain: String,
    /// 按住所地, …
    pub within: &'static str,
    /// The formula as written.
    pub formula: String,
    /// All parts: id and name.
    pub parts: Vec<(String, String)>,
    /// The part measured.
    pub part: Part,
    /// The target in this area; none where the plan asks nothing of it.
    pub line: Option<TargetLine>,
    /// The figure, also where nothing is asked.
    pub value: Shown,
    /// Gates of a coverage per gate.
    pub gates: Vec<(String, Shown)>,
    /// Parameters used.
    pub params: Vec<ParamLine>,
    /// Remarks that touch it.
    pub remarks: Vec<RemarkText>,
    /// Levels that can be ranked: word and name.
    pub levels: Vec<(&'static str, &'static str)>,
    /// The areas asked for.
    pub ranked: Vec<RankedArea>,
    /// How many areas there are.
    pub total: usize,
    /// How many areas stand how; those of which nothing is asked are not in it.
    pub standing: planning::Summary,
    /// What its lists list; none where there is no list.
    pub subject: Option<String>,
}

/// The entry of an indicator's part.
pub fn entry_of<'r, 'a>(
    report: &'r Report<'a>,
    indicator: &str,
    part: &str,
) -> Result<(usize, &'r Entry<'a>), Refused> {
    let fits = |entry: &Entry<'_>| entry.indicator.id == indicator && (part.is_empty() || entry.part.id == part);
    let found = report.entries.iter().enumerate().find(|(_, entry)| fits(entry));
    found.ok_or(Refused::NotFound("这个规划里的指标"))
}

impl Office {
    /// An indicator of a plan: definition, figure, areas ranked.
    pub fn plan_indicator(&self, view: &View, ask: &Ask) -> Result<Ready<IndicatorReport>, Refused> {
        if let Some(plan) = self.catalogue.find_plan(&view.plan)
            && !plan.targets.iter().any(|target| target.indicator.value == ask.indicator)
        {
            return Err(Refused::NotFound("这个规划里的指标"));
        }
        self.look_at_plan(view)?.and_then(|seen| self.plan_indicator_of(&seen, ask))
    }

    fn plan_indicator_of(&self, seen: &Seen, ask: &Ask) -> Result<IndicatorReport, Refused> {
        let plan = self.plan(&seen.view.plan)?;
        let remarks = self.remarks_of(plan);
        seen.with(|report, measuring, at| {
            let (_, entry) = entry_of(report, &ask.indicator, &ask.part)?;
            let (indicator, part) = (entry.indicator, entry.part);
            let lines = self.target_lines(report, measuring, at);
            let line = lines.into_iter().find(|line| line.indicator == indicator.id && line.part == part.id);
            let levels = levels_below(measuring, at);
            let level = level_of(&levels, measuring, at, &ask.level);
            let mut ranked = self.areas_ranked(report, measuring, entry, (at, level));
            let standing = count(&ranked);
            let total = ranked.len();
            sort(&mut ranked, &ask.sort);
            let ranked = ranked.into_iter().skip(ask.skip).take(ask.take).map(|(_, area)| area).collect();
            let gates = gates(entry, report, at);
            Ok(IndicatorReport {
                head: self.plan_head(plan),
                view: seen.view.clone(),
                ask: Ask { part: part.id.clone(), level: word_of(level).to_owned(), ..ask.clone() },
                area_name: self.areas.full_name_at(&seen.area, report.on),
                phase: planning::Phase::of(plan, report.on).name(),
                name: name_of(&indicator.name, part),
                explain: self.plainly(&indicator.explain, part),
                within: indicator.within.name(),
                formula: indicator.canonical(),
                parts: asked_parts(report, indicator),
                part: part.clone(),
                line,
                value: shown(&entry.now.at(at), part),
                gates,
                params: self.plan_params_used(report, entry),
                remarks: touching(&remarks, &indicator.id),
                levels,
                ranked,
                total,
                standing,
                subject: planning::Measuring::subject_of(&job(report, measuring, entry, at)?)
                    .map(|subject| self.subject_name(&subject)),
            })
        })?
    }

    /// A definition with the titles of its parameters in place of their names in files.
    fn plainly(&self, explain: &str, part: &Part) -> String {
        let title = |text: String, name: &String| match self.catalogue.param_book().find(name) {
            Some(def) => text.replace(name.as_str(), &format!("“{}”", def.title)),
            None => text,
        };
        part.formula.params().iter().fold(explain.to_owned(), title)
    }

    /// What a kind of subject is called; registers by their names.
    pub fn subject_name(&self, subject: &catalogue::Subject) -> String {
        match subject {
            catalogue::Subject::Register(id) => {
                self.catalogue.find_register(id).map_or_else(|| id.clone(), |register| register.name.clone())
            }
            plain => plain.name().to_owned(),
        }
    }

    fn plan_params_used(&self, report: &Report<'_>, entry: &Entry<'_>) -> Vec<ParamLine> {
        let mut names = entry.part.formula.params();
        let worths = entry.target.aims.iter().flat_map(|aim| aim.value.iter().chain(&aim.high));
        names.extend(worths.filter_map(|worth| match worth {
            Worth::Param(name) => Some(name.value.clone()),
            Worth::Exact(_) => None,
        }));
        names.sort();
        names.dedup();
        let told = |name: &String| {
            let Some(value) = report.asked.params.find(name) else {
                let title = self.catalogue.param_book().find(name).map_or(name, |def| &def.title).clone();
                let none = "这里、这一天没有值".to_owned();
                return ParamLine {
                    name: name.clone(),
                    title,
                    value: none,
                    clause: String::new(),
                    from: String::new(),
                    mark: "",
                };
            };
            ParamLine {
                name: name.clone(),
                title: value.title.clone(),
                value: value.plain(),
                clause: value.clause.text.clone(),
                from: value.from.to_string(),
                mark: value.confidence.mark(),
            }
        };
        names.iter().map(told).collect()
    }

    /// Every area of a level with its number for sorting, best first.
    fn areas_ranked(
        &self,
        report: &Report<'_>,
        measuring: &Measuring<'_>,
        entry: &Entry<'_>,
        (at, level): (u32, AreaLevel),
    ) -> Vec<(Option<Fraction>, RankedArea)> {
        let areas = measuring.base.areas();
        let told = report.ranked(measuring, entry, at, level);
        let mut out: Vec<(Option<Fraction>, RankedArea)> = Vec::with_capacity(told.len());
        let mut push = |number: u32, figure: &planning::Figure, standing: Option<&planning::Standing>| {
            let Some(code) = areas.code(number) else { return };
            out.push((
                figure.known(),
                RankedArea {
                    name: self.areas.name(code).unwrap_or(code.as_str()).to_owned(),
                    above: self.areas_between(measuring, number, at),
                    area: code.clone(),
                    place: None,
                    value: shown(figure, entry.part),
                    status: standing.map(|standing| standing.status),
                    reason: standing.map(|standing| standing.reason.clone()).unwrap_or_default(),
                },
            ));
        };
        if told.is_empty() {
            // Nothing is asked of the areas below: their figures are shown all the same, the greatest first.
            let mut figures: Vec<_> = areas
                .range(at)
                .filter(|number| areas.level(*number) == Some(level))
                .map(|number| (number, entry.now.at(number)))
                .collect();
            figures.sort_by(|(a, one), (b, two)| two.known().cmp(&one.known()).then(a.cmp(b)));
            for (number, figure) in &figures {
                push(*number, figure, None);
            }
        } else {
            for (number, line) in &told {
                push(*number, &line.figure, Some(&line.standing));
            }
        }
        let known = out.iter_mut().filter(|(number, _)| number.is_some());
        known.enumerate().for_each(|(place, (_, area))| area.place = Some(place + 1));
        out
    }

    /// The names between an area and the one looked at, so that two towns of one name are told apart.
    fn areas_between(&self, measuring: &Measuring<'_>, number: u32, at: u32) -> String {
        let codes = ancestry(measuring, number);
        let top = measuring.base.areas().code(at);
        let mut names: Vec<&str> = codes
            .iter()
            .skip(1)
            .take_while(|code| Some(*code) != top)
            .filter_map(|code| self.areas.name(code))
            .collect();
        names.reverse();
        names.concat()
    }
}

/// The job of an entry in an area, for lists and explanations.
pub fn job<'a>(
    report: &Report<'a>,
    measuring: &Measuring<'_>,
    entry: &Entry<'_>,
    at: u32,
) -> Result<planning::Job<'a>, Refused> {
    let jobs = report.asked.jobs(measuring);
    let fits = |job: &planning::Job<'_>| job.indicator.id == entry.indicator.id && job.part.id == entry.part.id;
    let found = jobs.into_iter().find(|job| fits(job)).ok_or(Refused::NotFound("这个规划里的指标"))?;
    Ok(planning::Job { area: at, ..found })
}

fn asked_parts(report: &Report<'_>, indicator: &Indicator) -> Vec<(String, String)> {
    let own = report.entries.iter().filter(|entry| entry.indicator.id == indicator.id);
    let mut parts: Vec<(String, String)> = own.map(|entry| (entry.part.id.clone(), entry.part.name.clone())).collect();
    parts.dedup();
    parts
}

fn gates(entry: &Entry<'_>, report: &Report<'_>, at: u32) -> Vec<(String, Shown)> {
    let Formula::Gates { gates, .. } = &entry.part.formula else { return Vec::new() };
    let words = gates.resolve(report.asked.params).unwrap_or_default();
    let told = |(number, word): (usize, String)| Some((word, shown(&entry.now.gate(at, number)?, entry.part)));
    words.into_iter().enumerate().filter_map(told).collect()
}

fn touching(remarks: &[RemarkText], indicator: &str) -> Vec<RemarkText> {
    let touches = |remark: &&RemarkText| remark.indicators.iter().any(|(id, _)| id == indicator);
    remarks.iter().filter(touches).cloned().collect()
}

fn count(ranked: &[(Option<Fraction>, RankedArea)]) -> planning::Summary {
    let mut sum = planning::Summary::default();
    for (_, area) in ranked {
        match area.status {
            Some(Status::Met) => sum.met += 1,
            Some(Status::AtRisk) => sum.at_risk += 1,
            Some(Status::Missed) => sum.missed += 1,
            Some(Status::NoData) => sum.no_data += 1,
            None => {}
        }
    }
    sum
}

fn levels_below(measuring: &Measuring<'_>, at: u32) -> Vec<(&'static str, &'static str)> {
    let areas = measuring.base.areas();
    let here: std::collections::BTreeSet<AreaLevel> =
        areas.range(at).skip(1).filter_map(|number| areas.level(number)).collect();
    LEVELS.iter().filter(|(_, level, _)| here.contains(level)).map(|(word, _, name)| (*word, *name)).collect()
}

/// The level asked for if there is such a level below, else the next below that has several areas.
fn level_of(levels: &[(&str, &str)], measuring: &Measuring<'_>, at: u32, asked: &str) -> AreaLevel {
    let find = |word: &str| LEVELS.iter().find(|(known, _, _)| *known == word).map(|(_, level, _)| *level);
    if levels.iter().any(|(word, _)| *word == asked)
        && let Some(level) = find(asked)
    {
        return level;
    }
    let areas = measuring.base.areas();
    let several = |level: &AreaLevel| areas.range(at).filter(|n| areas.level(*n) == Some(*level)).nth(1).is_some();
    let below: Vec<AreaLevel> = levels.iter().filter_map(|(word, _)| find(word)).collect();
    below.iter().copied().find(several).or(below.first().copied()).unwrap_or(AreaLevel::Community)
}

fn word_of(level: AreaLevel) -> &'static str {
    LEVELS.iter().find(|(_, known, _)| *known == level).map_or("community", |(word, _, _)| word)
}

/// Sorts what is ranked otherwise; what has no number stays behind.
fn sort(ranked: &mut [(Option<Fraction>, RankedArea)], how: &str) {
    let by_value =
        |one: &(Option<Fraction>, RankedArea), two: &(Option<Fraction>, RankedArea), up: bool| match (one.0, two.0) {
            (Some(one), Some(two)) if up => one.cmp(&two),
            (Some(one), Some(two)) => two.cmp(&one),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
    match how {
        "value" => ranked.sort_by(|one, two| by_value(one, two, true).then_with(|| one.1.area.cmp(&two.1.area))),
        "-value" => ranked.sort_by(|one, two| by_value(one, two, false).then_with(|| one.1.area.cmp(&two.1.area))),
        "code" => ranked.sort_by(|one, two| one.1.area.cmp(&two.1.area)),
        _ => {}
    }
}
