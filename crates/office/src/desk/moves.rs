//! What a desk may do now (可办操作): each move of its open step with what it needs; and where one is not open, why.
use authority::{Actor, Denied, Subject, Verb, may};
use casework::{Act, Case, CorrectionItem, PointAnswer, PointVerdict, Recipient, Refusal, Rules, Task, decide};
use catalogue::Facts;
use catalogue::matter::{Given, Limit, Matter, Move, Step, Suspension};

use crate::Office;

/// A ground of the law to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroundView {
    /// Its id.
    pub id: String,
    /// In words.
    pub text: String,
    /// The article.
    pub clause: String,
}

/// A review point to answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PointView {
    /// Its id.
    pub id: String,
    /// The question.
    pub text: String,
    /// The article; empty if none.
    pub clause: String,
    /// Fields and materials to look at: (id, label).
    pub look_at: Vec<(String, String)>,
    /// May be left open.
    pub optional: bool,
}

/// One thing a desk can do, or cannot and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MoveView {
    /// The verb.
    pub verb: Verb,
    /// Its word in forms: `accept`.
    pub key: String,
    /// The button.
    pub label: String,
    /// What it needs.
    pub needs: Vec<Given>,
    /// The law's grounds.
    pub grounds: Vec<GroundView>,
    /// The document it hands out.
    pub document: String,
    /// The clause that gives the power.
    pub clause: String,
    /// For suspension: the causes the law knows.
    pub causes: Vec<(String, &'static str)>,
    /// Why it cannot be done now; none if it can.
    pub blocked: Option<String>,
}

impl MoveView {
    /// Whether it needs this.
    pub fn needs(&self, what: Given) -> bool {
        self.needs.contains(&what)
    }

    /// Whether it ends things badly for the applicant and deserves a second look.
    pub fn is_refusal(&self) -> bool {
        self.verb == Verb::Refuse
    }

    /// The move that carries the case on (keyboard A).
    pub fn is_onward(&self) -> bool {
        matches!(self.verb, Verb::Accept | Verb::Opine | Verb::Approve | Verb::Complete)
    }

    /// A side act: the clock, the hand-over.
    pub fn is_side(&self) -> bool {
        !self.is_onward() && !self.is_refusal() && self.verb != Verb::Return
    }
}

/// What the reader may do at one open step.
#[derive(Clone, PartialEq, Debug)]
pub struct DeskView {
    /// The step's id.
    pub step: String,
    /// Its name.
    pub name: String,
    /// What happens here.
    pub explain: String,
    /// 受理岗
    pub desk_name: String,
    /// The points to answer.
    pub points: Vec<PointView>,
    /// The moves.
    pub moves: Vec<MoveView>,
    /// Fields and materials a correction may name: all in a first notice, later only what was named before or has changed.
    pub targets: Vec<String>,
    /// The reader has claimed it.
    pub mine: bool,
    /// Somebody has.
    pub claimed: bool,
}

