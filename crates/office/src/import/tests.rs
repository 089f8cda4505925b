//! The real files through the import, with what must be flagged written down by hand; and files that are broken.
use std::collections::BTreeMap;

use base::BodyId;
use registry::Kind;
use registry::import::Column;
use store::registers::{QualityIssue, each_reject};
use store::sql;

use super::*;
use crate::testing::{TestOffice, office, on_each_engine};

const FOUNDATIONS: &[u8] = include_bytes!("../../../../data/orgs/foundations_ricf_sample.csv");
const UNIVERSITIES: &[u8] = include_bytes!("../../../../data/orgs/private_universities_2017.csv");

fn order(bytes: impl Into<Vec<u8>>, kind: Option<Kind>) -> Order {
    Order { file_name: "试.csv".to_owned(), bytes: Arc::new(bytes.into()), mapping: None, kind, registrar: None }
}

/// Remembers everything, and stops after some chunks.
#[derive(Default)]
struct Notes {
    rejected: Vec<Rejected>,
    flagged: Vec<Flagged>,
    chunks: usize,
    stop_after: Option<usize>,
}

impl Watcher for Notes {
    fn progress(&mut self, progress: &Progress) {
        assert_eq!(progress.done, progress.taken + progress.rejected);
        self.chunks += 1;
    }
    fn rejected(&mut self, row: &Rejected) {
        self.rejected.push(row.clone());
    }
    fn flagged(&mut self, row: &Flagged) {
        self.flagged.push(row.clone());
    }
    fn stop(&mut self) -> bool {
        self.stop_after.is_some_and(|chunks| self.chunks >= chunks)
    }
}

impl Notes {
    /// Rule → lines.
    fn by_rule(&self) -> BTreeMap<String, Vec<u64>> {
        let mut rules: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (line, fault) in self.flagged.iter().flat_map(|row| row.faults.iter().map(|fault| (row.line, fault))) {
            rules.entry(fault.rule.clone()).or_default().push(line);
        }
        rules
    }
}

fn run(office: &Office, order: &Order) -> (Outcome, Notes) {
    let mut notes = Notes::default();
    let outcome = office.import_organizations(&Actor::system(), order, &mut notes).unwrap();
    (outcome, notes)
}

/// The file numbers its rows 0 to 122 (lines 2 to 124), then 1746 to 1834 (lines 125 to 213).
fn line_of(row: u64) -> u64 {
    if row < 1746 { row + 2 } else { row - 1746 + 125 }
}

