//! What an entry proves of a row: its table, its key as text, and the digest of its values.
use base::{EntryId, Origin};
use journal::{Part, Value, row_digest, row_digest_of};
use store::change::Change;
use store::{Arg, Record};
use vault::Digest;

/// A record's table, key and digest as its entry proves them.
pub fn proof_of<R: Record>(record: &R) -> (String, String, Digest) {
    let (key, digest) = digest_of_row(R::TABLE, R::COLUMNS, R::KEY, &record.args());
    (R::TABLE.to_owned(), key, digest)
}

/// Columns that no row digest covers: `entry` is the stamp itself; the others may be set later without rewriting the fact.
pub const LOOSE: &[&str] = &["entry", "superseded_at", "read_at", "used_step"];

/// The key as text and the digest of a row of any table, from its columns.
pub fn digest_of_row(table: &str, columns: &[&'static str], key: &[&str], values: &[Arg<'_>]) -> (String, Digest) {
    let mut proven = Vec::with_capacity(columns.len());
    let mut parts = vec![String::new(); key.len()];
    for (name, arg) in columns.iter().zip(values) {
        if let Some(at) = key.iter().position(|part| part == name) {
            parts[at] = key_part(arg);
        }
        if !LOOSE.contains(name) {
            proven.push((*name, value_of(arg)));
        }
    }
    (parts.join("/"), row_digest(table, &proven))
}

/// Takes the digests of many rows of one kind of record: the same as [`digest_of_row`], without copying a value.
#[derive(Debug)]
pub(crate) struct RowDigests {
    table: &'static str,
    /// Column names in order, each with its place in the record.
    order: Vec<(&'static str, usize)>,
    room: Vec<u8>,
}

impl RowDigests {
    pub(crate) fn of<R: Record>() -> Self {
        let mut order: Vec<_> = R::COLUMNS.iter().enumerate().map(|(at, column)| (*column, at)).collect();
        order.retain(|(column, _)| !LOOSE.contains(column));
        order.sort_unstable();
        Self { table: R::TABLE, order, room: Vec::new() }
    }

    pub(crate) fn digest(&mut self, values: &[Arg<'_>]) -> Digest {
        let parts = self.order.iter().filter_map(|(column, at)| Some((*column, part_of(values.get(*at)?)?)));
        row_digest_of(self.table, parts.clone().count(), parts, &mut self.room)
    }
}

fn part_of<'a>(arg: &'a Arg<'_>) -> Option<Part<'a>> {
    match arg {
        Arg::Int(number) => number.map(Part::Int),
        Arg::Text(text) => text.as_deref().map(Part::Text),
        Arg::Bytes(bytes) => bytes.as_deref().map(Part::Bytes),
    }
}

/// What an entry proves of a change row: everything but its position, which is known only at the commit and runs without gaps.
pub fn digest_of_change(change: &Change) -> Digest {
    let public = change.public.as_ref().map_or(Value::Null, |public| Value::Text(public.to_string()));
    let columns = [
        ("origin", Value::Text(change.origin.to_string())),
        ("kind", Value::Text(change.kind.clone())),
        ("subject", Value::Text(change.subject.clone())),
        ("day", Value::Text(change.day.to_string())),
        ("public", public),
    ];
    row_digest("change", &columns)
}

/// The key of a change row in proofs: its origin, its entry, and which of the entry's changes there it is, from 1.
pub(crate) fn change_key(origin: Origin, entry: EntryId, place: usize) -> String {
    format!("{origin}/{entry}/{place}")
}

pub(crate) fn key_part(arg: &Arg<'_>) -> String {
    match arg {
        Arg::Int(Some(number)) => number.to_string(),
        Arg::Text(Some(text)) => text.to_string(),
        Arg::Bytes(Some(bytes)) => hex(bytes),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

fn value_of(arg: &Arg<'_>) -> Value {
    match arg {
        Arg::Int(Some(number)) => Value::Int(*number),
        Arg::Text(Some(text)) => Value::Text(text.to_string()),
        Arg::Bytes(Some(bytes)) => Value::Bytes(bytes.to_vec()),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => Value::Null,
    }
}
