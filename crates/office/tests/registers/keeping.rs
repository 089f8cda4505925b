//! Entering, changing, correcting, ending, withdrawing.
use base::{Instant, Origin};
use office::registers::{Ask, Edit, How, Incoming};
use office::testing::office_on;
use registry::Kind;

use super::*;

const FIGURES: &str = "area-figures";

/// What followers were told of a record.
fn told_of(office: &TestOffice, register: &str, origin: Origin, id: RecordId) -> Vec<store::change::ChangeRow> {
    let subject = format!("register/{register}/{id}");
    office.db.read(|tx| store::change::of_subject(tx, origin, &subject, 20)).unwrap()
}

fn figure(area: &str, value: &str, on: &str) -> Posted {
    let source = "2025 年统计公报（演示数据）";
    form(&[("area", area), ("figure", "population"), ("value", value), ("as_of", on), ("source", source)])
}

#[test]
fn a_record_is_entered_by_its_desk_and_told_to_followers() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "沈阳市民政局", "2101");
        let clerk = office.official("data_quality", "2101", body);
        let id = office.enter_record(&clerk, FIGURES, &figure("210102", "６４万", "2024-12-31"), &[]);
        assert_eq!(wrong_fields(id.unwrap_err()), ["value"], "万 is for money");
        let id = office.enter_record(&clerk, FIGURES, &figure("210102", "640，000", "2024-12-31"), &[]).unwrap();
        let record = row(&office, FIGURES, id);
        assert_eq!(
            (record.area.as_str(), record.since, record.state.as_str()),
            ("210102", day("2024-12-31"), "active")
        );
        assert_eq!(record.body["value"], 640_000);
        assert_eq!(record.city.as_deref(), Some("2101"), "lists of the city have it");
        assert_eq!(
            (record.title.as_str(), record.origin.as_str()),
            ("常住人口", "210100"),
            "who took it in, not where it lies"
        );
        let told = told_of(&office, FIGURES, record.origin, id).remove(0);
        assert_eq!(told.kind, "register");
        assert_eq!(told.public.as_ref().unwrap()["fields"]["value"], 640_000);
        // A second one of the same area, figure and day is refused.
        let again = office.enter_record(&clerk, FIGURES, &figure("210102", "1", "2024-12-31"), &[]);
        assert_eq!(wrong_fields(again.unwrap_err()), ["area"]);
        office.enter_record(&clerk, FIGURES, &figure("210102", "1", "2025-12-31"), &[]).unwrap();
        verifies(&office);
    }
}

#[test]
fn what_is_wrong_is_said_field_by_field() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let clerk = office.official("data_quality", "2101", body);
    let all = form(&[("area", "999999"), ("figure", "moons"), ("value", "-3"), ("as_of", "昨天"), ("source", "")]);
    let mut wrong = wrong_fields(office.enter_record(&clerk, FIGURES, &all, &[]).unwrap_err());
    wrong.sort();
    assert_eq!(wrong, ["area", "as_of", "figure", "source", "value"]);
    // 龙港 became a city in 2019: before that day there is no such area.
    let nation = office.official("data_quality", "100000", body);
    let early = office.enter_record(&nation, FIGURES, &figure("330383", "100", "2018-12-31"), &[]);
    assert_eq!(wrong_fields(early.unwrap_err()), ["area"]);
    office.enter_record(&nation, FIGURES, &figure("330383", "100", "2020-12-31"), &[]).unwrap();
    let mut with_phone = figure("210102", "5", "2024-12-31");
    with_phone.insert("source".to_owned(), vec!["问张三 13912345678".to_owned()]);
    assert_eq!(wrong_fields(office.enter_record(&clerk, FIGURES, &with_phone, &[]).unwrap_err()), ["source"]);
    let reversed = form(&[("area", "210102"), ("from", "2020-01-01"), ("until", "2019-01-01"), ("source", "文件")]);
    let refused = office.enter_record(&clerk, "fast-developing-counties", &reversed, &[]).unwrap_err();
    assert_eq!(wrong_fields(refused), ["until"]);
}

