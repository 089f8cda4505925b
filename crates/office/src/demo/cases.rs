//! Invented cases (演示办件): filed and moved on through real acts on past days, so that queues, overdue tasks, corrections,
//! opinions, decisions, certificates and notices have something to show. Every applicant, name and organization in them is invented.
use std::collections::BTreeMap;
use std::sync::Arc;

use authority::{Actor, Verb};
use base::code::CitizenNumber;
use base::{AreaCode, BodyId, Clock, Date, Instant};
use casework::{Answers, CorrectionItem, PointAnswer, PointVerdict, Provided};
use catalogue::matter::{FieldKind, MaterialId, Matter};
use store::people::Body;

use crate::cases::Done;
use crate::cases::file::NewCase;
use crate::desk::ActDraft;
use crate::{Office, Refused};

/// A complete application, kept beside the matter it belongs to.
const FORM: &str = include_str!("../../../../catalogue/national/matters/found-association.cases.toml");
const MATTER: &str = "found-association";
/// 字号 and field of the invented names; each pair is used once.
const OWN: [&str; 12] =
    ["云帆", "晨曦", "松涛", "梧桐", "澄湖", "远山", "青禾", "朝晖", "映雪", "望岳", "听泉", "栖霞"];
const FIELDS: [&str; 8] = ["养老服务", "社区营造", "儿童阅读", "健康促进", "助学", "环境保护", "应急救援", "传统手艺"];
/// 09:30 in China, as seconds after midnight there.
const MORNING: i64 = 9 * 3600 + 1800;

/// Who acts in the invented cases.
struct Cast {
    applicant: Actor,
    desks: BTreeMap<&'static str, Vec<Actor>>,
    supervisor: Body,
    /// 行业管理部门, where somebody sits there.
    regulator: Option<Body>,
}

/// How far an invented case goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// 刚提交
    Filed,
    /// 已领取
    Claimed,
    /// 退回补正
    Returned,
    /// 征求意见
    Accepted,
    /// 已出一方意见，其余在办
    OneOpinion,
    /// 审查
    Reviewing,
    /// 待决定
    Deciding,
    /// 不予受理
    Rejected,
    /// 准予登记，发证
    Granted,
}

/// So many of the oldest are granted...
const GRANTED: usize = 3;
/// ...and were filed so many working days before the others, long enough for every step.
const GRANTED_BEFORE: usize = 15;

const WAYS: [Way; 12] = [
    Way::Filed,
    Way::Accepted,
    Way::Reviewing,
    Way::Filed,
    Way::Returned,
    Way::OneOpinion,
    Way::Deciding,
    Way::Claimed,
    Way::Accepted,
    Way::Filed,
    Way::Reviewing,
    Way::Rejected,
];

