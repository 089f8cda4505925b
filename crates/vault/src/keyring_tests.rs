//! The ring: file round trip, rotation, what it refuses, what it never prints.
use base::Rng;
use proptest::prelude::*;

use super::*;

fn ring() -> (KeyRing, Clock, Rng) {
    let (clock, rng) = (Clock::fixed(Instant(1_700_000_000_000)), Rng::seeded(11));
    (KeyRing::generate(&clock, &rng), clock, rng)
}

#[test]
fn the_file_round_trips_and_debug_hides_secrets() {
    let (ring, _, _) = ring();
    let text = ring.to_text();
    let again = KeyRing::parse(&text).unwrap();
    assert_eq!(*again.to_text(), *text);
    let shown = format!("{again:?}");
    for key in &ring.keys {
        assert!(!shown.contains(&hex::encode(*key.secret)) && text.contains(&hex::encode(*key.secret)));
    }
}

#[test]
fn demo_keys_stay_in_the_demo() {
    let (clock, rng) = (Clock::fixed(Instant(0)), Rng::seeded(1));
    let demo = KeyRing::parse(&KeyRing::generate_demo(&clock, &rng).to_text()).unwrap();
    assert_eq!(demo.admit(false), Err(KeyFault::DemoKeys));
    assert_eq!(demo.admit(true), Ok(()));
    assert_eq!(ring().0.admit(false), Ok(()));
}

#[test]
fn rotation_keeps_old_keys_working() {
    let (mut ring, clock, rng) = ring();
    let person = PersonId::fresh(&clock, &rng);
    let (key, wrapped) = ring.new_data_key(&rng, person).unwrap();
    let old_lookup = ring.lookups("id_number", "11010519491231002X").unwrap()[0];
    let old_code = ring.session_code(b"cookie").unwrap();
    for purpose in Purpose::ALL {
        let before = ring.generations(purpose)[0].0;
        let new = ring.rotate(purpose, &clock, &rng);
        assert_eq!(ring.generations(purpose).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [new, before]);
    }
    assert_eq!(ring.data_key(person, &wrapped).unwrap().as_bytes(), key.as_bytes());
    let again = ring.rewrap(&rng, person, &wrapped).unwrap();
    assert_ne!(again.key, wrapped.key);
    assert_eq!(ring.data_key(person, &again).unwrap().as_bytes(), key.as_bytes());
    let lookups = ring.lookups("id_number", "11010519491231002X").unwrap();
    assert!(lookups[0] != old_lookup && lookups[1] == old_lookup);
    assert!(ring.session_code_fits(b"cookie", &old_code) && ring.session_code(b"cookie").unwrap() != old_code);
    assert!(!ring.session_code_fits(b"other", &old_code));
    assert_eq!(ring.licence_public_keys().unwrap().len(), 2);
}

#[test]
fn a_wrapped_key_opens_for_its_person_and_ring_only() {
    let (ring, clock, rng) = ring();
    let person = PersonId::fresh(&clock, &rng);
    let (_, wrapped) = ring.new_data_key(&rng, person).unwrap();
    let other = PersonId::fresh(&clock, &rng);
    assert!(ring.data_key(other, &wrapped).is_err());
    let stranger = KeyRing::generate(&clock, &rng);
    assert_eq!(stranger.data_key(person, &wrapped).unwrap_err(), PersonalFault::Key(KeyFault::Unknown(wrapped.key)));
}

#[test]
fn lookup_columns_do_not_mix() {
    let (ring, _, _) = ring();
    assert_ne!(ring.lookups("ab", "c").unwrap(), ring.lookups("a", "bc").unwrap());
}

#[test]
fn incomplete_and_repeated_keys_are_refused() {
    let (ring, _, _) = ring();
    let mut short = ring.clone();
    short.keys.pop();
    assert_eq!(KeyRing::parse(&short.to_text()).unwrap_err(), KeyFault::Missing(Purpose::Session));
    let mut twice = ring.clone();
    twice.keys.extend(ring.keys.first().cloned());
    assert!(matches!(KeyRing::parse(&twice.to_text()), Err(KeyFault::Unreadable(_))));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_never_quotes(text in ".{0,200}") {
        if let Err(fault) = KeyRing::parse(&text) {
            prop_assert!(text.chars().count() < 12 || !fault.to_string().contains(&text));
        }
    }

    #[test]
    fn a_cut_file_is_refused(cut: prop::sample::Index) {
        let text = ring().0.to_text();
        prop_assert!(KeyRing::parse(&text[..cut.index(text.len())]).is_err());
    }
}
