//! What a pack says to people before they apply: the route checker (我该办哪一项) and the naming rules (名称规则).
use base::{AreaCode, Date};

use crate::catalogue::Catalogue;
use crate::condition::suggest;
use crate::matter::{Matter, Routes};
use crate::names::{name_rules, parameters};
use crate::problem::{Problem, Problems};

impl Catalogue {
    /// The route checker where `ancestry` lies: that of the nearest pack that has one.
    pub fn routes(&self, ancestry: &[AreaCode]) -> Option<&Routes> {
        let packs = self.pack_ids(ancestry);
        packs.iter().rev().find_map(|pack| self.routes.get(*pack)).map(|(routes, _)| routes)
    }

    /// The naming rules (`rules` and `duplicate`) where `ancestry` lies on a day, from the nearest pack's `names.toml`, with the
    /// parameters of the day put in. Problems if one of them is not set; JSON null where no pack has naming rules.
    pub fn name_rules(&self, ancestry: &[AreaCode], date: Date) -> Result<serde_json::Value, Vec<Problem>> {
        let packs = self.pack_ids(ancestry);
        let Some(root) = packs.iter().rev().find_map(|pack| self.names.get(*pack)) else {
            return Ok(serde_json::Value::Null);
        };
        let problems = Problems::new();
        let filled = name_rules(root, &self.params(ancestry, date), &problems);
        if problems.has_errors() { Err(problems.into_sorted()) } else { Ok(filled) }
    }

    pub(crate) fn check_guides(&self, problems: &Problems) {
        // Only the form matters here; a matter that cannot be read is reported as itself.
        let silent = Problems::new();
        let matters: Vec<Matter> = self.matters.values().filter_map(|file| Matter::read(&file.root, &silent)).collect();
        for (routes, root) in self.routes.values() {
            routes.check(root, |id| matters.iter().find(|matter| matter.id == *id), problems);
        }
        for (name, node) in self.names.values().flat_map(parameters) {
            if self.params.find(name).is_none() {
                problems.error(&node.at, format!("没有名为“{name}”的参数"), suggest(name, self.params.names()));
            }
        }
    }
}
