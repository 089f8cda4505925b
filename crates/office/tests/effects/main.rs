//! What follows a decision, on both engines: the founding flow to certificate, dossier rows and offline verification; refusal;
//! codes; reviews; who may see what.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod aftermath;
mod outside;
mod timer;

use authority::{Actor, Verb};
use base::BodyId;
use casework::{Act, PointAnswer, PointVerdict};
use office::Refused;
use office::cases::Done;
use office::cases::file::NewCase;
use office::reviews::NewReview;
use office::testing::{TestOffice, form_of, office, on_each_engine};
use office::verify::Verified;
use serde_json::json;
use store::organizations as rows;
use vault::{LicenceFault, verify_offline};

const AREA: &str = "2101";

struct Cast {
    founder: Actor,
    intake: Actor,
    supervisor: Actor,
    party: Actor,
    review: Actor,
    decision: Actor,
    supervision: Actor,
    body: BodyId,
}

fn cast(office: &TestOffice) -> Cast {
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let party = office.body("party", "沈阳市社会组织党委", AREA);
    Cast {
        founder: office.founder("founder"),
        intake: office.official("intake", AREA, registrar),
        supervisor: office.official("supervisor", AREA, body),
        party: office.official("party", AREA, party),
        review: office.official("review", AREA, registrar),
        decision: office.official("decision", AREA, registrar),
        supervision: office.official("supervision", AREA, registrar),
        body,
    }
}

fn file(office: &TestOffice, cast: &Cast, name: &str) -> Done {
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let (mut answers, materials) = form_of(&resolved.matter, &|_| cast.body);
    answers.put("name", json!(name));
    // Nobody may head two associations: each application has a legal representative of its own.
    let mut head = answers.find("legal_representative").unwrap().clone();
    head["id_number"] = json!(citizen(name));
    answers.put("legal_representative", head);
    let new = NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false };
    office.file_case(&cast.founder, new).unwrap()
}

/// A valid citizen number (GB 11643) that differs from name to name.
fn citizen(name: &str) -> String {
    let serial = name.bytes().map(usize::from).sum::<usize>() % 1000;
    let body = format!("21010219700101{serial:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{body}{}", &"10X98765432"[sum % 11..=sum % 11])
}

/// The approval with its signed document attached.
fn approve(office: &TestOffice, who: &Actor, done: &Done) -> Act {
    let digest = office.files.keep(done.number.as_bytes()).unwrap();
    let id = base::FileId::fresh(&office.clock, &office.rng);
    let (origin, subject) = (done.origin, format!("case/{}", done.case));
    let kept = office.act(office::Deed::by(who, origin, "case", done.case, "attach"), move |work| {
        work.insert(&store::papers::FileRow {
            origin,
            id,
            subject,
            slot: None,
            name: "准予登记决定书.txt".to_owned(),
            mime: "text/plain".to_owned(),
            size: 1,
            digest: digest.as_bytes().to_vec(),
            public: false,
            added_at: work.at,
            account: None,
            removed_at: None,
            entry: work.entry,
        })
    });
    kept.unwrap();
    let mut act = act(office, "decide", Verb::Approve);
    act.files.push(id);
    act
}

fn act(office: &TestOffice, step: &str, verb: Verb) -> Act {
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let mut act = Act::new(Some(step.into()), verb);
    let found = resolved.matter.find_step(&step.into()).unwrap();
    let yes = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    act.points = found.points.iter().map(yes).collect();
    act.opinion = (verb == Verb::Opine).then(|| (true, "同意".to_owned()));
    "见审查报告".clone_into(&mut act.reason);
    act
}

fn step(office: &TestOffice, who: &Actor, done: &Done, act: Act) -> Result<Done, Refused> {
    office.act_on_case(who, done.origin, done.case, None, act)
}

/// Up to the decision.
fn reviewed(office: &TestOffice, cast: &Cast, name: &str) -> Done {
    let done = file(office, cast, name);
    step(office, &cast.intake, &done, act(office, "intake", Verb::Accept)).unwrap();
    step(office, &cast.party, &done, act(office, "party", Verb::Opine)).unwrap();
    step(office, &cast.supervisor, &done, act(office, "supervise", Verb::Opine)).unwrap();
    step(office, &cast.review, &done, act(office, "review", Verb::Opine)).unwrap();
    done
}

fn granted(office: &TestOffice, cast: &Cast, name: &str) -> Done {
    let done = reviewed(office, cast, name);
    step(office, &cast.decision, &done, approve(office, &cast.decision, &done)).unwrap()
}

