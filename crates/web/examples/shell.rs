//! Serves the shell with invented content, to look at it: `cargo run -p web --example shell -- 8090`.
//! Sign in as `lin` with the password `demo`.
use std::sync::Arc;

use base::{AccountId, Clock, Date, Rng};
use web::site::{Accounts, Figure, Front, Home, Matter, MenuGroup, MenuItem, Notice, Role};
use web::{Link, Settings, Site, Viewer};

struct Lin;

fn lin() -> authority::Actor {
    let account = AccountId::from_bits(1);
    authority::Actor { account, name: "林书言".to_owned(), posts: Vec::new(), orgs: Vec::new(), admin: None }
}

impl Accounts for Lin {
    fn sign_in(&self, name: &str, password: &str, _: &office::accounts::Entrance) -> Result<String, office::Refused> {
        if (name, password) == ("lin", "demo") {
            Ok("lin".to_owned())
        } else {
            Err(office::Refused::field("password", "账号或密码不对。请检查后再试。"))
        }
    }

    fn find(&self, token: &str) -> Option<Viewer> {
        let item = |text: &str, href: &str, count: Option<u64>, urgent: bool| MenuItem {
            link: Link::to(text, href),
            count,
            urgent,
        };
        (token == "lin").then(|| Viewer {
            account: AccountId::from_bits(1),
            person: base::PersonId::from_bits(1),
            actor: lin(),
            signed: office::accounts::SignedIn::of(lin(), base::PersonId::from_bits(1), "lin"),
            step: None,
            name: "林书言".to_owned(),
            roles: vec![
                Role { id: "intake".to_owned(), label: "受理岗 · 文渊区民政局".to_owned() },
                Role { id: "applicant".to_owned(), label: "申请人 · 本人".to_owned() },
            ],
            role: "intake".to_owned(),
            menu: vec![
                MenuGroup {
                    title: "今日待办".to_owned(),
                    items: vec![
                        item("待受理", "/desk/queue/intake", Some(12), true),
                        item("补正返回", "/desk/queue/corrected", Some(3), false),
                        item("我经办的", "/desk/mine", Some(28), false),
                    ],
                },
                MenuGroup {
                    title: "查看".to_owned(),
                    items: vec![item("样式指南", "/style", None, false), item("组织名册", "/orgs", None, false)],
                },
            ],
            seconds_left: 1800,
        })
    }

    fn sign_out(&self, _: &str) {}

    fn choose_role(&self, _: &str, role: &str) -> bool {
        matches!(role, "intake" | "applicant")
    }

    fn demo_accounts(&self) -> Vec<(String, String, String)> {
        vec![("lin".to_owned(), "demo".to_owned(), "受理岗".to_owned())]
    }
}

struct Invented;

impl Front for Invented {
    fn home(&self, today: Date) -> Home {
        let matter =
            |text: &str, hint: &str| Matter { link: Link::to(text, "/matters/example"), hint: hint.to_owned() };
        let notice = |kind: &str, text: &str| Notice {
            kind: kind.to_owned(),
            link: Link::to(text, "/notices/example"),
            date: today,
        };
        let figure = |label: &str, value: &str, unit: &str, target: &str, percent| Figure {
            label: label.to_owned(),
            value: value.to_owned(),
            unit: unit.to_owned(),
            target: Some(target.to_owned()),
            percent: Some(percent),
            href: "/plans/example".to_owned(),
        };
        Home {
            matters: vec![
                matter("成立一个社会组织", "先查名称，再选类型"),
                matter("变更登记信息", "名称、住所、法定代表人"),
                matter("填报 2025 年度年报", "5 月 31 日截止"),
                matter("申请等级评估", ""),
            ],
            notices: vec![
                notice("公示", "云州市文渊区书法协会成立登记前公示"),
                notice("公告", "2026 年第三批社会组织等级评估结果"),
                notice("政策", "关于培育发展社区社会组织的若干措施"),
                notice("公示", "拟列入活动异常名录的社会组织名单（第四批）"),
            ],
            figures: vec![
                figure("每万人社会组织数", "6.42", "个", "目标 7.00", 92),
                figure("3A 及以上占比", "18.6", "%", "目标 25", 74),
                figure("年报按时率", "96.1", "%", "目标 95", 100),
                figure("社区社会组织", "2,318", "个", "目标 3,000", 77),
            ],
            plan: Some(Link::to("“十四五”规划", "/plans/example")),
            organizations: Some("1,624".to_owned()),
        }
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).init();
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(8090);
    let settings = Settings::demo(&format!("http://127.0.0.1:{port}"));
    let kept = office::testing::office();
    let timing = (Arc::new(Clock::system()), Arc::new(Rng::system()));
    let site = Arc::new(Site::new(settings, timing, Arc::new(Lin), Arc::new(Invented), kept.office.clone()));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    web::serve(web::router(site, axum::Router::new()), listener, stop).await
}
