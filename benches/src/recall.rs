//! Recall: whether a search finds exactly what reading every name finds.
use std::collections::BTreeMap;

use anyhow::Result;
use base::OrgId;
use office::Office;
use search::Query;
use store::Sql;

use crate::data::Sample;
use crate::measure::Report;

/// Queries of each length, 1 to 8 characters.
const EACH: usize = 65;

/// Every name anybody bears or bore, one after the other, each ended by a line feed.
struct Names {
    text: String,
    /// Where each name begins, and whose it is: a number for each organization.
    starts: Vec<(u32, u32)>,
}

/// Compares totals and, where a page holds them all, the very organizations.
pub fn measure(office: &Office, sample: &Sample, report: &mut Report) -> Result<()> {
    let names = Names::read(office)?;
    let index = office.search_index()?;
    let (mut asked, mut expected, mut found, mut wrong) = (0, 0_u64, 0_u64, Vec::new());
    for length in 1..=8 {
        let step = (sample.taken.len() / EACH).max(1);
        for piece in sample.pieces(length).iter().step_by(step).take(EACH) {
            let total = index.search(&Query::text(piece.as_str())).total.unwrap_or_default();
            let there = names.count(piece);
            asked += 1;
            expected += there;
            found += total.min(there);
            if total != there {
                wrong.push(format!("“{piece}”: {total} instead of {there}"));
            }
        }
    }
    report.fact(
        "recall of search against reading every name",
        format!(
            "{asked} queries of 1 to 8 characters: {found} of {expected} organizations found ({:.4} %), {} queries with another total",
            found as f64 / expected.max(1) as f64 * 100.0,
            wrong.len()
        ),
        wrong.is_empty(),
    );
    for one in wrong.iter().take(5) {
        report.note(format!("recall: {one}"));
    }
    Ok(())
}

impl Names {
    fn read(office: &Office) -> Result<Self> {
        let mut names = Self { text: String::new(), starts: Vec::new() };
        let mut numbers: BTreeMap<OrgId, u32> = BTreeMap::new();
        let versions = "select org, facts from organization_version";
        office.db.read(|tx| {
            tx.each_row(Sql::dynamic("bench.names", versions), &[], &mut |row| {
                let next = numbers.len() as u32;
                let org = *numbers.entry(row.at(0)?).or_insert(next);
                let facts: serde_json::Value = row.at(1)?;
                let name = facts.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
                names.starts.push((names.text.len() as u32, org));
                names.text.push_str(name);
                names.text.push('\n');
                Ok::<(), anyhow::Error>(())
            })
        })?;
        Ok(names)
    }

    /// How many organizations bear or bore a name that contains `piece`.
    fn count(&self, piece: &str) -> u64 {
        let mut found: Vec<u32> = self
            .text
            .match_indices(piece)
            .map(|(at, _)| {
                let after = self.starts.partition_point(|(start, _)| *start as usize <= at);
                self.starts[after - 1].1
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.len() as u64
    }
}
