//! 权力运行监测 (000-07d): overdue, returned, refused, decided against an opinion, by authority; each number opens its list.
use askama::Template;
use base::{AreaCode, CaseId, Date};
use office::desk::{Power, PowerList, PowerRow};
use serde::Deserialize;

use crate::page::Link;
use crate::parts::{Cell, Column, Pager, Table};
use crate::{Cx, Page, Query, WebError};

#[derive(Template)]
#[template(path = "pages/desk/power/page.html")]
struct PowerPage {
    since: Date,
    today: Date,
    area: String,
    table: Table,
}

#[derive(Template)]
#[template(path = "pages/desk/power/list.html")]
struct ListPage {
    title: String,
    table: Table,
    pager: Pager,
}

/// `?since=&area=&which=&after=`
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    since: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    which: String,
    #[serde(default)]
    after: String,
}

const LISTS: [(PowerList, &str, &str); 6] = [
    (PowerList::Received, "received", "收件"),
    (PowerList::Ended, "ended", "已办结"),
    (PowerList::Overdue, "overdue", "超期未办"),
    (PowerList::Returned, "returned", "退回补正中"),
    (PowerList::Refused, "refused", "不予受理或登记"),
    (PowerList::Overridden, "overridden", "有不同意见仍准予"),
];

fn count(row: &PowerRow, which: PowerList) -> i64 {
    match which {
        PowerList::Received => row.line.received,
        PowerList::Ended => row.line.ended,
        PowerList::Overdue => row.line.overdue,
        PowerList::Returned => row.line.returned,
        PowerList::Refused => row.line.refused,
        PowerList::Overridden => row.overridden,
    }
}

fn table(power: &Power) -> Table {
    let cells = |row: &PowerRow| {
        let number = |(which, key, _): &(PowerList, &'static str, &'static str)| {
            let count = count(row, *which);
            let href = format!("/desk/supervise-power/list?area={}&since={}&which={key}", row.area, power.since);
            if count == 0 { Cell::new("0") } else { Cell::link(count.to_string(), href) }
        };
        std::iter::once(Cell::new(row.name.clone())).chain(LISTS.iter().map(number)).collect()
    };
    let head = |(_, _, text): &(PowerList, &'static str, &'static str)| Column { number: true, ..Column::new(*text) };
    Table {
        caption: format!("{} 至 {} 收到的办件，截至今天", power.since, power.today),
        columns: std::iter::once(Column::new("机关所在地区")).chain(LISTS.iter().map(head)).collect(),
        rows: power.rows.iter().map(cells).collect(),
        exports: Vec::new(),
        empty: "这段时间没有收到办件。".to_owned(),
        empty_ways: vec![Link::to("回到工作台", "/desk")],
        keys: false,
    }
}

pub async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let since = asked.since.parse().ok();
    let power = cx.blocking(move |site| Ok(site.office.power(&who, since)?)).await?;
    let body =
        PowerPage { since: power.since, today: power.today, area: power.chair.area_name.clone(), table: table(&power) };
    Ok(Page::new("权力运行监测", body).under("工作台", "/desk").desk())
}

pub async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let wrong = || {
        WebError::invalid("地址不完整。请从权力运行监测页面点数字进入。").way("权力运行监测", "/desk/supervise-power")
    };
    let area: AreaCode = asked.area.parse().map_err(|_| wrong())?;
    let since: Date = asked.since.parse().map_err(|_| wrong())?;
    let (which, key, label) = LISTS.into_iter().find(|(_, key, _)| *key == asked.which).ok_or_else(wrong)?;
    let after =
        asked.after.split_once('~').and_then(|(day, id)| Some((day.parse::<Date>().ok()?, id.parse::<CaseId>().ok()?)));
    let of = area.clone();
    let (lines, next, name) = cx
        .blocking(move |site| {
            let (lines, next) = site.office.power_list(&who, &of, since, which, after)?;
            Ok((lines, next, site.office.areas.full_name(&of)))
        })
        .await?;
    let here = format!("/desk/supervise-power/list?area={area}&since={since}&which={key}");
    let rows = lines.iter().map(|line| {
        vec![
            Cell::link(line.title.clone(), format!("/desk/cases/{}", line.number)),
            Cell::new(line.number.clone()),
            Cell::new(line.status.clone()),
            Cell::new(line.received_on.to_string()),
            Cell::new(super::day_or_dash(line.next_due)),
        ]
    });
    let table = Table {
        caption: format!("{name}，{since} 起收到的办件，截至今天"),
        columns: super::columns(&["办件", "编号", "状态", "收件", "下一期限"]),
        rows: rows.collect(),
        exports: Vec::new(),
        empty: "没有这样的办件。".to_owned(),
        empty_ways: vec![Link::to("回到权力运行监测", "/desk/supervise-power")],
        keys: true,
    };
    let pager = Pager {
        text: format!("本页 {} 件", lines.len()),
        previous: after.map(|_| here.clone()),
        next: next.map(|(day, id)| format!("{here}&after={day}~{id}")),
    };
    let title = format!("{name}：{label}");
    let body = ListPage { title: title.clone(), table, pager };
    Ok(Page::new(title, body).under("工作台", "/desk").under("权力运行监测", "/desk/supervise-power").desk())
}
