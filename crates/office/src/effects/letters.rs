//! Letters (文书): what an act hands out, written the moment it is done: 受理通知书, 补正告知书, 准予或不予决定书.
use std::fmt::Write as _;

use authority::Verb;
use base::RecordId;
use casework::Decision;
use catalogue::matter::EndingKind;
use store::papers::Letter;
use store::registers::next_number;

use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn write_letter(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        decision: &Decision,
    ) -> Result<(), Refused> {
        let title = decision.document.trim();
        if title.is_empty() || title == "无" {
            return Ok(());
        }
        let registrar = self.registrar_name(work.tx, &scene.case.area)?;
        let year = work.today.year();
        let serial = next_number(work.tx, scene.case.origin, &format!("letter:{year}"))?;
        let letter = Letter {
            origin: scene.case.origin,
            id: RecordId::fresh_at(work.at, &self.rng),
            case_id: Some(scene.case.id),
            org: scene.case.org,
            kind: kind_of(decision).to_owned(),
            number: Some(format!("社登〔{year}〕{} {serial:04} 号", scene.case.area.six())),
            title: title.to_owned(),
            text: self.letter_text(scene, decision, &registrar),
            from_desk: Some(decision.event.desk.as_str().to_owned()),
            to_account: scene.case.applicant,
            at: work.at,
            day: work.today,
            read_at: None,
            entry: work.entry,
        };
        work.insert(&letter)?;
        work.note("letter", letter.number.clone().unwrap_or_default());
        Ok(())
    }

    /// The body of a letter, a paragraph a line; the page adds heading, number, seal line and date.
    fn letter_text(&self, scene: &Scene<'_>, decision: &Decision, registrar: &str) -> String {
        let matter = &scene.resolved.matter;
        let subject = format!("{}（办件编号 {}）", scene.list.title, scene.list.number);
        let mut lines = vec![format!("{}：", scene.list.applicant_name)];
        let event = &decision.event;
        let basis = || matter.basis.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        let kind = decision.ending.as_ref().map(|ended| ended.kind);
        match (event.verb, kind) {
            (Verb::Return, _) => self.correction_text(&mut lines, scene, decision, &subject),
            (_, Some(EndingKind::Granted)) => {
                lines.push(format!("您提出的{subject}，经审查，符合法定条件。根据{}，{registrar}决定准予。", basis()));
                if let Some(by) = decision.ending.as_ref().and_then(|ended| ended.deliver_by) {
                    lines.push(format!(
                        "证书自本决定之日起可以在“我的办件”下载、打印；需要纸质证书的，{by} 前可以领取。"
                    ));
                }
            }
            (_, Some(EndingKind::Refused)) => {
                lines.push(format!("您提出的{subject}，经审查，{registrar}决定不予。"));
                reasons(&mut lines, decision);
                lines.push(remedy(matter));
            }
            (_, Some(EndingKind::Rejected)) => {
                lines.push(format!("您提出的{subject}，{registrar}决定不予受理。"));
                reasons(&mut lines, decision);
                lines.push(remedy(matter));
            }
            _ => {
                lines.push(format!(
                    "您于 {} 提出的{subject}，材料齐全，符合法定形式，{registrar}予以受理。",
                    scene.case.completed
                ));
                if let Some(clock) = &scene.case.clock {
                    let due = clock.due(&self.calendar, scene.case.completed);
                    let stops = matter.limit.as_ref().map_or(&[][..], |limit| &limit.suspended_by);
                    let stops: Vec<_> = stops.iter().map(|stop| stop.plain()).collect();
                    let mut line = format!("预计在 {} 前作出决定。", due.expected().date);
                    if !stops.is_empty() {
                        let _ = write!(line, "{}的时间不计算在内。", stops.join("、"));
                    }
                    lines.push(line);
                }
                lines.push("您可以凭办件编号随时查看办理进度。".to_owned());
            }
        }
        lines.push(format!("咨询：{}。监督投诉：{}。", matter.guide.enquiry, matter.guide.complaint));
        lines.join("\n")
    }

    fn correction_text(&self, lines: &mut Vec<String>, scene: &Scene<'_>, decision: &Decision, subject: &str) {
        lines.push(format!("您提出的{subject}，下列内容需要补正，现一次性告知："));
        let notice = decision.corrections.as_ref().and_then(|all| all.last());
        let matter = &scene.resolved.matter;
        for (number, item) in (1..).zip(notice.map_or(&[][..], |notice| &notice.items)) {
            let field =
                matter.fields().find(|field| field.id.as_str() == item.target).map(|field| field.label.as_str());
            let material =
                matter.materials.iter().find(|one| one.id.as_str() == item.target).map(|one| one.name.as_str());
            let what = field.or(material).unwrap_or(item.target.as_str());
            let mut line = format!("{number}. {what}：{}", item.problem.trim_end_matches('。'));
            if !item.article.is_empty() {
                let _ = write!(line, "（依据：{}）", item.article);
            }
            if !item.example.is_empty() {
                let _ = write!(line, "。正确的样子：{}", item.example);
            }
            lines.push(format!("{line}。"));
        }
        let due =
            notice.and_then(|notice| notice.clock.as_ref()).map(|clock| clock.due(&self.calendar, decision.event.on));
        if let Some(due) = due {
            let step = decision.event.step.as_ref().and_then(|step| matter.find_step(step));
            let offered = step.and_then(|step| step.offers(Verb::Return).next());
            let pauses = step
                .and_then(|step| step.limit.as_ref())
                .is_some_and(|limit| limit.suspended_by.contains(&catalogue::matter::Suspension::Correction));
            let mut line = format!("请在 {} 前补正后再提交。", due.expected().date);
            if pauses {
                line.push_str("等您补正的时间不计入办理期限。");
            }
            let limit = offered.and_then(|offered| offered.correction.as_ref());
            if let Some(limit) = limit.filter(|limit| limit.on_expiry == catalogue::matter::Expiry::Withdrawn) {
                let _ = write!(line, "逾期不补正的，视为撤回申请（{}）。", limit.clause.text);
            }
            lines.push(line);
        }
    }
}

/// What can be done against a refusal, as the matter's guide has it.
pub(crate) fn remedy(matter: &catalogue::matter::Matter) -> String {
    format!("救济途径：{}。", matter.guide.appeal.trim_end_matches('。'))
}

fn reasons(lines: &mut Vec<String>, decision: &Decision) {
    let event = &decision.event;
    lines.push(format!("理由：{}。", event.reason.trim().trim_end_matches('。')));
    if !event.article.is_empty() {
        lines.push(format!("依据：{}。", event.article.trim().trim_end_matches('。')));
    }
}

fn kind_of(decision: &Decision) -> &'static str {
    match (decision.event.verb, decision.ending.as_ref().map(|ended| ended.kind)) {
        (Verb::Return, _) => "correction",
        (_, Some(EndingKind::Granted)) => "granted",
        (_, Some(EndingKind::Refused)) => "refused",
        (_, Some(EndingKind::Rejected)) => "rejected",
        (_, Some(_)) => "ended",
        _ => "accepted",
    }
}