fn lines(rows: &[u64]) -> Vec<u64> {
    rows.iter().map(|row| line_of(*row)).collect()
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found(String, String, Option<String>);
impl store::FromRow for Found {
    const TABLE: &'static str = "organization";
    fn from_row(row: &store::Row<'_>) -> Result<Self, store::DbError> {
        Ok(Self(row.get("name")?, row.get("registrar_area")?, row.get("domicile")?))
    }
}

fn all(office: &Office) -> Vec<Found> {
    let list = sql!("test.orgs", "select name, registrar_area, domicile from organization order by name");
    let mut all = office.db.read(|tx| tx.list::<Found>(list, &[])).unwrap();
    all.sort(); // The engines order Chinese text differently.
    all
}

/// Derived by reading the file, row by row (numbers are those of its column `row`).
#[test]
fn the_212_foundations_come_in_and_exactly_these_rows_are_flagged() {
    on_each_engine(|office| {
        let (outcome, notes) = run(office, &order(FOUNDATIONS, None));
        assert_eq!(
            (outcome.progress.rows, outcome.progress.taken, outcome.progress.rejected),
            (212, 212, 0),
            "{:?}",
            notes.rejected
        );
        let rules = notes.by_rule();
        // 0.00 万元 in these rows says nothing, so they are not among the 78 whose unit was guessed.
        let zero = [1749, 1763, 1764, 1768, 1769, 1779, 1801, 1802, 1810, 1814, 1818];
        let guessed: Vec<u64> = (1746..=1834).filter(|row| !zero.contains(row)).collect();
        assert_eq!(guessed.len(), 78);
        assert_eq!(rules["guessed"], lines(&guessed), "元 / 万元");
        // Zero amounts, and periods of validity that end in 1899-12-30, 1900-01-01 or 1970-01-01.
        let periods = [1749, 1752, 1766, 1767, 1777, 1780, 1783, 1784, 1806, 1814, 1815, 1828, 1829, 1830];
        let mut fillers: Vec<u64> = zero.iter().chain(&periods).copied().collect();
        fillers.sort_unstable();
        assert_eq!(rules["filler"], lines(&fillers));
        let undated = [1755, 1757, 1764, 1768, 1769, 1772, 1778, 1801, 1802, 1803, 1810, 1813, 1818];
        assert_eq!(rules["registered_on_missing"], lines(&undated));
        // No registrar, or 暂无: all of Shenzhen, Guangdong's, and those of the newest page layout.
        let from_code = [
            1752, 1755, 1757, 1766, 1767, 1768, 1769, 1772, 1777, 1778, 1782, 1784, 1802, 1803, 1810, 1818, 1829, 1833,
        ];
        assert_eq!(rules["registrar_from_code"], lines(&from_code));
        assert_eq!(rules["period_empty"], lines(&[1753, 1796, 1816]), "上海: the period begins and ends on one day");
        assert_eq!(rules["district_unreadable"], lines(&[41, 67, 85]), "东长安街, 浦东区, 杨凌示范区");
        assert_eq!(rules["name_short"], lines(&[43, 105]), "南航, 纪念苏天");
        assert_eq!(rules["name_digits"], lines(&[1812]), "北京绿谷教育基金会2");
        assert_eq!(rules["address_is_status"], lines(&[1802]));
        assert_eq!(rules.len(), 9, "{:?}", rules.keys());
    });
}

#[test]
fn registrars_money_and_places_of_the_foundations_are_understood() {
    let office = office();
    run(&office, &order(FOUNDATIONS, None));
    let found = all(&office);
    let registrar = |name: &str| found.iter().find(|org| org.0 == name).unwrap().1.clone();
    let domicile = |name: &str| found.iter().find(|org| org.0 == name).unwrap().2.clone().unwrap_or_default();
    for (name, area) in [
        ("中国初级卫生保健基金会", "100000"),
        ("沈阳市公安英烈暨民警救助基金会", "21"),
        ("大连市正觉公益基金会", "2102"),
        ("上海市儿童健康基金会", "31"),
        ("黑龙江省仁爱残疾人福利基金会", "23"),
        ("杭州市富阳区农业技术推广基金会", "330111"),
        ("深圳市佳居公益基金会", "4403"),
        ("广东省侨心慈善基金会", "44"),
        ("高邮市老区扶贫基金会", "321084"),
        ("泰顺县文礼书院教育发展基金会", "330329"),
    ] {
        assert_eq!(registrar(name), area, "{name}");
    }
    assert_eq!(domicile("杭州市富阳区农业技术推广基金会"), "330111001", "down to 富春街道");
    assert_eq!(domicile("紫金矿业慈善基金会"), "350823", "龙岩市上杭县 in one column");
    assert_eq!(domicile("北京木兰汇公益基金会"), "110105", "北京朝阳区, full-width digits behind");
    assert_eq!(domicile("宁夏医学科研教育基金会"), "", "nothing is said, nothing is invented");
    let sum = sql!("test.capital", "select capital_fen from organization where name = $1");
    let capital = |name: &str| office.db.read(|tx| tx.get::<i64>(sum, store::args![name])).unwrap() / 100;
    assert_eq!(capital("北京华贸公益基金会"), 2_000_000, "2000000.00 元 / 万元 is yuan");
    assert_eq!(capital("宁波外国语学校教育发展基金会"), 3_597_000, "359.70 元 / 万元 is 万元");
    assert_eq!(capital("广州农商银行太阳公益基金会"), 100_000_000);
}

#[test]
fn the_559_universities_come_in_without_codes() {
    let office = office();
    let (outcome, notes) = run(&office, &order(UNIVERSITIES, Some(Kind::ServiceInstitution)));
    assert_eq!((outcome.progress.taken, outcome.progress.rejected), (559, 0), "{:?}", notes.rejected);
    let rules = notes.by_rule();
    for rule in ["code_missing", "registered_on_missing", "registrar_assumed"] {
        assert_eq!(rules[rule].len(), 559, "{rule}");
    }
    assert_eq!(
        rules.keys().map(String::as_str).collect::<Vec<_>>(),
        ["code_missing", "registered_on_missing", "registrar_assumed"]
    );
    let found = all(&office);
    assert!(
        found
            .iter()
            .any(|org| org.0 == "沈阳航空航天大学北方科技学院" && org.1 == "21" && org.2.as_deref() == Some("2101")),
        "a name on two lines"
    );
    let issues = sql!("test.issues", "select count(*) from quality_issue where state = 'detected'");
    assert_eq!(
        office.db.read(|tx| tx.get::<i64>(issues, &[])).unwrap(),
        3 * 559,
        "each flag is an issue to be worked off"
    );
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let office = office();
    let mut notes = Notes::default();
    let dry = office.check_import(&Actor::system(), &order(FOUNDATIONS, None), &mut notes).unwrap();
    assert!(all(&office).is_empty() && dry.batch.is_none());
    let (real, real_notes) = run(&office, &order(FOUNDATIONS, None));
    assert_eq!((dry.progress, dry.tally), (real.progress, real.tally));
    assert_eq!(notes.by_rule(), real_notes.by_rule());
}

#[test]
fn an_import_stopped_anywhere_goes_on_and_the_same_file_is_taken_once() {
    let (one, whole) = (order(FOUNDATIONS, None), office());
    run(&whole, &one);
    on_each_engine(|stopped| {
        let mut notes = Notes { stop_after: Some(1), ..Notes::default() };
        let first = stopped.import_organizations(&Actor::system(), &one, &mut notes).unwrap();
        assert!(first.progress.done > 0 && first.progress.done < 212, "{first:?}");
        let changed = Order { kind: Some(Kind::Association), ..one.clone() };
        assert_eq!(
            stopped.import_organizations(&Actor::system(), &changed, &mut ()).unwrap_err().code(),
            "import_changed"
        );
        let (second, _) = run(stopped, &one);
        assert_eq!((second.resumed_at, second.progress.taken), (first.progress.done, 212));
        assert_eq!(all(stopped), all(&whole));
        let again = stopped.import_organizations(&Actor::system(), &one, &mut ()).unwrap_err();
        assert_eq!(again.code(), "already_imported");
    });
}

const HEADER: &str = "名称,统一社会信用代码,登记管理机关,成立日期,住所,状态";

#[test]
fn what_is_there_already_is_told_with_its_line_or_its_name() {
    on_each_engine(|office| {
        let table = format!(
            "{HEADER}\n\
             沈阳市春芽助学促进会,51210100500021676A,沈阳市民政局,2017-12-01,沈阳市和平区,正常\n\
             沈阳市春芽助学促进会（重）,51210100500021676A,沈阳市民政局,2017-12-01,沈阳市和平区,正常\n\
             沈阳市 春芽助学促进会,,沈阳市民政局,2017-12-01,沈阳市和平区,正常\n\
             沈阳市春芽助学促进会,51210100MJ0065030X,沈阳市民政局,2017-12-01,沈阳市和平区,正常\n\
             沈阳市春芽助学促进会,,沈阳市民政局,2012-12-01,沈阳市和平区,注销\n\
             沈阳市春芽助学促进会,,大连市民政局,2017-12-01,大连市中山区,正常\n"
        );
        let (outcome, notes) = run(office, &order(table, None));
        let why: Vec<_> = notes
            .rejected
            .iter()
            .map(|row| (row.line, row.faults[0].rule.as_str(), row.faults[0].reason.as_str()))
            .collect();
        assert_eq!(
            why,
            [
                (3, "duplicate_code", "统一社会信用代码与第 2 行相同"),
                (4, "duplicate_name", "名称与第 2 行相同，登记管理机关相同"),
            ]
        );
        assert!(notes.by_rule()["name_shared"] == [5], "two certificates, one name: kept and flagged");
        assert_eq!(outcome.progress.taken, 4);
        let again = format!(
            "{HEADER}\n沈阳市春芽助学促进会（新）,51210100500021676A,沈阳市民政局,2017-12-01,,正常\n沈阳市春芽助学促进会,,沈阳市民政局,,,正常\n"
        );
        let (_, notes) = run(office, &order(again, None));
        let why: Vec<_> = notes.rejected.iter().map(|row| row.faults[0].reason.as_str()).collect();
        assert_eq!(
            why,
            [
                "登记册中已有这个统一社会信用代码：沈阳市春芽助学促进会",
                "登记册中已有同名组织，或名称已被预留，登记管理机关相同"
            ]
        );
    });
}

/// Each broken line comes back with a reason, each good one comes in.
#[test]
fn a_broken_file_loses_nothing() {
    on_each_engine(|office| {
        let mut bytes = FOUNDATIONS.to_vec();
        // Cut in the middle of the last row; tear a quote open in line 5; drop columns in line 7.
        bytes.truncate(bytes.len() - 60);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let broken: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(at, line)| match at + 1 {
                5 => line.replacen(',', ",\"", 1),
                7 => line.split(',').take(4).collect::<Vec<_>>().join(","),
                _ => line.to_owned(),
            })
            .collect();
        let (outcome, notes) = run(office, &order(broken.join("\n"), None));
        assert_eq!(outcome.progress.done, 212);
        assert_eq!(notes.rejected.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 7, 213]);
        assert_eq!(outcome.progress.taken, 209);
        let (origin, batch) = outcome.batch.unwrap();
        let mut report = Vec::new();
        assert_eq!(office.write_rejects(&Actor::system(), origin, batch, &mut report).unwrap(), 3);
        let report = String::from_utf8(report).unwrap();
        assert!(report.starts_with("\u{feff}行号,退回栏目,原因,建议,row,name,uscc"), "{report}");
        for part in ["5,整行,这一行的引号没有成对", "7,整行,这一行有 4 栏，表头有 13 栏", "213,整行"]
        {
            assert!(report.contains(part), "{part}: {report}");
        }
        let mut kept = 0;
        office
            .db
            .read(|tx| {
                each_reject(tx, origin, batch, |row| {
                    kept += usize::from(!row.suggestion.is_empty());
                    Ok::<_, store::DbError>(())
                })
            })
            .unwrap();
        assert_eq!(kept, 3, "each with a suggestion");
    });
}

