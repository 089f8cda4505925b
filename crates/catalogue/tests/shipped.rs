//! The catalogue that ships: it loads without an error, resolves where it should, and each matter's case table holds.
//! This is where real law is tested; the engine's own tests use an invented province.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use base::{AreaCode, Date};
use catalogue::condition::Context;
use catalogue::matter::{CheckSeverity, FieldKind, Matter, Moment, Outcome, routes};
use catalogue::{Catalogue, Facts, Files, NamedChecks, Node, Problems, Reading, Tri, Value};

const MATTERS: [&str; 3] = ["found-association", "found-foundation", "found-service-institution"];

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

/// Loaded once for all tests: the checker resolves every matter for every pack and day of change.
fn shipped() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
        let loaded = Files::read(&root()).and_then(|files| Catalogue::load(&files, &NamedChecks::default()));
        loaded.unwrap_or_else(|problems| {
            let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"))
        })
    });
    &SHIPPED
}

fn ancestry(area: &str) -> Vec<AreaCode> {
    area.parse::<AreaCode>().unwrap().ancestry()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn everything_loads_and_every_trace_has_its_target() {
    let catalogue = shipped();
    assert!(MATTERS.iter().all(|id| catalogue.matter_ids().any(|known| known == *id)));
    assert_eq!(catalogue.clauses().len(), 395);
    let test_exists = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path).exists();
    // Pages and commands are checked by the binary, which knows them.
    let pages: Vec<&str> = catalogue.traces().iter().flat_map(targets).collect();
    let wrong = catalogue.check_traces(&pages, &pages, &|path| !path.contains(".rs") || test_exists(path));
    assert_eq!(
        wrong.iter().filter(|p| p.severity == catalogue::Severity::Error).collect::<Vec<_>>(),
        Vec::<&catalogue::Problem>::new()
    );
    for duty in catalogue.duties() {
        assert!(catalogue.clauses().contains_key(&duty.clause), "{} cites {}", duty.id, duty.clause);
    }
}

/// The names of pages and commands a trace points to.
fn targets(trace: &catalogue::trace::Trace) -> Vec<&str> {
    use catalogue::trace::Target;
    trace
        .by
        .iter()
        .filter_map(|t| if let Target::Page(n) | Target::Command(n) = t { Some(n.as_str()) } else { None })
        .collect()
}

#[test]
fn every_clause_a_matter_or_overlay_serves_exists() {
    let catalogue = shipped();
    for id in MATTERS {
        let resolved = catalogue.matter(id, &ancestry("210102"), day("2026-03-02")).unwrap();
        for clause in &resolved.matter.clauses {
            assert!(catalogue.clauses().contains_key(clause), "{id} serves {clause}");
        }
    }
}

#[test]
fn the_form_asks_for_what_the_law_needs_and_the_charter_carries_the_party_clause() {
    let catalogue = shipped();
    for id in MATTERS {
        let matter = catalogue.matter(id, &ancestry("2101"), day("2026-03-02")).unwrap().matter;
        let charter = matter.fields().find(|field| field.kind == FieldKind::Charter).unwrap();
        let fixed: Vec<_> =
            charter.clauses.iter().filter(|clause| clause.fixed).map(|clause| clause.id.as_str()).collect();
        for clause in ["core_values", "party", "party_work", "remaining"] {
            assert!(fixed.contains(&clause), "{id}: {clause} may be changed");
        }
        // A placeholder of a model wording is an answer of the form, or the page would print braces.
        for clause in &charter.clauses {
            for name in clause.model.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                assert!(matter.fields().any(|field| field.id.as_str() == name), "{id}: {name} in {}", clause.id);
            }
        }
        assert!(
            matter
                .find_field(&"party_members_total".into())
                .is_some_and(|f| f.required == catalogue::matter::Need::Fixed(true))
        );
        let supervise = matter.find_step(&"supervise".into()).unwrap();
        assert_eq!(supervise.points.len(), 5, "{id}: five points");
        let decide = matter.find_step(&"decide".into()).unwrap();
        assert!(decide.distinct_from.contains(&"review".into()), "{id}: a second person decides");
        let refusal = decide.moves.iter().find(|m| m.verb == authority::Verb::Refuse).unwrap();
        assert!(
            refusal.grounds.len() >= 6 && refusal.grounds.iter().all(|ground| ground.clause.to_string().contains('第'))
        );
    }
}

