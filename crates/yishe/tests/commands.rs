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
