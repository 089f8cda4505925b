//! The engine with invented matters about existing organizations, on both engines: forms filled in beforehand, effects on the
//! register, a name that changes under way, opinions side by side, posts of one who holds several, and a foundation that goes
//! from one registrar to another.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod drafts;
mod effects;
mod handover;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use authority::{Actor, Verb};
use base::{CaseId, Origin, RecordId};
use casework::{Act, Answers, CorrectionItem, PointAnswer, PointVerdict};
use office::cases::{Done, Editions};
use office::drafts::NewDraft;
use office::testing::TestOffice;
use office::{Office, Refused};
use registry::{Kind, Organization};
use serde_json::{Value as Json, json};

/// The shipped catalogue and the invented matters, read once.
fn catalogue() -> Arc<catalogue::Catalogue> {
    static MINE: OnceLock<Arc<catalogue::Catalogue>> = OnceLock::new();
    Arc::clone(MINE.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = catalogue::Files::read(&here.join("../../catalogue")).unwrap();
        for (id, text) in
            [("kite-change", include_str!("kite-change.toml")), ("kite-circle", include_str!("kite-circle.toml"))]
        {
            files.0.push((format!("national/matters/{id}.toml"), text.to_owned()));
        }
        let loaded = office::load_catalogue(&files).unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        Arc::new(loaded)
    }))
}

/// The same office with the invented matters beside the shipped ones.
fn with_kites(office: &TestOffice) -> Office {
    Office { catalogue: catalogue(), editions: Editions::default(), ..office.office.clone() }
}

struct Cast {
    clerk: Actor,
    intake: Actor,
    review: Actor,
    party: Actor,
    decision: Actor,
    org: Organization,
}

fn cast(office: &TestOffice) -> Cast {
    let registrar = office.body("registrar", "沈阳市民政局", "2101");
    let supervisor = office.body("supervisor", "沈阳市体育局", "2101");
    let party = office.body("party", "沈阳市社会工作部", "2101");
    let mut org = office.draft_org(Kind::Association, "沈阳市风筝协会", "2101");
    org.code = Some("51210100MJ0000000X".to_owned());
    org.registered_on = "2020-05-06".parse().ok();
    org.purpose = Some("放风筝".to_owned());
    org.supervisor = Some(supervisor);
    office.record_org(&org, "2020-05-06".parse().unwrap());
    Cast {
        clerk: Actor { orgs: vec![org.id], ..office.founder("kite-clerk") },
        intake: office.official("intake", "2101", registrar),
        review: office.official("review", "2101", registrar),
        party: office.official("party", "2101", party),
        decision: office.official("decision", "2101", registrar),
        org,
    }
}

fn one(field: &str, value: Json) -> Answers {
    let mut answers = Answers::default();
    answers.0.insert(field.to_owned(), value);
    answers
}

fn start(kite: &Office, who: &Actor) -> Result<RecordId, Refused> {
    kite.start_draft(who, &NewDraft { matter: "kite-change".into(), ..NewDraft::default() })
}

/// Files a change; `more` answers beside what is filled in already.
fn filed(kite: &Office, who: &Actor, what: &str, more: &[(&str, Json)]) -> (Origin, CaseId, String) {
    let id = start(kite, who).unwrap();
    let mut answers = one("what", json!(what));
    for (field, value) in more {
        answers.0.insert((*field).to_owned(), value.clone());
    }
    let rev = kite.open_draft(who, id).unwrap().rev;
    kite.save_draft_page(who, id, "change-1", rev, &answers).unwrap();
    let sent = kite.submit_draft(who, id).unwrap();
    (sent.origin, sent.case, sent.number)
}

fn act(step: &str, verb: Verb) -> Act {
    let mut act = Act::new(Some(step.into()), verb);
    if verb == Verb::Opine {
        act.opinion = Some((true, "同意".to_owned()));
        act.points = vec![PointAnswer { point: "good".into(), answer: PointVerdict::Yes, remark: String::new() }];
    }
    act
}

fn returned(target: &str) -> Act {
    let item = CorrectionItem {
        target: target.to_owned(),
        problem: "请改".to_owned(),
        article: String::new(),
        example: String::new(),
    };
    Act { corrections: vec![item], ..act("look", Verb::Return) }
}

fn step(kite: &Office, who: &Actor, case: &(Origin, CaseId, String), act: Act) -> Result<Done, Refused> {
    kite.act_on_case(who, case.0, case.1, None, act)
}

/// From filing to the decision.
fn granted(kite: &Office, cast: &Cast, what: &str, more: &[(&str, Json)]) -> Done {
    let case = filed(kite, &cast.clerk, what, more);
    step(kite, &cast.intake, &case, act("intake", Verb::Accept)).unwrap();
    step(kite, &cast.party, &case, act("party", Verb::Opine)).unwrap();
    step(kite, &cast.review, &case, act("look", Verb::Opine)).unwrap();
    step(kite, &cast.decision, &case, act("decide", Verb::Approve)).unwrap()
}

/// The newest entry of a subject's chain.
fn last_entry(kite: &Office, origin: Origin, subject: &str) -> journal::Entry {
    let chain = kite.db.read(|tx| store::journal::chain(tx, origin, subject)).unwrap();
    office::ledger::entry_of(chain.last().unwrap()).unwrap()
}

fn verified(kite: &Office) {
    office::audit::verify(&kite.db, &kite.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
}