#[test]
fn the_guide_is_complete_and_what_is_promised_is_verified() {
    let catalogue = shipped();
    for id in MATTERS {
        let resolved = catalogue.matter(id, &ancestry("2101"), day("2026-03-02")).unwrap();
        let guide = &resolved.matter.guide;
        let texts =
            [&guide.brief, &guide.process, &guide.fee, &guide.place, &guide.hours, &guide.special, &guide.result];
        let more = [&guide.result_sample, &guide.enquiry, &guide.complaint, &guide.appeal];
        assert!(texts.into_iter().chain(more).all(|text| !text.trim().is_empty()), "{id}");
        assert!(guide.conditions.len() >= 5 && guide.questions.len() >= 5, "{id}");
        assert!(resolved.matter.basis.len() >= 3 && resolved.matter.materials.len() >= 10, "{id}");
        let promised: Vec<_> = resolved.matter.materials.iter().filter(|material| material.promise.is_some()).collect();
        assert_eq!(
            promised.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
            ["premises_proof", "no_record_proof"]
        );
        assert_eq!(
            resolved.params.int("promise_check_days"),
            Some(20),
            "{id}: the time to verify is pinned with the edition"
        );
        assert!(
            resolved
                .matter
                .find_field(&"industry".into())
                .is_some_and(|field| field.list.as_deref() == Some("industry"))
        );
    }
}

#[test]
fn the_registers_the_policies_ask_for_by_now_exist() {
    let catalogue = shipped();
    for id in [
        "decoupling-guidance",
        "data-sharing",
        "stat-snapshots",
        "promise-checks",
        "delegated-registrars",
        "territorial-entrust",
    ] {
        let register = catalogue.find_register(id).unwrap();
        assert!(register.clauses.iter().all(|clause| catalogue.clauses().contains_key(clause)), "{id}");
        assert!(!register.clauses.is_empty(), "{id} says which clause asks for it");
    }
}

#[test]
fn direct_classes_follow_the_kind() {
    let catalogue = shipped();
    let classes = |id: &str| {
        let matter = catalogue.matter(id, &ancestry("2101"), day("2026-03-02")).unwrap().matter;
        let field = matter.find_field(&"direct_class".into()).unwrap().clone();
        field.choices.into_iter().map(|choice| choice.value).collect::<Vec<_>>()
    };
    assert_eq!(classes("found-association"), ["association_chamber", "science", "charity", "community"]);
    assert_eq!(classes("found-foundation"), ["science", "charity", "community"]);
    assert_eq!(classes("found-service-institution"), ["science", "charity", "community"]);
}

#[test]
fn regions_differ_only_where_their_policies_say_so() {
    let catalogue = shipped();
    let at = |area: &str, date: &str| {
        catalogue.matter("found-service-institution", &ancestry(area), day(date)).unwrap().matter
    };
    let points = |matter: &Matter, step: &str| {
        matter.find_step(&step.into()).unwrap().points.iter().map(|point| point.id.clone()).collect::<Vec<_>>()
    };
    let plain = at("1101", "2026-03-02");
    assert!(!points(&plain, "review").contains(&"joint_qualification".to_owned()));
    let zhejiang = at("3301", "2026-03-02");
    assert!(points(&zhejiang, "review").contains(&"joint_qualification".to_owned()));
    let longgang = at("330383", "2026-03-02");
    assert_eq!(longgang.find_step(&"party".into()).unwrap().name, "党建工作机构政治审查");
    assert!(
        points(&longgang, "review").contains(&"joint_qualification".to_owned()),
        "the province's rule holds there too"
    );
    assert!(points(&longgang, "intake").contains(&"register_data".to_owned()));
    let shenzhen = at("4403", "2026-03-02");
    assert!(shenzhen.find_field(&"reach".into()).is_some() && plain.find_field(&"reach".into()).is_none());
    let liaoning = points(&at("2101", "2026-03-02"), "review");
    assert!(liaoning.contains(&"joint_review".to_owned()) && liaoning.contains(&"shared_check".to_owned()));
    let before = points(&at("2101", "2022-05-07"), "review");
    assert!(!before.contains(&"joint_review".to_owned()), "not before the plan was issued");
}

#[test]
fn the_route_checker_leads_everybody_somewhere() {
    let catalogue = shipped();
    let found = catalogue.routes(&ancestry("2101")).unwrap();
    let end = |answers: &[usize]| match found.follow(answers) {
        Some(routes::Step::Outcome(outcome)) => outcome.clone(),
        other => panic!("{answers:?} leads to {other:?}"),
    };
    let chamber: Outcome = end(&[0, 0, 1, 0]);
    assert_eq!(chamber.matter, Some("found-association".into()));
    assert_eq!(chamber.presets.get("direct_class").map(String::as_str), Some("association_chamber"));
    assert_eq!(end(&[0, 0, 1, 4]).presets.get("route").map(String::as_str), Some("dual"));
    assert_eq!(end(&[0, 1]).matter, None);
    assert_eq!(end(&[1, 2, 2]).matter, Some("found-foundation".into()));
    assert_eq!(end(&[2, 0, 1]).presets.get("route").map(String::as_str), Some("dual"));
    assert_eq!(end(&[3, 1]).id, "community-filing");
}

