//! The rules are tried with an invented province (青州省), invented articles and invented words.
use base::{AreaCode, Date};
use proptest::prelude::*;

use super::*;

fn areas(normal: &str) -> Option<AreaPrefix> {
    let names = [("青州省云山市", "9001"), ("青州省", "90"), ("云山市", "9001"), ("中国", "100000")];
    let (name, code) = names.into_iter().find(|(name, _)| normal.starts_with(name))?;
    Some(AreaPrefix { code: code.parse().ok()?, chars: name.chars().count() })
}

fn words(words: &[&str], clause: &str, message: &str) -> WordRule {
    WordRule {
        words: words.iter().map(|&word| word.to_owned()).collect(),
        clause: clause.to_owned(),
        message: message.to_owned(),
        ..WordRule::default()
    }
}

fn rules() -> NameRules {
    let kind = |endings: &[&str], own_word| KindRule {
        endings: endings.iter().map(|&word| word.to_owned()).collect(),
        forbidden_endings: vec!["总校".to_owned()],
        own_word,
        area: true,
    };
    let mut first = words(&["第一"], "甲条", "不得使用“{word}”");
    first.unless = vec!["第一小学".to_owned()];
    NameRules {
        kinds: [
            ("association".to_owned(), kind(&["协会", "学会", "会"], false)),
            ("service_institution".to_owned(), kind(&["服务中心", "中心", "学校"], true)),
        ]
        .into(),
        fields: ["养老", "服务", "教育", "培训"].map(str::to_owned).into(),
        forbidden: vec![first],
        middle_only: words(&["中国", "国际"], "乙条", "“{word}”只能放在中间"),
        ending: words(&[], "丙条", "应以{list}结尾"),
        area: words(&[], "丁条", "应以登记机关所在行政区划开头"),
        own_word: words(&[], "戊条", "字号至少两个汉字"),
        own_word_chars: 2,
        letters: words(&[], "己条", "不得含有“{word}”"),
    }
}

