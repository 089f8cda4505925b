//! Plans and indicators of the packs that ship: every baseline and regional difference; and whatever is wrong in a plan's file is
//! named with its line.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod plan_files;

use base::{AreaCode, Fen};
use catalogue::plans::{Formula, Fraction, Op, Take};
use catalogue::{Subject, Value};
use plan_files::{files, load, shipped};

#[test]
fn the_twenty_six_baselines_are_loaded_and_the_three_kinds_make_the_sum() {
    let plan = shipped().find_plan("liaoning-14th").unwrap();
    let value = |id: &str| plan.baselines.iter().find(|base| base.id == id).unwrap().value;
    assert!((1..=26).all(|n| plan.baselines.iter().any(|base| base.id == format!("b-{n:02}"))));
    assert_eq!(value("b-01"), value("b-02") + value("b-03") + value("b-04"));
    assert_eq!(value("b-11-share"), Fraction::new(120, 26_185).unwrap());
    assert_eq!(value("b-20"), Fraction::whole(101_000_000_000), "10.1 亿元 in fen");
    let start = |indicator: &str| plan.baseline_of(indicator, "").map(|base| base.id.clone());
    assert_eq!(start("ln-01").as_deref(), Some("b-01"));
    assert_eq!(start("ln-04").as_deref(), Some("b-06"));
    assert_eq!(start("ln-05").as_deref(), Some("b-05"));
    // Only Liaoning's plan states baselines.
    assert!(shipped().plans().filter(|plan| plan.id != "liaoning-14th").all(|plan| plan.baselines.is_empty()));
}

/// Table 2.19: what a configuration must carry.
#[test]
fn the_regions_differ_as_their_documents_do() {
    let at = |area: &str, name: &str, day: &str| {
        let ancestry = area.parse::<AreaCode>().unwrap().ancestry();
        shipped().param(name, &ancestry, day.parse().unwrap()).map(|param| param.value)
    };
    let text = |value: &str| Some(Value::Text(value.to_owned()));
    assert_eq!(at("210102", "abnormal_list_name", "2023-06-01"), text("活动异常名录"));
    assert_eq!(at("330106", "serious_list_name", "2023-06-01"), text("黑名单"));
    assert_eq!(at("330383", "serious_list_name", "2023-06-01"), text("严重违法失信名单"));
    assert_eq!(at("440304", "serious_list_name", "2023-06-01"), text("严重违法失信名单"));
    assert_eq!(at("330383", "registrar_name", "2023-06-01"), text("市社会事业局"));
    let count = |area: &str, name: &str| match at(area, name, "2023-06-01") {
        Some(Value::List(items)) => items.len(),
        _ => 0,
    };
    assert_eq!((count("2101", "party_sync_gates"), count("330383", "party_sync_gates")), (4, 6));
    assert_eq!((count("3301", "linkage_roles"), count("2101", "linkage_roles")), (3, 5));
    assert_eq!(at("330383", "first_grade_award.5a", "2024-01-01"), Some(Value::Money(Fen::yuan(30_000))));
    assert_eq!(at("330106", "first_grade_award.5a", "2024-01-01"), None);
    let op = |plan: &str, indicator: &str| {
        let plan = shipped().find_plan(plan).unwrap();
        plan.targets.iter().find(|target| target.indicator.value == indicator).unwrap().op
    };
    assert_eq!((op("liaoning-14th", "ln-07"), op("longgang-cultivation", "lg-07")), (Op::AtLeast, Op::Above));
    assert_eq!(shipped().find_plan("longgang-cultivation").unwrap().tasks[0].owners.len(), 3);
    let draft = shipped().packs().find("longgang").unwrap().documents[0].state;
    assert_eq!(draft, catalogue::DocumentState::Draft);
    // Average and each: two indicators.
    let each = shipped().find_indicator("lc-urban").unwrap();
    assert!(matches!(&each.parts[0].formula, Formula::Groups(groups) if matches!(groups.take, Take::Share(_))));
    assert!(matches!(shipped().find_indicator("ln-08").unwrap().parts[0].formula, Formula::Ratio { .. }));
}

/// Annex B: both values are kept, and how it was settled is said.
#[test]
fn contradictions_are_kept_visibly() {
    let remarks: Vec<_> = shipped().plans().flat_map(|plan| &plan.remarks).collect();
    assert!(remarks.len() >= 25);
    assert!(remarks.iter().all(|remark| !remark.says.is_empty() && !remark.settled.is_empty()));
    let find = |id: &str| remarks.iter().find(|remark| remark.id == id).unwrap();
    let clauses = |id: &str| find(id).says.iter().map(|said| said.clause.text.as_str()).collect::<Vec<_>>();
    assert_eq!(clauses("flow-or-stock"), ["001-I.1a", "001-10e"]);
    assert_eq!(clauses("two-wordings"), ["001-I.1d", "001-10e"]);
    assert!(clauses("average-or-each").contains(&"000-III.4h"));
}

/// What the checker says, at its line, when one file is changed.
fn spoiled(path: &str, from: &str, to: &str) -> String {
    let mut files = files();
    let text = &mut files.0.iter_mut().find(|(name, _)| name == path).unwrap().1;
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
    load(&files).err().unwrap_or_default()
}

const PLAN: &str = "longgang/plans/longgang-cultivation.toml";
const INDICATORS: &str = "longgang/indicators/plan.toml";

