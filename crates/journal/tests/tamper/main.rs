//! Whoever alters anything is seen, and the report says where. What cannot be seen is stated here too.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod world;

use base::{EntryId, Instant, Rng};
use journal::{Depth, Entry, Fault, Head, Place, Seal, Stop, cross_check, parse_log};
use serde_json::Value as Json;
use vault::{Digest, sm3};
use world::{Row, World, subject};

#[test]
fn the_untouched_world_is_whole() {
    let (world, _) = World::whole();
    let report = world.verify(Depth::Full).unwrap();
    assert_eq!((report.entries, report.subjects, report.seals, report.files), (7, 4, 2, 1));
    assert_eq!(report.rows, 9, "six by stamp, a1 rewritten, b1 written and deleted");
    assert_eq!(world.verify(Depth::Chains).unwrap().rows, 0);
}

/// Every text in `json`, with the path to it.
fn leaves(json: &Json, path: &str, out: &mut Vec<String>) {
    match json {
        Json::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), out)),
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| leaves(value, &format!("{path}/{at}"), out));
        }
        Json::String(_) | Json::Number(_) => out.push(path.to_owned()),
        Json::Null | Json::Bool(_) => {}
    }
}

/// The same value with one character changed.
fn bent(value: &Json, at: usize) -> Json {
    match value {
        Json::Number(number) => Json::from(number.as_u64().unwrap() ^ (1 << at.min(20))),
        Json::String(text) => {
            let swap = |(here, c): (usize, char)| match c {
                _ if here != at => c,
                '1' => '2',
                'A' => 'B',
                '0'..='9' => '1',
                _ => 'A',
            };
            Json::from(text.chars().enumerate().map(swap).collect::<String>())
        }
        other => other.clone(),
    }
}

#[test]
fn a_flip_in_any_field_of_any_entry_is_seen() {
    let (world, _) = World::whole();
    let mut tried = 0;
    for at in 0..world.entries.len() {
        let json = serde_json::to_value(&world.entries[at]).unwrap();
        let mut paths = Vec::new();
        leaves(&json, "", &mut paths);
        for path in paths {
            let value = json.pointer(&path).unwrap();
            let length = value.as_str().map_or(3, |text| text.chars().count());
            for char in 0..length {
                let mut changed = json.clone();
                *changed.pointer_mut(&path).unwrap() = bent(value, char);
                // What no longer reads is seen by the reader.
                let Ok(entry) = serde_json::from_value::<Entry>(changed) else { continue };
                if entry == world.entries[at] {
                    continue;
                }
                let mut tampered = world.clone();
                tampered.entries[at] = entry;
                tried += 1;
                let fault = tampered.fault(Depth::Chains);
                assert!(matches!(fault, Fault::Altered { .. }), "{path} character {char}: {fault:?}");
            }
        }
    }
    assert!(tried > 2000, "{tried}");
}

#[test]
fn dropping_an_optional_value_is_seen() {
    let (world, _) = World::whole();
    let at = world.at("A", 1);
    let changes: [fn(&mut journal::Draft); 9] = [
        |draft| draft.on_behalf_of = None,
        |draft| draft.area = None,
        |draft| draft.reason = None,
        |draft| draft.edition = None,
        |draft| draft.facts = None,
        |draft| draft.files.clear(),
        |draft| draft.rows.truncate(1),
        |draft| draft.rows.swap(0, 1),
        |draft| draft.rows[0].digest = None,
    ];
    for (which, change) in changes.iter().enumerate() {
        let mut tampered = world.clone();
        change(&mut tampered.entries[at].draft);
        assert!(matches!(tampered.fault(Depth::Chains), Fault::Altered { .. }), "change {which}");
    }
}

#[test]
fn a_rewritten_history_breaks_the_link_then_the_head_then_the_seal_then_the_log() {
    let (mut world, _) = World::whole();
    let log: String = world.seals.iter().map(|(seal, _)| seal.to_line() + "\n").collect();
    let at = world.at("A", 1);
    world.entries[at].draft.reason = Some("另一个理由".into());
    world.entries[at].digest = world.entries[at].computed();
    assert!(matches!(world.fault(Depth::Chains), Fault::Unlinked { .. }));
    let heads = world.heads.clone();
    world.rechain();
    let rechained = std::mem::replace(&mut world.heads, heads);
    assert!(matches!(world.fault(Depth::Chains), Fault::HeadDiffers { head: 3, last: 3 }));
    world.heads = rechained;
    let a = subject("organization", "A");
    assert_eq!(world.fault(Depth::Chains), Fault::SealedDiffers { subject: a, seq: 2 });
    world.reseal();
    assert!(world.verify(Depth::Chains).is_ok(), "the database alone cannot tell any more");
    let database: Vec<Seal> = world.seals.iter().map(|(seal, _)| seal.clone()).collect();
    assert!(cross_check(&parse_log(&log).unwrap(), &database).is_err(), "the log outside it can");
}

