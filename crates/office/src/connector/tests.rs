//! What goes over the wire, and nothing else.
use base::Instant;
use serde_json::Value;

use super::messages::{CodeUsed, Message, ReviewGiven};
use super::outbox::wait_after;
use super::wire::{Exchange, Secret, Transport as _};
use super::{Line, Recorded, Trouble};

fn exchange(path: &'static str, body: &str) -> Exchange {
    Exchange { path, key: "k1".to_owned(), at: Instant(0), body: body.to_owned() }
}

fn line(text: &str) -> Line {
    Line::recorded(std::sync::Arc::new(Recorded::parse(text).unwrap()))
}

#[test]
fn attempts_wait_ever_longer_up_to_an_hour() {
    let waits: Vec<i64> = (1..=12).map(wait_after).collect();
    assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600]);
}

#[test]
fn every_part_of_a_request_is_signed_and_a_reply_belongs_to_its_request() {
    let secret = Secret::new(b"shared key of a test\n");
    let plain = exchange("messages", "{}");
    let signed = secret.sign_request(&plain);
    assert_eq!(signed, Secret::new(b"shared key of a test").sign_request(&plain), "the line end is no part of the key");
    let others = [
        Exchange { path: "codes", ..plain.clone() },
        Exchange { key: "k2".to_owned(), ..plain.clone() },
        Exchange { at: Instant(1), ..plain.clone() },
        Exchange { body: "{ }".to_owned(), ..plain.clone() },
    ];
    for other in others {
        assert_ne!(secret.sign_request(&other), signed, "{other:?}");
    }
    assert_ne!(Secret::new(b"another key of a test").sign_request(&plain), signed);
    assert_ne!(secret.sign_reply("k1", 200, "{}"), secret.sign_reply("k2", 200, "{}"));
    // The worked example of docs/CONNECTORS.md: whoever builds the other side checks against it.
    let told = include_str!("../../../../docs/CONNECTORS.md");
    assert!(told.contains(&Secret::new(b"0123456789abcdef").sign_request(&plain).to_string()), "{}", {
        Secret::new(b"0123456789abcdef").sign_request(&plain)
    });
}

#[test]
fn a_reply_that_is_relied_on_must_be_signed() {
    let book = r#"{"exchanges": [
        {"path": "codes", "request": {"batch": 1}, "answers": [{"status": 200, "unsigned": true}, {"status": 200}]},
        {"path": "messages", "answers": [{"status": 200, "unsigned": true}, {"status": 503}, {"status": 429},
                                         {"status": 422, "body": {"why": "no"}}, {"no_answer": "timed out"}]}]}"#;
    let line = line(book);
    let ask = |path, body, sealed| line.ask(&exchange(path, body), sealed);
    assert!(matches!(ask("codes", "{\"batch\":1}", true), Err(Trouble::Again(why)) if why.contains("签名")));
    assert!(ask("codes", "{\"batch\":1}", true).is_ok());
    assert!(matches!(ask("codes", "{\"batch\":2}", true), Err(Trouble::Never(why)) if why.contains("404")));
    assert!(ask("messages", "{}", false).is_ok());
    for _ in 0..2 {
        assert!(matches!(ask("messages", "{}", false), Err(Trouble::Again(_))), "503 and 429 ask for patience");
    }
    assert!(matches!(ask("messages", "{}", false), Err(Trouble::Never(why)) if why.contains("422")));
    assert!(matches!(ask("messages", "{}", false), Err(Trouble::Again(why)) if why == "timed out"));
    let forged = Recorded::taking_all();
    assert_eq!(forged.carry(&exchange("messages", "{}"), "not signed").unwrap().status, 401);
    assert!(Recorded::parse("{\"exchanges\": [{\"path\": \"codes\", \"answers\": []}]}").is_err());
}

fn fields(message: &impl serde::Serialize) -> Vec<String> {
    let Value::Object(body) = serde_json::to_value(message).unwrap() else { panic!("a body is an object") };
    body.keys().cloned().collect()
}

#[test]
fn a_message_has_the_fields_it_declares_and_the_document_names_them() {
    let told = include_str!("../../../../docs/CONNECTORS.md");
    let today = base::Date::new(2026, 3, 2).unwrap();
    let used = CodeUsed {
        code: String::new(),
        name: String::new(),
        kind: String::new(),
        authority: "2101".parse().unwrap(),
        on: today,
    };
    assert_eq!(fields(&used), CodeUsed::FIELDS);
    let review = store::papers::ServiceReview {
        origin: base::Origin::none(),
        id: base::RecordId::from_bits(1),
        case_id: base::CaseId::from_bits(1),
        score: 1,
        tags: "slow,rude".to_owned(),
        text: "经办人王某某，电话 13900000000".to_owned(),
        area: "2101".parse().unwrap(),
        given_on: today,
        state: "checking".to_owned(),
        answer: Some("已向王某某道歉".to_owned()),
        due: None,
        synthetic: false,
        rev: 1,
        entry: base::EntryId::from_bits(1),
    };
    let given = ReviewGiven::of(&review, "210100202600001", today);
    assert_eq!(fields(&given), ReviewGiven::FIELDS);
    let text = serde_json::to_string(&given).unwrap();
    assert!(!text.contains("王某某") && !text.contains("139"), "the rater's words stay here: {text}");
    for field in [CodeUsed::FIELDS, ReviewGiven::FIELDS, super::messages::CaseStatus::FIELDS].concat() {
        assert!(told.contains(&format!("`{field}`")), "{field} is described");
    }
}
