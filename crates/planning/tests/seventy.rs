//! Every one of the 49 numeric and 21 directional indicators of the five documents, worked out by hand on the fixture of
//! `fixture.txt` for 2021-12-31, 2023-12-31 and 2025-12-31. The arithmetic stands beside each; none of it was read off the code.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use std::collections::BTreeSet;

use common::{DAYS, all_parts, day, facts, measured, params, said, shipped, with_list};

/// Part, expected values on the three days.
type Expected = (&'static str, [&'static str; 3]);

// In the province are alive: 2021 O1 O2 O3 O4 O5 O8 (6); 2023 O1-O7 (7, O8 gone); 2025 O1-O7 O9 O10 (9).
const LIAONING: [Expected; 28] = [
    ("ln-01", ["6", "7", "9"]),
    // Required, alive → with one. 2021: O1 O2 O8 → O1 O8. 2023: O1 O2 O6 → O1 O2. 2025: O1 O2 O4 O6 → O1 O2 O6.
    ("ln-02a", ["2/3", "2/3", "3/4"]),
    // 2021: O1 O2 O8 of 6. 2023: O1 O2 O3 O5 O6 of 7. 2025: all 9.
    ("ln-02b", ["1/2", "5/7", "1"]),
    // O2 O5; O2 O5 O6; O2 O5 O6 O9.
    ("ln-03", ["2", "3", "4"]),
    // 10+5+0+2+7 (O3 has no report) = 24. 12+5+3+0+2+4 = 26, O7 not known. 15+6+3+1+2+4+1+0+2 = 34.
    ("ln-04", ["24", "26 in 26..?", "34"]),
    // In fen. 2021: 1,000,000+200,000+0+50,000+400,000 = 1,650,000 yuan. 2023: 1,100,000+200,000+5,000,000+0+60,000+300,000+0 =
    // 6,660,000. 2025: 1,500,000+250,000+5,200,000+0+70,000+300,000+10,000+0+8,000,000 = 15,330,000.
    ("ln-05", ["165000000", "666000000", "1533000000"]),
    // Provincial: O1 O2 O3 → O1 (3A). → O1 (4A) O2 (3A). With O10 four → O1 O2 O3.
    ("ln-06", ["1/3", "2/3", "3/4"]),
    // 2021: fine O1 O3 O5; O2 lacks organs, O4 and O8 bad credit: 3/6. 2023: fine O1 O2 O3; not O4 (credit), O5 (both), O6
    // (systems); O7's credit not known: 3/6, between 3/7 and 4/7. 2025: fine O1 O2 O3 O4 O6 O7 O9; not O5; O10's gaps not known:
    // 7/8, between 7/9 and 8/9.
    ("ln-07", ["1/2", "1/2 in 3/7..4/7", "7/8 in 7/9..8/9"]),
    // Urban communities 3. (10+9+2)/3 = 7; (12+10+9)/3 = 31/3; (12+11+10)/3 = 11.
    ("ln-08", ["7", "31/3", "11"]),
    // Rural communities 3. (3+2+0)/3; (3+3+2)/3; (5+3+3)/3.
    ("ln-09", ["5/3", "8/3", "11/3"]),
    // O3 of 6; of 7; O3 O10 of 9.
    ("ln-10", ["1/6", "1/7", "2/9"]),
    // 2021: (2+1+0+1+0) / (20+10+2+4+12) = 4/48 (O3 without report). 2023: (3+1+0+0+1+1+0) / (24+10+6+2+4+8+3) = 6/57.
    // 2025: (6+2+1+0+1+1+0+0+0) / (30+12+6+2+4+8+2+1+5) = 11/70.
    ("ln-11", ["1/12", "2/19", "11/70"]),
    // With Q (health and social work) chosen. 2021: O2 O3 O5, none rated. 2023: O2 of O2 O3 O5 O7. 2025: O2 O3 O5 of the same.
    ("ln-12", ["0", "1/4", "3/4"]),
    // Closed enforcement cases: K1 → complete. K1 K2 → K1. K1 K2 K3 → K1 K3.
    ("ln-13", ["1", "1/2", "2/3"]),
    // Major decisions: K1 reviewed. The same. K1 K3 → K1.
    ("ln-14", ["1", "1", "1/2"]),
    // registration E1 1/1; annual report E2 0/1; others none: lowest 0. 2023: annual report E2 E3 1/2; rating 1/1: lowest 1/2. 2025:
    // re-election E5 E6 1/2 as well: lowest 1/2.
    ("ln-15", ["0", "1/2", "1/2"]),
    // L1 of L1 L2 L3; L1 of L1 L2 L4 (L3 dropped); L1 L2 of L1 L2 L4.
    ("ln-16", ["1/3", "1/3", "2/3"]),
    // No entry; an entry without a day; built on 2024-12-20.
    ("ln-17.built", ["0", "0", "1"]),
    // O1 O4 O5 O8 of 6; O1 O2 O4 O5 O7 of 7; O1 O2 O3 O4 O5 O7 O9 of 9.
    ("ln-17.quality", ["2/3", "5/7", "7/9"]),
    // By organizations, signed in the year: C1; C3 C4; C6.
    ("ln-18.items", ["1", "2", "1"]),
    // In fen: 100,000; 200,000+50,000; 400,000 yuan.
    ("ln-18.money", ["10000000", "25000000", "40000000"]),
    // Due → on time. 2021: O1 O2 O4 O8 → O1 O8. 2023: O1-O5 → all but O4. 2025: O1-O6 → all but O3; O7 not known to be due: between
    // 5/7 (due and late) and 6/7 (due and on time).
    ("ln-19", ["1/2", "4/5", "5/6 in 5/7..6/7"]),
    // O1 of O1 O4; O1 of O1 O2 O4; O1 O4 of O1 O2 O4.
    ("ln-20", ["1/2", "1/3", "2/3"]),
    // City 9901, counties 990101 and 990102. Yes 990101, no 9901, 990102 not known: 1/2 between 1/3 and 2/3. Then 2 of 3; all.
    ("ln-21", ["1/2 in 1/3..2/3", "2/3", "1"]),
    // Communities with any: all but 岭后村 (5 of 6); all; all.
    ("ln-22.territory", ["5/6", "1", "1"]),
    // Of 12 groups: elderly, children (2); disabled too (3); poor and youth too (5).
    ("ln-22.serves", ["1/6", "1/4", "5/12"]),
    // Of 6 fields: life service, culture (2); mediation too (3); 3.
    ("ln-22.field", ["1/3", "1/2", "1/2"]),
    // One has 20, the others 2 each: (25×2+20)/26 = 70/26; (38×2+20)/39 = 96/39; (43×2+20)/44 = 106/44.
    ("ln-22.volunteers", ["35/13", "32/13", "53/22"]),
];

