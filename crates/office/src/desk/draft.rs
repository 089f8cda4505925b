//! An act as it stands on paper (拟办): read from the posted form, kept while it may still be taken back, turned into an act of
//! the engine when its time has come.
use authority::Verb;
use base::{AreaCode, BodyId, FileId};
use casework::{Act, CorrectionItem, PointAnswer, PointVerdict, Recipient};
use catalogue::matter::{Given, Step, Suspension};
use serde::{Deserialize, Serialize};

use crate::{Refused, Wrong};

/// One act not yet done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ActDraft {
    /// The step.
    pub step: String,
    /// The verb.
    pub verb: Verb,
    /// 理由
    pub reason: String,
    /// 依据条款
    pub article: String,
    /// 意见: for or against.
    pub favourable: Option<bool>,
    /// 意见 in words.
    pub opinion: String,
    /// 逐项审查结论
    pub points: Vec<PointAnswer>,
    /// 补正内容
    pub corrections: Vec<CorrectionItem>,
    /// 中止的原因
    pub cause: Option<Suspension>,
    /// 文书、附件 already uploaded.
    pub files: Vec<FileId>,
    /// The document is to be made by the platform from its template.
    pub generate: bool,
    /// 移送对象
    pub recipient: Option<(AreaCode, Option<BodyId>)>,
}

impl ActDraft {
    /// A bare one.
    pub fn new(step: impl Into<String>, verb: Verb) -> Self {
        Self {
            step: step.into(),
            verb,
            reason: String::new(),
            article: String::new(),
            favourable: None,
            opinion: String::new(),
            points: Vec::new(),
            corrections: Vec::new(),
            cause: None,
            files: Vec::new(),
            generate: false,
            recipient: None,
        }
    }

    /// As the engine takes it.
    pub fn to_act(&self) -> Act {
        let opinion = self.favourable.map(|favourable| {
            let text = self.opinion.trim();
            let words = if favourable { "同意" } else { "不同意" };
            (favourable, if text.is_empty() { words.to_owned() } else { text.to_owned() })
        });
        Act {
            reason: self.reason.trim().to_owned(),
            article: self.article.trim().to_owned(),
            opinion,
            points: self.points.clone(),
            files: self.files.clone(),
            corrections: self.corrections.clone(),
            recipient: self.recipient.clone().map(|(area, body)| Recipient { area, body }),
            cause: self.cause,
            ..Act::new(Some(self.step.as_str().into()), self.verb)
        }
    }

