//! How records of a register move: states, the records they belong to, who is reminded, which areas must have one.
use std::collections::BTreeMap;

use base::AreaLevel;
use serde::{Deserialize, Serialize};

/// The states of a record (状态), its `[state]` table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The `choice` field that holds the state.
    pub field: String,
    /// The state a new record has where nobody says another.
    pub first: String,
    /// The states in which nothing is left to do.
    #[serde(default)]
    pub closed: Vec<String>,
    /// The date field after which a record that is not closed is overdue (逾期).
    #[serde(default)]
    pub due: Option<String>,
    /// From each state to which others; without it every change is allowed. Corrections of what was entered by mistake are free.
    #[serde(default)]
    pub moves: BTreeMap<String, Vec<String>>,
}

impl Course {
    /// Whether a record may go from one state to another.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        from == to || self.moves.is_empty() || self.moves.get(from).is_some_and(|list| list.iter().any(|one| one == to))
    }

    /// Whether nothing is left to do in that state.
    pub fn is_closed(&self, state: &str) -> bool {
        self.closed.iter().any(|closed| closed == state)
    }
}

/// A field that names a record of another register (属于): a progress report belongs to a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BelongsTo {
    /// The other register.
    pub register: String,
    /// The field of the other record that names the desk which answers for it: only that desk, or one that keeps the other
    /// register, enters here.
    #[serde(default)]
    pub desk: Option<String>,
    /// What entering a record here changes in the other one: its field = the field here.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
}

/// Which areas must have a record (覆盖): those of a level, once for each value of `per`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The level of area that is asked.
    pub level: AreaLevel,
    /// The choice field for each of whose values a record is asked; none: one record is enough.
    #[serde(default)]
    pub per: Option<String>,
}

/// Somebody is told that a day comes (提醒).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remind {
    /// The date field.
    pub field: String,
    /// How many days before it; 0 is the day itself.
    pub days_before: Days,
    /// The field that names the desk to tell; without it the desks that enter.
    #[serde(default)]
    pub desk: Option<String>,
    /// What is said; `{title}` and `{day}` are put in.
    pub text: String,
}

/// Days, written here or as a parameter of unit day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Days {
    /// `[30, 7, 0]`
    List(Vec<u16>),
    /// `{ param = "…" }`
    Param {
        /// Its name.
        param: String,
    },
}

/// Where choices come from that the catalogue has already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The policy documents of all packs, by id.
    Documents,
    /// The plans, by id.
    Plans,
    /// The desks, by id.
    Desks,
    /// The numbers of areas that others supply (`area.*`, `supply = "import"`), by what follows the point: besides the choices
    /// written, so that a pack's own fact can be entered without touching the register.
    AreaFacts,
}