#[test]
fn a_cut_tail_is_seen_by_the_head_and_by_the_seal() {
    let (mut world, _) = World::whole();
    let a = subject("organization", "A");
    let at = world.at("A", 3);
    world.entries.remove(at);
    assert_eq!(world.fault(Depth::Chains), Fault::TailCut { head: 3, last: 2 });
    world.rechain();
    assert_eq!(world.fault(Depth::Chains), Fault::SealedMissing { subject: a, seq: 3 });
}

#[test]
fn a_gap_is_seen() {
    let (mut world, _) = World::whole();
    let at = world.at("A", 2);
    world.entries.remove(at);
    assert_eq!(world.fault(Depth::Chains), Fault::Gap { expected: 2, found: 3 });
    let place = match world.verify(Depth::Chains) {
        Err(Stop::Broken(broken)) => broken.place,
        other => panic!("{other:?}"),
    };
    assert_eq!(place, Place::of(&world.entries[at]), "the first bad entry is named");
}

#[test]
fn a_dropped_subject_is_seen() {
    let (mut world, _) = World::whole();
    let b = subject("organization", "B");
    world.entries.retain(|entry| entry.draft.subject != b);
    assert_eq!(world.fault(Depth::Chains), Fault::SealedMissing { subject: b.clone(), seq: 1 });
    let mut unsealed = world.clone();
    unsealed.seals.clear();
    assert_eq!(unsealed.fault(Depth::Chains), Fault::HeadsAndChains { heads: 4, chains: 3 });
    world.heads.remove(&b);
    assert_eq!(world.fault(Depth::Chains), Fault::SealedMissing { subject: b.clone(), seq: 1 });
    let mut headless = World::whole().0;
    headless.heads.remove(&b);
    assert_eq!(headless.fault(Depth::Chains), Fault::NoHead);
}

#[test]
fn seals_are_guarded() {
    let (world, _) = World::whole();
    let change = |change: fn(&mut World)| {
        let mut tampered = world.clone();
        change(&mut tampered);
        tampered.fault(Depth::Chains)
    };
    assert_eq!(change(|w| w.seals[0].0.at = Instant(1)), Fault::SealAltered);
    assert_eq!(change(|w| w.seals[0].0.nightly = true), Fault::SealAltered);
    assert_eq!(change(|w| drop(w.seals.remove(0))), Fault::SealGap { expected: 1 });
    assert_eq!(change(|w| drop(w.seals[0].1.pop())), Fault::SealLeaves);
    assert_eq!(change(|w| w.seals[0].1[0].seq = 9), Fault::SealLeaves);
    let mut turned = world.clone();
    turned.seals[0].1.reverse();
    assert!(turned.verify(Depth::Chains).is_ok(), "a seal stands for a set");
    let unlinked = change(|w| {
        w.seals[1].0.prev = Digest::ZERO;
        w.seals[1].0.digest = w.seals[1].0.computed();
    });
    assert_eq!(unlinked, Fault::SealUnlinked);
    let mut twice: Vec<Head> = vec![world.seals[0].1[0].clone(), Head { seq: 9, ..world.seals[0].1[0].clone() }];
    assert!(Seal::after(None, Instant(0), false, &mut twice).is_err());
}

#[test]
fn rows_are_guarded_in_full_depth_only() {
    let (world, rng) = World::whole();
    let change = |change: &dyn Fn(&mut World)| {
        let mut tampered = world.clone();
        change(&mut tampered);
        assert!(tampered.verify(Depth::Chains).is_ok(), "quick mode reads no rows");
        tampered.fault(Depth::Full)
    };
    assert!(matches!(change(&|w| w.row("a1").word = "forged".into()), Fault::RowChanged { .. }));
    assert_eq!(change(&|w| w.rows.retain(|row| row.key != "a2")), Fault::RowMissing);
    let first = world.entries[world.at("A", 1)].draft.id;
    let older = Row { key: "a1".into(), word: "one".into(), entry: first };
    assert!(matches!(change(&|w| *w.row("a1") = older.clone()), Fault::RowRolledBack { .. }));
    let added = Row { key: "a9".into(), word: "added".into(), entry: first };
    assert_eq!(change(&|w| w.rows.push(added.clone())), Fault::RowUnclaimed);
    let stranger = EntryId::fresh_at(Instant(9), &rng);
    assert_eq!(change(&|w| w.rows.push(Row { entry: stranger, ..added.clone() })), Fault::RowOrphan);
    assert_eq!(change(&|w| w.row("a1").entry = stranger), Fault::RowOrphan);
    let deleting = world.entries[world.at("B", 2)].draft.id;
    let back = Row { key: "b1".into(), word: "one".into(), entry: deleting };
    assert_eq!(change(&|w| w.rows.push(back.clone())), Fault::RowReturned);
    let older = Row { entry: world.entries[world.at("B", 1)].draft.id, ..back.clone() };
    assert!(matches!(change(&|w| w.rows.push(older.clone())), Fault::RowRolledBack { .. }));
}

