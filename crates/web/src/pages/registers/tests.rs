//! The pages of registers, from a browser: those who keep them, those who only read, everybody, and the wrong person.
use axum::http::{StatusCode, header};
use base::Date;
use registry::Kind;

use crate::testing::{TestSite, Visitor};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

struct Scene {
    site: TestSite,
    data: Visitor,
    supervision: Visitor,
    elsewhere: Visitor,
    province: Visitor,
    others: Vec<(&'static str, Visitor)>,
}

fn scene() -> Scene {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let other = site.office.body("registrar", "大连市民政局", "2102");
    let upper = site.office.body("registrar", "辽宁省民政厅", "21");
    let finance = site.office.body("finance", "沈阳市财政局", "2101");
    let others = vec![
        ("a stranger", site.stranger()),
        ("a founder", site.founder("bai")),
        ("a finance desk", site.official("finance", "2101", finance)),
        ("an administrator", site.admin(authority::AdminRole::System)),
    ];
    Scene {
        data: site.official("data_quality", "2101", body),
        supervision: site.official("supervision", "2101", body),
        elsewhere: site.official("data_quality", "2102", other),
        province: site.official("data_quality", "21", upper),
        others,
        site,
    }
}

const FIGURES: &str = "/desk/registers/area-figures";

fn figure(value: &str) -> [(&str, &str); 5] {
    [
        ("area", "210102"),
        ("figure", "population"),
        ("value", value),
        ("as_of", "2024年12月31日"),
        ("source", "统计公报（演示数据）"),
    ]
}

async fn entered(who: &Visitor) -> String {
    let got = who.upload(&format!("{FIGURES}/new"), &figure("640000"), &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    got.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_record_is_entered_listed_edited_ended_and_everybody_reads_its_public_fields() {
    let s = scene();
    for path in ["/desk/registers", FIGURES, &format!("{FIGURES}/new")] {
        let got = s.data.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.is_well_made();
    }
    assert!(s.data.get(FIGURES).await.text.contains("还没有记录"));
    let path = entered(&s.data).await;
    let page = s.data.get(&format!("{path}?done=entered")).await;
    page.is_well_made();
    for text in ["已录入", "常住人口", "640000", "和平区", "历史", "录入", "记录变化或者更正"] {
        assert!(page.text.contains(text), "{text}");
    }
    let edit = s.data.get(&format!("{path}/edit")).await;
    edit.is_well_made();
    assert!(edit.text.contains("640000") && edit.text.contains("2024-12-31"));
    let mut fields = figure("641000").to_vec();
    fields.extend([("_rev", "1"), ("_how", "correct"), ("_reason", "公报更正"), ("_from", "")]);
    let saved = s.data.upload(&format!("{path}/edit"), &fields, &[]).await;
    assert_eq!(saved.location(), format!("{path}?done=edited"), "{}", saved.text);
    let stale = s.data.upload(&format!("{path}/edit"), &fields, &[]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody edited meanwhile");
    let page = s.data.get(&path).await;
    assert!(page.text.contains("640000 → 641000") && page.text.contains("原因：公报更正"), "{}", page.text);
    let open = path.replace("/desk", "");
    for path in ["/registers", "/registers/area-figures", &open] {
        let got = s.site.stranger().get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.is_well_made();
    }
    let got = s.site.stranger().get(&open).await;
    assert!(got.text.contains("641000") && !got.text.contains("公报更正") && !got.text.contains("数据质量岗"));
    let got = s.data.post(&format!("{path}/end"), &[("until", "2025-12-31"), ("reason", ""), ("rev", "2")]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    got.is_well_made();
    let fields = [("until", "2025-12-31"), ("reason", "改用新口径"), ("rev", "2")];
    assert_eq!(s.data.post(&format!("{path}/end"), &fields).await.location(), format!("{path}?done=ended"));
    assert!(s.data.get(FIGURES).await.text.contains("还没有记录"), "what has ended is listed apart");
    assert!(s.data.get(&format!("{FIGURES}?which=ended")).await.text.contains("641000"));
    let got = s.data.post(&format!("{path}/withdraw"), &[("reason", "录错了地区"), ("rev", "3")]).await;
    assert_eq!(got.location(), format!("{path}?done=withdrawn"));
    assert_eq!(s.site.stranger().get(&open).await.status, StatusCode::NOT_FOUND);
    assert!(s.data.get(&path).await.text.contains("已撤销"));
}

#[tokio::test]
async fn what_is_wrong_comes_back_with_what_was_typed() {
    let s = scene();
    let new = format!("{FIGURES}/new");
    let fields =
        [("area", "2102"), ("figure", "population"), ("value", "很多"), ("as_of", "昨天"), ("source", "公报X")];
    let got = s.data.upload(&new, &fields, &[]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    got.is_well_made();
    for text in ["很多", "昨天", "公报X", "请填写整数", "请填写日期", "大连市"] {
        assert!(got.text.contains(text), "{text}: {}", got.text);
    }
    let elsewhere =
        [("area", "2102"), ("figure", "population"), ("value", "5"), ("as_of", "2024-12-31"), ("source", "公报")];
    let got = s.data.upload(&new, &elsewhere, &[]).await;
    assert!(got.status == StatusCode::UNPROCESSABLE_ENTITY && got.text.contains("不在您负责的地区"));
    // Looking for a place saves nothing and keeps the rest.
    let find = [("area.find", "浑南"), ("value", "77"), ("_do", "area:area:find")];
    let got = s.data.upload(&new, &find, &[]).await;
    assert_eq!(got.status, StatusCode::OK);
    got.is_well_made();
    assert!(got.text.contains("浑南区") && got.text.contains("77"));
    assert!(s.data.get(FIGURES).await.text.contains("还没有记录"));
}

#[tokio::test]
async fn the_wrong_person_is_refused_everywhere() {
    let s = scene();
    let path = entered(&s.data).await;
    let id = path.rsplit('/').next().unwrap();
    let forms = [
        "new",
        "import",
        &format!("{id}/edit"),
        &format!("{id}/end"),
        &format!("{id}/withdraw"),
        &format!("{id}/reveal"),
    ]
    .map(|part| format!("{FIGURES}/{part}"));
    for (name, who) in &s.others {
        let refused = if *name == "a stranger" { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
        for page in forms.iter().map(String::as_str).chain([FIGURES, path.as_str(), &format!("{FIGURES}/export.csv")]) {
            let status = who.get(page).await.status;
            assert_eq!(status, refused, "{name} at {page}");
        }
        let got = who.upload(&forms[0], &figure("1"), &[]).await;
        assert!([StatusCode::SEE_OTHER, StatusCode::FORBIDDEN].contains(&got.status), "{name}");
        assert!(!got.location().contains("done"), "{name}");
        let got = who.post(&forms[4], &[("reason", "录错了地区"), ("rev", "1")]).await;
        assert!(!got.location().contains("done"), "{name}");
    }
    // Another city keeps the same register and neither reads nor changes this record.
    for page in [&path, &forms[2], &forms[3], &forms[4], &forms[5]] {
        assert_eq!(s.elsewhere.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    assert_eq!(s.elsewhere.get(&format!("{FIGURES}?area=2101")).await.status, StatusCode::FORBIDDEN);
    assert!(!s.elsewhere.get(FIGURES).await.text.contains("640000"));
    // A desk of the registrar that does not enter it reads it.
    assert!(s.supervision.get(FIGURES).await.text.contains("640000"));
    assert_eq!(s.supervision.get(&forms[0]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.supervision.get(&forms[2]).await.status, StatusCode::FORBIDDEN);
    assert!(!s.supervision.get(&path).await.text.contains("/withdraw"));
    // The province keeps what lies below it.
    assert!(s.province.get(FIGURES).await.text.contains("640000"));
    assert_eq!(s.province.get(&forms[2]).await.status, StatusCode::OK);
    // A register that is not public is not there for the public.
    assert_eq!(s.site.stranger().get("/registers/joint-meetings").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        s.site.stranger().get("/registers/area-figures?f.figure=x&which=withdrawn").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_declared_register_has_its_pages() {
    let s = scene();
    let ids: Vec<(String, bool)> =
        s.site.office.catalogue.registers().map(|register| (register.id.clone(), register.public)).collect();
    let keepers = [
        ("registrar", "supervision"),
        ("registrar", "decision"),
        ("party", "party"),
        ("finance", "finance"),
        ("registrar", "data_quality"),
    ]
    .map(|(kind, desk)| s.site.official(desk, "21", s.site.office.body(kind, &format!("辽宁省{desk}"), "21")));
    for (id, public) in ids {
        let mut forms = 0;
        for who in &keepers {
            let list = s.province.get(&format!("/desk/registers/{id}")).await;
            assert_eq!(list.status, StatusCode::OK, "{id}");
            list.is_well_made();
            let form = who.get(&format!("/desk/registers/{id}/new")).await;
            if form.status == StatusCode::OK {
                form.is_well_made();
                forms += 1;
                let empty = who.upload(&format!("/desk/registers/{id}/new"), &[], &[]).await;
                assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}: nothing is entered empty");
                empty.is_well_made();
            }
        }
        assert!(forms > 0, "somebody enters {id}");
        let open = s.site.stranger().get(&format!("/registers/{id}")).await;
        let expected = if public { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(open.status, expected, "{id}");
    }
}

#[tokio::test]
async fn a_list_is_exported_with_harmless_cells_and_without_personal_values() {
    let s = scene();
    let new = "/desk/registers/data-sharing/new";
    let fields = [
        ("department", "=HYPERLINK(1)"),
        ("purpose", "免税核对"),
        ("basis", "协议"),
        ("items", "basics"),
        ("state", "requested"),
        ("contact", "欧阳静"),
    ];
    let got = s.data.upload(new, &fields, &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let path = got.location().split('?').next().unwrap().to_owned();
    let page = s.data.get(&path).await;
    page.is_well_made();
    assert!(page.text.contains("欧*") && !page.text.contains("欧阳静"));
    let csv = s.data.get("/desk/registers/data-sharing/export.csv").await;
    assert!(csv.text.contains("'=HYPERLINK(1)") && !csv.text.contains("欧阳") && csv.text.contains("免税核对"));
    let open = s.site.stranger().get("/registers/data-sharing/export.csv").await;
    assert!(open.text.contains("免税核对") && !open.text.contains("联系人"));
    let book = s.site.stranger().get("/registers/data-sharing/export.xlsx").await;
    assert!(book.bytes.starts_with(b"PK"));
    let got = s.data.post(&format!("{path}/reveal"), &[("reason", "看")]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    let got = s.data.post(&format!("{path}/reveal"), &[("reason", "联系对方续期")]).await;
    got.is_well_made();
    assert!(got.text.contains("欧阳静"));
    let page = s.site.stranger().get(&path.replace("/desk", "")).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("欧"));
}

#[tokio::test]
async fn a_meetings_minutes_are_kept_and_its_tasks_stand_below_it() {
    let s = scene();
    let meeting = [
        ("title", "第一次联席会议"),
        ("area", "2101"),
        ("held_on", "2026-01-10"),
        ("chair", "市民政局"),
        ("agenda", "难点问题"),
    ];
    let minutes = [("minutes", "纪要.pdf", "application/pdf", &b"%PDF-1.7 minutes"[..])];
    let got = s.supervision.upload("/desk/registers/joint-meetings/new", &meeting, &minutes).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let path = got.location().split('?').next().unwrap().to_owned();
    let page = s.supervision.get(&path).await;
    page.is_well_made();
    let file = page.text.split("href=\"").find(|part| part.contains("/files/")).unwrap().split('"').next().unwrap();
    let got = s.supervision.get(file).await;
    assert_eq!(got.bytes, b"%PDF-1.7 minutes");
    let kept = got.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(kept.starts_with("attachment"), "{kept}");
    assert_eq!(s.elsewhere.get(file).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.site.stranger().get(&file.replace("/desk", "")).await.status, StatusCode::NOT_FOUND);
    let id = path.rsplit('/').next().unwrap();
    let add = format!("/desk/registers/plan-tasks/new?meeting={id}");
    assert!(page.text.contains(&add), "a task is entered from the meeting");
    let form = s.supervision.get(&add).await;
    form.is_well_made();
    assert!(form.text.contains(&format!("value=\"{id}\" selected")));
    let task = [
        ("title", "清理名存实亡组织"),
        ("task", "h-1"),
        ("area", "2101"),
        ("desk", "enforcement"),
        ("origin", "meeting"),
        ("meeting", id),
        ("due", "2026-01-31"),
        ("from", "2026-01-10"),
        ("state", "open"),
    ];
    let got = s.supervision.upload("/desk/registers/plan-tasks/new", &task, &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let page = s.supervision.get(&path).await;
    page.is_well_made();
    assert!(page.text.contains("清理名存实亡组织"));
    let late = s.supervision.get("/desk/registers/plan-tasks?which=overdue").await;
    assert!(late.text.contains("清理名存实亡组织") && late.text.contains("逾期"));
}

#[tokio::test]
async fn a_plans_tasks_stand_on_its_page_and_the_desk_that_answers_reports_from_there() {
    let s = scene();
    let body = s.site.office.body("registrar", "龙港市社会事业局", "330383");
    let finance = s.site.office.body("finance", "龙港市财政局", "330383");
    let desk = s.site.official("supervision", "330383", body);
    let at_finance = s.site.official("finance", "330383", finance);
    let page = "/plans/longgang-cultivation/tasks";
    let open = s.site.stranger().get(page).await;
    open.is_well_made();
    assert!(open.text.contains("加大资金扶持") && open.text.contains("还没有列入任务名册"));
    assert!(!open.text.contains("列入任务名册</button>"));
    assert_eq!(s.supervision.post(page, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.post(page, &[]).await.location(), format!("{page}?done=seeded"));
    let shown = at_finance.get(page).await;
    shown.is_well_made();
    let report =
        shown.text.split("href=\"").find(|part| part.contains("task-progress/new")).expect("reports from there");
    let report = report.split('"').next().unwrap();
    assert!(!s.supervision.get(page).await.text.contains("task-progress/new"), "another area's desk does not");
    let id = report.split('=').nth(1).unwrap();
    at_finance.get(report).await.is_well_made();
    let fields = [("task", id), ("summary", "已拨付补助"), ("on", "2026-02-20"), ("state", "done")];
    let got = at_finance.upload("/desk/registers/task-progress/new", &fields, &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let wrong = s.supervision.upload("/desk/registers/task-progress/new", &fields, &[]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    let shown = s.site.stranger().get(page).await;
    assert!(shown.text.contains("2026-02-20 已拨付补助") && shown.text.contains("已完成"));
    assert_eq!(s.site.stranger().get("/plans/nothing/tasks").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn coverage_names_who_has_not_filed() {
    let s = scene();
    let body = s.site.office.body("registrar", "辽宁省民政厅", "21");
    let desk = s.site.official("supervision", "21", body);
    let page = desk.get("/desk/registers/local-measures/coverage?value=000").await;
    page.is_well_made();
    assert!(page.text.contains("沈阳市") && page.text.contains("还没有"));
    assert_eq!(
        s.site.founder("ran").get("/desk/registers/local-measures/coverage").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(desk.get("/desk/registers/hubs/coverage").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_record_about_an_organization_links_to_it() {
    let s = scene();
    let org = s.site.office.registered(Kind::Association, "沈阳市风筝协会", "2101", day("2018-05-01"));
    let code = org.code.clone().unwrap();
    let fields =
        [("organization", code.as_str()), ("stage", "guidance"), ("guided_on", "2026-01-05"), ("kind", "guidance")];
    let got = s.supervision.upload("/desk/registers/decoupling-guidance/new", &fields, &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let page = s.supervision.get(got.location()).await;
    assert!(page.text.contains(&format!("href=\"/orgs/{}\"", org.id)) && page.text.contains("沈阳市风筝协会"));
}

const TABLE: &str = "地区,统计项,数值（万人）,截止日期\n\
沈阳市,常住人口,920.4,2024-12-31\n\
和平区,常住人口,68.1,2024年12月31日\n\
大连市,常住人口,753,2024-12-31\n\
沈阳市,月亮,3,2024-12-31\n\
沈阳市,常住人口,很多,2024-12-31\n";

#[tokio::test]
async fn a_table_is_uploaded_settled_checked_and_imported_and_what_is_sent_back_is_fetched() {
    let s = scene();
    let page = format!("{FIGURES}/import");
    s.data.get(&page).await.is_well_made();
    let nothing = s.data.upload(&page, &[], &[]).await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("没有收到文件"));
    let broken = s.data.upload(&page, &[], &[("file", "坏.xlsx", "text/csv", b"PK\x03\x04 not a workbook")]).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    broken.is_well_made();
    let kept = s.data.upload(&page, &[], &[("file", "人口.csv", "text/csv", TABLE.as_bytes())]).await;
    let one = kept.location().to_owned();
    assert!(one.starts_with(&page), "{}", kept.text);
    let shown = s.data.get(&one).await;
    shown.is_well_made();
    assert!(shown.text.contains("来源（全部行）"), "what no column says is asked for all rows");
    let columns = [("go", "check"), ("c0", "area"), ("c1", "figure"), ("c2", "value"), ("c3", "as_of")];
    let without = s.data.post(&one, &columns).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.is_well_made();
    assert!(without.text.contains("没有一栏是“来源”"), "{}", without.text);
    let early = s.data.post(&one, &[("go", "import")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "not before it was checked");
    let mut columns = columns.to_vec();
    columns.push(("k.source", "统计公报（演示数据）"));
    let checked = s.data.post(&one, &columns).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text);
    checked.is_well_made();
    for text in ["可收 <b>2</b> 行，退回 <b>3</b> 行", "不在您负责的地区", "没有“月亮”这个选项", "“很多”读不出来"]
    {
        assert!(checked.text.contains(text), "{text}: {}", checked.text);
    }
    assert!(s.data.get(FIGURES).await.text.contains("还没有记录"), "a dry run writes nothing");
    let done = s.data.post(&one, &[("go", "import")]).await;
    done.is_well_made();
    assert!(done.text.contains("已收 <b>2</b> 行"), "{}", done.text);
    let list = s.data.get(FIGURES).await;
    assert!(list.text.contains("9204000") && list.text.contains("681000"));
    let href = done.text.split("href=\"").find(|part| part.contains("rejects.csv")).unwrap().split('"').next().unwrap();
    let report = s.data.get(href).await;
    assert!(report.text.starts_with('\u{feff}') && report.text.contains("大连市") && report.text.contains("月亮"));
    assert_eq!(s.data.post(&one, &[("go", "import")]).await.status, StatusCode::CONFLICT, "once");
    for who in [&s.elsewhere, &s.supervision] {
        let expected =
            if who.actor.sits_at(&"supervision".into()) { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
        assert_eq!(who.get(&one).await.status, expected);
        assert_eq!(who.get(href).await.status, expected);
        assert_eq!(who.post(&one, &[("go", "import")]).await.status, expected);
    }
    for (name, who) in &s.others {
        assert_ne!(who.get(&one).await.status, StatusCode::OK, "{name}");
        assert_ne!(who.get(href).await.status, StatusCode::OK, "{name}");
    }
}
