//! The configuration file (配置文件), TOML. Paths that are not absolute are taken from the folder the file lies in.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::connectors::Connectors;
use crate::failure::Failure;

/// An installation's settings.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port that the program listens on. Behind a proxy: `127.0.0.1:8080`.
    #[serde(default = "usual_listen")]
    pub listen: SocketAddr,
    /// The address people use, with https, printed on paper and in QR codes: `https://shzz.example.gov.cn`.
    pub base_url: String,
    /// Folder of everything that the program writes and that has no place of its own below.
    pub data: PathBuf,
    /// The key file. Neither in `data` nor in any backup of it; readable by the program's account only (0600).
    pub keys: PathBuf,
    /// Folder of uploaded files; `files` in `data` if left out.
    pub files: Option<PathBuf>,
    /// Where seals are written beside the database, best on another machine's disk; `seal.log` in `data` if left out.
    pub seal_log: Option<PathBuf>,
    /// A proxy in front sets `X-Forwarded-For`. Without one the header must not be believed.
    #[serde(default)]
    pub trusted_proxy: bool,
    /// A catalogue folder that is used instead of the one in the program.
    pub catalogue: Option<PathBuf>,
    /// Workers for background jobs.
    #[serde(default = "usual_workers")]
    pub workers: usize,
    /// The database.
    #[serde(default)]
    pub database: Database,
    /// What the pages say of who runs the site.
    #[serde(default)]
    pub site: Site,
    /// Logs.
    #[serde(default)]
    pub log: Log,
    /// Who may read `/metrics`.
    #[serde(default)]
    pub metrics: Metrics,
    /// Outside systems.
    #[serde(default)]
    pub connectors: Connectors,
}

/// Who may read `/metrics`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// File with the token that monitoring programs send (`Authorization: Bearer`); left out, only programs on this machine may read.
    pub token: Option<PathBuf>,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH`, `postgres://serve@host/yishe` or `host=.. user=.. dbname=..`; `yishe.db` in `data` if left out.
    pub url: Option<String>,
    /// Connections that read (SQLite, 4 if left out) or connections in all (PostgreSQL).
    pub connections: Option<usize>,
}

