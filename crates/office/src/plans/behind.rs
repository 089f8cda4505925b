//! The subjects behind a figure (名单) by name: which pass, which do not, which nobody can tell yet, and why, for one of them.
use authority::Actor;
use base::{OrgId, RecordId};
use catalogue::condition::Context;
use catalogue::plans::Formula;
use catalogue::{Condition, Subject};
use planning::lists::{Listed, Which};
use planning::{Job, Measuring};

use super::indicator::{entry_of, job};
use super::lines::{Head, name_of};
use super::view::{Seen, View};
use crate::facts::Ready;
use crate::{Office, Refused};

/// What is listed, with its word in addresses and its name.
pub const LISTS: [(&str, Which, &str); 3] = [
    ("lacking", Which::Lacking, "不符合"),
    ("passing", Which::Passing, "符合"),
    ("unclear", Which::Unclear, "数据不全"),
];

/// What somebody wants to see of a list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AskList {
    /// The indicator.
    pub indicator: String,
    /// Its part; empty: the first.
    pub part: String,
    /// `lacking`, `passing`, `unclear`; empty: `lacking`.
    pub which: String,
    /// The place of the last one on the page before: area and subject; empty at the beginning.
    pub after: String,
    /// How many are given.
    pub take: usize,
    /// Whose reasons are given in full: a subject's place; empty: nobody's.
    pub why: String,
}

/// One subject by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its place in the list, to go on after it or to ask why.
    pub place: String,
    /// Its name.
    pub name: String,
    /// Credit code, filing number or area code; empty if it has none.
    pub code: String,
    /// Its page; empty if it has none.
    pub href: String,
    /// The area it counts in.
    pub area: String,
    /// For a group, how many members it has.
    pub members: Option<i64>,
    /// Made up for a demonstration.
    pub synthetic: bool,
}

/// Why a subject counts or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// The subject.
    pub of: Named,
    /// Line by line: how deep, ✓ ✗ or ？, and the words.
    pub lines: Vec<(usize, String)>,
    /// What would have to change; empty where that says nothing.
    pub change: String,
    /// For a group: how many members it has and how many are asked for.
    pub members: Option<(i64, i64)>,
}

/// A list behind a figure.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The plan.
    pub head: Head,
    /// The view, filled in.
    pub view: View,
    /// What was asked, filled in.
    pub ask: AskList,
    /// The area's full name.
    pub area_name: String,
    /// The indicator's name.
    pub name: String,
    /// What the subjects are: 社会组织, 社区, or a register's name.
    pub subject: String,
    /// How many each list has: in the order of [`LISTS`].
    pub totals: [usize; 3],
    /// The page, empty where the asker may not see names.
    pub rows: Vec<Named>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many stand before this page.
    pub before: usize,
    /// Why names are not shown; none: they are.
    pub hidden: Option<String>,
    /// Reasons of the one asked about.
    pub reasons: Option<Reasons>,
    /// Whether the members are counted.
    pub counts_members: bool,
}

/// Where a subject stands: by area in walking order, then by id.
fn place_of(measuring: &Measuring<'_>, listed: &Listed) -> String {
    let code = measuring.base.areas().code(listed.area).map(ToString::to_string).unwrap_or_default();
    format!("{code}.{:x}", listed.id)
}

fn read_place(measuring: &Measuring<'_>, text: &str) -> Option<(u32, u128)> {
    let (area, id) = text.split_once('.')?;
    Some((measuring.base.areas().find(&area.parse().ok()?)?, u128::from_str_radix(id, 16).ok()?))
}

/// What a page of a list is before names are read.
struct Found {
    subject: Option<Subject>,
    totals: [usize; 3],
    page: Vec<(Listed, String)>,
    before: usize,
    more: bool,
    name: String,
    part: String,
    facts: Vec<(Subject, String)>,
    why: Option<(Listed, Reasons)>,
}

impl Office {
    /// A list behind a figure of a plan. Names rest on facts: unless everybody may know all of them, only officials of the area see them.
    pub fn plan_list(&self, view: &View, ask: &AskList, actor: Option<&Actor>) -> Result<Ready<Behind>, Refused> {
        self.look_at_plan(view)?.and_then(|seen| self.plan_behind(&seen, ask, actor))
    }

