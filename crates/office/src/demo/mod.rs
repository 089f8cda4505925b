//! The demo installation (演示环境): bodies, one account per desk, the real sample files, and invented organizations with a dated
//! history around Liaoning, 龙港 and 深圳. Furnished once; opening it again finds everything there.
//!
//! What is invented attaches to invented organizations only, never to a real one: [`Office::find_misplaced`] says what does not.
mod cases;
mod cast;
mod guard;
mod registers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use authority::{Actor, AdminRole, DeskId};
use base::{AccountId, AreaCode, BodyId};
use registry::Kind;
use registry::generate::Focus;
use store::people::Body;
use store::{Statement, args, sql};

pub use cast::PASSWORD;
use cast::{ADMINS, APPLICANTS, BODIES, OFFICIALS};

use crate::accounts::officials::NewPost;
use crate::accounts::{NewAccount, NewOfficial};
use crate::generate::Plan;
use crate::import::Order;
use crate::{Office, Refused};

const FOUNDATIONS: &[u8] = include_bytes!("../../../../data/orgs/foundations_ricf_sample.csv");
const UNIVERSITIES: &[u8] = include_bytes!("../../../../data/orgs/private_universities_2017.csv");

const OWNED: Statement = sql!(
    "demo.owned",
    "select origin, id from organization
     where synthetic = 1 and registrar_area = '2101' and kind = $1 and registration = 'registered' order by id limit 1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[OWNED, guard::LISTED, guard::CASES, guard::ENTRIES, guard::OFFICERS];

/// How much is invented.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Legal persons in Liaoning; the other places have shares of it.
    pub organizations: u64,
    /// Community organizations in Liaoning.
    pub communities: u64,
    /// Cases at the city's desks.
    pub cases: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { organizations: 1_600, communities: 1_200, cases: 60 }
    }
}

/// An account of the demo, for the page that offers them and the line that prints them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DemoAccount {
    /// 登录名
    pub login: &'static str,
    /// 姓名
    pub name: &'static str,
    /// 岗位 and 单位: 受理岗 · 沈阳市民政局.
    pub seat: String,
}

/// One step of furnishing: what, how far, of how much.
pub type Step<'s> = (&'s str, u64, u64);

