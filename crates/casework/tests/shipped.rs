//! The founding matters that ship, run through the engine: the `[[flow]]` tables beside each matter, with acts, days, desks,
//! deadlines, refusals and endings as the law has them.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]

use std::path::Path;

use authority::{Actor, Post, Verb};
use base::{AccountId, AreaCode, BodyId, Calendar, CaseId, Date, FileId};
use casework::{
    Act, Answers, Case, CorrectionItem, Decision, Filing, PointAnswer, PointVerdict, Provided, Refusal, Rules,
};
use catalogue::matter::{FieldKind, Matter};
use catalogue::{Catalogue, Data, Facts, Files, NamedChecks, Node, Problems, Reading, Resolved, Value};
use serde_json::{Value as Json, json};

const MATTERS: [&str; 3] = ["found-association", "found-foundation", "found-service-institution"];
const DESKS: [&str; 7] = ["applicant", "intake", "supervisor", "regulator", "party", "review", "decision"];

/// What office would load: nothing is wrong with the name or the persons.
struct Clean(Date);

impl Facts for Clean {
    fn fact(&self, name: &str) -> Reading {
        let known = match name {
            "name.well_formed" => true,
            "name.duplicate" | "name.forbidden" | "name.similar" | "heads.barred" => false,
            _ => return Reading::Unknown,
        };
        Reading::Known { value: Value::Bool(known), source: "案例".to_owned() }
    }
    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }
    fn today(&self) -> Date {
        self.0
    }
}

struct Flow<'a> {
    catalogue: &'a Catalogue,
    resolved: Resolved,
    calendar: Calendar,
    area: AreaCode,
    table: &'a Node,
}

fn body(desk: &str) -> BodyId {
    BodyId::from_bits(100 + number(desk))
}

fn number(desk: &str) -> u128 {
    DESKS.iter().position(|known| *known == desk).unwrap_or(99) as u128 + 1
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.find(key).and_then(Node::as_text)
}

fn day(node: &Node) -> Date {
    let Data::Date(date) = node.data else { panic!("{}: no day", node.at) };
    date
}

fn texts(node: &Node, key: &str) -> Vec<String> {
    node.find(key).map_or(&[][..], Node::items).iter().filter_map(Node::as_text).map(str::to_owned).collect()
}

