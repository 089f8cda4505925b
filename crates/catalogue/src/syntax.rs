//! Files that are no TOML or CSV (写法错误), said so that who wrote them can act: what is odd about the line, rather than what the
//! parser expected next.
use crate::problem::{Place, Problem};

/// The problem of the first place where a file is no TOML. `line` is the text of that line, `said` the parser's own words.
pub(crate) fn of_toml(at: &Place, line: &str, said: &str) -> Problem {
    let (message, help) = reason(line)
        .or_else(|| in_chinese(said))
        .unwrap_or_else(|| (format!("这里的写法不对（{said}）"), "请对照 docs/ 里的写法修改".to_owned()));
    Problem::error(at, message, format!("{help}。改好这一处再检查，后面的内容还没有读"))
}

/// What is visibly odd about a line.
fn reason(line: &str) -> Option<(String, String)> {
    let code = outside_quotes(line);
    if let Some(wide) = code.chars().find(|c| is_wide(*c)) {
        let name = if wide == '\u{3000}' { "全角空格".to_owned() } else { format!("中文符号“{wide}”") };
        return Some((format!("这一行有{name}"), "等号、逗号、引号、括号、数字都要用半角的".to_owned()));
    }
    let value = code.split_once('=').map(|(_, value)| value.trim())?;
    if value.is_empty() {
        return Some(("等号后面没有值".to_owned(), "请补上值，或删去这一行".to_owned()));
    }
    let digits = value.trim_start_matches('-').chars().take_while(char::is_ascii_digit).count();
    let rest = value.trim_start_matches('-').get(digits..)?.trim_start();
    match rest.chars().next() {
        _ if digits == 0 => None,
        Some('%') => Some(("数字后面不能直接写 %".to_owned(), "写成 25，或者加上引号 \"25%\"".to_owned())),
        Some('/') => Some(("日期不能这样写".to_owned(), "写成 2025-12-31".to_owned())),
        Some(c) if !c.is_ascii() => Some((format!("数字后面不能直接写“{c}”"), "只写数字，或者整个加上引号".to_owned())),
        _ => None,
    }
}

/// A line without what stands in quotes, and without its comment.
fn outside_quotes(line: &str) -> String {
    let mut quote = None;
    let mut out = String::new();
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '#' => break,
            None => out.push(c),
        }
    }
    out
}

/// Punctuation and digits that an input method for Chinese types in place of the ones that count.
fn is_wide(c: char) -> bool {
    matches!(
        c,
        '，' | '。' | '：' | '；' | '“' | '”' | '‘' | '’' | '【' | '】' | '（' | '）' | '、' | '\u{3000}' | '\u{FF01}'
            ..='\u{FF5E}'
    )
}

/// The parser's most frequent words.
fn in_chinese(said: &str) -> Option<(String, String)> {
    const SAID: [(&str, &str, &str); 11] = [
        ("unclosed array", "方括号 [ 没有配上 ]", "请补上 ]"),
        ("unclosed inline table", "花括号 { 没有配上 }", "请补上 }"),
        ("unclosed table", "表头缺右边的方括号", "写成 [名称] 或 [[名称]]"),
        ("missing closing", "引号或括号没有配对", "请补上另一半"),
        ("invalid basic string", "引号没有配对，或者文字里有没有转义的 \\", "请补上引号；文字里的 \\ 写成 \\\\"),
        ("string values must be quoted", "文字要加引号", "写成 \"文字\""),
        ("invalid boolean", "这里不是一个值", "文字要加引号；也请看上面一行的括号是否配对"),
        ("duplicate key", "同一个名称写了两次", "请删去一处；多条内容用 [[名称]] 分开写"),
        ("key with no value", "名称后面没有 = 和值", "写成 名称 = 值"),
        ("invalid unquoted key", "名称里有不能用的字符", "名称用小写英文、数字、- 和 _"),
        ("extra", "多了一个符号", "请删去"),
    ];
    let found = SAID.iter().find(|(words, ..)| said.contains(words));
    found.map(|(_, message, help)| ((*message).to_owned(), (*help).to_owned()))
}

/// The text of a file, or why it is none: Excel on a Chinese Windows writes GBK, “Unicode 文本” is UTF-16.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, (&'static str, &'static str)> {
    const SAVE: &str = "请另存为 UTF-8：Excel 选“CSV UTF-8（逗号分隔）”，记事本的编码选 UTF-8";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(("文件的编码是 UTF-16（Unicode 文本）", SAVE));
    }
    String::from_utf8(bytes).map_err(|_| ("文件的编码不是 UTF-8，像是 GBK（Excel 直接保存的 CSV 就是这样）", SAVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str, english: &str) -> String {
        of_toml(&Place::new("x/plans/x.toml", 3), line, english).to_string()
    }

    #[test]
    fn a_line_says_what_is_odd_about_it() {
        for (line, expected) in [
            ("id = ", "等号后面没有值"),
            ("value = 25%", "数字后面不能直接写 %"),
            ("value = 1000家", "数字后面不能直接写“家”"),
            ("by = 2023/06/30", "日期不能这样写"),
            ("name = “名称”", "中文符号“"),
            ("value = ２５", "中文符号“２”"),
            ("aims = [1，2]", "中文符号“，”"),
            ("value\u{3000}= 3", "全角空格"),
        ] {
            assert!(said(line, "string values must be quoted").contains(expected), "{line}: {}", said(line, ""));
        }
        // What stands in quotes or in a comment may be anything.
        assert!(said("name = \"一，二\" extra # ，", "extra `x`").contains("多了一个符号"));
        assert!(said("x = y", "something new").contains("something new"));
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(text_of("条款".as_bytes().to_vec()).unwrap(), "条款");
        assert!(text_of(vec![0xCC, 0xF5, 0xBF, 0xEE]).unwrap_err().0.contains("GBK"));
        assert!(text_of(vec![0xFF, 0xFE, 0x61, 0x00]).unwrap_err().0.contains("UTF-16"));
    }

    proptest::proptest! {
        #[test]
        fn any_line_gets_a_message(line in ".*", english in ".*") {
            proptest::prop_assert!(said(&line, &english).contains("错误"));
        }

        #[test]
        fn any_bytes_are_text_or_not(bytes: Vec<u8>) {
            let right = std::str::from_utf8(&bytes).is_ok() && !bytes.starts_with(&[0xFF, 0xFE]);
            proptest::prop_assert_eq!(text_of(bytes).is_ok(), right);
        }
    }
}