impl Office {
    /// Furnishes an empty installation; one that is furnished is left as it is, one that serves people refuses. A register that
    /// `yishe generate` filled keeps what it has and gets everything but more organizations.
    pub fn furnish_demo(&self, size: Size, mut progress: impl FnMut(Step<'_>)) -> Result<(), Refused> {
        let state = |key: &'static str| self.db.read(move |tx| store::registers::meta(tx, key));
        let generated = match state("kind")?.as_deref() {
            None => {
                self.db.write(|tx| store::registers::set_meta(tx, "kind", "demo"))?;
                false
            }
            Some("demo") => false,
            Some("test") => true,
            Some(kind) => {
                return Err(Refused::rule(
                    "not_a_demo",
                    format!("这个数据目录不是演示环境（{kind}）"),
                    "请用 --data 指定另一个目录，或删去它",
                ));
            }
        };
        if state("demo.people")?.is_none() {
            progress(("单位与账号", 0, 1));
            self.seat_cast()?;
            self.db.write(|tx| store::registers::set_meta(tx, "demo.people", "1"))?;
        }
        if state("demo.furnished")?.is_none() {
            self.bring_in_real_files(&mut progress)?;
            if !generated {
                self.invent(size, &mut progress)?;
            }
            self.give_organizations()?;
            self.db.write(|tx| store::registers::set_meta(tx, "demo.furnished", "1"))?;
        }
        if state("demo.registers")?.is_none() {
            self.invent_registers(|done, all| progress(("演示名册", done, all)))?;
            self.db.write(|tx| store::registers::set_meta(tx, "demo.registers", "1"))?;
        }
        if size.cases > 0 && state("demo.cases")?.is_none() {
            let city = area("2101")?;
            self.invent_cases(APPLICANTS[0].0, &city, size.cases, |done, all| progress(("演示办件：沈阳", done, all)))?;
            self.db.write(|tx| store::registers::set_meta(tx, "demo.cases", "1"))?;
        }
        Ok(())
    }

    /// The accounts that the demo has, in the order people meet them.
    pub fn demo_accounts(&self) -> Vec<DemoAccount> {
        let body = |key: &str| BODIES.iter().find(|row| row.0 == key).map_or("", |row| row.1);
        let desk = |id: &str| self.catalogue.desk_name(id).to_owned();
        let public = APPLICANTS.iter().map(|(login, name)| DemoAccount { login, name, seat: desk("applicant") });
        let seated = OFFICIALS.iter().map(|(login, name, id, _, at)| DemoAccount {
            login,
            name,
            seat: format!("{} · {}", desk(id), body(at)),
        });
        let admins =
            ADMINS.iter().map(|(login, name, role)| DemoAccount { login, name, seat: admin_title(*role).to_owned() });
        public.chain(seated).chain(admins).collect()
    }

    fn seat_cast(&self) -> Result<(), Refused> {
        let founder = |role| Actor {
            account: AccountId::fresh(&self.clock, &self.rng),
            name: "安装程序".to_owned(),
            posts: Vec::new(),
            orgs: Vec::new(),
            admin: Some(role),
        };
        let two = [founder(AdminRole::System), founder(AdminRole::Security)];
        let [system, security] = &two;
        let bodies = self.add_bodies(system)?;
        for (login, name, role) in ADMINS {
            self.open_for_demo(&two, login, name, Some(*role))?;
        }
        for (login, name, desk, area, body) in OFFICIALS {
            let account = self.open_for_demo(&two, login, name, None)?;
            let body = *bodies.get(body).ok_or_else(|| Refused::internal(format!("the cast has no body {body}")))?;
            let area: AreaCode = area.parse().map_err(Refused::internal)?;
            self.give_post(security, &NewPost { account, body, desk: DeskId::new(*desk), area, until: None })?;
        }
        for (login, name) in APPLICANTS {
            let (login, name, password) = ((*login).to_owned(), (*name).to_owned(), PASSWORD.to_owned());
            self.sign_up(&NewAccount { login, name, password })?;
        }
        Ok(())
    }

    /// An official of the demo, opened as real ones are, by two administrators and its owner; only that the password everybody
    /// chooses is the one printed on the first page.
    fn open_for_demo(
        &self,
        [system, security]: &[Actor; 2],
        login: &str,
        name: &str,
        admin: Option<AdminRole>,
    ) -> Result<AccountId, Refused> {
        let new = NewOfficial { login: login.to_owned(), name: name.to_owned(), admin };
        let first = self.open_official(system, &new)?;
        let second = self.release_activation(security, first.account)?;
        self.accept_activation(&first.login, (&first.code, &second.code), PASSWORD)?;
        Ok(first.account)
    }

    fn add_bodies(&self, system: &Actor) -> Result<BTreeMap<&'static str, BodyId>, Refused> {
        let mut bodies = BTreeMap::new();
        for (key, name, short, kind, area) in BODIES {
            let id = BodyId::fresh(&self.clock, &self.rng);
            let body = Body {
                id,
                name: (*name).to_owned(),
                short: (*short).to_owned(),
                area: area.parse().map_err(Refused::internal)?,
                kind: (*kind).to_owned(),
                code: None,
                phone: None,
                state: "active".to_owned(),
                data: serde_json::json!({ "demo": true }),
                rev: 1,
                entry: base::EntryId::from_bits(0),
            };
            self.add_body(system, &body)?;
            bodies.insert(*key, id);
        }
        Ok(bodies)
    }

