//! Plan pages over a small register whose figures are worked out by hand.
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::Date;
use calamine::Reader as _;
use registry::{Kind, Organization};
use serde_json::Value;

use crate::testing::{Got, TestSite, Visitor};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Five provincial organizations, two of them 3A since mid-2022, an association among those; one of the city of Shenyang; twelve
/// filed groups in one urban community since 2022.
fn site() -> (TestSite, Vec<Organization>) {
    let office = office::testing::office();
    let mut provincial = Vec::new();
    for (at, kind) in
        [Kind::Association, Kind::Foundation, Kind::Association, Kind::ServiceInstitution, Kind::Foundation]
            .into_iter()
            .enumerate()
    {
        let mut o = office.registered(kind, &format!("云州第{at}社"), "21", day("2019-05-01"));
        if at < 2 {
            o.grade = Some(3);
            office.record_org(&o, day("2022-06-01"));
        }
        provincial.push(o);
    }
    office.registered(Kind::Association, "云州城市社", "2101", day("2019-05-01"));
    for at in 0..12 {
        let mut filed = office.draft_org(Kind::Community, &format!("文安路第{at}队"), "210102");
        (filed.domicile, filed.registered_on) = (Some("210102001002".parse().unwrap()), Some(day("2022-03-01")));
        office.record_org(&filed, day("2022-03-01"));
    }
    (TestSite::with(office), provincial)
}

fn official(site: &TestSite, desk: &str, area: &str) -> Visitor {
    let body = site.office.body("registrar", &format!("{area} 民政局"), area);
    site.official(desk, area, body)
}

/// The row of a table that begins with this heading, as text.
fn row(got: &Got, heading: &str) -> String {
    let page = scraper::Html::parse_document(&got.text);
    let rows = scraper::Selector::parse("tbody tr").unwrap();
    let text = |row: scraper::ElementRef<'_>| row.text().collect::<Vec<_>>().join(" ");
    page.select(&rows).map(text).find(|text| text.trim_start().starts_with(heading)).unwrap_or_default()
}

/// The row of what would be different that begins with this heading.
fn differs(got: &Got, heading: &str) -> String {
    let page = scraper::Html::parse_document(&got.text);
    let rows = scraper::Selector::parse("table.y-plan-diff tbody tr, table.y-plan-stages tbody tr").unwrap();
    let text = |row: scraper::ElementRef<'_>| row.text().collect::<Vec<_>>().join(" ");
    page.select(&rows).map(text).find(|text| text.trim_start().starts_with(heading)).unwrap_or_default()
}

const SHARE: &str = "获得3A及以上评估等级的全省性社会组织占比";

#[tokio::test]
async fn a_closed_plan_opens_as_its_final_assessment_and_goes_on_marked() {
    let (site, _) = site();
    let visitor = site.stranger();
    let got = visitor.get("/plans/liaoning-14th").await;
    assert_eq!(got.status, StatusCode::OK);
    got.is_well_made();
    // 2 of 5 provincial organizations; the city's is none of them.
    let share = row(&got, SHARE);
    for words in ["40%", "不低于 25%", "达标", "2025-12-31"] {
        assert!(share.contains(words), "{words}: {share}");
    }
    assert!(got.text.contains("终期评估") && got.text.contains("延续到今天（规划期后）"));
    let today = site.office.clock.today();
    let after = visitor.get(&format!("/plans/liaoning-14th?on={today}")).await;
    assert!(after.text.contains("规划期已于 2025-12-31 结束") && after.text.contains("回到终期评估"));
    after.is_well_made();
    // Before the grades of mid-2022 nobody had one.
    let before = visitor.get("/plans/liaoning-14th?on=2022-05-31").await;
    assert!(row(&before, SHARE).contains("0%"), "{}", row(&before, SHARE));
    for view in ["stages", "tasks"] {
        let got = visitor.get(&format!("/plans/liaoning-14th?view={view}")).await;
        assert_eq!(got.status, StatusCode::OK);
        got.is_well_made();
    }
}

