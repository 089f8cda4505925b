//! What every other room relies on, held to on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};

use base::{AreaCode, Date, EntryId, Fen, Instant, Origin};
use serde_json::json;
use store::change::{Change, Positions};
use store::cubes::CubeKey;
use store::testing::{TestDb, on_each_engine, postgres, sqlite};
use store::{Db, DbError, Engine, Statement, args, sql};

const PUT: Statement = sql!("test.put", "insert into meta (key, value) values ($1, $2)");
const VALUE: Statement = sql!("test.value", "select value from meta where key = $1");
const SWAPPED: Statement = sql!("test.swapped", "update meta set value = $2 where key = $1");

fn put(db: &Db, key: &'static str, value: &'static str) -> Result<(), DbError> {
    db.write(move |tx| tx.run(PUT, args![key, value]).map(drop))
}

fn value(db: &Db, key: &str) -> Option<String> {
    db.read(|tx| tx.find::<String>(VALUE, args![key])).unwrap()
}

fn origin(six: &str) -> Origin {
    six.parse().unwrap()
}

fn change(origin: Origin, subject: &str) -> Change {
    Change {
        origin,
        entry: EntryId::from_bits(7),
        kind: "org".to_owned(),
        subject: subject.to_owned(),
        day: "2026-11-21".parse().unwrap(),
        public: Some(json!({"名称": subject})),
    }
}

#[test]
fn parameters_are_bound_by_their_number() {
    on_each_engine(|test| {
        put(test, "a", "old").unwrap();
        test.write(|tx| tx.run(SWAPPED, args!["a", "new"])).unwrap_or_else(|error: DbError| panic!("{error}"));
        assert_eq!(value(test, "a").as_deref(), Some("new"));
        let wrong = test.write(|tx| tx.run(SWAPPED, args!["a"]));
        assert!(matches!(wrong, Err(DbError::Engine { .. })), "{wrong:?}");
    });
}

store::record! {
    /// All the kinds of values there are.
    pub struct Kinds in "kinds" key(id) {
        pub id: EntryId,
        pub number: Option<i64>,
        pub money: Fen,
        pub yes: bool,
        pub day: Option<Date>,
        pub at: Instant,
        pub area: AreaCode,
        pub bytes: Option<Vec<u8>>,
        pub hash: [u8; 4],
        pub body: serde_json::Value,
        pub rev: i64,
    }
}

fn with_kinds(test: &TestDb) -> Kinds {
    let ddl = "create table kinds (id text not null primary key, number bigint, money bigint not null, yes bigint not null, day text,
        at text not null, area text not null, bytes bytea, hash bytea not null, body text not null, rev bigint not null)";
    test.write(move |tx| tx.run(store::Sql::dynamic("test.ddl", ddl), &[]))
        .unwrap_or_else(|error: DbError| panic!("{error}"));
    Kinds {
        id: EntryId::from_bits(u128::MAX),
        number: Some(i64::MIN),
        money: Fen::yuan(30_000),
        yes: true,
        day: Some("2021-12-28".parse().unwrap()),
        at: Instant(1_700_000_000_123),
        area: "210102001001".parse().unwrap(),
        bytes: Some(vec![0, 255, 1]),
        hash: [1, 2, 3, 4],
        body: json!({"名称": "锦绣社区🎋合唱队", "n": [1, null]}),
        rev: 1,
    }
}

#[test]
fn values_come_back_as_they_went_in() {
    use store::Record as _;
    on_each_engine(|test| {
        let full = with_kinds(test);
        let empty =
            Kinds { id: EntryId::from_bits(1), number: None, day: None, bytes: None, yes: false, ..full.clone() };
        let (one, two) = (full.clone(), empty.clone());
        test.write(move |tx| tx.insert(&one).and_then(|()| tx.insert(&two))).unwrap();
        let read = |id| test.read(move |tx| tx.get_record::<Kinds>(args![id])).unwrap();
        assert_eq!(read(full.id), full);
        assert_eq!(read(empty.id), empty);
        let gone = test.read(|tx| tx.get::<Kinds>(Kinds::FIND, args![EntryId::from_bits(2)]));
        assert!(matches!(gone, Err(DbError::Missing { table: "kinds", .. })), "{gone:?}");
    });
}

