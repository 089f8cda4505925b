//! What a search asks, read from and written to the query of an address. Pages, API, exports and watches share it, so that an
//! address always means the same list.
use std::str::FromStr;

use base::areas::AreaTree;
use base::{AreaCode, Date};
use registry::organization::grade_label;
use registry::{Kind, Organization, Registration, names};
use search::{Cursor, Query};

use crate::Wrong;

/// Longest text worth looking for: the longest registered names have some sixty characters.
const TEXT_MOST: usize = 100;
/// Most items on a page.
pub const LIMIT_MOST: usize = 200;
/// Items on a page unless asked otherwise.
pub const LIMIT: usize = 20;

/// A search of the register (查询条件).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Any fragment of name, code, former name, or first letters of pinyin.
    pub text: String,
    /// Domiciled in this area or below.
    pub area: Option<AreaCode>,
    /// Of this registrar.
    pub registrar: Option<AreaCode>,
    /// Of any of these kinds.
    pub kinds: Vec<Kind>,
    /// In any of these registration states.
    pub statuses: Vec<Registration>,
    /// Rated so; 0 for the unrated.
    pub grades: Vec<u8>,
    /// Charities only, or others only.
    pub charity: Option<bool>,
    /// As it was on this day.
    pub as_of: Option<Date>,
    /// Where the asker is.
    pub near: Option<AreaCode>,
    /// Items per page; 0 for the usual.
    pub limit: usize,
    /// Go on after this.
    pub after: Option<Cursor>,
}

/// Reads values of one parameter, and keeps what is wrong.
struct Reader<'a> {
    pairs: &'a [(String, String)],
    wrong: Vec<Wrong>,
}

