//! The whole way of a file through the pages, without JavaScript; files that are none; and the wrong people.
use authority::AdminRole;
use axum::http::StatusCode;
use base::BodyId;
use office::import::Watcher;
use office::import::queue::ImportJob;

use crate::testing::{Got, TestSite, Visitor};

const TABLE: &str = "组织,统一社会信用代码,登记机关,成立日期,备注\n\
    沈阳市甲协会,51210100500021676A,沈阳市民政局,2017-12-01,一\n\
    沈阳市乙协会,,沈阳市民政局,1900-01-01,二\n\
    =SUM(1),,沈阳市民政局,2018-12-01,三\n\
    浙江省丙协会,,浙江省民政厅,2017-12-01,四\n";

struct Desk {
    site: TestSite,
    keeper: Visitor,
    body: BodyId,
}

fn desk() -> Desk {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let keeper = site.official("data_quality", "2101", body);
    Desk { site, keeper, body }
}

/// Stops after so many chunks.
struct Stop(Option<usize>);
impl Watcher for Stop {
    fn stop(&mut self) -> bool {
        self.0 == Some(0)
    }
}

impl Desk {
    async fn upload(&self, name: &str, bytes: &[u8]) -> Got {
        self.keeper.upload("/desk/import", &[], &[("file", name, "text/csv", bytes)]).await
    }

    /// Does the next job as the runner would; `fail` ends it with this error instead.
    fn work(&self, fail: Option<&str>) {
        let office = &self.site.office;
        let now = office.clock.now();
        let job = office.db.write(move |tx| store::jobs::claim(tx, "default", "w", now)).unwrap().unwrap();
        assert_eq!(job.name, "import");
        let asked: ImportJob = serde_json::from_value(job.payload).unwrap();
        let done = office.run_import_job(&asked, &mut Stop(fail.map(|_| 0))).unwrap();
        assert_eq!(done, fail.is_none());
        let fail = fail.map(str::to_owned);
        assert!(office.db.write(move |tx| store::jobs::finish(tx, job.id, "w", now, fail.as_deref())).unwrap());
    }

    async fn page(&self, path: &str) -> String {
        let got = self.keeper.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        got.is_well_made();
        got.text
    }
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
}

const COLUMNS: [(&str, &str); 6] =
    [("go", "check"), ("c0", "name"), ("c1", "code"), ("c2", "registrar"), ("c3", "registered_on"), ("c4", "")];

