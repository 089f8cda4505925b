//! The act form of a step as the review screen and the bulk page show it, with what was typed and what is wrong with it.
use catalogue::matter::Given;
use office::desk::{DeskView, MoveView};
use store::papers::FileRow;

/// The form of one step.
#[derive(Debug, Clone)]
pub struct ActForm {
    /// What can be done.
    pub desk: DeskView,
    /// What was typed.
    pub values: Vec<(String, String)>,
    /// Field and words.
    pub errors: Vec<(String, String)>,
    /// Documents already attached.
    pub documents: Vec<FileRow>,
    /// Part of the ids, where a page has several forms.
    pub prefix: String,
}

impl ActForm {
    /// An empty one.
    pub fn new(desk: DeskView, documents: Vec<FileRow>) -> Self {
        let prefix = desk.step.clone();
        Self { desk, values: Vec::new(), errors: Vec::new(), documents, prefix }
    }

    /// What was typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// A choice was made.
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, chosen)| key == name && chosen == value)
    }

    /// What is wrong with a field; empty if nothing.
    pub fn error(&self, name: &str) -> &str {
        self.errors.iter().find(|(key, _)| key == name).map_or("", |(_, words)| words.as_str())
    }

    /// The name of an answer to a point.
    pub fn point(&self, id: &str) -> String {
        format!("point.{id}")
    }

    /// The name of a remark on a point.
    pub fn remark(&self, id: &str) -> String {
        format!("remark.{id}")
    }

    fn any_needs(&self, what: Given) -> bool {
        self.onward().iter().any(|offered| offered.needs(what))
    }

    /// The moves that carry the case on and are open.
    pub fn onward(&self) -> Vec<&MoveView> {
        self.desk.moves.iter().filter(|offered| offered.is_onward() && offered.blocked.is_none()).collect()
    }

    /// The refusals that are open.
    pub fn refusals(&self) -> Vec<&MoveView> {
        self.desk.moves.iter().filter(|offered| offered.is_refusal() && offered.blocked.is_none()).collect()
    }

    /// Clock and hand-over moves that are open.
    pub fn sides(&self) -> Vec<&MoveView> {
        self.desk.moves.iter().filter(|offered| offered.is_side() && offered.blocked.is_none()).collect()
    }

    /// One of them was pressed last.
    pub fn side_chosen(&self) -> bool {
        self.sides().iter().any(|offered| self.chose("verb", &offered.key))
    }

    /// What is not open, and why.
    pub fn blocked(&self) -> Vec<(&str, &str)> {
        let blocked = self.desk.moves.iter();
        blocked.filter_map(|offered| Some((offered.label.as_str(), offered.blocked.as_deref()?))).collect()
    }

    /// Whether a correction can be asked for.
    pub fn can_return(&self) -> bool {
        self.desk.moves.iter().any(|offered| offered.key == "return" && offered.blocked.is_none())
    }

    /// The opinion is asked for.
    pub fn needs_opinion(&self) -> bool {
        self.any_needs(Given::Opinion)
    }

    /// The points have to be answered.
    pub fn needs_points(&self) -> bool {
        self.any_needs(Given::Points) && !self.desk.points.is_empty()
    }

    /// A document is asked for.
    pub fn needs_document(&self) -> bool {
        self.any_needs(Given::Document)
    }
}
