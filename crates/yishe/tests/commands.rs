//! The binary as people run it: exit codes, backup and restore, keys, and what is refused.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::path::Path;
use std::process::{Command, Output};

fn yishe(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_yishe")).args(arguments).current_dir(folder).output().unwrap();
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = "base_url = \"https://a.example\"\ndata = \"data\"\nkeys = \"keys.json\"\n";
    std::fs::write(folder.path().join("yishe.toml"), config).unwrap();
    folder
}

#[test]
fn an_installation_is_made_backed_up_and_restored() {
    let folder = installed();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    let (code, said) = run(&["migrate", "--config", "yishe.toml"]);
    assert!(code == 2 && said.contains("keys generate"), "{said}");
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 0);
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 2, "never over another");
    assert_eq!(run(&["migrate", "--config", "yishe.toml"]).0, 0);
    std::fs::write(folder.path().join("orgs.csv"), "名称\n沈阳市第一养老服务中心\n").unwrap();
    let import = [
        "import",
        "organizations",
        "orgs.csv",
        "--kind",
        "社会服务机构",
        "--registrar",
        "2101",
        "--config",
        "yishe.toml",
    ];
    let (code, said) = run(&import);
    assert!(code == 0, "{said}");
    assert_eq!(run(&["journal", "seal", "--config", "yishe.toml"]).0, 0);
    let (code, said) = run(&["journal", "verify", "--config", "yishe.toml"]);
    assert!(code == 0 && said.contains("留痕完整"), "{said}");
    assert_eq!(run(&["backup", "copy.db", "--config", "yishe.toml"]).0, 0);
    assert_ne!(run(&["backup", "copy.db", "--config", "yishe.toml"]).0, 0, "a backup never overwrites");
    std::fs::write(folder.path().join("data/yishe.db"), "no database").unwrap();
    assert_ne!(run(&["journal", "verify", "--config", "yishe.toml"]).0, 0);
    let (code, said) = run(&["restore", "copy.db", "--config", "yishe.toml"]);
    assert!(code == 0 && folder.path().join("data/yishe.db.before-restore").exists(), "{said}");
    assert_eq!(run(&["journal", "verify", "--config", "yishe.toml"]).0, 0);
}

#[test]
fn what_is_unsafe_or_unknown_is_refused() {
    let folder = installed();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    assert_eq!(run(&["serve"]).0, 2, "a configuration is needed");
    assert_eq!(run(&["serve", "--config", "yishe.toml"]).0, 2, "no database");
    assert_eq!(run(&["journal", "verify", "--data", "nowhere"]).0, 2);
    assert_eq!(run(&["migrate", "--now", "2025-01-01", "--config", "yishe.toml"]).0, 2);
    assert_eq!(run(&["verify", "nonsense"]).0, 2, "no trusted keys");
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 0);
    assert_eq!(run(&["verify", "nonsense", "--config", "yishe.toml"]).0, 1);
    let (code, said) = run(&["keys", "public", "keys.json"]);
    assert!(code == 0 && said.contains("yishe-licence-keys-1"));
    assert!(!said.contains("secret"), "no secret is printed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let keys = folder.path().join("keys.json");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (code, said) = run(&["config", "check", "--config", "yishe.toml"]);
        assert!(code == 2 && said.contains("chmod 600"), "{said}");
    }
}

#[test]
fn the_catalogue_in_the_binary_is_checked_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    let (code, said) = run(&["catalogue", "explain", "found-association", "2101", "2026-11-21"]);
    assert!(code == 0 && said.contains("社会团体成立登记"), "{said}");
    assert_eq!(run(&["catalogue", "explain", "no-such-matter", "2101", "2026-11-21"]).0, 1);
    assert_eq!(run(&["catalogue", "find", "成立登记"]).0, 0);
    assert_eq!(run(&["catalogue", "find", "没有这样的"]).0, 1);
    std::fs::create_dir(folder.path().join("broken")).unwrap();
    std::fs::write(folder.path().join("broken/trace.toml"), "[[trace]]\nclause = 3\n").unwrap();
    let (code, said) = run(&["catalogue", "check", "broken"]);
    assert!(code == 1 && said.contains("trace.toml:2"), "{said}");
}

