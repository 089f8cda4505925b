//! Numbers in segment files: little-endian, read with bounds checked.
use crate::doc::Facts;

pub(crate) const FACTS_BYTES: usize = 20;

pub(crate) fn u16_at(bytes: &[u8], index: usize) -> u16 {
    bytes.get(index * 2..index * 2 + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], index: usize) -> u32 {
    bytes.get(index * 4..index * 4 + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

pub(crate) fn u64_at(bytes: &[u8], index: usize) -> u64 {
    bytes.get(index * 8..index * 8 + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
}

pub(crate) fn u128_at(bytes: &[u8], index: usize) -> u128 {
    bytes.get(index * 16..index * 16 + 16).and_then(|all| all.try_into().ok()).map_or(0, u128::from_le_bytes)
}

pub(crate) fn put_facts(out: &mut Vec<u8>, facts: &Facts) {
    out.extend(facts.area.to_le_bytes());
    out.extend(facts.registrar.to_le_bytes());
    out.extend(facts.from.to_le_bytes());
    out.extend(facts.to.to_le_bytes());
    out.extend([facts.kind, facts.status, facts.grade, facts.flags]);
}

pub(crate) fn facts_at(bytes: &[u8], index: usize) -> Facts {
    let start = index * FACTS_BYTES;
    // Of a known length, so that the reads below need no checks: this runs for every match that is counted.
    let row: Option<&[u8; FACTS_BYTES]> = bytes.get(start..start + FACTS_BYTES).and_then(|row| row.try_into().ok());
    let Some(row) = row else { return Facts::default() };
    Facts {
        area: u64_at(row, 0),
        registrar: u32_at(row, 2),
        from: u16_at(row, 6),
        to: u16_at(row, 7),
        kind: row[16],
        status: row[17],
        grade: row[18],
        flags: row[19],
    }
}