/// File, what is written, what somebody writes instead; what is said of it, and what to do.
const SLIPS: &[(&str, &str, &str, &str, &str)] = &[
    (PLAN, "clauses = [\"001-I.1a\"]", "clauses = [\"001-I.1x\"]", "没有条款“001-I.1x”", "是不是“001-I.1"),
    (PLAN, "indicator = \"lg-01\"", "indicator = \"lg-91\"", "没有名为“lg-91”的指标", "是不是“lg-"),
    (PLAN, "indicator = \"lg-05\"", "indicator = \"ln-01\"", "属于政策包“liaoning-plan”", "请在本政策包里另写一个指标"),
    (PLAN, "op = \">=\"", "op = \"=>\"", "“op”不能是“=>”", "可用：>="),
    (PLAN, "value = 15 }", "value = \"15%\" }", "数后面写的是别的单位", "请写整数"),
    (PLAN, "value = 15 }", "value = { param = \"purchase_floor\" } }", "单位是 percent，这里要 count", "请换一个参数"),
    (PLAN, "by = 2023-12-31, value = 15", "by = 2026-12-31, value = 15", "不在规划期内", "请改正日期"),
    (PLAN, "project = \"support\"", "project = \"suport\"", "没有名为“suport”的工程", "是不是“support”"),
    (PLAN, "op = \"> base\"", "op = \">=\"", "要有数值", "请写 value"),
    (PLAN, "document = \"001\"", "document = \"011\"", "没有文件“011”", "是不是“001”"),
    (PLAN, "settled = ", "setled = ", "缺少“settled”", "请补上"),
    (
        INDICATORS,
        "fact = \"org.grade\", ge = 3",
        "fact = \"org.grad\", ge = 3",
        "没有名为“org.grad”的事实",
        "是不是“org.grade”",
    ),
    (INDICATORS, "unit = \"percent\"", "unit = \"yuan\"", "得不出单位 yuan", "可用：percent"),
    (INDICATORS, "in_year = \"org.first_3a_on\"", "in_year = \"org.grade\"", "in_year要用日期的事实", "请换一个事实"),
    (INDICATORS, "of = \"register:incubation-bases\"", "of = \"register:bases\"", "没有名为“bases”的名册", "请先声明"),
    (
        INDICATORS,
        "count = { of = \"organization\", where = { fact = \"org.alive\"",
        "count = { of = \"person\", where = { fact = \"org.alive\"",
        "说的是社会组织，这里统计的是人员",
        "改正 of",
    ),
    (
        INDICATORS,
        "within = \"registered_in\"",
        "within = \"anywhere\"",
        "“within”不能是“anywhere”",
        "可用：registered_in",
    ),
    (INDICATORS, "gates = { param = \"party_sync_gates\" }", "gates = [\"birth\"]", "没有“birth”这个取值", "请先声明"),
    (
        INDICATORS,
        "share = { of = \"organization\", among",
        "portion = { of = \"organization\", among",
        "没有写计算方法",
        "count、sum、share",
    ),
];

#[test]
fn whatever_is_wrong_in_a_plan_is_named_with_its_line_and_what_to_do() {
    for (path, from, to, what, next) in SLIPS {
        let found = spoiled(path, from, to);
        let line =
            found.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{to}: no “{what}” in\n{found}"));
        assert!(line.contains(next), "{line}");
        let (place, _) = line.split_once(": 错误：").unwrap();
        let (file, number) = place.rsplit_once(':').unwrap();
        assert!(file.contains(".toml") && number.parse::<u32>().unwrap() > 0, "{line}");
    }
}

#[test]
fn two_plans_may_not_set_the_same_target() {
    let mut files = files();
    let text = files.0.iter().find(|(path, _)| path == "zhejiang/plans/zhejiang-governance.toml").unwrap().1.clone();
    files.0.push((
        "zhejiang/plans/again.toml".into(),
        text.replace("id       = \"zhejiang-governance\"", "id = \"again\""),
    ));
    let found = load(&files).unwrap_err();
    assert!(found.contains("规划“again”和“zhejiang-governance”都给指标“zj-01”定了 2020-12-31 的目标"), "{found}");
    // Two packs of one area: the later one may, if it says so.
    let found = spoiled("liaoning-community/pack.toml", "after = [\"liaoning-plan\"]", "after = []");
    assert!(found.contains("linkage_roles"), "{found}");
}

#[test]
fn what_nobody_supplies_and_what_nobody_asks_for_is_said() {
    let part = |id: &str| &shipped().find_indicator(id).unwrap().parts[0];
    let lacking = |id: &str| shipped().unsupplied(part(id)).iter().map(|fact| fact.name.as_str()).collect::<Vec<_>>();
    assert_eq!(lacking("ln-01"), Vec::<&str>::new());
    assert_eq!(lacking("ln-07"), ["org.bad_credit", "org.governance_gaps"]);
    assert!(shipped().warnings().is_empty(), "{:?}", shipped().warnings());
    let mut files = files();
    let text = &mut files.0.iter_mut().find(|(path, _)| path == "shenzhen/plans/shenzhen-14th.toml").unwrap().1;
    *text = text.replacen("indicator = \"sz-04\"", "indicator = \"sz-01\"\npart = \"fields\"", 1);
    let warnings = load(&files).unwrap().warnings().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(warnings.iter().any(|line| line.contains("提醒：指标“sz-04”没有一个规划用到")), "{warnings:?}");
}

#[test]
fn every_fact_an_indicator_needs_says_who_supplies_it() {
    for indicator in shipped().indicators() {
        for (subject, name) in indicator.parts.iter().flat_map(|part| part.formula.facts()) {
            let fact = shipped().words().find(&name).unwrap();
            assert_eq!(fact.subject.as_ref(), Some(&subject), "{name}");
            assert!(!fact.supplier.is_empty() && !fact.title.is_empty(), "{name}");
            let own = matches!(subject, Subject::Register(_));
            assert!(!fact.note.is_empty() || own, "{name} says what it means");
        }
    }
}
