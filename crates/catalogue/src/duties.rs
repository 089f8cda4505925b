//! The responsibility matrix (责任清单): which duty falls to which desk at which level, by which clause.
use authority::DeskId;
use base::{AreaCode, AreaLevel};
use serde::{Deserialize, Deserializer, Serialize};

use crate::matter::OrgKind;

/// One duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Its name in the data.
    pub id: String,
    /// What has to be done.
    pub duty: String,
    /// The clause that gives it.
    pub clause: String,
    /// The desk it falls to.
    pub desk: DeskId,
    /// The level of authority it falls to; `national` is written here as in packs.
    #[serde(deserialize_with = "level")]
    pub level: AreaLevel,
    /// The kinds of organizations it is about; all if empty.
    #[serde(default)]
    pub kinds: Vec<OrgKind>,
}

fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AreaLevel, D::Error> {
    use serde::de::{Error, IntoDeserializer, value::StringDeserializer};
    let word = String::deserialize(deserializer)?;
    let word = if word == "national" { "nation".to_owned() } else { word };
    let words: StringDeserializer<D::Error> = word.into_deserializer();
    AreaLevel::deserialize(words).map_err(D::Error::custom)
}

/// A post somebody holds (岗位任职): a desk in an area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldPost {
    /// The desk.
    pub desk: DeskId,
    /// The area.
    pub area: AreaCode,
}

/// A duty nobody holds in an area that should have somebody (责任空白).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap<'d> {
    /// The duty.
    pub duty: &'d Duty,
    /// Where nobody holds it.
    pub area: AreaCode,
}

/// The duties that nobody holds in each of `areas` of the duty's level, in the order of duties, then areas.
pub fn unheld<'d>(duties: impl IntoIterator<Item = &'d Duty>, areas: &[AreaCode], held: &[HeldPost]) -> Vec<Gap<'d>> {
    let mut gaps = Vec::new();
    for duty in duties {
        for area in areas.iter().filter(|area| area.level() == duty.level) {
            if !held.iter().any(|post| post.desk == duty.desk && post.area == *area) {
                gaps.push(Gap { duty, area: area.clone() });
            }
        }
    }
    gaps
}