#[tokio::test]
async fn all_plans_are_listed_and_what_is_wrong_is_said() {
    let (site, _) = site();
    let visitor = site.stranger();
    let got = visitor.get("/plans").await;
    got.is_well_made();
    for plan in site.office.catalogue.plans() {
        assert!(got.text.contains(&plan.name), "{}", plan.id);
    }
    let future = visitor.get("/plans/liaoning-14th?on=2099-01-01").await;
    assert!(future.status == StatusCode::UNPROCESSABLE_ENTITY && future.text.contains("还没有到"), "{}", future.status);
    let early = visitor.get("/plans/liaoning-14th?on=2010-01-01").await;
    assert!(early.status == StatusCode::UNPROCESSABLE_ENTITY && early.text.contains("最早可以看"));
    for (path, status) in [
        ("/plans/nothing", StatusCode::NOT_FOUND),
        ("/plans/liaoning-14th/nothing", StatusCode::NOT_FOUND),
        ("/plans/liaoning-14th?area=3303", StatusCode::NOT_FOUND),
        ("/plans/liaoning-14th?area=xx", StatusCode::UNPROCESSABLE_ENTITY),
        ("/plans/liaoning-14th?kind=club", StatusCode::UNPROCESSABLE_ENTITY),
        ("/plans/liaoning-14th/ln-06/list?which=maybe", StatusCode::UNPROCESSABLE_ENTITY),
        ("/plans/liaoning-14th/ln-06/list?after=zz", StatusCode::UNPROCESSABLE_ENTITY),
        ("/plans/what-if/01J00000000000000000000000", StatusCode::NOT_FOUND),
    ] {
        let got = visitor.get(path).await;
        assert_eq!(got.status, status, "{path}");
        assert!(got.text.contains("/plans"), "{path} has a way on");
    }
}

