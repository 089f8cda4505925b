//! Problems (问题): everything wrong with a catalogue, each at its line, all of them at once rather than the first only.
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// Where in the catalogue something was written (出处): file path relative to the catalogue's root, and line from 1.
///
/// Line 0 stands for the whole file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// Path with forward slashes, e.g. `national/matters/found-association.toml`.
    pub file: Arc<str>,
    /// Line number from 1.
    pub line: u32,
}

impl Place {
    /// A line of a file.
    pub fn new(file: impl Into<Arc<str>>, line: u32) -> Self {
        Self { file: file.into(), line }
    }

    /// The folder a file lies in first: the pack (政策包).
    pub fn pack(&self) -> &str {
        self.file.split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value together with the line it was written on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub at: Place,
}

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// 错误: the catalogue cannot be used.
    Error,
    /// 提醒: it can be used; somebody should look.
    Warning,
}

/// One problem: what is wrong and why (`message`), and what to do next (`help`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// File path relative to the catalogue's root.
    pub file: Arc<str>,
    /// Line from 1; 0 for the whole file.
    pub line: u32,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, and why, in Chinese: catalogue files are written by officials.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Problem {
    /// An error at a place.
    pub fn error(at: &Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            file: at.file.clone(),
            line: at.line,
            severity: Severity::Error,
            message: message.into(),
            help: help.into(),
        }
    }

    /// A warning at a place.
    pub fn warning(at: &Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(at, message, help) }
    }
}

impl fmt::Display for Problem {
    /// `path:line: 错误：what and why。what next`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "错误",
            Severity::Warning => "提醒",
        };
        write!(f, "{}:{}: {word}：{}", self.file, self.line, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "。{}", self.help) }
    }
}

/// Collects problems while reading goes on. Shared by reference, hence the interior mutability.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// Adds an error at a place.
    pub fn error(&self, at: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.push(Problem::error(at, message, help));
    }

    /// Adds a warning at a place.
    pub fn warning(&self, at: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.push(Problem::warning(at, message, help));
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(|p| p.severity == Severity::Error)
    }

    /// How many so far.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, by file and line, each once.
    pub fn into_sorted(self) -> Vec<Problem> {
        let mut all = self.0.into_inner();
        all.sort_by(|a, b| (&a.file, a.line, &a.message).cmp(&(&b.file, b.line, &b.message)));
        all.dedup();
        all
    }
}

/// A text cited as the reason for something (依据): a law and its article, or a clause id of the policy documents (`000-07a`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Citation {
    /// As it is shown: `《基金会管理条例》第八条`.
    pub text: String,
    /// Where it was cited.
    pub at: Place,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
