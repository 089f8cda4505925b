//! What verification can find, told in Chinese for the auditor and in English for the engineer.
use std::fmt;

use base::{EntryId, Instant};
use vault::Digest;

use crate::{Batch, Entry, Subject};

/// Where the first bad thing stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// An entry of a chain.
    Entry {
        /// Whose chain.
        subject: Subject,
        /// Its stated position.
        seq: u64,
        /// Its identity.
        id: EntryId,
    },
    /// A subject as a whole.
    Subject(Subject),
    /// A row, and the entry that is, or claims to be, its last writer.
    Row {
        /// Table name.
        table: String,
        /// Primary key as text.
        key: String,
        /// The entry.
        entry: EntryId,
    },
    /// A stored file, and the entry that names it.
    File {
        /// Its digest, which is its name.
        digest: Digest,
        /// The entry.
        entry: EntryId,
    },
    /// A seal.
    Seal(u64),
    /// The journal as a whole.
    Journal,
}

impl Place {
    /// The place of an entry.
    pub fn of(entry: &Entry) -> Self {
        Self::Entry { subject: entry.draft.subject.clone(), seq: entry.seq, id: entry.draft.id }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { subject, seq, id } => write!(f, "{subject} 第 {seq} 条留痕（{id}）"),
            Self::Subject(subject) => write!(f, "{subject}"),
            Self::Row { table, key, entry } => write!(f, "表 {table} 记录 {key}（留痕 {entry}）"),
            Self::File { digest, entry } => write!(f, "文件 {}（留痕 {entry}）", digest.short()),
            Self::Seal(no) => write!(f, "第 {no} 号封存"),
            Self::Journal => f.write_str("全部留痕"),
        }
    }
}

/// What is wrong there.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the fields are what the explanation beside each case prints")]
pub enum Fault {
    /// The entry's digest is not that of its content.
    Altered { stated: Digest, computed: Digest },
    /// The chain does not run 1, 2, 3...
    Gap { expected: u64, found: u64 },
    /// `prev` is not the digest of the entry before.
    Unlinked { expected: Digest, found: Digest },
    /// A batch is named as the chain's beginning, but this is not its beginning.
    NotFirst,
    /// The chain begins at a batch leaf that the batch does not hold.
    UnknownLeaf(EntryId),
    /// The chain has no recorded head.
    NoHead,
    /// The recorded head is further on: entries were cut off the end.
    TailCut { head: u64, last: u64 },
    /// The recorded head is not the chain's last entry.
    HeadDiffers { head: u64, last: u64 },
    /// There are more recorded heads than chains, or fewer.
    HeadsAndChains { heads: u64, chains: u64 },
    /// The row is not as the entry wrote it.
    RowChanged { written: Digest, found: Digest },
    /// The row is gone, and no entry deleted it.
    RowMissing,
    /// The entry deleted the row, and it is there, stamped with that very entry.
    RowReturned,
    /// The row bears the stamp of an entry that does not name it.
    RowUnclaimed,
    /// The row bears the stamp of an older entry than its last writer.
    RowRolledBack { written: Instant, stamped: Instant },
    /// The row bears the stamp of an entry that does not exist.
    RowOrphan,
    /// The rows of a bulk act are not those it wrote.
    BatchChanged { written: Batch, found: Batch },
    /// The file is gone, and no erasure is recorded.
    FileMissing,
    /// The file's content is not that which was named.
    FileChanged { found: Digest },
    /// The seal's digest is not that of its fields.
    SealAltered,
    /// Seals do not run 1, 2, 3...
    SealGap { expected: u64 },
    /// The seal does not continue the one before.
    SealUnlinked,
    /// The seal's leaves do not give its count or root.
    SealLeaves,
    /// The seal covers an entry that the journal no longer has: a subject was dropped or a tail cut.
    SealedMissing { subject: Subject, seq: u64 },
    /// The seal covers another entry than the journal has there.
    SealedDiffers { subject: Subject, seq: u64 },
}

