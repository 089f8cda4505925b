//! A desk's queue of realistic length. The cases are put there in bulk, without going through the acts that would have made them:
//! what is measured is the page, and it reads nothing of them but the columns written here.
use anyhow::{Context as _, Result};
use authority::{Actor, DeskId, Post};
use base::{AccountId, AreaCode, BodyId, CaseId, Date, Origin, RecordId};
use office::desk::queue::{QueueAsk, Which};
use office::{Deed, Office};
use serde_json::json;
use store::Sql;
use store::cases::{CaseRow, TaskRow};

use crate::data::Sample;
use crate::measure::{Report, Samples};
use crate::yardstick::Yard;

/// Open cases of one desk: a provincial capital's intake would be ashamed of them.
const OPEN: usize = 20_000;
/// Cases per act.
const CHUNK: usize = 1_000;
const DESK: &str = "review";
const AREA: &str = "2101";

/// Measures pages of a queue of [`OPEN`] cases.
pub fn measure(office: &Office, yard: &Yard, sample: &Sample, report: &mut Report) -> Result<()> {
    fill(office)?;
    let who = Actor {
        account: AccountId::fresh(&office.clock, &office.rng),
        name: "测量用审查岗".to_owned(),
        posts: vec![Post {
            desk: DeskId::new(DESK),
            area: AREA.parse()?,
            body: BodyId::fresh(&office.clock, &office.rng),
        }],
        orgs: Vec::new(),
        admin: None,
    };
    let first = QueueAsk { desk: DESK.to_owned(), ..QueueAsk::default() };
    let coded: Vec<_> = sample.taken.iter().filter(|taken| taken.code.len() == 18).take(500).collect();
    let point = Samples::of(&coded, |taken| drop(yard.point_read(&taken.code)));
    for (what, which) in [("first page", Which::All), ("overdue", Which::Overdue), ("unclaimed", Which::Free)] {
        let ask = QueueAsk { which, ..first.clone() };
        office.desk_queue(&who, &ask).context("queue")?;
        let page = Samples::of(0..300, |_| drop(office.desk_queue(&who, &ask)));
        report.line(
            &format!("queue of {OPEN} open cases: {what}, with its numbers"),
            page,
            Some(("one row in plain SQLite", point.clone())),
            Some(15.0),
        );
    }
    let mut ask = first;
    let deep = Samples::of(0..300, |_| {
        if let Ok(page) = office.desk_queue(&who, &ask) {
            ask.after = page.next.unwrap_or_default();
        }
    });
    report.line("queue: page after page", deep, Some(("one row in plain SQLite", point)), Some(15.0));
    report
        .note(format!("queue: {OPEN} open cases, written in bulk through the store, not by the acts that make cases"));
    Ok(())
}

fn fill(office: &Office) -> Result<()> {
    let text = "select count(*) from task where desk = 'review' and area = '2101' and state = 'open'";
    let there: i64 = office.db.read(|tx| tx.get(Sql::dynamic("bench.open", text), &[]))?;
    let area: AreaCode = AREA.parse()?;
    let today = office.clock.today();
    for from in (usize::try_from(there)?..OPEN).step_by(CHUNK) {
        let rows: Vec<_> = (from..from + CHUNK).map(|number| case_of(office, &area, today, number)).collect();
        let deed =
            Deed::by(&Actor::system(), Origin::none(), "import", RecordId::fresh(&office.clock, &office.rng), "bench");
        office.act(deed, move |work| {
            for (case, task) in &rows {
                work.insert_bulk(&CaseRow { entry: work.entry, ..case.clone() })?;
                work.insert_bulk(&TaskRow { entry: work.entry, ..task.clone() })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn case_of(office: &Office, area: &AreaCode, today: Date, number: usize) -> (CaseRow, TaskRow) {
    let origin = Origin::of(area);
    let id = CaseId::fresh(&office.clock, &office.rng);
    // From sixty days overdue to sixty days ahead, as unevenly as multiplication makes it.
    let day = |offset: i64| today.checked_add(jiff::Span::new().days(offset)).unwrap_or(today);
    let due = day((number * 37 % 121) as i64 - 60);
    let received = day(-((number * 53 % 90) as i64));
    let title = format!("社会团体成立登记：测量用第{number}号协会");
    let (province, city) = (Some("21".to_owned()), Some("2101".to_owned()));
    let case = CaseRow {
        origin,
        id,
        number: format!("测{number:08}"),
        matter: "found-association".to_owned(),
        edition: "bench".to_owned(),
        title: title.clone(),
        state: "open".to_owned(),
        status: "审查中".to_owned(),
        ending: None,
        applicant: None,
        applicant_name: format!("测量用申请人{}", number % 997),
        org_origin: None,
        org: None,
        area: area.clone(),
        province: province.clone(),
        city: city.clone(),
        county: None,
        body_id: None,
        received_on: received,
        next_due: Some(due),
        ended_on: None,
        synthetic: true,
        body: json!({ "answers": { "name": title, "purpose": "测量".repeat(200) } }),
        rev: 1,
        entry: base::EntryId::from_bits(0),
    };
    let task = TaskRow {
        origin,
        case_id: id,
        id: format!("review:{received}"),
        step: "review".to_owned(),
        desk: DESK.to_owned(),
        area: area.clone(),
        province,
        city,
        county: None,
        town: None,
        body_id: None,
        matter: "found-association".to_owned(),
        title: "审查：全面审查".to_owned(),
        state: "open".to_owned(),
        opened_on: received,
        due,
        claimed_by: None,
        claimed_at: None,
        closed_on: None,
        outcome: None,
        body: json!({}),
        entry: base::EntryId::from_bits(0),
    };
    (case, task)
}
