//! Canonical bytes (规范编码): one value, one byte string; two values, two byte strings.
use vault::Digest;

/// Writes values so that no two different sequences of writes of the same shape give the same bytes: texts and bytes carry
/// their length, optional values a marker, lists their count, numbers eight bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// Starts with the name of what is encoded and the edition of its layout.
    pub fn new(what: &str) -> Self {
        Self::default().text(what)
    }

    /// Starts with nothing, in memory that is there already; what it held is forgotten.
    pub fn within(mut room: Vec<u8>) -> Self {
        room.clear();
        Self(room)
    }

    /// What was written, as memory to use again.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Eight bytes of length, big-endian, and the bytes.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// As [`Canonical::bytes`] of the UTF-8.
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Eight bytes, big-endian, two's complement.
    pub fn int(mut self, number: i64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// A count or position: eight bytes, big-endian.
    pub fn count(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// One byte that tells cases apart.
    pub fn tag(mut self, tag: u8) -> Self {
        self.0.push(tag);
        self
    }

    /// The 32 bytes as they are.
    pub fn digest(mut self, digest: &Digest) -> Self {
        self.0.extend_from_slice(digest.as_bytes());
        self
    }

    /// `00` for none; `01` and the value otherwise.
    pub fn maybe<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            None => self.tag(0),
            Some(value) => write(self.tag(1), value),
        }
    }

    /// The count and each item in order.
    pub fn list<T>(self, items: &[T], write: impl Fn(Self, &T) -> Self) -> Self {
        items.iter().fold(self.count(items.len() as u64), write)
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The SM3 of what was written.
    pub fn sm3(&self) -> Digest {
        vault::sm3(&self.0)
    }
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
