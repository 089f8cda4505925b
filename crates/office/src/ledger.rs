//! Entries between the journal room, which knows what is hashed, and the store, which keeps rows.
use base::AccountId;
use journal::{Draft, Entry, Start, chain};
use store::journal::{EntryRow, Place};
use store::organizations::Version;
use store::{Statement, Tx, args, sql};
use vault::Digest;

use crate::Refused;
use crate::act::proof_of;

const FIRST_VERSION: Statement = sql!(
    "ledger.first_version",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version where origin = $1 and org = $2 order by recorded_at, id limit 1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[FIRST_VERSION];

/// Puts `draft` at the end of its subject's chain.
pub(crate) fn append(tx: &mut Tx<'_>, draft: Draft) -> Result<Entry, Refused> {
    let subject = draft.subject.to_string();
    let start = match store::journal::head(tx, draft.origin, &subject)? {
        Some(head) => Start::After(head.seq.unsigned_abs(), digest_of(&head.hash)?),
        None => first(tx, &draft)?,
    };
    let entry = chain(start, draft);
    store::journal::append(tx, &row_of(&entry)?)?;
    Ok(entry)
}

/// An organization brought in by a bulk act starts its own chain from its leaf there (DESIGN idea 7).
fn first(tx: &mut Tx<'_>, draft: &Draft) -> Result<Start, Refused> {
    if draft.subject.kind != "org" {
        return Ok(Start::New);
    }
    let Some(version) = tx.find::<Version>(FIRST_VERSION, args![draft.origin, draft.subject.id])? else {
        return Ok(Start::New);
    };
    // Only a bulk act vouches for its rows by a Merkle root; any other has a chain of its own.
    match store::journal::find_place(tx, version.entry)? {
        Some(Place { root: Some(_), .. }) => {
            let (_, _, digest) = proof_of(&version);
            Ok(Start::Leaf(version.entry, journal::merkle::leaf(digest.as_bytes())))
        }
        _ => Ok(Start::New),
    }
}

/// The account that made an entry, such as the one a row bears: who did the step before, where a second person must do the next.
pub(crate) fn find_actor(
    tx: &mut Tx<'_>,
    origin: base::Origin,
    entry: base::EntryId,
) -> Result<Option<AccountId>, Refused> {
    Ok(store::journal::find(tx, origin, entry)?.and_then(|row| row.actor))
}

/// The digest in a column.
pub fn digest_of(bytes: &[u8]) -> Result<Digest, Refused> {
    <[u8; 32]>::try_from(bytes).map(Digest).map_err(|_| Refused::internal("a digest column does not hold 32 bytes"))
}

/// The row of an entry. Its body is the entry as JSON; [`entry_of`] accepts exactly these bytes and no others.
fn row_of(entry: &Entry) -> Result<EntryRow, Refused> {
    let draft = &entry.draft;
    Ok(EntryRow {
        origin: draft.origin,
        id: draft.id,
        subject: draft.subject.to_string(),
        seq: i64::try_from(entry.seq).map_err(Refused::internal)?,
        at: draft.at,
        day: draft.business_date,
        actor: draft.actor.parse::<AccountId>().ok(),
        desk: Some(draft.desk.clone()),
        verb: draft.act.clone(),
        body: serde_json::to_vec(entry).map_err(Refused::internal)?,
        prev: Some(entry.prev.as_bytes().to_vec()),
        hash: entry.digest.as_bytes().to_vec(),
        root: draft.batch.map(|batch| batch.root.as_bytes().to_vec()),
    })
}

/// The entry in a row, or what in the row disagrees with its body: every column repeats something of the body, so a change in
/// either is seen.
pub fn entry_of(row: &EntryRow) -> Result<Entry, String> {
    let entry: Entry = serde_json::from_slice(&row.body).map_err(|error| format!("body: {error}"))?;
    let again = row_of(&entry).map_err(|error| error.to_string())?;
    let differs = [
        ("origin", again.origin != row.origin),
        ("id", again.id != row.id),
        ("subject", again.subject != row.subject),
        ("seq", again.seq != row.seq),
        ("at", again.at != row.at),
        ("day", again.day != row.day),
        ("actor", again.actor != row.actor),
        ("desk", again.desk != row.desk),
        ("verb", again.verb != row.verb),
        ("body", again.body != row.body),
        ("prev", again.prev != row.prev),
        ("hash", again.hash != row.hash),
        ("root", again.root != row.root),
    ];
    match differs.iter().find(|(_, differs)| *differs) {
        Some((column, _)) => Err(format!("column {column} is not what the body says")),
        None => Ok(entry),
    }
}
