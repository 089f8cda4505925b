//! What people do with an issue: take, correct, verify, send back, close, dismiss.
use authority::{Actor, Subject, Verb, may};
use base::{AccountId, Date, Fen, Origin, RecordId};
use registry::Organization;
use registry::quality::inspect;
use serde_json::json;
use store::registers::QualityIssue;
use store::{Tx, args};

use super::BY_ID;
use crate::act::Deed;
use crate::register::amend::Since;
use crate::{Office, Refused};

fn corrector(issue: &QualityIssue) -> Option<AccountId> {
    issue.body["corrected_by"].as_str().and_then(|by| by.parse().ok())
}

impl Office {
    /// Takes an issue to correct it oneself.
    pub fn assign_quality_issue(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let account = who.account;
        self.move_issue(who, id, "assign_quality", &["detected"], move |issue, _| {
            Ok(QualityIssue { state: "assigned".to_owned(), assigned_to: Some(account), ..issue })
        })
    }

    /// Corrects the item by a new version of the organization, true since the version it replaces.
    pub fn correct_quality_issue(&self, who: &Actor, id: RecordId, value: &str, basis: &str) -> Result<(), Refused> {
        if basis.trim().chars().count() < 4 {
            return Err(Refused::field("basis", "请写明依据，例如登记证书、申请书的名称和日期"));
        }
        let (office, value, account) = (self.clone(), value.trim().to_owned(), who.account);
        let issue = self.quality_issue(who, id)?;
        let org = issue.row.org.ok_or(Refused::NotFound("这个组织"))?;
        let (seen, who) = (issue.row.rev, who.clone());
        let deed = Deed::by(&who, issue.row.origin, "org", org, "amend").because(basis.trim());
        self.act(deed, move |work| {
            let (_, _, before) = office.org_now(work.tx, org)?;
            // The organization may have moved to another authority since the issue was found.
            may(&who, Verb::Amend, &Subject::Area(before.registrar.clone().into()))?;
            let after = corrected(&before, &issue.row.rule, &value)?;
            if after.domicile.as_ref().is_some_and(|area| office.areas.find(area).is_none()) {
                return Err(Refused::field("value", "没有这个行政区划代码。请核对后再填"));
            }
            if inspect(&after, work.today).iter().any(|rule| rule.id == issue.row.rule) {
                return Err(Refused::field("value", format!("这样更正后仍不合要求：{}", issue.suggestion)));
            }
            let row: QualityIssue = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if row.rev != seen || row.state != "assigned" {
                return Err(Refused::rule(
                    "quality_state",
                    "这个问题现在不能更正：还没有领取，或刚被别人处理",
                    "请先领取再更正",
                ));
            }
            office.rewrite(work, &after, Since::Always)?;
            work.note("item", issue.item.clone());
            let body = json!({ "corrected_by": account, "basis_given": true });
            let (rev, entry) = (row.rev + 1, work.entry);
            work.announce("quality", format!("quality/{}", row.area), None);
            work.update(&QualityIssue { state: "corrected".to_owned(), body, rev, entry, ..row })
        })
    }

    /// Verifies a correction: another person than the one who made it, and only if the rule is satisfied now. The next inspection
    /// closes it.
    pub fn verify_quality_issue(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let (office, account) = (self.clone(), who.account);
        let today = self.clock.today();
        self.move_issue(who, id, "verify_quality", &["corrected"], move |issue, tx| {
            if corrector(&issue) == Some(account) {
                return Err(authority::Denied::SecondPerson.into());
            }
            office.satisfied(tx, &issue, today)?;
            let mut body = issue.body.clone();
            body["verified_by"] = json!(account);
            Ok(QualityIssue { state: "verified".to_owned(), body, ..issue })
        })
    }

    /// Sends a correction back to be made again, with the reason.
    pub fn return_quality_issue(&self, who: &Actor, id: RecordId, reason: &str) -> Result<(), Refused> {
        if reason.trim().chars().count() < 4 {
            return Err(Refused::field("reason", "请写明为什么退回，至少 4 个字"));
        }
        let (account, reason) = (who.account, reason.trim().to_owned());
        self.move_issue(who, id, "return_quality", &["corrected"], move |issue, _| {
            if corrector(&issue) == Some(account) {
                return Err(authority::Denied::SecondPerson.into());
            }
            let mut body = issue.body.clone();
            body["returned"] = json!(reason);
            Ok(QualityIssue { state: "assigned".to_owned(), body, ..issue })
        })
    }

