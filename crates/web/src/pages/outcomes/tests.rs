//! Pages after a decision, asked for as visitors do: who may, who may not, and what stands there.
use authority::Verb;
use axum::http::StatusCode;
use base::BodyId;
use casework::{Act, PointAnswer, PointVerdict};
use office::cases::Done;
use office::cases::file::NewCase;
use office::testing::{TestOffice, form_of};
use store::organizations::Certificate;

use crate::testing::{TestSite, Visitor};

const AREA: &str = "2101";

struct Stage {
    site: TestSite,
    founder: Visitor,
    supervision: Visitor,
    done: Done,
    code: String,
    certificates: Vec<Certificate>,
}

fn act(office: &TestOffice, step: &str, verb: Verb) -> Act {
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let points = &resolved.matter.find_step(&step.into()).unwrap().points;
    let yes = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    let mut act = Act::new(Some(step.into()), verb);
    act.points = points.iter().map(yes).collect();
    act.opinion = (verb == Verb::Opine).then(|| (true, "同意".to_owned()));
    act.reason = "见审查报告".to_owned();
    act
}

fn attach(office: &TestOffice, who: &authority::Actor, done: &Done) -> base::FileId {
    let digest = office.files.keep(b"document").unwrap();
    let id = base::FileId::fresh(&office.clock, &office.rng);
    let (origin, subject) = (done.origin, format!("case/{}", done.case));
    let kept = office.act(office::Deed::by(who, origin, "case", done.case, "attach"), move |work| {
        work.insert(&store::papers::FileRow {
            origin,
            id,
            subject,
            slot: None,
            name: "准予登记决定书.txt".to_owned(),
            mime: "text/plain".to_owned(),
            size: 1,
            digest: digest.as_bytes().to_vec(),
            public: false,
            added_at: work.at,
            account: None,
            removed_at: None,
            entry: work.entry,
        })
    });
    kept.unwrap();
    id
}

fn found(office: &TestOffice, founder: &Visitor, registrar: BodyId) -> Done {
    let body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let party = office.body("party", "沈阳市社会组织党委", AREA);
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let (answers, materials) = form_of(&resolved.matter, &|_| body);
    let new = NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false };
    let done = office.file_case(&founder.actor, new).unwrap();
    let steps = [("intake", Verb::Accept, "intake", registrar), ("party", Verb::Opine, "party", party)];
    let steps = steps
        .into_iter()
        .chain([("supervise", Verb::Opine, "supervisor", body), ("review", Verb::Opine, "review", registrar)]);
    for (step, verb, desk, body) in steps {
        let who = office.official(desk, AREA, body);
        office.act_on_case(&who, done.origin, done.case, None, act(office, step, verb)).unwrap();
    }
    let who = office.official("decision", AREA, registrar);
    let mut approve = act(office, "decide", Verb::Approve);
    approve.files.push(attach(office, &who, &done));
    office.act_on_case(&who, done.origin, done.case, None, approve).unwrap()
}

fn stage() -> Stage {
    let site = TestSite::new();
    let registrar = site.office.body("registrar", "沈阳市民政局", AREA);
    let founder = site.founder("founder");
    let supervision = site.official("supervision", AREA, registrar);
    let done = found(&site.office, &founder, registrar);
    let org = done.org.unwrap();
    let (code, certificates) = site
        .office
        .db
        .read(|tx| {
            let code = store::organizations::get(tx, done.origin, org)?.code;
            Ok::<_, store::DbError>((code, store::organizations::certificates(tx, done.origin, org)?))
        })
        .unwrap();
    // The founder signs in again, now as the organization's owner.
    let founder = site.signed_in("founder");
    Stage { site, founder, supervision, done, code: code.unwrap(), certificates }
}

