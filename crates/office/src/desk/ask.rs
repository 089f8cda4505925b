//! Asking others (询问、征询) and writing to the applicant: neither moves the case, both stand in its journal.
use authority::{Actor, Denied};
use base::{AreaCode, BodyId, CaseId, Date, Origin, RecordId};
use casework::Case;
use catalogue::Resolved;
use std::sync::Arc;
use store::accounts::Notice;
use store::cases::{self, CaseRow};
use store::desk::Question;
use store::papers::Letter;
use store::{Tx, args};

use super::chairs::Sight;
use crate::act::{Deed, Work};
use crate::people::Keys;
use crate::{Office, Refused};

/// Longest text of a question, an answer or a message, in characters.
const LONGEST: usize = 2000;

/// A question to ask.
#[derive(Clone, Debug)]
pub struct NewQuestion {
    /// To which desk.
    pub desk: String,
    /// Of which area.
    pub area: AreaCode,
    /// Of one body.
    pub body: Option<BodyId>,
    /// What.
    pub question: String,
    /// By when; three working days if not said.
    pub due: Option<Date>,
}

/// A question as the asked desk sees it: the question and which case, nothing more.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// 办件编号
    pub number: String,
    /// Matter and name.
    pub title: String,
}

fn checked(field: &'static str, text: &str, least: usize) -> Result<String, Refused> {
    let text = text.trim();
    match text.chars().count() {
        count if count < least => Err(Refused::field(field, format!("请写明内容，至少 {least} 个字"))),
        count if count > LONGEST => {
            Err(Refused::field(field, format!("最多 {LONGEST} 个字，现在有 {count} 个。请精简，材料请另外上传")))
        }
        _ => Ok(text.to_owned()),
    }
}

impl Office {
    /// The case for an official who sees all of it.
    pub(crate) fn whole_case(
        &self,
        tx: &mut Tx<'_>,
        who: &Actor,
        origin: Origin,
        id: CaseId,
    ) -> Result<(CaseRow, Case, Arc<Resolved>), Refused> {
        let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
        let resolved = self.edition(tx, &row.edition)?;
        let loaded = self.load_case(tx, &mut Keys::default(), row, &resolved.matter)?;
        let tasks = cases::tasks(tx, origin, id)?;
        match self.sight(who, &resolved.matter, &loaded.case, &tasks)? {
            Sight::Whole => Ok((loaded.row, loaded.case, resolved)),
            Sight::Asked => Err(Denied::NotYourDesk.into()),
        }
    }

    /// Whether somebody works on this case: a registrar's desk of its very authority.
    fn works_on(&self, who: &Actor, case: &Case) -> Result<authority::Post, Refused> {
        let own = who.posts.iter().find(|post| post.area == case.area);
        own.cloned().ok_or_else(|| Denied::NotYourArea.into())
    }

    /// Asks another desk or body about a case.
    pub fn ask(&self, who: &Actor, (origin, id): (Origin, CaseId), new: &NewQuestion) -> Result<RecordId, Refused> {
        let question = checked("question", &new.question, 5)?;
        if self.catalogue.desk_name(&new.desk) == new.desk || new.desk == "applicant" || new.desk == "system" {
            return Err(Refused::field("desk", "请从列表中选择要询问的岗位"));
        }
        let today = self.clock.today();
        let usual = self.need_count("question_days", &new.area, today)?;
        let due = new.due.unwrap_or_else(|| self.calendar.add_working_days(today, usual).date);
        if due < today {
            return Err(Refused::field("due", "答复期限不能早于今天"));
        }
        let (office, who, new) = (self.clone(), who.clone(), new.clone());
        self.act(Deed::by(&who, origin, "case", id, "ask"), move |work| {
            let (row, case, _) = office.whole_case(work.tx, &who, origin, id)?;
            if case.has_ended() {
                return Err(casework::Refusal::Ended.into());
            }
            let post = office.works_on(&who, &case)?;
            let asked = Question {
                origin,
                id: office.record_id(),
                case_id: id,
                from_account: who.account,
                from_name: who.name.clone(),
                from_desk: post.desk.as_str().to_owned(),
                from_area: post.area.clone(),
                to_desk: new.desk.clone(),
                to_area: new.area.clone(),
                to_body: new.body,
                question,
                asked_on: work.today,
                asked_at: work.at,
                due,
                answer: None,
                answered_by: None,
                answered_name: None,
                answered_at: None,
                state: "open".to_owned(),
                rev: 1,
                entry: work.entry,
            };
            work.deed = work.deed.clone().at(&post.desk, &post.area);
            work.note(
                "to",
                format!("{}，{}", office.catalogue.desk_name(&new.desk), office.areas.full_name(&new.area)),
            );
            work.insert(&asked)?;
            let to = office.seated_at(work, &asked)?;
            office.write_notices(
                work,
                &to,
                &format!("有一件询问要答复：{}", row.number),
                &format!("/desk/asked/{}", asked.id),
                &row.title,
            )?;
            Ok(asked.id)
        })
    }

