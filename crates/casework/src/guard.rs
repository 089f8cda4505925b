//! Guards: conditions that must hold, materials that must be there, checks of the matter at their moments.
use std::collections::BTreeMap;

use catalogue::matter::{CheckSeverity, Condition, Material, MaterialId, MaterialSource, Moment, Need, Step};
use catalogue::{Facts, Tri};

use crate::act::Rules;
use crate::case::Provided;
use crate::form::FieldFault;
use crate::refusal::Refusal;

impl Rules<'_> {
    /// Whether a condition holds. One that cannot be judged blocks, and says what is missing from whom.
    ///
    /// # Errors
    /// [`Refusal::Unknown`].
    pub fn holds(&self, condition: &Condition, facts: &dyn Facts) -> Result<bool, Refusal> {
        match condition.evaluate(&self.context(facts)) {
            Tri::True => Ok(true),
            Tri::False => Ok(false),
            Tri::Unknown => Err(self.unknown(condition, facts)),
        }
    }

    /// The explanation of a condition, with the form's labels.
    pub fn explain(&self, condition: &Condition, facts: &dyn Facts) -> String {
        let titles = |name: &str| self.title(name);
        condition.explain(&self.context(facts).with_titles(&titles)).text()
    }

    fn unknown(&self, condition: &Condition, facts: &dyn Facts) -> Refusal {
        let titles = |name: &str| self.title(name);
        let explanation = condition.explain(&self.context(facts).with_titles(&titles));
        let missing = explanation.missing();
        let words = missing.into_iter().map(|missing| match missing.supplier.as_str() {
            "" => missing.title,
            supplier => format!("{}（由{supplier}提供）", missing.title),
        });
        Refusal::Unknown { why: explanation.text(), missing: words.collect() }
    }

    /// The label of an answer named in a condition.
    fn title(&self, name: &str) -> Option<String> {
        let first = name.split('.').next().unwrap_or(name);
        self.matter.fields().find(|field| field.id.as_str() == first).map(|field| field.label.clone())
    }

    /// Whether something is needed; what cannot be judged is asked for rather than forgotten.
    pub fn needed(&self, need: &Need, facts: &dyn Facts) -> bool {
        match need {
            Need::Fixed(fixed) => *fixed,
            Need::When(condition) => condition.evaluate(&self.context(facts)) != Tri::False,
        }
    }

    /// The steps that this application passes over, each with the reason its matter gives (不经过的环节). A step whose condition
    /// cannot be judged yet is not among them.
    pub fn passed_over(&self, facts: &dyn Facts) -> Vec<(&Step, &str)> {
        let context = self.context(facts);
        let skipped = |step: &&Step| step.when.as_ref().is_some_and(|when| when.evaluate(&context) == Tri::False);
        let said = |step: &Step| {
            let holds = |condition: &Condition| condition.evaluate(&context) == Tri::True;
            step.otherwise.iter().position(|said| said.when.as_ref().is_none_or(holds))
        };
        let steps = self.matter.steps.iter().filter(skipped);
        steps.filter_map(|step| Some((step, step.otherwise.get(said(step)?)?.text.as_str()))).collect()
    }

    /// The materials that are missing, or promised where the law knows no promise.
    pub fn material_faults(&self, provided: &BTreeMap<MaterialId, Provided>, facts: &dyn Facts) -> Vec<FieldFault> {
        let faulty = |material: &&Material| {
            let by_applicant = !matches!(material.source, MaterialSource::Shared | MaterialSource::Generated);
            match provided.get(&material.id) {
                Some(Provided::Promised) => material.promise.is_none(),
                Some(Provided::Files(files)) => {
                    files.is_empty() && by_applicant && self.needed(&material.required, facts)
                }
                Some(Provided::Paper | Provided::Shared(_)) => false,
                None => by_applicant && self.needed(&material.required, facts),
            }
        };
        self.matter.materials.iter().filter(faulty).map(|material| material_fault(material, provided)).collect()
    }

    /// Makes the checks of a moment. Returns the warnings.
    ///
    /// # Errors
    /// [`Refusal::Faults`] with every missed check that refuses; [`Refusal::Unknown`] if one cannot be judged.
    pub fn check_at(&self, moment: Moment, facts: &dyn Facts) -> Result<Vec<FieldFault>, Refusal> {
        let (mut refused, mut warned) = (Vec::new(), Vec::new());
        for check in self.matter.checks.iter().filter(|check| check.at.contains(&moment)) {
            let applies = check.when.as_ref().map_or(Tri::True, |when| when.evaluate(&self.context(facts)));
            let holds = check.require.evaluate(&self.context(facts));
            let verdict = if applies == Tri::False { Tri::True } else { holds };
            if verdict == Tri::True {
                continue;
            }
            let fault = FieldFault {
                field: check.field.as_ref().map(ToString::to_string).unwrap_or_default(),
                label: check.field.as_ref().and_then(|field| self.title(field.as_str())).unwrap_or_default(),
                message: check.message.clone(),
                next: check.remedy.clone(),
                clause: check.clause.text.clone(),
                why: self.explain(&check.require, facts),
            };
            match (check.severity, verdict, applies) {
                (CheckSeverity::Warn, ..) => warned.push(fault),
                (CheckSeverity::Refuse, Tri::Unknown, _) => return Err(self.unknown(&check.require, facts)),
                (CheckSeverity::Refuse, _, Tri::Unknown) => {
                    return Err(self.unknown(check.when.as_ref().unwrap_or(&check.require), facts));
                }
                (CheckSeverity::Refuse, ..) => refused.push(fault),
            }
        }
        if refused.is_empty() { Ok(warned) } else { Err(Refusal::Faults(refused)) }
    }
}

fn material_fault(material: &Material, provided: &BTreeMap<MaterialId, Provided>) -> FieldFault {
    let promised = provided.get(&material.id) == Some(&Provided::Promised);
    let (message, next) = if promised {
        ("这份材料不能用承诺代替", "请上传这份材料".to_owned())
    } else if material.promise.is_some() {
        ("还没有提交这份材料", format!("请上传，或者选择告知承诺（{}，{} 份）", material.form.plain(), material.copies))
    } else {
        ("还没有提交这份材料", format!("请上传（{}，{} 份）", material.form.plain(), material.copies))
    };
    FieldFault {
        field: material.id.to_string(),
        label: material.name.clone(),
        message: message.to_owned(),
        next,
        clause: material.clause.text.clone(),
        why: String::new(),
    }
}
