//! Personal answers at rest: sealed under the applicant's key wherever a form stores them (draft, case, history), open only in
//! the memory of an act.
use base::PersonId;
use casework::Answers;
use catalogue::matter::Matter;
use serde_json::Value as Json;
use store::Tx;

use crate::people::Keys;
use crate::{Office, Refused};

/// What is done to each text of a personal answer.
type Each<'a> = dyn FnMut(&str, &mut Json) -> Result<(), Refused> + 'a;

/// Visits every text under a personal field; `path` is `heads.0.id_number`, the name a sealed value is bound to without the row
/// number, so that rows may be moved.
fn visit(path: &str, value: &mut Json, each: &mut Each<'_>) -> Result<(), Refused> {
    match value {
        Json::Object(parts) if parts.len() == 2 && parts.contains_key("enc") && parts.contains_key("ct") => {
            each(path, value)
        }
        Json::Object(parts) => {
            parts.iter_mut().try_for_each(|(name, part)| visit(&format!("{path}.{name}"), part, each))
        }
        Json::Array(rows) => rows.iter_mut().try_for_each(|row| visit(path, row, each)),
        Json::String(_) => each(path, value),
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}

fn visit_personal(matter: &Matter, answers: &mut Answers, each: &mut Each<'_>) -> Result<(), Refused> {
    for field in matter.fields() {
        let Some(value) = answers.0.get_mut(field.id.as_str()) else { continue };
        if field.is_personal() {
            visit(field.id.as_str(), value, each)?;
        } else if let Json::Array(rows) = value {
            for column in field.fields.iter().filter(|column| column.is_personal()) {
                let path = format!("{}.{}", field.id.as_str(), column.id.as_str());
                let cells = rows.iter_mut().filter_map(|row| row.get_mut(column.id.as_str()));
                cells.into_iter().try_for_each(|cell| visit(&path, cell, each))?;
            }
        }
    }
    Ok(())
}

impl Office {
    /// The answers with every personal text sealed under `owner`'s key.
    pub fn seal_answers(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut Keys,
        owner: PersonId,
        matter: &Matter,
        answers: &Answers,
    ) -> Result<Answers, Refused> {
        let mut sealed = answers.clone();
        visit_personal(matter, &mut sealed, &mut |path, value| {
            if let Json::String(text) = value {
                *value = keys.seal(self, tx, owner, path, text)?;
            }
            Ok(())
        })?;
        Ok(sealed)
    }

    /// The answers with every sealed text opened; what was erased reads （已删除）.
    pub fn open_answers(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut Keys,
        matter: &Matter,
        answers: &Answers,
    ) -> Result<Answers, Refused> {
        let mut open = answers.clone();
        visit_personal(matter, &mut open, &mut |path, value| {
            if value.is_object() {
                *value = Json::String(keys.open(self, tx, path, value)?.unwrap_or_else(|| "（已删除）".to_owned()));
            }
            Ok(())
        })?;
        Ok(open)
    }
}
