//! Where names and addresses lie: answers for [`registry::import::Places`] out of the dated tree.
//!
//! Names are walked from the left: 浙江省 → 杭州市 → 富阳区 → 富春街道, a level may be left out, and the first may be a county whose name
//! is borne once in the country or below the area that is known already. Names that an area bore before count too.
use std::collections::HashMap;

use base::areas::{AreaKind, AreaTree};
use base::code::Severity;
use base::{AreaCode, AreaLevel, CreditCode};
use registry::import::Places;

/// What follows an area's name in the name of its registrar, longest first.
const OFFICES: &[&str] = &[
    "社会组织登记管理局",
    "社会团体登记管理局",
    "民间组织管理局",
    "社会组织管理局",
    "社会团体管理局",
    "社会组织管理中心",
    "行政审批服务局",
    "行政审批局",
    "民政厅",
    "民政局",
    "厅",
    "局",
];
/// What may be left out at the end of a province's name.
const PROVINCE_ENDINGS: &[&str] = &["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市"];

/// A name that some text may begin with.
#[derive(Clone, Debug)]
struct Known {
    name: String,
    area: AreaCode,
    /// A province without its ending: counts only when another area follows.
    short: bool,
}

/// Names of the tree by their first two characters.
#[derive(Debug)]
pub struct TreePlaces {
    /// Provinces, cities, counties.
    upper: HashMap<[char; 2], Vec<Known>>,
    /// Townships of a county (or of a city without counties).
    towns: HashMap<AreaCode, Vec<(String, AreaCode)>>,
    /// Regions that a credit code may name.
    regions: std::collections::HashSet<String>,
}

fn first_two(text: &str) -> Option<[char; 2]> {
    let mut chars = text.chars();
    Some([chars.next()?, chars.next()?])
}

impl TreePlaces {
    /// Reads the tree once.
    pub fn new(tree: &AreaTree) -> Self {
        let mut places =
            Self { upper: HashMap::new(), towns: HashMap::new(), regions: std::collections::HashSet::new() };
        for area in tree.iter() {
            let (code, level) = (area.code(), area.level());
            match level {
                AreaLevel::Province | AreaLevel::City | AreaLevel::County => {
                    places.learn(area.name(), &code, false);
                    let former = tree.changes_of(&code).into_iter().filter(|change| change.old_code == code);
                    let former: Vec<String> = former
                        .filter_map(|change| Some(area.name_at(change.effective.yesterday().ok()?).to_owned()))
                        .filter(|name| name != area.name())
                        .collect();
                    for name in former {
                        places.learn(&name, &code, false);
                    }
                    // 凉山州 for 凉山彝族自治州.
                    if area.name().ends_with("自治州") && area.short_name() != area.name() {
                        places.learn(&format!("{}州", area.short_name().trim_end_matches('州')), &code, false);
                    }
                    if level == AreaLevel::Province
                        && let Some(short) = PROVINCE_ENDINGS.iter().find_map(|ending| area.name().strip_suffix(ending))
                    {
                        places.learn(short, &code, true);
                        places.learn(&format!("{short}自治区"), &code, false);
                    }
                    // A zone's code is ours and is never printed in a credit code.
                    if area.kind() == AreaKind::Division {
                        places.regions.insert(code.six());
                    }
                }
                AreaLevel::Town => {
                    if let Some(above) = code.parent() {
                        places.towns.entry(above).or_default().push((area.name().to_owned(), code));
                    }
                }
                AreaLevel::Nation | AreaLevel::Community => {}
            }
        }
        places.regions.insert(AreaCode::nation().six());
        places
    }

    fn learn(&mut self, name: &str, area: &AreaCode, short: bool) {
        let Some(key) = first_two(name) else { return };
        let known = self.upper.entry(key).or_default();
        if !known.iter().any(|other| other.name == name && other.area == *area) {
            known.push(Known { name: name.to_owned(), area: area.clone(), short });
        }
    }

    /// Areas below `within` with whose name `text` begins, the longest names only.
    fn starts<'p>(&'p self, text: &str, within: Option<&AreaCode>) -> Vec<&'p Known> {
        let known = first_two(text).and_then(|key| self.upper.get(&key)).map(Vec::as_slice).unwrap_or_default();
        let fits = |known: &&Known| {
            text.starts_with(&known.name)
                && within.is_none_or(|upper| upper.covers(&known.area) && *upper != known.area)
        };
        let longest = known.iter().filter(fits).map(|known| known.name.len()).max().unwrap_or(0);
        known.iter().filter(|known| known.name.len() == longest).filter(fits).collect()
    }

    /// The finest area that `text` begins with, and what of the text is left. `near`: where it is likely to be.
    fn walk<'t>(&self, text: &'t str, near: Option<&AreaCode>) -> Option<(AreaCode, &'t str)> {
        let starts = self.starts(text, None);
        let full: Vec<&Known> = starts.iter().copied().filter(|known| !known.short).collect();
        let chosen = match full.as_slice() {
            [only] => only,
            // 朝阳区 alone may be anywhere, unless we know where to look.
            [_, _, ..] => {
                let near = near.filter(|near| **near != AreaCode::nation())?;
                let mut inside = full.iter().filter(|known| near.covers(&known.area) || known.area.covers(near));
                let first = inside.next()?;
                if inside.next().is_some() {
                    return None;
                }
                *first
            }
            // 北京朝阳区: the short name counts because a part of Beijing follows.
            [] => {
                let short = starts.first()?;
                let rest = text.get(short.name.len()..)?;
                return (self.starts(rest, Some(&short.area)).len() == 1)
                    .then(|| self.descend(short.area.clone(), rest));
            }
        };
        Some(self.descend(chosen.area.clone(), text.get(chosen.name.len()..)?))
    }

    fn descend<'t>(&self, mut area: AreaCode, mut rest: &'t str) -> (AreaCode, &'t str) {
        loop {
            // People repeat themselves: 北京市东城区北京市东城区建国门内大街.
            let again = self.starts(rest, None).into_iter().find(|known| !known.short && known.area.covers(&area));
            if let Some(tail) = again.and_then(|known| rest.get(known.name.len()..)) {
                rest = tail;
                continue;
            }
            let below = self.starts(rest, Some(&area));
            let ([only], Some(tail)) = (below.as_slice(), below.first().and_then(|known| rest.get(known.name.len()..)))
            else {
                break;
            };
            (area, rest) = (only.area.clone(), tail);
        }
        let towns = self.towns.get(&area).map(Vec::as_slice).unwrap_or_default();
        let town = towns.iter().filter(|(name, _)| rest.starts_with(name.as_str())).max_by_key(|(name, _)| name.len());
        match town.and_then(|(name, code)| Some((code.clone(), rest.get(name.len()..)?))) {
            Some(found) => found,
            None => (area, rest),
        }
    }
}

