//! What must hold of every invented organization.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::*;
use crate::state::Registration;

fn tree() -> &'static AreaTree {
    static TREE: OnceLock<AreaTree> = OnceLock::new();
    TREE.get_or_init(|| AreaTree::shipped().unwrap())
}

fn until() -> Date {
    Date::constant(2026, 11, 20)
}

fn country() -> &'static Generator<'static> {
    static COUNTRY: OnceLock<Generator<'static>> = OnceLock::new();
    COUNTRY.get_or_init(|| Generator::new(7, tree(), &Focus { within: Vec::new(), until: until() }))
}

fn many(kind: Made, count: u64) -> Vec<Generated> {
    (0..count).map(|number| country().make(number, kind).unwrap()).collect()
}

#[test]
fn the_same_seed_gives_the_same_organizations_and_another_seed_others() {
    let focus = Focus { within: vec!["21".parse().unwrap()], until: until() };
    let (one, two, other) =
        (Generator::new(3, tree(), &focus), Generator::new(3, tree(), &focus), Generator::new(4, tree(), &focus));
    let text = |generator: &Generator<'_>, number| format!("{:?}", generator.make(number, Made::Organization).unwrap());
    assert_eq!(text(&one, 5), text(&two, 5));
    assert_ne!(text(&one, 5), text(&other, 5));
    assert_eq!(
        text(&one, 5),
        {
            one.make(4, Made::Community);
            text(&one, 5)
        },
        "nothing made before matters"
    );
}

#[test]
fn kinds_and_levels_have_the_countrys_proportions() {
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut levels: BTreeMap<AreaLevel, u64> = BTreeMap::new();
    for made in many(Made::Organization, 20_000) {
        *kinds.entry(made.organization.kind).or_default() += 1;
        *levels.entry(made.organization.registrar.level()).or_default() += 1;
    }
    assert!((7_800..8_700).contains(&kinds[&Kind::Association]), "{kinds:?}");
    assert!((11_000..12_000).contains(&kinds[&Kind::ServiceInstitution]), "{kinds:?}");
    assert!((100..330).contains(&kinds[&Kind::Foundation]), "{kinds:?}");
    assert!(
        levels[&AreaLevel::County] > 14_000 && levels[&AreaLevel::City] > 2_000 && levels[&AreaLevel::Province] > 500,
        "{levels:?}"
    );
}

#[test]
fn codes_and_filing_numbers_are_valid_unique_and_marked() {
    let mut seen = BTreeSet::new();
    for made in many(Made::Organization, 5_000) {
        let o = made.organization;
        let code = CreditCode::parse(o.code.as_deref().unwrap()).unwrap();
        assert!(is_generated_code(code.as_str()), "{code}");
        assert_eq!(code.registrar_area().unwrap(), o.registrar, "{}", o.name);
        assert_eq!(o.kind.class_digit(), code.as_str().chars().nth(1));
        assert!(seen.insert(code.as_str().to_owned()) && o.synthetic);
    }
    for made in many(Made::Community, 5_000) {
        let o = made.organization;
        let number = FilingNumber::parse(o.filing_number.as_deref().unwrap()).unwrap();
        assert_eq!((number.area(), number.year()), (Some(o.registrar.clone()), o.registered_on.unwrap().year()));
        assert!(o.code.is_none() && o.synthetic && seen.insert(number.as_str().to_owned()));
    }
}

#[test]
fn no_name_is_borne_twice_at_one_registrar() {
    // Three registrars only, so that fields and own words run out.
    let within = vec!["330383".parse().unwrap(), "210102".parse().unwrap()];
    let dense = Generator::new(9, tree(), &Focus { within, until: until() });
    let mut names: BTreeMap<(String, String), OrgId> = BTreeMap::new();
    for kind in [Made::Organization, Made::Community] {
        for number in 0..6_000 {
            let made = dense.make(number, kind).unwrap();
            let own: BTreeSet<String> = made.versions.iter().map(|version| version.organization.name.clone()).collect();
            for name in own {
                let key = (made.organization.registrar.to_string(), name);
                if let Some(other) = names.insert(key.clone(), made.organization.id) {
                    panic!("{key:?} belongs to {other} and {}", made.organization.id);
                }
            }
        }
    }
}

