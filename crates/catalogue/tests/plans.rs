//! Plans and indicators of the packs that ship: every figure of the five documents is in them, with its clause, in one place; every
//! baseline and regional difference; and whatever is wrong in a plan's file is named with its line.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use base::{AreaCode, Fen};
use catalogue::plans::{Formula, Fraction, Op, Take, Worth};
use catalogue::{Catalogue, Files, NamedChecks, Subject, Unit, Value};

fn files() -> Files {
    let mut files = Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")).unwrap();
    // Matters take seconds to resolve and have tests of their own.
    let parts =
        ["/plans/", "/indicators/", "/params", "/facts", "/registers/", "pack.toml", "clauses.csv", "lists.toml"];
    files.0.retain(|(path, _)| parts.iter().any(|part| path.contains(part)));
    for (_, text) in files.0.iter_mut().filter(|(path, _)| path.contains("/registers/")) {
        *text = text.lines().filter(|line| !line.starts_with("written_by")).collect::<Vec<_>>().join("\n");
        if !text.contains("enters") {
            *text = text.replacen("title_field", "enters = [\"supervision\"]\ntitle_field", 1);
        }
    }
    files
}

fn load(files: &Files) -> Result<Catalogue, String> {
    Catalogue::load(files, &NamedChecks::default())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn shipped() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> =
        LazyLock::new(|| load(&files()).unwrap_or_else(|problems| panic!("{problems}")));
    &SHIPPED
}

/// Everything in the packs that a figure can be, as clause and text.
fn ledger() -> Vec<(String, String)> {
    let mut all = Vec::new();
    documents(&mut all);
    plans(&mut all);
    params(&mut all);
    all
}

fn documents(all: &mut Vec<(String, String)>) {
    for pack in shipped().packs().iter() {
        for document in &pack.documents {
            let clause = format!("{}-00", document.id);
            let dates = [document.date, document.published, document.in_force]
                .into_iter()
                .flatten()
                .map(|date| date.to_string());
            let period = document.period.map(|(from, to)| format!("{}-{}", from.year(), to.year()));
            let texts = document.based_on.iter().cloned().chain([document.number.clone(), document.title.clone()]);
            all.extend(dates.chain(period).chain(texts).map(|text| (clause.clone(), text)));
        }
    }
}

fn plans(all: &mut Vec<(String, String)>) {
    for plan in shipped().plans() {
        for target in &plan.targets {
            for aim in &target.aims {
                let clauses = aim.clause.as_ref().map(|clause| clause.text.clone());
                let clauses: Vec<String> =
                    clauses.into_iter().chain(target.clauses.iter().map(|clause| clause.value.clone())).collect();
                let value = match &aim.value {
                    Some(Worth::Exact(number)) => written(*number, unit(&target.indicator.value, &target.part)),
                    Some(Worth::Param(name)) => name.value.clone(),
                    None => String::new(),
                };
                for clause in clauses {
                    all.push((clause.clone(), format!("{} {value} {}", aim.op.name(), aim.by.year())));
                    all.push((clause, target.said.clone()));
                }
            }
        }
        for base in &plan.baselines {
            all.push((base.clause.text.clone(), written(base.value, base.unit)));
            all.push((base.clause.text.clone(), base.said.clone()));
        }
        for stage in &plan.stages {
            all.push((stage.clause.text.clone(), format!("{} 阶段", stage.to.year())));
        }
        for (_, _, clause) in &plan.projects {
            all.push((clause.text.clone(), format!("{}个工程", plan.projects.len())));
        }
        all.push((format!("{}-00", plan.document), format!("{}项任务", plan.tasks.len())));
        for task in &plan.tasks {
            all.extend(task.clauses.iter().flat_map(|clause| {
                [(clause.value.clone(), task.note.clone()), (clause.value.clone(), format!("任务 {}", task.id))]
            }));
        }
        for remark in &plan.remarks {
            all.extend(remark.says.iter().map(|said| (said.clause.text.clone(), said.text.clone())));
        }
    }
    for register in shipped().registers() {
        for field in register.fields.iter().filter(|field| !field.choices.is_empty()) {
            all.extend(register.clauses.iter().map(|clause| (clause.clone(), format!("{}种", field.choices.len()))));
        }
    }
}

