use super::*;

fn rows(bytes: &[u8]) -> (Vec<String>, Vec<TableRow>) {
    let table = Table::open(bytes).unwrap();
    (table.headers.clone(), table.collect())
}

fn good(rows: &[TableRow]) -> Vec<(u64, Vec<&str>)> {
    let whole = rows.iter().filter(|row| row.broken.is_none());
    whole.map(|row| (row.line, row.cells.iter().map(String::as_str).collect())).collect()
}

#[test]
fn titles_blank_lines_and_delimiters_are_no_trouble() {
    let (headers, rows) = rows("社会组织名册,,\r\n\r\n名称,统一社会信用代码,住所\r\n甲协会,,山阴区\r\n\r\n\"乙\r\n学会\",,\r\n".as_bytes());
    assert_eq!(headers, ["名称", "统一社会信用代码", "住所"]);
    assert_eq!(good(&rows), [(4, vec!["甲协会", "", "山阴区"]), (6, vec!["乙\r\n学会", "", ""])]);
    let (headers, tabbed) = self::rows("名称\t住所\n甲协会\t山阴区，一号\n".as_bytes());
    assert_eq!((headers.len(), good(&tabbed)), (2, vec![(2, vec!["甲协会", "山阴区，一号"])]));
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    let (_, rows) = rows("名称,住所\n甲协会,一号\n\"乙协会,二号\n丙协会,三号\n丁协会,四号\n".as_bytes());
    assert_eq!(good(&rows), [(2, vec!["甲协会", "一号"]), (4, vec!["丙协会", "三号"]), (5, vec!["丁协会", "四号"])]);
    let broken: Vec<_> = rows.iter().filter(|row| row.broken.is_some()).collect();
    assert_eq!((broken.len(), broken[0].line, broken[0].cells[0].as_str()), (1, 3, "\"乙协会,二号"));
}

#[test]
fn wrong_columns_and_huge_cells_are_told() {
    let huge = "长".repeat(LONGEST_CELL + 1);
    let text = format!("名称,住所\n甲协会\n乙协会,二号,,\n丙协会,三号,多\n丁协会,{huge}\n戊协会,五号");
    let (_, rows) = rows(text.as_bytes());
    assert_eq!(good(&rows), [(3, vec!["乙协会", "二号"]), (6, vec!["戊协会", "五号"])]);
    let why: Vec<_> = rows.iter().filter_map(|row| Some((row.line, row.broken.as_ref()?.0.clone()))).collect();
    assert_eq!(why, [
        (2, "这一行有 1 栏，表头有 2 栏".to_owned()),
        (4, "这一行有 3 栏，表头有 2 栏".to_owned()),
        (5, "第 2 栏超过 10000 字".to_owned()),
    ]);
}

#[test]
fn doubled_headers_are_said() {
    let table = Table::open("名称,名称,住所\n甲,乙,丙\n".as_bytes()).unwrap();
    assert_eq!(table.notes, ["表头“名称”出现了两次，只用前一栏，第 2 栏不导入"]);
}

/// No line of the file disappears: each is in a good row, a broken row, or blank.
#[test]
fn every_line_comes_out() {
    let text = "名称,住所\n甲,1\n\"乙,2\n丙,3\n\"丁\n戊\",5\n己,\"6\n庚,7\n";
    let (_, rows) = rows(text.as_bytes());
    let seen: String = rows.iter().flat_map(|row| row.cells.clone()).collect();
    for name in ["甲", "乙", "丙", "丁", "戊", "己", "庚"] {
        assert!(seen.contains(name), "{name} is lost: {rows:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it_and_lines_ascend(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        if let Ok(table) = Table::open(&bytes) {
            let lines: Vec<u64> = table.map(|row| row.line).collect();
            proptest::prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn any_text_ends_and_keeps_its_first_cells(text in "[a\",\n\r;\t 名称]{0,200}") {
        if let Ok(table) = Table::open(text.as_bytes()) {
            proptest::prop_assert!(table.count() <= text.len());
        }
    }
}