const COMMUNITY: [Expected; 6] = [
    // At least 10: 柳荫 of three; 柳荫 石桥; all.
    ("lc-urban", ["1/3", "2/3", "1"]),
    // At least 3: 上岗; 上岗 下岗; all.
    ("lc-rural", ["1/3", "2/3", "1"]),
    ("lc-07", ["1", "2", "3"]),
    // P1; P1 P2; P2 P3 (P1 no longer).
    ("lc-08", ["1", "2", "2"]),
    // T1 of T1 T2; T1 T2 of three; all three. T4 is no core talent.
    ("lc-09", ["1/2", "2/3", "1"]),
    ("lc-10", ["0", "0", "1"]),
];

const LONGGANG: [Expected; 19] = [
    // First reached in 2021: none; in 2023: O2; in 2025: O3 O6 (O4 was 2024).
    ("lg-01", ["0", "1", "2"]),
    // O3 O5; O6 O7; O9 O10.
    ("lg-02", ["2", "2", "2"]),
    // H1 was being built, then operates; H2 is a station.
    ("lg-03", ["0", "1", "1"]),
    // 2021: bad O4 O8: 4/6. 2023: bad O4 O5, O7 not known: 4/6 between 4/7 and 5/7. 2025: bad O5: 8/9.
    ("lg-04", ["2/3", "2/3 in 4/7..5/7", "8/9"]),
    ("lg-05", ["6", "7", "9"]),
    // O1; O1 O2; O1 O2 O3 O4 O6.
    ("lg-06", ["1", "2", "5"]),
    ("lg-07", ["1/2", "1/2 in 3/7..4/7", "7/8 in 7/9..8/9"]),
    // 2021: O1 O2 O5 O8; O3 has no report, O4 nobody: 4/6. 2023: all but O4 (0) and O7 (not known): 5/6 between 5/7 and 6/7.
    // 2025: all but O9: 8/9.
    ("lg-08", ["2/3", "5/6 in 5/7..6/7", "8/9"]),
    // (1+1+0+1+0)/24. (2+1+0+0+1+1)/26, O7 not known above or below the line, so there is no bound. (5+2+1+0+1+1+0+0+0)/34.
    ("lg-09", ["1/8", "5/26 in 0..?", "5/17"]),
    // 3A and above: O1 → no. O1 O2 → O1. O1 O2 O3 O4 O6 → all but O4.
    ("lg-10", ["0", "1/2", "4/5"]),
    // O1 → yes. O1 O2 → both. O1 O2 O3 O4 O6 → all but O3.
    ("lg-11", ["1", "1", "4/5"]),
    // 200,000/1,000,000; 600,000/2,000,000; 500,000/1,500,000.
    ("lg-12", ["1/5", "3/10", "1/3"]),
    // V1 20/50. V2 50/100, V3 22/40: 11/20. V4 40/80, V5 0/60: 1/2.
    ("lg-13", ["2/5", "11/20", "1/2"]),
    // O1 O2 O3 of 6; with O5 of 7; with O9 O10 of 9.
    ("lg-14", ["1/2", "4/7", "2/3"]),
    // Own bodies' contracts: 100/(100+300); 200/(200+200), C4 is another's; 400/(400+100).
    ("lg-15", ["1/4", "1/2", "4/5"]),
    // J1 of J1 J2; J1 of J1 J3; J4 J5 of J3 J4 J5.
    ("lg-16", ["1/2", "1/2", "2/3"]),
    ("lg-17.organization", ["2/3", "2/3", "3/4"]),
    ("lg-17.work", ["1/2", "5/7", "1"]),
    // registration 1, annual report 0 → 0. annual report 1/2, special check 1, rating 1 → 1/2. training E8 0/1 → 0.
    ("lg-17.gates", ["0", "1/2", "0"]),
];

