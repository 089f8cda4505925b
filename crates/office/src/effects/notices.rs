//! Public notices (公告) of what was decided; nothing personal ever stands in one.
use base::RecordId;
use casework::form;
use catalogue::matter::{Field, FieldId, FieldKind};
use store::papers::PublicNotice;
use store::registers::next_number;

use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn publish_notice(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        title: &str,
        shows: &[FieldId],
    ) -> Result<(), Refused> {
        let matter = &scene.resolved.matter;
        let mut written = title.to_owned();
        let mut lines = Vec::new();
        for field in matter.fields() {
            let Some(value) = self.public_answer(scene, field) else { continue };
            written = written.replace(&format!("{{{}}}", field.id.as_str()), &value);
            if shows.contains(&field.id) {
                lines.push(format!("{}：{value}", field.label));
            }
        }
        if let Some(draft) = &scene.draft {
            if let Some(code) = draft.org.code.as_ref().or(draft.org.filing_number.as_ref()) {
                lines.insert(0, format!("统一社会信用代码（备案号）：{code}"));
            }
            // The legal representative's name is a public registered item; no other name is.
            if let Some(name) = &draft.org.legal_representative {
                lines.push(format!("法定代表人：{name}"));
            }
        }
        let basis = matter.basis.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        let registrar = self.registrar_name(work.tx, &scene.case.area)?;
        let text = format!("根据{basis}，{registrar}对下列事项予以公告。\n{}", lines.join("\n"));
        let serial = next_number(work.tx, scene.case.origin, &format!("notice:{}", work.today.year()))?;
        let notice = PublicNotice {
            origin: scene.case.origin,
            id: RecordId::fresh_at(work.at, &self.rng),
            kind: "公告".to_owned(),
            number: Some(format!("登记公告〔{}〕{serial} 号", work.today.year())),
            title: written.clone(),
            text,
            org: scene.case.org,
            case_id: Some(scene.case.id),
            area: scene.case.area.clone(),
            posted_on: work.today,
            until: None,
            state: "posted".to_owned(),
            synthetic: scene.list.synthetic,
            entry: work.entry,
        };
        work.insert(&notice)?;
        work.note("notice", written.clone());
        let public = serde_json::json!({ "title": written, "area": notice.area });
        work.announce("notice", format!("notice/{}", notice.id), Some(public));
        Ok(())
    }

    /// An answer as everybody may read it; none where there is none or it is personal.
    fn public_answer(&self, scene: &Scene<'_>, field: &Field) -> Option<String> {
        if field.is_personal() || field.fields.iter().any(Field::is_personal) {
            return None;
        }
        let answer = scene.case.answers.find(field.id.as_str())?;
        Some(match (field.kind, answer.as_str()) {
            (FieldKind::Area, Some(code)) => self.area_words(code),
            _ => form::show(field, Some(answer), false),
        })
    }
}
