//! A case in plain words: what happened, who has it, what the clocks say.
use authority::Verb;
use base::Date;
use casework::{Ended, Event as Done};
use catalogue::matter::EndingKind;
use office::Office;
use office::cases::facts::Loaded;
use office::cases::own::OwnCase;

use crate::page::Link;
use crate::parts::{Event, Limits, SummaryList, SummaryRow, Timeline, Tone};

/// Who has an open task: desk and authority with its telephone, never a person.
pub struct Holder {
    pub step: String,
    pub desk: String,
    pub body: String,
    pub phone: String,
    pub due: String,
}

fn step_name(own: &OwnCase, step: &catalogue::matter::StepId) -> String {
    own.resolved.matter.find_step(step).map_or_else(|| step.to_string(), |step| step.name.clone())
}

/// Today's expected day, of the whole case or else of its open tasks.
pub fn expected(office: &Office, own: &OwnCase, today: Date) -> Option<Date> {
    let case = &own.case;
    let whole = case.clock.iter();
    let clock = whole.chain(case.open.iter().filter_map(|task| task.clock.as_ref())).next()?;
    (!case.has_ended()).then(|| clock.due(&office.calendar, today).expected().date)
}

/// One sentence: where it stands and whose turn it is.
pub fn sentence(office: &Office, own: &OwnCase, today: Date) -> String {
    let case = &own.case;
    if let Some(ended) = &case.ending {
        return format!("{} 办结：{}。", ended.on, result(own, ended).0);
    }
    if let Some(open) = case.open_correction() {
        return format!("现在等您补正 {} 处内容。补正期间办理时间停止计算。", open.items.len());
    }
    let steps: Vec<String> = case.open.iter().map(|task| step_name(own, &task.step)).collect();
    let when = expected(office, own, today).map(|day| format!("预计 {day} 以前办结。")).unwrap_or_default();
    match steps.len() {
        0 => when,
        1 => format!("正在“{}”环节。{when}", steps.join("")),
        _ => format!("“{}”正在同时进行。{when}", steps.join("”“")),
    }
}

/// How it ended, whether well, and what to do with it.
pub fn result(own: &OwnCase, ended: &Ended) -> (String, bool, String) {
    let name =
        own.resolved.matter.find_ending(&ended.ending).map_or_else(|| "办结".to_owned(), |ending| ending.name.clone());
    let good = matches!(ended.kind, EndingKind::Granted | EndingKind::Closed);
    let reason =
        own.case.timeline.iter().rev().find(|event| !event.reason.is_empty()).map(|event| event.reason.clone());
    let more = match ended.kind {
        EndingKind::Granted | EndingKind::Closed => {
            ended.deliver_by.map(|day| format!("证书和决定书最迟 {day} 送达，也可以在下面下载。")).unwrap_or_default()
        }
        EndingKind::Refused | EndingKind::Rejected => format!(
            "理由：{}。{}。改好以后也可以重新申请。",
            reason.unwrap_or_else(|| "见决定书".to_owned()).trim_end_matches('。'),
            own.resolved.matter.guide.appeal.trim_end_matches('。')
        ),
        EndingKind::Withdrawn => "材料还在，可以重新申请。".to_owned(),
        EndingKind::Transferred | EndingKind::Terminated => reason.unwrap_or_default(),
    };
    (name, good, more)
}

/// Both limits and today's day, of the whole case; standing still is said.
pub fn limits(office: &Office, own: &OwnCase, today: Date) -> Option<Limits> {
    let case = &own.case;
    let (limit, clock) = if let (Some(limit), Some(clock)) = (&own.resolved.matter.limit, &case.clock) {
        (limit, clock)
    } else {
        let task = case.open.first()?;
        let step = own.resolved.matter.find_step(&task.step)?;
        (step.limit.as_ref()?, task.clock.as_ref()?)
    };
    if case.has_ended() {
        return None;
    }
    let text = |span: &catalogue::matter::TimeSpan| {
        crate::pages::matters::span_text(span, &own.resolved.params).unwrap_or_default()
    };
    let due = clock.due(&office.calendar, today);
    let expected = due.expected().date;
    let all = (expected - clock.started).get_days().max(1);
    let gone = (today - clock.started).get_days().clamp(0, all);
    let left = (expected - today).get_days();
    let stopped = clock.pauses.iter().find(|pause| pause.to.is_none()).map(|pause| {
        let until = if pause.why == catalogue::matter::Suspension::Correction {
            "您补正提交后接着计算"
        } else {
            "结束后接着计算"
        };
        format!("自 {} 起因{}不计时，{until}。预计办结日会跟着顺延", pause.from, pause.why.plain())
    });
    Some(Limits {
        statutory: text(&limit.statutory),
        basis: limit.clause.text.clone(),
        promised: limit.promised.as_ref().map_or_else(|| "与法定时限相同".to_owned(), text),
        expected: Some(expected),
        stopped,
        used: u8::try_from(gone * 100 / all).unwrap_or(100),
        left: if left >= 0 {
            format!("还有 {left} 天")
        } else {
            format!("已超过预计办结日 {} 天，您可以催办或者投诉", -left)
        },
        tone: if left < 0 {
            Tone::Bad
        } else if left <= 3 {
            Tone::Warn
        } else {
            Tone::Calm
        },
    })
}

