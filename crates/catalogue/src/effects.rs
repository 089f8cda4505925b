//! Which effects a platform can run: a matter that names another is a mistake of the catalogue, said at its line when it is loaded,
//! not a surprise on the day somebody decides.
use crate::Catalogue;
use crate::problem::Problem;
use crate::tree::Node;

impl Catalogue {
    /// Every effect that is written in a matter or in an overlay and is not one of `supported`.
    pub fn check_effects(&self, supported: &[&str]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for file in self.matters.values() {
            visit(&file.root, supported, &mut problems);
        }
        for (_, overlay) in &self.overlays {
            visit(overlay.value(), supported, &mut problems);
        }
        problems
    }
}

fn visit(node: &Node, supported: &[&str], problems: &mut Vec<Problem>) {
    for (key, value) in node.entries() {
        if key.value == "effects" {
            for effect in value.items() {
                let Some(name) = effect.find("do").and_then(Node::as_text) else { continue };
                if !supported.contains(&name) {
                    let message = format!("结果动作“{name}”本平台还不能执行");
                    problems.push(Problem::error(&effect.at, message, "请删去，或换用平台支持的动作"));
                }
            }
        }
        visit(value, supported, problems);
    }
    node.items().iter().for_each(|item| visit(item, supported, problems));
}
