//! Who watches is told once, whoever else watches, whatever is told again; a watched search means the areas of its day.
use office::register::read::ask::Ask;
use office::testing::{TestOffice, on_each_engine};
use registry::{Kind, Organization};

use super::day;

fn told(office: &TestOffice, who: &authority::Actor) -> Vec<String> {
    office.watches(who).unwrap().notices.into_iter().map(|notice| format!("{} {}", notice.title, notice.body)).collect()
}

fn moved_house(office: &TestOffice, o: &Organization, street: &str) {
    let mut after = o.clone();
    after.address = Some(street.to_owned());
    office.record_org(&after, day("2026-03-01"));
}

#[test]
fn nobody_one_and_many_are_told_once_and_a_replay_tells_nothing_twice() {
    on_each_engine(|office| {
        let o = office.registered(Kind::Foundation, "云州助学基金会", "330102", day("2020-01-01"));
        assert_eq!(office.tell_watchers().unwrap(), 0, "nobody watches");
        let wen = office.founder("wen");
        office.watch_org(&wen, &o.public_code()).unwrap();
        office.watch_org(&wen, &o.public_code()).unwrap();
        assert_eq!(office.tell_watchers().unwrap(), 0, "what was before the watch is not told");
        moved_house(office, &o, "云州路 1 号");
        assert_eq!(office.tell_watchers().unwrap(), 1);
        assert_eq!(told(office, &wen), ["您关注的“云州助学基金会”有变动 变动项目：住所"]);
        let crowd: Vec<_> = (0..25).map(|at| office.founder(&format!("crowd{at}"))).collect();
        for who in &crowd {
            office.watch_org(who, &o.public_code()).unwrap();
        }
        moved_house(office, &o, "云州路 2 号");
        assert_eq!(office.tell_watchers().unwrap(), 26);
        // The position is in the database: a program that starts anew goes on, and one whose position was lost tells nothing twice.
        let origin = o.origin;
        office.db.write(move |tx| store::change::keep_position(tx, "watch", origin, 0)).unwrap();
        office.tell_watchers().unwrap();
        assert_eq!(told(office, &wen).iter().filter(|line| line.contains("变动项目：住所")).count(), 2);
        assert_eq!(told(office, &crowd[7]).iter().filter(|line| line.contains("变动项目")).count(), 2);
        office.stop_watching(&wen, office.watches(&wen).unwrap().list[0].id).unwrap();
        let before = told(office, &wen).len();
        moved_house(office, &o, "云州路 3 号");
        assert_eq!(office.tell_watchers().unwrap(), 25);
        assert_eq!(told(office, &wen).len(), before);
    });
}

#[test]
fn a_search_means_the_areas_of_its_day_for_its_page_and_its_watchers() {
    for db in super::engines() {
        let office = office::testing::office_on(db).with_index();
        // 江干区 330104 ended in 2021; most of it went to 上城区 330102.
        let mut o = office.registered(Kind::Foundation, "江边助学基金会", "330104", day("2018-01-01"));
        office.catch_up().unwrap();
        let ask = |area: &str, as_of: Option<&str>| Ask {
            area: Some(area.parse().unwrap()),
            as_of: as_of.map(day),
            ..Ask::default()
        };
        let total = |ask: Ask| office.search_register(&ask).unwrap().total;
        assert_eq!(total(ask("330102", None)), 1, "what carries the old code counts with the successor");
        assert_eq!(total(ask("330102", Some("2020-01-01"))), 0);
        assert_eq!(total(ask("330104", Some("2020-01-01"))), 1);
        let (wen, mei) = (office.founder("wen"), office.founder("mei"));
        office.watch_search(&wen, &ask("330102", None), "上城区").unwrap();
        office.watch_search(&mei, &ask("330105", None), "拱墅区").unwrap();
        office.tell_watchers().unwrap();
        moved_house(&office, &o, "江边路 1 号");
        office.tell_watchers().unwrap();
        assert_eq!((told(&office, &wen).len(), told(&office, &mei).len()), (1, 0));
        // What leaves the list is told too, and what enters another.
        o.domicile = Some("330105".parse().unwrap());
        office.record_org(&o, day("2026-03-02"));
        office.tell_watchers().unwrap();
        assert_eq!((told(&office, &wen).len(), told(&office, &mei).len()), (2, 1));
    }
}