/// Who has it now.
pub fn holders(office: &Office, own: &OwnCase, today: Date) -> Vec<Holder> {
    let holder = |task: &casework::Task| {
        let body = own.holder(task);
        let due = task
            .clock
            .as_ref()
            .filter(|clock| !clock.is_paused())
            .map(|clock| clock.due(&office.calendar, today).expected().date.to_string());
        Holder {
            step: step_name(own, &task.step),
            desk: office.catalogue.desk_name(task.desk.as_str()).to_owned(),
            body: body.map_or_else(
                || format!("{}登记管理机关", office.areas.full_name_at(&task.area, today)),
                |body| body.name.clone(),
            ),
            phone: body.and_then(|body| body.phone.clone()).unwrap_or_default(),
            due: due.unwrap_or_default(),
        }
    };
    own.case.open.iter().filter(|task| task.awaits.is_none()).map(holder).collect()
}

/// Steps the case does not go through, each with the reason its matter gives.
pub fn passed(office: &Office, own: &OwnCase, today: Date) -> Vec<(String, String)> {
    let rules = office.rules(&own.resolved);
    let outer = Loaded::new(today);
    let (matter, case) = (&own.resolved.matter, &own.case);
    let facts = casework::CaseFacts { outer: &outer, matter, answers: &case.answers, opinions: &case.opinions, today };
    rules.passed_over(&facts).into_iter().map(|(step, why)| (step.name.clone(), why.to_owned())).collect()
}

fn words(own: &OwnCase, event: &Done) -> String {
    let step = event.step.as_ref().map(|step| step_name(own, step)).unwrap_or_default();
    match event.verb {
        Verb::Submit if event.step.is_none() => "您提交了申请".to_owned(),
        Verb::Submit => "您提交了补正".to_owned(),
        Verb::Accept => "已受理".to_owned(),
        Verb::Return => "需要补正，已一次告知全部内容".to_owned(),
        Verb::Opine => format!("{step}：已出具意见"),
        Verb::Approve => "已作出准予的决定".to_owned(),
        Verb::Refuse => format!("{step}：不予通过"),
        Verb::Withdraw => "您撤回了申请".to_owned(),
        Verb::Transfer => format!("{step}：转到下一个岗位"),
        Verb::Extend => "办理期限经批准延长".to_owned(),
        Verb::Suspend => {
            format!("计时暂停：{}", event.cause.map(catalogue::matter::Suspension::plain).unwrap_or_default())
        }
        Verb::Resume => "恢复计时".to_owned(),
        Verb::Lapse => format!("{step}：期限届满，系统已处理"),
        other => format!("{step}：{}", other.plain()),
    }
}

/// What happened, newest first. Claims and put-backs are the desks' own affair; so are opinions' contents.
pub fn timeline(office: &Office, own: &OwnCase) -> Timeline {
    let tell = |event: &&Done| {
        !matches!(event.verb, Verb::Claim | Verb::Release | Verb::View | Verb::Reveal | Verb::AdoptEdition)
    };
    let event = |event: &Done| {
        let who = if event.desk.is_applicant() {
            "您".to_owned()
        } else {
            office.catalogue.desk_name(event.desk.as_str()).to_owned()
        };
        let spoken = matches!(
            event.verb,
            Verb::Refuse | Verb::Suspend | Verb::Extend | Verb::Withdraw | Verb::Return | Verb::Approve
        );
        let mut note = if spoken { event.reason.clone() } else { String::new() };
        if spoken && !event.article.is_empty() {
            note = format!("{note}（{}）", event.article);
        }
        if !event.document.is_empty() {
            note = format!("{note}{}文书：{}", if note.is_empty() { "" } else { "　" }, event.document);
        }
        let tone = match event.verb {
            Verb::Return | Verb::Suspend | Verb::Extend => Tone::Warn,
            Verb::Refuse => Tone::Bad,
            Verb::Accept | Verb::Approve | Verb::Submit => Tone::Good,
            _ => Tone::Calm,
        };
        Event { when: event.on.to_string(), what: Link::to(words(own, event), ""), who, note, tone }
    };
    let events = own.case.timeline.iter().rev().filter(tell).map(event).collect();
    Timeline { label: "办理经过".to_owned(), events }
}

/// What was filed, personal values masked.
pub fn summary(office: &Office, own: &OwnCase, today: Date) -> Vec<SummaryList> {
    let rules = office.rules(&own.resolved);
    let loaded = Loaded::new(today);
    let facts = casework::CaseFacts {
        outer: &loaded,
        matter: &own.resolved.matter,
        answers: &own.case.answers,
        opinions: &[],
        today,
    };
    let area = |field: &str, value: String| {
        let is_area = own
            .resolved
            .matter
            .fields()
            .any(|one| one.id.as_str() == field && one.kind == catalogue::matter::FieldKind::Area);
        match value.parse::<base::AreaCode>() {
            Ok(code) if is_area => office.areas.full_name_at(&code, today),
            _ => {
                if value == "未填写" {
                    String::new()
                } else {
                    value
                }
            }
        }
    };
    let sections = rules.summary(&facts, |section| section.by.is_applicant(), false);
    sections
        .into_iter()
        .map(|section| SummaryList {
            title: section.title,
            rows: section
                .rows
                .into_iter()
                .map(|row| SummaryRow { label: row.label, value: area(&row.field, row.value), change: None })
                .collect(),
        })
        .collect()
}
