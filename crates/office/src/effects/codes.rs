//! Giving codes (赋码): the unified social credit code (GB 32100) of a legal person, the filing number of a filed body.
use base::areas::AreaKind;
use base::{AreaCode, AreaLevel, CreditCode, FilingNumber};
use store::registers::next_number;

use super::Scene;
use crate::act::Work;
use crate::connector::messages::CodeUsed;
use crate::{Office, Refused};

impl Office {
    /// 赋统一社会信用代码. The database's unique key on `credit_code` has the last word.
    pub(super) fn issue_code(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>) -> Result<(), Refused> {
        let area = scene.case.area.clone();
        let region = self.code_region(&area, work.today)?;
        let department = self.need_text("credit_code_department", &area, work.today)?;
        let department = department.chars().next().ok_or_else(|| Refused::internal("an empty department code"))?;
        let draft = self.draft_of(work, scene)?;
        if draft.org.code.is_some() {
            return Err(Refused::rule("has_code", "该组织已有统一社会信用代码，一社一码，不重复赋码", "请核对办件"));
        }
        let class = draft
            .org
            .kind
            .class_digit()
            .ok_or_else(|| Refused::rule("no_class", "备案的社区社会组织不赋统一社会信用代码", "请编备案编号"))?;
        let body = self.outside.codes.next_body(work)?;
        let code = CreditCode::issue(department, class, &region, &body).map_err(Refused::internal)?;
        draft.org.code = Some(code.as_str().to_owned());
        draft.acts.push("issue_code");
        work.note("code", code.as_str());
        work.note("code_source", self.outside.codes.says());
        let used = CodeUsed {
            code: code.as_str().to_owned(),
            name: draft.org.name.clone(),
            kind: draft.org.kind.as_str().to_owned(),
            authority: area,
            on: work.today,
        };
        self.tell_outside(work, &format!("org/{}", draft.org.id), draft.org.synthetic, &used)
    }

    /// Six digits for positions 3 to 8: the registering authority's own. For a zone, whose code is ours alone, what the parameter
    /// `credit_code_zone_rule` says: those of the nearest official division above it, or digits named there.
    pub fn code_region(&self, area: &AreaCode, today: base::Date) -> Result<String, Refused> {
        let lineage = self.lineage(area, today);
        let is_official = |area: &&AreaCode| {
            self.areas.find(area).is_some_and(|found| found.kind() == AreaKind::Division)
                && area.level() <= AreaLevel::County
        };
        if !lineage.first().is_some_and(|own| is_official(&own)) {
            let rule = self.need_text("credit_code_zone_rule", area, today)?;
            if rule != "nearest_division" {
                return Ok(rule);
            }
        }
        let official = lineage.iter().find(is_official);
        Ok(official.ok_or_else(|| Refused::internal(format!("no official division above {area}")))?.six())
    }

    /// 编备案编号
    pub(super) fn issue_filing_number(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>) -> Result<(), Refused> {
        let (area, year) = (scene.case.area.clone(), work.today.year());
        let serial = next_number(work.tx, scene.case.origin, &format!("filing:{year}"))?;
        let serial = u32::try_from(serial).map_err(Refused::internal)?;
        let number = FilingNumber::issue(&area, year, serial)
            .map_err(|fault| Refused::rule("filing_number", fault.to_string(), "请由县级民政部门备案"))?;
        let draft = self.draft_of(work, scene)?;
        draft.org.filing_number = Some(number.as_str().to_owned());
        draft.acts.push("issue_filing_number");
        work.note("filing_number", number.as_str());
        Ok(())
    }
}