fn params(all: &mut Vec<(String, String)>) {
    let book = shipped().param_book();
    for name in book.names() {
        for (_, values) in book.set_by(name) {
            for dated in values {
                let text = match &dated.value {
                    Value::List(items) => format!("{}个 {}", items.len(), items.join("、")),
                    Value::Money(Fen(fen)) => format!("{} 元", fen / 100),
                    other => other.to_string(),
                };
                all.push((dated.clause.text.clone(), text));
            }
        }
    }
}

fn unit(indicator: &str, part: &str) -> Unit {
    let indicator = shipped().find_indicator(indicator).unwrap();
    indicator.find_part(part).unwrap_or(&indicator.parts[0]).unit
}

/// As the document writes it: percents of a hundred, money in yuan.
fn written(number: Fraction, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{}%", number * Fraction::whole(100)),
        Unit::Permyriad => format!("万分之{}", number * Fraction::whole(10_000)),
        Unit::Yuan => format!("{} 元", number.over(Fraction::whole(100)).unwrap()),
        _ => number.to_string(),
    }
}

/// Annex A of the requirements: every figure of the five documents that is not a slogan, with the clause that carries it.
const FIGURES: [(&str, &[&str]); 79] = [
    ("000-00", &["辽民发〔2022〕14号", "2022-05-08", "2021-2025", "（2035年）", "33项任务"]),
    ("000-I.0", &["26185", "6714", "104", "19367", "11330000000 元", "113.3亿元", "180000", "约18万人"]),
    ("000-I.1a", &["4个 registration", "不低于 100% 2025"]),
    ("000-I.2a", &["10", "10余个"]),
    ("000-I.2c", &["3个 社区"]),
    ("000-I.3a", &["4个 association_chamber", "1205", "70"]),
    ("000-I.3b", &["3", "3个自由贸易试验区片区"]),
    ("000-I.3c", &["120", "29", "653"]),
    ("000-I.3d", &["3个 法人登记证书"]),
    ("000-I.3e", &["1997"]),
    ("000-I.4c", &["2个 行政许可"]),
    ("000-I.4f", &["5129", "5115"]),
    ("000-I.5a", &["365", "316"]),
    ("000-I.5b", &["1414", "1010000000 元", "10.1亿元", "19167000 元", "1916.7万元", "1408000 元", "140.8万元", "110"]),
    ("000-I.5c", &["220000000 元", "2.2亿元", "280000000 元", "2.8亿元"]),
    ("000-I.5d", &["45000", "4.5万个"]),
    ("000-III.4d", &["不低于 245000 2025", "24.5万人"]),
    ("000-III.4f", &["不低于 25% 2025"]),
    ("000-III.4g", &["不低于 85% 2025", "85%以上"]),
    ("000-III.4h", &["不低于 10 2025", "不低于 3 2025"]),
    ("000-02a", &["等于 100% 2025"]),
    ("000-03a", &["3个 党组织负责人"]),
    ("000-04a", &["1个 三强三争创"]),
    ("000-06a", &["完成  2025", "2025年"]),
    ("000-11b", &["3个 association"]),
    ("000-14c", &["等于 100% 2025"]),
    ("000-18b", &["等于 100% 2025"]),
    ("000-26a", &["2021-2023"]),
    ("000-27c", &["3个 一圈"]),
    ("000-29c", &["5个 社区", "4个 邻里守望"]),
    ("001-00", &["2023-2025"]),
    ("001-I.0", &["4个工程"]),
    ("001-I.1a", &["不低于 15 2023", "不低于 20 2024", "不低于 20 2025"]),
    ("001-I.1b", &["不低于 45 2023", "不低于 50 2024", "不低于 50 2025"]),
    ("001-I.1c", &["不低于 1 2025"]),
    ("001-I.1d", &["超过 90% 2025"]),
    ("001-01a", &["任务 m-01"]),
    ("001-01b", &["10000 元", "20000 元", "30000 元"]),
    ("001-01c", &["50", "不高于 venture_labour_cap 2023"]),
    ("001-01d", &["3"]),
    ("001-01e", &["30", "不低于 purchase_floor 2025"]),
    ("001-03c", &["等于 100% 2025", "至少有1名"]),
    ("001-03d", &["12", "2"]),
    ("001-04a", &["4个 association_chamber", "3个 charity"]),
    ("001-05d", &["3", "等于 100% 2025"]),
    ("001-05e", &["等于 100% 2025"]),
    ("001-08d", &["4个 “双随机”抽查"]),
    ("001-09a", &["2个 成立登记"]),
    ("001-09b", &["是"]),
    ("001-10e", &["不低于 500 2025", "不低于 60 2025", "超过 90% 2025"]),
    ("001-11d", &["2个 老年人"]),
    ("001-13a", &["2个 孵化基地"]),
    ("001-14a", &["6个 registration", "等于 100% 2025"]),
    ("002-00", &["2018-07-05", "2018-06-20", "2018-08-01", "67号"]),
    ("002-02a", &["10", "等于 100% 2020"]),
    ("002-02b", &["不低于 150000 2020", "不低于 15 2020", "不低于 5 2020"]),
    ("002-02c", &["1", "不低于 basically_percent 2020"]),
    ("002-02d", &["不低于 100/3% 2020", "三分之一"]),
    ("002-02e", &["有  2020"]),
    ("002-02f", &["不低于 50% 2020", "等于 100% 2020"]),
    ("002-02g", &["不低于 万分之5 2020", "不低于 13% 2020", "0.05%"]),
    ("002-02h", &["3个 社区"]),
    ("002-09a", &["4个 association_chamber", "67号"]),
    ("002-13c", &["不低于 1 2018", "不低于 1 2019", "不低于 1 2020"]),
    ("002-14a", &["等于 100% 2018", "等于 100% 2019", "一窗受理", "一站受理"]),
    ("002-16a", &["“96345”"]),
    ("002-18a", &["40"]),
    ("002-22a", &["3个 同步孵化"]),
    ("002-25", &["2018年8月1日"]),
    ("003-00", &["2021-2025", "（2035年）"]),
    ("003-B1a", &["2021—2023"]),
    ("003-C1c", &["3个 由省民政厅"]),
    ("003-D1c", &["2021-2023"]),
    ("003-P4", &["不低于 30 2025", "12种"]),
    ("004-00", &["辽民社函〔2021〕158号", "2021-12-28", "2021-2023", "22项任务"]),
    ("004-I.2", &["10", "3", "等于 100% 2023"]),
    ("004-III.1c", &["不低于 40% 2021", "不低于 25% 2021"]),
    ("004-III.2b", &["不低于 80% 2022", "不低于 70% 2022"]),
    ("004-A2.3b", &["不低于 50 2023", "不低于 80 2023"]),
];

