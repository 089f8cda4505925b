//! Kinds of organization and ways they are managed. Closed lists: they are fixed by the three regulations and GB 32100.
use serde::{Deserialize, Serialize};

/// A closed list stored as short text, with a Chinese label.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order people list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// How it is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What people call it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Reads the stored form.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The kind of organization (组织类型).
    Kind {
        /// 社会团体, GB 32100 class 51.
        Association = "association", "社会团体";
        /// 社会服务机构（民办非企业单位）, class 52.
        ServiceInstitution = "service_institution", "社会服务机构";
        /// 基金会, class 53.
        Foundation = "foundation", "基金会";
        /// 社区社会组织, filed only (备案), no credit code.
        Community = "community", "社区社会组织";
    }
}

impl Kind {
    /// The second character of its credit code (机构类别代码), or none for filed bodies.
    pub fn class_digit(self) -> Option<char> {
        match self {
            Self::Association => Some('1'),
            Self::ServiceInstitution => Some('2'),
            Self::Foundation => Some('3'),
            Self::Community => None,
        }
    }

    /// The kind that a credit code's class digit names.
    pub fn of_class_digit(digit: char) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.class_digit() == Some(digit))
    }

    /// What its money is called: 活动资金, 开办资金, 原始基金 (regulations: 社团 art 12, 民非 art 12, 基金会 art 11).
    pub fn capital_label(self) -> &'static str {
        match self {
            Self::Association => "活动资金",
            Self::Foundation => "原始基金",
            Self::ServiceInstitution | Self::Community => "开办资金",
        }
    }
}

words! {
    /// Who stands behind the registration (管理方式).
    ManagementMode {
        /// 双重管理: registrar and business supervisor.
        Dual = "dual", "双重管理";
        /// 直接登记: no business supervisor.
        Direct = "direct", "直接登记";
        /// 已脱钩: an association separated from its supervisor.
        Decoupled = "decoupled", "已脱钩";
        /// 备案管理: filed community organizations.
        Filed = "filed", "备案管理";
    }
}

words! {
    /// The four classes that may register directly (中办发〔2016〕46号; clauses 000-I.3a, 002-09a).
    DirectClass {
        /// 行业协会商会类
        IndustryAssociation = "industry_association", "行业协会商会类";
        /// 科技类
        ScienceTechnology = "science_technology", "科技类";
        /// 公益慈善类
        Charity = "charity", "公益慈善类";
        /// 城乡社区服务类
        CommunityService = "community_service", "城乡社区服务类";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
        }
        for class in DirectClass::ALL {
            assert_eq!(serde_json::to_string(class).unwrap(), format!("\"{class}\""));
        }
        assert_eq!(Kind::of_class_digit('3'), Some(Kind::Foundation));
        assert_eq!(Kind::of_class_digit('9'), None);
    }
}
