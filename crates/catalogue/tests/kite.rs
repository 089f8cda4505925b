//! The whole engine on the invented province 云州 and its invented matter.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;
mod kite_registers;

use base::{AreaCode, Date, Fen};
use catalogue::duties::{HeldPost, unheld};
use catalogue::trace::untraced;
use catalogue::{NoMatter, Resolved, Value};
use common::{files, kite, listed, spoiled};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn above(code: &str) -> Vec<AreaCode> {
    code.parse::<AreaCode>().unwrap().ancestry()
}

#[test]
fn a_parameter_follows_pack_and_day() {
    let catalogue = kite();
    let value = |area: &str, date: &str| catalogue.param("yz.min_capital", &above(area), day(date)).unwrap();
    assert_eq!(value("98", "2023-12-31").value, Value::Money(Fen::yuan(10_000)));
    assert_eq!(value("98", "2024-01-01").value, Value::Money(Fen::yuan(20_000)));
    assert!(value("98", "2024-01-01").sourced().contains("待核实"));
    let near = value("990102", "2025-01-01");
    assert_eq!((near.value, near.pack.as_str()), (Value::Money(Fen::yuan(50_000)), "yunzhou"));
    assert_eq!(near.clause.at.to_string(), "yunzhou/params.toml:3");
    assert!(catalogue.param("yz.min_capital", &above("98"), day("2000-01-01")).is_none());
}

#[test]
fn overlays_apply_near_over_far_and_only_when_in_force() {
    let catalogue = kite();
    let plain = catalogue.matter("found-kite-club", &above("98"), day("2026-01-01")).unwrap();
    let province = catalogue.matter("found-kite-club", &above("9902"), day("2025-01-01")).unwrap();
    let city = catalogue.matter("found-kite-club", &above("990101"), day("2026-01-01")).unwrap();
    assert_eq!(plain.matter.name, "风筝会成立登记");
    assert_eq!(province.matter.name, "云州风筝会成立登记");
    assert_eq!(
        (province.matter.materials.len(), city.matter.materials.len()),
        (plain.matter.materials.len(), plain.matter.materials.len() - 1)
    );
    assert!(province.matter.find_field(&"sky".into()).is_some() && plain.matter.find_field(&"sky".into()).is_none());
    let text = |resolved: &Resolved, path: &str| {
        resolved
            .provenance()
            .into_iter()
            .find(|sourced| sourced.path == path)
            .map(|sourced| sourced.to_string())
            .unwrap()
    };
    let promised = "steps.accept.limit.promised.working_days";
    assert!(text(&plain, promised).contains("= 2  base/matters/found-kite-club.toml:"));
    assert!(text(&city, promised).contains("= 1  yunxi/overlays.toml:3"));
}

#[test]
fn an_added_opinion_opens_beside_and_joins_where_its_neighbour_does() {
    let catalogue = kite();
    let resolved = catalogue.matter("found-kite-club", &above("99"), day("2026-01-01")).unwrap();
    let accept = resolved.matter.find_step(&"accept".into()).unwrap();
    assert_eq!(
        accept.moves[0].then,
        catalogue::matter::Next::Open(["supervise", "party", "airspace"].map(Into::into).to_vec())
    );
    let added = resolved.matter.find_step(&"airspace".into()).unwrap();
    assert_eq!(added.moves[0].then, catalogue::matter::Next::Join("review".into()));
}

#[test]
fn an_edition_is_read_back_from_its_text_with_the_same_digest() {
    let catalogue = kite();
    let resolved = catalogue.matter("found-kite-club", &above("990101"), day("2026-01-01")).unwrap();
    let again = Resolved::from_text(&resolved.canonical_text).unwrap();
    assert_eq!(again.digest, resolved.digest);
    assert_eq!(again.matter, resolved.matter);
    assert_eq!(again.params.find("yz.min_capital").map(|p| &p.value), Some(&Value::Money(Fen::yuan(50_000))));
    assert_eq!(resolved.digest.len(), 64);
    let other = catalogue.matter("found-kite-club", &above("98"), day("2026-01-01")).unwrap();
    assert_ne!(other.digest, resolved.digest);
    assert!(Resolved::from_text("{}").is_err() && Resolved::from_text("不是").is_err());
}