const ZHEJIANG: [Expected; 16] = [
    // 10+9+3+2+2+0; 12+10+3+9+3+2; 12+11+5+10+3+3.
    ("zj-01", ["26", "39", "44"]),
    ("zj-02", ["7", "31/3", "11"]),
    ("zj-03", ["5/3", "8/3", "11/3"]),
    // Towns 2: Hb1 → 桥头; Hb1 Hb2 → both; Hb1 ended → 西坪.
    ("zj-04", ["1/2", "1", "1/2"]),
    // Communities 6: 柳荫; with 上岗; with 下岗.
    ("zj-05", ["1/6", "1/3", "1/2"]),
    ("zj-06", ["1/3", "2/3", "1"]),
    // None of 上岗 下岗, 岭后 not known: 0 between 0 and 1/3. 下岗 of 3: exactly a third.
    ("zj-07", ["0 in 0..1/3", "1/3", "1/3"]),
    // 溪西 is the one fast-developing county: its base came in 2025.
    ("zj-08", ["0", "0", "1"]),
    // 溪东 is the other one: its base came in 2023.
    ("zj-09", ["0", "1", "1"]),
    // (5+3)/(12,000+8,000) = 8/20,000; 12/20,000; 15/21,000, the province's own population.
    ("zj-10", ["1/2500", "3/5000", "1/1400"]),
    // 2,000/20,000; 2,600/20,000; 3,000/21,000.
    ("zj-11", ["1/10", "13/100", "1/7"]),
    // Trade associations O1 O4 O8 → O8 has ten. O1 O4 O6 → O1. All three.
    ("zj-12", ["1/3", "1/3", "1"]),
    // Provincial matters A1 A2: A1; both; both.
    ("zj-13", ["1/2", "1", "1"]),
    // A1 A2 A3: none; A1; A1 A2.
    ("zj-14", ["0", "1/3", "2/3"]),
    ("zj-15", ["0", "1", "2"]),
    // Registrars 99 9901 990101 990102: each 1; 990102 none in 2023; 1 1 2 1.
    ("zj-16", ["1", "0", "1"]),
];

const SHENZHEN: [Expected; 6] = [
    // W1; W1 W2 W3; W2 W3 W4.
    ("sz-01.points", ["1", "3", "3"]),
    // Of 12 fields: party; party, rural; rural, party, ecology.
    ("sz-01.fields", ["1/12", "1/6", "1/4"]),
    // In fen, trade associations alive. O1 O4 O8: 300,000+20,000+80,000. O1 O4 O6: 250,000+20,000+5,000. 200,000+10,000+0.
    ("sz-02", ["40000000", "27500000", "21000000"]),
    ("sz-03.organization", ["2/3", "2/3", "3/4"]),
    ("sz-03.work", ["1/2", "5/7", "1"]),
    // O8 identified. O8 cleared, O5 identified. The same.
    ("sz-04", ["0", "1/2", "1/2"]),
];

fn expected() -> Vec<Expected> {
    [&LIAONING[..], &COMMUNITY, &LONGGANG, &ZHEJIANG, &SHENZHEN].concat()
}