    fn plan_behind(&self, seen: &Seen, ask: &AskList, actor: Option<&Actor>) -> Result<Behind, Refused> {
        let which = match LISTS.iter().find(|(word, _, _)| *word == ask.which) {
            Some((_, which, _)) => *which,
            None if ask.which.is_empty() => Which::Lacking,
            None => return Err(Refused::field("which", "没有这种名单，请选不符合、符合或数据不全")),
        };
        let found = seen.with(|report, measuring, at| {
            let (_, entry) = entry_of(report, &ask.indicator, &ask.part)?;
            let job = job(report, measuring, entry, at)?;
            let found = self.found_behind(measuring, &job, (which, ask));
            Ok::<_, Refused>(Found { name: name_of(&entry.indicator.name, entry.part), ..found? })
        })??;
        let subject = found.subject.clone().unwrap_or(Subject::Area);
        let hidden = self.hides_names(&subject, &found.facts, seen, actor);
        let shown: Vec<(Listed, String)> = if hidden.is_some() { Vec::new() } else { found.page };
        let mut asked: Vec<(Listed, String)> = shown.clone();
        let why = found.why.filter(|_| hidden.is_none());
        asked.extend(why.iter().map(|(listed, reasons)| (*listed, reasons.of.place.clone())));
        let mut names = self.name_subjects(seen, &subject, &asked)?;
        let reasons = why.and_then(|(_, reasons)| Some(Reasons { of: names.pop()?, ..reasons }));
        let plan = self.plan(&seen.view.plan)?;
        let next = names.last().map(|row| row.place.clone()).filter(|_| found.more);
        let word = LISTS.iter().find(|(_, known, _)| *known == which).map_or("lacking", |(word, _, _)| word);
        Ok(Behind {
            head: self.plan_head(plan),
            view: seen.view.clone(),
            ask: AskList { which: word.to_owned(), part: found.part, ..ask.clone() },
            area_name: self.areas.full_name_at(&seen.area, seen.execution.on),
            name: found.name,
            subject: self.subject_name(&subject),
            totals: found.totals,
            counts_members: names.iter().any(|row| row.members.is_some()),
            rows: names,
            next,
            before: found.before,
            hidden,
            reasons,
        })
    }

    fn found_behind(
        &self,
        measuring: &Measuring<'_>,
        job: &Job<'_>,
        (which, ask): (Which, &AskList),
    ) -> Result<Found, Refused> {
        let start = match ask.after.as_str() {
            "" => None,
            text => Some(
                read_place(measuring, text)
                    .ok_or_else(|| Refused::field("after", "翻页位置读不懂，请从第一页重新开始"))?,
            ),
        };
        let mut totals = [0; 3];
        let mut list = Vec::new();
        for (at, (_, kind, _)) in LISTS.iter().enumerate() {
            let rows = measuring.list(job, *kind);
            totals[at] = rows.len();
            if *kind == which {
                list = rows;
            }
        }
        list.sort_unstable_by_key(|listed| (listed.area, listed.id));
        let before = start.map_or(0, |place| list.partition_point(|listed| (listed.area, listed.id) <= place));
        let page = list.iter().skip(before).take(ask.take);
        let page: Vec<(Listed, String)> = page.map(|listed| (*listed, place_of(measuring, listed))).collect();
        let why = read_place(measuring, &ask.why)
            .and_then(|place| list.iter().find(|listed| (listed.area, listed.id) == place))
            .and_then(|listed| Some((*listed, reasons(measuring, job, listed)?)));
        Ok(Found {
            subject: Measuring::subject_of(job),
            totals,
            more: before + page.len() < list.len(),
            page,
            before,
            name: String::new(),
            part: job.part.id.clone(),
            facts: job.part.formula.facts(),
            why,
        })
    }

    /// Why names may not be shown to the asker; none: they may.
    pub(super) fn hides_names(
        &self,
        subject: &Subject,
        facts: &[(Subject, String)],
        seen: &Seen,
        actor: Option<&Actor>,
    ) -> Option<String> {
        if matches!(subject, Subject::Person | Subject::Case) {
            let what = subject.name();
            return Some(format!("这里数的是{what}，不列出名字。经办的岗位请在工作台里查看"));
        }
        // Numbers of communities and areas are what the plan publishes.
        let grouped = matches!(subject, Subject::Community | Subject::Area);
        let secret = facts.iter().filter(|(of, _)| !grouped && of == subject);
        let secret: Vec<&str> = secret
            .filter_map(|(_, name)| self.catalogue.words().find(name))
            .filter(|fact| !fact.public)
            .map(|fact| fact.title.as_str())
            .collect();
        if secret.is_empty() || actor.is_some_and(|actor| self.oversees_plan(actor, seen)) {
            return None;
        }
        Some(format!("名单会透露{}，只给管辖这个地区的工作人员看。数字对所有人公开", secret.join("、")))
    }

    /// Whether an official's post covers the area looked at.
    fn oversees_plan(&self, actor: &Actor, seen: &Seen) -> bool {
        let covers = |post: &authority::Post| self.areas.covers_at(&post.area, &seen.area, seen.execution.on);
        actor.admin.is_none() && actor.posts.iter().any(covers)
    }

