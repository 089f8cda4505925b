//! Importing, generating and checking codes with the binary, as people run it.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn yishe(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_yishe")).args(arguments).current_dir(folder).output().unwrap();
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

fn shipped(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "data", "orgs", name].iter().collect();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_real_files_are_checked_then_imported_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        yishe(folder.path(), &[&["import", "organizations"][..], arguments, &["--data", "d"]].concat())
    };
    let foundations = shipped("foundations_ricf_sample.csv");
    let (code, said) = run(&[&foundations, "--dry-run", "--report", "dry.csv"]);
    assert!(!folder.path().join("d").exists(), "a dry run makes nothing");
    assert!(said.contains("还没有数据库"), "{said}");
    assert!(code == 0 && said.contains("可收 212 行（其中 94 行有待核实），退回 0 行"), "{said}");
    assert!(said.contains("name → 名称") && said.contains("注册资金：78 处"), "{said}");
    let (code, said) = run(&[&foundations, "--report", "real.csv"]);
    assert!(code == 0 && said.contains("收下 212 行"), "{said}");
    for report in ["dry.csv", "real.csv"] {
        let report = std::fs::read_to_string(folder.path().join(report)).unwrap();
        assert!(
            report.starts_with("\u{feff}行号,退回栏目,原因,建议,row,name,uscc") && report.lines().count() == 1,
            "{report}"
        );
    }
    let (code, said) = run(&[&foundations]);
    assert!(code == 2 && said.contains("导入过：收 212 行，退 0 行"), "{said}");
    let universities = shipped("private_universities_2017.csv");
    let (code, said) = run(&[&universities, "--kind", "民办非企业单位"]);
    assert!(code == 0 && said.contains("收下 559 行"), "{said}");
    let (code, said) = yishe(folder.path(), &["journal", "verify", "--data", "d"]);
    assert!(code == 0 && said.contains("留痕完整"), "{said}");
}

#[test]
fn what_cannot_be_imported_is_said_and_what_is_rejected_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let run = |arguments: &[&str]| {
        yishe(folder.path(), &[&["import", "organizations"][..], arguments, &["--data", "d"]].concat())
    };
    write("empty.csv", b"");
    write("head.csv", "名称,住所\n".as_bytes());
    write("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    write("nameless.csv", "甲,乙\n1,2\n".as_bytes());
    for (file, why) in [
        ("empty.csv", "文件是空的"),
        ("head.csv", "只有表头"),
        ("picture.csv", "不是文字表格"),
        ("nameless.csv", "没有一栏是“名称”"),
    ] {
        let (code, said) = run(&[file]);
        assert!(code == 2 && said.contains(why), "{file}: {said}");
    }
    let (code, said) = run(&["missing.csv"]);
    assert!(code == 2 && said.contains("没有文件"), "{said}");
    write("some.csv", "单位,区划\n沈阳市甲协会,2101\n,2101\n".as_bytes());
    let (code, said) = run(&["some.csv", "--map", "单位=没有"]);
    assert!(code == 2 && said.contains("没有“没有”这个字段"), "{said}");
    let (code, said) = run(&["some.csv", "--map", "单位=名称", "--registrar", "2101", "--report", "out.csv"]);
    assert!(code == 0 && said.contains("收下 1 行") && said.contains("退回 1 行"), "{said}");
    let report = std::fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert!(report.contains("\n3,名称,"), "{report}");
}

#[test]
fn generating_twice_gives_the_same_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let run = |count: &str, data: &str| {
        yishe(
            folder.path(),
            &["generate", "--organizations", count, "--communities", "400", "--seed", "7", "--data", data],
        )
    };
    let (code, said) = run("200", "g");
    assert!(code == 0 && said.contains("已有演示组织 600 个（种子 7）"), "{said}");
    let (code, said) = run("200", "g");
    assert!(code == 0 && said.contains("已有演示组织 600 个"), "{said}");
    assert_eq!(yishe(folder.path(), &["journal", "verify", "--data", "g"]).0, 0);
}

#[test]
fn codes_are_valid_or_the_wrong_character_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let check = |codes: &[&str]| yishe(folder.path(), &[&["code", "check"][..], codes].concat());
    let (code, said) = check(&["53100000500021676K"]);
    assert!(code == 0 && said.contains("有效（基金会，登记管理机关区划 100000）"), "{said}");
    let (code, said) = check(&["53100000500021676K", "53100000500021676X", "123"]);
    assert!(
        code == 1 && said.contains("应为“K”") && said.contains("少了 15 位") && said.contains("3 个代码中有 2 个无效"),
        "{said}"
    );
    assert_eq!(check(&[]).0, 2);
}
