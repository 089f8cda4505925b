//! E-licences: what verifies, what does not, and that no scanned text can do harm.
use base::{Clock, Instant, Rng};
use proptest::prelude::*;

use super::*;
use crate::{KeyRing, Purpose, sm3};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn licence() -> Licence {
    Licence {
        code: "51990101MJ00000011".into(),
        name: "某某市青年志愿者与社区社会组织发展促进联合会".into(),
        kind: "社会团体法人登记证书".into(),
        number: "某社证字第000001号".into(),
        copy: CopyType::Original,
        representative: "欧阳某某".into(),
        domicile: "某某省某某市某某街道某某大道1234号某某社会组织服务中心大楼3幢1单元1201室".into(),
        scope: sm3("志愿服务".as_bytes()),
        registrar: "某某市民政局".into(),
        issued: day("2025-03-01"),
        valid_until: Some(day("2029-02-28")),
    }
}

fn vault() -> (KeyRing, Clock, Rng) {
    let (clock, rng) = (Clock::fixed(Instant(0)), Rng::seeded(21));
    (KeyRing::generate(&clock, &rng), clock, rng)
}

#[test]
fn a_signed_licence_is_small_and_verifies_bare_and_as_url() {
    let (ring, ..) = vault();
    let payload = sign_licence(&ring, &licence()).unwrap();
    assert!(payload.len() < 600, "{}", payload.len());
    let trusted = TrustedKeys::of(&ring, "某某市民政局", false).unwrap();
    let trusted = TrustedKeys::parse(&trusted.to_text()).unwrap();
    let today = day("2026-11-21");
    assert_eq!(verify_offline(&payload, &trusted, today).unwrap(), licence());
    assert_eq!(verify_offline(&format!("https://example.cn/c/{payload}\n"), &trusted, today).unwrap(), licence());
    let open_ended = Licence { valid_until: None, ..licence() };
    let payload = sign_licence(&ring, &open_ended).unwrap();
    assert_eq!(verify_offline(&payload, &trusted, day("2099-01-01")).unwrap(), open_ended);
    assert!(!trusted.is_demo(&payload));
}

#[test]
fn a_licence_signed_long_ago_still_verifies() {
    // Certificates hang on walls for years: the example of docs/E-LICENCE.md must read the same for ever.
    let book = include_str!("../../../docs/E-LICENCE.md");
    let block = |mark: &str| {
        let rest = book.split_once(&format!("```{mark}\n")).unwrap().1;
        rest.split_once("\n```").unwrap().0
    };
    let trusted = TrustedKeys::parse(block("json")).unwrap();
    assert_eq!(verify_offline(block("text"), &trusted, day("2026-11-21")).unwrap(), licence());
}

#[test]
fn dates_bound_validity() {
    let (ring, ..) = vault();
    let payload = sign_licence(&ring, &licence()).unwrap();
    let trusted = TrustedKeys::of(&ring, "某某市民政局", true).unwrap();
    assert!(trusted.is_demo(&payload));
    assert!(verify_offline(&payload, &trusted, day("2029-02-28")).is_ok());
    let late = verify_offline(&payload, &trusted, day("2029-03-01")).unwrap_err();
    assert!(late.to_string().contains("2029-02-28") && late == LicenceFault::Expired(Box::new(licence())));
    let early = verify_offline(&payload, &trusted, day("2025-02-28")).unwrap_err();
    assert_eq!(early, LicenceFault::NotYetIssued(day("2025-03-01")));
}

#[test]
fn keys_decide() {
    let (mut ring, clock, rng) = vault();
    let payload = sign_licence(&ring, &licence()).unwrap();
    let old = ring.licence_key().unwrap();
    let today = day("2026-11-21");
    let new = ring.rotate(Purpose::Licence, &clock, &rng);
    let mut trusted = TrustedKeys::of(&ring, "某某市民政局", false).unwrap();
    assert!(verify_offline(&payload, &trusted, today).is_ok(), "rotation keeps old licences valid");
    assert!(verify_offline(&sign_licence(&ring, &licence()).unwrap(), &trusted, today).is_ok());
    // The old name with another key's point is a forgery.
    let mut swapped = trusted.clone();
    swapped.keys[1].public = trusted.find(new).unwrap().public.clone();
    assert_eq!(verify_offline(&payload, &swapped, today), Err(LicenceFault::Altered));
    trusted.keys[1].withdrawn = true;
    assert_eq!(verify_offline(&payload, &trusted, today), Err(LicenceFault::WithdrawnKey(old)));
    trusted.keys.pop();
    assert_eq!(verify_offline(&payload, &trusted, today), Err(LicenceFault::UnknownKey(old)));
}

#[test]
fn too_long_a_domicile_is_said_so() {
    let long = Licence { domicile: "某".repeat(200), ..licence() };
    assert_eq!(sign_licence(&vault().0, &long), Err(LicenceFault::TooLong));
}

#[test]
fn every_single_changed_character_fails() {
    let (ring, ..) = vault();
    let payload = sign_licence(&ring, &licence()).unwrap();
    let trusted = TrustedKeys::of(&ring, "某某市民政局", false).unwrap();
    for at in 0..payload.len() {
        let mut changed = payload.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verify_offline(&changed, &trusted, day("2026-11-21")).is_err(), "character {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flipped_character_fails(at: prop::sample::Index, with in "[A-Za-z0-9_:/ 社-]") {
        let (ring, ..) = vault();
        let payload = sign_licence(&ring, &licence()).unwrap();
        let trusted = TrustedKeys::of(&ring, "某某市民政局", false).unwrap();
        let at = at.index(payload.len());
        prop_assume!(payload[at..=at] != with);
        let changed = format!("{}{with}{}", &payload[..at], &payload[at + 1..]);
        prop_assert!(verify_offline(&changed, &trusted, day("2026-11-21")).is_err());
    }

    #[test]
    fn nothing_scanned_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,60}") {
        use base64::Engine as _;
        let trusted = TrustedKeys::new(vec![]);
        let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([&[1][..], &bytes].concat());
        for payload in [format!("YS1:{packed}"), format!("YS1:{text}"), text] {
            prop_assert!(verify_offline(&payload, &trusted, day("2026-11-21")).is_err());
        }
    }
}