/// The rest of Annex A, for 003 and 004.
const MORE: [(&str, &[&str]); 8] = [
    ("003-C2a", &["3个 association"]),
    ("003-D1a", &["4个 association_chamber"]),
    ("003-P1a", &["4个工程", "低于基期  2025"]),
    ("003-P3", &["2021-2023", "四项计划"]),
    ("004-III.3b", &["等于 100% 2023"]),
    ("004-A1.3c", &["5个 社区"]),
    ("004-A2.1c", &["等于 100% 2023"]),
    ("004-A2.2a", &["5个 社区"]),
];

/// A number must stand there alone, words only somewhere.
fn fits(text: &str, wanted: &str) -> bool {
    text == wanted || (wanted.chars().any(|c| !c.is_ascii_digit()) && text.contains(wanted))
}

#[test]
fn every_figure_of_the_five_documents_is_in_the_packs() {
    let ledger = ledger();
    let mut lost = Vec::new();
    for (clause, figures) in FIGURES.iter().chain(&MORE) {
        assert!(shipped().clauses().contains_key(*clause), "{clause}");
        for figure in *figures {
            let found = ledger.iter().any(|(at, text)| at == clause && fits(text, figure));
            if !found {
                let there: Vec<&str> =
                    ledger.iter().filter(|(at, _)| at == clause).map(|(_, text)| text.as_str()).collect();
                lost.push(format!("{clause}: {figure} is not among {there:?}"));
            }
        }
    }
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
    // The thresholds of the special action stand once, whatever the number of clauses that repeat them.
    for (name, number) in [("community_orgs_urban_min", 10), ("community_orgs_rural_min", 3)] {
        let set: Vec<_> = shipped().param_book().set_by(name).flat_map(|(_, values)| values).collect();
        assert_eq!(set.iter().map(|dated| &dated.value).collect::<Vec<_>>(), [&Value::Int(number)]);
    }
    let (four_plans, sixteen) = {
        let plan = shipped().find_plan("liaoning-community-action").unwrap();
        (plan.projects.len(), plan.tasks.iter().filter(|task| task.id.starts_with('a')).count())
    };
    assert_eq!((four_plans, sixteen), (4, 16));
}

