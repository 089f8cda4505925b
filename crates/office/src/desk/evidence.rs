//! What lies before the desk (材料和意见): the materials and how they came, and the opinions given so far.
use authority::Actor;
use casework::{Case, CaseFacts, Opinion, Provided, Rules};
use catalogue::matter::{MaterialSource, Matter};
use store::papers::FileRow;

/// A material and how it came.
#[derive(Clone, PartialEq, Debug)]
pub struct MaterialView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The clause that asks for it.
    pub clause: String,
    /// 已上传 2 个文件, 窗口提交纸质件, 告知承诺…
    pub how: String,
    /// Missing though it was asked for.
    pub missing: bool,
    /// The files.
    pub files: Vec<FileRow>,
    /// A correction notice names it.
    pub named: bool,
}

/// An opinion given, with its points in words.
#[derive(Clone, PartialEq, Debug)]
pub struct OpinionView {
    /// The step's name.
    pub step: String,
    /// The opinion.
    pub opinion: Opinion,
    /// Points answered 否 or 不适用, with remarks: (question, answer, remark).
    pub points: Vec<(String, &'static str, String)>,
}

pub(super) fn materials(
    rules: &Rules<'_>,
    case: &Case,
    facts: &CaseFacts<'_>,
    files: &[FileRow],
    shows: &dyn Fn(&str) -> bool,
) -> Vec<MaterialView> {
    let faults = rules.material_faults(&case.materials, facts);
    let mut views = Vec::new();
    for material in rules.matter.materials.iter().filter(|material| shows(material.id.as_str())) {
        let own: Vec<FileRow> =
            files.iter().filter(|file| file.slot.as_deref() == Some(material.id.as_str())).cloned().collect();
        let missing = faults.iter().any(|fault| fault.field == material.id.as_str());
        let how = match case.materials.get(&material.id) {
            Some(Provided::Files(named)) => format!("已上传 {} 个文件", named.len().max(own.len())),
            Some(Provided::Paper) => "窗口提交纸质件".to_owned(),
            Some(Provided::Shared(from)) => format!("数据共享取得：{from}"),
            Some(Provided::Promised) => "告知承诺，批准后核查".to_owned(),
            None if missing => "没有提交".to_owned(),
            None => match material.source {
                MaterialSource::Shared => "由数据共享取得，申请人免交".to_owned(),
                MaterialSource::Generated => "由系统生成".to_owned(),
                _ if own.is_empty() => "本件不需要".to_owned(),
                _ => format!("已上传 {} 个文件", own.len()),
            },
        };
        views.push(MaterialView {
            id: material.id.to_string(),
            name: material.name.clone(),
            clause: material.clause.text.clone(),
            how,
            missing,
            files: own,
            named: case.corrections.iter().any(|one| one.items.iter().any(|item| item.target == material.id.as_str())),
        });
    }
    views
}

/// Parallel opinions are given without seeing each other's: a body sees its own, the registrar's desks see all.
pub(super) fn opinions(matter: &Matter, case: &Case, whole: bool, who: &Actor) -> Vec<OpinionView> {
    let view = |opinion: &Opinion| {
        let step = matter.find_step(&opinion.step);
        let points =
            opinion.points.iter().filter(|answer| answer.answer != casework::PointVerdict::Yes).map(|answer| {
                let text = step.and_then(|step| step.points.iter().find(|point| point.id == answer.point));
                let word = if answer.answer == casework::PointVerdict::No { "否" } else { "不适用" };
                (text.map_or_else(|| answer.point.clone(), |point| point.text.clone()), word, answer.remark.clone())
            });
        OpinionView {
            step: step.map_or_else(|| opinion.step.to_string(), |step| step.name.clone()),
            points: points.collect(),
            opinion: opinion.clone(),
        }
    };
    case.opinions.iter().filter(|opinion| whole || opinion.by == who.account).map(view).collect()
}
