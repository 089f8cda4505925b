//! 我的一天: what is due today at each of one's desks, what was asked, what others owe.
use askama::Template;
use office::desk::{Day, DayDesk};
use store::desk::Question;

use crate::page::Link;
use crate::parts::Table;
use crate::{Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/desk/day/page.html")]
struct DayPage {
    today: String,
    day: Day,
}

impl DayPage {
    fn figures(&self, desk: &DayDesk) -> Vec<(&'static str, i64, String, bool)> {
        let counts = desk.counts;
        let to = |which: &str| {
            let area = &desk.chair.area;
            format!("/desk/queue/{}?which={which}&area={area}", desk.chair.desk)
        };
        vec![
            ("待办", counts.open, to(""), false),
            ("今日到期", counts.today, to("today"), counts.today > 0),
            ("已超期", counts.overdue, to("overdue"), counts.overdue > 0),
            ("今日新到", counts.fresh, to("new"), false),
            ("我领取的", counts.mine, to("mine"), false),
            ("等申请人补正", counts.waiting, to("waiting"), false),
        ]
    }

    fn table(&self, desk: &DayDesk) -> Table {
        Table {
            caption: format!("{}：最急的 {} 件", desk.chair.label(), desk.first.len()),
            columns: super::columns(&["办件", "环节", "申请人", "期限"]),
            rows: desk.first.iter().map(super::line).collect(),
            exports: Vec::new(),
            empty: "没有待办。".to_owned(),
            empty_ways: vec![Link::to("看下级机关的办理情况", "/desk/supervise-power")],
            keys: false,
        }
    }

    fn excerpt(&self, question: &Question) -> String {
        let short: String = question.question.chars().take(40).collect();
        if short.len() < question.question.len() { format!("{short}…") } else { short }
    }
}

pub async fn show(cx: Cx) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let day = cx.blocking(move |site| Ok(site.office.day(&who)?)).await?;
    Ok(Page::new("工作台", DayPage { today: cx.today.to_string(), day }).desk())
}
