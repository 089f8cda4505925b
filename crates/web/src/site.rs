//! What the shell needs from the rest of the house: settings, clock, accounts, and what the front page shows.
//!
//! The traits are the seam to `office`; the shell itself stores nothing but counters and rate buckets.
use std::collections::BTreeMap;
use std::sync::Arc;

use authority::Actor;
use base::{AccountId, Clock, Date, PersonId, Rng};
use office::accounts::{Entrance, SignedIn};

use crate::page::Link;
use crate::shell::limiter::Limiter;
use crate::shell::metrics::Metrics;
use crate::shell::scrape::Scrape;

/// Who runs this site and how it is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name in the top bar and in titles.
    pub product: String,
    /// 主办单位: the authority that runs the site.
    pub host: String,
    /// 技术支持单位.
    pub support: String,
    /// 咨询电话 of the authority in charge.
    pub help_phone: String,
    /// 办公时间 of that telephone.
    pub help_hours: String,
    /// ICP 备案号, where there is one.
    pub icp: Option<String>,
    /// 公安备案号, where there is one.
    pub police: Option<String>,
    /// Shows the 演示数据 banner and opens `/style`.
    pub demo: bool,
    /// The site is reached by https: cookies are `Secure` and HSTS is sent.
    pub https: bool,
    /// A proxy in front sets `X-Forwarded-For`; without one the header is not believed.
    pub behind_proxy: bool,
    /// Requests one address or account may make each second, twelve times that at once; zero for no limit (benchmarks).
    pub requests_per_second: u32,
    /// Address printed on paper and in QR codes, without a slash at the end.
    pub base_url: String,
    /// Who may read `/metrics`.
    pub scrape: Scrape,
}

impl Settings {
    /// What `yishe demo` uses.
    pub fn demo(base_url: &str) -> Self {
        Self {
            product: "一社".to_owned(),
            host: "演示登记管理机关".to_owned(),
            support: "一社开源项目".to_owned(),
            help_phone: "12345".to_owned(),
            help_hours: "工作日 9:00–17:00".to_owned(),
            icp: None,
            police: None,
            demo: true,
            https: base_url.starts_with("https://"),
            behind_proxy: false,
            requests_per_second: 20,
            base_url: base_url.trim_end_matches('/').to_owned(),
            scrape: Scrape::ThisMachine,
        }
    }
}

/// One entry of the role switch (身份切换).
#[derive(Debug, Clone)]
pub struct Role {
    /// Sent back when chosen.
    pub id: String,
    /// 受理岗 · 浑南区民政局
    pub label: String,
}

/// One line of a desk's left menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    /// What and where.
    pub link: Link,
    /// Things waiting there; none where a count says nothing.
    pub count: Option<u64>,
    /// Something there is overdue or about to be.
    pub urgent: bool,
}

/// A titled group of a desk's left menu.
#[derive(Debug, Clone)]
pub struct MenuGroup {
    /// 今日待办, 监管, …
    pub title: String,
    /// Its lines.
    pub items: Vec<MenuItem>,
}

/// What still stands between signing in and the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The one-time code (动态口令).
    Code,
    /// Binding a one-time code, at the first sign-in.
    Bind,
    /// Changing the password that an administrator gave.
    Password,
}

impl Step {
    /// Where it is done.
    pub fn path(self) -> &'static str {
        match self {
            Self::Code => "/login/code",
            Self::Bind => "/login/bind",
            Self::Password => "/login/password",
        }
    }
}

/// The person signed in, as the shell shows them. What they may do is decided by `authority` in `office`, never here.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The account.
    pub account: AccountId,
    /// The person behind it.
    pub person: PersonId,
    /// The person in the role in use: hand this to the office.
    pub actor: Actor,
    /// The session as the office knows it: with all posts and organizations.
    pub signed: SignedIn,
    /// What must be done first; none when the session is good.
    pub step: Option<Step>,
    /// Name in the top bar.
    pub name: String,
    /// All roles of this account.
    pub roles: Vec<Role>,
    /// Id of the role in use.
    pub role: String,
    /// Left menu of that role.
    pub menu: Vec<MenuGroup>,
    /// When the session ends if nothing happens, in seconds from now.
    pub seconds_left: u32,
}

impl Viewer {
    /// Label of the role in use.
    pub fn role_label(&self) -> &str {
        self.roles.iter().find(|role| role.id == self.role).map_or("", |role| role.label.as_str())
    }
}

