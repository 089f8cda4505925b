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
    let (headers, rows) = rows(
        "社会组织名册,,\r\n\r\n名称,统一社会信用代码,住所\r\n甲协会,,山阴区\r\n\r\n\"乙\r\n学会\",,\r\n".as_bytes(),
    );
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
    assert_eq!(
        why,
        [
            (2, "这一行有 1 栏，表头有 2 栏".to_owned()),
            (4, "这一行有 3 栏，表头有 2 栏".to_owned()),
            (5, "第 2 栏超过 10000 字".to_owned()),
        ]
    );
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

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

#[test]
fn a_cell_in_the_last_corner_of_a_sheet_does_not_take_the_memory_of_all_between() {
    let far = workbook(|sheet| {
        sheet.write(0, 0, "名称").unwrap();
        sheet.write(1, 0, "甲协会").unwrap();
        sheet.write(1_048_575, 0, "乙协会").unwrap();
    });
    assert_eq!(good(&rows(&far).1), [(2, vec!["甲协会"]), (1_048_576, vec!["乙协会"])]);
    let corner = workbook(|sheet| {
        sheet.write(0, 0, "名称").unwrap();
        sheet.write(1_048_575, 16_383, "x").unwrap();
    });
    assert!(matches!(Table::open(&corner), Err(Refused::Invalid(_))));
}

#[test]
fn blank_cells_at_the_end_of_a_row_are_cells() {
    let bytes = workbook(|sheet| {
        for (at, header) in ["名称", "住所", "备注"].iter().enumerate() {
            sheet.write(2, at as u16 + 1, *header).unwrap();
        }
        sheet.write(3, 1, "甲协会").unwrap();
        sheet.write(5, 2, "二号").unwrap();
    });
    let (headers, rows) = rows(&bytes);
    assert_eq!(headers, ["", "名称", "住所", "备注"]);
    assert_eq!(good(&rows), [(4, vec!["", "甲协会", "", ""]), (6, vec!["", "", "二号", ""])]);
}

#[test]
fn a_workbook_that_hides_more_than_the_memory_takes_is_refused() {
    use std::io::Write as _;
    let mut folder = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    folder.start_file("xl/sharedStrings.xml", options).unwrap();
    let blank = vec![b' '; 1 << 20];
    for _ in 0..=(LARGEST_UNPACKED >> 20) {
        folder.write_all(&blank).unwrap();
    }
    let bytes = folder.finish().unwrap().into_inner();
    assert!(bytes.len() < 2 << 20, "{}", bytes.len());
    assert!(matches!(Table::open(&bytes), Err(Refused::Invalid(_))));
}
