//! Count cubes: how many of what kind and state there are in an area, at every level, kept in the act's own transaction so that
//! a page never counts. One row per origin, so two authorities never wait for each other.
use std::collections::BTreeMap;

use base::{AreaCode, Origin};

use crate::{DbError, Statement, Tx, args, sql};

/// One number of a cube. Use [`Tx::tally`] to move it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CubeKey {
    /// The origin of the row counted.
    pub origin: Origin,
    /// Which cube: `org.registrar`, `org.domicile`, `case`.
    pub cube: &'static str,
    /// The area, at any level.
    pub area: AreaCode,
    /// First dimension.
    pub kind: String,
    /// Second dimension.
    pub state: String,
}

/// One cell of a cube summed over all origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// First dimension.
    pub kind: String,
    /// Second dimension.
    pub state: String,
    /// How many.
    pub number: i64,
}

const MOVE: Statement = sql!(
    "cubes.move",
    "update cube_count set number = number + $6
     where origin = $1 and cube = $2 and area = $3 and kind = $4 and state = $5"
);
const ADD: Statement = sql!(
    "cubes.add",
    "insert into cube_count (origin, cube, area, kind, state, number) values ($1, $2, $3, $4, $5, $6)
     on conflict (origin, cube, area, kind, state) do update set number = cube_count.number + excluded.number"
);
const OF_AREA: Statement = sql!(
    "cubes.of_area",
    "select kind, state, cast(sum(number) as bigint) as number from cube_count
     where cube = $1 and area = $2 group by kind, state having sum(number) <> 0 order by kind, state"
);
const BELOW: Statement = sql!(
    "cubes.below",
    "select area, kind, state, cast(sum(number) as bigint) as number from cube_count
     where cube = $1 and area >= $2 and area < $3 and cast(length(area) as bigint) = $4
     group by area, kind, state having sum(number) <> 0 order by area, kind, state"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[MOVE, ADD, OF_AREA, BELOW];

impl crate::FromRow for Count {
    const TABLE: &'static str = "cube_count";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self { kind: row.get("kind")?, state: row.get("state")?, number: row.get("number")? })
    }
}

struct Below {
    area: AreaCode,
    count: Count,
}

impl crate::FromRow for Below {
    const TABLE: &'static str = "cube_count";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self { area: row.get("area")?, count: Count::from_row(row)? })
    }
}

pub(crate) fn write(tx: &mut Tx<'_>, cubes: &BTreeMap<CubeKey, i64>) -> Result<(), DbError> {
    for (key, by) in cubes.iter().filter(|(_, by)| **by != 0) {
        let cell = args![key.origin, key.cube, key.area, key.kind, key.state, by];
        // Nearly always the cell is there, and an update is half the work of an upsert. Where it is not, somebody else may be
        // making it at this moment.
        if tx.run(MOVE, cell)? == 0 {
            tx.run(ADD, cell)?;
        }
    }
    Ok(())
}

/// The counts of one area.
pub fn of_area(tx: &mut Tx<'_>, cube: &str, area: &AreaCode) -> Result<Vec<Count>, DbError> {
    tx.list(OF_AREA, args![cube, area])
}

/// The counts of the areas `digits` long (2, 4, 6, 9, 12) whose codes begin with `prefix` (`""`: all).
pub fn below(tx: &mut Tx<'_>, cube: &str, prefix: &str, digits: usize) -> Result<Vec<(AreaCode, Count)>, DbError> {
    // ':' follows '9', so the range holds exactly the codes that begin with the prefix.
    let rows = tx.list::<Below>(BELOW, args![cube, prefix, format!("{prefix}:"), digits])?;
    Ok(rows.into_iter().map(|row| (row.area, row.count)).collect())
}
