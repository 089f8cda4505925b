//! `seal.log` (封存日志): one JSON line per seal, kept outside the database, so that whoever alters the database alone is seen.
use crate::Seal;

/// What is wrong with the log, or between the log and the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// A line is no seal.
    #[error(
        "封存日志第 {line} 行无法读取（{why}）。请与异地保存的副本核对 / seal.log line {line} is not a seal: {why}"
    )]
    Unreadable {
        /// Line number, from 1.
        line: usize,
        /// What the reader said.
        why: String,
    },
    /// A line's digest is not that of its fields.
    #[error("封存日志第 {line} 行的摘要与内容不符，该行被改动过 / seal.log line {line} was altered")]
    Altered {
        /// Line number, from 1.
        line: usize,
    },
    /// A line does not follow the one before.
    #[error(
        "封存日志第 {line} 行与上一行不相接，中间有行被删除或调换 / seal.log line {line} does not follow the line before"
    )]
    Gap {
        /// Line number, from 1.
        line: usize,
    },
    /// The log has a seal that the database lacks.
    #[error(
        "数据库缺少封存日志中的第 {0} 号封存：数据库被回退或删改过 / seal {0} of seal.log is missing from the database"
    )]
    MissingInDatabase(u64),
    /// The database has a seal that the log lacks.
    #[error(
        "封存日志缺少数据库中的第 {0} 号封存。请核对日志文件是否完整 / seal {0} of the database is missing from seal.log"
    )]
    MissingInLog(u64),
    /// Both have the seal, and it differs.
    #[error(
        "第 {0} 号封存在数据库与封存日志中不一致：其中之一被改动过 / seal {0} differs between database and seal.log"
    )]
    Differs(u64),
}

impl Seal {
    /// Its line in `seal.log`, without the line break.
    pub fn to_line(&self) -> String {
        // A struct of numbers and texts always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Reads a whole log. It may begin at any number (older lines archived) but must run on without gaps. An unfinished last
/// line without a line break (a power cut while writing) is left out: [`cross_check`] then says which seal is missing.
pub fn parse_log(text: &str) -> Result<Vec<Seal>, LogFault> {
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut seals: Vec<Seal> = Vec::new();
    for (at, content) in complete.lines().enumerate().filter(|(_, content)| !content.trim().is_empty()) {
        let line = at + 1;
        let seal: Seal =
            serde_json::from_str(content).map_err(|fault| LogFault::Unreadable { line, why: fault.to_string() })?;
        if seal.digest != seal.computed() {
            return Err(LogFault::Altered { line });
        }
        if seals.last().is_some_and(|last| seal.no != last.no + 1 || seal.prev != last.digest) {
            return Err(LogFault::Gap { line });
        }
        seals.push(seal);
    }
    Ok(seals)
}

/// Compares the log with the database's seals (in ascending number). Seals before the log's first line are not compared;
/// the log's own chain vouches for them through `prev`.
pub fn cross_check(log: &[Seal], database: &[Seal]) -> Result<(), LogFault> {
    let first = log.first().map_or(1, |seal| seal.no);
    let mut rest = database.iter().skip_while(|seal| seal.no < first);
    for seal in log {
        match rest.next() {
            None => return Err(LogFault::MissingInDatabase(seal.no)),
            Some(kept) if kept.no > seal.no => return Err(LogFault::MissingInDatabase(seal.no)),
            Some(kept) if kept != seal => return Err(LogFault::Differs(seal.no)),
            Some(_) => {}
        }
    }
    rest.next().map_or(Ok(()), |extra| Err(LogFault::MissingInLog(extra.no)))
}

#[cfg(test)]
mod tests {
    use base::Instant;
    use proptest::prelude::*;

    use super::*;

    fn seals(count: i64) -> Vec<Seal> {
        let mut out: Vec<Seal> = Vec::new();
        for at in 0..count {
            out.push(Seal::after(out.last(), Instant(at * 600_000), at % 3 == 2, &mut []).unwrap());
        }
        out
    }

    fn log(seals: &[Seal]) -> String {
        seals.iter().map(|seal| seal.to_line() + "\n").collect()
    }

    #[test]
    fn a_log_reads_back_and_agrees() {
        let all = seals(4);
        assert_eq!(parse_log(&log(&all)).unwrap(), all);
        assert_eq!(cross_check(&all, &all), Ok(()));
        assert_eq!(cross_check(&all[2..], &all), Ok(()), "older lines may be archived");
        assert_eq!(parse_log(&log(&all).replace('\n', "\r\n")).unwrap(), all);
    }

    #[test]
    fn differences_are_named() {
        let all = seals(4);
        assert_eq!(cross_check(&all, &all[..3]), Err(LogFault::MissingInDatabase(4)));
        assert_eq!(cross_check(&all[..3], &all), Err(LogFault::MissingInLog(4)));
        assert_eq!(cross_check(&[], &all), Err(LogFault::MissingInLog(1)));
        let mut forged = all.clone();
        forged[1].count = 9;
        forged[1].digest = forged[1].computed();
        assert_eq!(cross_check(&all, &forged), Err(LogFault::Differs(2)));
        assert_eq!(parse_log(&log(&forged)), Err(LogFault::Gap { line: 3 }));
        let without = [&all[..1], &all[2..]].concat();
        assert_eq!(parse_log(&log(&without)), Err(LogFault::Gap { line: 2 }));
        assert_eq!(cross_check(&all, &without), Err(LogFault::MissingInDatabase(2)));
        let text = log(&all);
        assert_eq!(parse_log(&text[..text.len() - 9]).unwrap(), all[..3], "a half-written last line");
        assert!(matches!(parse_log("nonsense\n"), Err(LogFault::Unreadable { line: 1, .. })));
    }

    proptest! {
        #[test]
        fn a_changed_character_is_seen(at: prop::sample::Index, with in "[0-9a-f]") {
            let (all, text) = (seals(3), log(&seals(3)));
            let at = at.index(text.len());
            let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            if let Ok(read) = parse_log(&changed) {
                prop_assert!(read == all || cross_check(&read, &all).is_err());
            }
        }

        #[test]
        fn reading_never_panics(text in ".{0,200}\n?") {
            let _ = parse_log(&text);
        }
    }
}
