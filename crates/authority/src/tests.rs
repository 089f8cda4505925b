//! Only the wrong people, and the one right person beside them.
use base::{AccountId, AreaCode, BodyId, OrgId};

use super::*;

const PROVINCE: &str = "98";
const CITY: &str = "9801";
const COUNTY: &str = "980102";
const OTHER_COUNTY: &str = "980103";

fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

fn account(number: u128) -> AccountId {
    AccountId::from_bits(number)
}

fn official(number: u128, desk: &str, code: &str, body: u128) -> Actor {
    let post = Post { desk: desk.into(), area: area(code), body: BodyId::from_bits(body) };
    Actor {
        account: account(number), name: format!("官员{number}"), posts: vec![post], orgs: Vec::new(), admin: None
    }
}

fn citizen(number: u128, orgs: &[u128]) -> Actor {
    let orgs = orgs.iter().map(|org| OrgId::from_bits(*org)).collect();
    Actor { account: account(number), name: "申请人".to_owned(), posts: Vec::new(), orgs, admin: None }
}

fn admin(number: u128, role: AdminRole) -> Actor {
    Actor { admin: Some(role), ..official(number, "decision", COUNTY, 1) }
}

fn task(desk: &str) -> TaskSubject {
    TaskSubject {
        desk: desk.into(),
        area: area(COUNTY),
        body: None,
        barred: Vec::new(),
        claimed_by: None,
        awaits_applicant: false,
        withdrawable: true,
    }
}

fn case(task: Option<TaskSubject>) -> CaseSubject {
    CaseSubject {
        territory: area(COUNTY).into(),
        applicant: Some(account(500)),
        org: Some(OrgId::from_bits(70)),
        parties: vec![BodyId::from_bits(30)],
        task,
    }
}

fn at(task: TaskSubject) -> Subject {
    Subject::Case(case(Some(task)))
}

#[test]
fn only_the_desk_of_the_very_area_moves_a_task() {
    let rows: [(Actor, Result<(), Denied>); 6] = [
        (official(1, "intake", COUNTY, 1), Ok(())),
        (official(1, "review", COUNTY, 1), Err(Denied::NotYourDesk)),
        (official(1, "intake", OTHER_COUNTY, 1), Err(Denied::NotYourArea)),
        (official(1, "intake", CITY, 1), Err(Denied::NotYourArea)),
        (official(1, "intake", PROVINCE, 1), Err(Denied::NotYourArea)),
        (citizen(500, &[70]), Err(Denied::NotYourDesk)),
    ];
    for verb in Verb::ALL.into_iter().filter(|verb| verb.moves_case()) {
        if matches!(verb, Verb::Lapse | Verb::Withdraw) {
            continue;
        }
        for (actor, expected) in &rows {
            assert_eq!(may(actor, verb, &at(task("intake"))), *expected, "{verb} {}", actor.name);
        }
    }
}

#[test]
fn the_upper_authority_sees_but_acts_only_after_a_transfer() {
    let upper = official(1, "intake", CITY, 1);
    assert_eq!(may(&upper, Verb::View, &at(task("intake"))), Ok(()));
    assert_eq!(may(&upper, Verb::Accept, &at(task("intake"))), Err(Denied::NotYourArea));
    let transferred = TaskSubject { area: area(CITY), ..task("intake") };
    assert_eq!(may(&upper, Verb::Accept, &at(transferred.clone())), Ok(()));
    assert_eq!(may(&official(2, "intake", COUNTY, 1), Verb::Accept, &at(transferred)), Err(Denied::NotYourArea));
    assert_eq!(may(&official(3, "intake", OTHER_COUNTY, 1), Verb::View, &at(task("intake"))), Err(Denied::NotYourArea));
}

#[test]
fn an_applicant_touches_only_its_own() {
    let correction = TaskSubject { awaits_applicant: true, ..task("intake") };
    for (actor, expected) in [
        (citizen(500, &[]), Ok(())),
        (citizen(501, &[70]), Ok(())),
        (citizen(501, &[71]), Err(Denied::NotYours)),
        (official(1, "intake", COUNTY, 1), Err(Denied::NotYours)),
        (official(1, "applicant", COUNTY, 1), Err(Denied::NotYours)),
    ] {
        assert_eq!(may(&actor, Verb::Submit, &at(correction.clone())), expected);
        assert_eq!(may(&actor, Verb::Withdraw, &at(task("intake"))), expected);
        assert_eq!(may(&actor, Verb::Submit, &at(task("applicant"))), expected);
    }
    assert_eq!(may(&citizen(501, &[71]), Verb::View, &at(task("intake"))), Err(Denied::NotYourArea));
    assert_eq!(may(&citizen(500, &[]), Verb::View, &at(task("intake"))), Ok(()));
    assert_eq!(may(&citizen(500, &[]), Verb::Reveal, &Subject::Case(case(None))), Ok(()));
    assert_eq!(may(&citizen(500, &[]), Verb::Export, &Subject::Case(case(None))), Err(Denied::NotYourArea));
    assert_eq!(may(&citizen(500, &[]), Verb::Withdraw, &Subject::Case(case(None))), Err(Denied::NothingOpen));
}

