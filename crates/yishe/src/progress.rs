//! A line that moves (进度) for anything longer than a second; silent where nobody looks.
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line is drawn again.
const PAUSE: Duration = Duration::from_millis(100);

/// The line.
pub struct Progress {
    shown: bool,
    last: Option<Instant>,
    drawn: bool,
}

impl Progress {
    /// A line on standard error, if that is a terminal.
    pub fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), last: None, drawn: false }
    }

    /// Says how far it is: `done` of `all` (0: unknown) of something.
    pub fn step(&mut self, what: &str, done: u64, all: u64) {
        if !self.shown || self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        self.drawn = true;
        let line = match (done.min(all) * 100).checked_div(all) {
            None => format!("{what}：{done}"),
            Some(percent) => {
                let filled = usize::try_from(percent * 30 / 100).unwrap_or(30);
                format!("{what} [{}{}] {percent}%  {done}/{all}", "█".repeat(filled), "░".repeat(30 - filled))
            }
        };
        let mut out = std::io::stderr();
        let _ = write!(out, "\r\x1b[2K{line}");
        let _ = out.flush();
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.drawn {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
            self.drawn = false;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