#[test]
fn an_old_revision_is_a_conflict_and_a_wrong_value_names_its_place() {
    on_each_engine(|test| {
        let row = with_kinds(test);
        let (first, second) = (row.clone(), Kinds { rev: 2, ..row.clone() });
        test.write(move |tx| tx.insert(&first).and_then(|()| tx.update(&second))).unwrap();
        let late = Kinds { rev: 2, ..row.clone() };
        let result = test.write(move |tx| tx.update(&late));
        assert!(matches!(result, Err(DbError::Conflict("kinds"))), "{result:?}");

        let spoil = "update kinds set area = 'nowhere'";
        test.write(move |tx| tx.run(store::Sql::dynamic("test.spoil", spoil), &[]))
            .unwrap_or_else(|e: DbError| panic!("{e}"));
        let error = test.read(|tx| tx.get_record::<Kinds>(args![row.id])).unwrap_err().to_string();
        assert!(error.contains("kinds.area") && error.contains(&row.id.to_string()), "{error}");
    });
}

#[test]
fn a_taken_key_is_named_alike() {
    on_each_engine(|test| {
        put(test, "a", "1").unwrap();
        let error = put(test, "a", "2").unwrap_err();
        assert!(error.is_unique("meta", &["key"]), "{error:?}");
        let twice = "insert into watch (person, id, subject, label, since) values ('p', $1, 's', '', '')";
        let add = |id: &'static str| test.write(move |tx| tx.run(store::Sql::dynamic("test.twice", twice), args![id]));
        add("1").unwrap();
        let error = add("2").unwrap_err();
        assert!(error.is_unique("watch", &["person", "subject"]), "{error:?}");
    });
}

#[test]
fn an_attempt_that_fails_leaves_the_rest() {
    on_each_engine(|test| {
        test.write(|tx| {
            tx.run(PUT, args!["a", "1"])?;
            let again = tx.attempt(|tx| {
                tx.announce(change(origin("330100"), "undone"));
                tx.run(PUT, args!["b", "2"])?;
                tx.run(PUT, args!["a", "3"])
            });
            assert!(matches!(again, Err(DbError::Unique { .. })), "{again:?}");
            tx.run(PUT, args!["c", "4"]).map(drop)
        })
        .unwrap();
        assert_eq!(
            (value(test, "a").as_deref(), value(test, "b"), value(test, "c").as_deref()),
            (Some("1"), None, Some("4"))
        );
        assert!(test.read(store::change::heads).unwrap().is_empty());
    });
}

#[test]
fn a_panic_takes_only_its_own_act() {
    on_each_engine(|test| {
        let broken = test.write(|tx| {
            tx.run(PUT, args!["a", "1"])?;
            assert!(tx.queries() > 5, "on purpose");
            Ok::<(), DbError>(())
        });
        assert!(matches!(&broken, Err(DbError::Panicked(text)) if text.contains("on purpose")), "{broken:?}");
        assert_eq!(value(test, "a"), None);
        put(test, "a", "2").unwrap();
        assert_eq!(value(test, "a").as_deref(), Some("2"));
    });
}

#[test]
fn concurrent_acts_are_all_kept_but_the_refused_one() {
    on_each_engine(|test| {
        let (start, writers) = (Arc::new(Barrier::new(16)), 16);
        let threads: Vec<_> = (0..writers)
            .map(|number| {
                let (db, start) = (test.db.clone(), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    db.write(move |tx| {
                        tx.run(PUT, args![format!("key{number}"), "1"])?;
                        if number == 7 { Err(DbError::Conflict("test")) } else { Ok(()) }
                    })
                })
            })
            .collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        for (number, result) in results.iter().enumerate() {
            assert_eq!(result.is_ok(), number != 7, "{result:?}");
            assert_eq!(value(test, &format!("key{number}")).is_some(), number != 7);
        }
    });
}