#[test]
fn while_the_applicant_completes_the_file_nobody_decides() {
    let waiting = at(TaskSubject { awaits_applicant: true, ..task("intake") });
    let clerk = official(1, "intake", COUNTY, 1);
    assert_eq!(may(&clerk, Verb::Accept, &waiting), Err(Denied::AwaitsApplicant));
    assert_eq!(may(&clerk, Verb::Claim, &waiting), Ok(()));
}

#[test]
fn a_supervisor_gives_opinions_only_for_its_own() {
    let named = TaskSubject { body: Some(BodyId::from_bits(30)), ..task("supervisor") };
    assert_eq!(may(&official(1, "supervisor", CITY, 30), Verb::Opine, &at(named.clone())), Ok(()));
    assert_eq!(may(&official(1, "supervisor", COUNTY, 31), Verb::Opine, &at(named.clone())), Err(Denied::NotYourBody));
    assert_eq!(may(&official(1, "intake", COUNTY, 30), Verb::Opine, &at(named)), Err(Denied::NotYourDesk));
    let org = |body| {
        Subject::Organization(OrgSubject {
            org: OrgId::from_bits(70),
            registrar: area(COUNTY).into(),
            domicile: Some(area("980102001").into()),
            bodies: vec![BodyId::from_bits(body)],
        })
    };
    assert_eq!(may(&official(1, "supervisor", COUNTY, 30), Verb::View, &org(30)), Ok(()));
    assert_eq!(may(&official(1, "supervisor", COUNTY, 31), Verb::View, &org(30)), Err(Denied::NotYourArea));
    assert_eq!(may(&official(1, "street", "980102001", 9), Verb::View, &org(30)), Ok(()));
    assert_eq!(may(&official(1, "street", "980102002", 9), Verb::View, &org(30)), Err(Denied::NotYourArea));
}

#[test]
fn a_second_person_decides() {
    let barred = TaskSubject { barred: vec![account(8)], ..task("decision") };
    assert_eq!(may(&official(8, "decision", COUNTY, 1), Verb::Approve, &at(barred.clone())), Err(Denied::SecondPerson));
    assert_eq!(may(&official(9, "decision", COUNTY, 1), Verb::Approve, &at(barred)), Ok(()));
    assert_eq!(
        may(&official(500, "decision", COUNTY, 1), Verb::Approve, &at(task("decision"))),
        Err(Denied::SecondPerson)
    );
    let claimed = TaskSubject { claimed_by: Some(account(8)), ..task("decision") };
    assert_eq!(may(&official(9, "decision", COUNTY, 1), Verb::Approve, &at(claimed.clone())), Err(Denied::Claimed));
    assert_eq!(may(&official(8, "decision", COUNTY, 1), Verb::Approve, &at(claimed)), Ok(()));
}

#[test]
fn three_administrators_are_three_people_and_do_no_business() {
    let rights = [
        (AdminRole::System, [Verb::ManageAccounts, Verb::Configure].as_slice()),
        (AdminRole::Security, &[Verb::GrantRights]),
        (AdminRole::Audit, &[Verb::Audit]),
    ];
    for (role, own) in rights {
        let actor = admin(1, role);
        for verb in Verb::ALL {
            let on_platform = may(&actor, verb, &Subject::Platform);
            assert_eq!(on_platform.is_ok(), own.contains(&verb), "{role:?} {verb}");
            if !verb.administers() {
                assert_eq!(may(&actor, verb, &at(task("decision"))), Err(Denied::AdminsDoNoBusiness));
            }
        }
        assert_eq!(scope(&actor), Scope::default());
    }
    for verb in Verb::ALL.into_iter().filter(|verb| verb.administers()) {
        for actor in [official(1, "decision", PROVINCE, 1), citizen(500, &[70]), Actor::system()] {
            assert_eq!(may(&actor, verb, &Subject::Platform), Err(Denied::OtherAdmin));
        }
    }
}

#[test]
fn the_timer_lapses_and_nothing_else() {
    for verb in Verb::ALL.into_iter().filter(|verb| verb.moves_case()) {
        let allowed = may(&Actor::system(), verb, &at(task("intake")));
        assert_eq!(allowed.is_ok(), verb == Verb::Lapse, "{verb}");
    }
    assert_eq!(may(&official(1, "intake", COUNTY, 1), Verb::Lapse, &at(task("intake"))), Err(Denied::OnlySystem));
}