    /// Closes what was verified, without waiting for the next inspection.
    pub fn close_quality_issue(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let (office, today) = (self.clone(), self.clock.today());
        self.move_issue(who, id, "close_quality", &["verified"], move |issue, tx| {
            office.satisfied(tx, &issue, today)?;
            Ok(QualityIssue { state: "closed".to_owned(), closed_on: Some(today), ..issue })
        })
    }

    /// Whether the rule of an issue is satisfied on a day.
    fn satisfied(&self, tx: &mut Tx<'_>, issue: &QualityIssue, today: Date) -> Result<(), Refused> {
        let org = issue.org.ok_or(Refused::NotFound("这个组织"))?;
        let (_, _, now) = self.org_now(tx, org)?;
        if inspect(&now, today).iter().any(|rule| rule.id == issue.rule) {
            return Err(Refused::rule("still_broken", "核验不通过：这一项仍不合要求", "请退回更正"));
        }
        Ok(())
    }

    /// Closes an issue that is none, with the reason.
    pub fn dismiss_quality_issue(&self, who: &Actor, id: RecordId, reason: &str) -> Result<(), Refused> {
        if reason.trim().chars().count() < 4 {
            return Err(Refused::field("reason", "请写明为什么不是问题，至少 4 个字"));
        }
        let (today, reason) = (self.clock.today(), reason.trim().to_owned());
        self.move_issue(who, id, "dismiss_quality", &["detected", "assigned"], move |issue, _| {
            let body = json!({ "dismissed": reason });
            Ok(QualityIssue { state: "closed".to_owned(), closed_on: Some(today), body, ..issue })
        })
    }

    fn move_issue<F>(
        &self,
        who: &Actor,
        id: RecordId,
        act: &str,
        from: &'static [&'static str],
        step: F,
    ) -> Result<(), Refused>
    where
        F: FnOnce(QualityIssue, &mut Tx<'_>) -> Result<QualityIssue, Refused> + Send + 'static,
    {
        let issue = self.quality_issue(who, id)?;
        let origin: Origin = issue.row.origin;
        self.act(Deed::by(who, origin, "quality", id, act), move |work| {
            let row: QualityIssue = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if !from.contains(&row.state.as_str()) {
                return Err(Refused::Conflict);
            }
            let rev = row.rev + 1;
            let moved = step(row, work.tx)?;
            work.note("state", moved.state.clone());
            let entry = work.entry;
            work.announce("quality", format!("quality/{}", moved.area), None);
            work.update(&QualityIssue { rev, entry, ..moved })
        })
    }
}

/// The organization with the item of a rule corrected.
fn corrected(before: &Organization, rule: &str, value: &str) -> Result<Organization, Refused> {
    let mut after = before.clone();
    if value.is_empty() {
        return Err(Refused::field("value", "请填写更正后的内容"));
    }
    let day = |text: &str| text.parse::<Date>().map_err(|_| Refused::field("value", "请按 2026-11-21 的样子填写日期"));
    match rule {
        "no_registered_on" => after.registered_on = Some(day(value)?),
        "ended_without_date" | "ended_before_start" => after.ended_on = Some(day(value)?),
        "certificate_expired" => after.certificate_until = Some(day(value)?),
        "no_legal_representative" => after.legal_representative = Some(value.to_owned()),
        "no_supervisor" => after.supervisor_name = Some(value.to_owned()),
        "no_domicile" => {
            after.domicile = Some(value.parse().map_err(|_| Refused::field("value", "请填写行政区划代码"))?);
        }
        "no_capital" => {
            let fen = value.parse::<u32>().map(|yuan| i64::from(yuan) * 100);
            after.capital = Some(Fen(fen.map_err(|_| Refused::field("value", "请填写金额，单位元，不带小数"))?));
        }
        _ => {
            return Err(Refused::rule(
                "by_matter",
                "代码、备案号和组织类型不能直接更正",
                "请通过变更登记、补发证书等事项办理，办结后问题会自动消除",
            ));
        }
    }
    Ok(after)
}
