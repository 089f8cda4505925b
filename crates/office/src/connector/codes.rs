//! Where the eight characters of an organization code (组织机构代码主体) come from.
use authority::Actor;
use base::Origin;
use serde::Deserialize;
use store::outside::{CodeBody, bodies_left, free_body};
use store::registers::next_number;

use super::Connector;
use super::wire::Exchange;
use crate::act::{Deed, Work};
use crate::{Office, Refused};

/// Where the bodies of organization codes come from.
pub trait CodeSource: Send + Sync {
    /// The next unused body. Called inside the act, so that a refused act uses none up; it must not wait for anybody.
    fn next_body(&self, work: &mut Work<'_, '_>) -> Result<String, Refused>;
    /// What to print beside a code: where it is from.
    fn says(&self) -> &'static str;
}

/// Bodies from a series of this database, all beginning with `XL`, a range that the national centre does not give out: a code made
/// here can be told from an official one for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalSeries;

/// How the bodies of the local series begin.
pub const LOCAL_PREFIX: &str = "XL";
/// Characters of GB 32100.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CodeSource for LocalSeries {
    fn next_body(&self, work: &mut Work<'_, '_>) -> Result<String, Refused> {
        // One series for the whole installation: the body alone tells organizations apart, whatever their region.
        let mut number = next_number(work.tx, Origin::none(), "organization_code")?.unsigned_abs();
        let mut places = [b'0'; 6];
        for place in places.iter_mut().rev() {
            *place = ALPHABET[(number % 31) as usize];
            number /= 31;
        }
        if number > 0 {
            return Err(Refused::rule("codes_used_up", "本地代码段已用完", "请对接国家代码中心后再赋码"));
        }
        Ok(format!("{LOCAL_PREFIX}{}", String::from_utf8_lossy(&places)))
    }

    fn says(&self) -> &'static str {
        "本平台本地码段（主体代码以 XL 开头），未经国家代码中心赋码"
    }
}

/// Whether a credit code was made from the local series.
pub fn is_local_code(code: &str) -> bool {
    code.get(8..10) == Some(LOCAL_PREFIX)
}

/// Bodies that an outside system assigned beforehand (预赋码段), a batch at a time: giving one is part of the act and waits for no
/// network; which organization took it is told back.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutsideSeries;

impl CodeSource for OutsideSeries {
    fn next_body(&self, work: &mut Work<'_, '_>) -> Result<String, Refused> {
        let free = free_body(work.tx)?.ok_or_else(|| {
            Refused::rule(
                "codes_used_up",
                "赋码系统预先分配的代码已用完，正在续领",
                "请过几分钟再办理；仍不行时，请系统管理员到“系统状态”查看统一赋码的对接",
            )
        })?;
        let body = free.body.clone();
        work.update(&CodeBody { state: "used".to_owned(), entry: work.entry, ..free })?;
        Ok(body)
    }

    fn says(&self) -> &'static str {
        "上级赋码系统预先分配的码段"
    }
}

/// A new batch is asked for when fewer are left: the codes of a busy month in a large city.
const KEEP: i64 = 50;
/// Bodies asked for at once.
const WANT: usize = 100;

/// What the code source answers.
#[derive(Deserialize)]
struct Batch {
    bodies: Vec<String>,
}

fn is_body(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| ALPHABET.contains(&byte)) && !text.starts_with(LOCAL_PREFIX)
}

impl Office {
    /// Asks the outside code source for another batch when few bodies are left; gives how many came. The same batch is asked for
    /// under the same key until it has come, so that a lost answer loses no codes.
    pub fn fetch_codes(&self) -> Result<usize, Refused> {
        let Some(line) = self.outside.line(Connector::Codes) else { return Ok(0) };
        let (free, last) = self.db.read(bodies_left)?;
        if free >= KEEP {
            return Ok(0);
        }
        let batch = last + 1;
        let body = serde_json::json!({ "batch": batch, "want": WANT }).to_string();
        let exchange = Exchange { path: "codes", key: format!("codes-{batch}"), at: self.clock.now(), body };
        let reply = line.ask(&exchange, true).map_err(Refused::internal)?;
        let came: Batch = serde_json::from_str(&reply.body).map_err(Refused::internal)?;
        if let Some(wrong) = came.bodies.iter().find(|body| !is_body(body)) {
            return Err(Refused::internal(format!("the code source assigned {wrong:?}, which is no body of a code")));
        }
        let count = came.bodies.len();
        if count == 0 {
            return Err(Refused::internal("the code source assigned nothing"));
        }
        let deed = Deed::by(&Actor::system(), Origin::none(), "code_batch", batch, "receive_codes");
        self.act(deed, move |work| {
            let (_, newest) = bodies_left(work.tx)?;
            if newest >= batch {
                // Another node was faster with the same batch.
                return Ok(0);
            }
            for body in came.bodies {
                work.insert_bulk(&CodeBody { body, batch, state: "free".to_owned(), entry: work.entry })?;
            }
            work.note("bodies", count);
            Ok(count)
        })
    }
}