#[test]
fn files_that_are_no_tables_are_refused_in_words() {
    let office = office();
    for bytes in [
        &b""[..],
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken",
        &[7; 300],
    ] {
        let refused = office.preview_import(&Actor::system(), bytes).unwrap_err();
        assert!(matches!(&refused, Refused::Invalid(wrong) if wrong[0].message.contains("请上传 CSV")), "{refused:?}");
    }
    let nameless = office.check_import(&Actor::system(), &order("甲,乙\n1,2\n", None), &mut ()).unwrap_err();
    assert!(matches!(&nameless, Refused::Invalid(wrong) if wrong[0].message.contains("请指定哪一栏是组织名称")));
}

#[test]
fn an_excel_file_with_a_title_numbers_and_days_is_read() {
    let office = office();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "2026 年社会组织名册").unwrap();
    for (at, header) in
        ["序号", "组织名称", "统一社会信用代码", "登记机关", "成立日期", "开办资金（万元）"].iter().enumerate()
    {
        sheet.write(2, at as u16, *header).unwrap();
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2018, 5, 7).unwrap();
    sheet.write(3, 0, 1).unwrap();
    sheet.write(3, 1, "沈阳市暖阳养老服务中心").unwrap();
    sheet.write(3, 2, "52210100MJ0065030A").unwrap();
    sheet.write(3, 3, "沈阳市民政局").unwrap();
    sheet.write_with_format(3, 4, &day, &rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d")).unwrap();
    sheet.write(3, 5, 3.5).unwrap();
    let (outcome, notes) = run(&office, &order(book.save_to_buffer().unwrap(), None));
    assert_eq!(outcome.progress.taken, 1, "{notes:?}", notes = notes.rejected);
    assert_eq!(outcome.mapping.find(Column::Capital), Some(5));
    let row = sql!("test.sheet", "select registered_on, capital_fen from organization");
    assert_eq!(office.db.read(|tx| tx.get::<(String, i64)>(row, &[])).unwrap(), ("2018-05-07".to_owned(), 3_500_000));
}