/// A number is said once: no clause has the same aim for the same indicator and day in two places.
#[test]
fn no_number_is_said_twice() {
    let mut seen = BTreeSet::new();
    for plan in shipped().plans() {
        for target in &plan.targets {
            for aim in &target.aims {
                let key = (target.indicator.value.clone(), target.part.clone(), aim.by, aim.area.clone());
                assert!(seen.insert(key), "{} {}", target.indicator.value, aim.by);
            }
        }
        let ids: BTreeSet<&str> = plan.baselines.iter().map(|base| base.id.as_str()).collect();
        assert_eq!(ids.len(), plan.baselines.len());
    }
}

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

#[test]
fn whatever_is_wrong_in_a_plan_is_named_with_its_line_and_what_to_do() {
    let plan = "longgang/plans/longgang-cultivation.toml";
    let indicators = "longgang/indicators/plan.toml";
    let cases = [
        (plan, "clauses = [\"001-I.1a\"]", "clauses = [\"001-I.1x\"]", "没有条款“001-I.1x”", "是不是“001-I.1"),
        (plan, "indicator = \"lg-01\"", "indicator = \"lg-91\"", "没有名为“lg-91”的指标", "是不是“lg-"),
        (plan, "op = \">=\"", "op = \"=>\"", "“op”不能是“=>”", "可用：>="),
        (plan, "value = 15 }", "value = { part = 1, of = 3 } }", "只有占比能写成几分之几", "请写整数"),
        (
            plan,
            "value = 15 }",
            "value = { param = \"purchase_floor\" } }",
            "单位是 percent，这里要 count",
            "请换一个参数",
        ),
        (plan, "by = 2023-12-31, value = 15", "by = 2026-12-31, value = 15", "不在规划期内", "请改正日期"),
        (plan, "project = \"support\"", "project = \"suport\"", "没有名为“suport”的工程", "是不是“support”"),
        (plan, "op = \"> base\"", "op = \">=\"", "要有数值", "请写 value"),
        (plan, "document = \"001\"", "document = \"011\"", "没有文件“011”", "是不是“001”"),
        (plan, "settled = ", "setled = ", "缺少“settled”", "请补上"),
        (
            indicators,
            "fact = \"org.grade\", ge = 3",
            "fact = \"org.grad\", ge = 3",
            "没有名为“org.grad”的事实",
            "是不是“org.grade”",
        ),
        (indicators, "unit = \"percent\"", "unit = \"yuan\"", "得不出单位 yuan", "可用：percent"),
        (
            indicators,
            "in_year = \"org.first_3a_on\"",
            "in_year = \"org.grade\"",
            "in_year要用日期的事实",
            "请换一个事实",
        ),
        (
            indicators,
            "of = \"register:incubation-bases\"",
            "of = \"register:bases\"",
            "没有名为“bases”的名册",
            "请先声明",
        ),
        (
            indicators,
            "count = { of = \"organization\", where = { fact = \"org.alive\"",
            "count = { of = \"person\", where = { fact = \"org.alive\"",
            "说的是社会组织，这里统计的是人员",
            "改正 of",
        ),
        (
            indicators,
            "within = \"registered_in\"",
            "within = \"anywhere\"",
            "“within”不能是“anywhere”",
            "可用：registered_in",
        ),
        (
            indicators,
            "gates = { param = \"party_sync_gates\" }",
            "gates = [\"birth\"]",
            "没有“birth”这个取值",
            "请先声明",
        ),
        (
            indicators,
            "share = { of = \"organization\", among",
            "portion = { of = \"organization\", among",
            "没有写计算方法",
            "count、sum、share",
        ),
    ];
    for (path, from, to, what, next) in cases {
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