    /// Reads a posted form: `verb`, `reason`, `article`, `ground` (ids), `favourable` (yes/no), `opinion`, `point.ID`
    /// (yes/no/na), `remark.ID`, `fix` (targets), `problem.T`, `because.T`, `example.T`, `cause`, `file` (ids), `generate`.
    pub fn read(step: &Step, pairs: &[(String, String)]) -> Result<Self, Refused> {
        let text =
            |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim()).to_owned();
        let all = |name: &'static str| {
            pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim().to_owned())
        };
        let word = |name: &str| serde_json::from_value::<Verb>(serde_json::Value::String(text(name))).ok();
        let verb = word("verb").ok_or_else(|| Refused::field("verb", "请从页面列出的操作中选择一项"))?;
        let mut draft = Self::new(step.id.as_str(), verb);
        draft.reason = text("reason");
        draft.article = text("article");
        draft.opinion = text("opinion");
        draft.favourable = match text("favourable").as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        draft.generate = text("generate") == "1";
        draft.cause = serde_json::from_value(serde_json::Value::String(text("cause"))).ok();
        draft.files = all("file").filter_map(|id| id.parse().ok()).collect();
        draft.points = points(step, &text);
        draft.corrections = all("fix").map(|target| correction(target, &text)).collect();
        if let Ok(area) = text("to_area").parse::<AreaCode>() {
            draft.recipient = Some((area, text("to_body").parse().ok()));
        }
        draft.take_grounds(step, &all("ground").collect::<Vec<_>>());
        draft.check_corrections()?;
        Ok(draft)
    }

    /// Grounds chosen from the law's list become article and reason.
    fn take_grounds(&mut self, step: &Step, chosen: &[String]) {
        let grounds =
            step.offers(self.verb).flat_map(|offered| &offered.grounds).filter(|ground| chosen.contains(&ground.id));
        for ground in grounds {
            for (field, more) in [(&mut self.reason, &ground.text), (&mut self.article, &ground.clause.text)] {
                if !field.contains(more.as_str()) {
                    *field = if field.is_empty() { more.clone() } else { format!("{more}；{field}") };
                }
            }
        }
    }

    fn check_corrections(&self) -> Result<(), Refused> {
        let short = |item: &&CorrectionItem| item.problem.is_empty();
        let wrong = |item: &CorrectionItem| {
            Wrong::new(format!("problem.{}", item.target), "请写明这一项哪里不符合、怎样改。写明了才能一次告知清楚")
        };
        let wrong: Vec<Wrong> = self.corrections.iter().filter(short).map(wrong).collect();
        if wrong.is_empty() { Ok(()) } else { Err(Refused::Invalid(wrong)) }
    }

    /// What the act still lacks of what a move needs, by the field to point at.
    pub fn lacks(&self, step: &Step) -> Vec<Wrong> {
        let needs = step.offers(self.verb).next().map_or(&[][..], |offered| &offered.needs);
        let mut wrong = Vec::new();
        for need in needs {
            let (field, missing, message) = match need {
                Given::Reason => ("reason", self.reason.trim().is_empty(), "请写明理由"),
                Given::Article => ("article", self.article.trim().is_empty(), "请写明依据的条款，或者从法定理由中选择"),
                Given::Opinion => ("favourable", self.favourable.is_none(), "请选择同意或者不同意"),
                Given::Corrections => ("fix", self.corrections.is_empty(), "请至少指出一项需要补正的内容"),
                Given::Cause => ("cause", self.cause.is_none(), "请选择中止计时的原因"),
                Given::Recipient => ("to_area", self.recipient.is_none(), "请选择移送给谁"),
                Given::Document => {
                    ("generate", self.files.is_empty() && !self.generate, "请附文书，或者选择由系统按模板生成")
                }
                Given::Points | Given::Form => continue,
            };
            if missing {
                wrong.push(Wrong::new(field, message));
            }
        }
        if needs.contains(&Given::Points) {
            wrong.extend(self.open_points(step));
        }
        if self.favourable == Some(false) && self.opinion.trim().is_empty() && needs.contains(&Given::Opinion) {
            wrong.push(Wrong::new("opinion", "不同意的，请写明意见和理由"));
        }
        wrong
    }

    fn open_points<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = Wrong> + 'a {
        step.points.iter().filter_map(|point| {
            let given = self.points.iter().find(|answer| answer.point == point.id);
            match given {
                None if !point.optional => {
                    Some(Wrong::new(format!("point.{}", point.id), format!("请回答：{}", point.text)))
                }
                Some(answer) if answer.answer == PointVerdict::No && answer.remark.trim().is_empty() => {
                    Some(Wrong::new(format!("remark.{}", point.id), format!("答“否”的请写明原因：{}", point.text)))
                }
                _ => None,
            }
        })
    }
}

fn points(step: &Step, text: &dyn Fn(&str) -> String) -> Vec<PointAnswer> {
    let answer = |point: &catalogue::matter::Point| {
        let answer = match text(&format!("point.{}", point.id)).as_str() {
            "yes" => PointVerdict::Yes,
            "no" => PointVerdict::No,
            "na" => PointVerdict::NotApplicable,
            _ => return None,
        };
        Some(PointAnswer { point: point.id.clone(), answer, remark: text(&format!("remark.{}", point.id)) })
    };
    step.points.iter().filter_map(answer).collect()
}

fn correction(target: String, text: &dyn Fn(&str) -> String) -> CorrectionItem {
    CorrectionItem {
        problem: text(&format!("problem.{target}")),
        article: text(&format!("because.{target}")),
        example: text(&format!("example.{target}")),
        target,
    }
}
