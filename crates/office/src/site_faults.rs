//! 网站找错: anyone tells the system administrator what is wrong with a page. Each report is an act; nobody's name is asked for.
use authority::{Actor, AdminRole, DeskId};
use base::{Origin, RecordId};
use serde_json::json;
use store::accounts::Notice;
use store::papers::Letter;
use store::{Statement, args, sql};

use crate::act::{Deed, Work};
use crate::{Office, Refused, Wrong};

/// What the letters of this kind are called in the store.
const KIND: &str = "site_fault";
/// Reports taken a day. More than this is somebody's machine; people then call.
const MOST_A_DAY: i64 = 200;
/// Longest description, in characters.
pub const TEXT_MOST: usize = 1_000;
/// Longest address of a page, in characters.
const PAGE_MOST: usize = 300;

const OF_DAY: Statement =
    sql!("site_faults.of_day", "select count(*) from letter where origin = $1 and kind = $2 and day = $3");
const NEWEST: Statement = sql!(
    "site_faults.newest",
    "select origin, id, case_id, org, kind, number, title, text, from_desk, to_account, at, day, read_at, entry from letter
     where origin = $1 and kind = $2 order by at desc, id desc limit $3"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[OF_DAY, NEWEST];

impl Office {
    /// Takes a report about `page`: it is kept, journalled, and every system administrator gets a notice.
    ///
    /// # Errors
    /// Empty or too long texts, field by field; too many reports in one day.
    pub fn report_site_fault(&self, page: &str, text: &str) -> Result<RecordId, Refused> {
        let (page, text) = (page.trim().to_owned(), text.trim().to_owned());
        let wrong = faults_of(&page, &text);
        if !wrong.is_empty() {
            return Err(Refused::Invalid(wrong));
        }
        let id = RecordId::fresh(&self.clock, &self.rng);
        let mut deed = Deed::by(&Actor::system(), Origin::none(), "site_fault", id, "report_site_fault");
        (deed.actor, deed.desk) = ("anonymous".to_owned(), DeskId::new(DeskId::APPLICANT));
        let office = self.clone();
        self.act(deed, move |work| {
            let taken: i64 = work.tx.get(OF_DAY, args![Origin::none(), KIND, work.today])?;
            if taken >= MOST_A_DAY {
                return Err(Refused::TooMany("今天收到的找错太多，暂时收不下。请改打页面上的咨询电话".to_owned()));
            }
            work.insert(&Letter {
                origin: Origin::none(),
                id,
                case_id: None,
                org: None,
                kind: KIND.to_owned(),
                number: None,
                title: page.clone(),
                text: text.clone(),
                from_desk: None,
                to_account: None,
                at: work.at,
                day: work.today,
                read_at: None,
                entry: work.entry,
            })?;
            work.note("page", json!(page));
            office.tell_administrators(work, &page, &text)?;
            Ok(id)
        })
    }

    fn tell_administrators(&self, work: &mut Work<'_, '_>, page: &str, text: &str) -> Result<(), Refused> {
        let mut after = String::new();
        loop {
            let accounts = store::accounts::list(work.tx, "official", &after, 200)?;
            let Some(last) = accounts.last() else { return Ok(()) };
            after.clone_from(&last.login);
            for account in accounts.iter().filter(|one| one.admin.as_deref() == Some("system") && one.state == "active")
            {
                work.tx.insert(&Notice {
                    person: account.person,
                    id: RecordId::fresh_at(work.at, &self.rng),
                    at: work.at,
                    title: format!("网站找错：{page}"),
                    link: "/report/list".to_owned(),
                    body: text.to_owned(),
                    read_at: None,
                })?;
            }
        }
    }

    /// The newest reports, for a system administrator.
    ///
    /// # Errors
    /// Anybody else is refused.
    pub fn site_faults(&self, who: &Actor, limit: usize) -> Result<Vec<Letter>, Refused> {
        if who.admin != Some(AdminRole::System) {
            return Err(Refused::rule(
                "not_system_admin",
                "网站找错由系统管理员处理，您的身份看不到",
                "请联系本机关的系统管理员",
            ));
        }
        Ok(self.db.read(|tx| tx.list(NEWEST, args![Origin::none(), KIND, limit]))?)
    }
}

fn faults_of(page: &str, text: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if page.is_empty() {
        wrong.push(Wrong::new("page", "请写明是哪一页，例如网址或页面名称"));
    } else if page.chars().count() > PAGE_MOST {
        wrong.push(Wrong::new("page", format!("页面地址太长，最多 {PAGE_MOST} 个字")));
    }
    if text.is_empty() {
        wrong.push(Wrong::new("text", "请写明哪里错了，应当是什么"));
    } else if text.chars().count() > TEXT_MOST {
        wrong.push(Wrong::new("text", format!("写得太长，最多 {TEXT_MOST} 个字")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_kept_journalled_and_seen_by_the_system_administrator_only() {
        crate::testing::on_each_engine(|office| {
            let id = office.report_site_fault("/orgs", " 标题写成了“查组只” ").unwrap();
            let seen = office.site_faults(&office.admin(AdminRole::System), 10).unwrap();
            assert_eq!((seen.len(), seen[0].id, seen[0].text.as_str()), (1, id, "标题写成了“查组只”"));
            for who in [office.admin(AdminRole::Security), office.admin(AdminRole::Audit), office.founder("lin")] {
                assert_eq!(office.site_faults(&who, 10).unwrap_err().code(), "not_system_admin");
            }
        });
    }

    #[test]
    fn empty_and_endless_reports_are_refused_field_by_field() {
        let office = crate::testing::office();
        let Refused::Invalid(wrong) = office.report_site_fault(" ", "").unwrap_err() else { panic!("taken") };
        assert_eq!(wrong.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["page", "text"]);
        assert_eq!(office.report_site_fault("/", &"字".repeat(TEXT_MOST + 1)).unwrap_err().code(), "invalid");
    }

    #[test]
    fn a_machine_cannot_fill_the_database() {
        let office = crate::testing::office();
        for _ in 0..MOST_A_DAY {
            office.report_site_fault("/", "错").unwrap();
        }
        assert_eq!(office.report_site_fault("/", "错").unwrap_err().code(), "too_many");
        office.days_pass(1);
        office.report_site_fault("/", "错").unwrap();
    }
}
