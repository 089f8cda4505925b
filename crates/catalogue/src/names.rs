//! Naming rules (名称规则): a pack's `names.toml` says texts and articles; wherever it writes `{ param = "…" }`, the parameter that
//! holds for the registrar's area on the day is put in. The result has the shape of the register's own rule types.
use serde_json::{Map, Value as Json};

use crate::params::Params;
use crate::problem::Problems;
use crate::tree::{Data, Node};
use crate::value::Value;

/// The tables of `names.toml` (`rules`, `duplicate`) as JSON with all parameters put in; what is not set is reported at its line.
pub fn name_rules(root: &Node, params: &Params, problems: &Problems) -> Json {
    match &root.data {
        Data::Table(entries) => {
            if let Some(name) = parameter(root) {
                return put_in(name, root, params, problems);
            }
            let filled = entries.iter().map(|(key, node)| (key.value.clone(), name_rules(node, params, problems)));
            Json::Object(filled.collect::<Map<_, _>>())
        }
        Data::List(items) => Json::Array(items.iter().map(|item| name_rules(item, params, problems)).collect()),
        Data::Text(_) | Data::Int(_) | Data::Bool(_) | Data::Date(_) => root.to_json(),
    }
}

/// The parameters a `names.toml` refers to, each with the node that does.
pub fn parameters(root: &Node) -> Vec<(&str, &Node)> {
    if let Some(name) = parameter(root) {
        return vec![(name, root)];
    }
    let below = root.entries().iter().map(|(_, node)| node).chain(root.items());
    below.flat_map(parameters).collect()
}

/// The name in `{ param = "…" }`.
fn parameter(node: &Node) -> Option<&str> {
    let [(key, name)] = node.entries() else { return None };
    if key.value == "param" { name.as_text() } else { None }
}

fn put_in(name: &str, node: &Node, params: &Params, problems: &Problems) -> Json {
    match params.find(name).map(|param| &param.value) {
        Some(Value::List(words)) => Json::from(words.clone()),
        Some(Value::Int(number)) => Json::from(*number),
        Some(Value::Text(text)) => Json::from(text.clone()),
        Some(Value::Bool(truth)) => Json::from(*truth),
        Some(Value::Money(_) | Value::Date(_)) => {
            problems.error(
                &node.at,
                format!("名称规则里用不上参数“{name}”这种值"),
                "请用 list、text、count、month 等单位的参数",
            );
            Json::Null
        }
        None => {
            problems.error(&node.at, format!("名称规则要用的参数“{name}”没有设定"), "请在 params.toml 里设定它");
            Json::Null
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParamBook;

    const NAMES: &str = "[rules]\nfields = { param = \"fields\" }\nown_word_chars = { param = \"chars\" }\n\
        forbidden = [{ words = { param = \"fields\" }, clause = \"云州办法\" }]\n";

    fn params() -> Params {
        let problems = Problems::new();
        let text = "[[param]]\nname = \"fields\"\ntitle = \"领域\"\nunit = \"list\"\n\
            values = [{ from = 2020-01-01, value = [\"风筝\"], clause = \"云州办法\", confidence = \"V\" }]\n\
            [[param]]\nname = \"chars\"\ntitle = \"字数\"\nunit = \"count\"\n\
            values = [{ from = 2020-01-01, value = 2, clause = \"云州办法\", confidence = \"V\" }]\n";
        let mut book = ParamBook::default();
        book.read("national", &Node::parse("p.toml", text, &problems), &problems);
        assert!(problems.is_empty(), "{:?}", problems.into_sorted());
        book.resolve_all(&["national"], "2024-01-01".parse().unwrap())
    }

    #[test]
    fn parameters_are_put_in() {
        let problems = Problems::new();
        let root = Node::parse("names.toml", NAMES, &problems);
        let filled = name_rules(&root, &params(), &problems);
        assert_eq!(filled["rules"]["fields"], serde_json::json!(["风筝"]));
        assert_eq!(filled["rules"]["own_word_chars"], 2);
        assert_eq!(filled["rules"]["forbidden"][0], serde_json::json!({ "words": ["风筝"], "clause": "云州办法" }));
        assert_eq!(parameters(&root).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["fields", "chars", "fields"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn a_missing_parameter_names_its_line() {
        let problems = Problems::new();
        let root = Node::parse("names.toml", NAMES, &problems);
        name_rules(&root, &Params::default(), &problems);
        let said: Vec<_> = problems.into_sorted().iter().map(ToString::to_string).collect();
        assert!(said[0].starts_with("names.toml:2: 错误：名称规则要用的参数“fields”没有设定"), "{said:?}");
        assert_eq!(said.len(), 3);
    }
}