#[test]
fn every_indicator_has_the_value_worked_out_by_hand() {
    let catalogue = shipped();
    let parts = all_parts(catalogue);
    let mut wrong = Vec::new();
    for (at, on) in DAYS.iter().enumerate() {
        let base = facts(catalogue, at);
        for (name, values) in expected() {
            let (indicator, part) = &parts[name];
            let pack = &catalogue.find_indicator(indicator).unwrap().pack;
            let mut params = params(catalogue, pack, day(on));
            if name == "ln-12" {
                params = with_list(params, "rating_due_industries", &["Q"]);
            }
            let found = said(&measured(catalogue, &base, indicator, part, "99", &params));
            if found != values[at] {
                wrong.push(format!("{name} on {on}: {found}, by hand {}", values[at]));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_part_of_any_indicator_is_left_out() {
    let tested: BTreeSet<&str> = expected().iter().map(|(name, _)| *name).collect();
    let parts = all_parts(shipped());
    let untested: Vec<&String> = parts.keys().filter(|name| !tested.contains(name.as_str())).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

/// Section 3 of the requirements counts 49 numeric and 21 directional rows. Six of them (LC-01 … LC-06) are aims of two indicators.
#[test]
fn there_are_seventy_rows() {
    let catalogue = shipped();
    let aims: BTreeSet<&str> = catalogue
        .plans()
        .flat_map(|plan| &plan.targets)
        .flat_map(|target| &target.aims)
        .map(|aim| aim.id.as_str())
        .filter(|id| !id.is_empty())
        .collect();
    assert_eq!(aims, BTreeSet::from(["lc-01", "lc-02", "lc-03", "lc-04", "lc-05", "lc-06"]));
    let single =
        catalogue.indicators().filter(|indicator| !indicator.id.starts_with("lc-") || !aims.contains(&*indicator.id));
    let rows = single.filter(|indicator| !matches!(&*indicator.id, "lc-urban" | "lc-rural")).count() + aims.len();
    assert_eq!(rows, 49 + 21);
    let targeted: BTreeSet<&str> =
        catalogue.plans().flat_map(|plan| &plan.targets).map(|target| target.indicator.value.as_str()).collect();
    assert!(catalogue.indicators().all(|indicator| targeted.contains(&*indicator.id)), "a plan asks for each");
}

/// Measuring an area by itself gives what measuring the whole gives for it.
#[test]
fn an_area_alone_is_what_it_is_within_the_whole() {
    let (catalogue, named) = (shipped(), catalogue::NamedChecks::default());
    for at in 0..3 {
        let base = facts(catalogue, at);
        let measuring = planning::Measuring::new(&base, catalogue.words(), &named);
        for indicator in catalogue.indicators() {
            let params = params(catalogue, &indicator.pack, base.date());
            for part in &indicator.parts {
                let whole = planning::Job {
                    indicator,
                    part,
                    params: &params,
                    area: 0,
                    start: None,
                    others: None,
                    only: None,
                    plan: None,
                };
                let measured = measuring.one(&whole);
                for area in 0..base.areas().len() as u32 {
                    let alone = measuring.one(&planning::Job { area, ..whole });
                    assert_eq!(alone.at(area), measured.at(area), "{} {area}", indicator.id);
                }
            }
        }
    }
}

/// Figures roll up to every level, along the tree of the day.
#[test]
fn figures_roll_up() {
    let catalogue = shipped();
    let base = facts(catalogue, 2);
    let at = |indicator: &str, area: &str| {
        let pack = &catalogue.find_indicator(indicator).unwrap().pack;
        said(&measured(catalogue, &base, indicator, "", area, &params(catalogue, pack, day(DAYS[2]))))
    };
    // Registered in 溪东: O4 O5 O9 (O1-O3 O10 are the province's own, O8 the city's).
    assert_eq!(
        (at("ln-01", "990101"), at("ln-01", "990102"), at("ln-01", "9901")),
        ("3".into(), "2".into(), "5".into())
    );
    // Urban communities of 溪东: (12+11)/2; of 溪西: 10/1; of one community: 12/1; of a village: no urban community.
    assert_eq!(at("ln-08", "990101"), "23/2");
    assert_eq!(at("ln-08", "990102"), "10");
    assert_eq!(at("ln-08", "990101001001"), "12");
    assert_eq!(at("ln-08", "990101001201"), "nothing");
    // 溪西's population is not known in 2025: the county has no figure of its own, nor has anything below it.
    assert_eq!(at("zj-11", "990101"), "4/25");
    assert_eq!(at("zj-11", "990102"), "no data");
}