fn found(name: &str, kind: &str) -> Vec<String> {
    let registrar: AreaCode = "9001".parse().unwrap();
    check(name, kind, &registrar, &rules(), &areas).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_name_comes_apart() {
    let parts = parse("青州省雲山市夕阳红养老服务中心", "service_institution", &rules(), &areas);
    assert_eq!((parts.area.as_str(), parts.own.as_str()), ("青州省云山市", "夕阳红"));
    assert_eq!((parts.field.as_str(), parts.form.as_str(), parts.certain), ("养老", "服务中心", true));
    let parts = parse("云山市钓鱼协会", "association", &rules(), &areas);
    assert_eq!((parts.own.as_str(), parts.field.as_str(), parts.form.as_str()), ("", "钓鱼", "协会"));
    let parts = parse("云山市明德书画学校", "service_institution", &rules(), &areas);
    assert_eq!((parts.own.as_str(), parts.field.as_str(), parts.certain), ("明德", "书画", false));
}

#[test]
fn good_names_pass() {
    assert!(found("云山市钓鱼协会", "association").is_empty());
    assert!(found("云山市夕阳红养老服务中心", "service_institution").is_empty());
    assert!(found("云山市对外国际交流协会", "association").is_empty());
    assert!(found("云山市第一小学校友会", "association").is_empty());
}

#[test]
fn each_rule_refuses_its_own() {
    assert_eq!(found("云山市第一钓鱼协会", "association"), ["forbidden"]);
    assert_eq!(found("中国钓鱼协会", "association"), ["middle_only", "area"]);
    assert_eq!(found("云山市国际协会", "association"), ["middle_only"]);
    assert_eq!(found("云山市钓鱼俱乐部", "association"), ["ending"]);
    assert_eq!(found("云山市明德教育总校", "service_institution"), ["ending"]);
    assert_eq!(found("钓鱼协会", "association"), ["area"]);
    assert_eq!(found("云山市养老服务中心", "service_institution"), ["own_word"]);
    assert_eq!(found("云山市ＡＢ12钓鱼协会", "association"), ["letters"]);
    let registrar: AreaCode = "100000".parse().unwrap();
    assert!(check("中国钓鱼协会", "association", &registrar, &rules(), &areas).is_empty());
    let list = check("云山市钓鱼俱乐部", "association", &"9001".parse().unwrap(), &rules(), &areas);
    assert_eq!((list[0].clause.as_str(), list[0].message.as_str()), ("丙条", "应以协会、学会、会结尾"));
}

fn holder(name: &str, ended: Option<(Ended, &str)>) -> Holder<u8> {
    Holder {
        key: 1,
        name: name.to_owned(),
        kind: "service_institution".to_owned(),
        registrar: "9001".parse().unwrap(),
        ended: ended.map(|(why, on)| (why, on.parse().unwrap())),
    }
}

fn collisions(name: &str, registrar: &str, day: &str, holder: Holder<u8>) -> Vec<(String, Severity)> {
    let rule = DuplicateRule {
        given_up_months: 12,
        revoked_months: 36,
        clause: "庚条".to_owned(),
        same_name: "与“{name}”同名".to_owned(),
        same_own_word: "与“{name}”字号相同".to_owned(),
        same_sound: "与“{name}”同音".to_owned(),
    };
    let registrar: AreaCode = registrar.parse().unwrap();
    let day: Date = day.parse().unwrap();
    let all = [holder];
    duplicates((name, "service_institution", &registrar), day, &all, (&rule, &rules(), &areas))
        .into_iter()
        .map(|(_, finding)| (finding.rule, finding.severity))
        .collect()
}

#[test]
fn duplicates_need_authority_field_and_form() {
    let refused = vec![("duplicate".to_owned(), Severity::Refuse)];
    let other = || holder("云山市明德教育培训学校", None);
    assert_eq!(collisions("云山市明德教育培训學校", "9001", "2026-01-01", other()), refused);
    assert_eq!(collisions("青州省云山市明德教育培训学校", "9001", "2026-01-01", other()), refused);
    assert!(collisions("云山市明德教育培训学校", "90", "2026-01-01", other()).is_empty());
    assert!(collisions("云山市明德教育培训中心", "9001", "2026-01-01", other()).is_empty());
    assert!(collisions("云山市明德养老学校", "9001", "2026-01-01", other()).is_empty());
    let sound = collisions("云山市名德教育培训学校", "9001", "2026-01-01", other());
    assert_eq!(sound, [("same_sound".to_owned(), Severity::Warn)]);
}

#[test]
fn windows_run_from_the_event() {
    let count = |why, on, day| {
        collisions("云山市明德教育学校", "9001", day, holder("云山市明德教育学校", Some((why, on)))).len()
    };
    assert_eq!(count(Ended::GivenUp, "2025-03-01", "2026-02-28"), 1);
    assert_eq!(count(Ended::GivenUp, "2025-03-01", "2026-03-01"), 0);
    assert_eq!(count(Ended::Revoked, "2023-03-02", "2026-03-01"), 1);
    assert_eq!(count(Ended::Revoked, "2023-03-01", "2026-03-01"), 0);
    assert_eq!(count(Ended::GivenUp, "2024-02-29", "2025-02-28"), 1);
}

#[test]
fn likeness_names_the_parts_that_collide() {
    let part = |name: &str| parse(name, "service_institution", &rules(), &areas);
    let base = part("云山市夕阳红养老服务中心");
    let near = similarity(&base, &part("青州省夕阳红养老服务中心"));
    let sound = similarity(&base, &part("云山市夕阳宏养老服务中心"));
    let far = similarity(&base, &part("云山市明德教育学校"));
    assert!(near.score > 800 && sound.score > 800 && far.score < 400, "{near:?} {sound:?} {far:?}");
    assert!(near.reasons.iter().any(|reason| reason.text() == "字号“夕阳红”相同"));
    assert!(sound.reasons.iter().any(|reason| reason.part == Part::OwnWord && reason.relation == Relation::SameSound));
    assert_eq!(similarity(&base, &base).score, 1000);
}

proptest! {
    #[test]
    fn any_name_is_judged_without_panic(name in "\\PC{0,30}", other in "[中国协会学校云山市养老a1 （）]{0,12}") {
        let registrar: AreaCode = "9001".parse().unwrap();
        for name in [&name, &other] {
            for kind in ["association", "service_institution", "none"] {
                let parts = parse(name, kind, &rules(), &areas);
                prop_assert_eq!(format!("{}{}{}", parts.area, parts.middle(), parts.form), normalize(name));
                check(name, kind, &registrar, &rules(), &areas);
            }
        }
        let (a, b) = (parse(&name, "association", &rules(), &areas), parse(&other, "association", &rules(), &areas));
        prop_assert!(similarity(&a, &b).score <= 1000);
        prop_assert_eq!(similarity(&a, &b).score == 1000, normalize(&name) == normalize(&other));
    }
}
