//! 变更登记管理机关: an authority above both hands an organization over from one registrar to another.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use office::register::handover::Handover;

use crate::forms::read_date;
use crate::pages::account::Done;
use crate::pages::sheet::{Block, Filled, Sheet, form};
use crate::parts::Opt;
use crate::site::Site;
use crate::{Cx, Form, Page, Query, WebError};

const PATH: &str = "/desk/registrar";
const DONE: &[(&str, &str)] = &[("moved", "登记管理机关已变更，在办的办件一并移交。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route(PATH, get(show).post(change))
}

async fn page(cx: &Cx, done: &str, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let areas = cx
        .blocking(move |site| {
            let office = &site.office;
            let mut own = actor.posts.iter().filter(|post| post.desk.as_str() == "decision").peekable();
            if own.peek().is_none() {
                return Err(WebError::from(office::Refused::from(authority::Denied::NotYourDesk)));
            }
            let own: Vec<_> = own.map(|post| post.area.clone()).collect();
            let today = office.clock.today();
            let bodies = office.db.read(|tx| Ok::<_, office::Refused>(store::people::bodies(tx)?))?;
            let below = |area: &base::AreaCode| office.lineage(area, today).iter().any(|above| own.contains(above));
            let fits =
                |body: &store::people::Body| body.kind == "registrar" && body.state == "active" && below(&body.area);
            Ok(bodies.into_iter().filter(fits).map(|body| Opt::new(body.area.as_str(), body.name)).collect::<Vec<_>>())
        })
        .await?;
    let inputs = vec![
        filled.line("code", "统一社会信用代码", ""),
        filled.select("to", "改由哪个登记管理机关登记管理", areas),
        filled.day("since", "生效日期", "今天，或者最近一次登记变动以后的某一天", ""),
        filled.line("basis", "依据的文件", "文号和名称"),
    ];
    let lead = "由两个登记管理机关的共同上级，或者其中的上级决定。从生效日期起，权限、名单和任务队列都随之改变；\
                在办的办件一并移交，档案编号不变。";
    Ok(Sheet::new("变更登记管理机关", "登记管理权限下放、收回，或者区划调整时使用。")
        .with(Block::Form(form(cx, "移交一个组织", PATH, inputs, "变更登记管理机关").lead(lead)))
        .done(done, DONE)
        .page(&filled)
        .desk())
}

async fn show(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    page(&cx, &query.done, Filled::default()).await
}

async fn change(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let from = match read_date(form.text("since")) {
        Ok(day) => day,
        Err(why) => return Ok(page(&cx, "", Filled::wrong(form, "since", &why)).await?.into_response()),
    };
    let Ok(to) = form.text("to").parse() else {
        return Ok(page(&cx, "", Filled::wrong(form, "to", "请选择登记管理机关")).await?.into_response());
    };
    let new = Handover { code: form.text("code").to_owned(), to, from, basis: form.text("basis").to_owned() };
    match cx.blocking(move |site| Ok(site.office.change_registrar(&actor, &new))).await? {
        Ok(_) => Ok(Redirect::to("/desk/registrar?done=moved").into_response()),
        Err(refused) => Ok(page(&cx, "", Filled::of(form, refused)?).await?.into_response()),
    }
}
