//! Tables of every habit into registers.
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use authority::Actor;
use office::import::records::{Columns, RecordOrder};
use office::import::{Progress, Watcher};
use office::testing::office_on;

use super::*;

const FIGURES: &str = "area-figures";

fn order(office: &TestOffice, text: &[u8], constants: &[(&str, &str)]) -> RecordOrder {
    let preview = office.preview_records(&Actor::system(), FIGURES, text).unwrap();
    let constants: BTreeMap<String, String> =
        constants.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    RecordOrder {
        register: FIGURES.to_owned(),
        file_name: "人口.csv".to_owned(),
        bytes: Arc::new(text.to_vec()),
        columns: Columns { constants, ..preview.columns },
    }
}

/// Stops after some pieces.
struct Stop(usize);

impl Watcher for Stop {
    fn progress(&mut self, progress: &Progress) {
        assert_eq!(progress.done, progress.taken + progress.rejected);
    }
    fn stop(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 == 0
    }
}

#[test]
fn a_messy_table_is_taken_as_far_as_it_can_be_and_the_rest_says_why() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "辽宁省民政厅", "21");
        let clerk = office.official("data_quality", "21", body);
        let text = "辽宁省各市统计（演示数据）\n\n*地区 ；统计项；数值（万人）；截止日期；备注\n沈阳；常住人口；９２０.４；2024.12.31；\n大连市；常住人口；753.0；20241231；\n210300；population；;2024-12-31；\n不存在市；常住人口；1；2024-12-31；\n沈阳市；常住人口；920.4；2024-12-31；又一次\n杭州市；常住人口；1200；2024-12-31；\n鞍山市；常住人口；问 13912345678；2024-12-31；\n"
            .replace('；', ";");
        let order = order(&office, text.as_bytes(), &[("source", "统计公报（演示数据）")]);
        let fields = ["area", "figure", "value", "as_of"].map(|id| Some(id.to_owned()));
        assert_eq!(order.columns.fields[..4], fields);
        let dry = office.check_records(&clerk, &order, &mut ()).unwrap();
        assert_eq!((dry.progress.taken, dry.progress.rejected), (2, 5));
        let why: Vec<(u64, &str)> = dry.rejected.iter().map(|row| (row.line, row.faults[0].reason.as_str())).collect();
        let lines: Vec<u64> = why.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [6, 7, 8, 9, 10]);
        assert_eq!(why[0].1, "请填写数值");
        assert_eq!(why[1].1, "没有名为“不存在市”的地区");
        assert!(why[2].1.contains("相同的记录") && why[3].1.contains("不在您负责的地区"), "{why:?}");
        assert!(dry.rejected.iter().all(|row| !row.faults[0].suggestion.is_empty()));
        let done = office.import_records(&clerk, &order, &mut ()).unwrap();
        assert_eq!((done.progress.taken, done.progress.rejected), (2, 5));
        let again = office.import_records(&clerk, &order, &mut ()).unwrap_err();
        assert_eq!(again.code(), "already_imported");
        let register = office.register(FIGURES).unwrap().clone();
        let got = office.desk_records(&clerk, &register, &office::registers::Ask::default(), 30).unwrap();
        let values: Vec<i64> = got.items.iter().map(|record| record.body["value"].as_i64().unwrap()).collect();
        assert_eq!(values.iter().sum::<i64>(), 9_204_000 + 7_530_000);
        let view = office.desk_record(&clerk, &register, got.items[0].id).unwrap();
        let line = view.history[0].line.as_ref().unwrap();
        assert_eq!(line.act, "导入一批名册记录", "its history names the import");
        let mut report = Vec::new();
        let count = office.write_record_rejects(&clerk, FIGURES, done.batch.unwrap().1, &mut report).unwrap();
        let report = String::from_utf8(report).unwrap();
        assert_eq!(count, 5);
        assert!(report.contains("不存在市") && report.contains("请写全称"), "{report}");
        // What was sent back is kept sealed.
        let kept: Vec<String> = office
            .db
            .read(|tx| {
                let mut all = Vec::new();
                let (origin, batch) = done.batch.unwrap();
                store::registers::each_reject(tx, origin, batch, |row| {
                    all.push(row.row_text + &row.reason);
                    Ok::<_, store::DbError>(())
                })?;
                Ok::<_, store::DbError>(all)
            })
            .unwrap();
        assert!(kept.iter().all(|row| !row.contains("13912345678")), "{kept:?}");
        verifies(&office);
    }
}

#[test]
fn a_stopped_import_goes_on_where_it_was_and_only_keepers_import() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "辽宁省民政厅", "21");
    let clerk = office.official("data_quality", "21", body);
    let mut text = "地区,统计项,数值,截止日期,来源\n".to_owned();
    for year in 1990..2020 {
        for area in ["2101", "2102", "2103", "2104", "2105", "2106", "2107", "2108", "2109", "2110", "2111", "2112"] {
            for figure in ["常住人口", "注册志愿者"] {
                writeln!(text, "{area},{figure},{year},{year}-12-31,演示数据").unwrap();
            }
        }
    }
    let order = order(&office, text.as_bytes(), &[]);
    for (desk, area) in [("supervision", "21"), ("finance", "21"), ("intake", "2101")] {
        let who = office.official(desk, area, body);
        assert_eq!(office.check_records(&who, &order, &mut ()).unwrap_err().code(), "denied", "{desk}");
        assert_eq!(office.import_records(&who, &order, &mut ()).unwrap_err().code(), "denied", "{desk}");
    }
    let first = office.import_records(&clerk, &order, &mut Stop(3)).unwrap();
    assert_eq!((first.progress.done, first.resumed_at), (400, 0));
    let changed = RecordOrder {
        columns: Columns { constants: [("source".to_owned(), "x".to_owned())].into(), ..order.columns.clone() },
        ..order.clone()
    };
    assert_eq!(office.import_records(&clerk, &changed, &mut ()).unwrap_err().code(), "import_changed");
    let second = office.import_records(&clerk, &order, &mut ()).unwrap();
    assert_eq!((second.resumed_at, second.progress.taken, second.progress.rejected), (400, 720, 0));
    verifies(&office);
}

#[test]
fn columns_must_be_those_of_the_file_and_say_what_is_needed() {
    let office = office_on(store::testing::sqlite());
    let text = "地区,数值\n2101,5\n".as_bytes();
    let base = order(&office, text, &[]);
    let refused = |columns: Columns| {
        let order = RecordOrder { columns, ..base.clone() };
        match office.check_records(&Actor::system(), &order, &mut ()).unwrap_err() {
            Refused::Invalid(wrong) => wrong[0].message.clone(),
            other => panic!("{other}"),
        }
    };
    assert!(refused(base.columns.clone()).contains("没有一栏是“统计项”“截止日期”“来源”"));
    let other = Columns { headers: vec!["甲".to_owned(), "乙".to_owned()], ..base.columns.clone() };
    assert!(refused(other).contains("与文件的表头不一致"));
    let twice = Columns { fields: vec![Some("area".to_owned()), Some("area".to_owned())], ..base.columns.clone() };
    assert!(refused(twice).contains("有两栏都选了“地区”"));
    let report = office.preview_records(&Actor::system(), "task-progress", text).unwrap_err();
    assert_eq!(report.code(), "not_importable", "a report moves its task: one by one");
}