#[test]
fn a_read_sees_one_moment() {
    on_each_engine(|test| {
        put(test, "a", "1").unwrap();
        test.read(|tx| {
            let before = tx.get::<String>(VALUE, args!["a"])?;
            let writer = test.db.clone();
            std::thread::spawn(move || writer.write(|tx| tx.run(SWAPPED, args!["a", "2"]))).join().unwrap()?;
            assert_eq!(tx.get::<String>(VALUE, args!["a"])?, before);
            Ok::<(), DbError>(())
        })
        .unwrap();
        assert_eq!(value(test, "a").as_deref(), Some("2"));
        let refused = test.read(|tx| tx.run(PUT, args!["b", "1"]));
        assert!(refused.is_err(), "a read must not write");
    });
}

#[test]
fn cubes_add_up_at_every_level() {
    on_each_engine(|test| {
        let key = |origin: &str, area: &str| CubeKey {
            origin: origin.parse().unwrap(),
            cube: "org.domicile",
            area: area.parse().unwrap(),
            kind: "association".to_owned(),
            state: "registered".to_owned(),
        };
        for (from, area, by) in [("330100", "3301", 2), ("330102", "330102", 3), ("330102", "330102", -1)] {
            let keys = [key(from, area), key(from, "33")];
            test.write(move |tx| {
                for key in keys {
                    tx.tally(key, by);
                }
                Ok::<(), DbError>(())
            })
            .unwrap();
        }
        test.read(|tx| {
            assert_eq!(store::cubes::of_area(tx, "org.domicile", &"33".parse().unwrap())?[0].number, 4);
            let below = store::cubes::below(tx, "org.domicile", "33", 6)?;
            assert_eq!((below.len(), below[0].0.as_str(), below[0].1.number), (1, "330102", 2));
            Ok::<(), DbError>(())
        })
        .unwrap();
    });
}

#[test]
fn positions_have_no_gaps_even_after_refused_acts() {
    on_each_engine(|test| {
        let here = origin("330100");
        for number in 0..4 {
            let result = test.write(move |tx| {
                tx.announce(change(here, &format!("s{number}")));
                tx.announce(change(origin("210000"), "other"));
                if number == 1 { Err(DbError::Conflict("test")) } else { Ok(()) }
            });
            assert_eq!(result.is_ok(), number != 1);
        }
        let rows = test.read(|tx| store::change::follow(tx, &Positions::new(), 100)).unwrap();
        let ours: Vec<_> =
            rows.iter().filter(|row| row.origin == here).map(|row| (row.pos, row.subject.as_str())).collect();
        assert_eq!(ours, [(1, "s0"), (2, "s2"), (3, "s3")]);
        let rest = test.read(|tx| store::change::follow(tx, &Positions::from([(here, 2)]), 100)).unwrap();
        assert_eq!(rest.iter().filter(|row| row.origin == here).count(), 1);
    });
}

/// Two acts of one origin: the one that began first commits last. A follower that looks in between must not step over it.
#[test]
fn acts_that_commit_in_reversed_order_lose_nothing() {
    on_each_engine(|test| {
        let here = origin("330100");
        let (begun_tx, begun) = channel();
        let (go_tx, go) = channel::<()>();
        let slow = test.db.clone();
        let first = std::thread::spawn(move || {
            slow.write(move |tx| {
                tx.announce(change(here, "began first"));
                begun_tx.send(()).unwrap();
                go.recv().unwrap();
                Ok::<(), DbError>(())
            })
        });
        begun.recv().unwrap();
        let quick = test.db.clone();
        let second = std::thread::spawn(move || {
            quick.write(move |tx| {
                tx.announce(change(here, "began second"));
                Ok::<(), DbError>(())
            })
        });
        let mut positions = Positions::new();
        let mut seen = Vec::new();
        let mut look = || {
            for row in test.read(|tx| store::change::follow(tx, &positions, 100)).unwrap() {
                positions.insert(row.origin, row.pos);
                seen.push(row.subject);
            }
            seen.clone()
        };
        if test.engine() == Engine::Postgres {
            // Here the second really commits first; SQLite's single writer makes it wait.
            second.join().unwrap().unwrap();
            assert_eq!(look(), ["began second"]);
            go_tx.send(()).unwrap();
        } else {
            go_tx.send(()).unwrap();
            second.join().unwrap().unwrap();
        }
        first.join().unwrap().unwrap();
        let mut all = look();
        all.sort();
        assert_eq!(all, ["began first", "began second"]);
        assert_eq!(test.read(store::change::heads).unwrap(), Positions::from([(here, 2)]));
    });
}

