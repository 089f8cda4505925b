//! The boundary to outside systems (对接): each is a trait with a local implementation that says of itself that it is local.
use base::Origin;
use store::Tx;
use store::registers::next_number;

use crate::Refused;

/// Where the eight characters of an organization code (组织机构代码主体) come from. The national code centre gives them out; a
/// province that is connected puts its implementation here.
pub trait CodeSource: Send + Sync {
    /// The next unused body. Called inside the act, so that a refused act uses none up.
    fn next_body(&self, tx: &mut Tx<'_>) -> Result<String, Refused>;
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
    fn next_body(&self, tx: &mut Tx<'_>) -> Result<String, Refused> {
        // One series for the whole installation: the body alone tells organizations apart, whatever their region.
        let mut number = next_number(tx, Origin::none(), "organization_code")?.unsigned_abs();
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
