//! Keeping the register: each workflow from end to end, with the wrong person refused.
use axum::http::{Request, StatusCode, header};
use registry::Kind;

use crate::testing::{TestSite, Visitor};

struct Scene {
    site: TestSite,
    quality: Visitor,
    second: Visitor,
    decision: Visitor,
    elsewhere: Visitor,
    org: registry::Organization,
}

fn scene() -> Scene {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let other = site.office.body("registrar", "大连市民政局", "2102");
    let mut org = site.office.draft_org(Kind::Association, "沈阳市风筝协会", "2101");
    org.registered_on = Some("2020-05-06".parse().unwrap());
    org.code = Some("51210100MJ0000000X".to_owned());
    site.office.record_org(&org, "2020-05-06".parse().unwrap());
    Scene {
        quality: site.official("data_quality", "2101", body),
        second: site.official("data_quality", "2101", body),
        decision: site.official("decision", "2101", body),
        elsewhere: site.official("data_quality", "2102", other),
        org,
        site,
    }
}

fn link(text: &str, under: &str) -> String {
    let rest = text.split(&format!("href=\"{under}/")).nth(1).unwrap_or_else(|| panic!("no link under {under}"));
    format!("{under}/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn an_issue_is_found_corrected_and_verified_by_another_person() {
    let s = scene();
    assert_eq!(
        s.elsewhere.post("/desk/quality", &[]).await.location(),
        "/desk/quality?done=asked",
        "their own register"
    );
    assert_eq!(s.decision.post("/desk/quality", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.quality.post("/desk/quality", &[]).await.location(), "/desk/quality?done=asked");
    assert_eq!(s.quality.post("/desk/quality", &[]).await.status, StatusCode::CONFLICT, "one runs already");
    let running = s.quality.get("/desk/quality").await;
    running.is_well_made();
    assert!(running.text.contains("正在检查：全部组织") && running.text.contains("<progress"));
    assert!(s.site.office.inspect_batch(&"2101".parse().unwrap()).unwrap().done);
    let list = s.quality.get("/desk/quality").await;
    list.is_well_made();
    let row = list.text.split("<tr>").find(|row| row.contains("法定代表人")).expect("the defect is listed");
    let path = link(row, "/desk/quality");
    assert_eq!(s.elsewhere.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.decision.get("/desk/quality").await.status, StatusCode::FORBIDDEN);
    s.quality.get(&path).await.is_well_made();
    let fields = [("step", "correct"), ("value", "王小明"), ("basis", "登记证书副本 2020-05-06")];
    assert_eq!(s.quality.post(&path, &fields).await.status, StatusCode::CONFLICT, "not taken yet");
    assert_eq!(s.quality.post(&path, &[("step", "assign")]).await.status, StatusCode::SEE_OTHER);
    let empty = s.quality.post(&path, &[("step", "correct"), ("value", ""), ("basis", "登记证书副本")]).await;
    empty.is_well_made();
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(s.quality.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(s.quality.post(&path, &[("step", "verify")]).await.status, StatusCode::FORBIDDEN, "not by oneself");
    let early = s.second.post(&path, &[("step", "close")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "nothing is closed that nobody verified");
    assert_eq!(s.second.post(&path, &[("step", "verify")]).await.status, StatusCode::SEE_OTHER);
    let verified = s.quality.get(&path).await;
    verified.is_well_made();
    assert!(verified.text.contains("已核验，待关闭"));
    assert_eq!(s.elsewhere.post(&path, &[("step", "close")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.quality.post(&path, &[("step", "close")]).await.status, StatusCode::SEE_OTHER);
    assert!(s.quality.get(&path).await.text.contains("已关闭"));
    let versions = s.site.office.db.read(|tx| store::organizations::versions(tx, s.org.origin, s.org.id)).unwrap();
    let known = versions.iter().find(|version| version.superseded_at.is_none()).unwrap();
    assert!(known.facts.contains("王小明") && known.valid_from.to_string() == "2020-05-06", "true since it began");
}

#[tokio::test]
async fn a_share_is_asked_approved_by_another_desk_called_and_ended() {
    let s = scene();
    let tax = s.site.office.body("tax", "沈阳市税务局", "2101");
    let fields =
        [("consumer", tax.to_string()), ("title", "本级登记组织".to_owned()), ("purpose", "免税资格核对".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(s.quality.post("/desk/sharing", &fields).await.location(), "/desk/sharing?done=asked");
    let list = s.quality.get("/desk/sharing").await;
    list.is_well_made();
    let path = link(&list.text, "/desk/sharing");
    assert_eq!(s.quality.post(&path, &[("step", "approve")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.decision.post(&path, &[("step", "approve")]).await.status, StatusCode::SEE_OTHER);
    let live = s.quality.post(&path, &[("step", "start")]).await;
    live.is_well_made();
    let token = live.text.split("<pre class=\"y-code\"><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let api = format!("/api/v1/shared/{}/organizations", path.rsplit('/').next().unwrap());
    let ask = |token: &str| {
        Request::get(&api)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(s.site.stranger().ask(ask("wrong")).await.status, StatusCode::UNAUTHORIZED);
    let got = s.site.stranger().ask(ask(&token)).await;
    assert!(got.text.contains("沈阳市风筝协会"), "{}", got.text);
    assert_eq!(s.quality.post(&path, &[("step", "suspend")]).await.status, StatusCode::SEE_OTHER);
    let page = s.quality.get(&path).await;
    assert!(page.text.contains("已暂停") && !page.text.contains(&token), "the token is shown once");
    assert_eq!(s.site.stranger().ask(ask(&token)).await.status, StatusCode::CONFLICT);
    let calls: i64 = s.quality.get("/desk/sharing").await.text.matches(">1<").count() as i64;
    assert!(calls >= 1, "the call is counted and journalled");
    assert_eq!(s.elsewhere.get(&path).await.status, StatusCode::NOT_FOUND, "another authority's share");
    assert_eq!(s.elsewhere.post(&path, &[("step", "resume")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.quality.post(&path, &[("step", "resume")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(s.site.stranger().ask(ask(&token)).await.status, StatusCode::OK, "live again with the same token");
    assert_eq!(s.quality.post(&path, &[("step", "end")]).await.status, StatusCode::SEE_OTHER);
    let page = s.quality.get(&path).await;
    page.is_well_made();
    assert!(page.text.contains("已结束"));
    assert_eq!(s.site.stranger().ask(ask(&token)).await.status, StatusCode::CONFLICT);
    assert_eq!(s.quality.post(&path, &[("step", "resume")]).await.status, StatusCode::CONFLICT, "ended is ended");
    // Each call is counted, and the journal says so.
    let id: base::RecordId = path.rsplit('/').next().unwrap().parse().unwrap();
    let shares = s.site.office.shares(&s.quality.actor).unwrap().1;
    assert_eq!(shares.iter().find(|share| share.id == id).unwrap().calls, 2);
}

#[tokio::test]
async fn an_association_is_decoupled_and_guided_after_it() {
    let s = scene();
    let fields = [("code", "51210100MJ0000000X"), ("former", "沈阳市体育局"), ("plan_on", "2026-06-30")];
    assert_eq!(s.elsewhere.post("/desk/decoupling", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.decision.post("/desk/decoupling", &fields).await.location(), "/desk/decoupling?done=planned");
    let list = s.decision.get("/desk/decoupling").await;
    list.is_well_made();
    let path = link(&list.text, "/desk/decoupling");
    let early = s.decision.post(&path, &[("kind", "visit"), ("text", "走访了解情况")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert_eq!(s.decision.post(&format!("{path}/done"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        s.decision.post(&path, &[("kind", "visit"), ("text", "走访了解情况")]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = s.decision.get(&path).await;
    page.is_well_made();
    assert!(page.text.contains("走访了解情况") && page.text.contains("走访调研"));
}

#[tokio::test]
async fn a_snapshot_is_checked_by_another_frozen_published_and_says_why_it_differs() {
    let s = scene();
    let made = s.quality.post("/desk/snapshots", &[("title", "2025 年末登记统计"), ("as_of", "2025-12-31")]).await;
    let path = made.location().to_owned();
    s.quality.get(&path).await.is_well_made();
    assert_eq!(s.quality.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "another person checks");
    assert_eq!(s.elsewhere.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(s.decision.post(&path, &[]).await.location(), format!("{path}?done=moved"));
    assert_eq!(s.decision.post(&path, &[]).await.location(), format!("{path}?done=counting"));
    assert_eq!(s.decision.post(&path, &[]).await.status, StatusCode::CONFLICT, "one counts already");
    let counting = s.decision.get(&path).await;
    counting.is_well_made();
    assert!(counting.text.contains("正在计数") && counting.text.contains("<progress"));
    let early = s.site.stranger().get(&path.replace("/desk/", "/data/")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "nobody outside sees what is not published");
    let job = office::register::snapshots::SnapshotJob {
        id: path.rsplit('/').next().unwrap().parse().unwrap(),
        by: s.decision.actor.account,
    };
    assert!(s.site.office.run_snapshot_job(&job, &mut |_, _| true).unwrap());
    assert!(s.site.office.run_snapshot_job(&job, &mut |_, _| true).unwrap(), "twice is once");
    assert_eq!(s.decision.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    let public = path.replace("/desk/", "/data/");
    let page = s.site.stranger().get(&public).await;
    page.is_well_made();
    assert!(
        page.text.contains("210100:") && page.text.contains("摘要（SM3）"),
        "it says at which changes it was counted"
    );
    assert!(page.text.contains("已公布") && !page.text.contains("为什么与今天重算的不同"));
    s.site.office.clock.advance(60);
    let late = s.site.office.draft_org(Kind::Foundation, "沈阳市晚霞基金会", "2101");
    s.site.office.record_org(&late, "2024-01-01".parse().unwrap());
    let page = s.site.stranger().get(&public).await;
    assert!(page.text.contains("为什么与今天重算的不同") && page.text.contains("沈阳市晚霞基金会"));
    page.is_well_made();
    assert_eq!(s.decision.post(&path, &[]).await.status, StatusCode::CONFLICT, "published is published");
}

#[tokio::test]
async fn a_registrar_is_changed_by_the_authority_above_and_the_interface_tells_it() {
    let office = office::testing::office().with_index();
    let upper = office.body("registrar", "辽宁省民政厅", "21");
    let lower = office.body("registrar", "沈阳市民政局", "2101");
    let org = office.registered(Kind::Association, "辽宁风筝协会", "21", "2018-05-01".parse().unwrap());
    let code = org.code.clone().unwrap();
    office.catch_up().unwrap();
    let site = TestSite::with(office);
    let (province, city) = (site.official("decision", "21", upper), site.official("decision", "2101", lower));
    let page = province.get("/desk/registrar").await;
    page.is_well_made();
    assert!(page.text.contains("沈阳市民政局"));
    for wrong in [site.official("review", "21", upper), site.official("data_quality", "21", upper)] {
        assert_eq!(wrong.get("/desk/registrar").await.status, StatusCode::FORBIDDEN);
    }
    let today = site.office.clock.today().to_string();
    let fields = [("code", code.as_str()), ("to", "2101"), ("since", today.as_str()), ("basis", "辽民发〔2026〕1号")];
    assert_eq!(city.post("/desk/registrar", &fields).await.status, StatusCode::FORBIDDEN);
    let empty = [("code", code.as_str()), ("to", "2101"), ("since", today.as_str()), ("basis", "")];
    let again = province.post("/desk/registrar", &empty).await;
    assert!(again.text.contains("依据的文件"), "{}", again.text);
    again.is_well_made();
    assert_eq!(province.post("/desk/registrar", &fields).await.location(), "/desk/registrar?done=moved");
    site.office.catch_up().unwrap();
    let json = |path: String| {
        let stranger = site.stranger();
        async move { serde_json::from_str::<serde_json::Value>(&stranger.get(&path).await.text).unwrap() }
    };
    assert_eq!(json(format!("/api/v1/organizations/{code}")).await["registrar"], "2101");
    assert_eq!(json(format!("/api/v1/organizations/{code}?as_of=2020-01-01")).await["registrar"], "21");
    let feed = site.stranger().get("/api/v1/changes?origin=210000").await;
    assert!(feed.status == StatusCode::OK && feed.text.contains(&org.id.to_string()), "{}", feed.text);
}
