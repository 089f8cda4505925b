//! The e-licence as text for a QR code: `YS1:` and unpadded base64url of a fixed field order, then the signature.
//!
//! Layout (big-endian): version 1 byte · key id 4 · copy type 1 · issued 4 (YYYYMMDD) · valid until 4 (0 = open-ended) ·
//! scope digest 32 · then code, name, kind, number, representative, domicile, registrar, each as 2 bytes of length and
//! UTF-8 · and last the 64-byte SM2 signature over [`DOMAIN`] and everything before the signature.
use base::Date;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::licence::{CopyType, Licence, LicenceFault};
use crate::{Digest, KeyId, Signature};

/// Marks the text as an e-licence of this layout.
pub(crate) const PREFIX: &str = "YS1:";
/// Keeps a licence signature from being taken for a signature over anything else.
const DOMAIN: &[u8] = b"yishe/licence/1\0";
/// Layout number.
const VERSION: u8 = 1;
/// Longest text: a version 22 QR code at level M holds 779 bytes and still scans from paper with an old phone.
pub(crate) const LONGEST: usize = 779;

/// Whatever is wrong with the form of the text.
const DAMAGED: LicenceFault = LicenceFault::Damaged;

fn day_number(date: Date) -> u32 {
    // Certificates are issued in this century; a year before 0 would be no date at all.
    u32::from(date.year().unsigned_abs()) * 10_000
        + u32::from(date.month().unsigned_abs()) * 100
        + u32::from(date.day().unsigned_abs())
}

fn day(number: u32) -> Option<Date> {
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    Date::new(year, month, i8::try_from(number % 100).ok()?).ok()
}

/// What is signed, and what stands in the text before the signature.
pub(crate) fn body(licence: &Licence, key: KeyId) -> Result<Vec<u8>, LicenceFault> {
    let mut out = vec![VERSION];
    out.extend_from_slice(&key.0);
    out.push(match licence.copy {
        CopyType::Original => 1,
        CopyType::Duplicate => 2,
    });
    out.extend_from_slice(&day_number(licence.issued).to_be_bytes());
    out.extend_from_slice(&licence.valid_until.map_or(0, day_number).to_be_bytes());
    out.extend_from_slice(licence.scope.as_bytes());
    for field in texts(licence) {
        let length = u16::try_from(field.len()).map_err(|_| LicenceFault::TooLong)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(field.as_bytes());
    }
    Ok(out)
}

/// The text fields in their fixed order.
fn texts(licence: &Licence) -> [&str; 7] {
    let Licence { code, name, kind, number, representative, domicile, registrar, .. } = licence;
    [code, name, kind, number, representative, domicile, registrar]
}

/// The bytes the signature covers.
pub(crate) fn signed_message(body: &[u8]) -> Vec<u8> {
    [DOMAIN, body].concat()
}

/// The finished text.
pub(crate) fn text(body: &[u8], signature: &Signature) -> Result<String, LicenceFault> {
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([body, &signature.0].concat()));
    if text.len() > LONGEST { Err(LicenceFault::TooLong) } else { Ok(text) }
}

/// The parts of a scanned text. Nothing in them may be believed before the signature is checked.
pub(crate) struct Scanned {
    pub licence: Licence,
    pub key: KeyId,
    pub body: Vec<u8>,
    pub signature: Signature,
}

/// Takes a scanned text apart. Accepts the bare text, and a URL whose path ends in `/c/YS1:…`.
pub(crate) fn scan(text: &str) -> Result<Scanned, LicenceFault> {
    let text = text.trim();
    let text = text.rsplit_once("/c/").map_or(text, |(_, rest)| rest);
    let packed = text.strip_prefix(PREFIX).ok_or(LicenceFault::NotALicence)?;
    if text.len() > LONGEST {
        return Err(DAMAGED);
    }
    let bytes = URL_SAFE_NO_PAD.decode(packed).map_err(|_| DAMAGED)?;
    let (body, signature) = bytes.split_last_chunk::<64>().ok_or(DAMAGED)?;
    let mut reader = Reader(body);
    let [version] = reader.take()?;
    if version != VERSION {
        return Err(LicenceFault::UnknownVersion(version));
    }
    let key = KeyId(reader.take()?);
    let [copy] = reader.take()?;
    let issued = day(u32::from_be_bytes(reader.take()?)).ok_or(DAMAGED)?;
    let until = u32::from_be_bytes(reader.take()?);
    let licence = Licence {
        copy: match copy {
            1 => CopyType::Original,
            2 => CopyType::Duplicate,
            _ => return Err(DAMAGED),
        },
        issued,
        valid_until: if until == 0 { None } else { Some(day(until).ok_or(DAMAGED)?) },
        scope: Digest(reader.take()?),
        code: reader.text()?,
        name: reader.text()?,
        kind: reader.text()?,
        number: reader.text()?,
        representative: reader.text()?,
        domicile: reader.text()?,
        registrar: reader.text()?,
    };
    if !reader.0.is_empty() {
        return Err(DAMAGED);
    }
    Ok(Scanned { licence, key, body: body.to_vec(), signature: Signature(*signature) })
}

/// Reads fields off the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LicenceFault> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(*head)
    }

    fn text(&mut self) -> Result<String, LicenceFault> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let (head, rest) = self.0.split_at_checked(length).ok_or(DAMAGED)?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).map_err(|_| DAMAGED)
    }
}