#[tokio::test]
async fn page_sheet_text_and_interface_say_the_same() {
    let (site, _) = site();
    let visitor = site.stranger();
    let sheet = visitor.get("/plans/liaoning-14th/report.xlsx").await;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(sheet.bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let share = rows.iter().find(|row| row.iter().any(|cell| cell == SHARE)).unwrap();
    assert_eq!((share[5].as_str(), share[6].as_str(), share[12].as_str()), ("40%", "40", "达标"));
    let csv = visitor.get("/plans/liaoning-14th/report.csv").await;
    let mut lines = csv::Reader::from_reader(csv.text.trim_start_matches('\u{feff}').as_bytes());
    let line = lines.records().map(Result::unwrap).find(|line| &line[2] == SHARE).unwrap();
    assert_eq!(line.iter().collect::<Vec<_>>(), share.iter().map(String::as_str).collect::<Vec<_>>());
    let json: Value = serde_json::from_str(&visitor.get("/api/v1/plans/liaoning-14th").await.text).unwrap();
    let target = json["targets"].as_array().unwrap().iter().find(|one| one["indicator"] == "ln-06").unwrap();
    assert_eq!(
        (&target["value"]["text"], &target["value"]["exact"], &target["status"]),
        (&"40%".into(), &"2/5".into(), &"met".into())
    );
    assert_eq!((&json["on"], &json["phase"]), (&"2025-12-31".into(), &"终期评估".into()));
}

#[tokio::test]
async fn an_indicator_shows_how_it_is_worked_out_and_its_course() {
    let (site, _) = site();
    let visitor = site.stranger();
    let got = visitor.get("/plans/liaoning-14th/ln-06").await;
    got.is_well_made();
    assert!(got.text.contains("有效评估等级在 3A 及以上的") && got.text.contains("/policies/000/000-III.4f"));
    // The plan's eve and its last day: nobody had a grade, two had.
    assert!(row(&got, "2020-12-31").contains("0%"), "{}", row(&got, "2020-12-31"));
    assert!(row(&got, "2025-12-31").contains("40%") && got.text.contains("<svg"));
    // The count of all organizations: six, five of the province and one of Shenyang.
    let count = visitor.get("/plans/liaoning-14th/ln-01?level=city&sort=-value").await;
    count.is_well_made();
    assert!(count.text.contains("<dd class=\"y-plan-now\">6 个"), "six organizations");
    assert!(row(&count, "沈阳市").contains("1 个"), "{}", row(&count, "沈阳市"));
    // The communities' parameter is named with its clause.
    let urban = visitor.get("/plans/liaoning-community-action/lc-urban?area=210102").await;
    urban.is_well_made();
    assert!(urban.text.contains("/policies/by/param:community_orgs_urban_min"));
    let kinds = visitor.get("/plans/liaoning-14th?kind=association").await;
    assert!(row(&kinds, SHARE).contains("50%"), "one of two associations: {}", row(&kinds, SHARE));
}

#[tokio::test]
async fn the_gap_list_names_who_lacks_and_says_why() {
    let (site, provincial) = site();
    let visitor = site.stranger();
    let got = visitor.get("/plans/liaoning-14th/ln-06/list").await;
    got.is_well_made();
    for (at, o) in provincial.iter().enumerate() {
        let link = format!("/orgs/{}", o.public_code());
        assert_eq!(got.text.contains(&link), at >= 2, "{}", o.name);
    }
    let page = scraper::Html::parse_document(&got.text);
    let why = scraper::Selector::parse("td[data-label='为什么'] a").unwrap();
    let href = page.select(&why).next().unwrap().attr("href").unwrap().split('#').next().unwrap().to_owned();
    let told = visitor.get(&href).await;
    told.is_well_made();
    assert!(
        told.text.contains("✗") && told.text.contains("有效评估等级") && told.text.contains("怎样才符合"),
        "{href}"
    );
    // One after the other, nobody twice and nobody left out.
    let (mut path, mut seen) = ("/api/v1/plans/liaoning-14th/indicators/ln-06/list?limit=1".to_owned(), Vec::new());
    loop {
        let json: Value = serde_json::from_str(&visitor.get(&path).await.text).unwrap();
        assert_eq!((&json["lacking"], &json["passing"]), (&3.into(), &2.into()));
        seen.extend(json["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()));
        let Some(next) = json["next"].as_str() else { break };
        path = format!("/api/v1/plans/liaoning-14th/indicators/ln-06/list?limit=1&after={next}");
    }
    seen.sort();
    assert_eq!(seen, ["云州第2社", "云州第3社", "云州第4社"]);
    let csv = visitor.get("/plans/liaoning-14th/ln-06/list.csv?which=passing").await;
    assert!(csv.text.contains("云州第0社") && csv.text.contains("云州第1社") && !csv.text.contains("云州第2社"));
    // Groups: the community with its twelve, and others without enough.
    let communities = visitor.get("/plans/liaoning-community-action/lc-urban/list?which=passing").await;
    assert!(row(&communities, site.office.areas.name(&"210102001002".parse().unwrap()).unwrap()).contains("12"));
    let lacking = visitor.get("/plans/liaoning-community-action/lc-urban/list?area=210102001").await;
    lacking.is_well_made();
    assert!(lacking.status == StatusCode::OK && !lacking.text.contains("文安路第"), "communities, not their groups");
}

#[tokio::test]
async fn names_that_would_tell_what_is_not_public_are_for_officials_of_the_area() {
    let (site, provincial) = site();
    let path = "/plans/liaoning-14th/ln-02a/list?which=unclear";
    let name = &provincial[0].name;
    let founder = site.founder("bai");
    let (own, elsewhere) = (official(&site, "supervision", "21"), official(&site, "supervision", "33"));
    for (who, visitor, sees) in [
        ("stranger", &site.stranger(), false),
        ("founder", &founder, false),
        ("elsewhere", &elsewhere, false),
        ("own", &own, true),
    ] {
        let got = visitor.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{who}");
        got.is_well_made();
        assert_eq!(got.text.contains(name.as_str()), sees, "{who}");
        assert_eq!(got.text.contains("只给管辖这个地区的工作人员看"), !sees, "{who}");
        for file in ["list.csv", "list.xlsx"] {
            let got = visitor.get(&path.replace("list?", &format!("{file}?"))).await;
            assert_eq!(got.status, if sees { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{who} {file}");
        }
        // The interface is open: nobody gets such names from it, whoever asks.
        let json = visitor.get("/api/v1/plans/liaoning-14th/indicators/ln-02a/list?which=unclear").await;
        assert!(json.status == StatusCode::OK && !json.text.contains(name.as_str()), "{who}");
    }
    let below = official(&site, "supervision", "2101");
    assert!(!below.get(path).await.text.contains(name.as_str()), "a city's official does not see the province's list");
}

#[tokio::test]
async fn areas_stand_beside_each_other() {
    let (site, _) = site();
    let visitor = site.stranger();
    let got = visitor.get("/plans/liaoning-community-action/compare?areas=2101,2102").await;
    got.is_well_made();
    assert!(got.text.contains("沈阳市") && got.text.contains("大连市"));
    let many = visitor.get("/plans/liaoning-14th/compare?areas=2101,2102,2103,2104,2105,2106").await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.get("/plans/liaoning-14th/compare?areas=3301").await.status, StatusCode::NOT_FOUND);
    visitor.get("/plans/liaoning-14th/compare").await.is_well_made();
}

const WHAT_IF: &str = "/plans/liaoning-community-action/what-if";

/// The id in a redirect to a saved what-if.
fn saved(got: &Got) -> String {
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    got.location().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_supposed_number_shows_at_once_what_turns() {
    let (site, _) = site();
    let clerk = official(&site, "supervision", "21");
    let form = clerk.get(WHAT_IF).await;
    form.is_well_made();
    assert!(form.text.contains("name=\"p.community_orgs_urban_min\"") && form.text.contains("value=\"10\""));
    // The community has twelve: at thirteen it is one that lacks.
    let got = clerk.get(&format!("{WHAT_IF}?p.community_orgs_urban_min=13&area=210102001002")).await;
    got.is_well_made();
    assert!(got.text.contains("变为不符合 <b>1</b> 个"), "{}", got.text);
    let urban = differs(&got, "达标城市社区比例");
    assert!(urban.contains("100%") && urban.contains("0%") && urban.contains("未达标"), "{urban}");
    let same = clerk.get(&format!("{WHAT_IF}?p.community_orgs_urban_min=12&area=210102001002")).await;
    assert!(!same.text.contains("变为不符合 <b>"), "twelve are enough for twelve");
    let wrong = clerk.get(&format!("{WHAT_IF}?p.community_orgs_urban_min=viele")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.is_well_made();
    assert!(wrong.text.contains("应当是一个数"));
    // A target's own number.
    let fewer = clerk.get(&format!("{WHAT_IF}?t.0.2=50")).await;
    assert!(differs(&fewer, "达标城市社区比例").contains("50%"), "{}", differs(&fewer, "达标城市社区比例"));
    // Nobody else may suppose.
    for visitor in [site.stranger(), site.founder("bai"), site.admin(authority::AdminRole::System)] {
        let got = visitor.get(&format!("{WHAT_IF}?p.community_orgs_urban_min=13&area=210102001002")).await;
        assert!(got.status == StatusCode::OK && !got.text.contains("变为不符合"), "looks, does not suppose");
    }
}

#[tokio::test]
async fn what_ifs_are_saved_shared_compared_and_deleted_by_their_owner() {
    let (site, _) = site();
    let clerk = official(&site, "supervision", "21");
    let fields = [("area", "210102001002"), ("p.community_orgs_urban_min", "13"), ("name", "城市社区提高到 13 个")];
    for visitor in [site.stranger(), site.founder("bai")] {
        let got = visitor.post(WHAT_IF, &fields).await;
        assert!(got.location().starts_with("/login") || got.status == StatusCode::FORBIDDEN, "{}", got.status);
    }
    let nameless = clerk.post(WHAT_IF, &[fields[0], fields[1], ("name", " ")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    nameless.is_well_made();
    assert!(nameless.text.contains("请给方案起一个名字"));
    let nothing = clerk.post(WHAT_IF, &[fields[0], fields[2]]).await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("还没有改任何数值"));
    let personal = clerk.post(WHAT_IF, &[fields[0], fields[1], ("name", "问 13912345678")]).await;
    assert!(personal.status == StatusCode::UNPROCESSABLE_ENTITY && personal.text.contains("手机号"));
    let one = saved(&clerk.post(WHAT_IF, &fields).await);
    let two =
        saved(&clerk.post(WHAT_IF, &[fields[0], ("p.community_orgs_urban_min", "11"), ("name", "提高到 11 个")]).await);
    // Anybody who has the link.
    let got = site.stranger().get(&format!("/plans/what-if/{one}")).await;
    got.is_well_made();
    assert!(got.text.contains("城市社区提高到 13 个") && got.text.contains("变为不符合 <b>1</b> 个"));
    assert!(!got.text.contains("/delete"), "only its owner deletes it");
    let both = site.stranger().get(&format!("/plans/what-if/{one}?with={two}")).await;
    both.is_well_made();
    assert!(both.text.contains("与“提高到 11 个”比较"));
    let urban = differs(&both, "达标城市社区比例");
    assert!(urban.contains("情况不同") && urban.contains("100%") && urban.contains("0%"), "{urban}");
    // The pack is as it was.
    let real = site.stranger().get("/plans/liaoning-community-action/lc-urban?area=210102001002").await;
    assert!(real.text.contains("<dd class=\"y-plan-now\">100%"));
    let other = official(&site, "supervision", "21");
    assert_eq!(other.post(&format!("/plans/what-if/{one}/delete"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.stranger().get(&format!("/plans/what-if/{one}")).await.status, StatusCode::OK);
    assert_eq!(clerk.post(&format!("/plans/what-if/{one}/delete"), &[]).await.status, StatusCode::SEE_OTHER);
    let gone = site.stranger().get(&format!("/plans/what-if/{one}")).await;
    assert!(gone.status == StatusCode::NOT_FOUND && gone.text.contains("已经删除"));
    let list = site.stranger().get(WHAT_IF).await;
    assert!(!list.text.contains("城市社区提高到 13 个") && list.text.contains("提高到 11 个"));
}

#[tokio::test]
async fn a_changed_fact_reaches_the_open_page_and_nothing_is_sent_while_nothing_changed() {
    let (site, mut provincial) = site();
    let visitor = site.stranger();
    let today = site.office.clock.today();
    let path = format!("/plans/liaoning-14th?on={today}");
    let first = visitor.get(&path).await;
    let page = scraper::Html::parse_document(&first.text);
    let lines = scraper::Selector::parse("#plan-lines").unwrap();
    let poll = page.select(&lines).next().unwrap().attr("hx-get").unwrap().to_owned();
    let ask = async || {
        let request = Request::get(&poll).header("hx-request", "true").body(Body::empty()).unwrap();
        visitor.ask(request).await
    };
    let still = ask().await;
    assert_eq!((still.status, still.bytes.len()), (StatusCode::NO_CONTENT, 0));
    let o = &mut provincial[2];
    o.grade = Some(4);
    site.office.record_org(o, today);
    let moved = ask().await;
    assert_eq!(moved.status, StatusCode::OK);
    assert!(row(&moved, SHARE).contains("60%"), "three of five: {}", row(&moved, SHARE));
}

#[tokio::test]
async fn the_interface_has_tags_and_problems() {
    let (site, _) = site();
    let visitor = site.stranger();
    let all: Value = serde_json::from_str(&visitor.get("/api/v1/plans").await.text).unwrap();
    assert!(
        all["items"].as_array().unwrap().iter().any(|one| one["id"] == "longgang-cultivation" && one["draft"] == true)
    );
    let path = "/api/v1/plans/liaoning-14th/indicators/ln-01?level=city";
    let first = visitor.get(path).await;
    let told: Value = serde_json::from_str(&first.text).unwrap();
    assert_eq!((&told["value"]["number"], &told["level"]), (&"6".into(), &"city".into()));
    let tag = first.headers[header::ETAG].to_str().unwrap();
    let again = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
    assert_eq!(visitor.ask(again).await.status, StatusCode::NOT_MODIFIED);
    for (path, status) in [
        ("/api/v1/plans/nothing", StatusCode::NOT_FOUND),
        ("/api/v1/plans/liaoning-14th?on=2099-01-01", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/v1/plans/liaoning-14th?area=44", StatusCode::NOT_FOUND),
        ("/api/v1/plans/liaoning-14th/indicators/ln-99", StatusCode::NOT_FOUND),
        ("/api/v1/plans/liaoning-14th/indicators/ln-01?page=0", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/v1/plans/liaoning-14th/indicators/ln-01/list?limit=9999", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let got = visitor.get(path).await;
        assert_eq!(got.status, status, "{path}");
        assert_eq!(got.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
    }
}