#[test]
fn nobody_else_may() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let clerk = office.official("data_quality", "2101", body);
    let id = office.enter_record(&clerk, FIGURES, &figure("210102", "5", "2024-12-31"), &[]).unwrap();
    let register = office.register(FIGURES).unwrap();
    let posted = figure("210102", "6", "2024-12-31");
    let edit = || Edit { posted: &posted, files: &[], how: How::Correct, reason: "公报数字有误", rev: 1 };
    let wrong = [
        office.official("data_quality", "2102", body),
        office.official("data_quality", "210103", body),
        office.official("intake", "2101", body),
        office.official("finance", "2101", body),
        office.founder("bai"),
        office.admin(authority::AdminRole::System),
    ];
    for who in &wrong {
        for refused in [
            office.edit_record(who, FIGURES, id, &edit()).unwrap_err(),
            office.end_record(who, FIGURES, id, (day("2026-01-01"), "不再统计", 1)).unwrap_err(),
            office.withdraw_record(who, FIGURES, id, ("录入错了地区", 1)).unwrap_err(),
        ] {
            assert_eq!(refused.code(), "denied", "{}", who.name);
        }
    }
    for who in &wrong[2..] {
        assert_eq!(office.enter_record(who, FIGURES, &posted, &[]).unwrap_err().code(), "denied", "{}", who.name);
    }
    let elsewhere = office.enter_record(&wrong[0], FIGURES, &figure("210102", "5", "2023-12-31"), &[]);
    assert_eq!(wrong_fields(elsewhere.unwrap_err()), ["area"], "its desk, not its area");
    for who in [&wrong[0], &wrong[3], &wrong[4], &wrong[5]] {
        let ask = Ask { area: Some("2101".parse().unwrap()), ..Ask::default() };
        assert_eq!(office.desk_records(who, register, &ask, 30).unwrap_err().code(), "denied", "{}", who.name);
        assert_eq!(office.desk_record(who, register, id).unwrap_err().code(), "denied", "{}", who.name);
    }
    let upper = office.official("data_quality", "21", body);
    assert_eq!(office.desk_records(&upper, register, &Ask::default(), 30).unwrap().items.len(), 1, "seen from above");
    office.edit_record(&upper, FIGURES, id, &edit()).unwrap();
    assert_eq!(office.edit_record(&upper, FIGURES, id, &edit()).unwrap_err().code(), "conflict", "somebody was faster");
}

