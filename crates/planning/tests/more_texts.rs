//! Harder sentences of real plans (`texts/haichuan/plans/haichuan-more.toml`), each measured on the fixture and reckoned by hand.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use base::{Fen, OrgId};
use catalogue::plans::{Op, Plan};
use catalogue::{Catalogue, Files, NamedChecks, Subject, Value};
use common::{code, day, facts, load, said, without_matters};
use planning::table::{Given, Place};
use planning::{FactBase, Job, Measuring, Reporting, Status};

fn files() -> Files {
    let own = Files::read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts")).unwrap();
    let mut all = without_matters();
    all.0.extend(own.0);
    all
}

fn org(id: &str) -> u128 {
    id.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))
}

/// The fixture's last day; checks of O4 (twice), O5 and O6, and with `stray` one of nobody knows whom.
fn base(catalogue: &Catalogue, stray: bool) -> FactBase {
    let mut base = facts(catalogue, 2);
    let table = base.table_mut(&Subject::Area).unwrap();
    let row = table.find(planning::facts::area_id(&code("9901"))).unwrap();
    table.set(row, "area.population", &Given::Known(Value::Int(20_000))).unwrap();
    let table = base.table_mut(&Subject::Organization).unwrap();
    for (id, yuan) in [("O4", 11_236_000), ("O5", 0), ("O6", 0), ("O7", 0), ("O9", 0)] {
        let row = table.find(org(id)).unwrap();
        table.set(row, "org.total_assets", &Given::Known(Value::Money(Fen::yuan(yuan)))).unwrap();
    }
    let town = base.areas().place(&common::tree(), &code("990101001"));
    let table = base.table_mut(&Subject::Register("hc-hubs".into())).unwrap();
    for number in 0..20_u128 {
        table.push(number + 1, Place::both(town));
    }
    let table = base.table_mut(&Subject::Register("hc-checks".into())).unwrap();
    let checks = [
        (Some("O4"), "2025-03-01", "2025-03-11"),
        (Some("O4"), "2025-04-01", "2025-04-05"),
        (Some("O5"), "2025-05-01", "2025-05-02"),
        (Some("O6"), "2023-06-01", "2023-06-16"),
        (None, "2025-06-01", "2025-06-09"),
    ];
    for (number, (of, from, to)) in checks.into_iter().enumerate().filter(|(_, check)| stray || check.0.is_some()) {
        let row = table.push(number as u128 + 1, Place::both(town));
        let date = |text: &str| Given::Known(Value::Date(day(text)));
        let of = of.map_or(Given::Unknown, |id| Given::Known(Value::Text(OrgId::from_bits(org(id)).to_string())));
        table.set(row, "hc-checks.org", &of).unwrap();
        table.set(row, "hc-checks.checked_on", &date(from)).unwrap();
        table.set(row, "hc-checks.done_on", &date(to)).unwrap();
    }
    base
}

/// Figure and status of every target in an area, with the year before measured on the fixture's second day.
fn measured(stray: bool, area: &str, as_of: &str) -> Vec<(String, String, Status)> {
    let (catalogue, named) = (load(&files()), NamedChecks::default());
    let (now, then) = (base(&catalogue, stray), facts(&catalogue, 1));
    let plan = &catalogue.find_plan("haichuan-more").unwrap().as_of(day(as_of));
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2025-12-31"));
    let measuring = Measuring { before: Some(&then), ..Measuring::new(&now, catalogue.words(), &named) };
    let asked = Reporting { catalogue: &catalogue, plan, params: &params, start: None, only: None };
    let report = asked.measure(&measuring, 1);
    let lines = report.lines(&measuring, now.areas().find(&code(area)).unwrap());
    let name = |line: &planning::Line<'_>| format!("{}.{}", line.indicator.id, line.part.id);
    lines.iter().map(|line| (name(line), said(&line.figure), line.standing.status)).collect()
}

fn found<'l>(lines: &'l [(String, String, Status)], name: &str) -> (&'l str, Status) {
    let line = lines.iter().find(|(known, ..)| known == name).unwrap_or_else(|| panic!("{name} in {lines:?}"));
    (line.1.as_str(), line.2)
}

