//! The demo is complete, is furnished once, and invents nothing about real organizations.
use std::collections::BTreeSet;

use super::*;
use crate::testing::office;

const SMALL: Size = Size { organizations: 120, communities: 80, cases: 12 };

fn count(office: &Office, text: Statement) -> i64 {
    office.db.read(|tx| tx.get::<i64>(text, &[])).unwrap()
}

#[test]
fn everybody_has_a_seat_and_everything_is_there_once() {
    let office = office();
    let mut steps = BTreeSet::new();
    office
        .furnish_demo(SMALL, |(step, _, _)| {
            steps.insert(step.to_owned());
        })
        .unwrap();
    assert_eq!(steps.len(), 9, "{steps:?}");
    assert_eq!(count(&office, sql!("test.real", "select count(*) from organization where synthetic = 0")), 212 + 559);
    let invented = sql!("test.synthetic", "select count(*) from organization where synthetic = 1");
    // 120 + 18 + 48 + 48 legal persons and 3 that were granted here, 80 + 28 + 16 + 28 filed.
    assert_eq!(count(&office, invented), 234 + 3 + 152);
    let longgang = sql!("test.longgang", "select count(*) from organization where registrar_area = '330383'");
    assert_eq!(count(&office, longgang), 18 + 28);
    let desks: BTreeSet<&str> = OFFICIALS.iter().map(|row| row.2).collect();
    for desk in [
        "intake",
        "review",
        "decision",
        "supervision",
        "enforcement",
        "supervisor",
        "regulator",
        "party",
        "finance",
        "tax",
        "street",
        "community",
        "data_quality",
    ] {
        assert!(desks.contains(desk), "nobody sits at {desk}");
    }
    let entries = sql!("test.entries", "select count(*) from journal_entry");
    let before = count(&office, entries);
    office.furnish_demo(SMALL, |_| panic!("nothing is left to do")).unwrap();
    assert_eq!(count(&office, entries), before);
}

#[test]
fn nothing_invented_hangs_on_a_real_organization_and_it_would_be_seen() {
    let office = office();
    office.furnish_demo(SMALL, |_| {}).unwrap();
    assert_eq!(office.find_misplaced().unwrap(), Vec::<String>::new());
    let penalise = sql!("test.penalise", "update organization set credit = 'serious' where name = '中国绿化基金会'");
    office.db.write(move |tx| tx.run(penalise, &[])).unwrap();
    assert_eq!(office.find_misplaced().unwrap(), ["名单、颜色或状态：中国绿化基金会"]);
}

#[test]
fn some_invented_cases_were_granted_with_certificate_and_notice() {
    let office = office();
    office.furnish_demo(SMALL, |_| {}).unwrap();
    let granted = sql!(
        "test.granted",
        "select count(*) from matter_case c join organization o on o.id = c.org where c.ending = 'granted'
         and c.synthetic = 1 and o.synthetic = 1 and o.code is not null"
    );
    assert_eq!(count(&office, granted), 3);
    let certificates = sql!("test.certificates", "select count(*) from certificate");
    assert!(count(&office, certificates) >= 3);
    let elsewhere = sql!(
        "test.elsewhere",
        "select count(*) from matter_case c join organization o on o.id = c.org where o.synthetic = 0"
    );
    assert_eq!(count(&office, elsewhere), 0, "nothing hangs on a real organization");
    let notices = sql!("test.notices", "select count(*) from public_notice");
    assert!(count(&office, notices) >= 3);
}

#[test]
fn demo_accounts_sign_in_and_bodies_and_areas_exist() {
    let office = office();
    for (key, name, _, _, area) in BODIES {
        let code: AreaCode = area.parse().unwrap();
        assert!(office.areas.find(&code).is_some() || code == AreaCode::nation(), "{key} {name}");
    }
    for (login, _, _, area, body) in OFFICIALS {
        let row = BODIES.iter().find(|row| row.0 == *body).unwrap();
        assert_eq!(row.4, *area, "{login} sits where its body is");
    }
    let logins: BTreeSet<&str> = OFFICIALS.iter().map(|row| row.0).chain(ADMINS.iter().map(|row| row.0)).collect();
    assert_eq!(logins.len(), OFFICIALS.len() + ADMINS.len(), "three administrators are three people");
    assert_eq!(office.areas.full_name(&cast::COMMUNITY.parse().unwrap()), "辽宁省沈阳市和平区南湖街道文安路社区");
    assert!(office.demo_accounts().iter().any(|account| account.seat == "受理岗 · 沈阳市民政局"));
}

#[test]
fn an_installation_that_serves_is_never_furnished() {
    let office = office();
    office.db.write(|tx| store::registers::set_meta(tx, "kind", "serve")).unwrap();
    assert_eq!(office.furnish_demo(SMALL, |_| {}).unwrap_err().code(), "not_a_demo");
}