#[test]
fn a_day_and_a_moment_tell_what_a_record_said() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "沈阳市民政局", "2101");
        let desk = office.official("supervision", "2101", body);
        let register = office.register("incubation-bases").unwrap().clone();
        let base = |state: &str, name: &str| {
            let kind = ("kind", "base");
            form(&[("name", name), ("area", "2101"), kind, ("state", state), ("opened_on", "2025-03-01")])
        };
        let id = office.enter_record(&desk, &register.id, &base("building", "浑河孵化基地"), &[]).unwrap();
        let first = office.clock.now();
        office.clock.advance(60);
        let edit = |posted: &Posted, how, rev| {
            let reason = "名称写错了";
            office.edit_record(&desk, &register.id, id, &Edit { posted, files: &[], how, reason, rev })
        };
        edit(&base("operating", "浑河孵化基地"), How::Change(day("2025-09-01")), 1).unwrap();
        office.clock.advance(60);
        edit(&base("operating", "浑河社会组织孵化基地"), How::Correct, 2).unwrap();
        let now = office.clock.now();
        let state = |on: &str, known: Instant| {
            let said = office.record_on(&register, id, day(on), known).unwrap();
            said.map(|one| (one.body["state"].as_str().unwrap().to_owned(), one.title))
        };
        let told = |state: &str, name: &str| Some((state.to_owned(), name.to_owned()));
        assert_eq!(state("2025-02-01", now), None, "not yet");
        assert_eq!(state("2025-05-01", now), told("building", "浑河孵化基地"));
        assert_eq!(state("2025-10-01", now), told("operating", "浑河社会组织孵化基地"));
        assert_eq!(state("2025-10-01", first), told("building", "浑河孵化基地"), "as known at first");
        let early = edit(&base("closed", "浑河社会组织孵化基地"), How::Change(day("2024-01-01")), 3);
        assert_eq!(wrong_fields(early.unwrap_err()), ["_from"]);
        let late = edit(&base("closed", "浑河社会组织孵化基地"), How::Change(day("2027-01-01")), 3);
        assert_eq!(wrong_fields(late.unwrap_err()), ["_from"]);
        office.end_record(&desk, &register.id, id, (day("2026-02-01"), "场地到期停办", 3)).unwrap();
        let now = office.clock.now();
        let on = |on: &str| office.record_on(&register, id, day(on), now).unwrap().is_some();
        assert!(on("2025-05-01") && on("2026-01-31") && !on("2026-02-01"));
        let view = office.desk_record(&desk, &register, id).unwrap();
        let acts: Vec<&str> = view.history.iter().map(|one| one.version.act.as_str()).collect();
        assert_eq!(acts, ["end", "correct", "change", "enter"], "the newest first");
        let corrected = &view.history[1];
        assert_eq!(
            corrected.changes,
            [("名称".to_owned(), "浑河孵化基地".to_owned(), "浑河社会组织孵化基地".to_owned())]
        );
        let line = corrected.line.as_ref().unwrap();
        assert_eq!(
            (line.act.as_str(), line.reason.as_str(), line.who.is_empty()),
            ("更正名册记录", "名称写错了", false)
        );
        verifies(&office);
    }
}

#[test]
fn what_was_entered_by_mistake_is_taken_back_and_stays_readable() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "沈阳市民政局", "2101");
        let clerk = office.official("data_quality", "2101", body);
        let register = office.register(FIGURES).unwrap().clone();
        let posted = figure("210102", "5", "2024-12-31");
        let id = office.enter_record(&clerk, FIGURES, &posted, &[]).unwrap();
        assert_eq!(office.open_records(&register, &Ask::default(), 30).unwrap().items.len(), 1);
        let short = office.withdraw_record(&clerk, FIGURES, id, ("错", 1)).unwrap_err();
        assert_eq!(wrong_fields(short), ["reason"]);
        office.withdraw_record(&clerk, FIGURES, id, ("录错了地区", 1)).unwrap();
        assert!(office.open_records(&register, &Ask::default(), 30).unwrap().items.is_empty());
        assert_eq!(office.open_record(&register, id).unwrap_err().code(), "not_found");
        let view = office.desk_record(&clerk, &register, id).unwrap();
        assert_eq!((view.standing, view.keeps), ("已撤销", false));
        let edit = Edit { posted: &posted, files: &[], how: How::Correct, reason: "再改一次", rev: 2 };
        assert_eq!(office.edit_record(&clerk, FIGURES, id, &edit).unwrap_err().code(), "withdrawn");
        let ask = Ask { which: "withdrawn".to_owned(), ..Ask::default() };
        assert_eq!(office.desk_records(&clerk, &register, &ask, 30).unwrap().items.len(), 1);
        office.enter_record(&clerk, FIGURES, &posted, &[]).unwrap();
        let told = told_of(&office, FIGURES, row(&office, FIGURES, id).origin, id);
        let gone =
            told.iter().filter_map(|change| change.public.as_ref()).find(|public| public["state"] == "withdrawn");
        assert_eq!(gone.unwrap().as_object().unwrap().len(), 3, "no more than that it is gone");
        verifies(&office);
    }
}

