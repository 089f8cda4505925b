//! Officials (工作人员): the system administrator opens and closes their accounts, the security administrator gives and takes
//! posts. Neither can do the other's part, and neither does business (三员分立).
use authority::{Actor, AdminRole, DeskId, Subject, Verb, may};
use base::{AccountId, AreaCode, BodyId, Date, Origin, RecordId};
use store::accounts::{self, Account};
use store::people::{Body, PostRow};
use store::{Statement, sql};

use super::{AccountKind, NewAccount};
use crate::act::Deed;
use crate::{Office, Refused};

const HELD: Statement = sql!("officials.held", "select count(*) from account where admin = $1 and state = 'active'");

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[HELD];

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
    /// The system administrator opens an official's account (or another administrator's) with a password to be changed.
    pub fn open_official(&self, who: &Actor, new: &NewAccount, admin: Option<AdminRole>) -> Result<AccountId, Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        self.make_account(new, AccountKind::Official, admin, true, Some(who))
    }

    /// The installer opens the account of one of the three administrators while there is no other of that role: nobody inside could.
    pub fn install_admin(
        &self,
        role: AdminRole,
        login: &str,
        name: &str,
        password: &str,
    ) -> Result<AccountId, Refused> {
        let word = super::admin_word(role);
        let held = self.db.read(|tx| tx.get::<i64>(HELD, store::args![word]))?;
        if held > 0 {
            return Err(Refused::rule("admin_there", "这一员已有可用的账号", "请由系统管理员在“账号”页面办理"));
        }
        let new = NewAccount { login: login.to_owned(), name: name.to_owned(), password: password.to_owned() };
        self.make_account(&new, AccountKind::Official, Some(role), true, Some(&Actor::system()))
    }

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
            let closed = Account { state: "closed".to_owned(), rev: found.rev + 1, entry: work.entry, ..found };
            work.update(&closed)
        })
    }

    /// The system administrator takes an official's one-time-code key away (a lost phone); the next sign-in binds a new one.
    pub fn unbind_code(&self, who: &Actor, account: AccountId, reason: &str) -> Result<(), Refused> {
        may(who, Verb::ManageAccounts, &Subject::Platform)?;
        if reason.trim().is_empty() {
            return Err(Refused::field("reason", "请写明解除绑定的原因"));
        }
        let deed = Deed::by(who, Origin::none(), "account", account, "unbind_code").because(reason.trim());
        self.act(deed, move |work| {
            let found = accounts::find(work.tx, account)?.ok_or(Refused::NotFound("这个账号"))?;
            accounts::drop_credential(work.tx, found.person, found.id, "totp")?;
            work.touched::<accounts::Credential>(store::args![found.person, found.id, "totp"])?;
            accounts::end_sessions(work.tx, account)?;
            Ok(())
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
        let (id, new) = (RecordId::fresh(&self.clock, &self.rng), new.clone());
        self.act(Deed::by(who, Origin::none(), "account", new.account, "give_post"), move |work| {
            let account = accounts::find(work.tx, new.account)?.ok_or(Refused::NotFound("这个账号"))?;
            if account.kind != "official" || account.admin.is_some() {
                return Err(Refused::rule(
                    "no_official",
                    "只有工作人员账号可以任岗，管理员不办理业务（三员分立）",
                    "请选择工作人员账号",
                ));
            }
            let body: Body = work.tx.find_record(store::args![new.body])?.ok_or(Refused::NotFound("这个单位"))?;
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
            work.insert(&Body { entry: work.entry, rev: 1, ..body })
        })
    }
}