#[test]
fn a_new_pack_is_written_once_and_checked_beside_those_that_ship() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    let new = |id: &str, area: &str, name: &str| {
        run(&["catalogue", "new-pack", id, "--area", area, "--name", name, "--dir", "own"])
    };
    let (code, said) = new("yunxi", "9901", "云溪市");
    assert!(code == 0 && said.contains("yunxi/plans/yunxi-plan.toml"), "{said}");
    let (code, said) = run(&["catalogue", "check", "own"]);
    assert!(code == 0 && !said.contains("yunxi/"), "no fault, no warning: {said}");
    let (code, said) = new("yunxi", "9901", "云溪市");
    assert!(code == 2 && said.contains("不会覆盖"), "{said}");
    for (id, area, name, words) in [
        ("longgang", "9901", "云溪市", "程序自带的政策包"),
        ("云溪", "9901", "云溪市", "只用小写字母"),
        ("../out", "9901", "云溪市", "只用小写字母"),
        ("hai", "990101001", "海街", "2 位、4 位或 6 位"),
        ("hai", "9902", "海\"市", "不能作地区名称"),
    ] {
        let (code, said) = new(id, area, name);
        assert!(code == 2 && said.contains(words), "{id}: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("own")).unwrap().count(), 1, "what is refused writes nothing");
    // Pointing at the pack instead of the folder it lies in.
    let (code, said) = run(&["catalogue", "check", "own/yunxi"]);
    assert!(code == 1 && said.contains("每个政策包应是其中的一个文件夹"), "{said}");
    let plan = folder.path().join("own/yunxi/plans/yunxi-plan.toml");
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(&plan, text.replacen("\">=\"", "\"=>\"", 1)).unwrap();
    let (code, said) = run(&["catalogue", "check", "own"]);
    assert!(code == 1 && said.contains("yunxi/plans/yunxi-plan.toml:") && said.contains("“op”不能是“=>”"), "{said}");
}

#[test]
fn good_and_bad_input_end_with_the_exit_code_that_says_so() {
    let folder = installed();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    let says = |arguments: &[&str], code: i32, words: &str| {
        let (got, said) = run(arguments);
        assert!(got == code && said.contains(words), "{arguments:?} ended {got}: {said}");
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("orgs.csv", "名称\n沈阳市第一养老服务中心\n,\n");
    let import = |more: &[&'static str]| {
        [&["import", "organizations", "orgs.csv", "--kind", "社会服务机构", "--registrar", "2101"][..], more].concat()
    };
    // Nothing is there yet, and looking or failing makes nothing.
    says(&import(&["--config", "yishe.toml"]), 2, "yishe migrate");
    says(&import(&["--config", "yishe.toml", "--dry-run", "--report", "dry.csv"]), 0, "还没有数据库");
    assert!(std::fs::read_to_string(folder.path().join("dry.csv")).unwrap().contains("\n3,"));
    says(&["backup", "copy.db", "--config", "yishe.toml"], 2, "没有数据库");
    says(&["restore", "nothing.db", "--config", "yishe.toml"], 2, "没有备份文件");
    write("wrong.db", "no database");
    says(&["restore", "wrong.db", "--config", "yishe.toml"], 2, "已损坏");
    says(&["journal", "verify", "--config", "yishe.toml"], 2, "没有数据库");
    says(&["journal", "seal", "--config", "yishe.toml"], 2, "没有数据库");
    says(&["migrate", "--config", "nowhere.toml"], 2, "读不出来");
    assert!(!folder.path().join("data").exists());
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 0);
    says(&["migrate", "--config", "yishe.toml"], 0, "已建立");
    says(&["migrate", "--config", "yishe.toml"], 0, "已是本程序的结构");
    says(&import(&["--config", "yishe.toml", "--dry-run"]), 0, "可收 1 行");
    says(&import(&["--config", "yishe.toml", "--report", "no/such/folder.csv"]), 2, "没有目录");
    says(&import(&["--config", "yishe.toml", "--report", "out.csv"]), 0, "收下 1 行");
    says(&import(&["--config", "yishe.toml", "--report", "out.csv"]), 2, "导入过");
    says(&["journal", "verify", "--config", "yishe.toml"], 0, "留痕完整");
    says(&["backup", "no/such/copy.db", "--config", "yishe.toml"], 2, "没有目录");
    says(&["backup", "copy.db", "--config", "yishe.toml"], 0, "已备份");
    says(&["backup", "copy.db", "--config", "yishe.toml"], 2, "从不覆盖");
    // A role that is no role, an account that is none.
    says(&["account", "admin", "king", "guanli", "--name", "甲", "--config", "yishe.toml"], 2, "king");
    says(&["account", "admin", "audit", "a", "--name", "审计管理员", "--config", "yishe.toml"], 2, "登录名应为");
    says(&["account", "admin", "audit", "shenji", "--name", "审计管理员", "--config", "yishe.toml"], 0, "激活码");
    says(&["code", "check", "53100000500021676K"], 0, "有效");
    says(&["code", "check", "53100000500021676X"], 1, "应为“K”");
    says(&["code", "check"], 2, "");
}

#[test]
fn plans_are_listed_and_reported_as_the_page_shows_them() {
    let folder = installed();
    let run = |arguments: &[&str]| yishe(folder.path(), arguments);
    assert_eq!(run(&["plan", "list", "--config", "yishe.toml"]).0, 2, "no database");
    assert_eq!(run(&["keys", "generate", "keys.json"]).0, 0);
    assert_eq!(run(&["migrate", "--config", "yishe.toml"]).0, 0);
    let (code, said) = run(&["plan", "list", "--config", "yishe.toml", "--now", "2026-03-02"]);
    assert!(code == 0 && said.contains("liaoning-14th") && said.contains("终期评估，截至 2025-12-31"), "{said}");
    let report = |more: &[&str]| {
        let all =
            [&["plan", "report", "--plan", "liaoning-14th", "--config", "yishe.toml", "--now", "2026-03-02"], more];
        run(&all.concat())
    };
    let (code, said) = report(&[]);
    // Nobody was ever registered: there is no number, and never 0 by accident.
    assert!(code == 0 && said.contains("[暂无数据] 获得3A及以上评估等级的全省性社会组织占比　暂无数据"), "{said}");
    let (code, said) = report(&["--format", "json", "--on", "2023-12-31", "--area", "21"]);
    assert!(
        code == 0 && said.contains("\"on\": \"2023-12-31\"") && said.contains("\"indicator\": \"ln-06\""),
        "{said}"
    );
    let (code, said) = report(&["--format", "csv"]);
    assert!(code == 0 && said.starts_with("\u{feff}归属,指标编号,指标"), "{said}");
    assert_eq!(report(&["--format", "xlsx"]).0, 2, "a workbook goes to a file");
    let (code, said) = report(&["--format", "xlsx", "--out", "plan.xlsx"]);
    assert!(code == 0 && said.contains("plan.xlsx"), "{said}");
    assert_eq!(&std::fs::read(folder.path().join("plan.xlsx")).unwrap()[..2], b"PK");
    assert_eq!(report(&["--format", "xlsx", "--out", "plan.xlsx"]).0, 2, "never over another");
    for (more, words) in [
        (["--on", "2099-01-01"], "还没有到"),
        (["--area", "3303"], "没有找到这个规划里的地区"),
        (["--kind", "club"], "没有这种组织类型"),
    ] {
        let (code, said) = report(&more);
        assert!(code == 2 && said.contains(words), "{more:?}: {said}");
    }
    let (code, said) = run(&["plan", "report", "--plan", "nothing", "--config", "yishe.toml"]);
    assert!(code == 2 && said.contains("没有找到规划"), "{said}");
}