impl Flow<'_> {
    fn rules(&self) -> Rules<'_> {
        Rules {
            matter: &self.resolved.matter,
            digest: &self.resolved.digest,
            params: &self.resolved.params,
            words: self.catalogue.words(),
            named: self.catalogue.named(),
            calendar: &self.calendar,
        }
    }

    /// Somebody at a desk; `as_well` makes it the very person of another desk.
    fn actor(&self, desk: &str, as_well: Option<&str>) -> Actor {
        if desk == "system" {
            return Actor::system();
        }
        let seats = std::iter::once(desk).chain(as_well).filter(|desk| *desk != "applicant");
        let post = |desk: &str| Post { desk: desk.into(), area: self.area.clone(), body: body(desk) };
        let person = as_well.unwrap_or(desk);
        Actor {
            account: AccountId::from_bits(number(person)),
            name: format!("{person}岗"),
            posts: seats.map(post).collect(),
            orgs: Vec::new(),
            admin: None,
        }
    }

    fn filing(&self, flow: &Node) -> Filing {
        let mut answers = Answers::default();
        for part in [self.table.find("form"), flow.find("answers")].into_iter().flatten() {
            for (name, node) in part.entries() {
                answers.put(name.value.clone(), answer(&self.resolved.matter, &name.value, node));
            }
        }
        let listed = |key: &str| texts(self.table.find("materials").unwrap(), key);
        let file = || Provided::Files(vec![FileId::from_bits(7)]);
        let files = listed("files").into_iter().map(|id| (id.as_str().into(), file()));
        let promised = listed("promised").into_iter().map(|id| (id.as_str().into(), Provided::Promised));
        Filing {
            case: CaseId::from_bits(1),
            area: self.area.clone(),
            applicant: Some(AccountId::from_bits(number("applicant"))),
            org: None,
            parent: None,
            answers,
            materials: files.chain(promised).collect(),
        }
    }

    fn act(&self, entry: &Node) -> Act {
        let step = text(entry, "step").unwrap();
        let verb: Verb = serde_json::from_value(Json::from(text(entry, "verb").unwrap())).unwrap();
        let mut act = Act::new(Some(step.into()), verb);
        if matches!(verb, Verb::Lapse | Verb::Submit) {
            let file = || Provided::Files(vec![FileId::from_bits(8)]);
            act.materials = texts(entry, "files").into_iter().map(|id| (id.as_str().into(), file())).collect();
            return act;
        }
        let favourable = text(entry, "opinion").is_none_or(|word| word == "agree");
        let yes = |point: &catalogue::matter::Point| PointAnswer {
            point: point.id.clone(),
            answer: PointVerdict::Yes,
            remark: String::new(),
        };
        act.points = self.resolved.matter.find_step(&step.into()).unwrap().points.iter().map(yes).collect();
        act.opinion = text(entry, "opinion").map(|_| (favourable, "见意见书".to_owned()));
        "见审查报告".clone_into(&mut act.reason);
        text(entry, "article").unwrap_or_default().clone_into(&mut act.article);
        act.files = vec![FileId::from_bits(9)];
        let item = |target: String| CorrectionItem {
            target,
            problem: "看不清".to_owned(),
            article: "见办事指南".to_owned(),
            example: "见样表".to_owned(),
        };
        act.corrections = texts(entry, "returned").into_iter().map(item).collect();
        act
    }

    fn run(&self, flow: &Node) {
        let name = text(flow, "name").unwrap();
        let filed = day(flow.find("filed").unwrap());
        let founder = self.actor("applicant", None);
        let (mut case, _) = casework::file(&self.rules(), &Clean(filed), self.filing(flow), &founder, filed)
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{refusal:#?}"));
        for entry in flow.find("acts").unwrap().items() {
            let today = day(entry.find("on").unwrap());
            let actor = self.actor(text(entry, "desk").unwrap(), text(entry, "same_as"));
            let outcome = casework::decide(&self.rules(), &case, &Clean(today), &actor, &self.act(entry), today);
            match (outcome, text(entry, "refused")) {
                (Ok(decision), None) => {
                    case = casework::apply(case, &decision);
                    self.compare(name, entry, &case, &decision);
                }
                (Err(refusal), Some(words)) => {
                    assert!(said(&refusal).contains(words), "{name} {}: {}", entry.at, said(&refusal));
                }
                (outcome, expected) => panic!("{name} {}: {outcome:?}, expected {expected:?}", entry.at),
            }
        }
    }

    fn compare(&self, name: &str, entry: &Node, case: &Case, decision: &Decision) {
        if entry.find("open").is_some() {
            let open: Vec<_> = case.open.iter().map(|task| task.step.to_string()).collect();
            assert_eq!(open, texts(entry, "open"), "{name} {}", entry.at);
        }
        if let Some(passed) = entry.find("passed") {
            let outer = Clean(day(entry.find("on").unwrap()));
            let facts = casework::CaseFacts {
                outer: &outer,
                matter: &self.resolved.matter,
                answers: &case.answers,
                opinions: &case.opinions,
                today: outer.0,
            };
            let rules = self.rules();
            let said = rules.passed_over(&facts);
            let words: Vec<_> = passed.items().iter().filter_map(Node::as_text).collect();
            assert_eq!(said.len(), words.len(), "{name} {}: {said:?}", entry.at);
            for (word, (_, text)) in words.iter().zip(&said) {
                assert!(text.contains(word), "{name} {}: {text}", entry.at);
            }
        }
        for (step, due) in entry.find("due").map_or(&[][..], Node::entries) {
            let task = case.find_task(&step.value.as_str().into()).unwrap();
            let clock = task.clock.as_ref().unwrap();
            let today = day(entry.find("on").unwrap());
            assert_eq!(clock.due(&self.calendar, today).statutory.date, day(due), "{name} {} {}", entry.at, step.value);
        }
        if entry.find("awaits").is_some() {
            assert!(case.open_correction().is_some(), "{name} {}", entry.at);
        }
        let ended = case.ending.as_ref().map(|ended| ended.ending.to_string());
        assert_eq!(ended.as_deref(), text(entry, "ended"), "{name} {}", entry.at);
        let effects: Vec<String> = decision
            .effects
            .iter()
            .map(|effect| {
                let json = serde_json::to_value(effect).unwrap();
                json["do"].as_str().unwrap().to_owned()
            })
            .collect();
        for wanted in texts(entry, "effects") {
            assert!(effects.contains(&wanted), "{name} {}: {effects:?} lack {wanted}", entry.at);
        }
    }
}

