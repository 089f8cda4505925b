//! Serves an applicant's drafts and cases, to look at them: `cargo run -p web --example applicant -- 8092`. Sign in as `wenli` with
//! the password of `web::testing::PASSWORD`.
#![expect(clippy::unwrap_used, reason = "an example may stop")]
use std::sync::Arc;

use authority::{Actor, Verb};
use base::{BodyId, RecordId};
use casework::{Act, CorrectionItem, Provided};
use office::drafts::NewDraft;
use office::testing::{TestOffice, form_of};
use web::testing::NoFront;
use web::{Settings, Site};

const AREA: &str = "2101";

fn full(office: &TestOffice, who: &Actor, body: BodyId, name: &str) -> RecordId {
    let new = NewDraft { matter: "found-association".into(), area: AREA.parse().ok(), ..NewDraft::default() };
    let id = office.start_draft(who, &new).unwrap();
    let draft = office.open_draft(who, id).unwrap();
    let (mut answers, materials) = form_of(&draft.resolved.matter, &|_| body);
    answers.put("name", serde_json::json!(name));
    office.save_draft_page(who, id, "all-1", draft.rev, &answers).unwrap();
    for (material, provided) in materials {
        match provided {
            Provided::Promised => office.promise_material(who, id, material.as_str(), true).unwrap(),
            _ => drop(office.attach_to_draft(who, id, material.as_str(), "扫描件.pdf", b"%PDF-1.7 example").unwrap()),
        }
    }
    id
}

fn fill(office: &TestOffice) {
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    office.body("supervisor", "沈阳市文化和旅游主管单位", AREA);
    office.body("party", "沈阳市社会组织党委", AREA);
    let who = office.founder("wenli");
    let intake = office.official("intake", AREA, registrar);
    let moving = office.submit_draft(&who, full(office, &who, body, "沈阳市养老服务协会")).unwrap();
    let matter = office.db.read(|tx| office.my_case(tx, &who, &moving.number)).unwrap().resolved.matter.clone();
    let mut accept = Act::new(Some("intake".into()), Verb::Accept);
    let points = &matter.find_step(&"intake".into()).unwrap().points;
    accept.points = points
        .iter()
        .map(|point| casework::PointAnswer {
            point: point.id.clone(),
            answer: casework::PointVerdict::Yes,
            remark: String::new(),
        })
        .collect();
    office.act_on_case(&intake, moving.origin, moving.case, None, accept).unwrap();
    let back = office.submit_draft(&who, full(office, &who, body, "沈阳市书法协会")).unwrap();
    let mut returned = Act::new(Some("intake".into()), Verb::Return);
    let item = |target: &str, problem: &str, example: &str| CorrectionItem {
        target: target.to_owned(),
        problem: problem.to_owned(),
        article: "《行政许可法》第三十二条第四项".to_owned(),
        example: example.to_owned(),
    };
    returned.corrections = vec![
        item("purpose", "宗旨写得太宽，看不出为谁服务。", "为全市老年人提供助餐、助医、助浴服务，推动行业自律。"),
        item("premises_proof", "租赁合同缺最后一页，看不到签字。", "每一页都拍清楚，最后一页有双方签字。"),
    ];
    office.act_on_case(&intake, back.origin, back.case, None, returned).unwrap();
    full(office, &who, body, "沈阳市戏曲协会");
    let new = NewDraft { matter: "found-association".into(), area: AREA.parse().ok(), ..NewDraft::default() };
    office.start_draft(&who, &new).unwrap();
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(8092);
    let office = office::testing::office();
    fill(&office);
    let settings = Settings { requests_per_second: 0, ..Settings::demo(&format!("http://127.0.0.1:{port}")) };
    let site = Arc::new(Site::of_office(settings, office.office.clone(), Arc::new(NoFront), Vec::new()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    web::serve(web::router(site, axum::Router::new()), listener, std::future::pending()).await
}