/// Signing in and sessions. Called on a blocking thread.
pub trait Accounts: Send + Sync {
    /// Starts a session: its secret token, or why not.
    fn sign_in(&self, name: &str, password: &str, entrance: &Entrance) -> Result<String, office::Refused>;
    /// Who holds this token; none when it is unknown or has ended. Extends the session. Its `step` may still be to do.
    fn find(&self, token: &str) -> Option<Viewer>;
    /// Ends a session; unknown tokens are ignored.
    fn sign_out(&self, token: &str);
    /// Takes another role of the same account; false if it has none of that id.
    fn choose_role(&self, token: &str, role: &str) -> bool;
    /// Accounts to offer on the sign-in page of a demonstration: (name, password, what for).
    fn demo_accounts(&self) -> Vec<(String, String, String)> {
        Vec::new()
    }
}

/// What the front page shows, and whether the house is open. Called on a blocking thread.
pub trait Front: Send + Sync {
    /// The front page as of `today`.
    fn home(&self, today: Date) -> Home;
    /// `Err` says what is still missing before requests can be served.
    fn ready(&self) -> Result<(), String>;
    /// Gauges for `/metrics`: (name, help, value).
    fn gauges(&self) -> Vec<(&'static str, &'static str, f64)> {
        Vec::new()
    }
}

/// A figure that opens its list.
#[derive(Debug, Clone)]
pub struct Figure {
    /// 每万人拥有社会组织数
    pub label: String,
    /// 6.42
    pub value: String,
    /// 个
    pub unit: String,
    /// 目标 7.0（2025 年）
    pub target: Option<String>,
    /// Whole percents of the target reached, for the bar.
    pub percent: Option<u8>,
    /// The list behind the number.
    pub href: String,
}

/// A matter people start often.
#[derive(Debug, Clone)]
pub struct Matter {
    /// What and where.
    pub link: Link,
    /// Who needs it, in one line.
    pub hint: String,
}

/// A public notice (公告公示).
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its title and page.
    pub link: Link,
    /// 公示, 公告, 政策
    pub kind: String,
    /// Day of publication.
    pub date: Date,
}

/// The front page's content.
#[derive(Debug, Clone, Default)]
pub struct Home {
    /// 高频事项
    pub matters: Vec<Matter>,
    /// 公告公示
    pub notices: Vec<Notice>,
    /// 规划指标今日值
    pub figures: Vec<Figure>,
    /// The plan these figures belong to.
    pub plan: Option<Link>,
    /// Organizations on the register, for the search box's hint.
    pub organizations: Option<String>,
}

/// Everything a request can reach.
pub struct Site {
    /// Who runs it.
    pub settings: Settings,
    /// Time.
    pub clock: Arc<Clock>,
    /// Randomness.
    pub rng: Arc<Rng>,
    /// Sessions.
    pub accounts: Arc<dyn Accounts>,
    /// Front page and readiness.
    pub front: Arc<dyn Front>,
    /// Use cases: what pages read and do.
    pub office: office::Office,
    /// Signs CSRF tokens. Nodes behind one address must share it.
    pub secret: [u8; 32],
    /// Counters for `/metrics`.
    pub metrics: Metrics,
    /// Token buckets per address and account.
    pub limiter: Limiter,
    /// What people call the background jobs, by name.
    pub job_titles: BTreeMap<&'static str, &'static str>,
}

impl Site {
    /// With what people call the background jobs.
    #[must_use]
    pub fn with_job_titles(self, job_titles: BTreeMap<&'static str, &'static str>) -> Self {
        Self { job_titles, ..self }
    }

    /// A site whose accounts are the office's. `demo` accounts are offered on the sign-in page.
    pub fn of_office(
        settings: Settings,
        office: office::Office,
        front: Arc<dyn Front>,
        demo: Vec<(String, String, String)>,
    ) -> Self {
        let accounts = crate::accounts::OfficeAccounts::with_demo(office.clone(), demo);
        let timing = (Arc::clone(&office.clock), Arc::clone(&office.rng));
        // From the key file that all nodes share: a form shown by one may be sent to another, and after a restart.
        let shared = office.keys.session_code(b"yishe form tokens 1");
        let site = Self::new(settings, timing, accounts, front, office);
        match shared {
            Ok(code) => Self { secret: *code.as_bytes(), ..site },
            Err(error) => {
                tracing::error!(%error, "no session key: forms shown before a restart or by another node will be refused");
                site
            }
        }
    }

    /// A site with a secret of its own.
    pub fn new(
        settings: Settings,
        (clock, rng): (Arc<Clock>, Arc<Rng>),
        accounts: Arc<dyn Accounts>,
        front: Arc<dyn Front>,
        office: office::Office,
    ) -> Self {
        let secret = rng.bytes();
        Self {
            settings,
            clock,
            rng,
            accounts,
            front,
            office,
            secret,
            metrics: Metrics::default(),
            limiter: Limiter::default(),
            job_titles: BTreeMap::new(),
        }
    }
}
