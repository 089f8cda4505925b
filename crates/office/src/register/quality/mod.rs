//! Data-quality issues (数据质量问题, 000-10b): detected → assigned → corrected → verified and closed by another person. A correction
//! is a new version of the organization; the score of an authority follows from what is open.
use authority::{Actor, Subject, Verb, may};
use base::{AccountId, AreaCode, Date, Fen, Origin, RecordId};
use registry::Organization;
use registry::quality::{RULES, Rule, inspect};
use serde_json::json;
use store::registers::QualityIssue;
use store::{Filter, Statement, Tx, args, sql};

use super::amend::{Since, origin_of, seat_of};
use crate::act::Deed;
use crate::{Office, Refused};

const OPEN: Statement = sql!(
    "quality.open",
    "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry
     from quality_issue where area = $1 and state <> 'closed' order by state, found_on, id limit $2"
);
const BY_ID: Statement = sql!(
    "quality.by_id",
    "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry
     from quality_issue where id = $1"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[OPEN, BY_ID];

/// Organizations looked at in one run; the next run goes on.
const AT_ONCE: usize = 2_000;
/// Issues opened in one act.
const MOST_NEW: usize = 500;
/// Calendar days until a correction is due; a house rule, shown as such.
const DAYS: i64 = 30;

/// An issue with the names behind it.
#[derive(Clone, PartialEq, Debug)]
pub struct Issue {
    /// The issue.
    pub row: QualityIssue,
    /// The organization's name.
    pub name: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub suggestion: String,
    /// The item.
    pub item: String,
}

/// The open issues of an authority and its score.
#[derive(Clone, PartialEq, Debug)]
pub struct Quality {
    /// Whose.
    pub area: AreaCode,
    /// Open issues.
    pub issues: Vec<Issue>,
    /// 100 less the mean weight of open issues per organization; none without organizations.
    pub score: Option<f64>,
    /// Organizations of the authority.
    pub organizations: i64,
}

fn rule_of(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Office {
    /// The open issues of the actor's authority.
    pub fn quality(&self, who: &Actor) -> Result<Quality, Refused> {
        let area = seat_of(who, &["data_quality"])?;
        self.db.read(|tx| {
            let rows: Vec<QualityIssue> = tx.list(OPEN, args![area, 1_000_i64])?;
            let issues = rows.into_iter().map(|row| Self::issue(tx, row)).collect::<Result<Vec<_>, _>>()?;
            let organizations: i64 =
                store::cubes::of_area(tx, "org.registrar", &area)?.iter().map(|count| count.number).sum();
            let lost: i64 =
                issues.iter().map(|one| rule_of(&one.row.rule).map_or(0, |rule| i64::from(rule.weight))).sum();
            let score = (organizations > 0).then(|| (100.0 - lost as f64 / organizations as f64).max(0.0));
            Ok(Quality { area: area.clone(), issues, score, organizations })
        })
    }

    fn issue(tx: &mut Tx<'_>, row: QualityIssue) -> Result<Issue, Refused> {
        let name = match row.org {
            Some(org) => store::organizations::find(tx, row.origin, org)?.map(|org| org.name).unwrap_or_default(),
            None => String::new(),
        };
        let rule = rule_of(&row.rule);
        Ok(Issue {
            reason: rule.map_or_else(String::new, |rule| rule.reason.to_owned()),
            suggestion: rule.map_or_else(String::new, |rule| rule.suggestion.to_owned()),
            item: rule.map_or_else(String::new, |rule| rule.item.to_owned()),
            name,
            row,
        })
    }

    /// One issue, for whose authority it is.
    pub fn quality_issue(&self, who: &Actor, id: RecordId) -> Result<Issue, Refused> {
        let found = self.db.read(|tx| {
            let row: Option<QualityIssue> = tx.find(BY_ID, args![id])?;
            row.map(|row| Self::issue(tx, row)).transpose()
        })?;
        let issue = found.ok_or(Refused::NotFound("这个数据质量问题"))?;
        may(who, Verb::Amend, &Subject::Area(issue.row.area.clone().into()))?;
        Ok(issue)
    }

    /// Inspects the authority's organizations and opens an issue for each new defect. Gives how many.
    pub fn detect_quality_issues(&self, who: &Actor) -> Result<usize, Refused> {
        let area = seat_of(who, &["data_quality"])?;
        may(who, Verb::Amend, &Subject::Area(area.clone().into()))?;
        let (office, origin) = (self.clone(), origin_of(&area));
        let batch = self.record_id();
        self.act(Deed::by(who, origin, "quality", batch, "detect_quality"), move |work| {
            let mut filter = Filter::new(work.tx.engine());
            filter.equal("registrar_area", &area);
            let mut found = 0;
            for line in store::organizations::list(work.tx, &filter, None, AT_ONCE)? {
                let (_, _, organization) = office.org_now(work.tx, line.id)?;
                let known = store::registers::issues_of(work.tx, line.origin, line.id)?;
                for rule in inspect(&organization, work.today) {
                    let open = known.iter().any(|one| one.rule == rule.id && one.state != "closed");
                    if open || found >= MOST_NEW {
                        continue;
                    }
                    work.insert_bulk(&QualityIssue {
                        origin: line.origin,
                        id: RecordId::fresh_at(work.at, &office.rng),
                        rule: rule.id.to_owned(),
                        org: Some(line.id),
                        area: area.clone(),
                        state: "detected".to_owned(),
                        field: Some(rule.item.to_owned()),
                        found_on: work.today,
                        due: Some(work.at.plus_seconds(DAYS * 24 * 3600).date()),
                        assigned_to: None,
                        closed_on: None,
                        body: json!({}),
                        rev: 1,
                        entry: work.entry,
                    })?;
                    found += 1;
                }
            }
            work.note("found", found);
            Ok(found)
        })
    }

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
            work.update(&QualityIssue { state: "corrected".to_owned(), body, rev, entry, ..row })
        })
    }

    /// Verifies a correction: another person than the one who made it, and only if the rule is satisfied now.
    pub fn verify_quality_issue(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let (office, account) = (self.clone(), who.account);
        let today = self.clock.today();
        self.move_issue(who, id, "verify_quality", &["corrected"], move |issue, tx| {
            let by: Option<AccountId> = issue.body["corrected_by"].as_str().and_then(|by| by.parse().ok());
            if by == Some(account) {
                return Err(authority::Denied::SecondPerson.into());
            }
            let org = issue.org.ok_or(Refused::NotFound("这个组织"))?;
            let (_, _, now) = office.org_now(tx, org)?;
            if inspect(&now, today).iter().any(|rule| rule.id == issue.rule) {
                return Err(Refused::rule("still_broken", "核验不通过：这一项仍不合要求", "请退回更正"));
            }
            Ok(QualityIssue { state: "closed".to_owned(), closed_on: Some(today), ..issue })
        })
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
