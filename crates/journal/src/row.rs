//! Row digests: what an entry promises about a row, independent of engine, column order and later nullable columns.
use serde::{Deserialize, Serialize};
use vault::Digest;

use crate::{Canonical, merkle};

/// A column's value; the three storage classes both engines share, and null.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// No value.
    Null,
    /// `bigint`.
    Int(i64),
    /// `text`.
    Text(String),
    /// `bytea` / `blob`.
    Bytes(Vec<u8>),
}

/// Bulk rows of one act (批量): how many, and the Merkle root over their row digests in ascending order of digest.
///
/// Ascending order needs no stored position: whoever has the rows has the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// How many rows.
    pub count: u64,
    /// [`merkle::root`] of their digests.
    pub root: Digest,
}

/// The digest of one row: its table and its columns by name.
///
/// Null columns are left out, so a column added later changes no digest of a row that has no value in it. Leave out what
/// a later act may set without rewriting the row (`superseded_at`), and `entry` itself is not needed: the entry names the row.
pub fn row_digest(table: &str, columns: &[(&str, Value)]) -> Digest {
    row_bytes(table, columns).sm3()
}

/// A column's value where it lies; nulls are left out.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// `bigint`.
    Int(i64),
    /// `text`.
    Text(&'a str),
    /// `bytea` / `blob`.
    Bytes(&'a [u8]),
}

/// As [`row_digest`], for many rows: of columns that come in the order of their names and without nulls, `count` of them. `room` is
/// working space, kept by the caller from row to row.
pub fn row_digest_of<'a>(
    table: &str,
    count: usize,
    columns: impl Iterator<Item = (&'a str, Part<'a>)>,
    room: &mut Vec<u8>,
) -> Digest {
    let mut out = Canonical::within(std::mem::take(room)).text("yishe/row/1").text(table).count(count as u64);
    for (column, value) in columns {
        out = out.text(column);
        out = match value {
            Part::Int(number) => out.tag(1).int(number),
            Part::Text(text) => out.tag(2).text(text),
            Part::Bytes(bytes) => out.tag(3).bytes(bytes),
        };
    }
    let digest = out.sm3();
    *room = out.into_bytes();
    digest
}

/// The bytes [`row_digest`] covers.
pub(crate) fn row_bytes(table: &str, columns: &[(&str, Value)]) -> Canonical {
    let mut present: Vec<&(&str, Value)> = columns.iter().filter(|(_, value)| *value != Value::Null).collect();
    present.sort();
    Canonical::new("yishe/row/1").text(table).list(&present, |out, (column, value)| {
        let out = out.text(column);
        match value {
            // Left out above; a tag of its own costs nothing and keeps the encoding total.
            Value::Null => out.tag(0),
            Value::Int(number) => out.tag(1).int(*number),
            Value::Text(text) => out.tag(2).text(text),
            Value::Bytes(bytes) => out.tag(3).bytes(bytes),
        }
    })
}

/// The batch of these row digests, in whatever order they come.
pub fn batch_of(mut rows: Vec<Digest>) -> Batch {
    rows.sort_unstable();
    Batch { count: rows.len() as u64, root: merkle::root(rows.iter().map(|row| row.as_bytes().as_slice())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Int),
            "[ab]{0,3}".prop_map(Value::Text),
            prop::collection::vec(0..3_u8, 0..4).prop_map(Value::Bytes),
        ]
    }

    fn columns() -> impl Strategy<Value = std::collections::BTreeMap<String, Value>> {
        prop::collection::btree_map("[ab]{1,2}", value(), 0..4)
    }

    fn borrowed(columns: &std::collections::BTreeMap<String, Value>) -> Vec<(&str, Value)> {
        columns.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
    }

    proptest! {
        #[test]
        fn different_rows_have_different_bytes(t1 in "[ab]{1,2}", one in columns(), t2 in "[ab]{1,2}", two in columns()) {
            let same = t1 == t2 && one == two;
            prop_assert_eq!(row_bytes(&t1, &borrowed(&one)) == row_bytes(&t2, &borrowed(&two)), same);
        }

        #[test]
        fn order_and_null_columns_do_not_matter(columns in columns()) {
            let mut backwards = borrowed(&columns);
            backwards.reverse();
            backwards.push(("added_later", Value::Null));
            prop_assert_eq!(row_digest("t", &borrowed(&columns)), row_digest("t", &backwards));
        }

        #[test]
        fn parts_give_the_same_digest(columns in columns()) {
            let parts = columns.iter().filter_map(|(name, value)| {
                let part = match value {
                    Value::Null => return None,
                    Value::Int(number) => Part::Int(*number),
                    Value::Text(text) => Part::Text(text),
                    Value::Bytes(bytes) => Part::Bytes(bytes),
                };
                Some((name.as_str(), part))
            });
            let digest = row_digest_of("t", parts.clone().count(), parts, &mut vec![7; 5]);
            prop_assert_eq!(digest, row_digest("t", &borrowed(&columns)));
        }

        #[test]
        fn a_batch_ignores_order_and_notices_everything_else(mut rows in prop::collection::vec(any::<[u8; 32]>().prop_map(Digest), 1..20), at: prop::sample::Index) {
            let batch = batch_of(rows.clone());
            rows.reverse();
            prop_assert_eq!(batch_of(rows.clone()), batch);
            let at = at.index(rows.len());
            let mut changed = rows.clone();
            changed[at].0[7] ^= 1;
            prop_assert_ne!(batch_of(changed).root, batch.root);
            rows.remove(at);
            prop_assert_ne!(batch_of(rows).root, batch.root);
        }
    }
}