#[test]
fn history_cannot_be_changed() {
    let test = sqlite();
    test.write(|tx| {
        tx.announce(change(Origin::none(), "kept"));
        Ok::<(), DbError>(())
    })
    .unwrap();
    for text in ["update change set subject = 'x'", "delete from change"] {
        let result = test.write(move |tx| tx.run(store::Sql::dynamic("test.tamper", text), &[]));
        assert!(matches!(result, Err(DbError::InsertOnly { .. })), "{text}: {result:?}");
    }
}

#[test]
fn the_serving_role_cannot_change_history() {
    let Some(test) = postgres() else { return };
    let role = format!("serve_{}", std::process::id());
    let make = format!("create role {role} login");
    test.write(move |tx| tx.run(store::Sql::dynamic("test.role", &make), &[]))
        .unwrap_or_else(|e: DbError| panic!("{e}"));
    let owner = store::Config { serve: true, ..test.config.clone() };
    assert!(matches!(Db::open(&owner), Err(DbError::Schema(_))), "the owner must not serve");

    store::migrate::postgres(&test.config.url, Some(&role)).unwrap();
    let url = test.config.url.replace("user=owner", &format!("user={role}"));
    let serve = Db::open(&store::Config { url, serve: true, ..test.config.clone() }).unwrap();
    serve
        .write(|tx| {
            tx.announce(change(Origin::none(), "kept"));
            tx.run(PUT, args!["a", "1"]).map(drop)
        })
        .unwrap();
    for text in ["update change set subject = 'x'", "delete from change", "update officer set post = ''"] {
        let result = serve.write(move |tx| tx.run(store::Sql::dynamic("test.tamper", text), &[]));
        assert!(matches!(result, Err(DbError::InsertOnly { .. })), "{text}: {result:?}");
    }
    let allowed = "update officer set superseded_at = 'x'";
    serve
        .write(move |tx| tx.run(store::Sql::dynamic("test.supersede", allowed), &[]))
        .unwrap_or_else(|e: DbError| panic!("{e}"));
}

#[test]
fn a_schema_that_is_not_ours_is_refused() {
    let spoil = "update migration set checksum = 'x' where number = 2";
    on_each_engine(|test| {
        test.write(move |tx| tx.run(store::Sql::dynamic("test.spoil", spoil), &[]))
            .unwrap_or_else(|e: DbError| panic!("{e}"));
        let error = Db::open(&test.config).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("step 2"), "{error}");
    });
    let newer = "insert into migration values (99, 'future', 'x')";
    on_each_engine(|test| {
        test.write(move |tx| tx.run(store::Sql::dynamic("test.newer", newer), &[]))
            .unwrap_or_else(|e: DbError| panic!("{e}"));
        let error = Db::open(&test.config).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("step 99"), "{error}");
    });
    if let Some(bare) = store::testing::empty_postgres("template0") {
        let error = Db::open(&bare).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("yishe migrate"), "{error}");
    }
}

#[test]
fn connections_lost_while_idle_are_replaced() {
    let Some(test) = postgres() else { return };
    put(&test, "a", "1").unwrap();
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    let other = Db::open(&test.config).unwrap();
    let killed = other.read(|tx| tx.get::<i64>(store::Sql::dynamic("test.kill", kill), &[]));
    assert!(killed.unwrap_or_else(|error: DbError| panic!("{error}")) >= 1);
    for _ in 0..4 {
        assert_eq!(value(&test, "a").as_deref(), Some("1"));
    }
}
