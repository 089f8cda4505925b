//! Connections to outside systems (对接) as configured: `[connectors.NAME]` in the configuration file, `docs/CONNECTORS.md`.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use office::connector::{ATTEMPTS, Connector, Http, Kind, Line, Outside, Recorded, wire};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The connections. One that is left out is off.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Connectors {
    /// 统一身份认证
    pub identity: Option<Peer>,
    /// 统一赋码
    pub codes: Option<Peer>,
    /// 办件状态
    pub case_status: Option<Peer>,
    /// 好差评
    pub service_review: Option<Peer>,
}

/// What stands behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// Another system, by HTTP.
    Http,
    /// Answers from a file; refused on a real database.
    Recorded,
    /// Nothing.
    Off,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// What stands behind it.
    pub kind: PeerKind,
    /// `http://…`, below which `messages`, `identity` and `codes` are posted to. TLS is the gateway's work.
    pub url: Option<String>,
    /// File with the key shared with the other side; readable by the program's account only.
    pub key: Option<PathBuf>,
    /// Seconds for one attempt.
    #[serde(default = "usual_timeout")]
    pub timeout_seconds: u32,
    /// A message is given up after so many attempts.
    #[serde(default = "usual_attempts")]
    pub attempts: i64,
    /// The gateway is on another machine of a network that nobody else listens to.
    #[serde(default)]
    pub trusted_network: bool,
    /// `identity` only: where browsers are sent to sign in.
    pub login_url: Option<String>,
    /// `recorded` only: the file of exchanges.
    pub exchanges: Option<PathBuf>,
}

fn usual_timeout() -> u32 {
    10
}

fn usual_attempts() -> i64 {
    ATTEMPTS
}

impl Connectors {
    /// Those in the file, with what they are.
    fn all(&self) -> impl Iterator<Item = (Connector, &Peer)> {
        let pairs = [
            (Connector::Identity, &self.identity),
            (Connector::Codes, &self.codes),
            (Connector::CaseStatus, &self.case_status),
            (Connector::ServiceReview, &self.service_review),
        ];
        pairs.into_iter().filter_map(|(connector, peer)| Some((connector, peer.as_ref()?)))
    }

    /// Every path in it, to be made absolute.
    pub fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let peers = [&mut self.identity, &mut self.codes, &mut self.case_status, &mut self.service_review];
        peers.into_iter().flatten().flat_map(|peer| peer.key.iter_mut().chain(peer.exchanges.iter_mut()))
    }

    /// Refuses what would be unsafe or could not work. Looks at no file.
    pub fn check(&self, data: &Path) -> Result<(), Failure> {
        for (connector, peer) in self.all() {
            let name = connector.as_str();
            let no = |text: &str| Err(Failure::Refused(format!("配置有误：[connectors.{name}] {text}")));
            if !(1..=60).contains(&peer.timeout_seconds) || !(1..=100).contains(&peer.attempts) {
                return no("timeout_seconds 应在 1 到 60 之间，attempts 应在 1 到 100 之间");
            }
            match peer.kind {
                PeerKind::Recorded if peer.exchanges.is_none() => return no("kind = \"recorded\" 时要写 exchanges"),
                PeerKind::Off | PeerKind::Recorded => {}
                PeerKind::Http => {
                    let Some(url) = &peer.url else { return no("kind = \"http\" 时要写 url") };
                    let Some(rest) = url.strip_prefix("http://") else {
                        return no("url 应以 http:// 开头：TLS（含国密）由本机或内网的网关、前置机负责");
                    };
                    let host = rest.split('/').next().unwrap_or_default();
                    let near = host == "localhost"
                        || host.starts_with("localhost:")
                        || host.starts_with("127.")
                        || host.starts_with("[::1]");
                    if host.is_empty() || host.contains('@') || !(near || peer.trusted_network) {
                        return no(
                            "url 不是本机地址。网关在另一台机器上、且这段网络没有外人时，请写 trusted_network = true",
                        );
                    }
                    let Some(key) = &peer.key else { return no("要写 key：与对方约定的密钥文件") };
                    if key.starts_with(data) {
                        return no("key 不能放在 data 目录里：密钥不得随数据一起备份");
                    }
                }
            }
            if connector == Connector::Identity && peer.kind != PeerKind::Off && peer.login_url.is_none() {
                return no("要写 login_url：浏览器到哪里登录");
            }
        }
        Ok(())
    }

    /// The connections, opened. `play`: a demonstration or test database, which may use recorded answers.
    pub fn open(&self, play: bool) -> Result<Outside, Failure> {
        let mut outside = Outside::local();
        for (connector, peer) in self.all() {
            let Some(line) = peer.line(connector, play)? else { continue };
            outside = match &peer.login_url {
                Some(url) if connector == Connector::Identity => outside.with_identity(url, line),
                _ => outside.with(connector, line),
            };
        }
        Ok(outside)
    }
}

impl Peer {
    fn line(&self, connector: Connector, play: bool) -> Result<Option<Line>, Failure> {
        let name = connector.as_str();
        let line = match self.kind {
            PeerKind::Off => return Ok(None),
            PeerKind::Recorded if !play => {
                return Err(Failure::Refused(format!(
                    "[connectors.{name}] kind = \"recorded\" 只用于演示和测试；正式数据库请用 \"http\" 或 \"off\""
                )));
            }
            PeerKind::Recorded => {
                let path = self.exchanges.clone().unwrap_or_default();
                let text = read(&path)?;
                let recorded =
                    Recorded::parse(&text).map_err(|why| Failure::Refused(format!("{}: {why}", path.display())))?;
                Line { attempts: self.attempts, ..Line::recorded(Arc::new(recorded)) }
            }
            PeerKind::Http => {
                let path = self.key.clone().unwrap_or_default();
                let key = read(&path)?;
                crate::install::check_private(&path)?;
                if key.trim().len() < 16 {
                    return Err(Failure::Refused(format!("密钥文件 {} 太短：至少 16 个字符", path.display())));
                }
                let url = self.url.as_deref().unwrap_or_default();
                Line {
                    kind: Kind::Http,
                    transport: Arc::new(Http::new(url, self.timeout_seconds)),
                    secret: wire::Secret::new(key.as_bytes()),
                    attempts: self.attempts,
                    timeout: self.timeout_seconds,
                }
            }
        };
        Ok(Some(line))
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Refused(format!("{} 读不出来：{error}", path.display())))
}