impl Office {
    /// Files `count` invented applications of one applicant at an authority during the last weeks and moves each some way on.
    /// Gives how many there are. The authority needs somebody at intake, review, decision, party and a business supervisor.
    pub fn invent_cases(
        &self,
        login: &str,
        area: &AreaCode,
        count: usize,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<usize, Refused> {
        let cast = self.case_cast(login, area)?;
        let today = self.clock.today();
        let mut made = 0;
        for number in 0..count.min(OWN.len() * FIELDS.len()) {
            // The oldest first: numbers run with the days. The last ones are of today.
            let back = (count - number).div_ceil(3);
            let (way, before) =
                if number < GRANTED { (Way::Granted, GRANTED_BEFORE) } else { (WAYS[number % WAYS.len()], 0) };
            let day = self.working_day_back(today, before + back.saturating_sub(1));
            self.invent_case(&cast, area, number, day, way)?;
            made += 1;
            progress(made as u64, count as u64);
        }
        Ok(made)
    }

    fn working_day_back(&self, from: Date, days: usize) -> Date {
        let (mut day, mut left) = (from, days);
        while left > 0 {
            let Ok(before) = day.yesterday() else { break };
            day = before;
            left -= usize::from(self.calendar.is_working_day(day));
        }
        day
    }

    /// The same office on the morning of another day.
    fn on(&self, day: Date, minutes: i64) -> Self {
        let at: Instant = Instant::start_of(day).plus_seconds(MORNING + minutes * 60);
        Self { clock: Arc::new(Clock::fixed(at)), ..self.clone() }
    }

    fn case_cast(&self, login: &str, area: &AreaCode) -> Result<Cast, Refused> {
        let today = self.clock.today();
        let (login, area) = (crate::accounts::login_key(login), area.clone());
        self.db.read(move |tx| {
            let account = store::accounts::find_by_login(tx, &login)?.ok_or(Refused::NotFound("演示申请人的账号"))?;
            let applicant = crate::accounts::session::actor_of(tx, &account, today)?;
            let mut desks = BTreeMap::new();
            for desk in ["intake", "review", "decision", "party", "supervisor", "regulator"] {
                let mut actors = Vec::new();
                for post in store::people::posts_of_desk(tx, desk, &area, today)? {
                    let account =
                        store::accounts::find(tx, post.account)?.ok_or(Refused::NotFound("演示岗位的账号"))?;
                    actors.push(crate::accounts::session::actor_of(tx, &account, today)?);
                }
                if actors.is_empty() && desk != "regulator" {
                    return Err(Refused::internal(format!("nobody sits at {desk} of {area}")));
                }
                desks.insert(desk, actors);
            }
            let bodies = store::people::bodies(tx)?;
            let seat = |desk: &str| {
                let seat: Option<BodyId> =
                    desks.get(desk).and_then(|actors: &Vec<Actor>| actors.first()?.posts.first().map(|post| post.body));
                bodies.iter().find(|body| Some(body.id) == seat).cloned()
            };
            let supervisor = seat("supervisor").ok_or(Refused::NotFound("演示业务主管单位"))?;
            let regulator = seat("regulator");
            Ok(Cast { applicant, desks, supervisor, regulator })
        })
    }

    fn invent_case(&self, cast: &Cast, area: &AreaCode, number: usize, day: Date, way: Way) -> Result<(), Refused> {
        let then = self.on(day, number as i64 % 60);
        let resolved = then.matter(MATTER, area, day)?;
        let (mut answers, materials) = form(&resolved.matter, &cast.supervisor)?;
        let place = self.areas.name(area).unwrap_or("沈阳市");
        let name =
            format!("{place}{}{}协会", OWN[number % OWN.len()], FIELDS[(number / OWN.len() + number) % FIELDS.len()]);
        answers.put("name", serde_json::json!(name));
        answers.put("registrar_area", serde_json::json!(area.as_str()));
        answers.put("adopted_on", serde_json::json!(self.working_day_back(day, 5)));
        if way == Way::Granted {
            // Whoever heads a registered organization may not head another: each granted one has people of its own.
            answers.0.values_mut().for_each(|answer| other_people(answer, number, day));
        }
        // Two in three name an industry regulator of their own: three opinions in parallel.
        let regulator = cast.regulator.as_ref().filter(|_| number % 3 != 2);
        if let Some(body) = regulator {
            answers.put("regulator", serde_json::json!({ "id": body.id, "name": body.name }));
        }
        let new = NewCase { matter: MATTER.into(), org: None, answers, materials, synthetic: true };
        let done = then.file_case(&cast.applicant, new)?;
        let today = self.clock.today();
        let next = |days: u32| {
            let later = self.calendar.add_working_days(day, days).date;
            (later <= today).then(|| self.on(later, 60 + number as i64 % 60))
        };
        let pick = |desk: &str| cast.desks.get(desk).and_then(|actors| actors.get(number % actors.len()));
        let steps: &[(&str, u32, ActDraft)] = &story(way, &resolved.matter, regulator.is_some());
        for (desk, after, draft) in steps {
            let (Some(office), Some(who)) = (next(*after), pick(desk)) else { break };
            if way == Way::Claimed {
                office.claim_task(who, (done.origin, done.case), "intake", true)?;
                break;
            }
            step(&office, who, &done, draft)?;
        }
        Ok(())
    }
}

fn step(office: &Office, who: &Actor, done: &Done, draft: &ActDraft) -> Result<(), Refused> {
    office.act_on_draft(who, (done.origin, done.case), draft).map(drop)
}

/// Desk, working days after filing, act.
fn story(way: Way, matter: &Matter, regulated: bool) -> Vec<(&'static str, u32, ActDraft)> {
    let yes = |step: &str, verb: Verb| {
        let mut draft = ActDraft::new(step, verb);
        let points = matter.find_step(&step.into()).map(|step| step.points.clone()).unwrap_or_default();
        let answer = |point: &catalogue::matter::Point| PointAnswer {
            point: point.id.clone(),
            answer: PointVerdict::Yes,
            remark: String::new(),
        };
        draft.points = points.iter().map(answer).collect();
        draft
    };
    let opine = |step: &str, text: &str| ActDraft {
        favourable: Some(true),
        opinion: text.to_owned(),
        ..yes(step, Verb::Opine)
    };
    let accept = ("intake", 1, yes("intake", Verb::Accept));
    let supervise = ("supervisor", 3, opine("supervise", "名称、宗旨和业务范围合适，同意成立。"));
    let regulate = ("regulator", 3, opine("regulate", "业务范围属于本行业，愿意承担行业指导。"));
    let party = ("party", 4, opine("party", "发起人和拟任负责人审核通过。"));
    let review = ("review", 7, opine("review", "符合成立条件，建议准予登记。"));
    let basis = || matter.basis.first().map(|basis| basis.text.as_str()).unwrap_or_default();
    match way {
        Way::Filed => Vec::new(),
        Way::Claimed => vec![("intake", 0, ActDraft::new("intake", Verb::Claim))],
        Way::Returned => {
            let item = |target: &str, problem: &str, article: &str, example: &str| CorrectionItem {
                target: target.to_owned(),
                problem: problem.to_owned(),
                article: article.to_owned(),
                example: example.to_owned(),
            };
            let items = vec![
                item(
                    "purpose",
                    "宗旨写得太笼统，请写明服务谁、做什么",
                    basis(),
                    "为本市老年人提供居家养老服务咨询和志愿帮扶",
                ),
                item("scope", "业务范围请分条列明，每条不超过二十字", basis(), "（一）政策宣传；（二）业务培训"),
            ];
            vec![("intake", 1, ActDraft { corrections: items, ..ActDraft::new("intake", Verb::Return) })]
        }
        Way::Accepted => vec![accept],
        Way::OneOpinion => vec![accept, supervise],
        Way::Reviewing if regulated => vec![accept, supervise, regulate, party],
        Way::Reviewing => vec![accept, supervise, party],
        Way::Deciding if regulated => vec![accept, supervise, regulate, party, review],
        Way::Deciding => vec![accept, supervise, party, review],
        Way::Granted => {
            let grant =
                ActDraft { reason: "符合成立条件".to_owned(), generate: true, ..yes("decide", Verb::Approve) };
            let industry = regulated.then_some(regulate);
            let opinions = [accept, supervise].into_iter().chain(industry);
            opinions.chain([party, review, ("decision", 9, grant)]).collect()
        }
        Way::Rejected => {
            let mut draft = ActDraft::new("intake", Verb::Refuse);
            let offered = matter.find_step(&"intake".into()).and_then(|step| step.offers(Verb::Refuse).next());
            if let Some(ground) = offered.and_then(|offered| offered.grounds.last()) {
                ground.text.clone_into(&mut draft.reason);
                ground.clause.text.clone_into(&mut draft.article);
            }
            vec![("intake", 1, draft)]
        }
    }
}

/// Gives every person in an answer another invented identity number, the same for the same person.
fn other_people(answer: &mut serde_json::Value, number: usize, day: Date) {
    match answer {
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| other_people(item, number, day)),
        serde_json::Value::Object(fields) => {
            if let Some(id) = fields.get_mut("id_number")
                && let Some(other) = id.as_str().and_then(|id| other_number(id, number, day))
            {
                *id = serde_json::json!(other);
            }
        }
        _ => {}
    }
}

