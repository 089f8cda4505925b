//! A PostgreSQL server of our own in a temporary folder, with durable writes, that can be made to crash.
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail, ensure};

/// The server. Stopped when dropped.
pub struct Server {
    folder: PathBuf,
    bin: PathBuf,
    root: bool,
}

impl Server {
    /// Starts one; says what to install if there is none.
    pub fn start() -> Result<Self> {
        let bin = binaries().context("PostgreSQL is needed: apt-get install postgresql")?;
        let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
        let mut server = Self { folder: PathBuf::new(), bin, root };
        let out = server.shell("mktemp -d /tmp/yishe-kill-XXXXXX")?;
        let line = BufReader::new(out.stdout.as_slice()).lines().next().context("mktemp said nothing")??;
        server.folder = PathBuf::from(line);
        let (bin, folder) = (server.bin.display().to_string(), server.folder.display().to_string());
        server.shell(&format!(
            "{bin}/initdb -D {folder}/data -U owner -A trust -E UTF8 --locale=C >{folder}/init.log 2>&1"
        ))?;
        server.shell(&format!(
            "{bin}/pg_ctl -D {folder}/data -w -l {folder}/log -o '{}' start >/dev/null",
            server.options()
        ))?;
        Ok(server)
    }

    fn options(&self) -> String {
        format!("-k {} -c listen_addresses=", self.folder.display())
    }

    /// A new database with the whole schema; its address.
    pub fn create(&self, name: &str) -> Result<String> {
        let (bin, folder) = (self.bin.display(), self.folder.display());
        self.shell(&format!(
            "{bin}/createdb -h {folder} -U owner -T template0 -E UTF8 --lc-collate=C --lc-ctype=C {name}"
        ))?;
        let url = format!("host={folder} user=owner dbname={name}");
        store::migrate::postgres(&url, None)?;
        Ok(url)
    }

    /// Ends the server as a crash does (no checkpoint, sessions cut) and starts it again: it recovers from its log.
    pub fn crash_and_restart(&self) -> Result<()> {
        let (bin, folder) = (self.bin.display(), self.folder.display());
        self.shell(&format!("{bin}/pg_ctl -D {folder}/data -m immediate -w stop >/dev/null"))?;
        self.shell(&format!(
            "{bin}/pg_ctl -D {folder}/data -w -l {folder}/log -o '{}' start >/dev/null",
            self.options()
        ))?;
        Ok(())
    }

    /// PostgreSQL refuses to run as root.
    fn shell(&self, script: &str) -> Result<Output> {
        let mut command = Command::new(if self.root { "runuser" } else { "sh" });
        if self.root {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        let out = command.args(["-c", script]).current_dir("/").stderr(std::process::Stdio::inherit()).output()?;
        ensure!(out.status.success(), "`{script}` failed: {}", out.status);
        Ok(out)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let (bin, folder) = (self.bin.display(), self.folder.display());
        let _ = self.shell(&format!("{bin}/pg_ctl -D {folder}/data -m immediate -w stop >/dev/null; rm -rf {folder}"));
    }
}

/// The newest folder with `pg_ctl`.
fn binaries() -> Result<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = folders.map(|entry| entry.path().join("bin")).collect();
    found.sort_by_key(|path| {
        let version = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    match found.into_iter().find(|path| path.join("pg_ctl").exists() && path.join("initdb").exists()) {
        Some(path) => Ok(path),
        None => bail!("no pg_ctl found"),
    }
}