#[test]
fn a_record_about_an_organization_lies_with_it_and_names_it() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let regulator = office.body("regulator", "沈阳市商务局", "2101");
    let org = office.registered(Kind::Association, "沈阳市风筝协会", "2101", day("2018-05-01"));
    let desk = office.official("supervision", "2101", body);
    let code = org.code.clone().unwrap();
    let guided = |code: &str, regulator: &str| {
        form(&[
            ("organization", code),
            ("regulator", regulator),
            ("guided_on", "2026-01-05"),
            ("kind", "guidance"),
            ("stage", "guidance"),
        ])
    };
    let refused = office.enter_record(&desk, "decoupling-guidance", &guided("51999", "没有的局"), &[]).unwrap_err();
    assert_eq!(wrong_fields(refused), ["organization", "regulator"]);
    let id = office.enter_record(&desk, "decoupling-guidance", &guided(&code, &regulator.to_string()), &[]).unwrap();
    let record = row(&office, "decoupling-guidance", id);
    assert_eq!((record.org, record.origin, record.title.as_str()), (Some(org.id), org.origin, "沈阳市风筝协会"));
    let of = office.db.read(|tx| store::registers::of_org(tx, org.origin, org.id)).unwrap();
    assert_eq!(of.len(), 1);
    let elsewhere = office.official("supervision", "2102", body);
    let refused =
        office.enter_record(&elsewhere, "decoupling-guidance", &guided(&code, "沈阳市商务局"), &[]).unwrap_err();
    assert_eq!(wrong_fields(refused), ["organization"], "another city's organization");
}

#[test]
fn personal_values_are_sealed_masked_and_shown_for_a_reason() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let clerk = office.official("data_quality", "2101", body);
    let fields = [
        ("department", "沈阳市税务局"),
        ("purpose", "免税核对"),
        ("basis", "协议"),
        ("items", "basics"),
        ("state", "requested"),
        ("contact", "欧阳静 13912345678"),
    ];
    let id = office.enter_record(&clerk, "data-sharing", &form(&fields), &[]).unwrap();
    let record = row(&office, "data-sharing", id);
    let text = record.body.to_string();
    assert!(!text.contains("欧阳") && !text.contains("13912345678"), "{text}");
    let register = office.register("data-sharing").unwrap().clone();
    let view = office.desk_record(&clerk, &register, id).unwrap();
    let contact = view.shown.iter().find(|one| one.label == "联系人").unwrap();
    assert!(contact.masked && contact.text.starts_with("欧*") && !contact.text.contains("139"), "{}", contact.text);
    assert!(office.export_columns(&register, false).iter().all(|field| field.id != "contact"));
    assert_eq!(wrong_fields(office.reveal_record(&clerk, "data-sharing", id, "看").unwrap_err()), ["reason"]);
    let other = office.official("data_quality", "2102", body);
    assert_eq!(office.reveal_record(&other, "data-sharing", id, "想看一看").unwrap_err().code(), "denied");
    let shown = office.reveal_record(&clerk, "data-sharing", id, "联系对方续期").unwrap();
    assert_eq!(shown, [("联系人".to_owned(), "欧阳静 13912345678".to_owned())]);
    // A change that says nothing of it leaves it as it is.
    let mut posted = form(&fields[..5]);
    posted.insert("state".to_owned(), vec!["approved".to_owned()]);
    let how = How::Change(office.clock.today());
    let edit = Edit { posted: &posted, files: &[], how, reason: "", rev: 1 };
    office.edit_record(&clerk, "data-sharing", id, &edit).unwrap();
    assert_eq!(office.reveal_record(&clerk, "data-sharing", id, "联系对方续期").unwrap(), shown);
    verifies(&office);
}