impl<'a> Reader<'a> {
    /// The values of a parameter, several in one separated by commas; empty ones are left out.
    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let own = self.pairs.iter().filter(move |(key, _)| key == name);
        own.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
    }

    fn all<T: PartialEq>(&mut self, name: &'static str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut out = Vec::new();
        let values: Vec<&str> = self.values(name).collect();
        for value in values {
            match parse(value) {
                Some(value) if out.contains(&value) => {}
                Some(value) => out.push(value),
                None => self.wrong.push(Wrong::new(name, format!("“{}”不能用：请填{what}", short(value)))),
            }
        }
        out
    }

    fn one<T: PartialEq>(&mut self, name: &'static str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut all = self.all(name, what, parse);
        if all.len() > 1 {
            self.wrong.push(Wrong::new(name, format!("{name} 只能给一个")));
        }
        all.truncate(1);
        all.pop()
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Ask {
    /// Reads the pairs of an address's query. Names it does not know are passed over; `as_of` may not lie after `today`.
    ///
    /// # Errors
    /// Every value that cannot be read, with its parameter.
    pub fn read(pairs: &[(String, String)], today: Date) -> Result<Self, Vec<Wrong>> {
        let text = pairs.iter().find(|(name, _)| name == "q").map(|(_, value)| value.trim()).unwrap_or_default();
        let mut read = Reader { pairs, wrong: Vec::new() };
        if text.chars().count() > TEXT_MOST {
            read.wrong.push(Wrong::new("q", format!("查询文字太长，最多 {TEXT_MOST} 个字")));
        }
        let area = |text: &str| AreaCode::from_str(text).ok();
        let ask = Self {
            text: text.to_owned(),
            area: read.one("area", "行政区划代码，2、4、6、9 或 12 位数字", area),
            registrar: read.one("registrar", "登记管理机关的行政区划代码", area),
            kinds: read.all("kind", "组织类型 association、service_institution、foundation 或 community", Kind::parse),
            statuses: read.all(
                "status",
                "登记状态 registered、liquidating、deregistered 或 revoked",
                Registration::parse,
            ),
            grades: read.all("grade", "评估等级 1A 至 5A，或 none", parse_grade),
            charity: read.one("charity", " yes 或 no", parse_yes),
            as_of: read.one("as_of", "不晚于今天的日期，如 2016-12-31", |text| {
                parse_day(text).filter(|day| *day <= today)
            }),
            near: read.one("near", "行政区划代码，2、4、6、9 或 12 位数字", area),
            limit: read
                .one("limit", " 1 至 200 的整数", |text| {
                    text.parse().ok().filter(|limit| (1..=LIMIT_MOST).contains(limit))
                })
                .unwrap_or_default(),
            after: read.one("after", "上一页给出的 next，或从第一页重新开始", |text| {
                Cursor::from_str(text).ok()
            }),
        };
        if read.wrong.is_empty() { Ok(ask) } else { Err(read.wrong) }
    }

    /// The pairs that [`Ask::read`] reads, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut out: Vec<(&'static str, String)> = Vec::new();
        if !self.text.is_empty() {
            out.push(("q", self.text.clone()));
        }
        out.extend(self.area.iter().map(|area| ("area", area.to_string())));
        out.extend(self.registrar.iter().map(|area| ("registrar", area.to_string())));
        out.extend(self.kinds.iter().map(|kind| ("kind", kind.as_str().to_owned())));
        out.extend(self.statuses.iter().map(|status| ("status", status.as_str().to_owned())));
        out.extend(self.grades.iter().map(|grade| ("grade", grade_word(*grade))));
        out.extend(self.charity.map(|yes| ("charity", if yes { "yes" } else { "no" }.to_owned())));
        out.extend(self.as_of.map(|day| ("as_of", day.to_string())));
        out.extend(self.near.iter().map(|area| ("near", area.to_string())));
        if self.limit != 0 {
            out.push(("limit", self.limit.to_string()));
        }
        out.extend(self.after.iter().map(|cursor| ("after", cursor.to_string())));
        out
    }

    /// The same search from its first page.
    pub fn first_page(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// Whether it narrows anything at all.
    pub fn is_open(&self) -> bool {
        self.text.is_empty() && !self.is_narrowed()
    }

    /// Whether it filters beyond the text.
    pub fn is_narrowed(&self) -> bool {
        let Self { area, registrar, kinds, statuses, grades, charity, .. } = self;
        area.is_some()
            || registrar.is_some()
            || charity.is_some()
            || !(kinds.is_empty() && statuses.is_empty() && grades.is_empty())
    }

    /// The index's query; `count` asks for totals and facets. An area is what it was on the day asked for, or is `today`.
    pub fn query(&self, count: bool, areas: &AreaTree, today: Date) -> Query {
        let reach = self.area.as_ref().map(|area| areas.reach_at(area, self.as_of.unwrap_or(today)));
        let (within, except) = reach.map(|reach| (reach.within, reach.except)).unwrap_or_default();
        Query {
            text: self.text.clone(),
            areas: within,
            except,
            registrar: self.registrar.clone(),
            kinds: self.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            statuses: self.statuses.iter().map(|status| status.as_str().to_owned()).collect(),
            grades: self.grades.iter().map(|grade| grade_label(*grade)).collect(),
            charity: self.charity,
            as_of: self.as_of,
            near: self.near.clone(),
            limit: if self.limit == 0 { LIMIT } else { self.limit },
            after: self.after.clone(),
            count,
            ..Query::default()
        }
    }

    /// Whether this organization, as it is now, is on the list (for watches; the index answers for pages).
    pub fn matches(&self, o: &Organization, areas: &AreaTree, today: Date) -> bool {
        let home = o.domicile.as_ref().unwrap_or(&o.registrar);
        let day = self.as_of.unwrap_or(today);
        let one_of = |list: bool, found: bool| list || found;
        self.area.as_ref().is_none_or(|area| areas.covers_at(area, home, day))
            && self.registrar.as_ref().is_none_or(|area| *area == o.registrar)
            && one_of(self.kinds.is_empty(), self.kinds.contains(&o.kind))
            && one_of(self.statuses.is_empty(), self.statuses.contains(&o.states.registration))
            && one_of(self.grades.is_empty(), self.grades.contains(&o.grade.unwrap_or(0)))
            && self.charity.is_none_or(|charity| charity == o.charity)
            && self.has_text_of(o)
    }

    fn has_text_of(&self, o: &Organization) -> bool {
        let name = names::normalize(&o.name);
        let fact = |text: &Option<String>| text.as_deref().map(names::normalize).unwrap_or_default();
        let parts = [names::initials(&name), fact(&o.code), fact(&o.filing_number), name];
        self.text.split_whitespace().map(names::normalize).all(|term| parts.iter().any(|part| part.contains(&term)))
    }
}

/// The query of an address, percent-encoded.
pub fn to_query(ask: &Ask) -> String {
    serde_urlencoded::to_string(ask.pairs()).unwrap_or_default()
}

/// The pairs of an address's query; none if it cannot be read.
pub fn from_query(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

fn parse_grade(text: &str) -> Option<u8> {
    match text {
        "none" => Some(0),
        text => (1..=5).find(|grade| grade_label(*grade).eq_ignore_ascii_case(text)),
    }
}

/// How a grade is written in an address: `5A`, `none`.
pub fn grade_word(grade: u8) -> String {
    if grade == 0 { "none".to_owned() } else { grade_label(grade) }
}

fn parse_yes(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn parse_day(text: &str) -> Option<Date> {
    // Only the plain form: the same day has one address.
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 2);

    fn own(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_wrong_value_is_named() {
        let pairs = [
            ("area", "9x"),
            ("kind", "club"),
            ("as_of", "2027-01-01"),
            ("limit", "0"),
            ("after", "zz"),
            ("grade", "6A"),
        ];
        let wrong = Ask::read(&own(&pairs), TODAY).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!(fields, ["area", "kind", "grade", "as_of", "limit", "after"]);
    }

    #[test]
    fn lists_are_repeated_or_separated_by_commas() {
        let ask =
            Ask::read(&own(&[("kind", "foundation,association"), ("kind", "foundation"), ("x", "?")]), TODAY).unwrap();
        assert_eq!(ask.kinds, [Kind::Foundation, Kind::Association]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            text in "[\\PC]{0,30}",
            area in prop::option::of(prop::sample::select(vec!["21", "3301", "330106", "100000"])),
            kinds in prop::sample::subsequence(Kind::ALL.to_vec(), 0..=4),
            grades in prop::sample::subsequence(vec![0_u8, 1, 2, 3, 4, 5], 0..=6),
            charity in prop::option::of(any::<bool>()),
            limit in 0_usize..=LIMIT_MOST,
            days in prop::option::of(0_i32..9_000),
        ) {
            let as_of = days.map(|days| TODAY.saturating_sub(jiff::ToSpan::days(days)));
            let area = area.map(|area| area.parse().unwrap());
            let ask = Ask { text: text.trim().to_owned(), area, kinds, grades, charity, limit, as_of, ..Ask::default() };
            let pairs: Vec<_> = ask.pairs().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            prop_assert_eq!(Ask::read(&pairs, TODAY), Ok(ask));
        }

        #[test]
        fn any_query_is_read_or_refused(pairs in prop::collection::vec(("[a-z_]{1,9}", "\\PC{0,120}"), 0..8)) {
            if let Err(wrong) = Ask::read(&pairs, TODAY) {
                prop_assert!(wrong.iter().all(|wrong| !wrong.message.is_empty()));
            }
        }

        #[test]
        fn any_cursor_is_read_or_refused(text in "\\PC{0,100}") {
            let pairs = [("after".to_owned(), text.clone())];
            if let Ok(Ask { after: Some(cursor), .. }) = Ask::read(&pairs, TODAY) {
                prop_assert_eq!(cursor.to_string(), text.trim().to_ascii_lowercase());
            }
        }
    }
}
