//! A snapshot is counted by a reader, frozen in one act that says at which changes, and never changes after.
use office::register::snapshots::SnapshotJob;
use office::testing::on_each_engine;
use registry::{Kind, Registration};

use super::day;

#[test]
fn a_snapshot_is_frozen_as_it_was_counted_and_explains_what_differs() {
    on_each_engine(|office| {
        let body = office.body("registrar", "沈阳市民政局", "2101");
        let (clerk, chief) = (office.official("review", "2101", body), office.official("decision", "2101", body));
        let mut all: Vec<_> = (0..7)
            .map(|at| {
                let registrar = ["2101", "210102", "2102"][at % 3];
                office.registered(Kind::Foundation, &format!("第{at}基金会"), registrar, day("2020-01-01"))
            })
            .collect();
        let id = office.open_snapshot(&clerk, "2025 年末统计", day("2025-12-31")).unwrap();
        assert!(office.advance_snapshot(&clerk, id).is_err(), "another person checks");
        office.advance_snapshot(&chief, id).unwrap();
        office.advance_snapshot(&chief, id).unwrap();
        let job = SnapshotJob { id, by: chief.account };
        // Acts go on while nothing is written: the count waits for no writer and stops none.
        let mut said = 0;
        office
            .run_snapshot_job(&job, &mut |_, _| {
                said += 1;
                true
            })
            .unwrap();
        let (frozen, figures) = office.snapshot(Some(&clerk), id).unwrap();
        assert_eq!(frozen.state, "frozen");
        let number = |area: &str| {
            let own = figures.iter().filter(|one| one.area.as_str() == area);
            own.filter_map(|one| one.number).sum::<i64>()
        };
        assert_eq!((number("2101"), number("210102"), number("2102")), (5, 2, 0), "3 of the city, 2 of its county");
        let positions: Vec<(base::Origin, i64)> = serde_json::from_value(frozen.body["positions"].clone()).unwrap();
        assert_eq!(positions.iter().map(|(_, pos)| pos).sum::<i64>(), 8, "it says at which changes it was counted");
        assert!(frozen.body["digest"].as_str().is_some_and(|digest| digest.len() == 64));
        assert_eq!(office.snapshot_drift(id).unwrap(), None);

        office.clock.advance(60);
        all[0].states.registration = Registration::Deregistered;
        office.record_org(&all[0], day("2025-06-01"));
        let drift = office.snapshot_drift(id).unwrap().unwrap();
        assert_eq!((drift.count, drift.because.as_slice()), (1, &["第0基金会".to_owned()][..]));
        let changed = |figure: &str| {
            let own = drift.figures.iter().find(|(area, own, ..)| area.as_str() == "2101" && own == figure);
            own.map(|(_, _, before, after)| (*before, *after))
        };
        assert_eq!(changed("foundation.registered"), Some((5, 4)));
        assert_eq!(changed("foundation.deregistered"), Some((0, 1)));
        assert_eq!(office.snapshot(Some(&clerk), id).unwrap().1, figures, "frozen is frozen");
        super::verifies(office);
    });
}
