//! Signing up (注册): a founder or organization's clerk makes an account; nothing but a login and a name is asked.
use base::{AccountId, PersonId};
use store::accounts::{Account, Credential, Login};

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
        let mut faults = faults_of(&self.login, &self.name);
        if let Err(weak) = vault::check_password(&self.password, &login_key(&self.login)) {
            faults.push(Wrong::new("password", weak.to_string()));
        }
        faults
    }
}

/// What is wrong with a login and a name.
pub(super) fn faults_of(login: &str, name: &str) -> Vec<Wrong> {
    let mut faults = Vec::new();
    let login = login_key(login);
    let length = login.chars().count();
    if !(3..=32).contains(&length) || !login.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
        faults.push(Wrong::new("login", "登录名应为 3 至 32 个字，可用汉字、字母、数字、- 和 _"));
    }
    if !(2..=50).contains(&registry::import::clean::text(name).chars().count()) {
        faults.push(Wrong::new("name", "请填写真实姓名，2 至 50 个字"));
    }
    faults
}

impl Office {
    /// A member of the public makes an account. Gives the account's id.
    pub fn sign_up(&self, new: &NewAccount) -> Result<AccountId, Refused> {
        let faults = new.faults();
        if !faults.is_empty() {
            return Err(Refused::Invalid(faults));
        }
        // Slow by design, so outside the transaction.
        let hash = vault::hash_password(&self.rng, &new.password)
            .map_err(|weak| Refused::field("password", weak.to_string()))?;
        let id = AccountId::fresh(&self.clock, &self.rng);
        let (login, name) = (login_key(&new.login), registry::import::clean::text(&new.name));
        let own =
            authority::Actor { account: id, name: name.clone(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        let office = self.clone();
        self.act(Deed::by(&own, base::Origin::none(), "account", id, "open_account"), move |work| {
            let account = Account { login, name, kind: AccountKind::Public.as_str().to_owned(), ..blank(id) };
            let account = office.insert_account(work, account)?;
            keep_password(work, &account, &hash)?;
            Ok(id)
        })
    }

    /// A new account with a person of its own. What it can be signed in with comes after.
    pub(super) fn insert_account(&self, work: &mut Work<'_, '_>, account: Account) -> Result<Account, Refused> {
        let (person, _) = self.add_person(work, &account.name)?;
        let account = Account { person, entry: work.entry, ..account };
        let taken = |error: store::DbError| match error {
            error if error.is_unique("account_login", &["login"]) => {
                Refused::field("login", "这个登录名已经有人使用。请换一个，或直接登录")
            }
            other => other.into(),
        };
        let login = Login { login: account.login.clone(), person, account: account.id };
        work.tx.insert(&login).map_err(taken)?;
        work.insert(&account)?;
        work.note("kind", account.kind.clone());
        Ok(account)
    }
}

/// An account with nothing in it yet.
pub(super) fn blank(id: AccountId) -> Account {
    Account {
        person: PersonId::from_bits(0),
        id,
        login: String::new(),
        name: String::new(),
        kind: String::new(),
        admin: None,
        state: "active".to_owned(),
        home: None,
        body: serde_json::json!({}),
        rev: 1,
        entry: base::EntryId::from_bits(0),
    }
}

/// Keeps a password that its owner chose.
pub(super) fn keep_password(work: &mut Work<'_, '_>, account: &Account, hash: &str) -> Result<(), Refused> {
    Ok(work.tx.upsert(&Credential {
        person: account.person,
        account: account.id,
        kind: "password".to_owned(),
        secret: hash.as_bytes().to_vec(),
        set_at: work.at,
        used_step: None,
        must_change: false,
    })?)
}
