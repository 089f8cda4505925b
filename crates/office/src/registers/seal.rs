//! Personal values in records (名册里的个人信息): sealed under the master key, bound to their record and field, shown masked; looking is
//! an act with a reason.
use authority::Actor;
use base::RecordId;
use catalogue::{Register, RegisterField};
use serde_json::{Value as Json, json};
use store::registers::RegisterEntry;
use vault::WrappedKey;

use crate::act::Deed;
use crate::{Office, Refused};

fn context(register: &str, id: RecordId, field: &str) -> Vec<u8> {
    format!("register/{register}/{id}/{field}").into_bytes()
}

impl Office {
    /// A personal value as it is kept.
    pub(super) fn seal_value(&self, register: &str, id: RecordId, field: &str, value: &Json) -> Result<Json, Refused> {
        let text = serde_json::to_vec(value).map_err(Refused::internal)?;
        let sealed =
            self.keys.wrap_bytes(&self.rng, &context(register, id, field), &text).map_err(Refused::internal)?;
        Ok(json!({ "sealed": sealed.to_string() }))
    }

    /// A personal value in the clear; null where there is none.
    fn open_value(&self, record: &RegisterEntry, field: &RegisterField) -> Result<Json, Refused> {
        let Some(sealed) = record.body.get(&field.id).and_then(|value| value["sealed"].as_str()) else {
            return Ok(Json::Null);
        };
        let wrapped: WrappedKey = sealed.parse().map_err(Refused::internal)?;
        let context = context(&record.register, record.id, &field.id);
        let plain = self.keys.unwrap_bytes(&context, &wrapped).map_err(Refused::internal)?;
        serde_json::from_slice(&plain).map_err(Refused::internal)
    }

    /// A personal value masked, for pages.
    pub(super) fn masked_value(&self, record: &RegisterEntry, field: &RegisterField) -> Result<String, Refused> {
        let value = self.open_value(record, field)?;
        if value.is_null() {
            return Ok(String::new());
        }
        Ok(casework::form::show(&question(field), Some(&value), false))
    }

    /// Shows the personal values of a record to somebody who keeps it, with a reason that is journalled.
    pub fn reveal_record(
        &self,
        who: &Actor,
        register: &str,
        id: RecordId,
        reason: &str,
    ) -> Result<Vec<(String, String)>, Refused> {
        let register = self.register(register)?;
        let record = self.record_row(register, id)?;
        let post = self.keeper(who, register, &record.area)?;
        let reason = reason.trim();
        if reason.chars().count() < 4 {
            return Err(Refused::field("reason", "请写明为什么要看，至少 4 个字。查看会留痕"));
        }
        let subject = format!("{}/{id}", register.id);
        let deed =
            Deed::by(who, record.origin, "register", subject, "reveal").at(&post.desk, &post.area).because(reason);
        let fields: Vec<String> =
            register.fields.iter().filter(|field| field.is_personal()).map(|field| field.label.clone()).collect();
        self.act(deed, move |work| {
            work.note("fields", fields);
            Ok(())
        })?;
        let mut shown = Vec::new();
        for field in register.fields.iter().filter(|field| field.is_personal()) {
            let value = self.open_value(&record, field)?;
            if !value.is_null() {
                shown.push((field.label.clone(), casework::form::show(&question(field), Some(&value), true)));
            }
        }
        Ok(shown)
    }

    pub(super) fn record_row(&self, register: &Register, id: RecordId) -> Result<RegisterEntry, Refused> {
        let found = self.db.read(|tx| store::records::find(tx, &register.id, id))?;
        found.ok_or(Refused::NotFound("这条记录"))
    }
}

/// The field as forms show it, marked personal where its kind alone does not say so.
fn question(field: &RegisterField) -> catalogue::matter::Field {
    catalogue::matter::Field { personal: true, ..field.question() }
}