impl Places for TreePlaces {
    fn of_authority(&self, name: &str) -> Option<AreaCode> {
        if name.starts_with("民政部") || name.starts_with("中华人民共和国民政部") {
            return Some(AreaCode::nation());
        }
        let place = OFFICES.iter().find_map(|office| name.strip_suffix(office)).filter(|place| !place.is_empty())?;
        match self.walk(place, None)? {
            (area, "") => Some(area),
            _ => None,
        }
    }

    fn of_names(&self, province: &str, city: &str, district: &str) -> Option<(AreaCode, bool)> {
        let near: Option<AreaCode> = self.walk(province, None).map(|(area, _)| area);
        let joined = [province, city, district].concat();
        let (area, rest) = self.walk(&joined, near.as_ref())?;
        Some((area, rest.is_empty()))
    }

    fn of_address(&self, address: &str, near: Option<&AreaCode>) -> Option<AreaCode> {
        self.walk(address, near).map(|(area, _)| area)
    }

    fn is_region(&self, six: &str) -> bool {
        self.regions.contains(six)
    }

    fn code_faults(&self, code: &str) -> Vec<(bool, String)> {
        CreditCode::validate(code)
            .into_iter()
            .map(|fault| (fault.severity == Severity::Error, fault.to_string()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> TreePlaces {
        TreePlaces::new(&crate::testing::areas())
    }

    #[test]
    fn registrars_are_found_by_every_name_they_have() {
        let places = places();
        for (name, area) in [
            ("民政部", "100000"),
            ("浙江省民政厅", "33"),
            ("杭州市富阳区民政局", "330111"),
            ("上海市社会团体管理局", "31"),
            ("辽宁省厅", "21"),
            ("大连市局", "2102"),
            ("北京市民政局", "11"),
            ("广西壮族自治区民政厅", "45"),
            ("内蒙古自治区民政厅", "15"),
            ("招远市民政局", "370685"),
            ("黑龙江省社会组织管理局", "23"),
            ("泰顺县民政局", "330329"),
            ("龙港市行政审批局", "330383"),
            ("沈阳市和平区民政局", "210102"),
        ] {
            assert_eq!(places.of_authority(name).map(|found| found.to_string()).as_deref(), Some(area), "{name}");
        }
        for name in ["暂无", "某某局", "朝阳区民政局", "局", "沈阳市教育局"] {
            assert_eq!(places.of_authority(name), None, "{name}");
        }
    }

    #[test]
    fn addresses_are_walked_as_far_as_they_go() {
        let places = places();
        for (address, near, area) in [
            ("浙江省杭州市富阳区富春街道桂花西路118号", None, "330111001"),
            ("杭州市上城区蓝色钱江公寓4号", None, "330102"),
            ("北京朝阳区来广营西路5号", None, "110105"),
            ("北京市东城区北京市东城区建国门内大街28号", None, "110101"),
            ("浙江省兰溪市总部大楼26楼", None, "330781"),
            ("金凤区亲水大街东侧", None, "640106"),
            ("朝阳区某路", Some("11"), "110105"),
            ("南京北街77号", None, ""),
            ("朝阳区某路", None, ""),
        ] {
            let near: Option<AreaCode> = near.and_then(|near: &str| near.parse().ok());
            let found = places.of_address(address, near.as_ref()).map(|found| found.to_string()).unwrap_or_default();
            assert_eq!(found, area, "{address}");
        }
        assert_eq!(
            places.of_names("福建省", "", "龙岩市上杭县").map(|(area, _)| area.to_string()).as_deref(),
            Some("350823")
        );
        assert_eq!(places.of_names("上海市", "", "浦东区"), Some(("31".parse().unwrap(), false)));
        assert_eq!(places.of_names("", "凉山州", "").map(|(area, _)| area.to_string()).as_deref(), Some("5134"));
        assert_eq!(places.of_names("", "武汉市", ""), Some(("4201".parse().unwrap(), true)));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "[北京市省区县朝阳上海辽宁]{0,12}|\\PC{0,12}") {
            static PLACES: std::sync::OnceLock<TreePlaces> = std::sync::OnceLock::new();
            let places = PLACES.get_or_init(places);
            let _ = (places.of_authority(&text), places.of_address(&text, None), places.of_names(&text, &text, &text));
        }
    }
}
