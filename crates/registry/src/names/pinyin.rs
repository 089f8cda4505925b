//! Pronunciation without tone (不计声调的拼音): for keys of first letters and for names that sound the same.
use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin as _;

/// Words in which a character is not read as it usually is, with all their syllables.
const READINGS: &[(&str, &[&str])] = &[
    ("银行", &["yin", "hang"]),
    ("行业", &["hang", "ye"]),
    ("商行", &["shang", "hang"]),
    ("同行", &["tong", "hang"]),
    ("重庆", &["chong", "qing"]),
    ("重阳", &["chong", "yang"]),
    ("长春", &["chang", "chun"]),
    ("长沙", &["chang", "sha"]),
    ("长江", &["chang", "jiang"]),
    ("长城", &["chang", "cheng"]),
    ("长安", &["chang", "an"]),
    ("长治", &["chang", "zhi"]),
    ("长乐", &["chang", "le"]),
    ("长宁", &["chang", "ning"]),
    ("长兴", &["chang", "xing"]),
    ("长海", &["chang", "hai"]),
    ("长征", &["chang", "zheng"]),
    ("长寿", &["chang", "shou"]),
    ("成长", &["cheng", "zhang"]),
    ("家长", &["jia", "zhang"]),
    ("校长", &["xiao", "zhang"]),
    ("音乐", &["yin", "yue"]),
    ("乐器", &["yue", "qi"]),
    ("乐团", &["yue", "tuan"]),
    ("民乐", &["min", "yue"]),
    ("会计", &["kuai", "ji"]),
    ("调解", &["tiao", "jie"]),
    ("空调", &["kong", "tiao"]),
    ("厦门", &["xia", "men"]),
    ("六安", &["lu", "an"]),
    ("蚌埠", &["beng", "bu"]),
    ("朝阳", &["chao", "yang"]),
    ("朝鲜", &["chao", "xian"]),
    ("番禺", &["pan", "yu"]),
    ("传记", &["zhuan", "ji"]),
    ("参差", &["cen", "ci"]),
    ("藏族", &["zang", "zu"]),
    ("西藏", &["xi", "zang"]),
    ("单县", &["shan", "xian"]),
    ("都市", &["du", "shi"]),
    ("首都", &["shou", "du"]),
    ("成都", &["cheng", "du"]),
];

type Reading = &'static (&'static str, &'static [&'static str]);

/// The readings by the first character of their word: most characters begin none.
static BY_FIRST: LazyLock<HashMap<char, Vec<Reading>>> = LazyLock::new(|| {
    let mut map: HashMap<char, Vec<Reading>> = HashMap::new();
    for reading in READINGS {
        if let Some(first) = reading.0.chars().next() {
            map.entry(first).or_default().push(reading);
        }
    }
    map
});

/// The syllables of a name in normal form, one per character; what has no reading stands for itself.
pub fn syllables(normal: &str) -> Vec<String> {
    let chars: Vec<char> = normal.chars().collect();
    let mut out = Vec::with_capacity(chars.len());
    while out.len() < chars.len() {
        let rest = &chars[out.len()..];
        let known = BY_FIRST.get(&rest[0]).into_iter().flatten();
        match known.copied().find(|(word, _)| starts_with(rest, word)) {
            Some((_, sounds)) => out.extend(sounds.iter().map(|sound| (*sound).to_owned())),
            None => out.push(syllable(rest[0])),
        }
    }
    out
}

fn starts_with(chars: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| chars.get(at) == Some(&c))
}

fn syllable(c: char) -> String {
    c.to_pinyin().map_or_else(|| c.to_string(), |sound| sound.plain().replace('ü', "v"))
}

/// First letters of the syllables (拼音首字母): 延寿县协会 gives `ysxxh`. Characters without a reading are left as they are.
pub fn initials(normal: &str) -> String {
    syllables(normal).iter().filter_map(|sound| sound.chars().next()).collect()
}

/// Whether two names in normal form sound the same without being the same (同音).
pub fn same_sound(a: &str, b: &str) -> bool {
    a != b && a.chars().count() == b.chars().count() && syllables(a) == syllables(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_how_a_character_is_read() {
        assert_eq!(initials("银行行业协会"), "yhhyxh");
        assert_eq!(initials("音乐学院"), "yyxy");
        assert_eq!(initials("长春市成长中心"), "ccsczzx");
        assert_eq!(syllables("绿a"), ["lv", "a"]);
        assert!(READINGS.iter().all(|(word, sounds)| word.chars().count() == sounds.len()));
    }

    #[test]
    fn same_sound_is_not_same_name() {
        assert!(same_sound("爱新协会", "爱心协会"));
        assert!(!same_sound("爱心协会", "爱心协会"));
        assert!(!same_sound("爱心协会", "爱心学会"));
    }
}