/// The number with another first digit of its sequence (the 15th) and the check character that goes with it.
fn other_number(id: &str, number: usize, day: Date) -> Option<String> {
    let (head, tail) = (id.get(..14)?, id.get(15..17)?);
    let body = format!("{head}{}{tail}", (number + 1) % 10);
    "0123456789X".chars().map(|last| format!("{body}{last}")).find(|id| CitizenNumber::parse(id, day).is_ok())
}

/// The application beside the matter, with its supervisor.
fn form(matter: &Matter, supervisor: &Body) -> Result<(Answers, BTreeMap<MaterialId, Provided>), Refused> {
    let table: toml::Table = FORM.parse().map_err(Refused::internal)?;
    let lost = || Refused::internal("the sample application is not complete");
    let mut answers = Answers::default();
    for (name, value) in table.get("form").and_then(toml::Value::as_table).ok_or_else(lost)? {
        let field = matter.fields().find(|field| field.id.as_str() == name).ok_or_else(lost)?;
        let mut json = serde_json::to_value(value).map_err(Refused::internal)?;
        if field.kind == FieldKind::Charter {
            json =
                field.clauses.iter().map(|clause| (clause.id.to_string(), serde_json::json!(clause.model))).collect();
        }
        if field.kind == FieldKind::Organization {
            json = serde_json::json!({ "id": supervisor.id, "name": supervisor.name });
        }
        answers.put(name.clone(), json);
    }
    let mut materials = BTreeMap::new();
    let listed = table.get("materials").and_then(toml::Value::as_table).ok_or_else(lost)?;
    for (key, provided) in [("files", Provided::Paper), ("promised", Provided::Promised)] {
        let ids = listed.get(key).and_then(toml::Value::as_array).ok_or_else(lost)?;
        materials.extend(ids.iter().filter_map(toml::Value::as_str).map(|id| (id.into(), provided.clone())));
    }
    Ok((answers, materials))
}
