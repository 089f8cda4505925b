//! Connections as the system administrator sees them (对接状态), and what he does about messages that were given up.
use authority::{Actor, Subject, Verb, may};
use base::{Instant, Origin, RecordId};
use store::Tx;
use store::outside::{self, OutboxRow};

use super::{Connector, Kind};
use crate::act::Deed;
use crate::{Office, Refused};

/// Given-up messages shown at once.
const SHOWN: usize = 100;

/// How a connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    /// 尚未接通: off, or nothing has gone over it yet.
    NotConnected,
    /// 正常
    Good,
    /// 有积压
    Waiting(i64),
    /// 失败
    Failed(i64),
}

impl Health {
    /// In words.
    pub fn plain(self) -> String {
        match self {
            Self::NotConnected => "尚未接通".to_owned(),
            Self::Good => "正常".to_owned(),
            Self::Waiting(count) => format!("有积压 {count} 条"),
            Self::Failed(count) => format!("失败 {count} 条"),
        }
    }
}

/// One connection to an outside system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// Which.
    pub connector: Connector,
    /// What stands behind it here.
    pub says: String,
    /// How it stands.
    pub health: Health,
    /// Messages waiting.
    pub waiting: i64,
    /// Messages given up.
    pub dead: i64,
    /// When something last went over it.
    pub last: Option<Instant>,
}

/// How many messages wait and how many were given up, all connections together.
pub fn backlog(tx: &mut Tx<'_>) -> Result<(i64, i64), store::DbError> {
    let counts = outside::counts(tx)?;
    let sum = |state: &str| counts.iter().filter(|(_, word, _)| word == state).map(|(.., count)| count).sum();
    Ok((sum("waiting"), sum("dead")))
}

impl Office {
    /// Every connection there can be, and the messages given up.
    pub(crate) fn connections(&self, tx: &mut Tx<'_>) -> Result<(Vec<Connection>, Vec<OutboxRow>), Refused> {
        let (counts, sent) = (outside::counts(tx)?, outside::last_sent(tx)?);
        let (free, last_batch) = outside::bodies_left(tx)?;
        let of = |connector: Connector| {
            let count = |state: &str| {
                let known = counts.iter().find(|(name, word, _)| name == connector.as_str() && word == state);
                known.map_or(0, |(.., count)| *count)
            };
            let (waiting, dead) = (count("waiting"), count("dead"));
            let last = sent.iter().find(|(name, _)| name == connector.as_str()).map(|(_, at)| *at);
            let proven = last.is_some() || (connector == Connector::Codes && last_batch > 0);
            let line = self.outside.line(connector);
            let health = match line {
                _ if dead > 0 => Health::Failed(dead),
                _ if waiting > 0 => Health::Waiting(waiting),
                Some(_) if proven => Health::Good,
                _ => Health::NotConnected,
            };
            let mut says = match line.map(|line| line.kind) {
                None if connector == Connector::Codes => self.outside.codes.says().to_owned(),
                None => "没有配置".to_owned(),
                Some(Kind::Recorded) => "录制应答（演示与测试），没有接到外部系统".to_owned(),
                Some(Kind::Http) => "外部系统".to_owned(),
            };
            if connector == Connector::Codes && line.is_some() {
                says = format!("{says}，未用代码 {free} 个");
            }
            Connection { connector, says, health, waiting, dead, last }
        };
        Ok((Connector::ALL.map(of).to_vec(), outside::dead(tx, SHOWN)?))
    }

    /// A message that was given up.
    pub fn dead_message(&self, who: &Actor, origin: Origin, id: RecordId) -> Result<OutboxRow, Refused> {
        may(who, Verb::Configure, &Subject::Platform)?;
        let found: Option<OutboxRow> = self.db.read(|tx| tx.find_record(store::args![origin, id]))?;
        found.filter(|row| row.state == "dead").ok_or(Refused::NotFound("这条消息"))
    }

    /// Tries a given-up message again (`again`) or gives it up for good, so that the later ones about its subject may go. An act.
    pub fn reopen_message(
        &self,
        who: &Actor,
        origin: Origin,
        id: RecordId,
        again: bool,
        reason: &str,
    ) -> Result<(), Refused> {
        may(who, Verb::Configure, &Subject::Platform)?;
        let reason = registry::import::clean::text(reason);
        if reason.chars().count() < 2 {
            return Err(Refused::field("reason", "请写明原因，如“对方已恢复”"));
        }
        let (office, act) = (self.clone(), if again { "retry_message" } else { "drop_message" });
        self.act(Deed::by(who, origin, "message", id, act).because(reason), move |work| {
            let row: OutboxRow = work.tx.find_record(store::args![origin, id])?.ok_or(Refused::NotFound("这条消息"))?;
            if !outside::reopen(work.tx, origin, id, again, work.at)? {
                return Err(Refused::rule("not_dead", "这条消息不在失败状态", "请刷新后再看"));
            }
            work.note("connector", row.connector.clone());
            work.note("kind", row.kind.clone());
            work.note("about", row.subject.clone());
            let connector = Connector::parse(&row.connector);
            connector.map_or(Ok(()), |connector| office.ask_for_delivery(work.tx, connector, work.at))
        })
    }
}
