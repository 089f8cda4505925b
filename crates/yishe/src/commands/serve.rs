//! `yishe serve`: the site, the jobs and the followers, until told to stop; then everything comes to its end and the journal is sealed.
use std::sync::Arc;
use std::time::Duration;

use jobs::{Runner, Schedule};
use web::front::OfficeFront;
use web::shell::scrape::Scrape;
use web::{Settings, Site};

use super::Asked;
use crate::config::Config;
use crate::failure::Failure;
use crate::install::{Installation, Kind, Opening};
use crate::logging;

/// How often the name index and the people who watch learn of changes.
const FOLLOW: Duration = Duration::from_millis(200);

/// 提供服务
#[derive(Debug, clap::Args)]
pub struct Serve {}

impl Serve {
    #[expect(clippy::unused_self, reason = "every command runs the same way")]
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        if asked.place.config.is_none() {
            return Err(Failure::refused("提供服务要有配置文件：yishe serve --config FILE。试用请运行 yishe demo"));
        }
        let config = asked.place.config()?;
        logging::start(&config.log);
        // A database that does not exist is made by `migrate`, so that a wrong path is not mistaken for a fresh start.
        let open = Installation::open(&asked.place, &Opening { index: true, serve: true, ..Opening::default() })?;
        if open.kind.is_play() {
            // Its passwords are printed on the sign-in page and its keys are in every copy of it.
            return Err(Failure::refused(
                "这是演示或测试用的数据库，不能对外提供服务。请另建正式数据库：yishe migrate --config FILE",
            ));
        }
        let settings = settings(&open.config, open.kind)?;
        serve(open, settings, Vec::new(), |_| ())
    }
}

fn settings(config: &Config, kind: Kind) -> Result<Settings, Failure> {
    let site = &config.site;
    let scrape = match &config.metrics.token {
        None => Scrape::ThisMachine,
        Some(path) => {
            let token = std::fs::read_to_string(path)
                .map_err(|error| Failure::Refused(format!("{} 读不出来：{error}", path.display())))?;
            crate::install::check_private(path)?;
            if token.trim().len() < 16 {
                return Err(Failure::Refused(format!("令牌文件 {} 太短：至少 16 个字符", path.display())));
            }
            Scrape::Bearer(vault::token_digest(token.trim()))
        }
    };
    Ok(Settings {
        product: site.product.clone(),
        host: site.host.clone(),
        support: site.support.clone(),
        help_phone: site.help_phone.clone(),
        help_hours: site.help_hours.clone(),
        icp: site.icp.clone(),
        police: site.police.clone(),
        demo: kind.is_play(),
        https: config.base_url.starts_with("https://"),
        behind_proxy: config.trusted_proxy,
        requests_per_second: Settings::demo("").requests_per_second,
        base_url: config.base_url.trim_end_matches('/').to_owned(),
        scrape,
    })
}

/// Serves until the process is told to stop. `accounts` are offered on the sign-in page; `ready` is called with the address.
pub fn serve(
    open: Installation,
    settings: Settings,
    accounts: Vec<(String, String, String)>,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Failure> {
    let Installation { office, config, log, .. } = open;
    office.complete_seal_log(&log)?;
    let schedule = Schedule::shipped().map_err(Failure::trouble)?;
    let handlers = jobs::handlers::standard(log.clone());
    let titles = handlers.titles();
    let runner = Runner::start(office.clone(), handlers, schedule, config.workers).map_err(Failure::trouble)?;
    let follower = office.start_following(FOLLOW).map_err(Failure::trouble)?;
    // Acts that may be taken back for ten seconds become acts here.
    let desk = office::desk::Worker::start(office.clone())?;
    let front = Arc::new(OfficeFront::new(office.clone()));
    let site = Arc::new(Site::of_office(settings, office.clone(), front, accounts).with_job_titles(titles));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::trouble)?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(config.listen)
            .await
            .map_err(|error| Failure::Refused(format!("不能在 {} 上监听：{error}", config.listen)))?;
        let address = listener.local_addr().map_err(Failure::trouble)?;
        tracing::info!(%address, "serving");
        ready(address);
        web::serve(web::router(site, axum::Router::new()), listener, stop_signal()).await.map_err(Failure::trouble)
    });
    tracing::info!("stopping: jobs come to their end, then the journal is sealed");
    drop(runtime);
    runner.stop();
    drop(desk);
    drop(follower);
    if let Some(seal) = office.seal(&log, false)? {
        tracing::info!(number = seal.no, chains = seal.count, "journal sealed at shutdown");
    }
    served
}

/// Ctrl-C, or the service manager's TERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
