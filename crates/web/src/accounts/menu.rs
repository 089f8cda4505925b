//! The left menu of a role: made from its own duties. A desk's queue shows how many tasks wait and whether one is late.
use authority::{Actor, AdminRole};
use office::Office;

use crate::page::Link;
use crate::site::{MenuGroup, MenuItem};

/// Desks that keep the register, for the lines about its data.
const DATA_DESKS: [&str; 1] = ["data_quality"];
/// Desks that see figures and decoupling.
const REGISTRAR_DESKS: [&str; 5] = ["review", "decision", "supervision", "enforcement", "data_quality"];

fn line(text: &str, href: &str) -> MenuItem {
    MenuItem { link: Link::to(text, href), count: None, urgent: false }
}

fn group(title: &str, items: Vec<MenuItem>) -> MenuGroup {
    MenuGroup { title: title.to_owned(), items }
}

/// The menu of this actor; empty for the public.
pub fn of(office: &Office, actor: &Actor) -> Vec<MenuGroup> {
    if let Some(admin) = actor.admin {
        return vec![group("系统管理", admin_lines(admin))];
    }
    if actor.posts.is_empty() {
        return Vec::new();
    }
    let counts = office.queue_counts(actor).unwrap_or_default();
    let queues = counts.into_iter().map(|(desk, waiting, late)| MenuItem {
        link: Link::to(office.catalogue.desk_name(&desk), format!("/desk/queue/{desk}")),
        count: u64::try_from(waiting).ok(),
        urgent: late > 0,
    });
    let mut groups = vec![group("今日待办", std::iter::once(line("工作台", "/desk")).chain(queues).collect())];
    let sits = |desks: &[&str]| actor.posts.iter().any(|post| desks.contains(&post.desk.as_str()));
    let mut data = vec![line("名册", "/desk/registers")];
    if sits(&DATA_DESKS) {
        data.push(line("数据质量", "/desk/quality"));
        data.push(line("导入名册", "/desk/import"));
        data.push(line("数据共享", "/desk/sharing"));
        data.push(line("个人信息请求", "/desk/personal"));
    }
    if sits(&REGISTRAR_DESKS) {
        data.push(line("好差评", "/desk/reviews"));
        data.push(line("权力运行监督", "/desk/supervise-power"));
        data.push(line("脱钩与指导", "/desk/decoupling"));
        data.push(line("统计快照", "/desk/snapshots"));
    }
    if sits(&["decision"]) {
        data.push(line("事项版本更正", "/desk/editions"));
        data.push(line("变更登记管理机关", "/desk/registrar"));
    }
    data.push(line("规划执行", "/plans"));
    data.push(line("组织名册", "/orgs"));
    groups.push(group("名册与数据", data));
    groups
}

fn admin_lines(role: AdminRole) -> Vec<MenuItem> {
    match role {
        AdminRole::System => {
            vec![
                line("账号与单位", "/admin/accounts"),
                line("系统状态", "/admin/system"),
                line("网站找错来信", "/report/list"),
            ]
        }
        AdminRole::Security => vec![
            line("账号确认", "/admin/activations"),
            line("岗位与权限", "/admin/rights"),
            line("个人信息请求", "/desk/personal"),
        ],
        AdminRole::Audit => vec![line("审计", "/admin/audit"), line("封存记录", "/admin/audit?view=seals")],
    }
}
