//! Officers (负责人、理事、监事) with terms.
use base::{Date, OrgId, PersonId};
use serde::{Deserialize, Serialize};

use crate::kind::words;

words! {
    /// The post held in an organization (职务).
    Post {
        /// 法定代表人
        LegalRepresentative = "legal_representative", "法定代表人";
        /// 会长、理事长、院长等主要负责人
        Head = "head", "主要负责人";
        /// 副会长、副理事长
        DeputyHead = "deputy_head", "副职负责人";
        /// 秘书长
        SecretaryGeneral = "secretary_general", "秘书长";
        /// 理事
        Director = "director", "理事";
        /// 监事、监事长
        Supervisor = "supervisor", "监事";
        /// 发起人、举办者
        Founder = "founder", "发起人";
        /// 党组织负责人
        PartySecretary = "party_secretary", "党组织负责人";
    }
}

impl Post {
    /// Whether the holder's full name is a public registered item. Only the legal representative's is (DESIGN §5, 社团条例 art 12);
    /// the others are shown by role with the name masked.
    pub fn name_is_public(self) -> bool {
        self == Self::LegalRepresentative
    }
}

/// One person's post in one organization, for one term.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Officer {
    /// The organization.
    pub org: OrgId,
    /// The person.
    pub person: PersonId,
    /// The person's name as registered; mask it with [`masked`] unless [`Post::name_is_public`].
    pub name: String,
    /// The post.
    pub post: Post,
    /// The post's own title where it differs: 理事长、院长.
    pub title: Option<String>,
    /// First day of the term.
    pub from: Date,
    /// Last day of the term where known.
    pub until: Option<Date>,
}

impl Officer {
    /// The name as the public may see it.
    pub fn public_name(&self) -> String {
        if self.post.name_is_public() { self.name.clone() } else { masked(&self.name) }
    }
}

/// 张三 → 张*, 欧阳小明 → 欧***: the first character stays, the rest becomes stars.
pub fn masked(name: &str) -> String {
    name.chars().enumerate().map(|(at, c)| if at == 0 { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_character_of_a_name_is_shown() {
        assert_eq!(masked("欧阳小明"), "欧***");
        assert_eq!(masked(""), "");
    }
}
