//! Papers (材料、文书、公告、评价): files, letters, public notices and comments on them, service reviews.
use base::{AccountId, AreaCode, CaseId, Date, EntryId, FileId, Instant, OrgId, Origin, PersonId, RecordId};

use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// A file's record; its bytes lie in the content-addressed store under `digest`.
    pub struct FileRow in "file" key(origin, id) {
        pub origin: Origin,
        pub id: FileId,
        pub subject: String,
        pub slot: Option<String>,
        pub name: String,
        pub mime: String,
        pub size: i64,
        pub digest: Vec<u8>,
        pub public: bool,
        pub added_at: Instant,
        pub account: Option<AccountId>,
        pub removed_at: Option<Instant>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A letter or a message.
    pub struct Letter in "letter" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub case_id: Option<CaseId>,
        pub org: Option<OrgId>,
        pub kind: String,
        pub number: Option<String>,
        pub title: String,
        pub text: String,
        pub from_desk: Option<String>,
        pub to_account: Option<AccountId>,
        pub at: Instant,
        pub day: Date,
        pub read_at: Option<Instant>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A public notice (公告、公示).
    pub struct PublicNotice in "public_notice" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub kind: String,
        pub number: Option<String>,
        pub title: String,
        pub text: String,
        pub org: Option<OrgId>,
        pub case_id: Option<CaseId>,
        pub area: AreaCode,
        pub posted_on: Date,
        pub until: Option<Date>,
        pub state: String,
        pub synthetic: bool,
        pub entry: EntryId,
    }
}

