//! What a journal entry is about, in words (办理对象): the number and title of a case, the name of an organization, account or body,
//! the file of an import. A page of entries asks once per kind, however many entries it has.
use std::collections::{BTreeMap, BTreeSet};

use store::{DbError, Filter, Sql, Tx};

use super::history::Line;
use crate::{Office, Refused};

/// A kind of subject: its word in the journal, what people call it, and where its names lie (`id`, name, further name).
struct Kind {
    word: &'static str,
    name: &'static str,
    select: &'static str,
}

const fn kind(word: &'static str, name: &'static str, select: &'static str) -> Kind {
    Kind { word, name, select }
}

/// The kinds. Where there is no table with a public name, the kind's name and the id's last characters have to do.
const KINDS: &[Kind] = &[
    kind("case", "办件", "select id, number, title from matter_case"),
    kind("org", "组织", "select id, name, code from organization"),
    kind("account", "账号", "select id, name, login from account"),
    kind("body", "单位", "select id, name, cast(null as text) from body"),
    kind("import", "导入", "select id, file_name, cast(null as text) from import_batch"),
    kind("person", "人员", ""),
    kind("register", "名册记录", ""),
    kind("review", "评价", ""),
    kind("snapshot", "统计快照", ""),
    kind("share", "数据共享", ""),
    kind("quality", "数据质量", ""),
    kind("reveal", "查看个人信息", ""),
    kind("message", "外部消息", ""),
    kind("draft", "草稿", ""),
    kind("what_if", "推演方案", ""),
];
/// Characters of an id that tell it from its neighbours.
const TAIL: usize = 6;

/// The first names of the rows with these ids.
fn named(tx: &mut Tx<'_>, select: &str, ids: &[&str]) -> Result<BTreeMap<String, String>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.one_of("id", ids);
    let text = filter.text(select);
    let rows: Vec<(String, Option<String>, Option<String>)> =
        tx.list(Sql::dynamic("audit.subjects", &text), filter.args())?;
    let join = |(id, name, more): (String, Option<String>, Option<String>)| {
        let both = [name, more].into_iter().flatten().filter(|text| !text.is_empty());
        (id, both.collect::<Vec<_>>().join(" "))
    };
    Ok(rows.into_iter().map(join).collect())
}

impl Office {
    /// What each line's subject is called: `办件 浑南区…号 社会团体成立登记`, by the subject as the journal writes it.
    pub(crate) fn subjects_in_words(
        &self,
        tx: &mut Tx<'_>,
        lines: &[Line],
    ) -> Result<BTreeMap<String, String>, Refused> {
        let subjects: BTreeSet<&str> = lines.iter().map(|line| line.subject.as_str()).collect();
        let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (word, id) in subjects.iter().filter_map(|subject| subject.split_once('/')) {
            by_kind.entry(word).or_default().push(id);
        }
        let mut out = BTreeMap::new();
        for (word, ids) in by_kind {
            let known = KINDS.iter().find(|kind| kind.word == word);
            let names = match known.filter(|kind| !kind.select.is_empty()) {
                Some(kind) => named(tx, kind.select, &ids)?,
                None => BTreeMap::new(),
            };
            let kind = known.map_or(word, |kind| kind.name);
            for id in ids {
                let name = names.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| tail(id));
                out.insert(format!("{word}/{id}"), format!("{kind} {name}"));
            }
        }
        Ok(out)
    }
}

fn tail(id: &str) -> String {
    let from = id.char_indices().rev().nth(TAIL - 1).filter(|_| id.is_ascii() && id.len() == 26);
    from.map_or_else(|| id.to_owned(), |(at, _)| format!("…{}", id.get(at..).unwrap_or(id)))
}
