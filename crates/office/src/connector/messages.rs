//! What goes out (送出的消息). Each type declares its fields; a test holds the declaration and what is sent together. None carries a
//! person: no name, number or telephone of anybody, no free text.
use base::{AreaCode, Date};
use casework::Case;
use catalogue::matter::EndingKind;
use serde::Serialize;

use super::Connector;

/// A message going out.
pub trait Message: Serialize {
    /// Over which connection.
    const CONNECTOR: Connector;
    /// Version of its form; a field is only ever added under a new one.
    const VERSION: i64;
    /// The fields of its body, all that ever leaves the house.
    const FIELDS: &'static [&'static str];
    /// What it says: `case.accepted`.
    fn kind(&self) -> &'static str;
}

/// What happened to a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaseEvent {
    /// 收件
    Received,
    /// 受理
    Accepted,
    /// 一次性告知补正
    Correction,
    /// 作出决定
    Decided,
    /// 办结
    Ended,
}

/// Where a case stands (办件状态).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CaseStatus {
    #[serde(skip)]
    event: CaseEvent,
    case_number: String,
    matter: String,
    matter_name: String,
    authority: AreaCode,
    status: String,
    on: Date,
    result: Option<EndingKind>,
    organization_code: Option<String>,
}

impl Message for CaseStatus {
    const CONNECTOR: Connector = Connector::CaseStatus;
    const VERSION: i64 = 1;
    const FIELDS: &'static [&'static str] =
        &["case_number", "matter", "matter_name", "authority", "status", "on", "result", "organization_code"];

    fn kind(&self) -> &'static str {
        match self.event {
            CaseEvent::Received => "case.received",
            CaseEvent::Accepted => "case.accepted",
            CaseEvent::Correction => "case.correction",
            CaseEvent::Decided => "case.decided",
            CaseEvent::Ended => "case.ended",
        }
    }
}

/// What an act did to a case, in the order in which it is told; most acts do nothing that the outside is told.
pub fn events(before: Option<&Case>, after: &Case) -> Vec<CaseEvent> {
    let mut events = Vec::new();
    if before.is_none() {
        events.push(CaseEvent::Received);
    }
    if before.is_none_or(|before| before.accepted.is_none()) && after.accepted.is_some() {
        events.push(CaseEvent::Accepted);
    }
    if after.corrections.len() > before.map_or(0, |before| before.corrections.len()) {
        events.push(CaseEvent::Correction);
    }
    if let Some(ended) = after.ending.as_ref().filter(|_| before.is_none_or(|before| before.ending.is_none())) {
        // Withdrawn, transferred or terminated cases end without a decision.
        if matches!(ended.kind, EndingKind::Granted | EndingKind::Refused | EndingKind::Rejected) {
            events.push(CaseEvent::Decided);
        }
        events.push(CaseEvent::Ended);
    }
    events
}

impl CaseStatus {
    /// What is told of a case on a day.
    pub fn of(event: CaseEvent, case: &Case, matter_name: &str, number: &str, code: Option<&str>, on: Date) -> Self {
        let ended = case.ending.as_ref().filter(|_| matches!(event, CaseEvent::Decided | CaseEvent::Ended));
        Self {
            event,
            case_number: number.to_owned(),
            matter: case.matter.as_str().to_owned(),
            matter_name: matter_name.to_owned(),
            authority: case.area.clone(),
            status: case.status().plain().to_owned(),
            on,
            result: ended.map(|ended| ended.kind),
            organization_code: code.filter(|_| ended.is_some()).map(str::to_owned),
        }
    }
}

/// How a service was rated (好差评). The rater's words stay here; only the ticked reasons go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReviewGiven {
    #[serde(skip)]
    kind: &'static str,
    case_number: String,
    authority: AreaCode,
    score: i64,
    reasons: Vec<String>,
    given_on: Date,
    state: String,
    on: Date,
}

impl Message for ReviewGiven {
    const CONNECTOR: Connector = Connector::ServiceReview;
    const VERSION: i64 = 1;
    const FIELDS: &'static [&'static str] =
        &["case_number", "authority", "score", "reasons", "given_on", "state", "on"];

    fn kind(&self) -> &'static str {
        self.kind
    }
}

impl ReviewGiven {
    /// What is told of a review on a day: that it was given, answered, or closed.
    pub fn of(review: &store::papers::ServiceReview, case_number: &str, on: Date) -> Self {
        let kind = match review.state.as_str() {
            "answered" => "review.answered",
            "closed" => "review.closed",
            _ => "review.given",
        };
        Self {
            kind,
            case_number: case_number.to_owned(),
            authority: review.area.clone(),
            score: review.score,
            reasons: review.tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            given_on: review.given_on,
            state: review.state.clone(),
            on,
        }
    }
}

/// Which organization a code was given to (赋码回传), told to the source that assigned its body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CodeUsed {
    /// 统一社会信用代码
    pub code: String,
    /// The organization's name, a public item.
    pub name: String,
    /// `association`, `service_institution`, `foundation`.
    pub kind: String,
    /// The registering authority.
    pub authority: AreaCode,
    /// The day.
    pub on: Date,
}

impl Message for CodeUsed {
    const CONNECTOR: Connector = Connector::Codes;
    const VERSION: i64 = 1;
    const FIELDS: &'static [&'static str] = &["code", "name", "kind", "authority", "on"];

    fn kind(&self) -> &'static str {
        "code.used"
    }
}
