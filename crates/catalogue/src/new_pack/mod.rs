//! The files of a new policy pack (新政策包): a small pack that works and says in Chinese, line by line, what to put in its place.
//! `yishe catalogue new-pack` writes them; `docs/policy-packs.md` walks through a whole one.
use base::AreaCode;

use crate::pack::PackLevel;

/// Path within the pack, and text; `{ID}` and the like stand for what the asker says.
const FILES: [(&str, &str); 7] = [
    ("pack.toml", include_str!("pack.toml")),
    ("clauses.csv", include_str!("clauses.csv")),
    ("params.toml", include_str!("params.toml")),
    ("facts.toml", include_str!("facts.toml")),
    ("registers/{ID}-bases.toml", include_str!("register.toml")),
    ("indicators/{ID}.toml", include_str!("indicators.toml")),
    ("plans/{ID}-plan.toml", include_str!("plan.toml")),
];
/// The plan of the new pack runs for so many years.
const YEARS: i16 = 3;
/// The longest id and name.
const LONGEST: usize = 40;

/// What a new pack is called and where it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPack {
    id: String,
    area: AreaCode,
    name: String,
    level: PackLevel,
    first_year: i16,
}

impl NewPack {
    /// A pack for an area; why not, in words, where the id, the name or the area will not do.
    pub fn new(id: &str, area: AreaCode, name: &str, first_year: i16) -> Result<Self, String> {
        let letters = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !letters || !id.starts_with(|c: char| c.is_ascii_lowercase()) || id.ends_with('-') || id.len() > LONGEST {
            return Err(format!("“{id}”不能作政策包的名称。请用小写字母开头，只用小写字母、数字和减号，例如 yunxi"));
        }
        // The name goes into TOML and CSV as it is.
        let odd = |c: char| c.is_control() || matches!(c, '"' | '\\' | ',' | '{' | '}');
        if name.trim().is_empty() || name.chars().count() > LONGEST || name.chars().any(odd) {
            return Err(format!("“{name}”不能作地区名称。请写地区的中文名称，例如 云溪市，不带引号、逗号和括号"));
        }
        let level = match area.as_str().len() {
            2 if area != AreaCode::nation() => PackLevel::Province,
            4 => PackLevel::City,
            6 => PackLevel::County,
            _ => return Err(format!("政策包属于省、市或县，{area} 不是。请写 2 位、4 位或 6 位行政区划代码")),
        };
        Ok(Self { id: id.to_owned(), area, name: name.trim().to_owned(), level, first_year })
    }

    /// Its files: path below the catalogue's root, and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let level = PackLevel::WORDS.iter().find(|(_, level)| *level == self.level).map_or("", |(word, _)| word);
        let words = [
            ("{ID}", self.id.clone()),
            ("{PARAM}", self.id.replace('-', "_")),
            ("{NAME}", self.name.clone()),
            ("{AREA}", self.area.to_string()),
            ("{LEVEL}", level.to_owned()),
            ("{FROM}", self.first_year.to_string()),
            ("{TO}", (self.first_year + YEARS - 1).to_string()),
        ];
        let fill = |text: &str| words.iter().fold(text.to_owned(), |text, (mark, word)| text.replace(mark, word));
        FILES.iter().map(|(path, text)| (format!("{}/{}", self.id, fill(path)), fill(text))).collect()
    }
}
