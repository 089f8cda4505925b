//! How a command ends when it does not end well. Exit codes: 0 done and good; 1 done, and the answer is no (a code is invalid, the
//! journal is broken, the catalogue has faults); 2 not done: the command line or the configuration does not allow it; 3 not done:
//! the machine failed (disk, database, network).
use std::process::ExitCode;

/// Why a command did not end well; the text is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The answer is no.
    #[error("{0}")]
    No(String),
    /// Not with this command line or configuration.
    #[error("{0}")]
    Refused(String),
    /// The machine failed.
    #[error("{0}")]
    Trouble(String),
}

impl Failure {
    /// Not with this command line or configuration.
    pub fn refused(text: impl std::fmt::Display) -> Self {
        Self::Refused(text.to_string())
    }

    /// The machine failed.
    pub fn trouble(error: impl std::fmt::Display) -> Self {
        Self::Trouble(error.to_string())
    }

    /// For the shell.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::No(_) => 1,
            Self::Refused(_) => 2,
            Self::Trouble(_) => 3,
        })
    }
}

impl From<store::DbError> for Failure {
    fn from(error: store::DbError) -> Self {
        match error {
            store::DbError::Schema(text) => Self::Refused(format!("数据库不能使用：{}", in_chinese(&text))),
            other => Self::Trouble(format!("数据库：{other}")),
        }
    }
}

impl From<office::Refused> for Failure {
    fn from(refused: office::Refused) -> Self {
        match refused {
            office::Refused::Internal(text) => Self::Trouble(text),
            office::Refused::Busy => Self::Trouble(refused.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<vault::KeyFault> for Failure {
    fn from(fault: vault::KeyFault) -> Self {
        Self::Refused(fault.to_string())
    }
}

/// What the store says to engineers, for the person at the terminal; the original follows, to be searched for.
fn in_chinese(text: &str) -> String {
    let known = [
        ("steps are missing", "结构不是最新，请由数据库属主运行 yishe migrate"),
        ("which this program does not know", "它由更新的程序升级过，请换用那个版本的程序"),
        ("was applied with another text", "它不是本程序建立的"),
        ("this role may change or delete", "服务用的角色可以改写留痕，请用 yishe migrate --serve-role 准备的角色"),
        ("is damaged", "文件已损坏"),
        ("holds no schema of ours", "不是本程序的数据库"),
    ];
    match known.iter().find(|(words, _)| text.contains(words)) {
        Some((_, said)) => format!("{said}（{text}）"),
        None => text.to_owned(),
    }
}
