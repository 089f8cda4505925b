//! Named checks (命名检查): what a condition cannot say, as pure functions written and tested in Rust, registered by name.
use std::collections::BTreeMap;

use crate::condition::{Facts, Tri};
use crate::params::Params;

/// What a named check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Whether it holds.
    pub tri: Tri,
    /// Why, in plain Chinese: `注册资金 5 万元，低于 10 万元`.
    pub reason: String,
    /// What would have to be done; without one the explanation says 无法自动给出.
    pub remedy: Option<String>,
    /// Facts that were missing, if unknown.
    pub missing: Vec<String>,
}

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct NamedCheck {
    /// Its name in conditions: `named = "…"`.
    pub name: &'static str,
    /// Its Chinese name, as shown in explanations.
    pub title: &'static str,
    /// The facts it reads; office loads exactly these.
    pub reads: &'static [&'static str],
    /// The parameters it reads; a matter's edition keeps exactly these.
    pub params: &'static [&'static str],
    /// The check itself: pure, no clock, no database.
    pub run: fn(&dyn Facts, &Params) -> Verdict,
}

/// All checks by name.
#[derive(Clone, Debug, Default)]
pub struct NamedChecks(BTreeMap<&'static str, NamedCheck>);

impl NamedChecks {
    /// From a list; of two with one name the later counts.
    pub fn of(checks: &[NamedCheck]) -> Self {
        Self(checks.iter().map(|check| (check.name, *check)).collect())
    }

    /// The check of that name.
    pub fn find(&self, name: &str) -> Option<&NamedCheck> {
        self.0.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}
