//! Names of invented organizations: area, own word, field, form (社会组织名称管理办法 arts 7-9), each borne by one body per registrar.
use super::place::Registrar;
use super::stream::{Stream, shuffled};
use super::words::{self, Sector, Trade, Words};
use crate::kind::Kind;

/// A name, the one it bore before if it was renamed, and what kind of body bears it.
pub(super) struct Named<'w> {
    pub name: String,
    /// A name that nobody else at this registrar bears or bore.
    pub former: String,
    pub about: About<'w>,
}

/// What the body is about.
pub(super) enum About<'w> {
    /// A field of members.
    Trade(&'w Trade),
    /// A service.
    Sector(&'static Sector),
    /// A cause: word, department, scope.
    Cause(&'static (&'static str, &'static str, &'static str)),
}

/// The own word number `serial`, and one from the same characters the other way round, which no body in use bears.
fn own_words(words: &Words, serial: u64, key: u64) -> (String, String) {
    let (first, second) = (&words.own_first, &words.own_second);
    let size = (first.len() * second.len()) as u64;
    let at = shuffled(serial % size, size, key) as usize;
    let one = first.get(at / second.len()).copied().unwrap_or('博');
    let two = second.get(at % second.len()).copied().unwrap_or('爱');
    // Past the last pair a third character keeps words apart.
    let third = (serial / size).checked_sub(1).and_then(|round| second.get(round as usize % second.len()).copied());
    let third = third.map_or(String::new(), String::from);
    (format!("{one}{two}{third}"), format!("{two}{one}{third}"))
}

/// The name of number `serial` among all bodies of `registrar`.
pub(super) fn of<'w>(
    words: &'w Words,
    registrar: &Registrar,
    kind: Kind,
    serial: u64,
    key: u64,
    stream: &mut Stream,
) -> Named<'w> {
    let area = registrar.prefix.as_str();
    match kind {
        Kind::Foundation => {
            let cause = stream.find(words::CAUSES).unwrap_or(&words::CAUSES[0]);
            let (own, before) = own_words(words, serial, key);
            let name = |own: &str| format!("{area}{own}{}基金会", cause.0);
            Named { name: name(&own), former: name(&before), about: About::Cause(cause) }
        }
        Kind::ServiceInstitution => {
            let sector = sector(stream);
            let form = stream.word(sector.forms);
            let (own, before) = own_words(words, serial, key);
            let name = |own: &str| format!("{area}{own}{form}");
            Named { name: name(&own), former: name(&before), about: About::Sector(sector) }
        }
        Kind::Association | Kind::Community => association(words, registrar, serial, key),
    }
}

fn sector(stream: &mut Stream) -> &'static Sector {
    let mut at = stream.below(words::SECTORS.iter().map(|sector| sector.share).sum());
    for sector in words::SECTORS {
        match at.checked_sub(sector.share) {
            Some(rest) => at = rest,
            None => return sector,
        }
    }
    &words::SECTORS[0]
}

/// An association has no own word: its area and its field are its name. Where a county has more than there are fields, the rest
/// belong to its townships, and then take an own word as 异地商会 and clubs do.
fn association<'w>(words: &'w Words, registrar: &Registrar, serial: u64, key: u64) -> Named<'w> {
    let size = words.trades.len() as u64;
    let index = shuffled(serial % size, size, key) as usize;
    let trade = &words.trades[index.min(words.trades.len().saturating_sub(1))];
    let area = if registrar.prefix.is_empty() { "中国" } else { registrar.prefix.as_str() };
    let round = (serial / size) as usize;
    let towns = registrar.towns.len();
    let middle = match round {
        0 => String::new(),
        round if round <= towns => registrar.towns.get(round - 1).cloned().unwrap_or_default(),
        round => own_words(words, (round - towns - 1) as u64, key).0,
    };
    // 工作者 and 从业者 stand in no field, so the former name is nobody's.
    let Trade { word, form, .. } = trade;
    Named {
        name: format!("{area}{middle}{word}{form}"),
        former: format!("{area}{middle}{word}工作者{form}"),
        about: About::Trade(trade),
    }
}

/// 文安路社区居委会 → 文安路社区; a village committee's village keeps its 村.
pub(super) fn community_name(official: &str) -> String {
    let rural = official.ends_with("村委会") || official.ends_with("村民委员会");
    let cut = ["社区居民委员会", "社区居委会", "居民委员会", "居委会", "村民委员会", "村委会"];
    let short = cut.iter().find_map(|ending| official.strip_suffix(ending)).unwrap_or(official);
    match short.chars().last() {
        Some('村' | '区' | '街' | '镇' | '乡') => short.to_owned(),
        _ => format!("{short}{}", if rural { "村" } else { "社区" }),
    }
}

/// The filed body number `round` of one community: each pair of group and own word once.
pub(super) fn group(round: u64, key: u64) -> (&'static str, &'static str, &'static str) {
    let (groups, own) = (words::GROUPS.len() as u64, words::GROUP_OWN.len() as u64);
    let at = shuffled(round % (groups * own), groups * own, key);
    let (group, does) = words::GROUPS[(at % groups) as usize];
    (words::GROUP_OWN[(at / groups) as usize], group, does)
}
