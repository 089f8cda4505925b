//! Files of a draft (材料上传): each is kept durably and journalled before anybody relies on it; the bytes decide what it is.
use authority::Actor;
use base::{FileId, Origin, RecordId};
use catalogue::matter::{FieldKind, MaterialId, Matter};
use store::args;
use store::papers::FileRow;

use super::keep::{row_of, touched};
use super::{MOST_FILES, subject_of};
use crate::act::Deed;
use crate::files::sniff;
use crate::{Office, Refused};

/// File endings a material or file field takes.
pub fn accepted(matter: &Matter, slot: &str) -> Option<Vec<String>> {
    let named = |own: &[String], usual: &[&str]| {
        if own.is_empty() { usual.iter().map(|ending| (*ending).to_owned()).collect() } else { own.to_vec() }
    };
    if let Some(material) = matter.find_material(&MaterialId::from(slot)) {
        return Some(named(&material.accepts, &["pdf", "ofd", "jpg", "jpeg", "png"]));
    }
    let field = matter.fields().find(|field| field.id.as_str() == slot && field.kind == FieldKind::File)?;
    Some(named(&field.accepts, &["pdf", "ofd", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx"]))
}

impl Office {
    /// Attaches a file to a material or file field. A commitment made before falls away.
    pub fn attach_to_draft(
        &self,
        who: &Actor,
        id: RecordId,
        slot: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<FileId, Refused> {
        let kind = sniff(name, bytes)?;
        let draft = self.open_draft(who, id)?;
        let takes = accepted(&draft.resolved.matter, slot).ok_or(Refused::NotFound("这项材料"))?;
        let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
        if !takes.contains(&ending) {
            return Err(Refused::field("file", format!("这项材料不收 .{ending} 文件。请改用 {}", takes.join("、"))));
        }
        if draft.files_of(slot).count() >= MOST_FILES {
            return Err(Refused::field("file", format!("一项材料最多 {MOST_FILES} 个文件。请合并后再上传")));
        }
        let digest = self.files.keep(bytes)?;
        let file = FileId::fresh(&self.clock, &self.rng);
        let size = i64::try_from(bytes.len()).map_err(Refused::internal)?;
        let (office, who, slot, name) = (self.clone(), who.clone(), slot.to_owned(), plain_name(name));
        let deed = Deed::by(&who, Origin::none(), "draft", id, "attach_file");
        self.act(deed, move |work| {
            let (row, mut body) = row_of(work.tx, &who, id)?;
            work.relies_on(digest);
            work.note("slot", slot.clone());
            work.insert(&FileRow {
                origin: Origin::none(),
                id: file,
                subject: subject_of(id),
                slot: Some(slot.clone()),
                name,
                mime: kind.mime.to_owned(),
                size,
                digest: digest.as_bytes().to_vec(),
                public: false,
                added_at: work.at,
                account: Some(who.account),
                removed_at: None,
                entry: work.entry,
            })?;
            body.promised.remove(&MaterialId::new(slot));
            work.tx.update(&touched(&office, row, &body, work.at)?)?;
            Ok(file)
        })
    }

    /// Takes a file off a draft.
    pub fn detach_from_draft(&self, who: &Actor, id: RecordId, file: FileId) -> Result<(), Refused> {
        let (office, who) = (self.clone(), who.clone());
        let deed = Deed::by(&who, Origin::none(), "draft", id, "remove_file");
        self.act(deed, move |work| {
            let (row, body) = row_of(work.tx, &who, id)?;
            let found: FileRow =
                work.tx.find_record(args![Origin::none(), file])?.ok_or(Refused::NotFound("这份文件"))?;
            if found.subject != subject_of(id) || found.removed_at.is_some() {
                return Err(Refused::NotFound("这份文件"));
            }
            work.update(&FileRow { removed_at: Some(work.at), entry: work.entry, ..found })?;
            Ok(work.tx.update(&touched(&office, row, &body, work.at)?)?)
        })
    }

    /// A file of one's own draft: its record and bytes.
    pub fn draft_file(&self, who: &Actor, id: RecordId, file: FileId) -> Result<(FileRow, Vec<u8>), Refused> {
        let row = self.db.read(|tx| {
            row_of(tx, who, id)?;
            let row: FileRow = tx.find_record(args![Origin::none(), file])?.ok_or(Refused::NotFound("这份文件"))?;
            if row.subject == subject_of(id) && row.removed_at.is_none() {
                Ok(row)
            } else {
                Err(Refused::NotFound("这份文件"))
            }
        })?;
        let bytes = self.files.read(&crate::ledger::digest_of(&row.digest)?)?;
        Ok((row, bytes))
    }
}

/// The name without folders and control characters, at most 100 characters, its ending kept.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: Vec<char> = last.chars().filter(|c| !c.is_control()).collect();
    let skip = clean.len().saturating_sub(100);
    clean.into_iter().skip(skip).collect()
}
