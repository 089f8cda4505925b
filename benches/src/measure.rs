//! Times as samples, and lines that say how we stand: as a ratio to a yardstick measured in the same run, and to the budget.
use std::fmt::Write as _;
use std::time::Instant;

/// Milliseconds of many runs of the same thing.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Runs `body` for each item and keeps how long each took.
    pub fn of<T>(items: impl IntoIterator<Item = T>, mut body: impl FnMut(T)) -> Self {
        let mut out = Vec::new();
        for item in items {
            let from = Instant::now();
            body(item);
            out.push(from.elapsed().as_secs_f64() * 1000.0);
        }
        out.sort_by(f64::total_cmp);
        Self(out)
    }

    /// From times measured elsewhere, in milliseconds.
    pub fn from_times(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    /// The value below which `share` (0 to 1) of the samples lie.
    pub fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// The median.
    pub fn p50(&self) -> f64 {
        self.at(0.5)
    }

    /// The 99th percentile.
    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }
}

/// One measured thing.
pub struct Line {
    what: String,
    ours: Samples,
    yardstick: Option<(String, Samples)>,
    budget: Option<f64>,
}

/// How many a second.
pub struct Rate {
    what: String,
    ours: f64,
    yardstick: Option<(String, f64)>,
    budget: Option<f64>,
}

/// All lines of a run.
#[derive(Default)]
pub struct Report {
    sections: Vec<(String, Vec<Line>)>,
    rates: Vec<Rate>,
    facts: Vec<(String, String, bool)>,
    notes: Vec<String>,
}

impl Report {
    /// Begins a section.
    pub fn section(&mut self, title: &str) {
        println!("\n{title}");
        self.sections.push((title.to_owned(), Vec::new()));
    }

    /// Adds a line; `budget` is the p99 allowed, in milliseconds.
    pub fn line(&mut self, what: &str, ours: Samples, yardstick: Option<(&str, Samples)>, budget: Option<f64>) {
        let line = Line {
            what: what.to_owned(),
            ours,
            yardstick: yardstick.map(|(name, samples)| (name.to_owned(), samples)),
            budget,
        };
        println!("  {}", line.console());
        if let Some((_, lines)) = self.sections.last_mut() {
            lines.push(line);
        }
    }

    /// Adds a rate; `budget` is how many a second there must be.
    pub fn rate(&mut self, what: &str, ours: f64, yardstick: Option<(&str, f64)>, budget: Option<f64>) {
        let yardstick = yardstick.map(|(name, rate)| (name.to_owned(), rate));
        let rate = Rate { what: what.to_owned(), ours, yardstick, budget };
        println!("  {what}: {ours:.0}/s, yardstick {:?}, budget {budget:?}", rate.yardstick);
        self.rates.push(rate);
    }

    /// Adds something that is either so or not.
    pub fn fact(&mut self, what: &str, found: String, holds: bool) {
        println!("  {what}: {found}: {}", if holds { "holds" } else { "DOES NOT HOLD" });
        self.facts.push((what.to_owned(), found, holds));
    }

    /// Adds a sentence of figures that are not times: sizes, counts, ratios.
    pub fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        println!("  {text}");
        self.notes.push(text);
    }

    /// Whether every budget was kept.
    pub fn is_within(&self) -> bool {
        let times = self.sections.iter().flat_map(|(_, lines)| lines).map(Line::headroom);
        let rates = self.rates.iter().map(Rate::headroom);
        times.chain(rates).flatten().all(|room| room >= 1.0) && self.facts.iter().all(|(_, _, holds)| *holds)
    }

    /// The tables of `benches/RESULTS.md`: ratios only, because a bare time says more about the machine than about us.
    pub fn markdown(&self, head: &str) -> String {
        let mut out = format!("{head}\n");
        if !self.rates.is_empty() {
            out.push_str(
                "\n## Rates\n\n| What | Yardstick | Ours : yardstick | Measured ÷ budget |\n|---|---|---|---|\n",
            );
            for rate in &self.rates {
                let _ = writeln!(out, "{}", rate.row());
            }
        }
        if !self.facts.is_empty() {
            out.push_str("\n## Must be so\n\n| What | Found | |\n|---|---|---|\n");
            for (what, found, holds) in &self.facts {
                let _ = writeln!(out, "| {what} | {found} | {} |", if *holds { "holds" } else { "**does not hold**" });
            }
        }
        for (title, lines) in self.sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            let _ = writeln!(
                out,
                "\n## {title}\n\n| What | Yardstick | Ours : yardstick p50 | p99 | Budget ÷ our p99 |\n|---|---|---|---|---|"
            );
            for line in lines {
                let _ = writeln!(out, "{}", line.row());
            }
        }
        if !self.notes.is_empty() {
            out.push_str("\n## Figures\n\n");
            for note in &self.notes {
                let _ = writeln!(out, "- {note}");
            }
        }
        out
    }
}

impl Rate {
    fn headroom(&self) -> Option<f64> {
        self.budget.map(|budget| self.ours / budget)
    }

    fn row(&self) -> String {
        let (name, ratio) = match &self.yardstick {
            Some((name, rate)) => (name.as_str(), format!("1 : {:.1}", rate / self.ours)),
            None => ("—", "—".to_owned()),
        };
        format!("| {} | {name} | {ratio} | {} |", self.what, room_text(self.headroom()))
    }
}

/// Two digits that matter; what misses the budget is said to.
fn room_text(room: Option<f64>) -> String {
    match room {
        None => "—".to_owned(),
        Some(room) if room < 1.0 => format!("**{room:.2} (missed)**"),
        Some(room) if room < 10.0 => format!("{room:.1}"),
        Some(room) => format!("{room:.0}"),
    }
}

impl Line {
    fn headroom(&self) -> Option<f64> {
        self.budget.map(|budget| budget / self.ours.p99())
    }

    fn console(&self) -> String {
        let mut out = format!("{:<44} p50 {:>9.3} ms  p99 {:>9.3} ms", self.what, self.ours.p50(), self.ours.p99());
        if let Some((name, yard)) = &self.yardstick {
            let _ = write!(out, "  | {name}: p50 {:.3} p99 {:.3}", yard.p50(), yard.p99());
        }
        if let Some(budget) = self.budget {
            let verdict = if self.ours.p99() <= budget { "within" } else { "OVER" };
            let _ = write!(out, "  | budget {budget} ms: {verdict}");
        }
        out
    }

    fn row(&self) -> String {
        let ratio = |ours: f64, yard: f64| format!("1 : {:.2}", yard / ours);
        let (name, p50, p99) = match &self.yardstick {
            Some((name, yard)) => {
                (name.as_str(), ratio(self.ours.p50(), yard.p50()), ratio(self.ours.p99(), yard.p99()))
            }
            None => ("—", "—".to_owned(), "—".to_owned()),
        };
        format!("| {} | {name} | {p50} | {p99} | {} |", self.what, room_text(self.headroom()))
    }
}