#[test]
fn naming_rules_come_with_their_parameters() {
    let catalogue = shipped();
    let rules = catalogue.name_rules(&ancestry("2101"), day("2026-03-02")).unwrap();
    assert_eq!(rules["duplicate"]["given_up_months"], 12);
    assert_eq!(rules["duplicate"]["revoked_months"], 36);
    assert_eq!(rules["rules"]["kinds"]["foundation"]["endings"], serde_json::json!(["基金会"]));
    assert_eq!(rules["rules"]["own_word_chars"], 2);
    let words = rules["rules"]["middle_only"]["words"].as_array().unwrap();
    assert!(words.contains(&"中国".into()) && words.contains(&"世界".into()));
}

/// What a case table says about one application.
#[derive(Debug)]
struct Application {
    values: BTreeMap<String, Value>,
    facts: BTreeMap<String, Value>,
    today: Date,
}

impl Facts for Application {
    fn fact(&self, name: &str) -> Reading {
        let known = self.facts.get(name).cloned();
        known.map_or(Reading::Unknown, |value| Reading::Known { value, source: "案例".to_owned() })
    }

    fn answer(&self, name: &str) -> Reading {
        let source = "案例".to_owned();
        match self.values.get(name).cloned() {
            Some(value) => Reading::Known { value, source },
            None => Reading::Absent { source },
        }
    }

    fn today(&self) -> Date {
        self.today
    }
}

/// Values of a table by name; money of the form is written in yuan, `?` takes a fact away.
fn put(into: &mut BTreeMap<String, Value>, node: Option<&Node>, matter: &Matter) {
    let problems = Problems::new();
    for (name, node) in node.map_or(&[][..], Node::entries) {
        let money = matter.find_field(&name.value.as_str().into()).is_some_and(|field| field.kind == FieldKind::Money);
        match Value::read(node, &problems).unwrap() {
            Value::Text(mark) if mark == "?" => drop(into.remove(&name.value)),
            Value::Int(yuan) if money => drop(into.insert(name.value.clone(), Value::Money(base::Fen(yuan * 100)))),
            value => drop(into.insert(name.value.clone(), value)),
        }
    }
}

fn words(case: &Node, key: &str) -> Vec<String> {
    let mut words: Vec<_> =
        case.find(key).map_or(&[][..], Node::items).iter().filter_map(Node::as_text).map(str::to_owned).collect();
    words.sort();
    words
}

/// The ids of the checks at `moment` that do not hold: those that refuse, those that warn, those that cannot be judged.
fn missed(matter: &Matter, context: &Context<'_>, moment: Moment) -> [Vec<String>; 3] {
    let mut out = [const { Vec::new() }; 3];
    for check in matter.checks.iter().filter(|check| check.at.contains(&moment)) {
        if check.when.as_ref().is_some_and(|when| when.evaluate(context) != Tri::True) {
            continue;
        }
        match (check.require.evaluate(context), check.severity) {
            (Tri::True, _) => {}
            (Tri::False, CheckSeverity::Refuse) => out[0].push(check.id.clone()),
            (Tri::False, CheckSeverity::Warn) => out[1].push(check.id.clone()),
            (Tri::Unknown, _) => out[2].push(check.id.clone()),
        }
    }
    for ids in &mut out {
        ids.sort();
    }
    out
}

#[test]
fn case_tables_hold() {
    let catalogue = shipped();
    let mut run = 0;
    for id in MATTERS {
        let file = root().join(format!("national/matters/{id}.cases.toml"));
        let problems = Problems::new();
        let table = Node::parse(id, &std::fs::read_to_string(file).unwrap(), &problems);
        assert!(problems.is_empty(), "{:?}", problems.into_sorted());
        let base = table.find("base").unwrap();
        for case in table.find("case").unwrap().items() {
            let name = case.find("name").and_then(Node::as_text).unwrap();
            let text = |key: &str| case.find(key).or_else(|| base.find(key)).and_then(Node::as_text).unwrap();
            let catalogue::Data::Date(today) = base.find("date").unwrap().data else { panic!("{id}: no date") };
            let resolved = catalogue.matter(id, &ancestry(text("area")), today).unwrap();
            let matter = &resolved.matter;
            let mut values = BTreeMap::new();
            let mut facts = BTreeMap::new();
            for part in [base, case] {
                put(&mut values, part.find("answers"), matter);
                put(&mut facts, part.find("facts"), matter);
            }
            for answer in values.keys() {
                let field = answer.split('.').next().unwrap();
                assert!(matter.find_field(&field.into()).is_some(), "{id}/{name}: the form has no {answer}");
            }
            let application = Application { values, facts, today };
            let context = Context::new(&application, &resolved.params, catalogue.words(), catalogue.named());
            let moment = if text("at") == "submit" { Moment::Submit } else { Moment::Decide };
            let expected = [words(case, "refused"), words(case, "warned"), words(case, "unknown")];
            assert_eq!(missed(matter, &context, moment), expected, "{id} / {name}（{}）", case.at);
            run += 1;
        }
    }
    assert!(run >= 85, "only {run} cases were run");
}
