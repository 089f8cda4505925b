//! The shipped tree, small invented trees, and what must hold on any day.
use std::sync::OnceLock;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn shipped() -> &'static AreaTree {
    static TREE: OnceLock<AreaTree> = OnceLock::new();
    TREE.get_or_init(|| AreaTree::shipped().unwrap())
}

fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

fn codes(areas: &[Area<'_>]) -> Vec<String> {
    areas.iter().map(|area| area.code().to_string()).collect()
}

const TODAY: Date = date(2026, 11, 21);

#[test]
fn the_shipped_tree_holds_every_level() {
    let tree = shipped();
    let count = |level| tree.iter().filter(|area| area.level() == level && area.exists_at(TODAY)).count();
    assert_eq!(count(AreaLevel::Province), 34);
    assert!((332..=337).contains(&count(AreaLevel::City)), "{}", count(AreaLevel::City));
    assert!((2_830..=2_860).contains(&count(AreaLevel::County)), "{}", count(AreaLevel::County));
    assert!((38_000..=39_000).contains(&count(AreaLevel::Town)), "{}", count(AreaLevel::Town));
    assert_eq!(count(AreaLevel::Community), 16_727 + 25_547 + 788);
}

#[test]
fn levels_agree_with_the_codes() {
    assert!(shipped().iter().all(|area| area.level() == area.code().level() && key_of(&area.code()) == area.key()));
}

#[test]
fn names_full_names_and_pinyin() {
    let tree = shipped();
    assert_eq!(tree.full_name(&code("210102")), "辽宁省沈阳市和平区");
    assert_eq!(tree.full_name(&code("110101")), "北京市东城区", "the placeholder level is gone");
    assert_eq!(tree.full_name(&code("441900101")).chars().take(6).collect::<String>(), "广东省东莞市");
    assert_eq!(tree.full_name(&AreaCode::nation()), "全国");
    let shenyang = tree.find(&code("2101")).unwrap();
    assert_eq!((shenyang.short_name(), shenyang.pinyin()), ("沈阳", Some("shen yang")));
    assert_eq!(
        tree.find(&code("210102022")).unwrap().short_name(),
        "太原街街道",
        "the source's short name is another's"
    );
    assert_eq!(tree.full_name(&code("99")), "99");
}

#[test]
fn statistical_units_are_no_areas_but_are_explained() {
    let tree = shipped();
    assert!(tree.find(&code("130171")).is_none());
    assert!(tree.note(&code("130171")).unwrap().contains("石家庄高新技术产业开发区"));
    assert!(tree.note(&code("1101")).unwrap().contains("占位"));
    assert!(tree.note(&code("210102")).is_none());
    let park = tree.children_at(&code("210106"), TODAY);
    assert!(park.iter().all(|area| area.code() != code("210106401")));
    assert!(
        park.iter().any(|area| area.level() == AreaLevel::Community),
        "communities of a dropped unit hang on the county"
    );
}

#[test]
fn cities_without_counties_and_longgang_have_no_placeholder() {
    let tree = shipped();
    for city in ["4419", "4420", "4604", "6202"] {
        let below = tree.children_at(&code(city), TODAY);
        assert!(!below.is_empty() && below.iter().all(|area| area.level() == AreaLevel::Town), "{city}");
    }
    let longgang = tree.children_at(&code("330383"), TODAY);
    assert_eq!(longgang.len(), 103);
    assert!(longgang.iter().all(|area| area.level() == AreaLevel::Community));
    assert_eq!(tree.parent_at(&longgang[0].code(), TODAY), Some(code("330383")));
}

#[test]
fn the_trees_of_2018_and_2023_differ() {
    let tree = shipped();
    let (then, now) = (date(2018, 6, 30), date(2023, 6, 30));
    let hangzhou = |day| codes(&tree.children_at(&code("3301"), day));
    for ended in ["330103", "330104"] {
        assert!(hangzhou(then).contains(&ended.to_owned()) && !hangzhou(now).contains(&ended.to_owned()), "{ended}");
    }
    for new in ["330113", "330114"] {
        assert!(!hangzhou(then).contains(&new.to_owned()) && hangzhou(now).contains(&new.to_owned()), "{new}");
    }
    let (jianggan, xiasha) = (code("330104"), code("330114001"));
    assert_eq!(tree.parent_at(&xiasha, then), Some(jianggan.clone()));
    assert_eq!(tree.parent_at(&xiasha, now), Some(code("330114")));
    assert!(tree.covers_at(&jianggan, &xiasha, then) && !tree.covers_at(&jianggan, &xiasha, now));
    assert!(
        tree.covers_at(&code("330102"), &jianggan, now),
        "what still carries the old code counts with the successor"
    );
    assert!(tree.children_at(&jianggan, then).len() >= 10);
    assert_eq!(tree.full_name(&jianggan), "浙江省杭州市江干区");
    assert_eq!(tree.full_name_at(&xiasha, then), "浙江省杭州市江干区下沙街道");
}

#[test]
fn longgang_was_a_town_of_cangnan_and_liaozhong_a_county() {
    let tree = shipped();
    let community = tree.children_at(&code("330383"), TODAY)[0].code();
    assert_eq!(tree.parent_at(&community, date(2019, 9, 24)), Some(code("330327")));
    assert_eq!(tree.parent_at(&community, date(2019, 9, 25)), Some(code("330383")));
    let town = tree.children_at(&code("210115"), TODAY)[0].code();
    assert_eq!(tree.parent_at(&town, date(2015, 6, 1)), Some(code("210122")));
    assert_eq!(tree.successor(&code("210122")), Some(code("210115")));
    let hunnan = tree.find(&code("210112")).unwrap();
    assert_eq!((hunnan.name_at(date(2013, 1, 1)), hunnan.name_at(TODAY)), ("东陵区", "浑南区"));
    assert_eq!(tree.parent_at(&code("440311001"), date(2017, 1, 1)), Some(code("440306")));
    let story = tree.changes_of(&code("330383"));
    assert!(matches!(story.as_slice(), [one] if one.kind == AreaChangeKind::Split && one.old_code == code("330327")));
    assert!(story[0].source.contains("国务院") && !story[0].approximate);
}

#[test]
fn the_reach_of_an_area_is_what_it_covers() {
    let tree = shipped();
    let days = [date(2015, 6, 1), date(2019, 9, 24), TODAY];
    let near: Vec<AreaCode> =
        tree.iter().map(Area::code).filter(|own| ["21", "33", "44"].contains(&&own.as_str()[..2])).collect();
    for upper in ["330383", "330327", "3303", "330104", "330114", "330102", "210122", "210115", "2101", "21", "440306"]
    {
        for day in days {
            let upper = code(upper);
            let reach = tree.reach_at(&upper, day);
            for own in &near {
                let said =
                    reach.within.iter().any(|one| one.covers(own)) && !reach.except.iter().any(|one| one.covers(own));
                assert_eq!(said, tree.covers_at(&upper, own, day), "{own} in {upper} on {day}: {reach:?}");
            }
        }
    }
    assert_eq!(tree.reach_at(&code("210102"), TODAY).within, [code("210102")]);
}

#[test]
fn zones_register_by_delegation_from_their_day() {
    let tree = shipped();
    let zone = tree.find(&code("219701")).unwrap();
    assert_eq!((zone.kind(), zone.short_name()), (AreaKind::Zone, "沈抚示范区"));
    assert_eq!(tree.parent_at(&code("219701"), TODAY), Some(code("21")));
    assert!(tree.covers_at(&code("2101"), &code("210197"), TODAY) && code("2101").covers(&code("210197")));
    assert!(!codes(&tree.children_at(&code("21"), date(2018, 1, 1))).contains(&"219701".to_owned()));
    assert!(codes(&tree.children_at(&code("21"), TODAY)).contains(&"219701".to_owned()));
}

#[test]
fn urban_or_rural_by_the_codes_digits_unless_a_class_is_loaded() {
    let tree = shipped();
    let of = |tree: &AreaTree, text: &str| tree.settlement(&code(text)).map(|fact| (fact.settlement, fact.estimated));
    assert_eq!(of(tree, "210102001002"), Some((Settlement::Urban, true)));
    assert_eq!(of(tree, "210115001201"), Some((Settlement::Rural, true)));
    assert_eq!(of(tree, "210102001"), None);
    let files = AreaFiles { classes: "code,class,source\n210102001002,220,invented\n", ..AreaFiles::default() };
    assert_eq!(of(&AreaTree::parse(files).unwrap(), "210102001002"), Some((Settlement::Rural, false)));
    let wrong = AreaFiles { classes: "code,class,source\n210102001002,999,\n", ..AreaFiles::default() };
    assert_eq!(AreaTree::parse(wrong).unwrap_err().line, 2);
}

#[test]
fn pickers_find_by_name_pinyin_code_and_words() {
    let tree = shipped();
    let find = |text: &str| tree.search(text, None, TODAY, 10);
    assert_eq!(find("沈阳市")[0].code(), code("2101"));
    assert_eq!(find("沈阳")[0].code(), code("2101"));
    assert_eq!(find("shenyang")[0].code(), code("2101"));
    assert_eq!(find("沈阳 和平区")[0].code(), code("210102"));
    assert_eq!(find("210102")[0].code(), code("210102"));
    assert_eq!(tree.search("和平区", Some(&code("12")), TODAY, 10)[0].code(), code("120101"));
    assert!(find("").is_empty() && find("没有这个地方").is_empty());
    assert_eq!(find("街道").len(), 10);
    assert!(find("江干区").is_empty(), "ended in 2021");
    assert_eq!(tree.search("江干区", None, date(2020, 1, 1), 10)[0].code(), code("330104"));
}

#[test]
fn nearness_follows_the_map() {
    let tree = shipped();
    let km = |one: &str, two: &str| tree.distance_km(&code(one), &code(two)).unwrap();
    assert!(km("210102", "210102") < 0.001);
    assert!((340.0..380.0).contains(&km("2101", "2102")), "Shenyang to Dalian: {}", km("2101", "2102"));
    assert!(km("210102", "210103") < km("210102", "330102"));
    assert!(tree.distance_km(&code("330114001"), &code("330102001")).is_some(), "younger than the centres: the city's");
}

#[test]
fn unknown_codes_count_with_the_nearest_known_area() {
    let tree = shipped();
    let far = code("130102001001");
    assert!(tree.find(&far).is_none());
    assert!(tree.covers_at(&code("1301"), &far, TODAY) && !tree.covers_at(&code("21"), &far, TODAY));
    assert_eq!(tree.ancestry_at(&far, TODAY).last(), Some(&AreaCode::nation()));
    assert_eq!(tree.ancestry_at(&far, TODAY)[0], far);
}

#[test]
fn damaged_files_are_refused_with_file_and_line() {
    fn fault(files: AreaFiles<'_>) -> AreaFault {
        AreaTree::parse(files).unwrap_err()
    }
    let areas = "code,name\n21,甲省\n2101,乙市\n210101,丙区\n";
    assert_eq!(fault(AreaFiles { areas: "code,name\n21x,甲\n", ..AreaFiles::default() }).line, 2);
    let head = "effective,precision,event,code,old_code,old_name,source\n";
    for line in [
        "2020-01-01,day,vanished,210101,210102,丁区,依据",
        "2020-01-01,day,recoded,210199,210102,丁区,依据",
        "2020-01-01,day,recoded,210101,210102,,依据",
        "2020-01-01,day,recoded,210101,210102,丁区,",
        "2020-01-01,day,recoded,210101,2101,乙市,依据",
        "2020-01-01,year,recoded,210101,210102,丁区,依据",
        "today,day,recoded,210101,210102,丁区,依据",
        ",day,moved,210101,210102,,依据",
    ] {
        let changes = format!("{head}{line}\n");
        assert_eq!(fault(AreaFiles { areas, changes: &changes, ..AreaFiles::default() }).line, 2, "{line}");
    }
    let lost = format!("{head}2020-01-01,day,moved,210101,210102,,依据\n");
    assert!(fault(AreaFiles { areas, changes: &lost, ..AreaFiles::default() }).reason.contains("210102"));
    let special = "code,name,short_name,kind,parent,valid_from,valid_to,source\n";
    let taken = format!("{special}210101,丁,丁,zone,21,,,依据\n");
    assert!(fault(AreaFiles { areas, special: &taken, ..AreaFiles::default() }).reason.contains("占用"));
    let orphan = format!("{special}210197,丁,丁,zone,33,,,依据\n");
    assert!(fault(AreaFiles { areas, special: &orphan, ..AreaFiles::default() }).reason.contains("上级"));
}

proptest! {
    /// On any day the tree is a tree: each area that exists reaches the country, and its parent lists it.
    #[test]
    fn parents_and_children_agree_on_any_day(pick in 0_usize..1_000_000, days in 0_i64..6_000) {
        let tree = shipped();
        let day = date(2012, 1, 1).saturating_add(jiff::Span::new().days(days));
        let area = tree.area((pick % tree.len()) as u32);
        prop_assert_eq!(area.ancestry_at(day).last().map(Area::code), Some(AreaCode::nation()));
        if let Some(up) = area.parent_at(day).filter(|_| area.exists_at(day)) {
            prop_assert!(up.exists_at(day), "{:?} under {:?} on {}", area, up, day);
            prop_assert!(tree.children_at(&up.code(), day).contains(&area));
            prop_assert!(tree.covers_at(&up.code(), &area.code(), day));
        }
    }

    #[test]
    fn no_text_panics(areas in "(code,name\n)?[0-9甲,\n]{0,60}", changes in "[0-9a-z,\\-\n]{0,60}") {
        if let Ok(tree) = AreaTree::parse(AreaFiles { areas: &areas, changes: &changes, ..AreaFiles::default() }) {
            prop_assert!(tree.search(&areas, None, TODAY, 3).len() <= 3);
        }
    }
}
