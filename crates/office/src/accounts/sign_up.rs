//! Signing up (注册): a founder or organization's clerk makes an account; nothing but a login and a name is asked.
use base::{AccountId, PersonId};
use store::accounts::{Account, Credential};
use store::people::{Person, PersonKey};

use super::{AccountKind, login_key};
use crate::act::{Deed, Work};
use crate::{Office, Refused, Wrong};

/// What is typed to make an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// 登录名: 3 to 32 letters, digits, Chinese characters, `-` or `_`.
    pub login: String,
    /// 姓名: shown in the files one handles.
    pub name: String,
    /// 密码
    pub password: String,
}

impl NewAccount {
    /// Every fault at once.
    pub(crate) fn faults(&self) -> Vec<Wrong> {
        let mut faults = Vec::new();
        let login = login_key(&self.login);
        let length = login.chars().count();
        if !(3..=32).contains(&length) || !login.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            faults.push(Wrong::new("login", "登录名应为 3 至 32 个字，可用汉字、字母、数字、- 和 _"));
        }
        let name = registry::import::clean::text(&self.name);
        if !(2..=50).contains(&name.chars().count()) {
            faults.push(Wrong::new("name", "请填写真实姓名，2 至 50 个字"));
        }
        if let Err(weak) = vault::check_password(&self.password, &login) {
            faults.push(Wrong::new("password", weak.to_string()));
        }
        faults
    }
}

impl Office {
    /// A member of the public makes an account. Gives the account's id.
    pub fn sign_up(&self, new: &NewAccount) -> Result<AccountId, Refused> {
        self.make_account(new, AccountKind::Public, None, false, None)
    }

    /// Makes an account of any kind; `by` is the administrator for officials. `must_change`: the password was given, not chosen.
    pub(super) fn make_account(
        &self,
        new: &NewAccount,
        kind: AccountKind,
        admin: Option<authority::AdminRole>,
        must_change: bool,
        by: Option<&authority::Actor>,
    ) -> Result<AccountId, Refused> {
        let faults = new.faults();
        if !faults.is_empty() {
            return Err(Refused::Invalid(faults));
        }
        // Slow by design, so outside the transaction.
        let hash = vault::hash_password(&self.rng, &new.password)
            .map_err(|weak| Refused::field("password", weak.to_string()))?;
        let person = PersonId::fresh(&self.clock, &self.rng);
        let id = AccountId::fresh(&self.clock, &self.rng);
        let (login, name) = (login_key(&new.login), registry::import::clean::text(&new.name));
        let (_, wrapped) = self.keys.new_data_key(&self.rng, person).map_err(Refused::internal)?;
        let own =
            authority::Actor { account: id, name: name.clone(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        let deed = Deed::by(by.unwrap_or(&own), base::Origin::none(), "account", id, "open_account");
        self.act(deed, move |work| {
            work.insert(&Person {
                id: person,
                mask: registry::officer::masked(&name),
                state: "active".to_owned(),
                body: serde_json::json!({}),
                rev: 1,
                entry: work.entry,
            })?;
            // The wrapped key is not proven by the entry: erasure must be able to take it away.
            work.tx.insert(&PersonKey {
                person,
                wrapped: Some(wrapped.to_string().into_bytes()),
                made_at: work.at,
                erased_at: None,
                entry: work.entry,
            })?;
            let account = Account {
                person,
                id,
                login,
                name,
                kind: kind.as_str().to_owned(),
                admin: admin.map(|role| super::admin_word(role).to_owned()),
                state: "active".to_owned(),
                home: None,
                body: serde_json::json!({}),
                rev: 1,
                entry: work.entry,
            };
            insert_account(work, &account)?;
            work.note("kind", account.kind.clone());
            work.tx.upsert(&Credential {
                person,
                account: id,
                kind: "password".to_owned(),
                secret: hash.into_bytes(),
                set_at: work.at,
                used_step: None,
                must_change,
            })?;
            Ok(id)
        })
    }
}

fn insert_account(work: &mut Work<'_, '_>, account: &Account) -> Result<(), Refused> {
    let taken = |error: store::DbError| match error {
        error if error.is_unique("account_login", &["login"]) => {
            Refused::field("login", "这个登录名已经有人使用。请换一个，或直接登录")
        }
        other => other.into(),
    };
    let login = store::accounts::Login { login: account.login.clone(), person: account.person, account: account.id };
    work.tx.insert(&login).map_err(taken)?;
    work.insert(account)
}
