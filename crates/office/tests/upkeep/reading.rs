//! What is read of the register is the same on both engines: search, dossier, lists, structure, changes, bulk; and the accounts' lists.
use std::fmt::Debug;

use authority::AdminRole;
use office::register::read::ask::Ask;
use office::register::read::dossier::{Answer, Moment};
use office::testing::{TestOffice, office_on};
use registry::{Credit, Kind};

use super::{day, engines};

fn say(told: &mut Vec<String>, what: &str, value: impl Debug) {
    told.push(format!("{what}: {value:?}"));
}

fn search(office: &TestOffice, ask: &Ask, told: &mut Vec<String>) {
    let found = office.search_register(ask).unwrap();
    let names: Vec<_> = found.hits.iter().map(|hit| (hit.name.clone(), hit.former, hit.summary.states)).collect();
    say(told, &format!("search {:?}", ask.pairs()), (names, found.total, found.facets));
    let (page, next) = office.export_page(ask).unwrap();
    say(told, "export", (page.iter().map(|one| one.name.clone()).collect::<Vec<_>>(), next.is_some()));
}

fn everything_read(office: &TestOffice) -> Vec<String> {
    let mut told = Vec::new();
    let all: Vec<_> = (0..12)
        .map(|at| {
            let kind = [Kind::Association, Kind::Foundation, Kind::ServiceInstitution][at % 3];
            let registrar = ["210102", "2101", "330104"][at / 4];
            office.registered(kind, &format!("云州市第{at}助学服务会"), registrar, day("2018-05-01"))
        })
        .collect();
    office.appoint(&all[0], "director", "欧阳小明");
    let mut renamed = all[0].clone();
    "云州市茶业协会".clone_into(&mut renamed.name);
    renamed.states.credit = Credit::Abnormal;
    office.record_org(&renamed, day("2024-01-01"));
    office.catch_up().unwrap();
    for text in ["助学", "茶业", "第1", "zx", ""] {
        for area in [None, Some("21"), Some("330104"), Some("330102")] {
            let area = area.map(|area| area.parse().unwrap());
            search(office, &Ask { text: text.to_owned(), area, limit: 5, ..Ask::default() }, &mut told);
        }
    }
    search(office, &Ask { text: "云州".to_owned(), as_of: Some(day("2020-01-01")), ..Ask::default() }, &mut told);
    say(&mut told, "suggested", office.suggest_orgs("云州市第9助学服务会社", 5).unwrap().len());
    let moments = [(None, None), (Some("2020-01-01"), None), (Some("2001-01-01"), None), (None, Some("2025-01-01"))];
    for (as_of, known_on) in moments {
        let moment = Moment::of(as_of.map(day), known_on.map(day), office.clock.today());
        let answer = office.find_dossier(&renamed.public_code(), moment).unwrap();
        let said = match answer {
            Answer::Found(found) => {
                format!("{} {:?} {}", found.organization.name, found.former_names, found.stages.len())
            }
            Answer::NotYet { first, .. } => format!("not before {first}"),
            Answer::Unknown => "unknown".to_owned(),
        };
        say(&mut told, "dossier", said);
    }
    let difference = office.difference(&renamed.public_code(), day("2020-01-01"), day("2025-01-01")).unwrap().unwrap();
    say(&mut told, "difference", difference.changes.len());
    let listed = office.credit_list(Credit::Abnormal, None, None, 10).unwrap();
    say(&mut told, "abnormal", listed.items.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
    let liaoning = "21".parse().unwrap();
    say(&mut told, "structure", format!("{:?}", office.structure(Some(&liaoning)).unwrap()).len());
    let mut bulk = Vec::new();
    let mut after = None;
    loop {
        let page = office.bulk_page(after, 5).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.origin, last.id));
        bulk.extend(page.iter().map(|one| one.name.clone()));
    }
    bulk.sort();
    say(&mut told, "bulk", bulk);
    say(&mut told, "changes", office.newest_changes(50).unwrap().len());
    say(&mut told, "heads", office.change_heads().unwrap());
    say(&mut told, "after", office.changes_after("210102".parse().unwrap(), 1, 3).unwrap().1);
    say(&mut told, "notices", office.newest_notices(None, 10).unwrap().len());
    let admin = office.admin(AdminRole::System);
    office.founder("reader");
    let account = office.find_account(&office.admin(AdminRole::Security), "reader");
    say(
        &mut told,
        "account",
        account.map(|account| account.map(|one| one.name)).map_err(|refused| refused.code().to_owned()),
    );
    say(
        &mut told,
        "officials",
        office.officials(&admin, "", 10).map(|(list, _)| list.len()).map_err(|refused| refused.code().to_owned()),
    );
    say(&mut told, "registrars", office.registrars().unwrap().len());
    told
}

#[test]
fn both_engines_answer_alike() {
    let answers: Vec<Vec<String>> =
        engines().into_iter().map(|db| everything_read(&office_on(db).with_index())).collect();
    assert!(answers[0].len() > 40 && answers[0].iter().any(|line| line.contains("茶业")), "{:#?}", answers[0]);
    for other in &answers[1..] {
        assert_eq!(*other, answers[0]);
    }
}
