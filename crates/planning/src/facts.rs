//! All tables of one day (事实库): what followed the change rows up to certain positions.
use std::collections::BTreeMap;
use std::sync::Arc;

use base::{AreaCode, AreaLevel, AreaTree, Date, Origin};
use catalogue::{Catalogue, Subject, Value};

use crate::areas::{Areas, NOWHERE};
use crate::table::{Given, Layout, Place, Table, used_facts};

/// The facts of one day.
#[derive(Clone, PartialEq, Debug)]
pub struct FactBase {
    date: Date,
    /// Shared by everything that only reads them: there are hundreds of thousands.
    areas: Arc<Areas>,
    tables: BTreeMap<Subject, Table>,
    positions: BTreeMap<Origin, u64>,
}

impl FactBase {
    /// Empty tables for everything the catalogue's indicators and rules ask about, on the tree of `date`. Areas and communities
    /// have their rows already, with what the tree itself knows: level, and urban or rural.
    pub fn new(catalogue: &Catalogue, tree: &AreaTree, date: Date) -> Self {
        let areas = Areas::of(tree, date);
        let mut used = used_facts(catalogue);
        for subject in [Subject::Organization, Subject::CommunityOrganization, Subject::Community, Subject::Area] {
            used.entry(subject).or_default();
        }
        let table = |(subject, facts)| {
            let layout = Layout::of(catalogue.words(), &subject, &facts);
            (subject, Table::new(layout))
        };
        let tables = used.into_iter().map(table).collect();
        let mut base = Self { date, areas: Arc::new(areas), tables, positions: BTreeMap::new() };
        base.enter_areas(tree);
        base
    }

    pub(crate) fn from_parts(
        date: Date,
        areas: Arc<Areas>,
        tables: BTreeMap<Subject, Table>,
        positions: BTreeMap<Origin, u64>,
    ) -> Self {
        Self { date, areas, tables, positions }
    }

    /// Moves the whole base to another day (midnight): the areas are those of its tree, every subject counts in what its area is
    /// by then, new areas get their rows and ended ones lie nowhere. Facts that change with the day alone (a grade that expires)
    /// are set by whoever follows them.
    pub fn move_to(&mut self, tree: &AreaTree, date: Date) {
        let areas = Areas::of(tree, date);
        let fixed = |subject: &Subject| matches!(subject, Subject::Area | Subject::Community);
        let old = std::mem::replace(&mut self.areas, Arc::new(areas));
        self.date = date;
        let areas = &self.areas;
        let exact = |at: u32| old.code(at).and_then(|code| areas.find(code)).unwrap_or(NOWHERE);
        let heir = |at: u32| old.code(at).map_or(NOWHERE, |code| areas.place(tree, code));
        let (exact, heirs): (Vec<u32>, Vec<u32>) = (0..old.len() as u32).map(|at| (exact(at), heir(at))).unzip();
        for (subject, table) in &mut self.tables {
            table.renumber(if fixed(subject) { &exact } else { &heirs });
        }
        self.enter_areas(tree);
    }

    /// Rows for areas and communities that have none yet; those that lie nowhere come back.
    fn enter_areas(&mut self, tree: &AreaTree) {
        let text = |word: &str| Given::Known(Value::Text(word.to_owned()));
        let row_of = |table: &mut Table, id: u128, place: Place| match table.find(id) {
            Some(row) => {
                table.put(row, place);
                row
            }
            None => table.push(id, place),
        };
        for at in 0..self.areas.len() as u32 {
            let Some(code) = self.areas.code(at).cloned() else { continue };
            let (id, place) = (area_id(&code), Place::both(at));
            if let Some(table) = self.tables.get_mut(&Subject::Area) {
                let row = row_of(table, id, place);
                // Tables have the column only if something asks for it; then there is nothing to keep.
                drop(table.set(row, "area.level", &text(level_word(code.level()))));
            }
            if code.level() == AreaLevel::Community
                && let Some(table) = self.tables.get_mut(&Subject::Community)
            {
                let row = row_of(table, id, place);
                let settled = tree.settlement(&code).map(|fact| fact.settlement);
                let word = settled.map(|kind| match kind {
                    base::areas::Settlement::Urban => "urban",
                    base::areas::Settlement::Rural => "rural",
                });
                drop(table.set(row, "community.settlement", &word.map_or(Given::Unknown, text)));
            }
        }
        for subject in [Subject::Area, Subject::Community] {
            if let Some(table) = self.tables.get_mut(&subject) {
                table.keep_since(Date::MIN);
            }
        }
    }

    /// Its day and areas without any facts: all that is needed to find an area's number on that day.
    pub fn outline(&self) -> Self {
        Self::from_parts(self.date, Arc::clone(&self.areas), BTreeMap::new(), BTreeMap::new())
    }

    /// The day whose facts these are.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The areas of that day.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// The table of a subject; none if nothing asks about it.
    pub fn table(&self, subject: &Subject) -> Option<&Table> {
        self.tables.get(subject)
    }

    /// The table of a subject, to follow changes.
    pub fn table_mut(&mut self, subject: &Subject) -> Option<&mut Table> {
        self.tables.get_mut(subject)
    }

    /// All tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// Up to which change row of an origin the tables follow; 0 before the first.
    pub fn position(&self, origin: &Origin) -> u64 {
        self.positions.get(origin).copied().unwrap_or(0)
    }

    /// All positions.
    pub fn positions(&self) -> &BTreeMap<Origin, u64> {
        &self.positions
    }

    /// Keeps the position; false (and nothing changes) if that change row was applied before, so that following is idempotent.
    pub fn advance(&mut self, origin: Origin, pos: u64) -> bool {
        let known = self.positions.entry(origin).or_insert(0);
        if pos <= *known {
            return false;
        }
        *known = pos;
        true
    }
}

/// The id of an area's or community's row: its code as a number.
pub fn area_id(code: &AreaCode) -> u128 {
    code.as_str().parse().unwrap_or_default()
}

/// The word of `area.level`.
pub fn level_word(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::Nation => "nation",
        AreaLevel::Province => "province",
        AreaLevel::City => "city",
        AreaLevel::County => "county",
        AreaLevel::Town => "town",
        AreaLevel::Community => "community",
    }
}
