//! A small history with a bit of everything: accounts, bodies, a case, a bulk act whose rows are rewritten, an erasure, a file,
//! three seals.
use authority::{Actor, AdminRole, Verb};
use base::{BodyId, EntryId, Instant, OrgId, Origin, PersonId, RecordId};
use casework::{Act, PointAnswer, PointVerdict};
use office::audit::SealLog;
use office::cases::file::NewCase;
use office::testing::{TestOffice, form_of};
use office::{Deed, Refused};
use serde_json::json;
use store::organizations::{Organization, Version};
use store::people::{Person, PersonKey, PersonSecret};
use vault::Digest;

const AREA: &str = "2101";

/// What the tests change.
pub struct Stage {
    pub office: TestOffice,
    pub log: SealLog,
    pub founder: Actor,
    pub origin: Origin,
    /// `case/…`, with several entries, all sealed.
    pub case: String,
    pub file: Digest,
    _folder: tempfile::TempDir,
}

pub fn sqlite() -> Stage {
    play(office::testing::office())
}

pub fn postgres() -> Option<Stage> {
    store::testing::postgres().map(|db| play(office::testing::office_on(db)))
}

pub fn on_each_engine(body: impl Fn(&Stage)) {
    body(&sqlite());
    if let Some(stage) = postgres() {
        body(&stage);
    }
}

fn play(office: TestOffice) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let log = SealLog::at(folder.path().join("seal.log"));
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let supervisor = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    office.body("party", "沈阳市社会组织党委", AREA);
    let founder = office.founder("founder");
    let orgs = import(&office);
    let (origin, case) = file_and_accept(&office, &founder, registrar, supervisor);
    office.seal(&log, false).unwrap().unwrap();
    office.clock.advance(600);
    let file = amend(&office, orgs[0]);
    erase(&office);
    office.seal(&log, false).unwrap().unwrap();
    office.clock.advance(600);
    office.seal(&log, true).unwrap().unwrap();
    Stage { office, log, founder, origin, case, file, _folder: folder }
}

fn file_and_accept(office: &TestOffice, founder: &Actor, registrar: BodyId, supervisor: BodyId) -> (Origin, String) {
    let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
    let (answers, materials) = form_of(&resolved.matter, &|_| supervisor);
    let new = NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false };
    let done = office.file_case(founder, new).unwrap();
    let intake = office.official("intake", AREA, registrar);
    let mut act = Act::new(Some("intake".into()), Verb::Accept);
    let step = resolved.matter.find_step(&"intake".into()).unwrap();
    let yes = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    act.points = step.points.iter().map(yes).collect();
    office.act_on_case(&intake, done.origin, done.case, None, act).unwrap();
    (done.origin, format!("case/{}", done.case))
}

fn origin() -> Origin {
    "210100".parse().unwrap()
}

fn organization(number: u128, entry: EntryId) -> Organization {
    Organization {
        origin: origin(),
        id: OrgId::from_bits(number),
        kind: "association".to_owned(),
        name: format!("沈阳市第{number}协会"),
        name_key: format!("沈阳市第{number}协会"),
        code: None,
        filing_number: None,
        registration: "registered".to_owned(),
        credit: "clear".to_owned(),
        operation: "active".to_owned(),
        colour: None,
        registrar_area: AREA.parse().unwrap(),
        registrar_province: Some("21".to_owned()),
        registrar_city: Some("2101".to_owned()),
        registrar_body: None,
        supervisor_body: None,
        regulator_body: None,
        management_mode: "dual".to_owned(),
        direct_class: None,
        grade: None,
        grade_until: None,
        charity: false,
        volunteer: false,
        decoupled: false,
        new_field: false,
        party: None,
        industry_code: None,
        domicile: None,
        province: None,
        city: None,
        county: None,
        town: None,
        community: None,
        address: None,
        capital_fen: None,
        registered_on: Some("2019-05-01".parse().unwrap()),
        listed_on: "2019-05-01".parse().unwrap(),
        ended_on: None,
        legal_rep: None,
        body: json!({}),
        synthetic: true,
        source: None,
        rev: 1,
        entry,
    }
}

fn version(number: u128, id: u128, at: Instant, entry: EntryId) -> Version {
    Version {
        origin: origin(),
        org: OrgId::from_bits(number),
        id: RecordId::from_bits(id),
        valid_from: "2019-05-01".parse().unwrap(),
        valid_to: None,
        recorded_at: at,
        superseded_at: None,
        facts: format!("{{\"name\":\"沈阳市第{number}协会\"}}"),
        digest: vec![7; 32],
        leaf: None,
        entry,
    }
}

/// Three organizations in one bulk act.
fn import(office: &TestOffice) -> Vec<OrgId> {
    let deed = Deed::by(&Actor::system(), origin(), "import", RecordId::from_bits(1), "import_chunk");
    office
        .act(deed, |work| {
            for number in 1..=3 {
                work.insert_bulk(&organization(number, work.entry))?;
                work.insert_bulk(&version(number, 100 + number, work.at, work.entry))?;
                work.announce("org", OrgId::from_bits(number), Some(json!({ "name": format!("第{number}协会") })));
            }
            Ok(())
        })
        .unwrap();
    (1..=3).map(OrgId::from_bits).collect()
}

/// An act on one of them: its chain starts from its leaf, its version is superseded, its row rewritten; and it relies on a file.
fn amend(office: &TestOffice, org: OrgId) -> Digest {
    let file = office.files.keep(b"%PDF-1.7 the resolution").unwrap();
    let deed = Deed::by(&Actor::system(), origin(), "org", org, "amend").because("换届");
    office
        .act::<_, _>(deed, move |work| {
            let found: Organization = work.tx.get_record(store::args![origin(), org]).map_err(Refused::from)?;
            work.update(&Organization {
                legal_rep: Some("李示例".to_owned()),
                rev: found.rev + 1,
                entry: work.entry,
                ..found
            })?;
            let from = "2024-01-01".parse().map_err(Refused::internal)?;
            let new = Version { valid_from: from, ..version(1, 200, work.at, work.entry) };
            let mut next = 300;
            store::organizations::set_version(work.tx, &new, &mut || {
                next += 1;
                RecordId::from_bits(next)
            })?;
            work.relies_on(file);
            work.announce("org", org, None);
            Ok(())
        })
        .unwrap();
    file
}

/// A person with a protected value, erased again.
fn erase(office: &TestOffice) {
    let person = PersonId::from_bits(77);
    let deed = || Deed::by(&Actor::system(), Origin::none(), "person", person, "register");
    office
        .act::<_, _>(deed(), move |work| {
            let entry = work.entry;
            work.insert(&Person {
                id: person,
                mask: "张**".to_owned(),
                state: "active".to_owned(),
                body: json!({}),
                rev: 1,
                entry,
            })?;
            work.insert(&PersonKey { person, wrapped: Some(vec![1; 60]), made_at: work.at, erased_at: None, entry })?;
            work.insert(&PersonSecret { person, field: "phone".to_owned(), cipher: vec![2; 40], lookup: None, entry })
        })
        .unwrap();
    office.clock.advance(60);
    office.erase_person(&office.admin(AdminRole::Security), person, "本人申请").unwrap();
}
