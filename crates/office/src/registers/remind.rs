//! Reminders (提醒): whoever answers for a record is told in the app when its day comes, as the register's declaration says.
use authority::DeskId;
use base::Date;
use catalogue::Register;
use catalogue::registers::{Days, Remind};
use serde_json::Value as Json;
use store::accounts::Notice;
use store::registers::RegisterEntry;
use store::{Tx, args};

use crate::register::watches::notice_of;
use crate::{Office, Refused};

impl Office {
    /// Tells everybody whose day has come, each stage once. Gives how many notices went out.
    pub fn remind_of_records(&self) -> Result<usize, Refused> {
        let today = self.clock.today();
        let mut sent = 0;
        for register in self.catalogue.registers().filter(|register| !register.remind.is_empty()) {
            let mut waiting: Vec<RegisterEntry> = Vec::new();
            self.db.read(|tx| {
                store::records::each_active(tx, &register.id, |record| {
                    if waits(register, &record, today) {
                        waiting.push(record);
                    }
                    Ok::<_, Refused>(())
                })
            })?;
            for record in waiting {
                for remind in &register.remind {
                    sent += self.remind(register, &record, remind, today)?;
                }
            }
        }
        Ok(sent)
    }

    fn remind(
        &self,
        register: &Register,
        record: &RegisterEntry,
        remind: &Remind,
        today: Date,
    ) -> Result<usize, Refused> {
        let text = |field: &str| record.body.get(field).and_then(Json::as_str);
        let Some(day) = text(&remind.field).and_then(|text| text.parse::<Date>().ok()) else { return Ok(0) };
        let stages = match &remind.days_before {
            Days::List(days) => days.iter().map(|days| i64::from(*days)).collect(),
            Days::Param { param } => vec![self.need_int(param, &record.area, today)?],
        };
        let left = today.until(day).map_err(Refused::internal)?.get_days();
        // The nearest stage that has come; what was missed before it need not be said any more.
        let Some(stage) = stages.into_iter().filter(|stage| i64::from(left) <= *stage).min() else { return Ok(0) };
        let desks: Vec<DeskId> = match remind.desk.as_ref().and_then(|field| text(field)) {
            Some(desk) => vec![DeskId::new(desk)],
            None => register.enters.clone(),
        };
        let said = remind.text.replace("{title}", &record.title).replace("{day}", &day.to_string());
        let said = if left < 0 { format!("{said}（已过 {} 天）", -left) } else { said };
        let key = format!("register/{}/{}/{}/{day}/{stage}", record.register, record.id, remind.field);
        let link = format!("/desk/registers/{}/{}", record.register, record.id);
        let (title, at, area) = (format!("{}：{}", register.name, record.title), self.clock.now(), record.area.clone());
        self.db.write(move |tx| {
            let mut sent = 0;
            for desk in &desks {
                for post in store::people::posts_of_desk(tx, desk.as_str(), &area, today)? {
                    let notice = notice_of(post.person, &key, at, title.clone(), link.clone(), said.clone());
                    sent += usize::from(tell_once(tx, &notice)?);
                }
            }
            Ok(sent)
        })
    }
}

/// Whether something is left to do.
fn waits(register: &Register, record: &RegisterEntry, today: Date) -> bool {
    let open = register.course.as_ref().is_none_or(|course| {
        !course.is_closed(record.body.get(&course.field).and_then(Json::as_str).unwrap_or(&course.first))
    });
    open && record.until.is_none_or(|end| today < end)
}

fn tell_once(tx: &mut Tx<'_>, notice: &Notice) -> Result<bool, Refused> {
    if tx.find_record::<Notice>(args![notice.person, notice.id])?.is_some() {
        return Ok(false);
    }
    tx.insert(notice)?;
    Ok(true)
}