    fn bring_in_real_files(&self, progress: &mut impl FnMut(Step<'_>)) -> Result<(), Refused> {
        let files = [
            ("真实样本：基金会", "foundations_ricf_sample.csv", FOUNDATIONS, None),
            ("真实样本：民办高校", "private_universities_2017.csv", UNIVERSITIES, Some(Kind::ServiceInstitution)),
        ];
        for (step, file_name, bytes, kind) in files {
            progress((step, 0, 1));
            let order = Order {
                file_name: file_name.to_owned(),
                bytes: Arc::new(bytes.to_vec()),
                mapping: None,
                kind,
                registrar: None,
            };
            match self.import_organizations(&Actor::system(), &order, &mut ()) {
                // Furnishing was interrupted after this file.
                Ok(_) => {}
                Err(refused) if refused.code() == "already_imported" => {}
                Err(refused) => return Err(refused),
            }
            progress((step, 1, 1));
        }
        Ok(())
    }

    /// No two plans may share a registrar: names and filing numbers are given once.
    fn invent(&self, size: Size, progress: &mut impl FnMut(Step<'_>)) -> Result<(), Refused> {
        let share = |count: u64, of_hundred: u64| (count * of_hundred).div_ceil(100);
        let places = [
            ("演示组织：辽宁", vec![area("21")?], 100, 100),
            ("演示组织：龙港", vec![area("330383")?], 15, 35),
            ("演示组织：浙江", self.zhejiang_without_longgang()?, 40, 20),
            ("演示组织：深圳", vec![area("4403")?], 40, 35),
        ];
        for (step, within, organizations, communities) in places {
            let plan = Plan {
                seed: 2026,
                organizations: share(size.organizations, organizations),
                communities: share(size.communities, communities),
                officers: true,
                focus: Focus { within, until: self.clock.today() },
            };
            self.load_generated(&plan, |loaded| progress((step, loaded.done, loaded.of)))?;
        }
        Ok(())
    }

    fn zhejiang_without_longgang(&self) -> Result<Vec<AreaCode>, Refused> {
        let today = self.clock.today();
        let below = |upper: &AreaCode| {
            self.areas.children_at(upper, today).into_iter().map(base::Area::code).collect::<Vec<_>>()
        };
        let (wenzhou, longgang) = (area("3303")?, area("330383")?);
        let cities = below(&area("33")?).into_iter().filter(|city| *city != wenzhou);
        Ok(cities.chain(below(&wenzhou).into_iter().filter(|county| *county != longgang)).collect())
    }

    /// The clerk of the demo acts for one association and one service institution of 沈阳市.
    fn give_organizations(&self) -> Result<(), Refused> {
        let (login, _) = APPLICANTS[0];
        for kind in [Kind::Association, Kind::ServiceInstitution] {
            let found = self.db.read(|tx| {
                let org = tx.list::<(base::Origin, base::OrgId)>(OWNED, args![kind.as_str()])?;
                let account = store::accounts::find_by_login(tx, &crate::accounts::login_key(login))?;
                Ok::<_, Refused>(org.into_iter().next().zip(account))
            })?;
            let Some(((origin, org), account)) = found else { continue };
            let deed = crate::Deed::by(&Actor::system(), base::Origin::none(), "account", account.id, "appoint_clerk");
            self.act(deed, move |work| {
                work.upsert(&store::accounts::AccountOrg {
                    person: account.person,
                    account: account.id,
                    origin,
                    org,
                    role: "staff".to_owned(),
                    since: work.today,
                    until: None,
                    entry: work.entry,
                })
            })?;
        }
        Ok(())
    }
}

fn area(code: &str) -> Result<AreaCode, Refused> {
    code.parse().map_err(Refused::internal)
}

fn admin_title(role: AdminRole) -> &'static str {
    match role {
        AdminRole::System => "系统管理员",
        AdminRole::Security => "安全管理员",
        AdminRole::Audit => "审计管理员",
    }
}
