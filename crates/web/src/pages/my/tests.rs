//! An applicant's way through the router, without JavaScript: fill in, come back, be refused, send, correct, withdraw.
use authority::{Actor, AdminRole, Verb};
use axum::http::StatusCode;
use base::RecordId;
use casework::{Act, CorrectionItem, Provided};
use office::drafts::NewDraft;
use office::testing::form_of;

use crate::testing::{TestSite, Visitor};

const AREA: &str = "2101";
const PDF: &[u8] = b"%PDF-1.7 test";

async fn start(who: &Visitor) -> String {
    let got = who.post("/matters/found-association/start", &[("area", AREA)]).await;
    got.location().to_owned()
}

/// A draft with everything in it, made through the office.
fn full(site: &TestSite, who: &Actor) -> RecordId {
    let body = site.office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let new = NewDraft { matter: "found-association".into(), area: AREA.parse().ok(), ..NewDraft::default() };
    let id = site.office.start_draft(who, &new).unwrap();
    let draft = site.office.open_draft(who, id).unwrap();
    let (answers, materials) = form_of(&draft.resolved.matter, &|_| body);
    site.office.save_draft_page(who, id, "all-1", draft.rev, &answers).unwrap();
    for (material, provided) in materials {
        match provided {
            Provided::Promised => site.office.promise_material(who, id, material.as_str(), true).unwrap(),
            _ => drop(site.office.attach_to_draft(who, id, material.as_str(), "材料.pdf", PDF).unwrap()),
        }
    }
    id
}