/// A refusal in full: each fault of the form and of the checks too.
fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Faults(faults) => {
            faults.iter().flat_map(|fault| [fault.label.as_str(), fault.message.as_str(), "\n"]).collect()
        }
        other => other.to_string(),
    }
}

/// An answer as it is stored; `@desk` is the body of that desk, `@model` the model wording of the charter.
fn answer(matter: &Matter, name: &str, node: &Node) -> Json {
    let field = matter.find_field(&name.into()).unwrap_or_else(|| panic!("{}: the form has no {name}", node.at));
    if field.kind == FieldKind::Charter {
        return field.clauses.iter().map(|clause| (clause.id.to_string(), json!(clause.model))).collect();
    }
    let mut json = node.to_json();
    if let Some(id) = json.get("id").and_then(Json::as_str).and_then(|id| id.strip_prefix('@')) {
        json["id"] = json!(body(id).to_string());
    }
    json
}

#[test]
fn flows_of_the_shipped_matters_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let loaded = Files::read(&root).and_then(|files| Catalogue::load(&files, &NamedChecks::default()));
    let catalogue = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
    for id in MATTERS {
        let problems = Problems::new();
        let file = root.join(format!("national/matters/{id}.cases.toml"));
        let table = Node::parse(id, &std::fs::read_to_string(file).unwrap(), &problems);
        let area: AreaCode = text(table.find("base").unwrap(), "area").unwrap().parse().unwrap();
        let flows = table.find("flow").unwrap().items();
        assert!(flows.len() >= 6, "{id}");
        for flow in flows {
            let filed = day(flow.find("filed").unwrap());
            let resolved = catalogue.matter(id, &area.ancestry(), filed).unwrap();
            let calendar = Calendar::shipped().unwrap();
            Flow { catalogue: &catalogue, resolved, calendar, area: area.clone(), table: &table }.run(flow);
        }
    }
}

#[test]
fn the_party_clause_of_the_charter_may_not_be_rewritten() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let files = Files::read(&root).unwrap();
    let catalogue = Catalogue::load(&files, &NamedChecks::default()).unwrap();
    let table = Node::parse(
        "cases",
        &std::fs::read_to_string(root.join("national/matters/found-association.cases.toml")).unwrap(),
        &Problems::new(),
    );
    let area: AreaCode = "2101".parse().unwrap();
    let today: Date = "2026-03-02".parse().unwrap();
    let resolved = catalogue.matter("found-association", &area.ancestry(), today).unwrap();
    let flow = Flow { catalogue: &catalogue, resolved, calendar: Calendar::shipped().unwrap(), area, table: &table };
    let mut filing = flow.filing(&table);
    filing.answers.0["charter"]["party"] = json!("本会不设立党的组织。");
    let refused =
        casework::file(&flow.rules(), &Clean(today), filing, &flow.actor("applicant", None), today).unwrap_err();
    assert!(said(&refused).contains("规定的内容，不能改动"), "{}", said(&refused));
}
