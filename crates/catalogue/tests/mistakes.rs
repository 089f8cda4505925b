//! One mistake gives one message that says what to do: not the hundred consequences, and never silence.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use std::path::Path;
use std::sync::LazyLock;

use catalogue::{Catalogue, Files, NamedChecks, Problem};

const PLAN: &str = "zhejiang/plans/zhejiang-governance.toml";
const INDICATORS: &str = "zhejiang/indicators/opinion.toml";

fn shipped() -> Files {
    static SHIPPED: LazyLock<Files> =
        LazyLock::new(|| Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")).unwrap());
    SHIPPED.clone()
}

/// What is said of the shipped catalogue with one file changed or added.
fn said(path: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let mut files = shipped();
    match files.0.iter_mut().find(|(known, _)| known == path) {
        Some((_, text)) => *text = change(text),
        None => files.0.push((path.to_owned(), change(""))),
    }
    let show = |found: &[Problem]| found.iter().map(ToString::to_string).collect();
    match Catalogue::load(&files, &NamedChecks::default()) {
        Ok(loaded) => show(loaded.warnings()),
        Err(found) => show(&found),
    }
}

#[test]
fn a_bracket_that_is_not_closed_is_one_problem() {
    let found = said(PLAN, |text| text.replacen("aims = [", "aims = [[", 1));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(PLAN) && found[0].contains("改好这一处再检查"), "{found:#?}");
}

#[test]
fn what_names_a_broken_indicator_is_no_second_problem() {
    let found = said(INDICATORS, |text| text.replacen("unit = \"", "unit = \"dozen-", 1));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(INDICATORS) && found[0].contains("dozen-"), "{found:#?}");
}

#[test]
fn a_table_of_clauses_without_its_heads_is_one_problem() {
    for text in ["编号,文件,题目,模块\n1,2,3,4\n5,6,7,8\n", "id;document;title;modules\na;b;c;d\n", "x,y\n"] {
        let found = said("zhejiang/clauses.csv", |_| text.to_owned());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("zhejiang/clauses.csv:1: 错误：第一行没有“id”"), "{found:#?}");
    }
    // What Excel writes before the first letter is no fault.
    assert!(said("zhejiang/clauses.csv", |_| "\u{feff}id,document,title,modules\n".to_owned()).is_empty());
}

#[test]
fn a_file_that_nobody_reads_is_said() {
    for path in
        ["zhejiang/plan/next.toml", "zhejiang/plans/next.toml.txt", "zhejiang/plans/next.TOML", "zhejiang/x.toml"]
    {
        let found = said(path, |_| "id = \"next\"\n".to_owned());
        assert!(found.len() == 1 && found[0].starts_with(path) && found[0].contains("没有读这个文件"), "{found:#?}");
    }
    assert!(said("zhejiang/plan/next.toml", |_| String::new())[0].contains("plans"));
    assert!(said("zhejiang/README.md", |_| "anything".to_owned()).is_empty());
}
