//! Data-quality issues (数据质量问题, 000-10b): detected → assigned → corrected → verified by another person → closed by the next
//! inspection that finds the defect gone, or by hand. A correction is a new version of the organization; the score of an authority
//! follows from what waits.
mod run;
mod steps;

use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, Date, RecordId};
use registry::quality::{RULES, Rule};
use store::registers::QualityIssue;
use store::upkeep::{self, QualityRun};
use store::{Statement, Tx, args, sql};

use super::amend::{origin_of, seat_of};
use crate::{Office, Refused};

pub use run::{JOB, QualityJob, Stepped};

const BY_ID: Statement = sql!(
    "quality.by_id",
    "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry
     from quality_issue where id = $1"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[BY_ID];

/// Issues on a page.
const PAGE: usize = 50;
/// What a fault that only an import can see takes from the score (a wrong check digit, a day that cannot be): as much as the lightest rules.
const OTHER_WEIGHT: i64 = 5;

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
    /// A page of what is not closed, oldest first.
    pub issues: Vec<Issue>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many wait to be corrected or verified.
    pub waiting: i64,
    /// 100 less the mean weight of what waits per organization; none without organizations.
    pub score: Option<f64>,
    /// The last inspection, or the one under way.
    pub run: Option<QualityRun>,
    /// Why it stands still, if it does.
    pub failed: Option<String>,
    /// Organizations of the authority.
    pub organizations: i64,
}

fn rule_of(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

fn weight_of(rule: &str) -> i64 {
    rule_of(rule).map_or(OTHER_WEIGHT, |rule| i64::from(rule.weight))
}

/// `2026-03-02~01J…`
fn read_place(text: &str) -> Option<(Date, RecordId)> {
    let (day, id) = text.split_once('~')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

impl Office {
    /// A page of the issues of the actor's authority, with its score and its last inspection.
    pub fn quality(&self, who: &Actor, after: &str) -> Result<Quality, Refused> {
        let area = seat_of(who, &["data_quality"])?;
        let after = read_place(after);
        self.db.read(|tx| {
            let mut rows = upkeep::open_issues(tx, &area, after, PAGE + 1)?;
            let more = rows.len() > PAGE;
            rows.truncate(PAGE);
            let next = rows.last().filter(|_| more).map(|(last, _)| format!("{}~{}", last.found_on, last.id));
            let issues = rows.into_iter().map(|(row, name)| Self::issue(row, name)).collect();
            let organizations: i64 =
                store::cubes::of_area(tx, "org.registrar", &area)?.iter().map(|count| count.number).sum();
            let by_rule = upkeep::issues_by_rule(tx, &area)?;
            let waiting = by_rule.iter().map(|(_, number)| number).sum();
            let lost: i64 = by_rule.iter().map(|(rule, number)| weight_of(rule) * number).sum();
            let score = (organizations > 0).then(|| (100.0 - lost as f64 / organizations as f64).max(0.0));
            let run: Option<QualityRun> = tx.find_record(args![origin_of(&area), area])?;
            let failed = match run.as_ref().filter(|run| run.state == "running") {
                Some(run) => {
                    store::jobs::find(tx, run.job)?.and_then(|job| job.error.filter(|_| job.state == "failed"))
                }
                None => None,
            };
            Ok(Quality { area: area.clone(), issues, next, waiting, score, organizations, run, failed })
        })
    }

    fn issue(row: QualityIssue, name: Option<String>) -> Issue {
        let rule = rule_of(&row.rule);
        // What an import found brings its own words.
        let own = |key: &str| row.body[key].as_str().unwrap_or_default().to_owned();
        Issue {
            reason: rule.map_or_else(|| own("reason"), |rule| rule.reason.to_owned()),
            suggestion: rule.map_or_else(|| own("suggestion"), |rule| rule.suggestion.to_owned()),
            item: rule.map_or_else(|| row.field.clone().unwrap_or_default(), |rule| rule.item.to_owned()),
            name: name.unwrap_or_default(),
            row,
        }
    }

    /// One issue, for whose authority it is.
    pub fn quality_issue(&self, who: &Actor, id: RecordId) -> Result<Issue, Refused> {
        let found = self.db.read(|tx| Self::find_issue(tx, id))?;
        let issue = found.ok_or(Refused::NotFound("这个数据质量问题"))?;
        may(who, Verb::Amend, &Subject::Area(issue.row.area.clone().into()))?;
        Ok(issue)
    }

    fn find_issue(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<Issue>, Refused> {
        let Some(row) = tx.find::<QualityIssue>(BY_ID, args![id])? else { return Ok(None) };
        let org = row.org.map(|org| store::organizations::find(tx, row.origin, org)).transpose()?.flatten();
        Ok(Some(Self::issue(row, org.map(|org| org.name))))
    }
}
