//! 首页: search first, then the four things people come for, notices, and today's figures, each opening its list.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::parts::SearchBox;
use crate::site::{Home, Site};
use crate::{Cache, Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/home/page.html")]
struct HomePage {
    search: SearchBox,
    home: Home,
    today: String,
    phone: String,
}

/// `/`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/", get(show))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let today = cx.today;
    let home = cx.blocking(move |site| Ok(site.front.home(today))).await?;
    let phone = cx.site.settings.help_phone.clone();
    let hint = home.organizations.as_ref().map_or_else(String::new, |count| format!("收录 {count} 家。"));
    let search = SearchBox {
        id: "q".to_owned(),
        action: "/orgs".to_owned(),
        name: "q".to_owned(),
        label: "查一家社会组织".to_owned(),
        value: String::new(),
        button: "查询".to_owned(),
        hint: format!("{hint}输入名称里任意两个字，或统一社会信用代码。"),
        keep: Vec::new(),
        large: true,
    };
    Ok(Page::new("首页", HomePage { search, home, today: cx.today.to_string(), phone }).wide().cache(Cache::Public(60)))
}
