//! The column per level that lists by area need.
use base::{AreaCode, AreaLevel};

/// An area's code at each level down to its own: `330102001` has province, city, county and town.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// 省级
    pub province: Option<String>,
    /// 地级
    pub city: Option<String>,
    /// 县级
    pub county: Option<String>,
    /// 乡级
    pub town: Option<String>,
    /// 村级
    pub community: Option<String>,
}

impl Levels {
    /// By code. Where the dated tree places an area elsewhere (zones), use [`Levels::of_chain`].
    pub fn of(area: &AreaCode) -> Self {
        Self::of_chain(&area.ancestry())
    }

    /// From an area and everything above it, in any order.
    pub fn of_chain(chain: &[AreaCode]) -> Self {
        let mut levels = Self::default();
        for area in chain {
            let slot = match area.level() {
                AreaLevel::Nation => continue,
                AreaLevel::Province => &mut levels.province,
                AreaLevel::City => &mut levels.city,
                AreaLevel::County => &mut levels.county,
                AreaLevel::Town => &mut levels.town,
                AreaLevel::Community => &mut levels.community,
            };
            *slot = Some(area.to_string());
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_fills_the_columns_down_to_its_own() {
        let levels = Levels::of(&"330102001".parse().unwrap());
        assert_eq!(levels.province.as_deref(), Some("33"));
        assert_eq!(levels.town.as_deref(), Some("330102001"));
        assert_eq!(levels.community, None);
    }
}
