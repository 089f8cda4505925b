//! What is known of one subject, in words (事实说明): each fact with its value, who supplies it, since when and by which act it is so, and
//! which indicators ask for it. For `yishe facts explain` and for whoever doubts a figure.
use base::{AreaCode, AreaLevel, Date, OrgId};
use catalogue::{FactDef, Subject, Supply};
use planning::known::Known;
use planning::table::Given;
use store::facts::Version;

use super::items::{Seen, Standing};
use super::supply::{self, By};
use super::{Day, Ready, registers};
use crate::{Office, Refused};

/// Since when a fact is as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Since {
    /// The day from which it holds.
    pub from: Date,
    /// What says so: the act that recorded the version, or the record of a register.
    pub by: String,
}

/// One fact of a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explained {
    /// Its name.
    pub fact: String,
    /// `有效评估等级：3 A（由登记册（评估等级）提供）`
    pub text: String,
    /// Who fills it in: 平台, 外部数据, 暂无.
    pub supply: &'static str,
    /// What exactly it means.
    pub note: String,
    /// Since when; none where nothing is known or no day can be told.
    pub since: Option<Since>,
    /// The indicators that ask for it, by id.
    pub asked_by: Vec<String>,
}

/// A subject with its facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subjects {
    /// Its name and code.
    pub title: String,
    /// What it is: 社会组织、社区社会组织、地区、社区.
    pub kind: String,
    /// The day.
    pub on: Date,
    /// Its facts, by name.
    pub facts: Vec<Explained>,
}

