//! The name check (名称查重): what the law says of a wished name, who bears it or one like it, and why. The index proposes; the
//! database decides; a person judges.
use base::{AreaCode, CaseId, Date, OrgId};
use casework::Answers;
use catalogue::Value;
use catalogue::matter::{FieldKind, Matter};
use registry::names::{self, AreaPrefix, DuplicateRule, Ended, Finding, Holder, NameRules, Severity};
use registry::{Kind, Registration};
use search::Near;
use serde::Deserialize;
use store::Tx;

use crate::cases::facts::Loaded;
use crate::{Office, Refused};

/// From this likeness (of 1000) on a person should look; below it names merely share common words.
const WORTH_A_LOOK: u32 = 800;

/// Everything the check found.
#[derive(Clone, Debug, Default)]
pub struct NameReport {
    /// What rules and other bodies say against it, refusals first.
    pub findings: Vec<Finding>,
    /// The nearest names, most alike first, with what they share.
    pub near: Vec<Near>,
}

impl NameReport {
    /// Whether a finding of these rules refuses it.
    fn refused_by(&self, rules: &[&str]) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Refuse && rules.contains(&f.rule.as_str()))
    }

    /// Whether the name can be applied for.
    pub fn is_free(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Warn)
    }
}

/// The naming and duplicate rules that hold somewhere on a day, as the catalogue words them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NameLaw {
    rules: NameRules,
    duplicate: DuplicateRule,
}

impl Office {
    /// The longest area name, or chain of area names, that a normalised name begins with.
    pub fn area_prefix(&self, normal: &str) -> Option<AreaPrefix> {
        self.gazetteer.find(normal)
    }

