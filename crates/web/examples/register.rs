//! Serves the register with the shipped foundations and some invented neighbours, to look at it:
//! `cargo run -p web --example register -- 8091`. Sign in as `wen` with the password of `web::testing::PASSWORD`.
#![expect(clippy::unwrap_used, reason = "an example may stop")]
use std::sync::Arc;
use std::time::Duration;

use base::Date;
use registry::{Credit, DirectClass, Kind, Operation, Registration};
use web::testing::NoFront;
use web::{Settings, Site};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn fill(office: &office::testing::TestOffice) {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/orgs/foundations_ricf_sample.csv"))
            .unwrap();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let Ok(on) = row[3].parse::<Date>() else { continue };
        let registrar = if &row[5] == "民政部" { "100000" } else { "11" };
        let mut o = office.draft_org(Kind::Foundation, &row[1], registrar);
        (o.synthetic, o.registered_on, o.registrar_name) = (false, Some(on), Some(row[5].to_owned()));
        o.supervisor_name = Some(row[6].to_owned());
        o.address = Some(row[11].to_owned());
        o.domicile = if row[8].starts_with("北京") { "110101".parse().ok() } else { "31".parse().ok() };
        office.record_org(&o, on);
    }
    let places = ["330106", "330106", "210102", "2101", "21", "440305", "330383", "3303"];
    for at in 0..120_usize {
        let kind = [Kind::Association, Kind::ServiceInstitution, Kind::Foundation][at % 3];
        let word = ["启明", "同心", "春晖", "和风", "远航", "青禾"][at % 6];
        let field = ["助学", "养老服务", "茶业", "志愿服务", "环境保护", "科普"][at / 6 % 6];
        let end = ["协会", "中心", "基金会"][at % 3];
        let place = places[at % places.len()];
        let on = day(&format!("20{:02}-0{}-1{}", 10 + at % 15, 1 + at % 9, at % 10));
        let mut o = office.registered(kind, &format!("云州{word}{field}{at}号{end}"), place, on);
        o.new_field = at % 9 == 0;
        o.industry = Some(["Q84 社会工作", "P83 教育", "R88 文化艺术", "S95 社会团体"][at % 4].to_owned());
        o.direct_class = (at % 7 == 0).then_some(DirectClass::Charity);
        o.grade = [None, Some(3), Some(4), Some(5)][at % 4];
        o.charity = at % 5 == 0;
        o.address = Some(format!("云州大道 {at} 号"));
        o.purpose = Some("遵守宪法、法律、法规和国家政策，践行社会主义核心价值观，团结会员，服务社会。".to_owned());
        o.states.credit = if at % 11 == 3 { Credit::Abnormal } else { Credit::Clear };
        if at % 17 == 5 {
            (o.states.registration, o.states.operation) = (Registration::Deregistered, Operation::Ceased);
            o.ended_on = Some(day("2024-06-01"));
        }
        o.name = if at % 6 == 0 { o.name.replace("云州", "新云州") } else { o.name };
        office.record_org(&o, day("2024-06-01"));
        office.appoint(&o, "legal_representative", "林书言");
        office.appoint(&o, "director", "欧阳小明");
        office.appoint(&o, "supervisor", "陈知白");
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).init();
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(8091);
    let kept = office::testing::office().with_index();
    fill(&kept);
    kept.founder("wen");
    let _follower = kept.start_following(Duration::from_millis(200))?;
    let settings = Settings { requests_per_second: 0, ..Settings::demo(&format!("http://127.0.0.1:{port}")) };
    let site = Arc::new(Site::of_office(settings, kept.office.clone(), Arc::new(NoFront), Vec::new()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    web::serve(web::router(site, axum::Router::new()), listener, stop).await
}