crate::record! {
    /// What somebody said about a notice.
    pub struct NoticeComment in "notice_comment" key(origin, notice, id) {
        pub origin: Origin,
        pub notice: RecordId,
        pub id: RecordId,
        pub at: Instant,
        pub text: String,
        pub person: Option<PersonId>,
        pub state: String,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A service review (好差评).
    pub struct ServiceReview in "service_review" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub case_id: CaseId,
        pub score: i64,
        pub tags: String,
        pub text: String,
        pub area: AreaCode,
        pub given_on: Date,
        pub state: String,
        pub answer: Option<String>,
        pub due: Option<Date>,
        pub synthetic: bool,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const FILES: Statement = sql!(
    "papers.files",
    "select origin, id, subject, slot, name, mime, size, digest, public, added_at, account, removed_at, entry from file
     where origin = $1 and subject = $2 and removed_at is null order by added_at, id"
);
const LEFTOVERS: Statement = sql!(
    "papers.draft_leftovers",
    "select distinct f.digest from file f
     where f.removed_at >= $1 and f.removed_at < $2 and f.subject like 'draft/%'
       and not exists (select 1 from file g where g.digest = f.digest
                       and (g.removed_at is null or g.removed_at >= $2 or g.subject not like 'draft/%'))
     order by f.digest"
);
const ERASED: Statement = sql!(
    "papers.erased",
    "select count(*), count(case when removed_at is null or subject not like 'draft/%' then 1 end) from file where digest = $1"
);
const REMOVE_FILE: Statement = sql!(
    "papers.remove_file",
    "update file set removed_at = $3, entry = $4 where origin = $1 and id = $2 and removed_at is null"
);
const FILE_DIGESTS: Statement =
    sql!("papers.file_digests", "select distinct digest from file where removed_at is null order by digest");
const LETTERS: Statement = sql!(
    "papers.letters",
    "select origin, id, case_id, org, kind, number, title, text, from_desk, to_account, at, day, read_at, entry from letter
     where origin = $1 and case_id = $2 order by at, id"
);
const LETTERS_TO: Statement = sql!(
    "papers.letters_to",
    "select origin, id, case_id, org, kind, number, title, text, from_desk, to_account, at, day, read_at, entry from letter
     where to_account = $1 order by at desc, id limit $2"
);
const READ_LETTER: Statement =
    sql!("papers.read_letter", "update letter set read_at = $3 where origin = $1 and id = $2 and read_at is null");
const COMMENTS: Statement = sql!(
    "papers.comments",
    "select origin, notice, id, at, text, person, state, entry from notice_comment
     where origin = $1 and notice = $2 order by at, id"
);
const NOTICES_OF: Statement = sql!(
    "papers.notices_of",
    "select origin, id, kind, number, title, text, org, case_id, area, posted_on, until, state, synthetic, entry
     from public_notice where origin = $1 and org = $2 order by posted_on desc, id desc"
);
const LOCATE_NOTICE: Statement = sql!("papers.locate_notice", "select origin from public_notice where id = $1");
const REVIEW_OF: Statement = sql!(
    "papers.review_of",
    "select origin, id, case_id, score, tags, text, area, given_on, state, answer, due, synthetic, rev, entry
     from service_review where origin = $1 and case_id = $2"
);
const BAD_REVIEWS: Statement = sql!(
    "papers.bad_reviews",
    "select origin, id, case_id, score, tags, text, area, given_on, state, answer, due, synthetic, rev, entry
     from service_review where area = $1 and state in ('given', 'checking') and score <= 2 order by due nulls last, id limit $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    FILES,
    LEFTOVERS,
    ERASED,
    REMOVE_FILE,
    FILE_DIGESTS,
    LETTERS,
    LETTERS_TO,
    READ_LETTER,
    COMMENTS,
    NOTICES_OF,
    LOCATE_NOTICE,
    REVIEW_OF,
    BAD_REVIEWS,
];

const NOTICE: &str =
    "select origin, id, kind, number, title, text, org, case_id, area, posted_on, until, state, synthetic,
     entry from public_notice";

/// The files of a subject (`case/…`, `org/…`, `draft/…`), oldest first.
pub fn files(tx: &mut Tx<'_>, origin: Origin, subject: &str) -> Result<Vec<FileRow>, DbError> {
    tx.list(FILES, args![origin, subject])
}

/// The digests of files that only drafts named, and none names since before `to` (of those that went from `from` on).
pub fn draft_leftovers(tx: &mut Tx<'_>, from: Instant, to: Instant) -> Result<Vec<Vec<u8>>, DbError> {
    let mut found = Vec::new();
    tx.each_row::<DbError>(LEFTOVERS, args![from, to], &mut |row| {
        found.push(row.get("digest")?);
        Ok(())
    })?;
    Ok(found)
}

/// Whether the bytes under a digest were rightly erased: it was attached to drafts only, and taken off every one of them.
pub fn was_erased(tx: &mut Tx<'_>, digest: &[u8]) -> Result<bool, DbError> {
    let (all, live): (i64, i64) = tx.get(ERASED, args![digest])?;
    Ok(all > 0 && live == 0)
}

/// A file's record.
pub fn file(tx: &mut Tx<'_>, origin: Origin, id: FileId) -> Result<Option<FileRow>, DbError> {
    tx.find_record::<FileRow>(args![origin, id])
}

/// Takes a file away from its subject; the record stays. `false` if it was away already.
pub fn remove_file(tx: &mut Tx<'_>, origin: Origin, id: FileId, at: Instant, entry: EntryId) -> Result<bool, DbError> {
    tx.run(REMOVE_FILE, args![origin, id, at, entry]).map(|rows| rows == 1)
}

/// The digests of all files kept (for verification and backup).
pub fn each_file_digest<E: From<DbError>>(
    tx: &mut Tx<'_>,
    mut visit: impl FnMut(Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    tx.each_row(FILE_DIGESTS, &[], &mut |row| visit(row.get("digest")?))
}

/// The letters of a case, oldest first.
pub fn letters(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<Letter>, DbError> {
    tx.list(LETTERS, args![origin, case])
}

/// The letters to an account, newest first.
pub fn letters_to(tx: &mut Tx<'_>, account: AccountId, limit: usize) -> Result<Vec<Letter>, DbError> {
    tx.list(LETTERS_TO, args![account, limit])
}

/// Marks a letter as read (签收); `false` if it was already.
pub fn read_letter(tx: &mut Tx<'_>, origin: Origin, id: RecordId, at: Instant) -> Result<bool, DbError> {
    tx.run(READ_LETTER, args![origin, id, at]).map(|rows| rows == 1)
}

/// A page of public notices, newest first.
pub fn notices(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<(Date, RecordId)>,
    limit: usize,
) -> Result<Vec<PublicNotice>, DbError> {
    let mut filter = filter.clone();
    filter.fixed("state = 'posted'");
    if let Some((day, id)) = after {
        filter.after("posted_on", &day, "id", &id, true);
    }
    let text = filter.sql(NOTICE, "posted_on desc, id desc", limit);
    tx.list(Sql::dynamic("papers.notices", &text), filter.args())
}

/// Where a public notice lives.
pub fn locate_notice(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<Origin>, DbError> {
    Ok(tx.find::<Option<Origin>>(LOCATE_NOTICE, args![id])?.flatten())
}

/// The public notices about an organization, newest first.
pub fn notices_of(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<PublicNotice>, DbError> {
    tx.list(NOTICES_OF, args![origin, org])
}

/// What was said about a notice, oldest first.
pub fn comments(tx: &mut Tx<'_>, origin: Origin, notice: RecordId) -> Result<Vec<NoticeComment>, DbError> {
    tx.list(COMMENTS, args![origin, notice])
}

/// The review of a case.
pub fn review_of(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Option<ServiceReview>, DbError> {
    tx.find(REVIEW_OF, args![origin, case])
}

/// Bad reviews of an area that wait for an answer, the most urgent first.
pub fn bad_reviews(tx: &mut Tx<'_>, area: &AreaCode, limit: usize) -> Result<Vec<ServiceReview>, DbError> {
    tx.list(BAD_REVIEWS, args![area, limit])
}