    /// Names for a page of a list, in its order.
    pub(super) fn name_subjects(
        &self,
        seen: &Seen,
        subject: &Subject,
        page: &[(Listed, String)],
    ) -> Result<Vec<Named>, Refused> {
        let on = seen.execution.on;
        let codes = seen.with(|_, measuring, _| {
            let areas = measuring.base.areas();
            page.iter().map(|(listed, _)| areas.code(listed.area).cloned()).collect::<Vec<_>>()
        })?;
        let blank = |(listed, place): &(Listed, String), area: &Option<base::AreaCode>| Named {
            place: place.clone(),
            name: String::new(),
            code: String::new(),
            href: String::new(),
            area: area.as_ref().map(|code| self.areas.full_name_at(code, on)).unwrap_or_default(),
            members: listed.members,
            synthetic: false,
        };
        let mut rows: Vec<Named> = page.iter().zip(&codes).map(|(one, area)| blank(one, area)).collect();
        match subject {
            Subject::Organization | Subject::CommunityOrganization => self.name_organizations(page, &mut rows)?,
            Subject::Register(register) => self.name_entries(register, page, &mut rows)?,
            _ => {
                for (row, area) in rows.iter_mut().zip(&codes) {
                    let Some(code) = area else { continue };
                    self.areas.name(code).unwrap_or(code.as_str()).clone_into(&mut row.name);
                    row.code = code.to_string();
                }
            }
        }
        for row in rows.iter_mut().filter(|row| row.name.is_empty()) {
            "（已不在登记册）".clone_into(&mut row.name);
        }
        Ok(rows)
    }

    fn name_organizations(&self, page: &[(Listed, String)], rows: &mut [Named]) -> Result<(), Refused> {
        let ids: Vec<OrgId> = page.iter().map(|(listed, _)| OrgId::from_bits(listed.id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut lines = self.db.read(|tx| store::organizations::lines(tx, &ids))?;
        lines.sort_by_key(|line| line.id);
        for (row, id) in rows.iter_mut().zip(&ids) {
            let Ok(at) = lines.binary_search_by_key(id, |line| line.id) else { continue };
            let Some(line) = lines.get(at) else { continue };
            row.name.clone_from(&line.name);
            row.code = line.code.clone().or_else(|| line.filing_number.clone()).unwrap_or_default();
            let key = if row.code.is_empty() { line.id.to_string() } else { row.code.clone() };
            row.href = format!("/orgs/{key}");
            row.synthetic = line.synthetic;
        }
        Ok(())
    }

    fn name_entries(&self, register: &str, page: &[(Listed, String)], rows: &mut [Named]) -> Result<(), Refused> {
        let ids: Vec<RecordId> = page.iter().map(|(listed, _)| RecordId::from_bits(listed.id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let titles = self.db.read(|tx| store::plans::titles(tx, register, &ids))?;
        for (row, id) in rows.iter_mut().zip(&ids) {
            if let Some((_, title)) = titles.iter().find(|(known, _)| known == id) {
                row.name.clone_from(title);
            }
        }
        Ok(())
    }
}

/// The reasons of one subject: conditions line by line, and what would have to change.
fn reasons(measuring: &Measuring<'_>, job: &Job<'_>, listed: &Listed) -> Option<Reasons> {
    let explanation = measuring.explain(job, listed.row)?;
    let line = |line: &str| {
        let depth = line.chars().take_while(|c| *c == ' ').count() / 2;
        (depth, line.trim_start().to_owned())
    };
    let of = Named {
        place: place_of(measuring, listed),
        name: String::new(),
        code: String::new(),
        href: String::new(),
        area: String::new(),
        members: listed.members,
        synthetic: false,
    };
    let wanted = match &job.part.formula {
        Formula::Groups(groups) => match &groups.take {
            catalogue::plans::Take::Share(catalogue::plans::Bar::Number(number)) => Some(*number),
            catalogue::plans::Take::Share(catalogue::plans::Bar::Param(name)) => job.params.int(&name.value),
            catalogue::plans::Take::Least => Some(1),
        },
        _ => None,
    };
    Some(Reasons {
        of,
        lines: explanation.text().lines().map(line).collect(),
        change: change(measuring, job, listed).unwrap_or_default(),
        members: listed.members.zip(wanted),
    })
}

/// What would have to change for a subject to pass; none for groups (their members are a list of their own).
fn change(measuring: &Measuring<'_>, job: &Job<'_>, listed: &Listed) -> Option<String> {
    if matches!(job.part.formula, Formula::Groups(_)) {
        return None;
    }
    let condition: &Condition = &job.part.formula.measures().first()?.filter;
    let table = measuring.base.table(&Measuring::subject_of(job)?)?;
    let facts = table.row(listed.row, measuring.on);
    let context = Context::new(&facts, job.params, measuring.words, measuring.named);
    Some(condition.changes(&context).text())
}