#[tokio::test]
async fn a_file_goes_all_the_way_without_javascript() {
    let desk = desk();
    has(&desk.page("/desk/import").await, &["不超过 20 MB", "还没有导入过名册"]);
    let got = desk.upload("名册.csv", TABLE.as_bytes()).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let here = got.location().to_owned();
    let text = desk.page(&here).await;
    has(
        &text,
        &["CSV, UTF-8，4 行", "沈阳市甲协会", "name=\"c4\"", "<option value=\"code\" selected>", "核对全部 4 行"],
    );
    let refused = desk
        .keeper
        .post(&here, &[("go", "check"), ("c0", ""), ("c1", "code"), ("c2", ""), ("c3", ""), ("c4", "")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    has(&refused.text, &["没有一栏是“名称”", "<option value=\"code\" selected>"]);
    refused.is_well_made();
    let twice = desk
        .keeper
        .post(&here, &[("go", "check"), ("c0", "name"), ("c1", "name"), ("c2", ""), ("c3", ""), ("c4", "")])
        .await;
    has(&twice.text, &["有两栏都选了“名称”"]);
    let too_soon = desk.keeper.post(&here, &[("go", "import")]).await;
    has(&too_soon.text, &["还没有核对完"]);
    assert_eq!(desk.keeper.post(&here, &COLUMNS).await.location(), here);
    has(&desk.page(&here).await, &["正在核对", "hx-trigger=\"every 2s", "共 4 行，已处理 0 行"]);
    desk.work(None);
    let text = desk.page(&here).await;
    has(
        &text,
        &["还没有写入", "导入可收的 2 行", "退回的 2 行", "outside", "浙江省"]
            .map(|part| if part == "outside" { "由该机关的数据质量岗导入" } else { part }),
    );
    has(&text, &["1900-01-01", "收下但有待核实的"]);
    assert!(!text.contains("hx-trigger=\"every 2s"), "nothing runs, nothing is asked");
    has(&desk.page(&format!("{here}?columns=1")).await, &["核对全部 4 行", "<option value=\"name\" selected>"]);
    let report = desk.keeper.get(&format!("{here}/rejects.csv")).await;
    assert!(report.bytes.starts_with("\u{feff}行号,退回栏目,原因,建议,组织".as_bytes()));
    has(&report.text, &["\n4,", "'=SUM(1)", "\n5,登记管理机关"]);
    assert_eq!(desk.keeper.post(&here, &[("go", "import")]).await.status, StatusCode::SEE_OTHER);
    has(&desk.page(&here).await, &["正在导入", "<progress"]);
    desk.work(None);
    has(&desk.page(&here).await, &["导入完成", "下载退回清单"]);
    has(&desk.page("/desk/import").await, &["名册.csv", "已导入"]);
    let again = desk.upload("再来.csv", TABLE.as_bytes()).await;
    assert_eq!(again.location(), here, "the same file leads to the same import");
    has(&desk.keeper.post(&here, &[("go", "import")]).await.text, &["已经导入"]);
}

#[tokio::test]
async fn an_interrupted_import_says_so_and_goes_on() {
    let desk = desk();
    let here = desk.upload("a.csv", TABLE.as_bytes()).await.location().to_owned();
    desk.keeper.post(&here, &COLUMNS).await;
    desk.work(None);
    desk.keeper.post(&here, &[("go", "import")]).await;
    desk.work(Some("磁盘已满"));
    has(&desk.page(&here).await, &["导入在第 0 行之后中断：磁盘已满", "接着导入"]);
    has(&desk.page("/desk/import").await, &["中断，可接着导入"]);
    assert_eq!(desk.keeper.post(&here, &[("go", "resume")]).await.status, StatusCode::SEE_OTHER);
    desk.work(None);
    has(&desk.page(&here).await, &["导入完成"]);
}

#[tokio::test]
async fn files_that_are_none_are_refused_in_words() {
    let desk = desk();
    let none: [(&str, &[u8], &str); 6] = [
        ("空.csv", b"", "没有收到文件，或文件是空的"),
        ("图.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", "文件内容不是文字表格"),
        ("坏.xlsx", b"PK\x03\x04broken", "打不开，可能已损坏或加了密码"),
        ("头.csv", "名称,住所\n".as_bytes(), "只有表头，没有一行数据"),
        ("码.csv", &[0xfd, 0, 0xfe, 1, 0xfd, 2, 0xfe, 3, 0xfd, 4, 0xfe, 5], "不是文字表格"),
        ("大.csv", &vec![b'a'; (20 << 20) + 1], "超过 20 MB"),
    ];
    for (name, bytes, why) in none {
        let got = desk.upload(name, bytes).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&got.text, &[why, "href=\"#f-file\""]);
        got.is_well_made();
    }
    let nameless = desk.upload("无名.csv", "甲,乙\n1,2\n".as_bytes()).await.location().to_owned();
    has(&desk.page(&nameless).await, &["一栏也没有认出来", "另存为“CSV UTF-8”"]);
    let one = desk.upload("一.csv", "名称\n沈阳市甲协会\n".as_bytes()).await.location().to_owned();
    desk.keeper.post(&one, &[("go", "check"), ("c0", "name"), ("registrar", "2101")]).await;
    desk.work(None);
    has(&desk.page(&one).await, &["导入可收的 1 行"]);
}

#[tokio::test]
async fn only_data_quality_of_the_same_authority_imports() {
    let desk = desk();
    let here = desk.upload("a.csv", TABLE.as_bytes()).await.location().to_owned();
    let site = &desk.site;
    let paths = ["/desk/import".to_owned(), here.clone(), format!("{here}/rejects.csv")];
    let wrong = [
        site.founder("bai"),
        site.official("intake", "2101", desk.body),
        site.official("decision", "2101", desk.body),
        site.admin(AdminRole::System),
    ];
    for visitor in &wrong {
        for path in &paths {
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let file: [(&str, &str, &str, &[u8]); 1] = [("file", "b.csv", "text/csv", TABLE.as_bytes())];
        assert_eq!(visitor.upload("/desk/import", &[], &file).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.upload("/desk/import", &[], &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.post(&here, &COLUMNS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.post(&here, &[("go", "import")]).await.status, StatusCode::FORBIDDEN);
    }
    for path in &paths {
        assert!(site.stranger().get(path).await.location().starts_with("/login"), "{path}");
    }
    let elsewhere = site.office.body("registrar", "大连市民政局", "2102");
    let dalian = site.official("data_quality", "2102", elsewhere);
    assert!(!dalian.get("/desk/import").await.text.contains("a.csv"));
    for path in &paths[1..] {
        assert_eq!(dalian.get(path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(dalian.post(&here, &[("go", "import")]).await.status, StatusCode::NOT_FOUND);
}
