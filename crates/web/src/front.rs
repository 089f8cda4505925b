//! The front page's content and the readiness of the house, read from the office: count cubes, never a count of rows.
use std::sync::atomic::{AtomicBool, Ordering};

use base::{AreaCode, Date, RecordId};
use office::Office;
use registry::{Kind, Registration};
use store::cubes::{self, Count};
use store::{Filter, change, papers};

use crate::page::Link;
use crate::site::{Figure, Front, Home, Matter, Notice};

/// Notices shown on the front page.
const NOTICES: usize = 6;
/// Matters offered on the front page; the rest are one step further.
const MATTERS: usize = 4;

/// [`Front`] over an office.
pub struct OfficeFront {
    office: Office,
    /// The index has once reached the newest change: from then on it follows within seconds, and searching may begin.
    replayed: AtomicBool,
}

impl OfficeFront {
    /// The front of this office.
    pub fn new(office: Office) -> Self {
        Self { office, replayed: AtomicBool::new(false) }
    }

    /// Changes that the name index has not yet taken in; none where this process keeps no index.
    fn behind(&self) -> Result<i64, String> {
        let heads = self.office.db.read(change::heads).map_err(|error| error.to_string())?;
        let Some(index) = &self.office.index else { return Ok(0) };
        let mut behind = 0;
        for (origin, head) in heads {
            let at = index.position(origin).map_err(|error| error.to_string())?;
            behind += (head - at.cast_signed()).max(0);
        }
        Ok(behind)
    }

    fn matters(&self, today: Date) -> Vec<Matter> {
        let offered = self.office.catalogue.matters_at(&[AreaCode::nation()], today);
        let matter = |resolved: &catalogue::Resolved| {
            let matter = &resolved.matter;
            Matter {
                link: Link::to(&matter.name, format!("/matters/{}", matter.id.as_str())),
                hint: matter.explain.split_inclusive('。').next().unwrap_or_default().to_owned(),
            }
        };
        offered.iter().take(MATTERS).map(matter).collect()
    }
}

impl Front for OfficeFront {
    fn home(&self, today: Date) -> Home {
        let mut home = Home { matters: self.matters(today), ..Home::default() };
        let engine = self.office.db.engine();
        let read = self.office.db.read(|tx| {
            let counts = cubes::of_area(tx, "org.registrar", &AreaCode::nation())?;
            let notices = papers::notices(tx, &Filter::new(engine), None::<(Date, RecordId)>, NOTICES)?;
            Ok::<_, store::DbError>((counts, notices))
        });
        match read {
            Ok((counts, notices)) => {
                home.figures = figures(&counts);
                let all: i64 = counts.iter().map(|count| count.number).sum();
                home.organizations = (all > 0).then(|| grouped(all));
                home.notices = notices.into_iter().map(notice).collect();
            }
            // A front page without figures still leads everywhere.
            Err(error) => tracing::error!(%error, "the front page could not be read"),
        }
        home
    }

    fn ready(&self) -> Result<(), String> {
        let behind = self.behind()?;
        if behind == 0 {
            self.replayed.store(true, Ordering::Relaxed);
        }
        if self.replayed.load(Ordering::Relaxed) {
            Ok(())
        } else {
            Err(format!("名称索引还差 {behind} 条变更，正在补齐"))
        }
    }

    fn gauges(&self) -> Vec<(&'static str, &'static str, f64)> {
        let heads = self.office.db.read(change::heads).map(|heads| heads.values().sum::<i64>());
        let number = |value: i64| value as f64;
        let mut out = Vec::new();
        out.extend(heads.ok().map(|sum| ("yishe_changes", "Change rows ever written, all origins.", number(sum))));
        out.extend(
            self.behind()
                .ok()
                .map(|lag| ("yishe_index_behind", "Changes the name index has not taken in.", number(lag))),
        );
        let jobs = self.office.db.read(store::jobs::failed);
        out.extend(jobs.ok().map(|failed| ("yishe_jobs_failed", "Jobs given up.", number(failed))));
        if let Ok((waiting, dead)) = self.office.db.read(office::connector::admin::backlog) {
            out.push(("yishe_outbox_waiting", "Messages to outside systems not yet sent.", number(waiting)));
            out.push(("yishe_outbox_dead", "Messages to outside systems given up.", number(dead)));
        }
        out
    }
}

/// How many organizations of each kind are on the register today; each figure opens its list.
fn figures(counts: &[Count]) -> Vec<Figure> {
    let live = Registration::Registered.as_str();
    let sum = |kind: &str| {
        counts.iter().filter(|count| count.kind == kind && count.state == live).map(|count| count.number).sum::<i64>()
    };
    [Kind::Association, Kind::ServiceInstitution, Kind::Foundation, Kind::Community]
        .into_iter()
        .map(|kind| Figure {
            label: kind.label().to_owned(),
            value: grouped(sum(kind.as_str())),
            unit: "家".to_owned(),
            target: None,
            percent: None,
            href: format!("/orgs?kind={}&status={live}", kind.as_str()),
        })
        .collect()
}

fn notice(row: papers::PublicNotice) -> Notice {
    Notice { link: Link::to(row.title, format!("/notices/{}", row.id)), kind: row.kind, date: row.posted_on }
}

/// 12,345
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn an_empty_house_is_ready_and_says_no_number_it_does_not_know() {
        let kept = office::testing::office();
        let front = OfficeFront::new(kept.office.clone());
        assert_eq!(front.ready(), Ok(()));
        let home = front.home(kept.clock.today());
        assert_eq!(home.organizations, None);
        assert!(home.figures.iter().all(|figure| figure.value == "0" && figure.href.starts_with("/orgs?")));
        assert!(!home.matters.is_empty(), "the shipped matters can be started");
    }
}
