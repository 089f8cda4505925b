//! Every figure of the five documents (Annex A of the requirements) is in the packs, with its clause, in one place.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod plan_files;

use std::collections::BTreeSet;

use base::Fen;
use catalogue::plans::{Fraction, Worth};
use catalogue::{Unit, Value};
use plan_files::shipped;

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
    ("002-02e", &["至少建成一个  2020"]),
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