#[test]
fn founding_leads_to_a_dossier_and_certificates_that_verify_offline() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let done = granted(office, &cast, "沈阳市养老服务协会");
        let (origin, org) = (done.origin, done.org.unwrap());
        let row = office.db.read(|tx| rows::get(tx, origin, org)).unwrap();
        let code = row.code.clone().unwrap();
        let parsed = base::CreditCode::parse(&code).unwrap();
        assert_eq!((parsed.department(), parsed.class()), ('5', Some(base::code::OrganizationClass::Association)));
        assert_eq!(parsed.region(), "210100");
        assert!(office::connector::is_local_code(&code));
        assert_eq!(row.capital_fen.unwrap().plain(), "5 万元");
        assert_eq!(row.legal_rep.as_deref(), Some("王示例"));
        assert_eq!(row.body["party_members"], 1);
        assert_eq!(row.body["activity_area"], "辽宁省沈阳市");
        let versions = office.db.read(|tx| rows::versions(tx, origin, org)).unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!(office::record::organization_of(&versions[0]).unwrap().code.as_ref(), Some(&code));
        let (today, now) = (office.clock.today(), office.clock.now());
        let officers = office.db.read(|tx| rows::officers(tx, origin, org, today, now)).unwrap();
        assert!(officers.iter().any(|one| one.post == "legal_representative" && one.public_name == "王示例"));
        assert!(officers.iter().any(|one| one.post == "secretary_general" && one.public_name == "孙**"));
        let held =
            office.db.read(|tx| rows::name_taken(tx, origin, &registry::names::normalize(&row.name), today)).unwrap();
        assert_eq!(held.unwrap().org, Some(org), "the name is in use now");

        let certificates = office.db.read(|tx| rows::certificates(tx, origin, org)).unwrap();
        assert_eq!(certificates.len(), 2);
        assert_eq!(certificates[0].number, certificates[1].number);
        let trusted = office.trusted_keys("沈阳市民政局").unwrap();
        for certificate in &certificates {
            let licence = verify_offline(&certificate.payload, &trusted, today).unwrap();
            assert_eq!((licence.code.as_str(), licence.name.as_str()), (code.as_str(), "沈阳市养老服务协会"));
            assert_eq!(licence.registrar, "沈阳市民政局");
            let tail = if certificate.payload.ends_with('A') { "Q" } else { "A" };
            let altered = format!("{}{tail}", &certificate.payload[..certificate.payload.len() - 1]);
            let fault = verify_offline(&altered, &trusted, today).unwrap_err();
            assert!(matches!(fault, LicenceFault::Altered | LicenceFault::Damaged), "{fault:?}");
            let Verified::Licence { standing: Some(standing), fault: None, changed, .. } =
                office.verify_text(&certificate.payload, "沈阳市民政局").unwrap()
            else {
                panic!("not verified")
            };
            assert!(standing.certificate_valid && changed.is_empty(), "{changed:?}");
        }
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
        for asked in [&code, &certificates[0].number, &certificates[0].short] {
            let found = office.verify_text(asked, "").unwrap();
            assert_eq!(matches!(found, Verified::Found(_)), asked.len() != 8, "{asked}");
        }
    });
}

#[test]
fn both_chains_tell_the_founding_and_no_personal_value_is_in_them() {
    let office = office();
    let cast = cast(&office);
    let done = granted(&office, &cast, "沈阳市养老服务协会");
    let org = done.org.unwrap();
    let chain = |subject: String| office.db.read(|tx| store::journal::chain(tx, done.origin, &subject)).unwrap();
    let of_org = chain(format!("org/{org}"));
    assert_eq!(of_org.len(), 1);
    let entry = office::ledger::entry_of(&of_org[0]).unwrap();
    let tables: Vec<&str> = entry.draft.rows.iter().map(|row| row.table.as_str()).collect();
    for table in [
        "organization",
        "organization_version",
        "credit_code",
        "officer",
        "certificate",
        "account_org",
        "register_entry",
    ] {
        assert!(tables.contains(&table), "{table} is proven by the organization's entry: {tables:?}");
    }
    let of_case = chain(format!("case/{}", done.case));
    let entry = office::ledger::entry_of(of_case.last().unwrap()).unwrap();
    let tables: Vec<&str> = entry.draft.rows.iter().map(|row| row.table.as_str()).collect();
    for table in ["matter_case", "public_notice", "letter"] {
        assert!(tables.contains(&table), "{table} is proven by the case's entry: {tables:?}");
    }
    assert!(!tables.contains(&"organization"));
    for row in of_org.iter().chain(&of_case) {
        let text = String::from_utf8_lossy(&row.body);
        assert!(!text.contains("21010219800101015X") && !text.contains("孙示例"));
    }
    let notices = office.db.read(|tx| store::papers::notices_of(tx, done.origin, org)).unwrap();
    assert_eq!(notices[0].title, "关于准予沈阳市养老服务协会成立登记的公告");
    assert!(notices[0].text.contains("辽宁省沈阳市") && !notices[0].text.contains("孙示例"));
    let owner = office.db.read(|tx| store::accounts::for_org(tx, done.origin, org)).unwrap();
    assert_eq!((owner.len(), owner[0].role.as_str()), (1, "owner"));
}

