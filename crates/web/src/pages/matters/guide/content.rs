//! What the guide says, worked out from the matter: nothing is written twice, nothing is left out; none is said as 无.
use base::{AreaCode, Calendar, Date};
use casework::span_of;
use catalogue::matter::{FieldKind, Limit, Material, Matter, Need, Next, Seat, Step, TimeSpan};
use catalogue::{Params, Resolved};
use office::Office;

use crate::parts::Limits;

/// A row of plain text.
pub struct Row {
    pub label: &'static str,
    pub lines: Vec<String>,
}

/// One material as the guide lists it.
pub struct MaterialRow {
    pub name: String,
    pub explain: String,
    pub needed: String,
    pub form: String,
    pub source: &'static str,
    pub clause: String,
    pub sample: String,
    pub blank: String,
    pub promise: String,
}

/// One step as the flow chart shows it.
pub struct StepRow {
    pub name: String,
    pub desk: String,
    pub explain: String,
    pub time: String,
    pub clause: String,
    /// Runs at the same time as the one before.
    pub beside: bool,
    pub when: bool,
    pub leads: String,
}

/// Everything on the guide.
pub struct Content {
    pub id: String,
    pub name: String,
    pub explain: String,
    pub brief: String,
    pub rows: Vec<Row>,
    pub conditions: Vec<String>,
    pub materials: Vec<MaterialRow>,
    pub process: String,
    pub steps: Vec<StepRow>,
    pub asked: Vec<String>,
    pub service: Vec<Row>,
    pub questions: Vec<(String, String)>,
    pub limits: Option<Limits>,
    pub edition: String,
}

fn or_none(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { "无".to_owned() } else { text.to_owned() }
}

fn row(label: &'static str, text: &str) -> Row {
    Row { label, lines: vec![or_none(text)] }
}

fn list(label: &'static str, lines: Vec<String>) -> Row {
    Row { label, lines: if lines.is_empty() { vec!["无".to_owned()] } else { lines } }
}

/// `20 个工作日`, parameters put in.
pub fn span_text(span: &TimeSpan, params: &Params) -> Option<String> {
    let count = match span_of(span, params).ok()? {
        base::Span::Working(count) | base::Span::Calendar(count) | base::Span::Months(count) => count,
    };
    let unit = if matches!(span, TimeSpan::CalendarDays(_)) { "日（自然日）" } else { span.unit() };
    Some(format!("{count} {unit}"))
}

fn due(limit: &Limit, params: &Params, calendar: &Calendar, today: Date) -> Option<Date> {
    let span = span_of(limit.promised.as_ref().unwrap_or(&limit.statutory), params).ok()?;
    Some(calendar.off_holiday(calendar.after(today, span)).date)
}

impl Content {
    /// Of a resolved matter, as seen in an area today.
    pub fn of(office: &Office, resolved: &Resolved, area: &AreaCode, today: Date) -> Self {
        let (matter, params) = (&resolved.matter, &resolved.params);
        let guide = &matter.guide;
        Self {
            id: matter.id.to_string(),
            name: matter.name.clone(),
            explain: matter.explain.clone(),
            brief: or_none(&guide.brief),
            rows: about(office, matter, area, today),
            conditions: guide.conditions.clone(),
            materials: matter.materials.iter().map(|material| material_row(material, params)).collect(),
            process: or_none(&guide.process),
            steps: steps(office, matter, params),
            asked: asked(matter),
            service: service(matter, params),
            questions: guide.questions.iter().map(|one| (one.ask.clone(), one.answer.clone())).collect(),
            limits: times(matter, params, &office.calendar, today),
            edition: resolved.digest.chars().take(12).collect(),
        }
    }
}

fn about(office: &Office, matter: &Matter, area: &AreaCode, today: Date) -> Vec<Row> {
    let place = match area.level() {
        base::AreaLevel::Nation => "按选择的地区确定；全国性组织由民政部办理".to_owned(),
        _ => format!("{}登记管理机关（民政部门）", office.areas.full_name_at(area, today)),
    };
    vec![
        row("事项名称", &matter.name),
        row("事项编码", &matter.code),
        row("事项类型", matter.kind.plain()),
        row("办理机关", &place),
        row("申请人", &matter.applicants.text),
        list("设定依据", matter.basis.iter().map(|basis| basis.text.clone()).collect()),
    ]
}

