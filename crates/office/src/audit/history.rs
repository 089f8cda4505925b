//! Reading the journal (查阅留痕): a subject's chain as sentences, and what one account did, for the auditor.
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use authority::{Actor, Subject as Object, Verb, may};
use base::{AccountId, Date, EntryId, Instant, Origin};
use journal::{Entry, Subject};
use serde_json::Value as Json;
use store::Tx;
use store::journal::EntryRow;

use super::words::act_label;
use crate::ledger::entry_of;
use crate::{Office, Refused};

/// One entry, told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The entry.
    pub id: EntryId,
    /// What it was about: `case/…`.
    pub subject: String,
    /// Position in the subject's chain.
    pub seq: u64,
    /// Wall clock.
    pub at: Instant,
    /// Business date.
    pub day: Date,
    /// Who: an account's shown name, or 系统.
    pub who: String,
    /// At which desk of which area.
    pub desk: String,
    /// What, in a few words.
    pub act: String,
    /// Why; empty where no reason was asked for.
    pub reason: String,
    /// What changed, field by field: names and public values only.
    pub details: Vec<(String, String)>,
    /// How many stored files it relies on.
    pub files: usize,
    /// First characters of the entry's digest, to compare with a print.
    pub digest: String,
}

/// A line as one sentence.
pub trait Told {
    /// 2026-03-02 09:00，张三（受理岗，浑南区）受理。原因：…
    fn sentence(&self) -> String;
}

impl Told for Line {
    fn sentence(&self) -> String {
        let desk = if self.desk.is_empty() { String::new() } else { format!("（{}）", self.desk) };
        let mut text = format!("{}，{}{desk}{}。", self.at.local_minute(), self.who, self.act);
        if !self.reason.is_empty() {
            let _ = write!(text, "原因：{}。", self.reason.trim_end_matches('。'));
        }
        if self.files > 0 {
            let _ = write!(text, "附 {} 份文件。", self.files);
        }
        text
    }
}

impl Office {
    /// The history of a case, an organization or whatever else has a chain, oldest first. The caller has checked that the reader
    /// may see the subject.
    pub fn history(&self, origin: Origin, kind: &str, id: impl std::fmt::Display) -> Result<Vec<Line>, Refused> {
        let subject = Subject { kind: kind.to_owned(), id: id.to_string() };
        self.db.read(|tx| self.history_in(tx, origin, &subject))
    }

    /// The same within a page's transaction.
    pub fn history_in(&self, tx: &mut Tx<'_>, origin: Origin, subject: &Subject) -> Result<Vec<Line>, Refused> {
        let rows = store::journal::chain(tx, origin, &subject.to_string())?;
        self.tell(tx, &rows)
    }

    /// What one account did between two instants, newest first, for the audit administrator (审计管理员).
    pub fn acts_of(
        &self,
        who: &Actor,
        account: AccountId,
        (from, to): (Instant, Instant),
        limit: usize,
    ) -> Result<Vec<Line>, Refused> {
        may(who, Verb::Audit, &Object::Platform)?;
        self.db.read(|tx| {
            let rows = store::journal::by_actor(tx, account, from, to, limit)?;
            self.tell(tx, &rows)
        })
    }

    pub(crate) fn tell(&self, tx: &mut Tx<'_>, rows: &[EntryRow]) -> Result<Vec<Line>, Refused> {
        let accounts: BTreeSet<AccountId> = rows.iter().filter_map(|row| row.actor).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        let names: HashMap<AccountId, String> = store::desk::names_of(tx, &accounts)?.into_iter().collect();
        rows.iter()
            .map(|row| {
                let entry = entry_of(row).map_err(Refused::internal)?;
                let name = |account: AccountId| names.get(&account).map_or("已注销的账号", String::as_str);
                let who = row.actor.map_or("系统", name);
                Ok(self.line(&entry, who))
            })
            .collect()
    }

    fn line(&self, entry: &Entry, who: &str) -> Line {
        let draft = &entry.draft;
        let desk = match draft.desk.as_str() {
            "" | "system" => String::new(),
            desk => {
                let name = self.catalogue.desk_name(desk).to_owned();
                match draft.area.as_ref().and_then(|area| self.areas.name(area)) {
                    Some(area) => format!("{name}，{area}"),
                    None => name,
                }
            }
        };
        Line {
            id: draft.id,
            subject: draft.subject.to_string(),
            seq: entry.seq,
            at: draft.at,
            day: draft.business_date,
            who: who.to_owned(),
            desk,
            act: act_label(&draft.act),
            reason: draft.reason.clone().unwrap_or_default(),
            details: details(&draft.change),
            files: draft.files.len(),
            digest: entry.digest.short(),
        }
    }
}

/// The fields of the change; sealed personal values are not opened here.
fn details(change: &str) -> Vec<(String, String)> {
    let Ok(Json::Object(fields)) = serde_json::from_str(change) else { return Vec::new() };
    let shown = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join("、"),
        Json::Object(object) if object.contains_key("enc") => "（受保护的个人信息）".to_owned(),
        Json::Bool(true) => "是".to_owned(),
        Json::Bool(false) => "否".to_owned(),
        other => other.to_string(),
    };
    fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), shown(value))).collect()
}