#[test]
fn two_cases_decided_at_once_never_get_the_same_code() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let names = ["沈阳市养老服务协会", "沈阳市园艺交流协会", "沈阳市数控技术协会", "沈阳市河湖保护协会"];
        let cases: Vec<Done> = names.iter().map(|name| reviewed(office, &cast, name)).collect();
        let acts: Vec<Act> = cases.iter().map(|done| approve(office, &cast.decision, done)).collect();
        let founded: Vec<Done> = std::thread::scope(|scope| {
            let deciding: Vec<_> = cases
                .iter()
                .zip(acts)
                .map(|(done, approve)| {
                    let (house, who) = (&office.office, &cast.decision);
                    scope.spawn(move || house.act_on_case(who, done.origin, done.case, None, approve).unwrap())
                })
                .collect();
            deciding.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let code =
            |done: &Done| office.db.read(|tx| rows::get(tx, done.origin, done.org.unwrap())).unwrap().code.unwrap();
        let mut codes: Vec<String> = founded.iter().map(code).collect();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), names.len());
    });
}

#[test]
fn a_refusal_gives_the_name_back_and_tells_why_in_a_letter() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let done = reviewed(office, &cast, "沈阳市养老服务协会");
        let mut refuse = act(office, "decide", Verb::Refuse);
        refuse.files = approve(office, &cast.decision, &done).files;
        refuse.reason = "已有业务范围相同的社会团体，没有必要成立".to_owned();
        refuse.article = "《社会团体登记管理条例》第十三条第二项".to_owned();
        step(office, &cast.decision, &done, refuse).unwrap();
        let key = registry::names::normalize("沈阳市养老服务协会");
        let today = office.clock.today();
        assert_eq!(office.db.read(|tx| rows::name_taken(tx, done.origin, &key, today)).unwrap(), None);
        let letters = office.db.read(|tx| store::papers::letters(tx, done.origin, done.case)).unwrap();
        // All at one moment of the test's clock, so in no order.
        let last = letters.iter().find(|letter| letter.title == "不予登记决定书").unwrap();
        assert!(last.text.contains("第十三条第二项") && last.text.contains("行政复议"), "{}", last.text);
        let again = granted(office, &cast, "沈阳市养老服务协会");
        assert!(again.org.is_some(), "the name is free for another");
    });
}

#[test]
fn a_bad_review_opens_a_timed_loop_and_tells_nobody_who_gave_it() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let done = granted(office, &cast, "沈阳市养老服务协会");
        let stranger = office.founder("stranger");
        assert_eq!(office.case_to_review(&stranger, &done.number).unwrap_err().code(), "not_found");
        let bare = NewReview { score: 1, ..NewReview::default() };
        assert_eq!(office.give_review(&cast.founder, &done.number, bare).unwrap_err().code(), "invalid");
        let bad = NewReview { score: 2, reasons: vec!["slow".to_owned()], text: "等了很久".to_owned() };
        let review = office.give_review(&cast.founder, &done.number, bad.clone()).unwrap();
        assert_eq!((review.state.as_str(), review.due.unwrap().to_string()), ("checking", "2026-03-23".to_owned()));
        assert_eq!(office.give_review(&cast.founder, &done.number, bad).unwrap_err().code(), "review_given");
        let chain =
            office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("review/{}", review.id))).unwrap();
        assert!(!String::from_utf8_lossy(&chain[0].body).contains(&cast.founder.account.to_string()));

        assert_eq!(office.open_reviews(&cast.intake).unwrap_err().code(), "denied");
        assert_eq!(office.open_reviews(&cast.supervision).unwrap().len(), 1);
        let close = |who| office.close_review(who, done.origin, review.id);
        assert_eq!(close(&cast.supervision).unwrap_err().code(), "review_open");
        office.days_pass(30);
        let area = AREA.parse().unwrap();
        let since = "2026-01-01".parse().unwrap();
        let figures = office.db.read(|tx| office.review_figures(tx, &area, since, false)).unwrap();
        assert_eq!((figures.given, figures.bad, figures.overdue, figures.follow_up()), (1, 1, 1, Some(0)));
        office
            .answer_review(&cast.supervision, done.origin, review.id, "已增加窗口人员，并于今日电话回访致歉")
            .unwrap();
        close(&cast.supervision).unwrap();
        assert!(office.open_reviews(&cast.supervision).unwrap().is_empty());
        let figures = office.db.read(|tx| office.review_figures(tx, &area, since, false)).unwrap();
        assert_eq!((figures.overdue, figures.follow_up(), figures.satisfaction()), (0, Some(1000), Some(0)));
    });
}