fn data_quality(office: &TestOffice, area: &str) -> Actor {
    office.official("data_quality", area, BodyId::from_bits(1))
}

#[test]
fn an_official_imports_into_the_own_register_only() {
    let office = office();
    let table = format!(
        "{HEADER}\n辽宁省甲协会,,辽宁省民政厅,,,正常\n沈阳市乙协会,,沈阳市民政局,,,正常\n浙江省丙协会,,浙江省民政厅,,,正常\n"
    );
    let mut notes = Notes::default();
    office.import_organizations(&data_quality(&office, "21"), &order(table.clone(), None), &mut notes).unwrap();
    assert_eq!(all(&office).len(), 2);
    assert_eq!((notes.rejected[0].line, notes.rejected[0].faults[0].rule.as_str()), (4, "outside_area"));
    for who in [
        office.official("intake", "21", BodyId::from_bits(1)),
        office.founder("kite"),
        office.admin(authority::AdminRole::System),
    ] {
        let refused = office.import_organizations(&who, &order(table.clone(), None), &mut ()).unwrap_err();
        assert_eq!(refused.code(), "denied");
        assert_eq!(office.preview_import(&who, table.as_bytes()).unwrap_err().code(), "denied");
    }
}

/// Two runs of overlapping files at once: whatever is taken first, nothing is there twice and both end.
#[test]
fn imports_at_the_same_time_share_the_register() {
    on_each_engine(|office| {
        let table = |from: usize| {
            let rows: Vec<String> =
                (from..from + 300).map(|at| format!("沈阳市第{at}号协会,,沈阳市民政局,2017-12-01,,正常")).collect();
            format!("{HEADER}\n{}", rows.join("\n"))
        };
        let (one, two) = (order(table(0), None), order(table(150), None));
        let taken: u64 = std::thread::scope(|scope| {
            let runs = [&one, &two].map(|order| scope.spawn(move || run(office, order).0.progress.taken));
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!((taken, all(office).len()), (450, 450));
    });
}

#[test]
fn issues_carry_rule_item_reason_suggestion_and_line() {
    let office = office();
    run(&office, &order(format!("{HEADER}\n沈阳市甲协会,51210100500021676A,沈阳市民政局,1970-01-01,,正常\n"), None));
    let all = sql!(
        "test.issue",
        "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry from quality_issue order by rule"
    );
    let issues = office.db.read(|tx| tx.list::<QualityIssue>(all, &[])).unwrap();
    let filler = issues.iter().find(|issue| issue.rule == "filler").unwrap();
    assert_eq!(filler.field.as_deref(), Some("成立登记日期"));
    assert!(filler.body["reason"].as_str().unwrap().contains("1970-01-01") && filler.body["line"] == 2, "{filler:?}");
    assert!(filler.body["suggestion"].as_str().is_some_and(|text| !text.is_empty()));
}
