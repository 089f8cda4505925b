//! The pack that `yishe catalogue new-pack` writes: it loads beside the shipped ones as it is; and every mistake a contractor is likely
//! to make while filling it in is named with file, line, what is wrong and what to do.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use std::path::Path;
use std::sync::LazyLock;

use catalogue::{Catalogue, Files, NamedChecks, NewPack};

/// The national pack with its clauses; the matters, which take seconds to resolve, are tested where they are resolved.
fn files() -> Files {
    static NATIONAL: LazyLock<Files> = LazyLock::new(|| {
        let mut files = Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")).unwrap();
        let kept = ["/params", "/facts", "/pack.toml", "/lists.toml", "/desks.toml"];
        files.0.retain(|(path, _)| {
            path == "clauses.csv" || path.starts_with("national/") && kept.iter().any(|part| path.contains(part))
        });
        files
    });
    NATIONAL.clone()
}

fn pack(id: &str, area: &str) -> Vec<(String, String)> {
    NewPack::new(id, area.parse().unwrap(), "云溪市", 2026).unwrap().files()
}

fn load(own: Vec<(String, String)>) -> Result<Catalogue, String> {
    let mut all = files();
    all.0.extend(own);
    Catalogue::load(&all, &NamedChecks::default())
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

#[test]
fn it_loads_as_it_is_for_every_level() {
    for (id, area) in [("yun", "99"), ("yunxi", "9901"), ("yun-xi-3", "990101")] {
        let loaded = load(pack(id, area)).unwrap_or_else(|found| panic!("{found}"));
        assert!(loaded.warnings().is_empty(), "{:?}", loaded.warnings());
        let plan = loaded.find_plan(&format!("{id}-plan")).unwrap();
        assert_eq!((plan.targets.len(), plan.tasks.len(), plan.stages.len()), (3, 1, 1));
        assert_eq!(plan.area.to_string(), area);
    }
}

/// Two new packs at once do not stand in each other's way.
#[test]
fn two_of_them_load_together() {
    let own = [pack("yunxi", "9901"), pack("haichuan", "9902")].concat();
    load(own).unwrap_or_else(|found| panic!("{found}"));
}

/// What is shown as an example works once it is taken out of its comment.
#[test]
fn the_examples_in_comments_work() {
    let mut own = pack("yunxi", "9901");
    for (path, text) in &mut own {
        let examples = ["facts.toml", "plans/yunxi-plan.toml"];
        if examples.iter().any(|end| path.ends_with(end)) {
            let lines = text.lines().map(|line| {
                let bare = line.strip_prefix("# ").unwrap_or(line);
                let code = bare.starts_with("[[") || bare.split_once('=').is_some_and(|(key, _)| key.trim().is_ascii());
                if code { bare } else { line }
            });
            *text = lines.collect::<Vec<_>>().join("\n");
        }
    }
    let loaded = load(own).unwrap_or_else(|found| panic!("{found}"));
    let plan = loaded.find_plan("yunxi-plan").unwrap();
    assert_eq!((plan.baselines.len(), plan.remarks.len()), (1, 1));
    assert!(loaded.words().find("area.elderly").is_some());
}

const PACK: &str = "yunxi/pack.toml";
const CLAUSES: &str = "yunxi/clauses.csv";
const PARAMS: &str = "yunxi/params.toml";
const REGISTER: &str = "yunxi/registers/yunxi-bases.toml";
const INDICATORS: &str = "yunxi/indicators/yunxi.toml";
const PLAN: &str = "yunxi/plans/yunxi-plan.toml";

/// File, what is written, what somebody writes instead; what is said of it, and what to do.
const SLIPS: &[(&str, &str, &str, &str, &str)] = &[
    (PACK, "level = \"city\"", "level = \"shi\"", "“level”不能是“shi”", "可用："),
    (PACK, "area  = \"9901\"", "area  = \"99o1\"", "99o1", "县 6 位"),
    (PACK, "name  = \"云溪市\"", "name  = 云溪市", "", ""),
    (PACK, "id    = \"yunxi\"\n", "", "缺少“id”", "请补上"),
    (PACK, "title  =", "titel  =", "缺少“title”", "请补上"),
    (PACK, "to = 2028-12-31", "to = 2028-13-31", "", ""),
    (CLAUSES, "id,document,title,modules", "编号,文件,要求,模块", "", "id,document,title,modules"),
    (CLAUSES, "yunxi-1b,yunxi", "yunxi-1a,yunxi", "条款“yunxi-1a”重复", "请删去一行"),
    (CLAUSES, "yunxi-2a,yunxi", "yunxi-2b,yunxi", "没有条款“yunxi-2a”", "是不是“yunxi-"),
    (PARAMS, "unit  = \"yuan\"", "unit  = \"元\"", "“unit”不能是“元”", "可用："),
    (PARAMS, "confidence = \"V\"", "confidence = \"确定\"", "不能是“确定”", "可用："),
    (PARAMS, "value = 50000", "value = \"5万\"", "", ""),
    (REGISTER, "kind = \"yes_no\"", "kind = \"bool\"", "bool", ""),
    (REGISTER, "enters      = [\"supervision\"]", "enters = [\"民政局\"]", "民政局", ""),
    (REGISTER, "title_field = \"name\"", "title_field = \"title\"", "title", ""),
    (INDICATORS, "fact = \"org.alive\"", "fact = \"org.alife\"", "没有名为“org.alife”的事实", "是不是“org.alive”"),
    (INDICATORS, "unit    = \"percent\"", "unit    = \"count\"", "得不出单位 count", "可用：percent"),
    (INDICATORS, "register:yunxi-bases", "register:bases", "没有名为“bases”的名册", "请先声明"),
    (INDICATORS, "id      = \"yunxi-02\"", "id      = \"yunxi-01\"", "yunxi-01", ""),
    (PLAN, "op        = \">=\"", "op        = \"≥\"", "“op”不能是“≥”", "可用：>="),
    (PLAN, "indicator = \"yunxi-01\"", "indicator = \"yunxi-1\"", "没有名为“yunxi-1”的指标", "是不是“yunxi-"),
    (PLAN, "value = 30 }", "value = 0.3 }", "", ""),
    (PLAN, "by = 2028-12-31, value = 30", "by = 2029-12-31, value = 30", "不在规划期内", "请改正日期"),
    (PLAN, "id       = \"yunxi-plan\"", "id       = \"plan\"", "", ""),
    (PLAN, "stage      = \"build\"", "stage      = \"建设阶段\"", "没有名为“建设阶段”的阶段", ""),
    (PLAN, "owners     =", "owner      =", "owner", ""),
];

#[test]
fn what_a_contractor_gets_wrong_is_named_with_its_line_and_what_to_do() {
    let mut bad = Vec::new();
    for (path, from, to, what, next) in SLIPS {
        let mut own = pack("yunxi", "9901");
        let text = &mut own.iter_mut().find(|(name, _)| name == path).unwrap().1;
        assert!(text.contains(from), "{path} has no {from}");
        *text = text.replacen(from, to, 1);
        let Err(found) = load(own) else {
            bad.push(format!("{path} {to}: nothing said"));
            continue;
        };
        // File, line, a sentence with what is wrong, and after it one that says what to do.
        let good = found.lines().any(|said| {
            let Some((place, text)) = said.split_once(": 错误：") else { return false };
            let placed = place
                .rsplit_once(':')
                .is_some_and(|(file, line)| !file.is_empty() && (line != "0" || !file.contains(".csv")));
            placed
                && said.contains(what)
                && text.split_once('。').is_some_and(|(_, rest)| !rest.is_empty() && rest.contains(next))
        });
        let near = found
            .lines()
            .any(|said| said.starts_with(&format!("{path}:")) || *path == CLAUSES && said.starts_with("yunxi/"));
        if !good || !near {
            bad.push(format!("{path} {to}\n{found}"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n\n"));
}
