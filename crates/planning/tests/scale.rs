//! All indicators of all packs, in all areas, over a million organizations and two million community organizations. Slow to set up, so
//! it runs only when asked: `cargo test -p planning --test scale -- --ignored --nocapture`, with these two rooms optimized:
//! `--config 'profile.dev.package.planning.opt-level=3' --config 'profile.dev.package.catalogue.opt-level=3'`.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use base::{AreaLevel, AreaTree, Fen};
use catalogue::{Kind, NamedChecks, Subject, Value};
use common::{day, shipped};
use planning::table::{Given, Place};
use planning::{FactBase, Measuring, Reporting};

/// Milliseconds of processor time this process has had, to the hundredth of a second: the wall clock tells little on a busy machine.
fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// A cheap repeatable sequence.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn fill(base: &mut FactBase, subject: &Subject, count: u128, communities: &[u32], dice: &mut Dice) {
    let table = base.table_mut(subject).unwrap();
    table.keep_since(day("2000-01-01"));
    let specs: Vec<_> =
        table.layout().columns.iter().map(|spec| (spec.fact.clone(), spec.kind, spec.words.clone())).collect();
    // As the store would write them: by place, so that what lies together is counted together.
    for id in 0..count {
        let at = communities[(id as usize * communities.len()) / count as usize];
        let row = table.push(id, Place::both(at));
        for (fact, kind, words) in &specs {
            let value = match kind {
                _ if dice.roll(10) == 0 => Given::Unknown,
                Kind::Bool => Given::Known(Value::Bool(dice.roll(2) == 0)),
                Kind::Int => Given::Known(Value::Int(dice.roll(6) as i64)),
                Kind::Money => Given::Known(Value::Money(Fen(dice.roll(1_000_000) as i64))),
                Kind::Date => Given::Known(Value::Date(
                    day("2010-01-01").checked_add(jiff::Span::new().days(dice.roll(5800) as i64)).unwrap(),
                )),
                Kind::Text => Given::Known(Value::Text(words[dice.roll(words.len() as u64) as usize].clone())),
                Kind::List => Given::Known(Value::List(words.iter().filter(|_| dice.roll(8) == 0).cloned().collect())),
            };
            table.set(row, fact, &value).unwrap();
        }
    }
}

#[test]
#[ignore = "three million subjects take a while to set up"]
fn three_million_subjects() {
    let catalogue = shipped();
    let tree = AreaTree::shipped().unwrap();
    let mut base = FactBase::new(catalogue, &tree, day("2025-12-31"));
    let areas = base.areas();
    let communities: Vec<u32> =
        (0..areas.len() as u32).filter(|at| areas.level(*at) == Some(AreaLevel::Community)).collect();
    let mut dice = Dice(1);
    fill(&mut base, &Subject::Organization, 1_000_000, &communities, &mut dice);
    fill(&mut base, &Subject::CommunityOrganization, 2_000_000, &communities, &mut dice);
    let named = NamedChecks::default();
    let measuring = Measuring::new(&base, catalogue.words(), &named);
    let params: Vec<_> = catalogue.plans().map(|plan| common::params(catalogue, &plan.pack, base.date())).collect();
    let mut jobs = Vec::new();
    for (plan, params) in catalogue.plans().zip(&params) {
        jobs.extend(Reporting { catalogue, plan, params, start: None, only: None }.jobs(&measuring));
    }
    let cells: usize = jobs.iter().map(|job| base.areas().range(job.area).len()).sum();
    for threads in [1, 2] {
        let (begun, work) = (std::time::Instant::now(), processor());
        let measured = measuring.run(&jobs, threads);
        assert_eq!(measured.len(), jobs.len());
        let work = processor() - work;
        println!(
            "{} parts, {cells} cells, {threads} thread(s): {:?}, processor {work} ms",
            jobs.len(),
            begun.elapsed()
        );
    }
    for job in &jobs {
        let begun = std::time::Instant::now();
        let measured = measuring.one(job);
        println!(
            "{:>6} us  {} {} ({} areas)",
            begun.elapsed().as_micros(),
            job.indicator.id,
            job.part.id,
            measured.range().len()
        );
    }
    let begun = std::time::Instant::now();
    let bytes = base.to_bytes();
    println!("{} MB written in {:?}", bytes.len() >> 20, begun.elapsed());
    let begun = std::time::Instant::now();
    let again = FactBase::from_bytes(&bytes, catalogue).unwrap();
    println!("read in {:?}", begun.elapsed());
    assert_eq!(again.date(), base.date());
}
