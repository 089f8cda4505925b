//! What tests need beyond cargo: a C compiler, PostgreSQL, Chromium with its driver library, a CJK font. Installed by apt as
//! root, else named exactly.
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run;

/// One thing tests need: how to see that it is there, and the Debian package that brings it.
struct Need {
    what: &'static str,
    package: &'static str,
    there: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { what: "a C compiler (SQLite is built from source)", package: "gcc", there: || on_path("cc") },
    Need { what: "the C library headers", package: "libc6-dev", there: || Path::new("/usr/include/stdlib.h").exists() },
    Need { what: "PostgreSQL", package: "postgresql", there: postgres },
    Need { what: "Chromium", package: "chromium", there: || on_path("chromium") },
    Need { what: "a CJK font", package: "fonts-noto-cjk", there: cjk_font },
    Need { what: "Node.js (drives the browser)", package: "nodejs", there: || on_path("node") },
];

/// Installs what is missing where it may; otherwise fails and says exactly what to install.
pub fn install() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.there)()).collect();
    if !missing.is_empty() {
        let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
        for need in &missing {
            println!("missing: {}", need.what);
        }
        if !(on_path("apt-get") && is_root()) {
            bail!(
                "tests need more than is installed. On Debian or Ubuntu: sudo apt-get install {}",
                packages.join(" ")
            );
        }
        let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
        run("apt-get", &["update", "-qq"], &quiet)?;
        let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
        arguments.extend(packages);
        run("apt-get", &arguments, &quiet)?;
    }
    Ok(())
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
}

fn cjk_font() -> bool {
    Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0"))
}
