//! The recorded fake (录制应答): answers from a file of exchanges, and remembers what it was sent. For tests and demonstrations; a real
//! installation refuses it.
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::wire::{Exchange, Reply, Secret, Transport, Trouble};

/// Exchanges, tried in order; the first that fits answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    exchanges: Vec<Page>,
}

/// One exchange.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    /// `messages`, `identity`, `codes`.
    path: String,
    /// What the request must contain; objects are compared member by member, everything else must be equal.
    #[serde(default)]
    request: Value,
    /// The first request gets the first answer; the last answer stays.
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// HTTP status.
    #[serde(default)]
    status: u16,
    /// JSON.
    #[serde(default)]
    body: Value,
    /// Instead of an answer: why there is none.
    #[serde(rename = "no_answer")]
    silence: Option<String>,
    /// The signature is left out or wrong.
    #[serde(default)]
    unsigned: bool,
}

/// How often each exchange was asked, and what was sent, in order.
type Seen = (Vec<usize>, Vec<(Exchange, Value)>);

/// The fake.
pub struct Recorded {
    book: Book,
    secret: Secret,
    seen: Mutex<Seen>,
}

impl Recorded {
    /// From the text of a file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let book: Book = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if let Some(empty) = book.exchanges.iter().position(|page| page.answers.is_empty()) {
            return Err(format!("exchange {} has no answers", empty + 1));
        }
        let counts = vec![0; book.exchanges.len()];
        Ok(Self { book, secret: Secret::new(b"recorded"), seen: Mutex::new((counts, Vec::new())) })
    }

    /// A receiver that takes every message.
    pub fn taking_all() -> Self {
        let answers = vec![Answer { status: 200, body: Value::Null, silence: None, unsigned: false }];
        let page = Page { path: "messages".to_owned(), request: Value::Null, answers };
        let book = Book { exchanges: vec![page] };
        Self { book, secret: Secret::new(b"recorded"), seen: Mutex::new((vec![0], Vec::new())) }
    }

    /// The key it shares with the line.
    pub fn secret(&self) -> Secret {
        self.secret.clone()
    }

    /// What it was sent, in order.
    pub fn seen(&self) -> Vec<(Exchange, Value)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

impl Transport for Recorded {
    fn carry(&self, exchange: &Exchange, signature: &str) -> Result<Reply, Trouble> {
        if signature != self.secret.sign_request(exchange).to_string() {
            return Ok(Reply { status: 401, body: String::new(), signature: None });
        }
        let request: Value = serde_json::from_str(&exchange.body).map_err(|error| Trouble::Never(error.to_string()))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |page: &Page| page.path == exchange.path && contains(&request, &page.request);
        let at = self.book.exchanges.iter().position(fits);
        let (counts, taken) = &mut *seen;
        taken.push((exchange.clone(), request));
        let Some((page, count)) = at.and_then(|at| Some((self.book.exchanges.get(at)?, counts.get_mut(at)?))) else {
            return Ok(Reply { status: 404, body: "\"no recorded exchange\"".to_owned(), signature: None });
        };
        let answer = page.answers.get(*count).or(page.answers.last());
        *count += 1;
        let answer = answer.ok_or_else(|| Trouble::Never("no recorded answer".to_owned()))?;
        if let Some(why) = &answer.silence {
            return Err(Trouble::Again(why.clone()));
        }
        let body = if answer.body.is_null() { String::new() } else { answer.body.to_string() };
        let signature = self.secret.sign_reply(&exchange.key, answer.status, &body).to_string();
        Ok(Reply { status: answer.status, signature: (!answer.unsigned).then_some(signature), body })
    }
}

/// Whether `part` is found in `whole`.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (_, Value::Null) => true,
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| contains(found, value)))
        }
        (whole, part) => whole == part,
    }
}
