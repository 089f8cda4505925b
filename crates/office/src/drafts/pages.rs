//! The pages of a draft (任务清单): which there are, how far each is, and where a fault can be mended.
use casework::{CaseFacts, FieldFault, Rules, Status};
use catalogue::matter::{Field, FieldKind, Section};

use super::OpenDraft;

/// How far a page is; the words are those of [`Status`].
pub type PageStatus = Status;

/// One page of the form as it is shown now: hidden fields left out.
#[derive(Clone, Debug)]
pub struct DraftPage<'m> {
    /// Its name in addresses: `name-1`.
    pub key: String,
    /// The section.
    pub section: &'m Section,
    /// What it asks, in a few words.
    pub title: String,
    /// The fields shown now.
    pub fields: Vec<&'m Field>,
}

impl DraftPage<'_> {
    /// Whether it asks for this field (or a part, column or clause of it).
    pub fn asks(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        self.fields.iter().any(|field| field.id.as_str() == first)
    }
}

impl OpenDraft {
    /// The applicant's pages in order.
    pub fn pages<'a>(&'a self, rules: &Rules<'_>, facts: &CaseFacts<'_>) -> Vec<DraftPage<'a>> {
        let mut pages = Vec::new();
        for section in self.resolved.matter.applicant_sections() {
            if !rules.shown(section.visible.as_ref(), facts) {
                continue;
            }
            for page in section.pages() {
                let fields: Vec<&Field> =
                    page.fields.into_iter().filter(|field| rules.shown(field.visible.as_ref(), facts)).collect();
                if !fields.is_empty() {
                    let key = format!("{}-{}", section.id, page.number + 1);
                    pages.push(DraftPage { key, section, title: title_of(&fields), fields });
                }
            }
        }
        pages
    }

    /// How far a page is: nobody touched it, something is missing or wrong, or it is ready.
    pub fn status_of(&self, page: &DraftPage<'_>, rules: &Rules<'_>, facts: &CaseFacts<'_>) -> Status {
        let touched = self.saved.contains_key(&page.key);
        let answered = page.fields.iter().any(|field| self.answers.find(field.id.as_str()).is_some());
        match (touched || answered, rules.page_faults(facts, &page.fields).is_empty()) {
            (false, _) => Status::NotStarted,
            (true, false) => Status::Filling,
            // What was filled in beforehand still wants to be looked at.
            (true, true) => {
                if touched || self.case.is_some() {
                    Status::Filled
                } else {
                    Status::Filling
                }
            }
        }
    }

    /// Everything still wrong with form and materials, without the checks made when it is sent.
    pub fn form_and_material_faults(&self, rules: &Rules<'_>, facts: &CaseFacts<'_>) -> Vec<FieldFault> {
        let mut faults = rules.form_faults(facts, |section| section.by.is_applicant());
        faults.extend(rules.material_faults(&self.materials, facts));
        faults
    }
}

/// One field: its label; several: the first two and how many.
fn title_of(fields: &[&Field]) -> String {
    let short = |field: &&Field| {
        let name =
            if field.kind == FieldKind::Declaration && !field.help.is_empty() { &field.help } else { &field.label };
        name.chars().take(24).collect::<String>()
    };
    match fields {
        [] => String::new(),
        [one] => short(one),
        [one, two] => format!("{}、{}", short(one), short(two)),
        [one, two, ..] => format!("{}、{}等 {} 项", short(one), short(two), fields.len()),
    }
}