fn rev_of(page: &str) -> String {
    page.split("name=\"_rev\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Every page of the form, as linked from the list.
fn links(list: &str, prefix: &str) -> Vec<String> {
    let parts = list.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    let mut links: Vec<String> = parts.filter(|href| href.starts_with(prefix)).map(str::to_owned).collect();
    links.dedup();
    links
}

#[tokio::test]
async fn every_page_of_the_form_is_well_made_and_small() {
    let site = TestSite::new();
    site.office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let who = site.founder("wenli");
    for draft in [start(&who).await, format!("/my/drafts/{}", full(&site, &who.actor))] {
        let list = who.get(&draft).await;
        assert_eq!(list.status, StatusCode::OK);
        list.is_well_made();
        assert!(!list.text.contains("已完成"), "nothing is done before it is sent");
        let pages = links(&list.text, &format!("{draft}/"));
        assert!(pages.len() > 15, "{pages:?}");
        for page in pages {
            let got = who.get(&page).await;
            assert_eq!(got.status, StatusCode::OK, "{page}");
            got.is_well_made();
            assert!(got.text.len() < 200_000, "{page}");
        }
    }
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/purpose-1");
    let shown = who.get(&page).await;
    let saved = who
        .post(
            &format!("{page}?autosave=1"),
            &[("_rev", &rev_of(&shown.text)), ("purpose", "为全市老年人提供生活照料服务")],
        )
        .await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    assert!(saved.text.contains("\"rev\":2"), "{}", saved.text);
    site.office.clock.advance(3600);
    let gone = who.get(&page).await;
    assert!(gone.location().starts_with("/login?back="), "the session has ended");
    let again = site.signed_in("wenli");
    let back = again.get(&page).await;
    assert!(back.text.contains("为全市老年人提供生活照料服务"));
    let home = again.get("/my").await;
    home.is_well_made();
    assert!(home.text.contains(&draft));
}

#[tokio::test]
async fn a_faulty_page_comes_back_with_links_to_its_fields_and_is_kept() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/capital-1");
    let rev = rev_of(&who.get(&page).await.text);
    let got = who
        .post(&page, &[("_rev", &rev), ("capital", "一大笔"), ("fund_source", "会费"), ("full_time_staff", "0")])
        .await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    got.is_well_made();
    for link in ["#f-capital", "#f-full_time_staff", "#f-fund_lawful"] {
        assert!(got.text.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert!(got.text.contains("value=\"一大笔\""), "what could not be read is shown again");
    assert!(who.get(&page).await.text.contains("会费"), "what could be read is kept");
}

#[tokio::test]
async fn rows_and_areas_work_by_buttons() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/sponsors-1");
    let rev = rev_of(&who.get(&page).await.text);
    let added = who.post(&page, &[("_rev", &rev), ("sponsors.0.name", "张示例"), ("_do", "rows:sponsors:add")]).await;
    assert_eq!(added.status, StatusCode::OK);
    added.is_well_made();
    assert!(added.text.contains("name=\"sponsors.1.name\"") && added.text.contains("value=\"张示例\""));
    let fields = [
        ("_rev", rev_of(&added.text)),
        ("sponsors.0.name", "张示例".to_owned()),
        ("sponsors.1.name", "李示例".to_owned()),
        ("_do", "rows:sponsors:remove:0".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let removed = who.post(&page, &fields).await;
    assert!(removed.text.contains("李示例") && !removed.text.contains("张示例"));

    let page = format!("{draft}/domicile-1");
    let rev = rev_of(&who.get(&page).await.text);
    let found =
        who.post(&page, &[("_rev", &rev), ("domicile_area.find", "浑南区"), ("_do", "area:domicile_area:find")]).await;
    found.is_well_made();
    assert!(found.text.contains("辽宁省沈阳市浑南区"), "{}", found.text);
    let down = who
        .post(&page, &[("_rev", &rev_of(&found.text)), ("domicile_area.0", "21"), ("_do", "area:domicile_area:down")])
        .await;
    down.is_well_made();
    assert!(down.text.contains("已选：<b>辽宁省</b>") && down.text.contains("沈阳市"));
}

#[tokio::test]
async fn two_windows_are_told_apart() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/purpose-1");
    let old = rev_of(&who.get(&page).await.text);
    who.post(&format!("{page}?autosave=1"), &[("_rev", &old), ("purpose", "甲窗口写的宗旨，为老年人服务")]).await;
    let got = who.post(&page, &[("_rev", &old), ("purpose", "乙窗口写的宗旨，为老年人服务")]).await;
    assert_eq!(got.status, StatusCode::CONFLICT);
    got.is_well_made();
    assert!(got.text.contains("这一页刚在另一个窗口里保存过") && got.text.contains("乙窗口写的宗旨"));
    who.post(
        &format!("{page}?autosave=1"),
        &[("_rev", &rev_of(&got.text)), ("purpose", "乙窗口写的宗旨，为老年人服务")],
    )
    .await;
    assert!(who.get(&page).await.text.contains("乙窗口写的宗旨"));
}

#[tokio::test]
async fn the_name_is_checked_on_its_page_and_fixed_clauses_stay() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/name-1");
    let rev = rev_of(&who.get(&page).await.text);
    let got = who.post(&page, &[("_rev", &rev), ("name", "沈阳市ABC协会"), ("_do", "name:name:check")]).await;
    got.is_well_made();
    assert!(got.text.contains("不能使用") && got.text.contains("第七条"), "{}", got.text);
    let list = who.get(&draft).await;
    let charter = links(&list.text, &format!("{draft}/charter")).remove(0);
    let shown = who.get(&charter).await;
    assert!(shown.text.contains("固定条款"));
    who.post(&charter, &[("_rev", &rev_of(&shown.text)), ("charter.party", "改掉党建条款")]).await;
    assert!(!who.get(&charter).await.text.contains("改掉党建条款"));
}

#[tokio::test]
async fn materials_are_uploaded_refused_promised_and_taken_off() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let draft = start(&who).await;
    let page = format!("{draft}/materials/premises_proof");
    let bad = who.upload(&page, &[], &[("file", "证明.pdf", "application/pdf", b"MZ not a pdf")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    bad.is_well_made();
    assert!(bad.text.contains("证明.pdf") && bad.text.contains("href=\"#f-file\""));
    let good = who.upload(&page, &[], &[("file", "证明.pdf", "application/pdf", PDF)]).await;
    assert_eq!(good.location(), page);
    let shown = who.get(&page).await;
    shown.is_well_made();
    let file = links(&shown.text, &format!("{draft}/files/")).remove(0);
    let read = who.get(&file).await;
    assert_eq!(read.bytes, PDF);
    assert_eq!(site.founder("zhiyu").get(&file).await.status, StatusCode::NOT_FOUND);
    let id = file.rsplit('/').next().unwrap();
    who.upload(&page, &[("_do", &format!("file:premises_proof:{id}:remove"))], &[]).await;
    assert_eq!(who.get(&file).await.status, StatusCode::NOT_FOUND);
    assert_eq!(who.get(&format!("{draft}/materials/nothing")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sent_returned_corrected_and_withdrawn() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let registrar = site.office.body("registrar", "沈阳市民政局", AREA);
    let draft = format!("/my/drafts/{}", full(&site, &who.actor));
    let check = who.get(&format!("{draft}/check")).await;
    assert_eq!(check.status, StatusCode::OK);
    check.is_well_made();
    assert!(check.text.contains("提交申请") && !check.text.contains("210102198001010117"), "masked");
    assert!(check.text.contains("?back=check"), "修改 leads back here");
    let unsigned = who.post(&format!("{draft}/check"), &[]).await;
    assert_eq!(unsigned.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsigned.is_well_made();
    let sent = who.post(&format!("{draft}/check"), &[("agree", "yes")]).await;
    let case = sent.location().split('?').next().unwrap().to_owned();
    assert!(case.starts_with("/my/cases/"), "{}", sent.text);
    assert_eq!(who.post(&format!("{draft}/check"), &[("agree", "yes")]).await.location(), case, "sent twice, one case");
    let shown = who.get(&format!("{case}?sent=1")).await;
    assert_eq!(shown.status, StatusCode::OK);
    shown.is_well_made();
    assert!(shown.text.contains("法定时限") && shown.text.contains("承诺时限") && shown.text.contains("沈阳市民政局"));

    let number = case.rsplit('/').next().unwrap();
    let own = site.office.db.read(|tx| site.office.my_case(tx, &who.actor, number)).unwrap();
    let intake = site.office.official("intake", AREA, registrar);
    let mut back = Act::new(Some("intake".into()), Verb::Return);
    let (problem, article, example) =
        ("宗旨写得太宽".to_owned(), "《行政许可法》第三十二条第四项".to_owned(), "为全市老人助餐".to_owned());
    back.corrections = vec![CorrectionItem { target: "purpose".to_owned(), problem, article, example }];
    site.office.act_on_case(&intake, own.row.origin, own.row.id, None, back).unwrap();
    let waiting = who.get(&case).await;
    waiting.is_well_made();
    assert!(waiting.text.contains("待补正") && waiting.text.contains("计时暂停"), "{}", waiting.text);
    assert!(who.get("/my").await.text.contains("先办这些"));
    let fix = who.post(&format!("{case}/correct"), &[]).await.location().to_owned();
    let notice = who.get(&fix).await;
    notice.is_well_made();
    assert!(
        notice.text.contains("宗旨写得太宽")
            && notice.text.contains("为全市老人助餐")
            && notice.text.contains("第三十二条")
    );
    let page = fix.replace("/correct", "/purpose-1");
    let question = who.get(&format!("{page}?back=correct")).await;
    assert!(question.text.contains("宗旨写得太宽"));
    let office = &site.office;
    let draft_id: RecordId = fix.split('/').nth(3).unwrap().parse().unwrap();
    let opened = office.open_draft(&who.actor, draft_id).unwrap();
    let mut answers = casework::Answers::default();
    answers.put("purpose", serde_json::json!("为全市老年人提供助餐、助医服务"));
    office.save_draft_page(&who.actor, draft_id, "purpose-1", opened.rev, &answers).unwrap();
    assert!(who.get(&fix).await.text.contains("已改"));
    let answered = who.post(&fix, &[("agree", "yes")]).await;
    assert_eq!(answered.location(), format!("{case}?sent=2"), "{}", answered.text);

    let ask = who.get(&format!("{case}/withdraw")).await;
    ask.is_well_made();
    let empty = who.post(&format!("{case}/withdraw"), &[("reason", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = site.office.db.read(|tx| site.office.my_case(tx, &who.actor, number)).unwrap();
    let done =
        who.post(&format!("{case}/withdraw"), &[("reason", "名称还要再想"), ("rev", &own.row.rev.to_string())]).await;
    assert_eq!(done.location(), case, "{}", done.text);
    let ended = who.get(&case).await;
    ended.is_well_made();
    assert!(ended.text.contains("已办结"));
    who.get("/my/notices").await.is_well_made();
}

#[tokio::test]
async fn others_find_nothing() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let id = full(&site, &who.actor);
    let sent = site.office.submit_draft(&who.actor, full(&site, &who.actor)).unwrap();
    let draft = format!("/my/drafts/{id}");
    let own = [
        draft.clone(),
        format!("{draft}/purpose-1"),
        format!("{draft}/materials/premises_proof"),
        format!("{draft}/check"),
        format!("{draft}/correct"),
        format!("{draft}/delete"),
        format!("/my/cases/{}", sent.number),
        format!("/my/cases/{}/withdraw", sent.number),
    ];
    let registrar = site.office.body("registrar", "沈阳市民政局", AREA);
    let wrong = [site.founder("zhiyu"), site.official("intake", AREA, registrar), site.admin(AdminRole::Audit)];
    let stranger = site.stranger();
    for path in &own {
        for other in &wrong {
            let got = other.get(path).await;
            assert!(matches!(got.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{path}: {}", got.status);
            assert!(!got.text.contains("沈阳市养老服务协会"), "{path}");
        }
        assert!(stranger.get(path).await.location().starts_with("/login"), "{path}");
    }
    for path in ["/my", "/my/notices"] {
        assert!(stranger.get(path).await.location().starts_with("/login"), "{path}");
    }
    let poison = [
        format!("{draft}/purpose-1"),
        format!("{draft}/check"),
        format!("{draft}/delete"),
        format!("{draft}/rename"),
        format!("/my/cases/{}/correct", sent.number),
    ];
    for path in &poison {
        for other in &wrong {
            let got = other
                .post(path, &[("purpose", "坏人改的"), ("agree", "yes"), ("title", "坏名字"), ("_rev", "99")])
                .await;
            assert!(matches!(got.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{path}: {}", got.status);
        }
    }
    assert!(!who.get(&format!("{draft}/purpose-1")).await.text.contains("坏人改的"));
}