impl Office {
    /// The facts of a subject on a day: an organization by code, filing number, id or exact name, or an area by its code. `fact`: only
    /// this one. An organization that counts among two kinds of subjects gives both.
    pub fn explain_facts(&self, subject: &str, fact: Option<&str>, on: Date) -> Result<Ready<Vec<Subjects>>, Refused> {
        if let Some(fact) = fact
            && self.catalogue.words().find(fact).is_none_or(|known| known.subject.is_none())
        {
            return Err(Refused::field("fact", format!("没有名为“{fact}”的事实。不写事实名称可以看全部")));
        }
        let day = match self.facts_on(on)? {
            Ready::Now(day) => day,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let area = subject.parse::<AreaCode>().ok().filter(|code| self.areas.find(code).is_some());
        let found = match area {
            Some(code) => self.explain_area(&day, &code, fact)?,
            None => self.explain_organization(&day, subject, fact)?,
        };
        if found.iter().all(|one| one.facts.is_empty()) {
            return Err(Refused::rule(
                "no_such_fact",
                format!("{subject} 在 {on} 没有这个事实：它还不在事实库里，或者这个事实说的是另一类对象"),
                "请核对日期和事实名称",
            ));
        }
        Ok(Ready::Now(found))
    }

    fn explain_area(&self, day: &Day, code: &AreaCode, fact: Option<&str>) -> Result<Vec<Subjects>, Refused> {
        let mut kinds = vec![Subject::Area];
        kinds.extend((code.level() == AreaLevel::Community).then_some(Subject::Community));
        let id = planning::facts::area_id(code);
        let title = format!("{}（{code}）", self.areas.full_name_at(code, day.date()));
        kinds
            .into_iter()
            .map(|kind| {
                let since = |known: &Known<'_>| self.since_of_area(code, known.fact, day.date());
                self.explain(day, &kind, (id, &title), fact, &since)
            })
            .collect()
    }

    fn explain_organization(&self, day: &Day, said: &str, fact: Option<&str>) -> Result<Vec<Subjects>, Refused> {
        let org = self.organization_said(said)?;
        let (name, versions) = self.db.read(|tx| {
            let origin = store::organizations::locate(tx, org)?.ok_or(Refused::NotFound("这个组织"))?;
            let row = store::organizations::get(tx, origin, org)?;
            let code = row.code.or(row.filing_number).unwrap_or_else(|| row.id.to_string());
            Ok::<_, Refused>((format!("{}（{code}）", row.name), store::facts::versions_of(tx, origin, org, None)?))
        })?;
        let since = |known: &Known<'_>| since_of_versions(&versions, known.fact, day.date(), self);
        [Subject::Organization, Subject::CommunityOrganization]
            .iter()
            .filter(|kind| day.has(kind, org.bits()))
            .map(|kind| self.explain(day, kind, (org.bits(), &name), fact, &since))
            .collect()
    }

    /// An organization by code, filing number, id or exact name.
    fn organization_said(&self, said: &str) -> Result<OrgId, Refused> {
        self.db.read(|tx| {
            if let Some((_, org)) = store::organizations::resolve(tx, said)? {
                return Ok(org);
            }
            let named = store::facts::named(tx, &registry::names::normalize(said))?;
            match named.as_slice() {
                [] => Err(Refused::NotFound("这个组织或者地区")),
                [(_, org)] => Ok(*org),
                several => {
                    let ids: Vec<String> = several.iter().map(|(_, org)| org.to_string()).collect();
                    Err(Refused::rule(
                        "several",
                        format!("叫“{said}”的组织有 {} 个", several.len()),
                        format!("请用代码或者编号：{}", ids.join("、")),
                    ))
                }
            }
        })
    }

    fn explain(
        &self,
        day: &Day,
        kind: &Subject,
        (id, title): (u128, &str),
        fact: Option<&str>,
        since: &dyn Fn(&Known<'_>) -> Result<Option<Since>, Refused>,
    ) -> Result<Subjects, Refused> {
        let known = day.read().known(&self.catalogue, kind, id).unwrap_or_default();
        let mut facts = Vec::new();
        for known in known.iter().filter(|known| fact.is_none_or(|wanted| known.fact.name == wanted)) {
            let since = if known.given == Given::Unknown { None } else { since(known)? };
            facts.push(Explained {
                fact: known.fact.name.clone(),
                text: known.text(),
                supply: supply_word(known.fact.supply),
                note: known.fact.note.clone(),
                since,
                asked_by: known.asked_by.iter().map(|id| (*id).to_owned()).collect(),
            });
        }
        Ok(Subjects { title: title.to_owned(), kind: kind.name().to_owned(), on: day.date(), facts })
    }

    /// Since which record of a register a number of an area holds.
    fn since_of_area(&self, code: &AreaCode, fact: &FactDef, on: Date) -> Result<Option<Since>, Refused> {
        let (register, figure, from) = match supply::find(&fact.name) {
            Some(By::Figure(figure)) => (registers::FIGURES, Some(figure), "as_of"),
            Some(By::FastDeveloping) => (registers::FAST_DEVELOPING, None, "from"),
            _ => return Ok(None),
        };
        let entries = self.db.read(|tx| store::facts::entries(tx, register, on, None))?;
        let text = |entry: &store::facts::Entry, field: &str| entry.body.get(field)?.as_str().map(str::to_owned);
        let own = entries.iter().filter(|entry| {
            entry.state != "withdrawn"
                && text(entry, "area").as_deref().unwrap_or(entry.area.as_str()) == code.as_str()
                && figure.is_none_or(|figure| text(entry, "figure").as_deref() == Some(figure))
        });
        let dated = own.filter_map(|entry| Some((text(entry, from)?.parse::<Date>().ok()?, entry)));
        let latest = dated.filter(|(day, _)| *day <= on).max_by_key(|(day, entry)| (*day, entry.id));
        Ok(latest.map(|(from, entry)| Since { from, by: format!("名册 {register} 的记录 {}", entry.id) }))
    }
}

fn supply_word(supply: Supply) -> &'static str {
    match supply {
        Supply::Platform => "平台",
        Supply::Import => "外部数据",
        Supply::Nobody => "暂无",
    }
}

/// The day from which the fact has been as it is, without a break, and the act that recorded that.
fn since_of_versions(
    versions: &[Version],
    fact: &FactDef,
    on: Date,
    office: &Office,
) -> Result<Option<Since>, Refused> {
    let read: Box<dyn Fn(&Standing<'_>) -> Given> = match supply::find(&fact.name) {
        Some(By::Organization(read)) => Box::new(read),
        Some(By::Community(read)) => Box::new(move |seen: &Standing<'_>| read(seen, &office.areas)),
        _ => return Ok(None),
    };
    let at = |day: Date| -> Result<Option<Given>, Refused> {
        let mut seen: Vec<Seen<'_>> = super::build::seen(versions);
        Ok(Standing::of(&mut seen, day)?.map(|standing| read(&standing)))
    };
    let now = at(on)?;
    let mut stages: Vec<&Version> = versions.iter().filter(|version| version.from <= on).collect();
    stages.sort_by_key(|version| std::cmp::Reverse(version.from));
    let mut since = None;
    for version in stages {
        if at(version.from)? != now {
            break;
        }
        since = Some(Since { from: version.from, by: format!("留痕 {}", version.entry) });
    }
    Ok(since)
}
