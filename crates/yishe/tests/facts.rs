//! `yishe facts explain` as people run it: value, supplier, since when, which indicators ask.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::path::Path;
use std::process::{Command, Output};

fn yishe(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_yishe")).args(arguments).current_dir(folder).output().unwrap();
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

#[test]
fn the_facts_of_an_organization_and_of_an_area_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    let config = "base_url = \"https://a.example\"\ndata = \"data\"\nkeys = \"keys.json\"\n";
    std::fs::write(folder.path().join("yishe.toml"), config).unwrap();
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 0);
    assert_eq!(run(&["migrate", "--config", "yishe.toml"]).0, 0);
    let table = "名称,成立登记日期\n沈阳市第一养老服务中心,2019-04-01\n";
    std::fs::write(folder.path().join("orgs.csv"), table).unwrap();
    let import = ["import", "organizations", "orgs.csv", "--kind", "社会服务机构", "--registrar", "2101"];
    let (code, said) = run(&[&import[..], &["--config", "yishe.toml"]].concat());
    assert_eq!(code, 0, "{said}");

    let explain = |rest: &[&str]| run(&[&["facts", "explain"], rest, &["--config", "yishe.toml"]].concat());
    let (code, said) = explain(&["沈阳市第一养老服务中心", "org.alive", "--on", "2024-12-31"]);
    assert!(code == 0 && said.contains("在册：是"), "{said}");
    assert!(said.contains("自 2019-04-01 起") && said.contains("留痕 0"), "{said}");
    assert!(said.contains("ln-01") && said.contains("登记管理机关"), "{said}");
    let (code, said) = explain(&["沈阳市第一养老服务中心"]);
    assert!(code == 0 && said.contains("org.kind") && said.contains("党建工作机构"), "{said}");
    let (code, said) = explain(&["210102", "area.level"]);
    assert!(code == 0 && said.contains("沈阳市和平区（210102）") && said.contains("县级"), "{said}");
    let refused: [&[&str]; 4] = [
        &["沈阳市第一养老服务中心", "org.nothing"],
        &["沈阳市第一养老服务中心", "--on", "2018-12-31"],
        &["没有这个组织"],
        &["210102", "org.alive"],
    ];
    for rest in refused {
        let (code, said) = explain(rest);
        assert!(code != 0 && !said.is_empty(), "{rest:?}: {said}");
    }
}