#[test]
fn lives_are_in_order_and_inside_the_decade() {
    let mut ended = 0;
    let mut renamed = 0;
    for made in many(Made::Organization, 3_000).into_iter().chain(many(Made::Community, 2_000)) {
        let first = made.versions.first().unwrap();
        assert_eq!(Some(first.from), made.organization.registered_on);
        assert!(first.from >= FIRST_DAY && made.versions.last().unwrap().from <= until());
        assert!(made.versions.windows(2).all(|pair| pair[0].from < pair[1].from), "{:?}", made.versions);
        assert_eq!(made.versions.last().unwrap().organization, made.organization);
        assert!(made.versions.iter().all(|version| version.organization.id == made.organization.id));
        let live = made.organization.states.registration.is_live();
        assert_eq!(live, made.organization.ended_on.is_none());
        ended += u32::from(!live);
        renamed += u32::from(first.organization.name != made.organization.name);
        assert!(
            made.officers.iter().all(|officer| officer.until.is_none_or(|until| until > officer.from)),
            "{:?}",
            made.officers
        );
        let deregistered =
            made.versions.iter().position(|v| v.organization.states.registration == Registration::Deregistered);
        assert!(deregistered.is_none_or(|at| at + 1 == made.versions.len()), "nothing follows the end");
    }
    assert!((200..600).contains(&ended) && (80..300).contains(&renamed), "{ended} {renamed}");
}

#[test]
fn capital_meets_the_least_of_the_kind_and_homes_lie_below_the_registrar() {
    for made in many(Made::Organization, 4_000) {
        let o = &made.versions[0].organization;
        let least = if o.kind == Kind::Foundation { 2_000_000 } else { 30_000 };
        assert!(o.capital.unwrap() >= base::Fen::yuan(least), "{}", o.name);
        let home = o.domicile.as_ref().unwrap();
        assert!(o.registrar.covers(home), "{} {home}", o.name);
        assert!(o.address.as_ref().unwrap().chars().count() > 8);
        let known = ["21", "33", "4403"].iter().any(|area| home.as_str().starts_with(area));
        assert_eq!(known, home.level() == AreaLevel::Community, "{home}");
        assert!(crate::quality::inspect(o, o.registered_on.unwrap()).is_empty(), "{o:?}");
    }
}

#[test]
fn longgang_has_organizations_though_it_has_no_townships() {
    let within = vec!["330383".parse().unwrap()];
    let generator = Generator::new(1, tree(), &Focus { within, until: until() });
    let made = generator.make(0, Made::Community).unwrap().organization;
    assert!(made.name.starts_with("龙港市") && made.domicile.unwrap().as_str().starts_with("330383"), "{}", made.name);
}

#[test]
fn two_focuses_of_one_seed_share_no_identity() {
    let tree = AreaTree::shipped().unwrap();
    let of = |area: &str| {
        let focus = Focus { within: vec![area.parse().unwrap()], until: Date::constant(2026, 11, 21) };
        let generator = Generator::new(2026, &tree, &focus);
        let both = [Made::Organization, Made::Community];
        both.into_iter()
            .flat_map(|kind| (0..50).filter_map(|number| generator.make(number, kind)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (one, other) = (of("21"), of("4403"));
    assert!(one.len() > 90 && other.len() > 90);
    for made in &one {
        assert!(other.iter().all(|o| o.organization.id != made.organization.id));
        assert!(
            made.organization.code.is_none() || other.iter().all(|o| o.organization.code != made.organization.code)
        );
    }
}
