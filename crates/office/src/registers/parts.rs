//! What goes with a record into its act: the files it names, and what the entry says of its values.
use base::FileId;
use catalogue::Register;
use serde_json::Value as Json;
use store::papers::FileRow;
use store::registers::RegisterEntry;

use super::keep::Incoming;
use super::values::Names;
use crate::act::Work;
use crate::{Office, Refused, Wrong};

/// A file made ready: kept in the store, not yet named by an act.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub field: String,
    pub id: FileId,
    pub name: String,
    pub mime: &'static str,
    pub size: i64,
    pub digest: vault::Digest,
}

impl Office {
    pub(super) fn keep_files(&self, register: &Register, files: &[Incoming]) -> Result<Vec<Ready>, Refused> {
        let takes = |file: &&Incoming| {
            let field = register.find_field(&file.field);
            field.is_some_and(|field| field.kind == catalogue::matter::FieldKind::File)
        };
        let mut ready = Vec::new();
        for file in files.iter().filter(takes) {
            let kind = crate::files::sniff(&file.name, &file.bytes).map_err(|refused| match refused {
                Refused::Invalid(wrong) => {
                    Refused::Invalid(wrong.into_iter().map(|one| Wrong { field: file.field.clone(), ..one }).collect())
                }
                other => other,
            })?;
            ready.push(Ready {
                field: file.field.clone(),
                id: FileId::fresh(&self.clock, &self.rng),
                name: file.name.chars().take(120).collect(),
                mime: kind.mime,
                size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
                digest: self.files.keep(&file.bytes)?,
            });
        }
        Ok(ready)
    }

    pub(super) fn name_files(
        &self,
        work: &mut Work<'_, '_>,
        record: &RegisterEntry,
        ready: &[Ready],
        account: Option<base::AccountId>,
    ) -> Result<(), Refused> {
        let register = self.register(&record.register)?;
        for file in ready {
            let open = register.public_fields().any(|field| field.id == file.field);
            work.relies_on(file.digest);
            work.insert(&FileRow {
                origin: record.origin,
                id: file.id,
                subject: format!("register/{}/{}", record.register, record.id),
                slot: Some(file.field.clone()),
                name: file.name.clone(),
                mime: file.mime.to_owned(),
                size: file.size,
                digest: file.digest.as_bytes().to_vec(),
                public: open,
                added_at: work.at,
                account,
                removed_at: None,
                entry: work.entry,
            })?;
        }
        Ok(())
    }

    /// What the entry says of the values: those that changed, as people read them; personal ones only by name.
    pub(super) fn note_values(
        &self,
        work: &mut Work<'_, '_>,
        register: &Register,
        before: Option<&Json>,
        after: &Json,
    ) -> Result<(), Refused> {
        let mut names = Names::default();
        for field in &register.fields {
            let (old, new) = (before.and_then(|body| body.get(&field.id)), after.get(&field.id));
            if old == new {
                continue;
            }
            let (old, new) =
                (self.say_value(work.tx, &mut names, field, old)?, self.say_value(work.tx, &mut names, field, new)?);
            let said = match before {
                Some(_) if !field.is_personal() => format!("{} → {}", or_none(&old), or_none(&new)),
                _ => new,
            };
            work.note(&field.label, said);
        }
        Ok(())
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "（无）" } else { text }
}
