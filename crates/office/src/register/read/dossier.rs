//! One organization's dossier (一社一档), on any day, as known on any day.
use base::{AreaCode, Date, Instant, OrgId, Origin};
use registry::officer::masked;
use registry::organization::Change;
use registry::quality::{self, Rule};
use registry::{Organization, Post};
use store::cases::CaseLine;
use store::organizations::{self, Certificate, Version};
use store::papers::PublicNotice;
use store::registers::RegisterEntry;
use store::{Filter, Tx};

use crate::record::organization_of;
use crate::{Office, Refused};

/// Most cases, newest first, that a dossier shows.
const CASES: usize = 20;

/// Which truth is asked for: what held on a day, as known at a moment (DESIGN §2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What held on this day.
    pub day: Date,
    /// Whether the day was chosen rather than today.
    pub chosen: bool,
    /// As known at the end of this day; none for all that is known now.
    pub known_on: Option<Date>,
}

impl Moment {
    /// `as_of` and `known_on` as asked, today where not. A day that has not come yet is today.
    pub fn of(as_of: Option<Date>, known_on: Option<Date>, today: Date) -> Self {
        let day = as_of.map_or(today, |day| day.min(today));
        Self { day, chosen: as_of.is_some() && day != today, known_on: known_on.filter(|day| *day < today) }
    }

    fn known(self, now: Instant) -> Instant {
        // The last millisecond of the day in China.
        self.known_on.map_or(now, |day| Instant(Instant::start_of(day.saturating_add(jiff::ToSpan::days(1))).0 - 1))
    }
}

/// A stage of its life: what changed on a day.
#[derive(Debug, Clone)]
pub struct Stage {
    /// First day.
    pub from: Date,
    /// First day after it.
    pub to: Option<Date>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What differs from the stage before; empty for the first, and for changes that only correct what is not shown.
    pub changes: Vec<Change>,
    /// It begins here.
    pub first: bool,
}

/// A responsible person as the public may see one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicOfficer {
    /// 法定代表人, 理事长, 监事
    pub post: String,
    /// In full for the legal representative, else masked.
    pub name: String,
    /// First day of the term.
    pub from: Option<Date>,
    /// Last day of the term.
    pub until: Option<Date>,
}

/// Everything the public may read of one organization.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// Which truth it tells.
    pub moment: Moment,
    /// The registered items.
    pub organization: Organization,
    /// When what is shown was recorded.
    pub recorded_at: Instant,
    /// Newest first.
    pub stages: Vec<Stage>,
    /// Responsible persons.
    pub officers: Vec<PublicOfficer>,
    /// Certificates, newest first.
    pub certificates: Vec<Certificate>,
    /// Ended cases, newest first.
    pub cases: Vec<CaseLine>,
    /// Public notices, newest first.
    pub notices: Vec<PublicNotice>,
    /// Public entries of registers.
    pub entries: Vec<RegisterEntry>,
    /// What is missing or contradicts itself.
    pub broken: Vec<&'static Rule>,
    /// Points of 100 for the quality of the record.
    pub score: u8,
    /// Its name now, where it differs.
    pub name_now: Option<String>,
    /// Names it bore before, newest first.
    pub former_names: Vec<String>,
}

/// What there is under a code.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Nothing.
    Unknown,
    /// It exists, but not yet on that day, or nothing was known of it then.
    NotYet {
        /// Its name now.
        name: String,
        /// First day anything is said of it.
        first: Date,
    },
    /// The dossier.
    Found(Box<Dossier>),
}

impl Office {
    /// The dossier of an organization: `code` is a credit code, a filing number or an id, old ones too.
    pub fn find_dossier(&self, code: &str, moment: Moment) -> Result<Answer, Refused> {
        let now = self.clock.now();
        let known = moment.known(now);
        let code = code.trim().to_ascii_uppercase();
        self.db.read(|tx| {
            let Some((origin, id)) = organizations::resolve(tx, &code)? else { return Ok(Answer::Unknown) };
            let all = organizations::versions(tx, origin, id)?;
            let seen = known_at(&all, known);
            let here = seen.iter().find(|version| holds(version, moment.day));
            let Some(here) = here else {
                let current = known_at(&all, now);
                let Some(last) = current.last() else { return Ok(Answer::Unknown) };
                let first = current.first().map_or(moment.day, |version| version.valid_from);
                return Ok(Answer::NotYet { name: organization_of(last)?.name, first });
            };
            let organization = organization_of(here)?;
            let stages = stages_of(&seen)?;
            let broken = quality::inspect(&organization, moment.day);
            let (name_now, former_names) = names_of(&known_at(&all, now), &organization, moment.day)?;
            Ok(Answer::Found(Box::new(Dossier {
                moment,
                recorded_at: here.recorded_at,
                stages,
                officers: officers_of(tx, origin, id, moment.day, known)?,
                certificates: organizations::certificates(tx, origin, id)?,
                cases: cases_of(tx, id)?,
                notices: store::papers::notices_of(tx, origin, id)?
                    .into_iter()
                    .filter(|notice| notice.state == "posted")
                    .collect(),
                entries: store::registers::of_org(tx, origin, id)?.into_iter().filter(|entry| entry.public).collect(),
                score: quality::score(&broken),
                broken,
                name_now,
                former_names,
                organization,
            })))
        })
    }

