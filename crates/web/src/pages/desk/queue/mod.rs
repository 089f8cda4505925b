//! 待办队列: one post's tasks by deadline; search, claim, bulk, export, next page by key.
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use office::desk::{QueueAsk, QueuePage, QueueRow, Which};
use serde::Deserialize;

use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::{Pager, SearchBox, Tab, Tabs};
use crate::{Cx, Form, Page, Path, Query, WebError};

/// Pages an export follows at most: 2,000 lines, more than any desk can hold.
const EXPORT_PAGES: usize = 40;

#[derive(Template)]
#[template(path = "pages/desk/queue/page.html")]
struct QueueTemplate {
    csrf: Csrf,
    title: String,
    me: base::AccountId,
    tabs: Tabs,
    search: SearchBox,
    pager: Pager,
    export: String,
    may_act: bool,
    others: Vec<Link>,
    page: QueuePage,
}

impl QueueTemplate {
    fn tone(&self, row: &QueueRow) -> &'static str {
        super::tone(row.urgency()).map_or("", crate::parts::Tone::class)
    }

    fn due(&self, row: &QueueRow) -> String {
        super::day_or_dash(row.due)
    }

    fn is_mine(&self, row: &QueueRow) -> bool {
        row.claimed.as_ref().is_some_and(|(by, _)| *by == self.me)
    }
}

/// `?which=&q=&area=&after=`
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    which: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    after: String,
}

impl Asked {
    fn ask(&self, desk: &str) -> QueueAsk {
        QueueAsk {
            desk: desk.to_owned(),
            area: self.area.parse().ok(),
            which: Which::parse(&self.which),
            text: self.q.trim().to_owned(),
            after: self.after.clone(),
        }
    }

    fn address(&self, desk: &str, which: &str, after: &str) -> String {
        let pairs = [("which", which), ("q", &self.q), ("area", &self.area), ("after", after)];
        let kept: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(kept).unwrap_or_default();
        if query.is_empty() { format!("/desk/queue/{desk}") } else { format!("/desk/queue/{desk}?{query}") }
    }
}

fn tabs(asked: &Asked, page: &QueuePage, which: Which) -> Tabs {
    let desk = page.chair.desk.as_str();
    let counts = page.counts;
    let count = |which: Which| match which {
        Which::All => Some(counts.open),
        Which::Mine => Some(counts.mine),
        Which::Overdue => Some(counts.overdue),
        Which::Today => Some(counts.today),
        Which::New => Some(counts.fresh),
        Which::Waiting => Some(counts.waiting),
        Which::Free | Which::Below => None,
    };
    let tab = |(one, key, text): &(Which, &'static str, &'static str)| Tab {
        link: Link::to(*text, asked.address(desk, key, "")),
        count: count(*one).and_then(|count| u64::try_from(count).ok()),
        here: *one == which,
    };
    let shown = Which::ALL.iter().filter(|(one, ..)| page.looks_down || *one != Which::Below);
    Tabs { label: "队列分类".to_owned(), tabs: shown.map(tab).collect() }
}

pub async fn show(cx: Cx, Path(desk): Path<String>, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let me = who.account;
    let ask = asked.ask(&desk);
    let which = ask.which;
    let page = cx.blocking(move |site| Ok(site.office.desk_queue(&who, &ask)?)).await?;
    let title = format!("{}待办", page.chair.desk_name);
    let search = SearchBox {
        id: "q".to_owned(),
        action: format!("/desk/queue/{desk}"),
        name: "q".to_owned(),
        label: "在这个队列里找".to_owned(),
        value: asked.q.clone(),
        button: "查找".to_owned(),
        hint: String::new(),
        keep: [("which", &asked.which), ("area", &asked.area)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
        large: false,
    };
    let pager = Pager {
        text: format!("共 {} 件，本页 {} 件", page.total, page.rows.len()),
        previous: (!asked.after.is_empty()).then(|| asked.address(&desk, &asked.which, "")),
        next: page.next.as_ref().map(|next| asked.address(&desk, &asked.which, next)),
    };
    let export = asked.address(&desk, &asked.which, "").replacen(
        &format!("/desk/queue/{desk}"),
        &format!("/desk/queue/{desk}/export"),
        1,
    );
    let others = page
        .others
        .iter()
        .map(|chair| Link::to(chair.area_name.clone(), format!("/desk/queue/{desk}?area={}", chair.area)));
    let body = QueueTemplate {
        csrf: cx.csrf(),
        title: title.clone(),
        me,
        tabs: tabs(&asked, &page, which),
        search,
        pager,
        export,
        may_act: !matches!(which, Which::Below | Which::Waiting),
        others: others.collect(),
        page,
    };
    Ok(Page::new(title, body).under("工作台", "/desk").desk())
}

/// Claims the chosen cases, each its own act; what somebody else took meanwhile is simply left.
pub async fn claim(cx: Cx, Path(desk): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let chosen: Vec<String> = form.all("case").into_iter().map(str::to_owned).collect();
    if chosen.is_empty() {
        return Err(WebError::invalid("请先勾选要领取的办件。").way("回到队列", &format!("/desk/queue/{desk}")));
    }
    if form.text("go") == "bulk" {
        let pairs: Vec<(&str, &str)> = chosen.iter().map(|number| ("case", number.as_str())).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        return Ok(Redirect::to(&format!("/desk/bulk?desk={desk}&{query}")).into_response());
    }
    let to = desk.clone();
    cx.blocking(move |site| {
        let office = &site.office;
        let page = office.desk_queue(&who, &QueueAsk { desk: desk.clone(), ..QueueAsk::default() })?;
        for number in &chosen {
            let step = page.rows.iter().find(|row| row.number == *number).map(|row| row.step_id.clone());
            let text = number.clone();
            let case = office.db.read(move |tx| office.find_case(tx, &text))?;
            let Some(step) = step else { continue };
            match office.claim_task(&who, case, &step, true) {
                Ok(_) | Err(office::Refused::Denied(_) | office::Refused::Conflict) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("/desk/queue/{to}?which=mine")).into_response())
}

/// The list as CSV, with the same conditions. No personal values: the applicant's shown name only.
pub async fn export(cx: Cx, Path(desk): Path<String>, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let ask = asked.ask(&desk);
    let text = cx
        .blocking(move |site| {
            let mut out = csv::Writer::from_writer(Vec::new());
            let head = [
                "办件编号",
                "办件",
                "环节",
                "申请人",
                "收件日期",
                "到本岗日期",
                "到期日",
                "剩余",
                "领取人",
                "办理机关",
            ];
            out.write_record(head).map_err(WebError::internal)?;
            for row in site.office.export_queue(&who, &ask, EXPORT_PAGES)? {
                let claimed = row.claimed.as_ref().map_or("", |(_, name)| name.as_str());
                let cells = [
                    row.number.clone(),
                    row.title.clone(),
                    row.step.clone(),
                    row.applicant.clone(),
                    row.received_on.to_string(),
                    row.opened_on.to_string(),
                    super::day_or_dash(row.due),
                    row.left_text(),
                    claimed.to_owned(),
                    row.area_name.clone(),
                ];
                out.write_record(cells.map(|cell| crate::pages::register::harmless(&cell)))
                    .map_err(WebError::internal)?;
            }
            out.into_inner().map_err(WebError::internal)
        })
        .await?;
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    bytes.extend(text);
    let name = format!("attachment; filename=\"queue-{}.csv\"", cx.today);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}
