//! Reading a matter from its file: everything wrong is reported at its line, not only the first thing.
use serde::de::DeserializeOwned;

use super::{Check, Ending, Field, Material, Matter, Section, Slot, Step};
use crate::problem::Problems;
use crate::tree::Node;

impl Matter {
    /// Reads the tree of a matter file, or of an edition's canonical text. Problems are reported; nothing is returned if the
    /// tree is not a matter. Whether the matter makes sense is judged by [`Matter::check`].
    pub fn read(root: &Node, problems: &Problems) -> Option<Self> {
        let parts = Problems::new();
        list::<Section>(root, "sections", &parts);
        for section in root.find("sections").map_or(&[][..], Node::items) {
            list::<Field>(section, "fields", &parts);
        }
        list::<Material>(root, "materials", &parts);
        list::<Check>(root, "checks", &parts);
        list::<Step>(root, "steps", &parts);
        list::<Ending>(root, "endings", &parts);
        list::<Slot>(root, "slots", &parts);
        let whole = Problems::new();
        let matter = root.to_typed(&whole);
        // The whole stops at its first misfit, which the parts have reported too if it lies in one of them.
        for problem in parts.into_sorted().into_iter().chain(whole.into_sorted()) {
            problems.push(problem);
        }
        matter
    }
}

/// Tries each item of a list on its own, for its problems only.
fn list<T: DeserializeOwned>(node: &Node, key: &str, problems: &Problems) {
    for item in node.find(key).map_or(&[][..], Node::items) {
        item.to_typed::<T>(problems);
    }
}