#[test]
fn servers_clocks_may_differ_by_a_minute() {
    let (world, rng) = World::whole();
    let restamped = |at: i64| {
        // Another chain's entry is the last writer of a1; its server's clock says `at`.
        let mut changed = world.clone();
        let row = changed.row("a1");
        let (key, digest) = (row.key.clone(), row.digest());
        let mut draft = world::draft(&rng, subject("organization", "Z"), at);
        draft.rows = vec![journal::RowProof { table: "thing".into(), key, digest: Some(digest) }];
        row.entry = draft.id;
        let entry = journal::chain(journal::Start::New, draft);
        changed.heads.insert(entry.draft.subject.clone(), Head::of(&entry));
        changed.entries.push(entry);
        changed.verify(Depth::Full)
    };
    assert!(restamped(9000).is_ok() && restamped(3000 - 60_000).is_ok());
    let Err(Stop::Broken(broken)) = restamped(3000 - 60_001) else { panic!("an older stamp must be seen") };
    assert!(matches!(broken.fault, Fault::RowRolledBack { .. }));
}

#[test]
fn bulk_rows_are_guarded() {
    let (world, _) = World::whole();
    for change in [
        (|w: &mut World| w.row("i1").word = "forged".into()) as fn(&mut World),
        |w| w.rows.retain(|row| row.key != "i3"),
        |w| {
            let more = Row { key: "i4".into(), ..w.row("i1").clone() };
            w.rows.push(more);
        },
    ] {
        let mut tampered = world.clone();
        change(&mut tampered);
        assert!(matches!(tampered.fault(Depth::Full), Fault::BatchChanged { .. }));
    }
}

#[test]
fn a_chain_begins_at_a_leaf_its_batch_holds() {
    let (world, rng) = World::whole();
    let at = world.at("C", 1);
    let mut elsewhere = world.clone();
    elsewhere.entries[at].prev = sm3(b"another leaf");
    elsewhere.rechain();
    elsewhere.reseal();
    assert!(matches!(elsewhere.fault(Depth::Full), Fault::UnknownLeaf(_)));
    let mut no_batch = world.clone();
    no_batch.entries[at].draft.from_batch = Some(EntryId::fresh_at(Instant(3), &rng));
    no_batch.rechain();
    assert!(matches!(no_batch.fault(Depth::Chains), Fault::UnknownLeaf(_)));
}

#[test]
fn files_are_guarded_and_lawful_erasure_is_not_a_fault() {
    let (world, _) = World::whole();
    let name = sm3(b"minutes");
    let mut swapped = world.clone();
    swapped.files.insert(name, b"other minutes".to_vec());
    assert_eq!(swapped.fault(Depth::Full), Fault::FileChanged { found: sm3(b"other minutes") });
    let mut gone = world.clone();
    gone.files.clear();
    assert_eq!(gone.fault(Depth::Full), Fault::FileMissing);
    gone.erased.insert(name);
    assert!(gone.verify(Depth::Full).is_ok());
}

#[test]
fn an_entry_moved_to_another_origin_is_seen() {
    let (mut world, _) = World::whole();
    let at = world.at("A", 2);
    world.entries[at].draft.origin = "990102".parse().unwrap();
    world.rechain();
    match world.verify(Depth::Chains) {
        Err(Stop::Broken(broken)) => {
            assert_eq!(broken.fault, Fault::TailCut { head: 3, last: 1 });
            assert_eq!(broken.place, Place::Subject(subject("organization", "A")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn erasing_a_personal_key_leaves_the_chain_whole() {
    use vault::{KeyRing, Vault as _};
    let (clock, rng) = (base::Clock::fixed(Instant(0)), Rng::seeded(5));
    let ring = KeyRing::generate(&clock, &rng);
    let person = base::PersonId::fresh(&clock, &rng);
    let (key, wrapped) = ring.new_data_key(&rng, person).unwrap();
    let sealed = key.seal(&rng, person, "phone", "13800000000").unwrap();
    let mut draft = world::draft(&rng, subject("person", "P"), 1);
    draft.change = serde_json::json!({ "phone": [null, sealed] }).to_string();
    let entry = journal::chain(journal::Start::New, draft);
    // Erasure: every copy of the wrapped key is destroyed. Nothing in the entry changes, and nothing in it can be read.
    drop((wrapped, key));
    assert_eq!(entry.computed(), entry.digest);
    assert!(!entry.draft.change.contains("13800000000"));
    let (another, _) = ring.new_data_key(&rng, person).unwrap();
    assert!(another.open(person, "phone", &sealed).is_err());
}
