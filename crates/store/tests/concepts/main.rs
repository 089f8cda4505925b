//! The concepts' own functions, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]
mod register;
mod work;

use base::{AccountId, CaseId, Date, EntryId, Instant, Origin, PersonId, RecordId};
use serde_json::json;
use store::cases::Queue;
use store::journal::EntryRow;
use store::testing::{TestDb, on_each_engine};
use store::{DbError, Filter, Tx, cases, journal, registers};

fn here() -> Origin {
    "330102".parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn done<T: Send + 'static>(test: &TestDb, act: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    test.write(act).unwrap_or_else(|error: DbError| panic!("{}: {error}", test.engine()))
}

fn seen<T>(test: &TestDb, read: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>) -> T {
    test.read(read).unwrap_or_else(|error: DbError| panic!("{}: {error}", test.engine()))
}

fn entry(seq: i64, id: u128) -> EntryRow {
    EntryRow {
        origin: here(),
        id: EntryId::from_bits(id),
        subject: "org/1".to_owned(),
        seq,
        at: Instant(seq * 1000),
        day: day("2026-11-21"),
        actor: Some(AccountId::from_bits(5)),
        desk: None,
        verb: "decide".to_owned(),
        body: b"{}".to_vec(),
        prev: None,
        hash: vec![u8::try_from(seq).unwrap(); 32],
        root: None,
    }
}

#[test]
fn a_chain_grows_by_one_and_never_forks() {
    on_each_engine(|test| {
        for seq in 1..=3 {
            done(test, move |tx| journal::append(tx, &entry(seq, 100 + u128::from(seq.unsigned_abs()))));
        }
        for (seq, id) in [(1, 200), (3, 201), (5, 202)] {
            let result = test.write(move |tx| journal::append(tx, &entry(seq, id)));
            assert!(matches!(result, Err(DbError::Conflict("journal_head"))), "{seq}: {result:?}");
        }
        let chain = seen(test, |tx| journal::chain(tx, here(), "org/1"));
        assert_eq!(chain.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
        let head = seen(test, |tx| journal::head(tx, here(), "org/1")).unwrap();
        assert_eq!((head.seq, head.entry), (3, chain[2].id));
        assert_eq!(seen(test, journal::unsealed).len(), 1);
    });
}

#[test]
fn numbers_follow_each_other_and_are_given_back_by_refused_acts() {
    on_each_engine(|test| {
        let next = |keep: bool| {
            test.write(move |tx| {
                let number = registers::next_number(tx, here(), "case:2026")?;
                if keep { Ok(number) } else { Err(DbError::Conflict("test")) }
            })
        };
        assert_eq!((next(true).unwrap(), next(false).is_err(), next(true).unwrap()), (1, true, 2));
    });
}

#[test]
fn erasing_a_person_leaves_nothing_to_decrypt() {
    use store::people::{PersonKey, PersonSecret};
    on_each_engine(|test| {
        let person = PersonId::from_bits(1);
        let entry = EntryId::from_bits(1);
        done(test, move |tx| {
            tx.insert(&PersonKey { person, wrapped: Some(vec![1]), made_at: Instant(1), erased_at: None, entry })?;
            let secret =
                PersonSecret { person, field: "phone".to_owned(), cipher: vec![2], lookup: Some(vec![3]), entry };
            tx.upsert(&secret)
        });
        assert_eq!(seen(test, |tx| store::people::by_lookup(tx, "phone", &[3])), [person]);
        done(test, move |tx| store::people::erase(tx, person, Instant(2), entry));
        assert!(seen(test, |tx| store::people::secrets(tx, person)).is_empty());
        let key = seen(test, |tx| tx.get_record::<PersonKey>(store::args![person]));
        assert_eq!((key.wrapped, key.erased_at), (None, Some(Instant(2))));
    });
}

#[test]
fn lists_put_together_at_run_time_work_on_both_engines() {
    use store::papers::{self, PublicNotice};
    use store::registers::RegisterEntry;
    on_each_engine(|test| {
        done(test, |tx| {
            for id in 1..=5_u128 {
                cases::save(tx, &work::case(id))?;
                tx.insert(&PublicNotice {
                    origin: here(),
                    id: RecordId::from_bits(id),
                    kind: "registration".to_owned(),
                    number: None,
                    title: "公告".to_owned(),
                    text: String::new(),
                    org: None,
                    case_id: None,
                    area: "330102".parse().unwrap(),
                    posted_on: day("2026-11-01"),
                    until: None,
                    state: if id == 5 { "withdrawn" } else { "posted" }.to_owned(),
                    synthetic: true,
                    entry: EntryId::from_bits(1),
                })?;
                tx.insert(&RegisterEntry {
                    origin: here(),
                    register: "experts".to_owned(),
                    id: RecordId::from_bits(id),
                    org: None,
                    person: None,
                    area: "330102".parse().unwrap(),
                    province: None,
                    city: None,
                    county: Some("330102".to_owned()),
                    title: "专家".to_owned(),
                    state: "in".to_owned(),
                    since: day("2026-11-01"),
                    until: None,
                    public: true,
                    body: json!({}),
                    rev: 1,
                    entry: EntryId::from_bits(1),
                    key: None,
                })?;
            }
            Ok(())
        });
        let all = Filter::new(test.engine());
        let mut county = all.clone();
        county.equal_if("county", Some(&"330102")).begins_with("area", "33").compare("rev", ">=", &1_i64);
        let page = seen(test, |tx| cases::list(tx, &county, Some((day("2026-11-01"), CaseId::from_bits(3))), 9));
        assert_eq!(page.iter().map(|line| line.id).collect::<Vec<_>>(), [CaseId::from_bits(2), CaseId::from_bits(1)]);
        assert_eq!(seen(test, |tx| papers::notices(tx, &all, None, 3)).len(), 3);
        assert_eq!(seen(test, |tx| papers::notices(tx, &all, None, 9)).len(), 4);
        let after = Some((day("2026-11-01"), RecordId::from_bits(2)));
        assert_eq!(seen(test, |tx| registers::list(tx, "experts", &county, after, 9)).len(), 1);
        let mut none = all.clone();
        none.one_of("state", &[] as &[&str]);
        assert!(seen(test, |tx| cases::list(tx, &none, None, 9)).is_empty());
        let body = Queue::Body(base::BodyId::from_bits(1));
        assert_eq!(seen(test, |tx| cases::queue(tx, "supervisor", &body, None, 9)).len(), 0);
    });
}
