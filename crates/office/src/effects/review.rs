//! Asking for a service review (好差评) when a case has ended; the answer is another act (`crate::reviews`).
use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn open_review(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>) -> Result<(), Refused> {
        work.note("review_invited", true);
        if let Some(applicant) = scene.case.applicant {
            let text = format!("{}（{}）已办结，请在“我的办件”里为这次服务打分。评价对办理人员匿名。", scene.resolved.matter.name, scene.list.number);
            scene.notices.push((applicant, "请评价这次服务".to_owned(), text));
        }
        Ok(())
    }
}
