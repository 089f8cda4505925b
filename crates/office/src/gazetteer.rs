//! Area names by their beginning, for reading the area part of an organization's name.
use std::collections::HashMap;

use base::areas::AreaTree;
use base::{AreaCode, AreaLevel};
use registry::names::{AreaPrefix, normalize};

/// Full and short names of provinces, cities and counties, normalised, with the areas that bear them.
#[derive(Debug, Default)]
pub struct Gazetteer {
    names: HashMap<String, Vec<AreaCode>>,
    longest: usize,
}

impl Gazetteer {
    /// Of every area down to the county.
    pub fn of(areas: &AreaTree) -> Self {
        let mut names: HashMap<String, Vec<AreaCode>> = HashMap::new();
        for area in areas.iter().filter(|area| area.level() <= AreaLevel::County) {
            for name in [area.name(), area.short_name()] {
                let key = normalize(name);
                // One character names nothing by itself.
                if key.chars().count() >= 2 {
                    let bearers = names.entry(key).or_default();
                    if !bearers.contains(&area.code()) {
                        bearers.push(area.code());
                    }
                }
            }
        }
        let longest = names.keys().map(|name| name.chars().count()).max().unwrap_or_default();
        Self { names, longest }
    }

    /// The longest chain of area names, each below the one before, with which `normal` begins.
    pub fn find(&self, normal: &str) -> Option<AreaPrefix> {
        let mut found: Option<AreaPrefix> = None;
        let mut rest = normal;
        while let Some((length, code)) = self.step(rest, found.as_ref().map(|prefix| &prefix.code)) {
            let before = found.as_ref().map_or(0, |prefix| prefix.chars);
            found = Some(AreaPrefix { code, chars: before + rest[..length].chars().count() });
            rest = &rest[length..];
        }
        found
    }

    /// The longest name at the start of `rest` that lies below `above`.
    fn step(&self, rest: &str, above: Option<&AreaCode>) -> Option<(usize, AreaCode)> {
        let ends: Vec<usize> = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest).collect();
        ends.into_iter().rev().find_map(|end| {
            let bearers = self.names.get(&rest[..end])?;
            let fits = |code: &&AreaCode| above.is_none_or(|above| above.covers(code) && above != *code);
            // The highest area of that name: 吉林 is the province before it is the city.
            let code = bearers.iter().filter(fits).min_by_key(|code| code.as_str().len())?;
            Some((end, code.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_chain_of_areas_is_the_area_part() {
        let gazetteer = Gazetteer::of(&crate::testing::areas());
        let find = |name: &str| {
            gazetteer
                .find(name)
                .map(|prefix| (prefix.code.to_string(), name.chars().take(prefix.chars).collect::<String>()))
        };
        assert_eq!(find("沈阳市和平区社会工作协会"), Some(("210102".into(), "沈阳市和平区".into())));
        assert_eq!(find("辽宁省慈善总会"), Some(("21".into(), "辽宁省".into())));
        assert_eq!(find("浙江省龙港市商会"), Some(("330383".into(), "浙江省龙港市".into())));
        assert_eq!(find("中国福利会"), None);
        assert_eq!(find(""), None);
    }
}
