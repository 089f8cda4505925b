//! Asking for a service review (好差评) when a case has ended; the answer is another act (`crate::reviews`).
use super::Scene;
use crate::act::Work;

pub(super) fn open_review(work: &mut Work<'_, '_>, scene: &mut Scene<'_>) {
    work.note("review_invited", true);
    if let Some(applicant) = scene.case.applicant {
        let matter = &scene.resolved.matter.name;
        let text =
            format!("{matter}（{}）已办结，请在“我的办件”里为这次服务打分。评价对办理人员匿名。", scene.list.number);
        scene.notices.push((applicant, "请评价这次服务".to_owned(), text));
    }
}
