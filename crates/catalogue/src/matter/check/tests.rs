//! The documented example is sound, and each way of breaking it is reported at its line.
use super::*;

const FORMAT: &str = include_str!("../../../../../docs/matter-format.md");

fn example() -> &'static str {
    FORMAT.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

fn problems_of(text: &str) -> Vec<String> {
    let problems = Problems::new();
    let root = Node::parse("kite.toml", text, &problems);
    let known = Known {
        desks: ["applicant", "intake", "review", "decision", "supervisor", "party"].into(),
        matters: ["found-kite-club"].into(),
        registers: ["kites"].into(),
    };
    if let Some(matter) = Matter::read(&root, &problems) {
        matter.check(&root, &Params::default(), &known, &problems);
    }
    problems.into_sorted().iter().map(ToString::to_string).collect()
}

#[test]
fn the_documented_example_is_sound() {
    assert_eq!(problems_of(example()), Vec::<String>::new());
}

#[test]
fn each_mistake_is_named() {
    let mistakes = [
        ("fee = \"不收费\"", "fee = \"\"", "“fee”是空的"),
        ("code = \"YZ-0001\"", "code = \"YZ-0001\"\ncolour = 1", "colour"),
        ("then = { join = \"review\" }", "then = { join = \"nowhere\" }", "没有名为“nowhere”的环节"),
        ("then = { open = [\"decide\"] }", "then = \"stay\"", "没有通路到达环节“决定”"),
        ("then = { open = [\"decide\"] }", "then = \"stay\"", "环节“审查”出不去"),
        ("then = { end = \"refused\" }", "then = { end = \"rejected\" }", "没有操作通向“不予登记”"),
        ("promised = { calendar_days = 30 }", "promised = { calendar_days = 61 }", "承诺时限 61 超过法定时限 60"),
        ("promised = { calendar_days = 30 }", "promised = { working_days = 30 }", "单位不同"),
        ("desk = \"party\"", "desk = \"partei\"", "没有名为“partei”的岗位"),
        ("id = \"capital\"", "id = \"org_name\"", "“org_name”重复"),
        ("taken_by = { answer = \"registrar_area\" }", "taken_by = { answer = \"capital\" }", "类型不合适"),
        ("refers_to = \"supervisor\"\n", "", "organization 要写 refers_to"),
        ("shows = [\"org_name\"]", "shows = [\"chair\"]", "含个人信息，不能公开"),
        ("needs = [\"corrections\"]", "needs = [\"reason\"]", "needs 要有 corrections"),
        ("distinct_from = [\"review\"]", "distinct_from = [\"reviw\"]", "没有名为“reviw”的环节"),
        ("place = { beside = \"party\" }", "place = { beside = \"partie\" }", "没有名为“partie”的环节"),
        (
            "{ open = [\"supervise\", \"party\"] }",
            "{ open = [\"supervise\", \"party\", \"review\"] }",
            "又等待同时打开的环节汇合",
        ),
        ("kind = \"withdrawn\"", "kind = \"terminated\"", "没有 kind = \"withdrawn\" 的办理结果"),
        ("extension = {", "# extension = {", "不能延长"),
        ("desk = \"party\"", "desk = \"party\"\notherwise = [{ text = \"不需要\" }]", "otherwise 永远用不到"),
        ("feeds = \"name\"", "help = \"名称\"", "feeds = Name"),
    ];
    for (from, to, expected) in mistakes {
        assert!(example().contains(from), "{from}");
        let found = problems_of(&example().replace(from, to));
        let hit = found.iter().find(|problem| problem.contains(expected));
        assert!(hit.is_some(), "{to}: {found:#?}");
        assert!(hit.is_some_and(|hit| !hit.starts_with("kite.toml:0:") && hit.starts_with("kite.toml:")), "{hit:?}");
    }
}
