//! The invented matter of the invented province 云州, read from the very example of docs/matter-format.md, and its people.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "a fixture of tests; each file uses its own part"
)]

use authority::{Actor, Post, Verb};
use base::{AccountId, AreaCode, BodyId, Calendar, CaseId, Date, Fen, FileId};
use casework::{
    Act, Answers, Case, CorrectionItem, Decision, Filing, PointAnswer, PointVerdict, Provided, Refusal, Rules, apply,
};
use catalogue::matter::Matter;
use catalogue::{
    Citation, Confidence, Facts, NamedChecks, Node, ParamValue, Params, Place, Problems, Reading, Unit, Value,
    Vocabulary,
};
use serde_json::json;

const FORMAT: &str = include_str!("../../../../docs/matter-format.md");

pub fn example() -> &'static str {
    FORMAT.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Nothing is known about anything.
pub struct NoFacts(pub Date);

impl Facts for NoFacts {
    fn fact(&self, _: &str) -> Reading {
        Reading::Unknown
    }
    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }
    fn today(&self) -> Date {
        self.0
    }
}

pub struct World {
    pub matter: Matter,
    pub params: Params,
    pub words: Vocabulary,
    pub named: NamedChecks,
    pub calendar: Calendar,
}

impl World {
    pub fn new() -> Self {
        Self::of(example())
    }

    pub fn of(text: &str) -> Self {
        let problems = Problems::new();
        let node = Node::parse("yunzhou/matters/found-kite-club.toml", text, &problems);
        let matter = Matter::read(&node, &problems);
        let found: Vec<String> = problems.into_sorted().iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{found:#?}");
        let capital = ParamValue {
            name: "yz.min_capital".to_owned(),
            title: "最低活动资金".to_owned(),
            unit: Unit::Yuan,
            value: Value::Money(Fen::yuan(10_000)),
            from: date("2020-01-01"),
            pack: "yunzhou".to_owned(),
            clause: Citation {
                text: "《云州风筝会条例》第三条".to_owned(), at: Place::new("yunzhou/params.toml", 1)
            },
            confidence: Confidence::Verified,
        };
        Self {
            matter: matter.unwrap(),
            params: Params::of([capital]),
            words: Vocabulary::default(),
            named: NamedChecks::default(),
            calendar: Calendar::shipped().unwrap(),
        }
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules {
            matter: &self.matter,
            digest: "edition-1",
            params: &self.params,
            words: &self.words,
            named: &self.named,
            calendar: &self.calendar,
        }
    }

    pub fn file(&self, filing: Filing, who: &Actor, on: &str) -> Result<(Case, Decision), Refusal> {
        casework::file(&self.rules(), &NoFacts(date(on)), filing, who, date(on))
    }

    pub fn decide(&self, case: &Case, who: &Actor, act: &Act, on: &str) -> Result<Decision, Refusal> {
        casework::decide(&self.rules(), case, &NoFacts(date(on)), who, act, date(on))
    }

    /// Decides and applies; panics with the refusal.
    pub fn act(&self, case: Case, who: &Actor, act: &Act, on: &str) -> Case {
        let decision =
            self.decide(&case, who, act, on).unwrap_or_else(|refusal| panic!("{on} {}: {refusal}", act.verb));
        apply(case, &decision)
    }

    /// Filed on Monday 2026-03-02.
    pub fn filed(&self) -> Case {
        self.file(filing(), &founder(), "2026-03-02").unwrap().0
    }

    /// Accepted on 2026-03-03.
    pub fn accepted(&self) -> Case {
        self.act(self.filed(), &official("intake", 1), &act("accept", Verb::Accept), "2026-03-03")
    }

    /// Both opinions given on 2026-03-10: at review.
    pub fn at_review(&self) -> Case {
        let case = self.act(self.accepted(), &supervisor(), &opinion("supervise", &["name", "chair"]), "2026-03-10");
        self.act(case, &official("party", 3), &opinion("party", &[]), "2026-03-10")
    }

    /// Reviewed on 2026-03-11 by official 4: waits for the decision.
    pub fn at_decision(&self) -> Case {
        self.act(self.at_review(), &official("review", 4), &opinion("review", &["need"]), "2026-03-11")
    }
}

pub fn county() -> AreaCode {
    "980102".parse().unwrap()
}

pub fn founder() -> Actor {
    Actor {
        account: AccountId::from_bits(500),
        name: "赵风".to_owned(),
        posts: Vec::new(),
        orgs: Vec::new(),
        admin: None,
    }
}

pub fn official(desk: &str, number: u128) -> Actor {
    let post = Post { desk: desk.into(), area: county(), body: BodyId::from_bits(number + 100) };
    Actor {
        account: AccountId::from_bits(number),
        name: format!("官员{number}"),
        posts: vec![post],
        orgs: Vec::new(),
        admin: None,
    }
}

pub fn supervisor() -> Actor {
    let mut actor = official("supervisor", 2);
    actor.posts[0].body = BodyId::from_bits(30);
    actor
}

pub fn answers() -> Answers {
    let person = |name: &str| json!({ "name": name, "id_number": "11010519491231002X", "phone": "13800138000" });
    let chair = json!({
        "name": "赵风", "id_number": "11010519491231002X", "phone": "13800138000", "political": "群众", "employer": "云州纸厂",
    });
    let all = json!({
        "org_name": "云州青云风筝会",
        "registrar_area": "980102",
        "direct": false,
        "supervisor": { "id": BodyId::from_bits(30).to_string(), "name": "云州市体育局" },
        "capital": 3_000_000,
        "chair": chair,
        "founders": [{ "who": person("赵风"), "share": 100_000 }, { "who": person("钱云") }, { "who": person("孙雨") }],
        "truth": true,
    });
    Answers(all.as_object().unwrap().clone())
}

pub fn filing() -> Filing {
    let materials =
        [("minutes".into(), Provided::Files(vec![FileId::from_bits(1)])), ("premises".into(), Provided::Promised)];
    Filing {
        case: CaseId::from_bits(1),
        area: county(),
        applicant: Some(founder().account),
        org: None,
        parent: None,
        answers: answers(),
        materials: materials.into(),
    }
}

pub fn with(field: &str, answer: serde_json::Value) -> Filing {
    let mut filing = filing();
    filing.answers.put(field, answer);
    filing
}

pub fn act(step: &str, verb: Verb) -> Act {
    Act::new(Some(step.into()), verb)
}

pub fn opinion(step: &str, points: &[&str]) -> Act {
    let yes =
        |point: &&str| PointAnswer { point: (*point).to_owned(), answer: PointVerdict::Yes, remark: String::new() };
    Act {
        opinion: Some((true, "同意".to_owned())), points: points.iter().map(yes).collect(), ..act(step, Verb::Opine)
    }
}

pub fn returned(targets: &[&str]) -> Act {
    let item = |target: &&str| CorrectionItem {
        target: (*target).to_owned(),
        problem: "看不清".to_owned(),
        article: "《云州风筝会条例》第四条".to_owned(),
        example: "见样表".to_owned(),
    };
    Act { corrections: targets.iter().map(item).collect(), ..act("accept", Verb::Return) }
}

pub fn approval() -> Act {
    Act { files: vec![FileId::from_bits(9)], ..act("decide", Verb::Approve) }
}

pub fn lapse(step: Option<&str>) -> Act {
    Act::new(step.map(Into::into), Verb::Lapse)
}

pub fn steps(case: &Case) -> Vec<&str> {
    case.open.iter().map(|task| task.step.as_str()).collect()
}