    fn name_law(&self, registrar: &AreaCode, day: Date) -> Result<NameLaw, Refused> {
        let law = self.catalogue.name_rules(&self.lineage(registrar, day), day).map_err(|problems| {
            Refused::internal(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        serde_json::from_value(law).map_err(Refused::internal)
    }

    /// The refusal of a name that another body bears or has reserved, with the clause of the duplicate rule.
    pub(crate) fn name_taken(&self, name: &str, registrar: &AreaCode, day: Date) -> Result<Refused, Refused> {
        let clause = self.name_law(registrar, day)?.duplicate.clause;
        let what = format!("名称“{name}”已被别的组织或者申请占用（{clause}）");
        Ok(Refused::rule("name_taken", what, "请退回补正，请申请人改用备用名称"))
    }

    /// Checks a wished name for a kind at a registrar on a day. `own`: the case that already reserved it.
    pub fn check_name(
        &self,
        tx: &mut Tx<'_>,
        (name, kind, registrar): (&str, Kind, &AreaCode),
        day: Date,
        own: Option<CaseId>,
    ) -> Result<NameReport, Refused> {
        let NameLaw { rules, duplicate } = self.name_law(registrar, day)?;
        let areas = |normal: &str| self.area_prefix(normal);
        let mut findings = names::check(name, kind.as_str(), registrar, &rules, &areas);
        let nearest = self.need_count("name_nearest_count", registrar, day)? as usize;
        // Candidates of the same registrar for the duplicate rule; the nearest of all registrars for the eye.
        let (same, near) = match &self.index {
            Some(index) => (
                index.similar((name, kind.as_str()), Some(registrar), 200, (&rules, &areas)),
                index.similar((name, kind.as_str()), None, nearest, (&rules, &areas)),
            ),
            None => (Vec::new(), Vec::new()),
        };
        let holders = self.holders(tx, name, registrar, &same)?;
        let barred = names::duplicates((name, kind.as_str(), registrar), day, &holders, (&duplicate, &rules, &areas));
        findings.extend(barred.into_iter().map(|(_, finding)| finding));
        if self.is_reserved(tx, name, registrar, day, own)? {
            findings.push(Finding {
                rule: "duplicate".to_owned(),
                clause: duplicate.clause,
                message: "这个名称已经被别的申请预留".to_owned(),
                severity: Severity::Refuse,
                words: names::normalize(name),
            });
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Ok(NameReport { findings, near })
    }

    /// Bodies of the registrar that bear or bore the candidates' names or the very name.
    fn holders(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        registrar: &AreaCode,
        candidates: &[Near],
    ) -> Result<Vec<Holder<OrgId>>, Refused> {
        let key = names::normalize(name);
        let mut ids: Vec<OrgId> = candidates.iter().map(|near| near.id).collect();
        ids.extend(store::organizations::by_name(tx, registrar, &key)?.into_iter().map(|(_, id)| id));
        ids.sort();
        ids.dedup();
        let lines = if ids.is_empty() { Vec::new() } else { store::organizations::lines(tx, &ids)? };
        let mut holders = Vec::new();
        for line in lines.iter().filter(|line| line.registrar_area == *registrar) {
            let ended = match (Registration::parse(&line.registration), line.ended_on) {
                (Some(Registration::Revoked), Some(day)) => Some((Ended::Revoked, day)),
                (Some(Registration::Deregistered), Some(day)) => Some((Ended::GivenUp, day)),
                _ => None,
            };
            let holder = |name: &str, ended| Holder {
                key: line.id,
                name: name.to_owned(),
                kind: line.kind.clone(),
                registrar: line.registrar_area.clone(),
                ended,
            };
            holders.push(holder(&line.name, ended));
            for former in candidates.iter().filter(|near| near.id == line.id && near.former) {
                let day = self.given_up_on(tx, line.origin, line.id, &former.name)?;
                holders.push(holder(&former.name, day.map(|day| (Ended::GivenUp, day)).or(ended)));
            }
        }
        Ok(holders)
    }

    /// The day on which an organization stopped bearing a former name.
    fn given_up_on(
        &self,
        tx: &mut Tx<'_>,
        origin: base::Origin,
        org: OrgId,
        name: &str,
    ) -> Result<Option<Date>, Refused> {
        let versions = store::organizations::versions(tx, origin, org)?;
        let bore = |version: &&store::organizations::Version| {
            let facts: Option<registry::Organization> = serde_json::from_str(&version.facts).ok();
            version.superseded_at.is_none() && facts.is_some_and(|facts| facts.name == name)
        };
        Ok(versions.iter().filter(bore).filter_map(|version| version.valid_to).max())
    }

    fn is_reserved(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        registrar: &AreaCode,
        day: Date,
        own: Option<CaseId>,
    ) -> Result<bool, Refused> {
        let origin = base::Origin::of(registrar);
        let taken = store::organizations::name_taken(tx, origin, &names::normalize(name), day)?;
        Ok(taken.is_some_and(|taken| taken.case_id.is_none() || taken.case_id != own.map(|case| case.to_string())))
    }

    /// The `name.*` facts of a case.
    pub(crate) fn name_facts(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        area: &AreaCode,
        answers: &Answers,
        own: Option<CaseId>,
        facts: &mut Loaded,
    ) -> Result<(), Refused> {
        let field = matter.fields().find(|field| field.kind == FieldKind::Name);
        let Some(name) = field.and_then(|field| answers.find(field.id.as_str())).and_then(|name| name.as_str()) else {
            return Ok(());
        };
        let Some(kind) = matter.org_kinds.first().and_then(kind_of) else { return Ok(()) };
        let report = self.check_name(tx, (name, kind, area), self.clock.today(), own)?;
        let source = format!("名称查重（{}）", self.clock.today());
        let near = report.near.iter().any(|near| near.score >= WORTH_A_LOOK);
        facts.know("name.duplicate", Value::Bool(report.refused_by(&["duplicate"])), &source);
        facts.know("name.forbidden", Value::Bool(report.refused_by(&["forbidden", "middle_only", "letters"])), &source);
        facts.know("name.well_formed", Value::Bool(!report.refused_by(&["ending", "area", "own_word"])), &source);
        facts.know("name.similar", Value::Bool(near), &source);
        Ok(())
    }
}

/// The kind that a matter's `org_kinds` names.
fn kind_of(kind: &impl serde::Serialize) -> Option<Kind> {
    let word = serde_json::to_value(kind).ok()?;
    Kind::parse(word.as_str()?)
}