pub(super) fn verb_key(verb: Verb) -> String {
    serde_json::to_value(verb).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn label_of(matter: &Matter, id: &str) -> String {
    let field = matter.fields().find(|field| field.id.as_str() == id).map(|field| field.label.clone());
    let material = || matter.find_material(&id.into()).map(|material| material.name.clone());
    field.or_else(material).unwrap_or_else(|| id.to_owned())
}

/// The label of a field or material.
pub fn target_label(matter: &Matter, id: &str) -> String {
    label_of(matter, id)
}

fn point_views(matter: &Matter, step: &Step) -> Vec<PointView> {
    let view = |point: &catalogue::matter::Point| PointView {
        id: point.id.clone(),
        text: point.text.clone(),
        clause: point.clause.as_ref().map(|clause| clause.text.clone()).unwrap_or_default(),
        look_at: point.look_at.iter().map(|id| (id.clone(), label_of(matter, id))).collect(),
        optional: point.optional,
    };
    step.points.iter().map(view).collect()
}

/// Everything a correction may name (一次性告知).
pub fn correction_targets(rules: &Rules<'_>, case: &Case) -> Vec<String> {
    if case.corrections.is_empty() {
        let fields =
            rules.matter.applicant_sections().flat_map(|section| &section.fields).map(|field| field.id.to_string());
        return fields.chain(rules.matter.materials.iter().map(|material| material.id.to_string())).collect();
    }
    let said = case
        .corrections
        .iter()
        .flat_map(|one| one.items.iter().map(|item| item.target.clone()).chain(one.changed.clone()));
    let mut said: Vec<String> = said.collect();
    said.sort();
    said.dedup();
    said
}

/// An act that brings everything a move can need: only rules, not blanks, can refuse it.
fn probe(rules: &Rules<'_>, case: &Case, task: &Task, step: &Step, offered: &Move) -> Act {
    let target = correction_targets(rules, case).into_iter().next().unwrap_or_default();
    let yes = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    Act {
        reason: "试办".to_owned(),
        article: "试办".to_owned(),
        opinion: Some((true, "试办".to_owned())),
        points: step.points.iter().map(yes).collect(),
        files: vec![base::FileId::from_bits(0)],
        corrections: vec![CorrectionItem {
            target,
            problem: "试办".into(),
            article: String::new(),
            example: String::new(),
        }],
        recipient: Some(Recipient { area: task.area.clone(), body: task.body }),
        cause: causes(rules.matter, step).first().copied().filter(|_| offered.verb == Verb::Suspend),
        ..Act::new(Some(step.id.clone()), offered.verb)
    }
}

/// What may stop the clocks here by a desk's act; corrections and notices stop them by themselves.
fn causes(matter: &Matter, step: &Step) -> Vec<Suspension> {
    let of = |limit: &Option<Limit>| limit.as_ref().map(|limit| limit.suspended_by.clone()).unwrap_or_default();
    let mut all: Vec<Suspension> = of(&step.limit).into_iter().chain(of(&matter.limit)).collect();
    all.retain(|cause| !matches!(cause, Suspension::Correction | Suspension::PublicNotice));
    all.sort();
    all.dedup();
    all
}

impl Office {
    /// What the actor may do at the open steps of a case, and for the rest one sentence that says why nothing.
    pub(super) fn desk_views(
        &self,
        rules: &Rules<'_>,
        case: &Case,
        facts: &dyn Facts,
        who: &Actor,
    ) -> (Vec<DeskView>, Option<Denied>) {
        let (mut views, mut why) = (Vec::new(), None);
        for task in &case.open {
            let Some(step) = rules.matter.find_step(&task.step) else { continue };
            match may(who, Verb::Claim, &Subject::Case(case.subject(rules.matter, Some(&task.step)))) {
                Ok(()) => views.push(self.desk_view(rules, case, facts, who, task, step)),
                // The most telling refusal: one's own desk rather than another's.
                Err(denied) if why.is_none() || !matches!(denied, Denied::NotYourDesk) => why = Some(denied),
                Err(_) => {}
            }
        }
        (views, why)
    }

    fn desk_view(
        &self,
        rules: &Rules<'_>,
        case: &Case,
        facts: &dyn Facts,
        who: &Actor,
        task: &Task,
        step: &Step,
    ) -> DeskView {
        let mut moves: Vec<MoveView> = Vec::new();
        for offered in &step.moves {
            let ours =
                !matches!(offered.verb, Verb::Withdraw | Verb::Lapse | Verb::Submit | Verb::Claim | Verb::Release);
            if !ours || moves.iter().any(|known| known.verb == offered.verb) {
                continue;
            }
            let tried = decide(rules, case, facts, who, &probe(rules, case, task, step, offered), self.clock.today());
            let blocked = match tried {
                Err(Refusal::NotSuspended) => continue,
                Err(Refusal::SaidTooLate { .. } | Refusal::UnknownTargets(_)) => {
                    Some("补正须一次告知，没有可以再提出的内容".to_owned())
                }
                // The probe names no statutory ground: the form asks for one.
                Ok(_) | Err(Refusal::NoGround(_)) => None,
                Err(refusal) => {
                    let said = refusal.said();
                    Some(format!("{}。{}", said.why, said.next))
                }
            };
            moves.push(move_view(rules.matter, step, offered, blocked));
        }
        DeskView {
            step: step.id.to_string(),
            name: step.name.clone(),
            explain: step.explain.clone(),
            desk_name: self.catalogue.desk_name(step.desk.as_str()).to_owned(),
            points: point_views(rules.matter, step),
            moves,
            targets: correction_targets(rules, case),
            mine: task.claimed_by == Some(who.account),
            claimed: task.claimed_by.is_some(),
        }
    }
}

fn move_view(matter: &Matter, step: &Step, offered: &Move, blocked: Option<String>) -> MoveView {
    let ground = |ground: &catalogue::matter::Ground| GroundView {
        id: ground.id.clone(),
        text: ground.text.clone(),
        clause: ground.clause.text.clone(),
    };
    let cause = |cause: &Suspension| {
        let word = serde_json::to_value(cause).ok().and_then(|word| word.as_str().map(str::to_owned));
        (word.unwrap_or_default(), cause.plain())
    };
    MoveView {
        verb: offered.verb,
        key: verb_key(offered.verb),
        label: offered.words().to_owned(),
        needs: offered.needs.clone(),
        grounds: offered.grounds.iter().map(ground).collect(),
        document: offered.document.clone(),
        clause: offered.clause.as_ref().map(|clause| clause.text.clone()).unwrap_or_default(),
        causes: if offered.verb == Verb::Suspend {
            causes(matter, step).iter().map(cause).collect()
        } else {
            Vec::new()
        },
        blocked,
    }
}