impl Fault {
    /// For the auditor.
    pub fn chinese(&self) -> String {
        match self {
            Self::Altered { stated, computed } => {
                format!("内容与摘要不符（记录为 {}，实算为 {}），该条被改动过", stated.short(), computed.short())
            }
            Self::Gap { expected, found } => {
                format!("序号不连续：应为第 {expected} 条，实为第 {found} 条，中间有留痕被删除")
            }
            Self::Unlinked { .. } => "与前一条留痕不相接，前一条或本条被替换过".to_owned(),
            Self::NotFirst => "不是首条，却声称由批量记录开始".to_owned(),
            Self::UnknownLeaf(batch) => format!("首条声称来自批量留痕 {batch}，但该批中没有对应记录"),
            Self::NoHead => "有留痕但没有登记链尾，链尾登记被删除".to_owned(),
            Self::TailCut { head, last } => format!("登记的链尾是第 {head} 条，实际只到第 {last} 条，末尾的留痕被删除"),
            Self::HeadDiffers { head, last } => format!("登记的链尾（第 {head} 条）与最后一条留痕（第 {last} 条）不符"),
            Self::HeadsAndChains { heads, chains } => {
                format!("登记的链尾有 {heads} 个，实际有留痕的对象 {chains} 个，有对象的留痕被整体删除或增添")
            }
            Self::RowChanged { .. } => "当前内容与留痕写入时不符，绕过系统被改动过".to_owned(),
            Self::RowMissing => "记录不见了，而没有删除它的留痕".to_owned(),
            Self::RowReturned => "留痕已删除的记录又出现了".to_owned(),
            Self::RowUnclaimed => "记录标注的留痕并未写入它，是绕过系统增添的".to_owned(),
            Self::RowRolledBack { written, stamped } => {
                format!(
                    "记录被退回到较早的内容（最后写入于 {}，现标注 {}）",
                    written.local_minute(),
                    stamped.local_minute()
                )
            }
            Self::RowOrphan => "记录标注的留痕不存在".to_owned(),
            Self::BatchChanged { written, found } => {
                format!("批量记录与写入时不符（写入 {} 条，现有 {} 条，或内容被改动）", written.count, found.count)
            }
            Self::FileMissing => "文件不见了，而没有依法删除它的留痕".to_owned(),
            Self::FileChanged { .. } => "文件内容与登记的摘要不符，被替换或损坏".to_owned(),
            Self::SealAltered => "封存内容与摘要不符，被改动过".to_owned(),
            Self::SealGap { expected } => format!("封存编号不连续，缺少第 {expected} 号"),
            Self::SealUnlinked => "与上一次封存不相接".to_owned(),
            Self::SealLeaves => "封存的明细与其根摘要或数目不符".to_owned(),
            Self::SealedMissing { subject, seq } => {
                format!("封存过的 {subject} 第 {seq} 条留痕已不存在，该对象的留痕被删除或末尾被截去")
            }
            Self::SealedDiffers { subject, seq } => format!("封存过的 {subject} 第 {seq} 条留痕与现在的不同，被改写过"),
        }
    }

    /// For the engineer.
    pub fn english(&self) -> String {
        match self {
            Self::Altered { stated, computed } => format!("digest is {stated}, content gives {computed}"),
            Self::Gap { expected, found } => format!("expected seq {expected}, found {found}"),
            Self::Unlinked { expected, found } => format!("prev is {found}, should be {expected}"),
            Self::NotFirst => "from_batch on an entry that is not the first".to_owned(),
            Self::UnknownLeaf(batch) => format!("batch {batch} does not hold the leaf this chain starts from"),
            Self::NoHead => "no recorded head".to_owned(),
            Self::TailCut { head, last } => format!("head says seq {head}, chain ends at {last}"),
            Self::HeadDiffers { head, last } => format!("head (seq {head}) is not the last entry (seq {last})"),
            Self::HeadsAndChains { heads, chains } => format!("{heads} heads but {chains} chains"),
            Self::RowChanged { written, found } => format!("row digest is {found}, entry wrote {written}"),
            Self::RowMissing => "row is missing and no entry deleted it".to_owned(),
            Self::RowReturned => "row exists though its entry deleted it".to_owned(),
            Self::RowUnclaimed => "row is stamped with an entry that does not name it".to_owned(),
            Self::RowRolledBack { written, stamped } => format!("row stamped {stamped}, last written {written}"),
            Self::RowOrphan => "row is stamped with an entry that does not exist".to_owned(),
            Self::BatchChanged { written, found } => {
                format!("batch was {} rows {}, is {} rows {}", written.count, written.root, found.count, found.root)
            }
            Self::FileMissing => "file is missing and no erasure is recorded".to_owned(),
            Self::FileChanged { found } => format!("file content has digest {found}"),
            Self::SealAltered => "seal digest does not fit its fields".to_owned(),
            Self::SealGap { expected } => format!("seal {expected} is missing"),
            Self::SealUnlinked => "seal does not continue the one before".to_owned(),
            Self::SealLeaves => "seal leaves do not give its root and count".to_owned(),
            Self::SealedMissing { subject, seq } => format!("sealed entry {subject} seq {seq} is missing"),
            Self::SealedDiffers { subject, seq } => format!("sealed entry {subject} seq {seq} differs"),
        }
    }
}

/// The first bad place, and what is wrong there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place}：{} / {}", .fault.chinese(), .fault.english())]
pub struct Broken {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// Why verification ended early.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Something is wrong with the journal or what it vouches for.
    #[error(transparent)]
    Broken(Box<Broken>),
    /// The evidence could not be read; nothing is proved either way.
    #[error("核验未能完成，数据无法读取：{0} / evidence could not be read")]
    Unread(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Stop {
    /// A fault at a place.
    pub(crate) fn at(place: Place, fault: Fault) -> Self {
        Self::Broken(Box::new(Broken { place, fault }))
    }
}
