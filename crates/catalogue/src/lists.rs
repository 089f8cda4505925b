//! Shared code lists (代码表, `lists.toml`): `list = "industry"` in a field stands for its choices. Put in when a matter is
//! resolved, so that an edition carries the choices it was filled in with.
use std::collections::BTreeMap;

use crate::problem::Problems;
use crate::reader::Reader;
use crate::tree::{Data, Node};

/// One list of `lists.toml`.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// Its name in fields.
    pub id: String,
    /// 名称
    pub name: String,
    /// The standard or clause it comes from.
    pub clause: String,
    /// The choices as they stand in the file.
    choices: Node,
}

impl CodeList {
    /// Reads one `[[list]]` table.
    pub(crate) fn read(entry: &Reader<'_>) -> Option<Self> {
        let (id, name, clause) = (entry.need_id("id"), entry.need_text("name"), entry.need_text("clause"));
        let Some(choices) = entry.find("choices") else {
            entry.problems().error(
                &entry.node().at,
                format!("代码表“{id}”没有 choices"),
                "请写 choices = [{ value, label }]",
            );
            return None;
        };
        Some(Self { id, name, clause, choices: choices.clone() })
    }

    /// Its values with their Chinese names.
    pub fn words(&self) -> Vec<(String, String)> {
        let text = |node: &Node, key: &str| node.find(key).and_then(Node::as_text).map(str::to_owned);
        let pair = |choice: &Node| Some((text(choice, "value")?, text(choice, "label")?));
        self.choices.items().iter().filter_map(pair).collect()
    }

    /// What people call a value; `None` for one that is not on the list.
    pub fn find_label(&self, value: &str) -> Option<&str> {
        let said = |choice: &'_ Node, key: &str| choice.find(key).and_then(Node::as_text) == Some(value);
        self.choices.items().iter().find(|choice| said(choice, "value"))?.find("label")?.as_text()
    }
}

/// Puts the choices of the lists into every table of a matter that names one.
pub(crate) fn put_in(root: &mut Node, lists: &BTreeMap<String, CodeList>, problems: &Problems) {
    let named = root.find("list").and_then(Node::as_text).map(str::to_owned);
    if let Some(name) = named {
        match (lists.get(&name), root.find("choices")) {
            (Some(list), None) => root.put("choices", list.choices.clone()),
            (Some(_), Some(_)) => {
                problems.error(&root.at, format!("选项同时写了 choices 和 list = \"{name}\""), "请只写其中之一");
            }
            (None, _) => {
                let known: Vec<&str> = lists.keys().map(String::as_str).collect();
                problems.error(
                    &root.at,
                    format!("没有名为“{name}”的代码表"),
                    format!("可用的有：{}", known.join("、")),
                );
            }
        }
    }
    match &mut root.data {
        Data::Table(entries) => entries.iter_mut().for_each(|(_, node)| put_in(node, lists, problems)),
        Data::List(items) => items.iter_mut().for_each(|item| put_in(item, lists, problems)),
        Data::Text(_) | Data::Int(_) | Data::Bool(_) | Data::Date(_) => {}
    }
}
