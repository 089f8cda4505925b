//! The route checker (我该办哪一项): a few plain questions that lead a person who has never done this to the matter, the route or
//! the filing that is theirs. Data: `routes.toml` of a pack, two lists, `[[question]]` and `[[outcome]]`.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{FieldId, Matter, MatterId};
use crate::problem::Problems;
use crate::tree::Node;

/// The questions and what they lead to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// The first question.
    pub start: String,
    /// The questions (问题).
    #[serde(rename = "question")]
    pub questions: Vec<RouteQuestion>,
    /// What they lead to (结果).
    #[serde(rename = "outcome")]
    pub outcomes: Vec<Outcome>,
}

/// One question; one decision per screen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteQuestion {
    /// Its name in the data.
    pub id: String,
    /// The question.
    pub ask: String,
    /// A hint in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// The answers to choose from, two at least.
    pub answers: Vec<RouteAnswer>,
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteAnswer {
    /// What the person chooses.
    pub text: String,
    /// A hint in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Where it leads: the id of a question or of an outcome.
    pub to: String,
}

/// Where the questions lead.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Its name in the data.
    pub id: String,
    /// What to do, in a few words.
    pub title: String,
    /// Why, and what to do next, in plain words.
    pub explain: String,
    /// The matter to start; none where nothing is to be applied for here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<MatterId>,
    /// Answers the matter's form begins with: field to value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub presets: BTreeMap<FieldId, String>,
    /// The articles and clauses behind it (依据).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
}