#[tokio::test]
async fn verification_says_what_is_genuine_and_what_is_not() {
    let stage = stage();
    let stranger = stage.site.stranger();
    let payload = &stage.certificates[0].payload;
    let empty = stranger.get("/verify").await;
    assert_eq!(empty.status, StatusCode::OK);
    empty.is_well_made();
    for asked in [payload, &stage.code, &stage.certificates[0].number] {
        let got = stranger.get(&format!("/verify?{}", serde_urlencoded::to_string([("q", asked)]).unwrap())).await;
        assert!(got.text.contains("证书有效") && got.text.contains("沈阳市养老服务协会"), "{asked}");
        got.is_well_made();
    }
    let middle = payload.len() / 2;
    let other = if payload.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let altered = format!("{}{other}{}", &payload[..middle], &payload[middle + 1..]);
    let got = stranger.get(&format!("/verify?q={altered}")).await;
    assert!(got.text.contains("不能确认是真的") && !got.text.contains("证书有效"));
    got.is_well_made();
    assert!(stranger.get("/verify?q=51210100XL0000009X").await.text.contains("没有查到"));
    let file = stranger.upload("/verify", &[], &[("file", "l.txt", "text/plain", payload.as_bytes())]).await;
    assert!(file.text.contains("证书有效"));
    let wrong = stranger.upload("/verify", &[], &[("file", "l.txt", "text/plain", b"hello")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.is_well_made();
    let keys = stranger.get("/verify/keys").await;
    let trusted = vault::TrustedKeys::parse(&keys.text).unwrap();
    vault::verify_offline(payload, &trusted, stage.site.office.clock.today()).unwrap();
}

#[tokio::test]
async fn a_scanned_code_shows_the_organization_and_may_be_kept() {
    let stage = stage();
    let stranger = stage.site.stranger();
    let short = &stage.certificates[0].short;
    for path in [format!("/c/{short}"), format!("/c/{}", stage.certificates[0].payload)] {
        let got = stranger.get(&path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert!(got.text.contains("证书有效") && got.text.contains("登记状态"));
        assert!(got.headers["cache-control"].to_str().unwrap().contains("max-age=60"));
        got.is_well_made();
    }
    let file = stranger.get(&format!("/c/{short}/licence.txt")).await;
    assert_eq!(file.text.trim(), stage.certificates[0].payload);
    assert_eq!(stranger.get("/c/NOSUCH99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(stage.site.office.journal_scans().unwrap(), 1);
}

#[tokio::test]
async fn certificates_and_letters_are_for_those_who_take_part() {
    let stage = stage();
    let no = &stage.done.number;
    let letters =
        stage.site.office.db.read(|tx| store::papers::letters(tx, stage.done.origin, stage.done.case)).unwrap();
    // All at one moment of the test's clock, so in no order.
    let mut titles: Vec<&str> = letters.iter().map(|one| one.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["准予登记决定书", "受理通知书"]);
    let mut paths = vec![
        format!("/my/cases/{no}/certificate"),
        format!("/my/cases/{no}/certificate?copy=duplicate"),
        format!("/orgs/{}/certificate", stage.code),
    ];
    paths.extend(letters.iter().map(|letter| format!("/case/{no}/letters/{}", letter.id)));
    let body = stage.site.office.body("registrar", "大连市民政局", "2102");
    let other = stage.site.founder("other");
    let elsewhere = stage.site.official("review", "2102", body);
    for path in &paths {
        for right in [&stage.founder, &stage.supervision] {
            let got = right.get(path).await;
            assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
            got.is_well_made();
        }
        for wrong in [&other, &elsewhere] {
            let status = wrong.get(path).await.status;
            assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{path}: {status}");
        }
        let sent = stage.site.stranger().get(path).await;
        assert!(sent.location().starts_with("/login"), "{path}");
    }
    let got = stage.founder.get(&paths[0]).await;
    for expected in ["社会团体法人登记证书", "演示", &stage.code, "沈阳市民政局", "王示例", "2026年3月2日", "5 万元"]
    {
        assert!(got.text.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn notices_are_listed_by_area_and_printed() {
    let stage = stage();
    let stranger = stage.site.stranger();
    for path in ["/notices", "/notices?area=21", "/notices?area=2101"] {
        let got = stranger.get(path).await;
        assert!(got.text.contains("关于准予沈阳市养老服务协会成立登记的公告"), "{path}");
        got.is_well_made();
    }
    let none = stranger.get("/notices?area=33").await;
    assert!(!none.text.contains("沈阳市养老服务协会") && none.text.contains("还没有公告"));
    none.is_well_made();
    assert_eq!(stranger.get("/notices?area=x").await.status, StatusCode::NOT_FOUND);
    let all = stage.site.office.public_notices(None, None, 10).unwrap();
    let got = stranger.get(&format!("/notices/{}", all[0].id)).await;
    assert!(got.text.contains("宗旨") && got.text.contains(&stage.code) && !got.text.contains("孙示例"));
    got.is_well_made();
}

#[tokio::test]
async fn a_review_is_given_once_answered_in_time_and_shown_in_the_figures() {
    let stage = stage();
    let path = format!("/my/cases/{}/review", stage.done.number);
    assert_eq!(stage.site.founder("other").get(&path).await.status, StatusCode::NOT_FOUND);
    stage.founder.get(&path).await.is_well_made();
    let bare = stage.founder.post(&path, &[("score", "1")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    bare.is_well_made();
    let given = stage.founder.post(&path, &[("score", "1"), ("score.why", "slow"), ("text", "窗口排队太久")]).await;
    assert_eq!(given.location(), path);
    let shown = stage.founder.get(&path).await;
    assert!(shown.text.contains("正在核实整改") && shown.text.contains("非常不满意"));
    shown.is_well_made();
    assert_eq!(stage.founder.get("/desk/reviews").await.status, StatusCode::FORBIDDEN);
    let desk = stage.supervision.get("/desk/reviews").await;
    assert!(desk.text.contains("窗口排队太久") && desk.text.contains("办得慢"));
    assert!(!desk.text.contains(&stage.done.number) && !desk.text.contains("经办人"), "nobody learns who it was");
    desk.is_well_made();
    let review = &stage.site.office.open_reviews(&stage.supervision.actor).unwrap()[0];
    let base = format!("/desk/reviews/{}/{}", review.origin, review.id);
    let short = stage.supervision.post(&format!("{base}/answer"), &[("answer", "好")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.is_well_made();
    assert_eq!(stage.founder.post(&format!("{base}/close"), &[]).await.status, StatusCode::FORBIDDEN);
    stage.supervision.post(&format!("{base}/answer"), &[("answer", "已增加窗口人员，并电话回访致歉")]).await;
    stage.supervision.get("/desk/reviews").await.is_well_made();
    stage.supervision.post(&format!("{base}/close"), &[]).await;
    assert!(stage.supervision.get("/desk/reviews").await.text.contains("没有待整改的差评"));
    let figures = stage.site.stranger().get("/reviews").await;
    assert!(figures.text.contains("100.0%") && figures.text.contains("沈阳市"));
    figures.is_well_made();
}