#[test]
fn every_harder_sentence_is_measured() {
    let lines = measured(false, "9901", "2024-12-31");
    let found = |name: &str| found(&lines, name);
    // 12 11 5 in the east, 10 3 3 in the west: 44 in six communities, 7.33 and not 7.5.
    assert_eq!(found("hm-average."), ("22/3", Status::Missed));
    // 40 are stated for the city.
    assert_eq!(found("hm-more."), ("4", Status::Met));
    // 12 10 3 9 3 2 are 39 the time before.
    assert_eq!(found("hm-total."), ("44", Status::Met));
    // O9 in 2025; O6 and O7 in 2023, the plan's first year.
    assert_eq!(found("hm-founded.year"), ("1", Status::Met));
    assert_eq!(found("hm-founded.plan"), ("3", Status::Met));
    // O4 O5 O6 of O4 O5 O6 O7 O9; O4 twice.
    assert_eq!(found("hm-checked.once"), ("3/5", Status::Missed));
    assert_eq!(found("hm-checked.twice"), ("1/5", Status::Met));
    // East 28/3, west 16/3.
    assert_eq!(found("hm-counties."), ("1/2", Status::Missed));
    assert_eq!(found("hm-apart.ratio"), ("7/4", Status::Met));
    assert_eq!(found("hm-apart.difference"), ("4", Status::Missed));
    // The province has the same six communities.
    assert_eq!(found("hm-versus."), ("0", Status::Missed));
    // 40 × 22/30 + 60 × (3/5)/(3/4) = 88/3 + 48.
    assert_eq!(found("hm-index.all"), ("232/3", Status::Met));
    // 40 × 22/30 + 60 × (1/4000)/(8/10000) = 88/3 + 75/4.
    assert_eq!(found("hm-index.density"), ("577/12", Status::Missed));
    // 20 hubs are no 25; 3/5 are 50 %.
    assert_eq!(found("hm-either.any"), ("1", Status::Met));
    assert_eq!(found("hm-either.all"), ("0", Status::Missed));
    // 5 for 20,000 people; 5 for 11.236 millions.
    assert_eq!(found("hm-per.thousand"), ("1/4", Status::Met));
    assert_eq!(found("hm-per.money"), ("1250/2809", Status::Met));
    assert_eq!(found("hm-per.permille"), ("1/4000", Status::Met));
    // Whole years: 6 4 2 2 0 of five.
    assert_eq!(found("hm-time.age"), ("14/5", Status::Met));
    // 10 4 1 15 days of four checks.
    assert_eq!(found("hm-time.days"), ("15/2", Status::Met));
    // 1 2 4 1 0.
    assert_eq!(found("hm-time.staff"), ("4", Status::Missed));
}

#[test]
fn areas_below_have_their_own_base_and_are_held_against_what_lies_above() {
    let (east, west) = (measured(false, "990101", "2024-12-31"), measured(false, "990102", "2024-12-31"));
    // 28 against the 25 stated for it; nothing is stated for the west, which is asked for nothing.
    assert_eq!(found(&east, "hm-more."), ("3", Status::Met));
    assert!(west.iter().all(|(name, ..)| name != "hm-more."));
    assert_eq!(found(&east, "hm-versus."), ("2", Status::Met));
    assert_eq!(found(&west, "hm-versus."), ("-2", Status::Missed));
    // Nobody knows how many people live in the west: 40 × 16/30, and between none and all of the sixty.
    assert_eq!(found(&west, "hm-index.density"), ("64/3 in 64/3..244/3", Status::AtRisk));
    // O6 was checked, O7 was not.
    assert_eq!(found(&west, "hm-checked.once"), ("1/2", Status::Missed));
}

#[test]
fn a_check_of_nobody_knows_whom_may_be_of_any() {
    let lines = measured(true, "9901", "2024-12-31");
    assert_eq!(found(&lines, "hm-checked.once"), ("1 in 3/5..1", Status::AtRisk));
    // O4 has two; O5 and O6 may have.
    assert_eq!(found(&lines, "hm-checked.twice"), ("1/3 in 1/5..3/5", Status::Met));
}

#[test]
fn an_adjustment_holds_from_its_day_and_tells_what_was_before() {
    let before = measured(false, "9901", "2024-12-31");
    let after = measured(false, "9901", "2025-12-31");
    assert_eq!(found(&before, "hm-average."), ("22/3", Status::Missed));
    assert_eq!(found(&after, "hm-average."), ("22/3", Status::Met));
    let catalogue = load(&files());
    let plan = catalogue.find_plan("haichuan-more").unwrap();
    let target = |plan: &Plan| plan.targets[0].clone();
    assert_eq!(target(plan).said_in_full(), "平均每个社区7.5个（约束性，力争）");
    assert_eq!(target(plan), target(&plan.as_of(day("2024-12-31"))));
    let adjusted = target(&plan.as_of(day("2025-01-01")));
    assert_eq!(adjusted.said_in_full(), "平均每个社区7个（约束性，力争）");
    assert_eq!(adjusted.note, "中期调整：2025-01-01 起为“平均每个社区7个”，原为“平均每个社区7.5个”。");
    let days: Vec<_> = adjusted.aims.iter().map(|aim| aim.by.to_string()).collect();
    assert_eq!(days, ["2024-12-31", "2025-12-31"]);
}

#[test]
fn years_tasks_and_ops_are_said_as_data() {
    let catalogue = load(&files());
    let plan = catalogue.find_plan("haichuan-more").unwrap();
    let target = plan.targets.iter().find(|target| target.part == "year").unwrap();
    let days: Vec<_> = target.aims.iter().map(|aim| aim.by.to_string()).collect();
    assert_eq!(
        (days.as_slice(), target.yearly),
        (["2023-12-31", "2024-12-31", "2025-12-31"].map(str::to_owned).as_slice(), true)
    );
    assert_eq!(plan.tasks[0].answerable(), "市民政局（牵头）；市财政局、市审计局");
    assert_eq!(plan.tasks[0].rhythm(), "2023-03-01 起，每季度");
    for (word, less) in [(">= base", false), ("<= base", true), (">= previous", false), ("< previous", true)] {
        let op = Op::WORDS.iter().find(|(known, _)| *known == word).unwrap().1;
        assert_eq!((op.asks_for_less(), op.needs_value()), (less, false), "{word}");
    }
}

