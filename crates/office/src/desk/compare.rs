//! Side by side (对照): what was declared, what the register has, what was declared before, what others say. Only differences
//! are marked; comparison is the screen's work, not the clerk's memory.
use base::Fen;
use casework::form::show;
use casework::{Answers, Case, CaseFacts, Rules};
use catalogue::matter::{Field, FieldKind, Item, Section};
use registry::Organization;

use crate::Office;

/// One answer beside what else is known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowView {
    /// The field's id.
    pub field: String,
    /// Its label.
    pub label: String,
    /// 申报值
    pub declared: String,
    /// 登记值, where the organization is registered and the field is a registered item.
    pub registered: Option<String>,
    /// 上次值: before the correction, or in the last case of this matter.
    pub former: Option<String>,
    /// 第三方值: what a check or another source says.
    pub third: Option<String>,
    /// Something beside it differs.
    pub differs: bool,
    /// Something in it is masked.
    pub masked: bool,
    /// A correction notice names it.
    pub named: bool,
}

/// A section of the form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SectionView {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Its answers.
    pub rows: Vec<RowView>,
}

impl SectionView {
    /// Whether any row has something in this column.
    pub fn has_registered(&self) -> bool {
        self.rows.iter().any(|row| row.registered.is_some())
    }

    /// Whether any row has a former value.
    pub fn has_former(&self) -> bool {
        self.rows.iter().any(|row| row.former.is_some())
    }

    /// Whether any row has a third party's value.
    pub fn has_third(&self) -> bool {
        self.rows.iter().any(|row| row.third.is_some())
    }
}

/// What the answers are put beside.
pub(super) struct Beside<'a> {
    /// The registered organization.
    pub org: Option<&'a Organization>,
    /// Earlier answers, open.
    pub former: Option<&'a Answers>,
    /// What a check says of a field: (item or kind, words, agrees).
    pub third: &'a dyn Fn(&Field) -> Option<(String, bool)>,
}

/// The registered value of an item.
fn registered(office: &Office, org: &Organization, item: Item) -> Option<String> {
    match item {
        Item::Name => Some(org.name.clone()),
        Item::Domicile => org.address.clone(),
        Item::DomicileArea => org.domicile.as_ref().map(|area| office.areas.full_name(area)),
        Item::Purpose => org.purpose.clone(),
        Item::Scope => org.scope.clone(),
        Item::ActivityArea => org.activity_area.clone(),
        Item::LegalRepresentative => org.legal_representative.clone(),
        Item::Funds => org.capital.map(Fen::plain),
        Item::Supervisor => org.supervisor_name.clone(),
        Item::Regulator => org.regulator_name.clone(),
        Item::Industry => org.industry.clone(),
        Item::Staff => org.staff.map(|count| count.to_string()),
        Item::PartyMembers => org.party_members.map(|count| count.to_string()),
        _ => None,
    }
}

impl Office {
    /// The form's sections beside what is known; `shows` says which fields the reader may see.
    pub(super) fn compared(
        &self,
        rules: &Rules<'_>,
        case: &Case,
        facts: &CaseFacts<'_>,
        beside: &Beside<'_>,
        shows: &dyn Fn(&str) -> bool,
    ) -> Vec<SectionView> {
        let matter = rules.matter;
        let mut sections = Vec::new();
        for summary in rules.summary(facts, |_: &Section| true, false) {
            let mut rows = Vec::new();
            for row in summary.rows.into_iter().filter(|row| shows(&row.field)) {
                let Some(field) = matter.fields().find(|field| field.id.as_str() == row.field) else { continue };
                rows.push(RowView { masked: row.masked, ..self.row(case, facts.answers, field, beside) });
            }
            if !rows.is_empty() {
                sections.push(SectionView { id: summary.section, title: summary.title, rows });
            }
        }
        sections
    }

    fn row(&self, case: &Case, answers: &Answers, field: &Field, beside: &Beside<'_>) -> RowView {
        let id = field.id.as_str();
        let now = answers.find(id);
        let declared = self.words(field, now);
        let registered = beside.org.zip(field.feeds).and_then(|(org, item)| registered(self, org, item));
        let full = show(field, now, true);
        let off_register = registered.as_ref().is_some_and(|known| !full.contains(known.as_str()));
        let before = beside.former.map(|former| former.find(id)).filter(|former| *former != now);
        let former = before.map(|former| self.words(field, former));
        let third = (beside.third)(field);
        let doubted = third.as_ref().is_some_and(|(_, agrees)| !agrees);
        let named = case.corrections.iter().any(|one| one.items.iter().any(|item| item.target == id));
        RowView {
            field: id.to_owned(),
            label: field.label.clone(),
            declared,
            registered,
            differs: off_register || former.is_some() || doubted,
            former,
            third: third.map(|(words, _)| words),
            masked: false,
            named,
        }
    }

    /// An answer as a clerk reads it: areas by name, personal values masked.
    fn words(&self, field: &Field, answer: Option<&serde_json::Value>) -> String {
        let area = answer.and_then(serde_json::Value::as_str).and_then(|code| code.parse().ok());
        match (field.kind, area) {
            (FieldKind::Area, Some(area)) => self.areas.full_name(&area),
            _ => show(field, answer, false),
        }
    }
}
