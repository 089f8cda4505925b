//! What the platform itself finds out about a case (系统核对): facts, the name, the people.
use casework::Case;
use catalogue::matter::{Field, FieldKind, Matter};
use registry::names::Severity;
use store::Tx;

use crate::names::NameReport;
use crate::people::vetting::Bar;
use crate::{Office, Refused};

/// What the platform itself found out about a case.
pub(super) struct Checks {
    pub facts: crate::cases::facts::Loaded,
    pub name: Option<(String, NameReport)>,
    pub bars: Vec<Bar>,
    pub vetted: usize,
}

impl Checks {
    /// What the checks say of a field's answer, and whether it agrees.
    pub(super) fn third(&self, field: &Field) -> Option<(String, bool)> {
        use catalogue::matter::Item::{Founders, LegalRepresentative, Officers};
        if field.kind == FieldKind::Name {
            let (_, report) = self.name.as_ref()?;
            let refusal = report.findings.iter().find(|finding| finding.severity == Severity::Refuse);
            return Some(match refusal {
                Some(finding) => (format!("名称查重：{}", finding.message), false),
                None => ("名称查重：可以使用".to_owned(), true),
            });
        }
        let named = matches!(field.feeds, Some(Founders | LegalRepresentative | Officers)) && self.vetted > 0;
        named.then(|| match self.bars.len() {
            0 => ("登记册核对：没有发现不得任职的情形".to_owned(), true),
            count => (format!("登记册核对：{count} 条，见人员核对"), false),
        })
    }
}

impl Office {
    pub(super) fn checks(&self, tx: &mut Tx<'_>, matter: &Matter, case: &Case, whole: bool) -> Result<Checks, Refused> {
        let facts = self.case_facts(tx, matter, &case.area, &case.answers, Some(case))?;
        let name = self.name_report(tx, matter, case)?;
        let vetted = if whole { crate::people::vetting::people_of(matter, &case.answers).len() } else { 0 };
        let bars = if whole { self.bars(tx, matter, &case.area, &case.answers)? } else { Vec::new() };
        Ok(Checks { facts, name, bars, vetted })
    }

    fn name_report(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        case: &Case,
    ) -> Result<Option<(String, NameReport)>, Refused> {
        let field = matter.fields().find(|field| field.kind == FieldKind::Name);
        let name = field.and_then(|field| case.answers.find(field.id.as_str())).and_then(|name| name.as_str());
        let kind = matter.org_kinds.first().and_then(|kind| serde_json::to_value(kind).ok());
        let kind = kind.and_then(|word| word.as_str().and_then(registry::Kind::parse));
        let (Some(name), Some(kind), false) = (name, kind, case.has_ended()) else { return Ok(None) };
        let report = self.check_name(tx, (name, kind, &case.area), self.clock.today(), Some(case.id))?;
        Ok(Some((name.to_owned(), report)))
    }
}
