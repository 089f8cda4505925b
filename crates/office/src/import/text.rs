//! What encoding a file is in, and its text. Chinese tables come as UTF-8 with and without a mark, as UTF-16 from Excel's
//! "Unicode text", and as GBK from everything older.
use std::borrow::Cow;

use crate::Refused;

/// A decoded file.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text without its mark.
    pub text: Cow<'b, str>,
    /// The encoding's name, for people.
    pub encoding: &'static str,
    /// Whether some bytes could not be read and became `�`.
    pub damaged: bool,
}

/// Of this many bytes at most one in a hundred may be a control character, or it is no text.
const LOOKED_AT: usize = 64 << 10;

/// Decodes; refuses what is not text.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Refused> {
    if bytes.is_empty() {
        return Err(not_a_table("文件是空的"));
    }
    let (encoding, rest) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (encoding_rs::UTF_8, bytes),
    };
    if encoding != encoding_rs::UTF_8 {
        let (text, damaged) = encoding.decode_without_bom_handling(rest);
        return checked(Decoded { text, encoding: encoding.name(), damaged });
    }
    match std::str::from_utf8(rest) {
        Ok(text) => checked(Decoded { text: Cow::Borrowed(text), encoding: "UTF-8", damaged: false }),
        // Broken in one place only: still UTF-8, as when the file was cut in the middle of a character.
        Err(error) if error.valid_up_to() + 4 >= rest.len() => {
            checked(Decoded { text: String::from_utf8_lossy(rest), encoding: "UTF-8", damaged: true })
        }
        Err(_) => {
            let (text, damaged) = encoding_rs::GB18030.decode_without_bom_handling(rest);
            checked(Decoded { text, encoding: "GBK", damaged })
        }
    }
}

fn checked(decoded: Decoded<'_>) -> Result<Decoded<'_>, Refused> {
    let (mut seen, mut odd) = (0_usize, 0_usize);
    for c in decoded.text.chars().take(LOOKED_AT) {
        seen += 1;
        odd += usize::from((c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || c == '\u{fffd}');
    }
    if odd * 100 > seen.max(100) { Err(not_a_table("文件内容不是文字表格")) } else { Ok(decoded) }
}

/// Says what can be imported.
pub fn not_a_table(what: &str) -> Refused {
    Refused::field("file", format!("{what}。请上传 CSV（UTF-8 或 GBK）或 Excel（XLSX、XLS）表格，第一行是表头"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_of_writing_chinese_is_read() {
        let text = "名称,住所\n云州省助学基金会,山阴区";
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for (bytes, encoding) in [(text.as_bytes(), "UTF-8"), (&marked, "UTF-8"), (&gbk, "GBK"), (&utf16, "UTF-16LE")] {
            let decoded = decode(bytes).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.encoding, decoded.damaged), (text, encoding, false));
        }
        assert!(decode(&text.as_bytes()[..text.len() - 1]).unwrap().damaged, "cut inside a character");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b""[..],
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
            &[0_u8; 512],
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0",
        ] {
            assert!(matches!(decode(bytes), Err(Refused::Invalid(_))), "{bytes:?}");
        }
    }
}
