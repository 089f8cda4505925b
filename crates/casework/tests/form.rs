//! The form on the invented matter: posted text, faults, pages, summary, words of status.
mod kite;

use casework::{Answers, CaseFacts, Posted, Status, draft_status, parse_form};
use kite::*;
use serde_json::json;

fn posted(pairs: &[(&str, &str)]) -> Posted {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
}

fn faults(world: &World, answers: &Answers) -> Vec<(String, String)> {
    let facts = NoFacts(date("2026-03-02"));
    let facts = CaseFacts { outer: &facts, matter: &world.matter, answers, opinions: &[], today: date("2026-03-02") };
    let faults = world.rules().form_faults(&facts, |_| true);
    faults.into_iter().map(|fault| (fault.field, fault.message)).collect()
}

#[test]
fn posted_text_becomes_typed_answers() {
    let world = World::new();
    let posted = posted(&[
        ("org_name", "　云州青云风筝会 "),
        ("registrar_area", "980102"),
        ("direct", "否"),
        ("capital", "３万元"),
        ("chair.name", "赵风"),
        ("chair.phone", "１３８００１３８０００"),
        ("founders.0.who.name", "赵风"),
        ("founders.0.share", "1,000.50"),
        ("founders.7.who.name", "钱云"),
        ("founders.9.share", "很多"),
    ]);
    let (answers, faults) = parse_form(world.matter.fields(), &posted);
    assert_eq!(answers.find("org_name"), Some(&json!("云州青云风筝会")));
    assert_eq!(answers.find("capital"), Some(&json!(3_000_000)));
    assert_eq!(answers.find("direct"), Some(&json!(false)));
    assert_eq!(answers.find("chair"), Some(&json!({ "name": "赵风", "phone": "13800138000" })));
    let rows = json!([{ "who": { "name": "赵风" }, "share": 100_050 }, { "who": { "name": "钱云" } }, {}]);
    assert_eq!(answers.find("founders"), Some(&rows), "gaps close; a row that cannot be read is kept");
    let found: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.next.as_str())).collect();
    assert_eq!(found, [("founders.9.share", "请填写金额，如 30000 或 3万，最多两位小数")]);
}

#[test]
fn each_kind_of_answer_is_judged() {
    let world = World::new();
    assert_eq!(faults(&world, &answers()), []);
    let mistakes = [
        ("org_name", json!("风".repeat(201)), "超过 200 个字"),
        ("registrar_area", json!("9801"), "没有选到县（市、区）"),
        ("direct", json!("maybe"), "填写的内容读不出来"),
        ("supervisor", json!({ "id": "x", "name": "某局" }), "没有选定单位"),
        ("capital", json!(999_999), "活动资金太少"),
        ("founders", json!([{ "who": answers().0["chair"] }]), "少于 3 行"),
        ("truth", json!(false), "还没有同意这一声明"),
    ];
    for (field, answer, message) in mistakes {
        let mut answers = answers();
        answers.put(field, answer);
        assert_eq!(faults(&world, &answers), [(field.to_owned(), message.to_owned())]);
    }
}

#[test]
fn a_citizen_page_has_at_most_five_inputs() {
    let world = World::new();
    for section in &world.matter.sections {
        let pages = section.pages();
        let fields: usize = pages.iter().map(|page| page.fields.len()).sum();
        assert_eq!(fields, section.fields.len());
        assert!(pages.iter().all(|page| page.fields.iter().map(|field| field.inputs()).sum::<usize>() <= 5));
    }
    assert_eq!(world.matter.sections[0].pages().len(), 2, "the name stands alone, the other four share a page");
}

#[test]
fn the_summary_masks_personal_values() {
    let world = World::new();
    let (answers, nothing) = (answers(), NoFacts(date("2026-03-02")));
    let facts = CaseFacts {
        outer: &nothing,
        matter: &world.matter,
        answers: &answers,
        opinions: &[],
        today: date("2026-03-02"),
    };
    let text = |reveal| format!("{:?}", world.rules().summary(&facts, |_| true, reveal));
    let masked = text(false);
    assert!(masked.contains("3 万元") && masked.contains("云州市体育局") && masked.contains("赵*"), "{masked}");
    assert!(!masked.contains("11010519491231002X") && !masked.contains("13800138000"), "{masked}");
    assert!(text(true).contains("13800138000"));
}

#[test]
fn a_draft_is_never_called_finished() {
    let world = World::new();
    let nothing = NoFacts(date("2026-03-02"));
    let status = |filing: &casework::Filing| {
        let facts = CaseFacts {
            outer: &nothing,
            matter: &world.matter,
            answers: &filing.answers,
            opinions: &[],
            today: date("2026-03-02"),
        };
        draft_status(&world.rules(), filing, &facts)
    };
    let mut empty = filing();
    empty.answers = Answers::default();
    empty.materials.clear();
    assert_eq!(status(&empty), Status::NotStarted);
    assert_eq!(status(&with("capital", json!(null))), Status::Filling);
    assert_eq!(status(&filing()), Status::Filled);
    let words = [Status::NotStarted, Status::Filling, Status::Filled, Status::Submitted, Status::AwaitingCorrection];
    let words: Vec<_> =
        words.iter().chain(&[Status::UnderReview, Status::Concluded]).map(|word| word.plain()).collect();
    assert_eq!(words, ["未开始", "填写中", "已填好(未提交)", "已提交", "待补正", "审查中", "已办结"]);
}