/// A quarter and a half-year begin with their first month; O9 was registered on 2025-04-01.
#[test]
fn quarters_and_half_years_end_with_the_day_measured() {
    let (catalogue, named) = (load(&files()), NamedChecks::default());
    let base = base(&catalogue, false);
    let plan = catalogue.find_plan("haichuan-more").unwrap();
    let indicator = catalogue.find_indicator("hm-founded").unwrap();
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2025-12-31"));
    let area = base.areas().find(&code("9901")).unwrap();
    let count = |part: &str, on: &str, plan: Option<&Plan>| {
        let measuring = Measuring { on: day(on), ..Measuring::new(&base, catalogue.words(), &named) };
        let part = indicator.find_part(part).unwrap();
        let job =
            Job { indicator, part, params: &params, area, start: None, others: Some(&catalogue), only: None, plan };
        said(&measuring.one(&job).at(area))
    };
    assert_eq!(
        ["2025-03-31", "2025-04-01", "2025-06-30", "2025-07-01"].map(|on| count("quarter", on, None)),
        ["0", "1", "1", "0"]
    );
    assert_eq!(["2025-03-31", "2025-06-30", "2025-07-01"].map(|on| count("half", on, None)), ["0", "1", "0"]);
    assert_eq!(count("plan", "2023-06-30", Some(plan)), "1");
    assert_eq!(count("plan", "2022-12-31", Some(plan)), "0");
    assert_eq!(count("plan", "2025-12-31", None), "no data");
}

/// A pack's own number of areas is entered in the register of figures without touching it.
#[test]
fn a_packs_own_number_of_areas_is_a_choice_of_the_register() {
    let catalogue = load(&files());
    let field = catalogue.find_register("area-figures").unwrap().find_field("figure").unwrap();
    let choices: Vec<_> = field.choices.iter().map(|choice| (choice.value.as_str(), choice.label.as_str())).collect();
    assert_eq!(choices[0], ("population", "常住人口"));
    assert_eq!(choices.iter().filter(|(value, _)| *value == "population").count(), 1);
    assert!(choices.contains(&("gdp", "地区生产总值（元）")), "{choices:?}");
    // Others' yes or no is no number.
    assert!(choices.iter().all(|(value, _)| *value != "fast_developing"));
    let words = &catalogue.words().find("area-figures.figure").unwrap().words;
    assert!(words.iter().any(|(word, _)| word == "gdp"));
}

/// What makes no sense is said where it stands.
#[test]
fn what_cannot_be_is_refused_with_what_to_write() {
    let (plan, more) = ("haichuan/plans/haichuan-more.toml", "haichuan/indicators/more.toml");
    for (path, right, wrong, what) in [
        (plan, "value = \"6.5\"", "value = \"6.5%\"", "数后面写的是别的单位"),
        (plan, "value = \"6.5\"", "value = \"约6\"", "这里应当是一个数"),
        (plan, "value = \"20%\"", "value = \"20元\"", "数后面写的是别的单位"),
        (plan, "from = 2024, to = 2025", "from = 2024, to = 2026", "不在规划期内"),
        (plan, "from = 2025-01-01", "from = 2026-01-01", "到期日应在调整之后"),
        (plan, "every = \"quarter\"", "every = \"week\"", "“every”不能是“week”"),
        (plan, "area = \"990101\"\nvalue", "area = \"99O101\"\nvalue", "请改正区划代码"),
        (more, "weight = 40", "weight = 41", "应当是 100"),
        (more, "full = \"75%\"", "full = \"75元\"", "这个数是别的单位"),
        (more, "per = \"100万元\"", "per = \"100%\"", "per 的单位与分母不同"),
        (more, "by = \"hc-checks.org\"\n", "", "不能按“社会组织”分组"),
        (more, "change = { of = \"hm-total\"", "change = { of = \"hm-more\"", "要用到它自己"),
        (more, "level = \"county\", at_least = 8", "level = \"county\", at_least = 8, below = 9", "写了几个要比的数"),
        (more, "in_quarter = ", "in_year = \"org.registered_on\", in_quarter = ", "写了几个时间范围"),
    ] {
        let mut all = files();
        let text = &mut all.0.iter_mut().find(|(known, _)| known == path).unwrap().1;
        assert!(text.contains(right), "{right}");
        *text = text.replacen(right, wrong, 1);
        let problems = Catalogue::load(&all, &NamedChecks::default()).unwrap_err();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(problems.iter().any(|line| line.starts_with(path) && line.contains(what)), "{wrong}: {problems:?}");
    }
}
