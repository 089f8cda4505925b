//! Questions between desks (询问).
use base::{AccountId, AreaCode, BodyId, CaseId, Date, EntryId, Instant, Origin, RecordId};

use super::Values;
use crate::{DbError, Record as _, Sql, Statement, Tx, args, sql};

crate::record! {
    /// A question from one desk to another (询问).
    pub struct Question in "case_question" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub case_id: CaseId,
        pub from_account: AccountId,
        pub from_name: String,
        pub from_desk: String,
        pub from_area: AreaCode,
        pub to_desk: String,
        pub to_area: AreaCode,
        pub to_body: Option<BodyId>,
        pub question: String,
        pub asked_on: Date,
        pub asked_at: Instant,
        pub due: Date,
        pub answer: Option<String>,
        pub answered_by: Option<AccountId>,
        pub answered_name: Option<String>,
        pub answered_at: Option<Instant>,
        pub state: String,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const QUESTIONS: Statement = sql!(
    "desk.questions",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question
     where origin = $1 and case_id = $2 order by asked_at, id"
);
const QUESTION: Statement = sql!(
    "desk.question",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question where id = $1"
);
const QUESTIONS_FROM: Statement = sql!(
    "desk.questions_from",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question
     where state = 'open' and from_account = $1 order by due, id limit $2"
);
/// For the test that prepares all statements.
pub(super) const ALL: &[Statement] = &[QUESTION, QUESTIONS, QUESTIONS_FROM];

/// The questions on a case, oldest first.
pub fn questions(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<Question>, DbError> {
    tx.list(QUESTIONS, args![origin, case])
}

/// A question by its id alone.
pub fn question(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<Question>, DbError> {
    tx.find(QUESTION, args![id])
}

/// Open questions to any of these desks of areas, the most urgent first; those to one body have to be picked out.
pub fn questions_to(tx: &mut Tx<'_>, desks: &[(&str, &AreaCode)], limit: usize) -> Result<Vec<Question>, DbError> {
    if desks.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = Values::default();
    let asked: Vec<String> = desks
        .iter()
        .map(|(desk, area)| format!("(to_desk = {} and to_area = {})", values.put(*desk), values.put(*area)))
        .collect();
    let text = format!(
        "select {} from case_question where state = 'open' and ({}) order by due, id limit {limit}",
        Question::COLUMNS.join(", "),
        asked.join(" or ")
    );
    tx.list(Sql::dynamic("desk.questions_to", &text), &values.0)
}

/// Open questions somebody asked.
pub fn questions_from(tx: &mut Tx<'_>, account: AccountId, limit: usize) -> Result<Vec<Question>, DbError> {
    tx.list(QUESTIONS_FROM, args![account, limit])
}
