//! A name taken apart (名称结构): area, own word, field, form.
use base::AreaCode;

use super::rules::NameRules;

/// An area name found at the start of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaPrefix {
    /// The area.
    pub code: AreaCode,
    /// How many characters of the name it takes.
    pub chars: usize,
}

/// Where area names come from (the area tree, or a closure in tests).
pub trait Gazetteer {
    /// The longest area name, or chain of area names (辽宁省沈阳市), with which `normal` begins; its innermost area.
    fn find_prefix(&self, normal: &str) -> Option<AreaPrefix>;
}

impl<F: Fn(&str) -> Option<AreaPrefix>> Gazetteer for F {
    fn find_prefix(&self, normal: &str) -> Option<AreaPrefix> {
        self(normal)
    }
}

/// The parts of a name in normal form; together they are the whole name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameParts {
    /// 行政区划名称, empty if the name has none.
    pub area: String,
    /// Its code.
    pub area_code: Option<AreaCode>,
    /// 字号; empty where the kind has none or the whole middle is a field.
    pub own: String,
    /// 行（事）业领域 or 会员组成.
    pub field: String,
    /// 组织形式, empty if the name ends in none that is known.
    pub form: String,
    /// Whether the line between own word and field was drawn by known field words rather than guessed.
    pub certain: bool,
}

impl NameParts {
    /// Own word and field together: what distinguishes the body.
    pub fn middle(&self) -> String {
        format!("{}{}", self.own, self.field)
    }
}

/// Takes a name apart. `kind` is the stored kind (`association`, ...): its rule says whether there is an own word.
///
/// The own word is what remains before the longest run of known field words (`rules.fields`) at the end of the middle;
/// where no field word is known, the first two characters are taken for it and `certain` is false.
pub fn parse(name: &str, kind: &str, rules: &NameRules, areas: &dyn Gazetteer) -> NameParts {
    let normal = super::normalize(name);
    let mut parts = NameParts::default();
    let mut rest = normal.as_str();
    if let Some(prefix) = areas.find_prefix(rest) {
        let cut = byte_at(rest, prefix.chars);
        rest[..cut].clone_into(&mut parts.area);
        parts.area_code = Some(prefix.code);
        rest = &rest[cut..];
    }
    let form = rules.kinds.values().flat_map(|kind| &kind.endings).map(|form| super::normalize(form));
    // A name that is nothing but an ending keeps it as its middle: 中心 alone distinguishes nobody, but is not formless.
    if let Some(form) = form.filter(|form| !form.is_empty() && rest.ends_with(form.as_str())).max_by_key(String::len) {
        rest = &rest[..rest.len() - form.len()];
        parts.form = form;
    }
    let field_at = field_start(rest, &rules.fields);
    if rules.kinds.get(kind).is_some_and(|kind| !kind.own_word) {
        rest.clone_into(&mut parts.field);
        parts.certain = true;
        return parts;
    }
    let cut = if field_at < rest.len() { field_at } else { byte_at(rest, 2) };
    parts.certain = field_at < rest.len();
    rest[..cut].clone_into(&mut parts.own);
    rest[cut..].clone_into(&mut parts.field);
    parts
}

/// Where the run of known field words at the end of `middle` begins.
fn field_start(middle: &str, fields: &[String]) -> usize {
    let mut end = middle.len();
    while let Some(word) = fields
        .iter()
        .filter(|word| !word.is_empty() && middle[..end].ends_with(word.as_str()))
        .max_by_key(|word| word.len())
    {
        end -= word.len();
    }
    end
}

/// The byte offset of character `count`, at most the end.
fn byte_at(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}
