//! Cross-checking people with the register (发起人、拟任负责人核对, clauses 000-08c, 002-09b): what the platform itself knows.
use base::AreaCode;
use casework::Answers;
use catalogue::matter::{FieldKind, Item, Matter};
use catalogue::{ParamValue, Value};
use serde_json::Value as Json;
use store::Tx;

use crate::cases::facts::Loaded;
use crate::{Office, Refused};

/// A bar found in the register, for the review screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The person's masked name.
    pub mask: String,
    /// Why, in plain Chinese with the organization.
    pub why: String,
}

impl Office {
    /// The `heads.*` facts of a case: whether the register bars anybody named as legal representative, head or sponsor.
    pub(crate) fn people_facts(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        area: &AreaCode,
        answers: &Answers,
        facts: &mut Loaded,
    ) -> Result<(), Refused> {
        let bars = self.bars(tx, matter, area, answers)?;
        let source = format!("登记册核对（{}）", self.clock.today());
        facts.know("heads.barred", Value::Bool(!bars.is_empty()), source);
        Ok(())
    }

    /// Everything in the register that bars people of this case.
    pub fn bars(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        area: &AreaCode,
        answers: &Answers,
    ) -> Result<Vec<Bar>, Refused> {
        let mut bars = Vec::new();
        let today = self.clock.today();
        let barred = self.catalogue.param(
            &format!("legal_rep_elsewhere_barred.{}", matter_kind(matter)),
            &self.lineage(area, today),
            today,
        );
        for (role, row) in people_of(matter, answers) {
            let text = |part: &str| row.get(part).and_then(Json::as_str).unwrap_or_default();
            let Some(person) = self.find_person(tx, "id_number", text("id_number"))? else { continue };
            for officer in store::organizations::posts_of(tx, person)? {
                let org = store::organizations::get(tx, officer.origin, officer.org)?;
                let live = officer.term_to.is_none_or(|until| until > today)
                    && registry::Registration::parse(&org.registration).is_some_and(registry::Registration::is_live);
                let legal = officer.post == registry::Post::LegalRepresentative.as_str();
                let why = if org.registration == registry::Registration::Revoked.as_str() {
                    format!("曾任“{}”的{}，该组织已被撤销登记", org.name, post_label(&officer.post))
                } else if role == Item::LegalRepresentative && legal && live && bars_kind(barred.as_ref(), &org.kind) {
                    let clause = barred.as_ref().map(|param| param.clause.text.as_str()).unwrap_or_default();
                    format!("现任“{}”的法定代表人（{clause}）", org.name)
                } else {
                    continue;
                };
                bars.push(Bar { mask: registry::officer::masked(text("name")), why });
            }
        }
        Ok(bars)
    }
}

/// Whether the law bars heading an organization of that kind at the same time.
fn bars_kind(barred: Option<&ParamValue>, kind: &str) -> bool {
    matches!(barred.map(|param| &param.value), Some(Value::List(kinds)) if kinds.iter().any(|barred| barred == kind))
}

fn matter_kind(matter: &Matter) -> String {
    let kind = matter.org_kinds.first().and_then(|kind| serde_json::to_value(kind).ok());
    kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

fn post_label(post: &str) -> &str {
    registry::Post::parse(post).map_or(post, |known| known.label())
}

/// Everybody a form names with an ID number, with the registered item the answer becomes.
pub fn people_of<'a>(matter: &'a Matter, answers: &'a Answers) -> Vec<(Item, &'a Json)> {
    let mut people = Vec::new();
    for field in matter.fields() {
        let Some(item @ (Item::LegalRepresentative | Item::Officers | Item::Founders)) = field.feeds else { continue };
        let Some(answer) = answers.find(field.id.as_str()) else { continue };
        match (field.kind, answer) {
            (FieldKind::Group, Json::Array(rows)) => people.extend(rows.iter().map(|row| (item, row))),
            (FieldKind::Person, answer) => people.push((item, answer)),
            _ => {}
        }
    }
    people
}
