//! What formulas say of other indicators (引用其他指标): areas that pass, comparison with another area, points, either or both.
use base::{AreaCode, AreaLevel};

use super::amount::Amount;
use super::plan::{Op, Worth};
use super::{Formula, Fraction, Indicator, Part};
use crate::catalogue::Catalogue;
use crate::condition::Condition;
use crate::params::{Params, Unit};
use crate::problem::{Located, Place};

/// One part of another indicator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Other {
    /// The indicator.
    pub of: Located<String>,
    /// Its part; empty for the only one.
    pub part: String,
}

/// A number in the unit of another indicator, which is known only once all are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Written, and where.
    Written(Amount, Place),
    /// A parameter.
    Param(Located<String>),
}

impl Wanted {
    /// The number in a unit; none if it does not fit or its parameter has no value there and then.
    pub fn resolve(&self, unit: Unit, params: &Params) -> Option<Fraction> {
        match self {
            Self::Written(amount, _) => amount.of_unit(unit),
            Self::Param(name) => Worth::Param(name.clone()).resolve(params),
        }
    }
}

/// Another indicator's figure held against a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pass {
    /// Whose figure.
    pub other: Other,
    /// How: at least, above, at most, below, equal.
    pub op: Op,
    /// The number.
    pub wanted: Wanted,
}

/// What is taken of the figures that areas have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OfAreas {
    /// The share of areas whose figure passes.
    Share(Op, Wanted),
    /// The greatest of them.
    Greatest,
    /// The least of them.
    Least,
    /// The greatest over the least.
    Ratio,
    /// The greatest less the least.
    Difference,
}

/// The figures of another indicator in all areas of a level.
#[derive(Clone, PartialEq, Debug)]
pub struct AreaFigures {
    /// Whose figures.
    pub other: Other,
    /// Of areas of this level.
    pub level: AreaLevel,
    /// Which of them count.
    pub among: Condition,
    /// What is taken.
    pub take: OfAreas,
}

/// The area compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rival {
    /// The area above.
    Parent,
    /// The area of that level above.
    Level(AreaLevel),
    /// That one.
    Area(AreaCode),
}

/// One line of a weighted index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// Whose figure.
    pub other: Other,
    /// The points it can earn, of 100.
    pub weight: Fraction,
    /// The value that earns all points.
    pub full: Wanted,
    /// The value that earns none; without it zero.
    pub none: Option<Wanted>,
}

impl Formula {
    /// The other indicators it rests on.
    pub fn others(&self) -> Vec<(&Located<String>, &str)> {
        match self {
            Self::Change { of, part, .. } => vec![(of, part.as_str())],
            Self::Areas(AreaFigures { other, .. }) | Self::Versus { other, .. } => {
                vec![(&other.of, other.part.as_str())]
            }
            Self::Index(terms) => terms.iter().map(|term| (&term.other.of, term.other.part.as_str())).collect(),
            Self::Meets { of, .. } => of.iter().map(|pass| (&pass.other.of, pass.other.part.as_str())).collect(),
            _ => Vec::new(),
        }
    }

    /// The numbers it holds other indicators' figures against, each with whose.
    pub fn wanted(&self) -> Vec<(&Other, &Wanted)> {
        match self {
            Self::Areas(AreaFigures { other, take: OfAreas::Share(_, wanted), .. }) => vec![(other, wanted)],
            Self::Index(terms) => {
                let full = terms.iter().map(|term| (&term.other, &term.full));
                let none = terms.iter().filter_map(|term| Some((&term.other, term.none.as_ref()?)));
                full.chain(none).collect()
            }
            Self::Meets { of, .. } => of.iter().map(|pass| (&pass.other, &pass.wanted)).collect(),
            _ => Vec::new(),
        }
    }
}

impl Catalogue {
    /// A part and every part of other indicators it rests on, itself first, each once.
    pub fn rests_on<'c>(&'c self, indicator: &'c Indicator, part: &'c Part) -> Vec<(&'c Indicator, &'c Part)> {
        let mut all = vec![(indicator, part)];
        let mut next = 0;
        while let Some((_, part)) = all.get(next).copied() {
            next += 1;
            for (of, name) in part.formula.others() {
                let found = self.find_indicator(&of.value);
                let Some(found) = found.and_then(|found| Some((found, found.find_part(name)?))) else { continue };
                if !all.iter().any(|known| known.0.id == found.0.id && known.1.id == found.1.id) {
                    all.push(found);
                }
            }
        }
        all
    }
}
