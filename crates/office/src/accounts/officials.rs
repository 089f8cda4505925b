//! Officials (工作人员): the system administrator asks for their accounts and closes them ([`super::activation`] says how one comes
//! to life), the security administrator gives and takes posts. Neither can do the other's part, and neither does business (三员分立).
use authority::{Actor, DeskId, Subject, Verb, may};
use base::{AccountId, AreaCode, BodyId, Date, Origin, RecordId};
use store::accounts::{self, Account};
use store::people::{Body, PostRow};

use crate::act::Deed;
use crate::{Office, Refused};

/// A post to give.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// Whose.
    pub account: AccountId,
    /// At which body.
    pub body: BodyId,
    /// On which desk.
    pub desk: DeskId,
    /// For which area.
    pub area: AreaCode,
    /// Until when, if limited.
    pub until: Option<Date>,
}

impl Office {
    /// The system administrator closes an account; its sessions end at once.
    pub fn close_account(&self, who: &Actor, account: AccountId, reason: &str) -> Result<(), Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        if who.account == account {
            return Err(Refused::rule("own_account", "不能停用自己的账号", "请由另一名系统管理员办理"));
        }
        if reason.trim().is_empty() {
            return Err(Refused::field("reason", "请写明停用的原因"));
        }
        let deed = Deed::by(who, Origin::none(), "account", account, "close_account").because(reason.trim());
        self.act(deed, move |work| {
            let found = accounts::find(work.tx, account)?.ok_or(Refused::NotFound("这个账号"))?;
            accounts::end_sessions(work.tx, account)?;
            // A code released before the closing must not open it again.
            super::activation::drop_code(work, &found)?;
            let body = super::activation::without_request(&found.body);
            let closed = Account { state: "closed".to_owned(), body, rev: found.rev + 1, entry: work.entry, ..found };
            work.update(&closed)
        })
    }

    /// The security administrator gives a post.
    pub fn give_post(&self, who: &Actor, new: &NewPost) -> Result<RecordId, Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        if who.account == new.account {
            return Err(Refused::rule("own_post", "不能给自己授予岗位（三员分立）", "请由另一名安全管理员办理"));
        }
        if self.catalogue.desk_name(new.desk.as_str()) == new.desk.as_str() {
            return Err(Refused::field("desk", "没有这个岗位。请从列表中选择"));
        }
        let (office, id, new) = (self.clone(), RecordId::fresh(&self.clock, &self.rng), new.clone());
        self.act(Deed::by(who, Origin::none(), "account", new.account, "give_post"), move |work| {
            let account = accounts::find(work.tx, new.account)?.ok_or(Refused::NotFound("这个账号"))?;
            if account.kind != "official" || account.admin.is_some() {
                return Err(Refused::rule(
                    "no_official",
                    "只有工作人员账号可以任岗，管理员不办理业务（三员分立）",
                    "请选择工作人员账号",
                ));
            }
            if account.state != "active" {
                return Err(Refused::rule(
                    "account_not_active",
                    "这个账号尚未确认，或已停用，不能任岗",
                    "请先在“账号确认”中核对并确认",
                ));
            }
            let body: Body = work.tx.find_record(store::args![new.body])?.ok_or(Refused::NotFound("这个单位"))?;
            office.desk_fits(&new, &body, work.today)?;
            work.note("desk", new.desk.as_str());
            work.note("body", body.name);
            work.note("area", new.area.as_str());
            work.insert(&PostRow {
                id,
                account: account.id,
                person: account.person,
                body: new.body,
                desk: new.desk.as_str().to_owned(),
                area: new.area,
                since: work.today,
                until: new.until,
                entry: work.entry,
            })?;
            Ok(id)
        })
    }

    /// A desk is held at a body of the kind it belongs to (`desks.toml`), for that body's own area or one below it: nobody can be
    /// seated at 受理岗 of a city from a tax office, or decide for a province from a county.
    fn desk_fits(&self, new: &NewPost, body: &Body, today: Date) -> Result<(), Refused> {
        if body.state != "active" {
            return Err(Refused::field("body", "这个单位已停用。请选择别的单位"));
        }
        if !self.catalogue.desk_fits(new.desk.as_str(), &body.kind) {
            let desk = self.catalogue.desk_name(new.desk.as_str());
            let why = format!("{}不能设{desk}：单位类别不符。请选择类别相符的单位，或选择别的岗位", body.name);
            return Err(Refused::field("desk", why));
        }
        if !self.areas.ancestry_at(&new.area, today).contains(&body.area) {
            let why = format!(
                "{}管不到这个地区。请填写{}或其下级的区划代码",
                body.name,
                self.areas.full_name_at(&body.area, today)
            );
            return Err(Refused::field("area", why));
        }
        Ok(())
    }

    /// The security administrator ends a post as of today.
    pub fn end_post(&self, who: &Actor, post: RecordId, reason: &str) -> Result<(), Refused> {
        may(who, Verb::GrantRights, &Subject::Platform)?;
        if reason.trim().is_empty() {
            return Err(Refused::field("reason", "请写明免去岗位的原因"));
        }
        let held: PostRow = self
            .db
            .read(|tx| tx.find_record(store::args![post]).map_err(Refused::from))?
            .ok_or(Refused::NotFound("这个岗位"))?;
        let deed = Deed::by(who, Origin::none(), "account", held.account, "end_post").because(reason.trim());
        self.act(deed, move |work| {
            let ended = PostRow { until: Some(work.today), entry: work.entry, ..held };
            work.update(&ended)
        })
    }

    /// Makes a body (机关、单位) known to the platform.
    pub fn add_body(&self, who: &Actor, body: &Body) -> Result<(), Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        let body = body.clone();
        self.act(Deed::by(who, Origin::none(), "body", body.id, "add_body"), move |work| {
            work.note("name", body.name.clone());
            work.announce("body", format!("body/{}", body.id), None);
            work.insert(&Body { entry: work.entry, rev: 1, ..body })
        })
    }
}