#[test]
fn moving_lines_does_not_make_a_new_edition() {
    let mut moved = files();
    for (_, text) in moved.0.iter_mut().filter(|(path, _)| !path.contains("clauses")) {
        *text = format!("# a comment\n\n{text}");
    }
    let moved = catalogue::Catalogue::load(&moved, &catalogue::NamedChecks::default()).unwrap();
    let digest = |catalogue: &catalogue::Catalogue| {
        catalogue.matter("found-kite-club", &above("990101"), day("2026-01-01")).unwrap().digest
    };
    assert_eq!(digest(&kite()), digest(&moved));
}

#[test]
fn explain_names_every_source() {
    let text = kite().explain("found-kite-club", &above("990101"), day("2026-01-01")).unwrap();
    for part in [
        "yz.min_capital",
        "云州府发〔2024〕1号",
        "yunxi/overlays.toml:3",
        "base/matters/found-kite-club.toml:",
        "云溪市",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(
        kite().explain("fly", &above("99"), day("2026-01-01")).unwrap_err(),
        NoMatter::Unknown("fly".to_owned())
    );
}

#[test]
fn every_spoiled_file_is_named_with_its_line() {
    let pack = "id = \"yunzhou\"\nname = \"云州省\"\narea = \"99\"\nlevel = \"province\"\n";
    let overlay = |text: &str| format!("[[overlay]]\nmatter = \"found-kite-club\"\n{text}\n");
    let cases = [
        ("yunzhou/pack.toml", format!("{pack}color = 1\n"), "yunzhou/pack.toml:5: 错误：这里没有“color”"),
        ("yunzhou/pack.toml", "id = ".to_owned(), "yunzhou/pack.toml:1: 错误：等号后面没有值"),
        ("yunxi/overlays.toml", overlay("shorten = { at = \"steps.accept\", promised = { working_days = 9 } }"), "yunxi/overlays.toml:3: 错误：shorten 把 2 改成了 9"),
        ("yunxi/overlays.toml", overlay("lengthen = { at = \"steps.accept\", statutory = { working_days = 9 } }"), "必须写明依据"),
        ("yunxi/overlays.toml", overlay("drop_material = \"minutes\""), "“minutes”是法定材料，不能取消"),
        ("yunxi/overlays.toml", overlay("desk_level = { step = \"decide\", to = \"moon\" }"), "desk_level 的 to 不对"),
        ("yunxi/overlays.toml", overlay("remove_step = \"decide\""), "每个 overlay 只做一件事"),
        ("yunxi/rules.toml", rule("{ fact = \"org.kin\", is = \"kite\" }"), "是不是“org.kind”"),
        ("yunxi/rules.toml", rule("{ fact = \"org.kind\", is = \"kit\" }"), "“org.kind”没有“kit”这个取值"),
        ("yunxi/rules.toml", rule("{ fact = \"org.members\", ge = { yuan = 3 } }"), "yunxi/rules.toml:5: 错误：整数不能用 ge 与金额比较"),
        ("yunxi/rules.toml", rule("{ fact = \"org.members\", ge = { param = \"nowhere\" } }"), "没有名为“nowhere”的参数"),
        ("yunxi/rules.toml", rule("{ named = \"nothing\" }"), "没有名为“nothing”的检查"),
        ("yunxi/rules.toml", rule("{ answer = \"capital\", ge = { yuan = 3 } }"), "没有名为“capital”的填报项"),
        ("yunxi/rules.toml", rule("{ fact = \"org.members\", plus = { days = 1 }, ge = 3 }"), "只有日期能加减时间"),
        ("yunxi/params.toml", "[[param]]\nname = \"p\"\ntitle = \"p\"\nunit = \"day\"\nvalues = [{ from = 2024-01-01, value = 0.5, clause = \"c\", confidence = \"V\" }]".to_owned(), "yunxi/params.toml:5: 错误：“0.5”是小数"),
    ];
    for (path, text, wanted) in cases {
        let found = spoiled(path, &text);
        assert!(found.contains(wanted), "wanted {wanted}\nfound {found}");
    }
}

fn rule(when: &str) -> String {
    format!(
        "[[rule]]\nid = \"r\"\nname = \"r\"\nabout = \"organization\"\nwhen = {when}\nseverity = \"low\"\nclause = \"c\"\nremedy = \"r\"\n"
    )
}

#[test]
fn rival_packs_must_say_who_wins() {
    let rival = |after: &str| {
        let mut files = files();
        files.0.push((
            "zrival/pack.toml".to_owned(),
            format!("id = \"zrival\"\nname = \"并行政策\"\narea = \"99\"\nlevel = \"province\"\n{after}"),
        ));
        files.0.push((
            "zrival/overlays.toml".to_owned(),
            "[[overlay]]\nmatter = \"found-kite-club\"\nrename = { to = \"并行名\" }\n".to_owned(),
        ));
        catalogue::Catalogue::load(&files, &catalogue::NamedChecks::default())
    };
    let problems = listed(&rival("").unwrap_err());
    assert!(problems.contains("zrival/overlays.toml:1: 错误：政策包“yunzhou”和“zrival”都改了"), "{problems}");
    let settled = rival("after = [\"yunzhou\"]\n").unwrap();
    assert_eq!(settled.matter("found-kite-club", &above("99"), day("2026-01-01")).unwrap().matter.name, "并行名");
}

#[test]
fn traces_name_what_exists() {
    let catalogue = kite();
    assert!(catalogue.check_traces(&["/matters"], &[], &|test| test == "kite::flies").is_empty());
    let problems = listed(&catalogue.check_traces(&[], &[], &|_| false));
    assert!(
        problems.contains("trace.toml:1: 错误：页面“/matters”不存在") && problems.contains("找不到测试“kite::flies”"),
        "{problems}"
    );
    let left: Vec<_> =
        untraced(catalogue.clauses(), catalogue.traces()).iter().map(|clause| clause.id.as_str()).collect();
    assert_eq!(left, ["yz-02"]);
}

#[test]
fn duties_nobody_holds_are_found() {
    let catalogue = kite();
    let areas: Vec<AreaCode> = ["99", "990101", "990102"].map(|code| code.parse().unwrap()).to_vec();
    let held = [HeldPost { desk: "supervision".into(), area: areas[1].clone() }];
    let gaps = unheld(catalogue.duties(), &areas, &held);
    assert_eq!(gaps.iter().map(|gap| gap.area.as_str()).collect::<Vec<_>>(), ["990102"]);
}

#[test]
fn a_personal_field_of_a_register_cannot_be_public() {
    let catalogue = kite();
    let register = catalogue.find_register("kite-masters").unwrap();
    assert_eq!(register.public_fields().map(|field| field.id.as_str()).collect::<Vec<_>>(), ["name", "style"]);
    let text = files().0.into_iter().find(|(path, _)| path.ends_with("kite-masters.toml")).unwrap().1;
    let found = spoiled(
        "base/registers/kite-masters.toml",
        &text.replace("kind = \"phone\"", "kind = \"phone\"\npublic = true"),
    );
    assert!(found.contains("是个人信息，不能公开"), "{found}");
}

#[test]
fn what_adds_to_a_matter_carries_its_citation_and_a_step_goes_before_another() {
    let mut files = files();
    let matter = files.0.iter_mut().find(|(path, _)| path.ends_with("found-kite-club.toml")).unwrap();
    matter.1.push_str("\n[[slots]]\nid = \"late\"\ntext = \"决定前\"\nplace = { before = \"decide\" }\n");
    files.0.retain(|(path, _)| path != "yunxi/overlays.toml");
    let changes = [
        "lengthen = { at = \"steps.accept\", statutory = { working_days = 9 } }",
        "desk_level = { step = \"decide\", to = \"county\" }",
        "add_point = { step = \"review\", point = { id = \"wind\", text = \"风够不够\" } }",
        "add_step = { slot = \"late\", step = { id = \"panel\", name = \"评议\", explain = \"专家评议。\", desk = \"review\", moves = [{ verb = \"opine\", needs = [\"opinion\"], then = \"slot\" }] } }",
    ];
    let text =
        changes.map(|change| format!("[[overlay]]\nmatter = \"found-kite-club\"\ncite = \"云溪府发1号\"\n{change}\n"));
    files.0.push(("yunxi/overlays.toml".to_owned(), text.concat()));
    let loaded = catalogue::Catalogue::load(&files, &catalogue::NamedChecks::default());
    let catalogue = loaded.unwrap_or_else(|problems| panic!("{}", listed(&problems)));
    let matter = catalogue.matter("found-kite-club", &above("9901"), day("2026-01-01")).unwrap().matter;
    let step = |id: &str| matter.find_step(&id.into()).unwrap();
    assert_eq!(step("accept").limit.as_ref().unwrap().clause.text, "云溪府发1号");
    assert_eq!(step("decide").at, catalogue::matter::Seat::County);
    assert_eq!(step("review").points.last().unwrap().clause.as_ref().unwrap().text, "云溪府发1号");
    assert_eq!(step("review").moves[0].then, catalogue::matter::Next::Open(vec!["panel".into()]));
    assert_eq!(step("panel").moves[0].then, catalogue::matter::Next::Open(vec!["decide".into()]));
}