/// What the pages say of who runs the site.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Name in the top bar.
    pub product: String,
    /// 主办单位
    pub host: String,
    /// 技术支持单位
    pub support: String,
    /// 咨询电话
    pub help_phone: String,
    /// 办公时间
    pub help_hours: String,
    /// ICP 备案号
    pub icp: Option<String>,
    /// 公安备案号
    pub police: Option<String>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            product: "一社".to_owned(),
            host: "社会组织登记管理机关".to_owned(),
            support: "一社开源项目".to_owned(),
            help_phone: "12345".to_owned(),
            help_hours: "工作日 9:00–17:00".to_owned(),
            icp: None,
            police: None,
        }
    }
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,office=debug`.
    pub level: String,
    /// One JSON object per line, for machines.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}

fn usual_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn usual_workers() -> usize {
    2
}

impl Config {
    /// Reads a configuration file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Refused(format!("配置文件 {} 读不出来：{error}", path.display())))?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| Failure::Refused(format!("配置文件 {} 有误：\n{error}", path.display())))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let places = [
            Some(&mut config.data),
            Some(&mut config.keys),
            config.files.as_mut(),
            config.seal_log.as_mut(),
            config.catalogue.as_mut(),
            config.metrics.token.as_mut(),
        ];
        for place in places.into_iter().flatten().chain(config.connectors.paths()) {
            if place.is_relative() {
                *place = folder.join(&*place);
            }
        }
        config.check()?;
        Ok(config)
    }

    /// Everything in one folder: demonstrations, tests, the command line with `--data`.
    pub fn of_folder(data: &Path) -> Self {
        Self {
            listen: usual_listen(),
            base_url: "http://127.0.0.1:8080".to_owned(),
            data: data.to_owned(),
            keys: data.join("keys.json"),
            files: None,
            seal_log: None,
            trusted_proxy: false,
            catalogue: None,
            workers: usual_workers(),
            database: Database::default(),
            site: Site::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            connectors: Connectors::default(),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let no = |text: &str| Err(Failure::Refused(format!("配置有误：{text}")));
        if !(self.base_url.starts_with("https://") || self.base_url.starts_with("http://")) {
            return no("base_url 应以 https:// 开头");
        }
        if self.base_url.starts_with("http://") && !self.listen.ip().is_loopback() {
            return no("对外提供服务必须用 https：请在前面放一个反向代理，并把 base_url 写成 https:// 地址");
        }
        if self.keys.starts_with(&self.data) {
            return no("keys 不能放在 data 目录里：密钥不得随数据一起备份");
        }
        if !(1..=64).contains(&self.workers) {
            return no("workers 应在 1 到 64 之间");
        }
        self.connectors.check(&self.data)
    }

    /// How the database is opened.
    pub fn store(&self) -> store::Config {
        let url =
            self.database.url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("yishe.db").display()));
        let mut store = store::Config::new(url);
        if let Some(connections) = self.database.connections {
            store.readers = connections.clamp(2, 256);
        }
        store
    }

    /// Folder of uploaded files.
    pub fn files(&self) -> PathBuf {
        self.files.clone().unwrap_or_else(|| self.data.join("files"))
    }

    /// The seals outside the database.
    pub fn seal_log(&self) -> PathBuf {
        self.seal_log.clone().unwrap_or_else(|| self.data.join("seal.log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("yishe.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path)
    }

    const GOOD: &str = "base_url = \"https://shzz.example\"\ndata = \"data\"\nkeys = \"keys.json\"\n";

    #[test]
    fn a_short_file_is_enough_and_relative_paths_lie_beside_it() {
        let config = read(GOOD).unwrap();
        assert!(config.data.is_absolute() && config.data.ends_with("data"));
        assert!(config.files().ends_with("data/files") && config.seal_log().ends_with("data/seal.log"));
        assert!(config.store().sqlite_path().unwrap().ends_with("data/yishe.db"));
    }

    #[test]
    fn what_would_be_unsafe_or_misread_is_refused_with_its_reason() {
        for (text, reason) in [
            (format!("{GOOD}listn = \"0.0.0.0:80\"\n"), "listn"),
            (GOOD.replace("keys.json", "data/keys.json"), "keys"),
            (GOOD.replace("https://", "ftp://"), "base_url"),
            (format!("{}listen = \"0.0.0.0:80\"\n", GOOD.replace("https://", "http://")), "https"),
            (format!("{GOOD}workers = 0\n"), "workers"),
            ("data = 1".to_owned(), "有误"),
            (format!("{GOOD}[connectors.sms]\nkind = \"off\"\n"), "sms"),
            (format!("{GOOD}[connectors.codes]\nkind = \"http\"\n"), "url"),
            (format!("{GOOD}[connectors.codes]\nkind = \"http\"\nurl = \"https://a.example\"\n"), "网关"),
            (format!("{GOOD}[connectors.codes]\nkind = \"http\"\nurl = \"http://10.0.0.1/x\"\n"), "trusted_network"),
            (format!("{GOOD}[connectors.codes]\nkind = \"http\"\nurl = \"http://127.0.0.1@evil.example\"\n"), "本机"),
            (format!("{GOOD}[connectors.codes]\nkind = \"http\"\nurl = \"http://127.0.0.1:9/x\"\n"), "key"),
            (
                format!("{GOOD}[connectors.codes]\nkind = \"http\"\nurl = \"http://127.0.0.1/\"\nkey = \"data/k\"\n"),
                "data",
            ),
            (format!("{GOOD}[connectors.identity]\nkind = \"recorded\"\nexchanges = \"e.json\"\n"), "login_url"),
            (format!("{GOOD}[connectors.case_status]\nkind = \"recorded\"\n"), "exchanges"),
            (format!("{GOOD}[connectors.case_status]\nkind = \"off\"\nattempts = 0\n"), "attempts"),
        ] {
            let said = read(&text).unwrap_err().to_string();
            assert!(said.contains(reason), "{said}");
        }
    }
}
