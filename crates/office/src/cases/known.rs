//! What is known already (已有信息): facts of the organization that a case is about, from the register, and of the person who
//! applies, from the account. Conditions read them; fields with `prefill` begin with them (系统已填).
use std::collections::BTreeMap;

use base::{OrgId, PersonId};
use casework::Answers;
use catalogue::Value;
use catalogue::matter::{Field, FieldKind, Matter};
use registry::Organization;
use serde_json::{Value as Json, json};
use store::{Tx, args};

use super::facts::Loaded;
use crate::people::Keys;
use crate::{Office, Refused};

/// The facts of the applicant: his own account's.
const OWN: [&str; 3] = ["name", "id_number", "phone"];

/// Answers filled in beforehand, and where each comes from.
#[derive(Clone, Debug, Default)]
pub struct Prefilled {
    /// The answers.
    pub answers: Answers,
    /// Field to source: `登记信息（2026-03-02）`.
    pub sources: BTreeMap<String, String>,
}

impl Office {
    /// The facts `org.*` of an organization as it stands today; what the register leaves blank is known to be blank.
    pub(crate) fn org_facts(&self, tx: &mut Tx<'_>, org: OrgId, facts: &mut Loaded) -> Result<(), Refused> {
        let (_, version, o) = self.org_now(tx, org)?;
        let source = format!("登记信息（{} 起）", version.valid_from);
        for (name, value) in items_of(&o) {
            match value {
                Some(value) => facts.know(name, value, &source),
                None => facts.blank(name, &source),
            }
        }
        Ok(())
    }

    /// The facts `applicant.*` of the person who applies, from the account; only for the applicant's own form.
    fn applicant_facts(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut Keys,
        person: PersonId,
        name: &str,
        facts: &mut Loaded,
    ) -> Result<(), Refused> {
        let source = "您的账号";
        facts.know("applicant.name", Value::Text(name.to_owned()), source);
        for row in store::people::secrets(tx, person)? {
            if !OWN.contains(&row.field.as_str()) {
                continue;
            }
            let sealed: Json = serde_json::from_slice(&row.cipher).map_err(Refused::internal)?;
            if let Some(text) = keys.open(self, tx, &row.field, &sealed)? {
                facts.know(&format!("applicant.{}", row.field), Value::Text(text), source);
            }
        }
        Ok(())
    }

    /// The answers that a form of this matter begins with: every field with `prefill` whose fact is known.
    pub(crate) fn prefill(
        &self,
        tx: &mut Tx<'_>,
        matter: &Matter,
        (person, name): (PersonId, &str),
        org: Option<OrgId>,
    ) -> Result<Prefilled, Refused> {
        let mut filled = Prefilled::default();
        if matter.fields().all(|field| field.prefill.is_none()) {
            return Ok(filled);
        }
        let mut facts = Loaded::new(self.clock.today());
        self.applicant_facts(tx, &mut Keys::default(), person, name, &mut facts)?;
        if let Some(org) = org {
            self.org_facts(tx, org, &mut facts)?;
        }
        for field in matter.fields() {
            let Some(fact) = &field.prefill else { continue };
            if let Some((answer, source)) = self.answer_of(tx, field, fact, &facts)? {
                filled.answers.put(field.id.as_str(), answer);
                filled.sources.insert(field.id.to_string(), source);
            }
        }
        Ok(filled)
    }

    /// A fact as an answer to the field; nothing where it is not known or does not fit.
    fn answer_of(
        &self,
        tx: &mut Tx<'_>,
        field: &Field,
        fact: &str,
        facts: &Loaded,
    ) -> Result<Option<(Json, String)>, Refused> {
        if field.kind == FieldKind::Person {
            let parts = field.person_parts().iter().filter_map(|part| {
                match facts.known(&format!("{fact}.{}", part.key()))? {
                    (Value::Text(text), source) => Some((part.key().to_owned(), Json::String(text), source)),
                    _ => None,
                }
            });
            let (mut answer, mut from) = (serde_json::Map::new(), None);
            for (part, value, source) in parts {
                answer.insert(part, value);
                from = Some(source);
            }
            return Ok(from.map(|from| (Json::Object(answer), from)));
        }
        let Some((value, source)) = facts.known(fact) else { return Ok(None) };
        let answer = match (field.kind, &value) {
            (FieldKind::Organization, Value::Text(id)) => {
                let Ok(body) = id.parse::<base::BodyId>() else { return Ok(None) };
                let found: Option<store::people::Body> = tx.find_record(args![body])?;
                found.map(|body| json!({ "id": body.id, "name": body.name }))
            }
            (FieldKind::Choice, Value::Text(text)) => {
                field.choices.iter().any(|choice| choice.value == *text).then(|| json!(text))
            }
            (FieldKind::Money, Value::Money(fen)) => Some(json!(fen.0)),
            (FieldKind::Integer | FieldKind::Year | FieldKind::Percent, Value::Int(number)) => Some(json!(number)),
            (FieldKind::YesNo, Value::Bool(truth)) => Some(json!(truth)),
            (FieldKind::Date, Value::Date(day)) => Some(json!(day.to_string())),
            (
                FieldKind::Text
                | FieldKind::LongText
                | FieldKind::Name
                | FieldKind::Area
                | FieldKind::Address
                | FieldKind::Phone
                | FieldKind::Email
                | FieldKind::Website
                | FieldKind::IdNumber
                | FieldKind::CreditCode,
                Value::Text(text),
            ) => Some(json!(text)),
            _ => None,
        };
        Ok(answer.map(|answer| (answer, source)))
    }
}

/// The registered items as facts.
fn items_of(o: &Organization) -> Vec<(&'static str, Option<Value>)> {
    let text = |text: Option<&str>| text.map(|text| Value::Text(text.to_owned()));
    let area = |area: Option<&base::AreaCode>| area.map(|area| Value::Text(area.as_str().to_owned()));
    let body = |id: Option<base::BodyId>| id.map(|id| Value::Text(id.to_string()));
    let count = |count: Option<u32>| count.map(|count| Value::Int(i64::from(count)));
    vec![
        ("org.kind", text(Some(o.kind.as_str()))),
        ("org.name", text(Some(&o.name))),
        ("org.code", text(o.code.as_deref())),
        ("org.registration", text(Some(o.states.registration.as_str()))),
        ("org.credit", text(Some(o.states.credit.as_str()))),
        ("org.operation", text(Some(o.states.operation.as_str()))),
        ("org.management", text(Some(o.management.as_str()))),
        ("org.registrar", area(Some(&o.registrar))),
        ("org.domicile", text(o.address.as_deref())),
        ("org.domicile_area", area(o.domicile.as_ref())),
        ("org.activity_area", text(o.activity_area.as_deref())),
        ("org.purpose", text(o.purpose.as_deref())),
        ("org.scope", text(o.scope.as_deref())),
        ("org.legal_representative", text(o.legal_representative.as_deref())),
        ("org.supervisor", body(o.supervisor)),
        ("org.regulator", body(o.regulator)),
        ("org.party_body", body(o.party_body)),
        ("org.industry", text(o.industry.as_deref())),
        ("org.funds", o.capital.map(Value::Money)),
        ("org.staff", count(o.staff)),
        ("org.party_members", count(o.party_members)),
        ("org.charity", Some(Value::Bool(o.charity))),
        ("org.registered_on", o.registered_on.map(Value::Date)),
    ]
}