    /// What differs between two days, by today's knowledge: the two states and the items that differ. `None` for a side where
    /// nothing held.
    pub fn difference(&self, code: &str, from: Date, to: Date) -> Result<Option<Difference>, Refused> {
        let now = self.clock.now();
        let code = code.trim().to_ascii_uppercase();
        self.db.read(|tx| {
            let Some((origin, id)) = organizations::resolve(tx, &code)? else { return Ok(None) };
            let all = organizations::versions(tx, origin, id)?;
            let seen = known_at(&all, now);
            let at = |day: Date| {
                seen.iter().find(|version| holds(version, day)).map(|version| organization_of(version)).transpose()
            };
            let Some(last) = seen.last() else { return Ok(None) };
            let name = organization_of(last)?.name;
            let (before, after) = (at(from)?, at(to)?);
            let changes = before.as_ref().zip(after.as_ref()).map(|(before, after)| after.changes_since(before));
            let changes = changes.map(|changes| self.said(changes, to)).unwrap_or_default();
            Ok(Some(Difference { name, before, after, changes }))
        })
    }

    /// The registered items as people read them, areas by their names of that day.
    pub fn items_of(&self, o: &Organization, day: Date) -> Vec<(&'static str, String)> {
        let items = o.items().into_iter();
        items.map(|(label, text)| (label, self.say(label, text, day))).collect()
    }

    /// Differences as people read them.
    pub fn said(&self, changes: Vec<Change>, day: Date) -> Vec<Change> {
        let say = |change: Change| Change {
            before: self.say(change.label, change.before, day),
            after: self.say(change.label, change.after, day),
            ..change
        };
        changes.into_iter().map(say).collect()
    }

    fn say(&self, label: &str, text: String, day: Date) -> String {
        let area = || text.parse::<AreaCode>().ok();
        match label {
            "住所所在区划" => area().map_or(text.clone(), |area| self.areas.full_name_at(&area, day)),
            "登记管理机关" => area().map_or(text.clone(), |area| self.authority_name(&area, day)),
            "国民经济行业分类" => {
                let industries = self.catalogue.lists().find(|list| list.id == "industry");
                industries.and_then(|list| list.find_label(&text)).map_or(text.clone(), str::to_owned)
            }
            _ => text,
        }
    }

    /// What the registering authority of an area is called where its own name is not known.
    pub fn authority_name(&self, area: &AreaCode, day: Date) -> String {
        if *area == AreaCode::nation() {
            "民政部".to_owned()
        } else {
            format!("{}民政部门", self.areas.full_name_at(area, day))
        }
    }
}

/// Two days of one organization.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Its name now.
    pub name: String,
    /// On the first day.
    pub before: Option<Organization>,
    /// On the second.
    pub after: Option<Organization>,
    /// The items that differ.
    pub changes: Vec<Change>,
}

/// What was known at a moment, by the day it begins to hold.
pub(crate) fn known_at(all: &[Version], known: Instant) -> Vec<&Version> {
    let knew = |version: &&Version| version.recorded_at <= known && version.superseded_at.is_none_or(|end| end > known);
    let mut seen: Vec<&Version> = all.iter().filter(knew).collect();
    seen.sort_by_key(|version| version.valid_from);
    seen
}

fn holds(version: &Version, day: Date) -> bool {
    version.valid_from <= day && version.valid_to.is_none_or(|end| end > day)
}

fn stages_of(seen: &[&Version]) -> Result<Vec<Stage>, Refused> {
    let mut before: Option<Organization> = None;
    let mut stages = Vec::with_capacity(seen.len());
    for version in seen {
        let organization = organization_of(version)?;
        stages.push(Stage {
            from: version.valid_from,
            to: version.valid_to,
            recorded_at: version.recorded_at,
            changes: before.as_ref().map(|before| organization.changes_since(before)).unwrap_or_default(),
            first: before.is_none(),
        });
        before = Some(organization);
    }
    stages.reverse();
    Ok(stages)
}

/// The name now where it is another, and earlier names up to the day shown.
fn names_of(current: &[&Version], shown: &Organization, day: Date) -> Result<(Option<String>, Vec<String>), Refused> {
    let (mut now, mut former) = (None, Vec::new());
    for version in current {
        let name = organization_of(version)?.name;
        if version.valid_from <= day && name != shown.name && !former.contains(&name) {
            former.insert(0, name.clone());
        }
        now = Some(name);
    }
    let now = now.filter(|name| *name != shown.name);
    former.retain(|name| Some(name) != now.as_ref());
    Ok((now, former))
}

fn officers_of(
    tx: &mut Tx<'_>,
    origin: Origin,
    id: OrgId,
    day: Date,
    known: Instant,
) -> Result<Vec<PublicOfficer>, Refused> {
    let rows = organizations::officers(tx, origin, id, day, known)?;
    let public = rows.into_iter().map(|row| {
        let post = Post::parse(&row.post);
        let title = row.body.get("title").and_then(serde_json::Value::as_str).map(str::to_owned);
        // Masked again here: one row written in full by mistake must not become public.
        let open = post.is_some_and(Post::name_is_public);
        PublicOfficer {
            post: title.unwrap_or_else(|| post.map_or("负责人", Post::label).to_owned()),
            name: if open { row.public_name } else { masked(&row.public_name) },
            from: row.term_from,
            until: row.term_to,
        }
    });
    Ok(public.collect())
}

/// Cases that ended; what is still being decided is nobody else's business yet.
fn cases_of(tx: &mut Tx<'_>, id: OrgId) -> Result<Vec<CaseLine>, Refused> {
    let mut filter = Filter::new(tx.engine());
    filter.equal("org", &id).fixed("state = 'ended'");
    Ok(store::cases::list(tx, &filter, None, CASES)?)
}
