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
