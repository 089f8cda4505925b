//! What a fact can be about (对象): one row of the fact table each.
use std::fmt;

/// A kind of subject.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// 登记的社会组织, ended ones included.
    Organization,
    /// 社区社会组织: filed ones, and registered ones that live in a community.
    CommunityOrganization,
    /// 城乡社区
    Community,
    /// 行政区划: every area of the dated tree, communities included.
    Area,
    /// 办件、案件
    Case,
    /// 人员
    Person,
    /// 名册中的一条记录; its facts are the register's fields (`incubation-bases.state`).
    Register(String),
}

impl Subject {
    const PLAIN: [(&'static str, Self); 6] = [
        ("organization", Self::Organization),
        ("community_organization", Self::CommunityOrganization),
        ("community", Self::Community),
        ("area", Self::Area),
        ("case", Self::Case),
        ("person", Self::Person),
    ];

    /// Reads `organization` or `register:incubation-bases`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(id) = text.strip_prefix("register:") {
            return (!id.is_empty()).then(|| Self::Register(id.to_owned()));
        }
        Self::PLAIN.iter().find(|(word, _)| *word == text).map(|(_, subject)| subject.clone())
    }

    /// The words used in files.
    pub fn words() -> Vec<&'static str> {
        Self::PLAIN.iter().map(|(word, _)| *word).chain(["register:名册"]).collect()
    }

    /// For people; a register is called by its id, which the caller may replace by its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Organization => "社会组织",
            Self::CommunityOrganization => "社区社会组织",
            Self::Community => "社区",
            Self::Area => "地区",
            Self::Case => "办件",
            Self::Person => "人员",
            Self::Register(id) => id,
        }
    }
}

impl fmt::Display for Subject {
    /// As files write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register(id) => write!(f, "register:{id}"),
            plain => {
                let word = Self::PLAIN.iter().find(|(_, subject)| subject == plain).map_or("", |(word, _)| word);
                f.write_str(word)
            }
        }
    }
}