#[test]
fn files_are_kept_with_the_record_and_open_only_where_the_field_is() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let desk = office.official("supervision", "2101", body);
    let measure = form(&[
        ("document", "000"),
        ("area", "2101"),
        ("unit", "沈阳市民政局"),
        ("received_on", "2022-05-20"),
        ("title", "沈阳市贯彻措施"),
        ("state", "in_force"),
    ]);
    let pdf =
        |name: &str, bytes: &[u8]| Incoming { field: "text".to_owned(), name: name.to_owned(), bytes: bytes.to_vec() };
    let wrong = office.enter_record(&desk, "local-measures", &measure, &[pdf("措施.pdf", b"<html>")]).unwrap_err();
    assert_eq!(wrong_fields(wrong), ["text"]);
    let id = office.enter_record(&desk, "local-measures", &measure, &[pdf("措施.pdf", b"%PDF-1.7 text")]).unwrap();
    let register = office.register("local-measures").unwrap().clone();
    let view = office.open_record(&register, id).unwrap();
    let file = view.shown.iter().find_map(|one| one.files.first()).unwrap().1;
    assert_eq!(office.record_file(None, &register, (id, file)).unwrap().1, b"%PDF-1.7 text");
    let other = base::FileId::from_bits(7);
    assert_eq!(office.record_file(None, &register, (id, other)).unwrap_err().code(), "not_found");
    let minutes = form(&[
        ("title", "第一次联席会议"),
        ("area", "2101"),
        ("held_on", "2026-01-10"),
        ("chair", "市民政局"),
        ("agenda", "规划任务"),
    ]);
    let file = Incoming { field: "minutes".to_owned(), name: "纪要.pdf".to_owned(), bytes: b"%PDF-1.7 m".to_vec() };
    let id = office.enter_record(&desk, "joint-meetings", &minutes, &[file]).unwrap();
    let register = office.register("joint-meetings").unwrap().clone();
    let view = office.desk_record(&desk, &register, id).unwrap();
    let file = view.shown.iter().find_map(|one| one.files.first()).unwrap().1;
    assert!(office.record_file(Some(&desk), &register, (id, file)).is_ok());
    assert_eq!(office.record_file(None, &register, (id, file)).unwrap_err().code(), "not_found");
    let elsewhere = office.official("supervision", "2102", body);
    assert_eq!(office.record_file(Some(&elsewhere), &register, (id, file)).unwrap_err().code(), "denied");
    verifies(&office);
}

#[test]
fn lists_filter_sort_and_go_on_where_they_stopped() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "辽宁省民政厅", "21");
        let clerk = office.official("data_quality", "21", body);
        let register = office.register(FIGURES).unwrap().clone();
        for (number, area) in ["2101", "2102", "2103", "2104", "2105"].into_iter().enumerate() {
            for year in 2018..2022 {
                let posted = figure(area, &(1_000 + number).to_string(), &format!("{year}-12-31"));
                office.enter_record(&clerk, FIGURES, &posted, &[]).unwrap();
            }
        }
        let page = |ask: &Ask| office.desk_records(&clerk, &register, ask, 3).unwrap();
        let mut ask = Ask { fields: vec![("figure".to_owned(), "population".to_owned())], ..Ask::default() };
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let got = page(&ask);
            assert_eq!(got.total, 20);
            seen.extend(got.items.iter().map(|one| (one.since, one.id)));
            pages += 1;
            match got.next {
                Some(next) => ask.after = Some(next),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (20, 7));
        assert!(seen.windows(2).all(|two| two[0] > two[1]), "newest first, none twice");
        let none = Ask { fields: vec![("figure".to_owned(), "volunteers".to_owned())], ..Ask::default() };
        assert!(page(&none).items.is_empty());
        let city = Ask { area: Some("2103".parse().unwrap()), ..Ask::default() };
        let got = page(&city);
        assert_eq!((got.items.len(), got.total, got.next.is_some()), (3, 4, true));
        assert_eq!(got.cells[0][..3], ["辽宁省鞍山市".to_owned(), "常住人口".to_owned(), "1002".to_owned()]);
    }
}
