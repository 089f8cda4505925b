//! Exact totals by kind, status, grade, charity and area.
use std::collections::HashMap;

use base::{AreaCode, AreaLevel};
use serde::Serialize;

use crate::doc::{CHARITY, Facts, Labels};

/// How many of the matches fall where; each list largest first, empty values left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// By kind, as stored.
    pub kinds: Vec<(String, u64)>,
    /// By status, as stored.
    pub statuses: Vec<(String, u64)>,
    /// By grade, as stored; the unrated under the empty text.
    pub grades: Vec<(String, u64)>,
    /// Charities.
    pub charities: u64,
    /// By area of the level asked for; those whose area is not known so deep are left out.
    pub areas: Vec<(AreaCode, u64)>,
}

/// Counts as it goes.
pub(crate) struct Counter {
    pub total: u64,
    labels: [[u64; 256]; 3],
    charities: u64,
    areas: Areas,
    /// What to divide a twelve-digit area by, and how many digits remain.
    divisor: u64,
    digits: usize,
}

enum Areas {
    /// Up to six digits: an array is faster than any map over millions of matches.
    Flat(Vec<u32>),
    Deep(HashMap<u64, u32>),
}

impl Counter {
    pub fn new(level: AreaLevel) -> Self {
        let digits = match level {
            AreaLevel::Nation | AreaLevel::Province => 2,
            AreaLevel::City => 4,
            AreaLevel::County => 6,
            AreaLevel::Town => 9,
            AreaLevel::Community => 12,
        };
        let areas =
            if digits <= 6 { Areas::Flat(vec![0; 10_usize.pow(digits as u32)]) } else { Areas::Deep(HashMap::new()) };
        Self { total: 0, labels: [[0; 256]; 3], charities: 0, areas, divisor: 10_u64.pow(12 - digits as u32), digits }
    }

    pub fn add(&mut self, facts: &Facts) {
        self.total += 1;
        self.labels[0][usize::from(facts.kind)] += 1;
        self.labels[1][usize::from(facts.status)] += 1;
        self.labels[2][usize::from(facts.grade)] += 1;
        self.charities += u64::from(facts.has(CHARITY));
        let area = facts.area / self.divisor;
        match &mut self.areas {
            Areas::Flat(counts) => {
                if let Some(count) = counts.get_mut(area as usize) {
                    *count += 1;
                }
            }
            Areas::Deep(counts) => *counts.entry(area).or_default() += 1,
        }
    }

    pub fn facets(&self, labels: &Labels) -> Facets {
        let list = |at: usize, texts: &[String]| {
            let counts = texts.iter().zip(self.labels[at]).filter(|(_, count)| *count > 0);
            let mut list: Vec<(String, u64)> = counts.map(|(text, count)| (text.clone(), count)).collect();
            list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            list
        };
        let counts: Vec<(u64, u32)> = match &self.areas {
            Areas::Flat(counts) => (0..).zip(counts.iter().copied()).collect(),
            Areas::Deep(counts) => counts.iter().map(|(&area, &count)| (area, count)).collect(),
        };
        let mut areas: Vec<(AreaCode, u64)> = counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .filter_map(|(area, count)| Some((self.code(area)?, u64::from(count))))
            .collect();
        areas.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Facets {
            kinds: list(0, &labels.kinds),
            statuses: list(1, &labels.statuses),
            grades: list(2, &labels.grades),
            charities: self.charities,
            areas,
        }
    }

    /// The area with these digits, if it lies as deep as asked (padded codes name a higher one).
    fn code(&self, area: u64) -> Option<AreaCode> {
        let text = format!("{area:0width$}", width = self.digits);
        // No province has the number 10: it is what remains of 100000, the nation.
        let text = if text == "10" { "100000".to_owned() } else { text };
        text.parse().ok().filter(|code: &AreaCode| code.as_str() == text)
    }
}