#[test]
fn personal_data_opens_to_the_desk_in_turn_and_the_supervising_desks_of_the_area() {
    let subject = at(task("review"));
    for (actor, allowed) in [
        (official(1, "review", COUNTY, 1), true),
        (official(1, "intake", COUNTY, 1), false),
        (official(1, "supervision", COUNTY, 1), true),
        (official(1, "supervision", CITY, 1), false),
        (official(1, "data_quality", COUNTY, 1), true),
        (citizen(501, &[]), false),
    ] {
        assert_eq!(may(&actor, Verb::Reveal, &subject).is_ok(), allowed, "{:?}", actor.posts);
    }
    assert_eq!(may(&official(1, "data_quality", COUNTY, 1), Verb::Amend, &subject), Ok(()));
    assert_eq!(may(&official(1, "data_quality", CITY, 1), Verb::Amend, &subject), Err(Denied::NotYourArea));
    assert_eq!(may(&official(1, "decision", COUNTY, 1), Verb::AdoptEdition, &subject), Ok(()));
    assert_eq!(may(&official(1, "intake", COUNTY, 1), Verb::AdoptEdition, &subject), Err(Denied::NotYourDesk));
}

#[test]
fn a_zone_is_placed_by_the_dated_tree_not_by_its_code() {
    let zone = Territory::of_lineage(area("970001"), [area(PROVINCE), AreaCode::nation()]);
    let subject = Subject::Area(zone);
    assert_eq!(may(&official(1, "supervision", PROVINCE, 1), Verb::View, &subject), Ok(()));
    assert_eq!(may(&official(1, "supervision", "97", 1), Verb::View, &subject), Err(Denied::NotYourArea));
}

#[test]
fn an_organization_goes_to_another_registrar_by_an_authority_above_both() {
    let handover = |from: &str, to: &str| Subject::Handover { from: area(from).into(), to: area(to).into() };
    let rows = [
        (official(1, "decision", PROVINCE, 1), PROVINCE, CITY, Ok(())),
        (official(1, "decision", PROVINCE, 1), COUNTY, OTHER_COUNTY, Ok(())),
        (official(1, "decision", CITY, 1), COUNTY, CITY, Ok(())),
        (official(1, "decision", CITY, 1), PROVINCE, CITY, Err(Denied::NotYourArea)),
        (official(1, "decision", COUNTY, 1), COUNTY, OTHER_COUNTY, Err(Denied::NotYourArea)),
        (official(1, "review", PROVINCE, 1), PROVINCE, CITY, Err(Denied::NotYourDesk)),
        (citizen(500, &[70]), PROVINCE, CITY, Err(Denied::NotYourDesk)),
        (admin(9, AdminRole::System), PROVINCE, CITY, Err(Denied::AdminsDoNoBusiness)),
        (Actor::system(), PROVINCE, CITY, Err(Denied::SystemOnlyLapses)),
    ];
    for (actor, from, to, expected) in rows {
        assert_eq!(may(&actor, Verb::Reassign, &handover(from, to)), expected, "{} {from} {to}", actor.name);
    }
    // Neither side alone, also not by somebody who decides for both sides in two posts.
    let mut both = official(1, "decision", COUNTY, 1);
    both.posts.extend(official(1, "decision", OTHER_COUNTY, 2).posts);
    assert_eq!(may(&both, Verb::Reassign, &handover(COUNTY, OTHER_COUNTY)), Err(Denied::NotYourArea));
    let whole = Subject::Organization(OrgSubject {
        org: OrgId::from_bits(70),
        registrar: area(COUNTY).into(),
        domicile: None,
        bodies: Vec::new(),
    });
    assert!(may(&official(1, "decision", PROVINCE, 1), Verb::Reassign, &whole).is_err(), "to where?");
}

#[test]
fn the_seat_is_the_post_that_gives_the_right() {
    let mut several = official(1, "supervision", OTHER_COUNTY, 1);
    several.posts.extend(official(1, "intake", OTHER_COUNTY, 1).posts);
    several.posts.extend(official(1, "intake", COUNTY, 2).posts);
    let found = seat(&several, Verb::Accept, &at(task("intake"))).map(|post| (post.desk.as_str(), post.area.as_str()));
    assert_eq!(found, Some(("intake", COUNTY)));
    assert_eq!(seat(&several, Verb::Accept, &at(task("review"))), None, "what may not be done has no seat");
    // An official's own application is his own affair, whatever posts he holds.
    let own = Actor { account: account(500), ..several };
    assert_eq!(seat(&own, Verb::Withdraw, &at(task("intake"))), None);
    assert_eq!(seat(&Actor::system(), Verb::Lapse, &at(task("intake"))).map(|post| post.desk.is_system()), Some(true));
}