#[test]
fn papers_are_for_those_who_take_part() {
    let office = office();
    let cast = cast(&office);
    let done = granted(&office, &cast, "沈阳市养老服务协会");
    let stranger = office.founder("stranger");
    let elsewhere = office.official("review", "2102", cast.body);
    let letter = office.db.read(|tx| store::papers::letters(tx, done.origin, done.case)).unwrap().pop().unwrap();
    let code = office.certificates_of_case(&cast.founder, &done.number).unwrap().0.code.unwrap();
    for wrong in [&stranger, &elsewhere] {
        assert_eq!(office.certificates_of_case(wrong, &done.number).unwrap_err().code(), "not_found");
        assert_eq!(office.letter_of_case(wrong, &done.number, letter.id).unwrap_err().code(), "not_found");
        assert_eq!(office.certificates_for(wrong, &code).unwrap_err().code(), "denied");
    }
    let mut owner = cast.founder.clone();
    owner.orgs = vec![done.org.unwrap()];
    assert_eq!(
        office.letter_of_case(&cast.supervisor, &done.number, letter.id).unwrap_err().code(),
        "not_found",
        "only asked"
    );
    for right in [&owner, &cast.review] {
        office.certificates_for(right, &code).unwrap();
        office.letter_of_case(right, &done.number, letter.id).unwrap();
    }
}

#[test]
fn scans_are_counted_and_journalled_as_one_batch() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let done = granted(office, &cast, "沈阳市养老服务协会");
        let certificates = office.db.read(|tx| rows::certificates(tx, done.origin, done.org.unwrap())).unwrap();
        for certificate in &certificates {
            assert!(office.scan(&certificate.short.to_lowercase()).unwrap().unwrap().certificate_valid);
        }
        office.scan(&certificates[0].short).unwrap();
        assert!(office.scan("NOSUCH99").unwrap().is_none());
        assert_eq!(office.journal_scans().unwrap(), 2);
        assert_eq!(office.journal_scans().unwrap(), 0);
        let total = office.db.read(|tx| store::scans::total(tx, done.origin, certificates[0].id)).unwrap();
        assert_eq!(total, 2);
    });
}

#[test]
fn a_zone_gives_codes_of_the_division_above_it() {
    let office = office();
    let today = office.clock.today();
    let zone =
        office.areas.iter().find(|area| area.kind() == base::areas::AreaKind::Zone && area.exists_at(today)).unwrap();
    let region = office.code_region(&zone.code(), today).unwrap();
    assert_ne!(region, zone.code().six());
    assert!(office.areas.find(&region.parse().unwrap()).is_some());
    assert_eq!(office.code_region(&"100000".parse().unwrap(), today).unwrap(), "100000");
    assert_eq!(office.code_region(&"21".parse().unwrap(), today).unwrap(), "210000");
}

#[test]
fn a_catalogue_with_an_effect_nobody_runs_is_refused_at_its_line() {
    struct Changed;
    impl catalogue::Source for Changed {
        fn files(&self) -> Result<Vec<(String, String)>, Vec<catalogue::Problem>> {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
            let mut files = catalogue::Files::read(&root)?.files()?;
            for (path, text) in &mut files {
                if path.ends_with("/found-association.toml") {
                    *text = text
                        .replace("{ do = \"record_party_info\" }", "{ do = \"record_report\", year = \"adopted_on\" }");
                }
            }
            Ok(files)
        }
    }
    let problems = office::load_catalogue(&Changed).unwrap_err();
    let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(text.contains("found-association.toml:"), "{text}");
    let only_effects: Vec<&str> = text.lines().filter(|line| line.contains("record_report")).collect();
    assert!(!only_effects.is_empty() || text.contains("adopted_on"), "{text}");
}
