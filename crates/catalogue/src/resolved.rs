//! A resolved matter (事项版本): immutable, with the parameters it uses, its canonical text and the digest a case pins.
use std::collections::BTreeSet;
use std::fmt;

use sm3::{Digest as _, Sm3};

use crate::matter::Matter;
use crate::named::NamedChecks;
use crate::params::Params;
use crate::problem::{Place, Problem, Problems};
use crate::tree::{Data, Node};

/// One matter as law and region define it on one day.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The matter.
    pub matter: Matter,
    /// The parameters it uses, with their sources: exactly those its text and its named checks mention.
    pub params: Params,
    /// SM3 of `canonical_text`, 64 hexadecimal digits: the edition (版本).
    pub digest: String,
    /// Canonical JSON of matter and parameters: what is stored once per edition and read back by [`Resolved::from_text`].
    pub canonical_text: String,
    root: Node,
}

/// One value and where it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sourced {
    /// Path in the matter: `steps.decide.limit.promised.working_days`.
    pub path: String,
    /// The value as text.
    pub value: String,
    /// File and line.
    pub at: Place,
}

impl fmt::Display for Sourced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}  {}", self.path, self.value, self.at)
    }
}

impl Resolved {
    pub(crate) fn new(matter: Matter, root: Node, params: &Params, named: &NamedChecks) -> Self {
        let used = used_params(&root, named);
        let params = params.only(used.iter().map(String::as_str));
        let text = serde_json::json!({ "matter": root.to_json(), "params": params.to_json() }).to_string();
        Self { matter, params, digest: digest(&text), canonical_text: text, root }
    }

    /// Reads an edition back from its canonical text. The digest is computed anew, so the caller can compare it.
    pub fn from_text(text: &str) -> Result<Self, Vec<Problem>> {
        let broken = |message: String| {
            vec![Problem::error(
                &Place::new("edition", 0),
                message,
                "请核对 matter_edition 表；用 journal verify 查是否被改动",
            )]
        };
        let json: serde_json::Value =
            serde_json::from_str(text).map_err(|error| broken(format!("版本读不出来：{error}")))?;
        let problems = Problems::new();
        let root = Node::from_json("edition", &json["matter"]);
        match Matter::read(&root, &problems) {
            Some(matter) if !problems.has_errors() => Ok(Self {
                matter,
                params: Params::from_json(&json["params"]),
                digest: digest(text),
                canonical_text: text.to_owned(),
                root,
            }),
            _ => Err(problems.into_sorted()),
        }
    }

    /// Every value with the file and line it comes from, in the order written.
    pub fn provenance(&self) -> Vec<Sourced> {
        let mut out = Vec::new();
        walk(&self.root, &mut String::new(), &mut out);
        out
    }

    /// The tree, lines included.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// Where the part at `path` was written: `["steps", "decide", "limit"]`.
    pub fn place_of(&self, path: &[&str]) -> &Place {
        self.root.place_of(path)
    }
}

/// SM3 in hexadecimal.
fn digest(text: &str) -> String {
    hex::encode(Sm3::digest(text.as_bytes()))
}

/// The parameters a tree mentions (`param = "…"` anywhere) and those its named checks read.
pub(crate) fn used_params(node: &Node, named: &NamedChecks) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    each_table(node, &mut |table| {
        if let Some(name) = table.find("param").and_then(Node::as_text) {
            used.insert(name.to_owned());
        }
        if let Some(check) = table.find("named").and_then(Node::as_text).and_then(|name| named.find(name)) {
            used.extend(check.params.iter().map(|name| (*name).to_owned()));
        }
    });
    used
}

/// Calls `act` for every table of a tree.
pub(crate) fn each_table(node: &Node, act: &mut impl FnMut(&Node)) {
    if let Data::Table(entries) = &node.data {
        act(node);
        for (_, below) in entries {
            each_table(below, act);
        }
    }
    for item in node.items() {
        each_table(item, act);
    }
}

fn walk(node: &Node, path: &mut String, out: &mut Vec<Sourced>) {
    let mut below = |name: &str, node: &Node| {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        walk(node, path, out);
        path.truncate(length);
    };
    match &node.data {
        Data::Table(entries) => entries.iter().for_each(|(key, node)| below(&key.value, node)),
        Data::List(items) if items.iter().any(|item| matches!(item.data, Data::Table(_) | Data::List(_))) => {
            for (index, item) in items.iter().enumerate() {
                let id = item.find("id").and_then(Node::as_text).map_or_else(|| index.to_string(), str::to_owned);
                below(&id, item);
            }
        }
        _ => out.push(Sourced { path: path.clone(), value: node.canonical(), at: node.at.clone() }),
    }
}