    fn seated_at(&self, work: &mut Work<'_, '_>, asked: &Question) -> Result<Vec<base::AccountId>, Refused> {
        let posts = match asked.to_body {
            Some(body) => store::people::posts_of_body(work.tx, &asked.to_desk, body, work.today)?,
            None => store::people::posts_of_desk(work.tx, &asked.to_desk, &asked.to_area, work.today)?,
        };
        Ok(posts.into_iter().map(|post| post.account).collect())
    }

    fn write_notices(
        &self,
        work: &mut Work<'_, '_>,
        to: &[base::AccountId],
        title: &str,
        link: &str,
        text: &str,
    ) -> Result<(), Refused> {
        for account in to {
            let Some(found) = store::accounts::find(work.tx, *account)? else { continue };
            work.tx.insert(&Notice {
                person: found.person,
                id: self.record_id(),
                at: work.at,
                title: title.to_owned(),
                link: link.to_owned(),
                body: text.to_owned(),
                read_at: None,
            })?;
        }
        Ok(())
    }

    /// A question, for the desk asked and for its asker.
    pub fn asked(&self, who: &Actor, id: RecordId) -> Result<Asked, Refused> {
        let who = who.clone();
        self.db.read(move |tx| {
            let question = store::desk::question(tx, id)?.ok_or(Refused::NotFound("这项询问"))?;
            if who.admin.is_some() {
                return Err(Denied::AdminsDoNoBusiness.into());
            }
            let own = self
                .chairs(&who)
                .iter()
                .any(|chair| chair.holds(&question.to_desk, &question.to_area, question.to_body));
            if !own && question.from_account != who.account {
                return Err(Denied::NotYourDesk.into());
            }
            let row = cases::get(tx, question.origin, question.case_id)?;
            Ok(Asked { question, number: row.number, title: row.title })
        })
    }

    /// Answers a question.
    pub fn answer(&self, who: &Actor, id: RecordId, text: &str) -> Result<(), Refused> {
        let text = checked("answer", text, 2)?;
        crate::typed::refuse_in("answer", "答复", &text, self.clock.today())?;
        let asked = self.asked(who, id)?;
        let question = asked.question;
        let chairs = self.chairs(who);
        let chair = chairs.iter().find(|chair| chair.holds(&question.to_desk, &question.to_area, question.to_body));
        let chair = chair.cloned().ok_or(Denied::NotYourDesk)?;
        let (office, who, number) = (self.clone(), who.clone(), asked.number);
        let deed = Deed::by(&who, question.origin, "case", question.case_id, "answer").at(&chair.desk, &chair.area);
        self.act(deed, move |work| {
            let now: Question =
                work.tx.find_record(args![question.origin, question.id])?.ok_or(Refused::NotFound("这项询问"))?;
            if now.state != "open" {
                return Err(Refused::rule("answered", "这项询问已经答复或者撤回", "请刷新页面查看"));
            }
            let asker = now.from_account;
            work.update(&Question {
                answer: Some(text.clone()),
                answered_by: Some(who.account),
                answered_name: Some(who.name.clone()),
                answered_at: Some(work.at),
                state: "answered".to_owned(),
                rev: now.rev + 1,
                entry: work.entry,
                ..now
            })?;
            office.write_notices(
                work,
                &[asker],
                &format!("您的询问已答复：{number}"),
                &format!("/desk/cases/{number}"),
                &text,
            )
        })
    }

    /// Writes to the applicant: a message in the case, outside the formal notices.
    pub fn write_to_applicant(&self, who: &Actor, (origin, id): (Origin, CaseId), text: &str) -> Result<(), Refused> {
        let text = checked("message", text, 5)?;
        crate::typed::refuse_in("message", "留言", &text, self.clock.today())?;
        let (office, who) = (self.clone(), who.clone());
        self.act(Deed::by(&who, origin, "case", id, "message"), move |work| {
            let (row, case, _) = office.whole_case(work.tx, &who, origin, id)?;
            let post = office.works_on(&who, &case)?;
            let to = case
                .applicant
                .ok_or_else(|| Refused::rule("no_applicant", "这一件没有申请人账号", "请用电话或者书面联系"))?;
            work.deed = work.deed.clone().at(&post.desk, &post.area);
            work.insert(&Letter {
                origin,
                id: office.record_id(),
                case_id: Some(id),
                org: case.org,
                kind: "message".to_owned(),
                number: None,
                title: format!("{}来信", office.catalogue.desk_name(post.desk.as_str())),
                text: text.clone(),
                from_desk: Some(post.desk.as_str().to_owned()),
                to_account: Some(to),
                at: work.at,
                day: work.today,
                read_at: None,
                entry: work.entry,
            })?;
            office.write_notices(
                work,
                &[to],
                &format!("办理机关来信：{}", row.number),
                &format!("/my/cases/{}", row.number),
                &text,
            )
        })
    }
}