/// Where an answer leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step<'r> {
    /// To another question.
    Question(&'r RouteQuestion),
    /// To the end.
    Outcome(&'r Outcome),
}

impl Routes {
    /// Reads the tree of a `routes.toml`; problems are reported. Whether it makes sense is judged by [`Routes::check`].
    pub fn read(root: &Node, problems: &Problems) -> Option<Self> {
        root.to_typed(problems)
    }

    /// The question or outcome of that name.
    pub fn find(&self, id: &str) -> Option<Step<'_>> {
        let question = self.questions.iter().find(|question| question.id == id).map(Step::Question);
        question.or_else(|| self.outcomes.iter().find(|outcome| outcome.id == id).map(Step::Outcome))
    }

    /// Follows answers by their number (from 0) from the first question; nothing if one of them does not exist.
    pub fn follow(&self, answers: &[usize]) -> Option<Step<'_>> {
        let mut at = self.find(&self.start)?;
        for number in answers {
            let Step::Question(question) = at else { return None };
            at = self.find(&question.answers.get(*number)?.to)?;
        }
        Some(at)
    }

    /// Reports what makes no sense: unknown targets, doubled ids, questions that come round again, what no answer leads to,
    /// single answers, unknown matters, presets that are no choice of the matter's form.
    pub fn check<'m>(&self, root: &Node, matter: impl Fn(&MatterId) -> Option<&'m Matter>, problems: &Problems) {
        let mut seen = BTreeSet::new();
        let ids = self.questions.iter().map(|q| &q.id).chain(self.outcomes.iter().map(|o| &o.id));
        for id in ids.filter(|id| !seen.insert(*id)) {
            problems.error(self.place(root, id), format!("问答里有两个“{id}”"), "请改名");
        }
        for question in &self.questions {
            let at = self.place(root, &question.id);
            if question.answers.len() < 2 {
                problems.error(at, format!("问题“{}”少于两个答案", question.ask), "请补上答案，或删去这个问题");
            }
            for answer in question.answers.iter().filter(|answer| self.find(&answer.to).is_none()) {
                problems.error(
                    at,
                    format!("答案“{}”指向不存在的“{}”", answer.text, answer.to),
                    "请写某个问题或结果的 id",
                );
            }
        }
        let reached = self.reach(root, problems);
        for id in seen.into_iter().filter(|id| !reached.contains(id.as_str())) {
            problems.error(self.place(root, id), format!("没有答案通向“{id}”"), "请让某个答案指向它，或删去它");
        }
        for outcome in &self.outcomes {
            self.check_outcome(outcome, root, &matter, problems);
        }
    }

    fn place<'n>(&self, root: &'n Node, id: &str) -> &'n crate::Place {
        let list = if self.questions.iter().any(|question| question.id == id) { "question" } else { "outcome" };
        root.place_of(&[list, id])
    }

    /// Everything the answers lead to; a question that leads back to itself is a problem.
    fn reach<'r>(&'r self, root: &Node, problems: &Problems) -> BTreeSet<&'r str> {
        let mut reached = BTreeSet::new();
        let mut path: Vec<&str> = Vec::new();
        self.visit(&self.start, &mut path, &mut reached, root, problems);
        reached
    }

    fn visit<'r>(
        &'r self,
        id: &'r str,
        path: &mut Vec<&'r str>,
        reached: &mut BTreeSet<&'r str>,
        root: &Node,
        problems: &Problems,
    ) {
        if path.contains(&id) {
            problems.error(self.place(root, id), format!("问答绕回了“{id}”"), "请让答案通向后面的问题或结果");
            return;
        }
        if !reached.insert(id) {
            return;
        }
        if let Some(Step::Question(question)) = self.find(id) {
            path.push(id);
            for answer in &question.answers {
                self.visit(&answer.to, path, reached, root, problems);
            }
            path.pop();
        }
    }

    fn check_outcome<'m>(
        &self,
        outcome: &Outcome,
        root: &Node,
        matter: &impl Fn(&MatterId) -> Option<&'m Matter>,
        problems: &Problems,
    ) {
        let at = self.place(root, &outcome.id);
        let Some(id) = &outcome.matter else {
            if !outcome.presets.is_empty() {
                problems.error(
                    at,
                    format!("结果“{}”没有事项，却有预填的答案", outcome.id),
                    "请补上 matter，或删去 presets",
                );
            }
            return;
        };
        let Some(matter) = matter(id) else {
            problems.error(at, format!("没有名为“{id}”的事项"), "请核对 matters 里的文件名");
            return;
        };
        for (field, value) in &outcome.presets {
            let known = matter.find_field(field).is_some_and(|field| field.choices.iter().any(|c| c.value == *value));
            if !known {
                problems.error(at, format!("事项“{id}”的“{field}”没有“{value}”这个选项"), "请对照事项文件的 choices");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
start = "who"
[[question]]
id = "who"
ask = "谁来办？"
answers = [{ text = "我自己", to = "alone" }, { text = "一群人", to = "size" }]
[[question]]
id = "size"
ask = "多少人？"
answers = [{ text = "三人以上", to = "club" }, { text = "不足三人", to = "alone" }]
[[outcome]]
id = "club"
title = "可以成立风筝会"
explain = "请准备名单。"
[[outcome]]
id = "alone"
title = "不用登记"
explain = "一个人放风筝不用登记。"
"#;

    fn problems_of(text: &str) -> Vec<String> {
        let problems = Problems::new();
        let root = Node::parse("云州/routes.toml", text, &problems);
        if let Some(routes) = Routes::read(&root, &problems) {
            routes.check(&root, |_| None, &problems);
        }
        problems.into_sorted().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn answers_lead_to_outcomes() {
        assert_eq!(problems_of(GOOD), Vec::<String>::new());
        let problems = Problems::new();
        let routes = Routes::read(&Node::parse("r.toml", GOOD, &problems), &problems).unwrap();
        let end = |answers: &[usize]| match routes.follow(answers) {
            Some(Step::Outcome(outcome)) => outcome.id.clone(),
            Some(Step::Question(question)) => format!("?{}", question.id),
            None => "-".to_owned(),
        };
        assert_eq!([end(&[]), end(&[0]), end(&[1]), end(&[1, 0])], ["?who", "alone", "?size", "club"]);
        assert_eq!([end(&[2]), end(&[0, 0])], ["-", "-"]);
    }

    #[test]
    fn every_mistake_names_its_line() {
        let unknown = problems_of(&GOOD.replace("to = \"club\"", "to = \"clob\""));
        assert!(unknown[0].starts_with("云州/routes.toml:7: 错误：答案“三人以上”指向不存在的“clob”"), "{unknown:?}");
        assert!(unknown[1].contains("没有答案通向“club”"), "{unknown:?}");
        let circle = problems_of(&GOOD.replace("to = \"club\"", "to = \"who\""));
        assert!(circle.iter().any(|p| p.contains("绕回了“who”")), "{circle:?}");
        let matter =
            problems_of(&GOOD.replace("explain = \"请准备名单。\"", "explain = \"请准备。\"\nmatter = \"kite\""));
        assert!(matter[0].contains("没有名为“kite”的事项"), "{matter:?}");
        let doubled = problems_of(&GOOD.replace("id = \"club\"", "id = \"alone\""));
        assert!(doubled.iter().any(|p| p.contains("有两个“alone”")), "{doubled:?}");
        let key = problems_of(&GOOD.replace("title = \"不用登记\"", "titel = \"不用登记\""));
        assert!(key[0].contains("routes.toml:"), "{key:?}");
        let single = problems_of(&GOOD.replace(", { text = \"不足三人\", to = \"alone\" }", ""));
        assert!(single.iter().any(|p| p.contains("少于两个答案")), "{single:?}");
    }
}