fn service(matter: &Matter, params: &Params) -> Vec<Row> {
    let guide = &matter.guide;
    let deliver =
        matter.endings.iter().find_map(|ending| ending.deliver.as_ref()).and_then(|span| span_text(span, params));
    let result = match deliver {
        Some(span) => format!("{}。作出决定后 {span}内送达。", guide.result.trim_end_matches('。')),
        None => guide.result.clone(),
    };
    vec![
        row("收费", &guide.fee),
        row("办理地点", &guide.place),
        row("办理时间", &guide.hours),
        row(
            "到现场次数",
            &if guide.visits == 0 { "0 次，全程网上办".to_owned() } else { format!("{} 次", guide.visits) },
        ),
        row("特殊环节", &guide.special),
        row("办理结果", &result),
        row("结果样本", &guide.result_sample),
        row("咨询方式", &guide.enquiry),
        row("监督投诉", &guide.complaint),
        row("行政复议和诉讼", &guide.appeal),
    ]
}

fn times(matter: &Matter, params: &Params, calendar: &Calendar, today: Date) -> Option<Limits> {
    let limit = matter.limit.as_ref()?;
    let statutory = span_text(&limit.statutory, params)?;
    let promised =
        limit.promised.as_ref().and_then(|span| span_text(span, params)).unwrap_or_else(|| "与法定时限相同".to_owned());
    Some(super::limits(statutory, limit.clause.text.clone(), promised, due(limit, params, calendar, today)))
}

fn material_row(material: &Material, params: &Params) -> MaterialRow {
    let needed = match &material.required {
        Need::Fixed(true) => "必须",
        Need::Fixed(false) => "有就交",
        Need::When(_) => "符合条件的要交",
    };
    let copies = match material.copies {
        0 => "电子件".to_owned(),
        count => format!("{}，{count} 份", material.form.plain()),
    };
    let promise = material.promise.as_ref().map(|promise| {
        let time = span_text(&promise.verify, params).unwrap_or_default();
        format!(
            "可以先承诺、后核查：{} 决定后 {time}内核查。{}（{}）",
            promise.text, promise.consequence, promise.clause.text
        )
    });
    MaterialRow {
        name: material.name.clone(),
        explain: material.explain.clone(),
        needed: needed.to_owned(),
        form: copies,
        source: material.source.plain(),
        clause: material.clause.text.clone(),
        sample: or_none(&material.sample),
        blank: or_none(&material.blank),
        promise: promise.unwrap_or_default(),
    }
}

/// Steps in the order the file gives them; those opened together stand side by side.
fn steps(office: &Office, matter: &Matter, params: &Params) -> Vec<StepRow> {
    let together = |step: &Step| {
        let openers = matter.steps.iter().flat_map(|other| &other.moves);
        openers
            .filter_map(|one| if let Next::Open(ids) = &one.then { Some(ids) } else { None })
            .find(|ids| ids.len() > 1 && ids.contains(&step.id))
    };
    let mut rows = Vec::new();
    let mut before: Option<&Vec<catalogue::matter::StepId>> = None;
    for step in &matter.steps {
        let group = together(step);
        let time = step
            .limit
            .as_ref()
            .and_then(|limit| span_text(limit.promised.as_ref().unwrap_or(&limit.statutory), params));
        let leads: Vec<&str> = step
            .moves
            .iter()
            .filter_map(|one| match &one.then {
                Next::End(id) => matter.find_ending(id).map(|ending| ending.name.as_str()),
                _ => None,
            })
            .collect();
        rows.push(StepRow {
            name: step.name.clone(),
            desk: seat(office, step),
            explain: step.explain.clone(),
            time: time.unwrap_or_default(),
            clause: step.limit.as_ref().map(|limit| limit.clause.text.clone()).unwrap_or_default(),
            beside: group.is_some() && group == before,
            when: step.when.is_some(),
            leads: dedup(leads).join("、"),
        });
        before = group;
    }
    rows
}

fn dedup(words: Vec<&str>) -> Vec<&str> {
    words.into_iter().fold(Vec::new(), |mut seen, word| {
        if !seen.contains(&word) {
            seen.push(word);
        }
        seen
    })
}

fn seat(office: &Office, step: &Step) -> String {
    let desk = office.catalogue.desk_name(step.desk.as_str());
    match step.at {
        Seat::Upper => format!("上级{desk}"),
        Seat::Town => format!("街道（乡镇）{desk}"),
        Seat::Community => format!("社区（村）{desk}"),
        _ => desk.to_owned(),
    }
}

/// What the form will ask, in one line per section, so that people can get ready.
fn asked(matter: &Matter) -> Vec<String> {
    let section = |section: &catalogue::matter::Section| {
        let labels: Vec<&str> = section
            .fields
            .iter()
            .filter(|field| field.kind != FieldKind::Declaration)
            .map(|field| field.label.as_str())
            .collect();
        (!labels.is_empty()).then(|| format!("{}：{}", section.title, labels.join("、")))
    };
    matter.applicant_sections().filter_map(section).collect()
}
