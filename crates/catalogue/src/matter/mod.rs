//! Matters (事项): everything an authority offers, as data. One file says who may apply, what is asked, what must be handed in,
//! who acts in what order and time, what follows and why; the applicant's form, the desks, the office guide, the deadlines and the
//! statistics all come from it. The format is described in `docs/matter-format.md`.

pub mod check;
pub mod effect;
pub mod form;
pub mod guide;
pub mod item;
pub mod part;
pub mod read;
pub mod routes;
pub mod step;
pub mod value;

use std::collections::BTreeSet;
use std::fmt;

use authority::Verb;
use serde::{Deserialize, Serialize};

pub use crate::condition::Condition;
pub use crate::problem::Citation;

pub use check::Known;
pub use effect::{Audience, Certificate, Effect, StateAxis};
pub use form::{CharterClause, Choice, Field, FieldKind, Page, PersonPart, Reference, Section};
pub use guide::{Guide, Question};
pub use item::Item;
pub use part::{
    About, Applicants, Check, CheckSeverity, Ending, EndingKind, Material, MaterialForm, MaterialSource, MatterKind,
    Moment, Opener, OrgKind, Promise, Slot, SlotPlace, TakenBy,
};
pub use routes::{Outcome, RouteAnswer, RouteQuestion, Routes};
pub use step::{
    Expiry, Extension, Given, Ground, Limit, Move, Next, Notice, Otherwise, Point, Seat, Start, Step, Suspension,
};
pub use value::{Amount, Bound, Need, TimeSpan};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From the word in the data.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The word in the data.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// A matter's name in the data: `found-association`.
    MatterId;
    /// A step's name in its matter.
    StepId;
    /// A field's name in its matter.
    FieldId;
    /// A section's name in its matter.
    SectionId;
    /// A material's name in its matter.
    MaterialId;
    /// An ending's name in its matter.
    EndingId;
    /// A slot's name in its matter.
    SlotId;
}

/// One matter as law and region define it on one day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// Its name in the data, never changed: `found-association`.
    pub id: MatterId,
    /// 事项编码
    pub code: String,
    /// 事项名称
    pub name: String,
    /// 事项类型
    pub kind: MatterKind,
    /// Portal group: 成立、变更、注销、年报…
    pub topic: String,
    /// One or two sentences that a person who has never done this understands.
    pub explain: String,
    /// 设定依据
    pub basis: Vec<Citation>,
    /// The policy clauses it serves (`000-08a`), for tracing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// Kinds of organization it is for; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub org_kinds: Vec<OrgKind>,
    /// What a case is about.
    pub about: About,
    /// Which authority takes it.
    pub taken_by: TakenBy,
    /// 申请主体
    pub applicants: Applicants,
    /// Offered only when this holds (facts of the organization).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<Condition>,
    /// 办事指南
    pub guide: Guide,
    /// The time for the whole case, from its start event to the ending; each step may have its own besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// 表单
    pub sections: Vec<Section>,
    /// 申请材料
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Material>,
    /// 校验
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The steps that open when the case is filed.
    pub first: Vec<StepId>,
    /// 环节
    pub steps: Vec<Step>,
    /// 办理结果
    pub endings: Vec<Ending>,
    /// 插槽
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
}

impl Matter {
    /// The step of that name.
    pub fn find_step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The ending of that name.
    pub fn find_ending(&self, id: &EndingId) -> Option<&Ending> {
        self.endings.iter().find(|ending| ending.id == *id)
    }

    /// The first ending of a kind.
    pub fn ending_of_kind(&self, kind: EndingKind) -> Option<&Ending> {
        self.endings.iter().find(|ending| ending.kind == kind)
    }

    /// The top-level field of that name.
    pub fn find_field(&self, id: &FieldId) -> Option<&Field> {
        self.fields().find(|field| field.id == *id)
    }

    /// The material of that name.
    pub fn find_material(&self, id: &MaterialId) -> Option<&Material> {
        self.materials.iter().find(|material| material.id == *id)
    }

    /// The section of that name.
    pub fn find_section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// All top-level fields in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// The sections the applicant fills.
    pub fn applicant_sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.by.is_applicant())
    }

    /// Every limit of the matter: of the whole case, the steps, and the corrections.
    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        let steps = self.steps.iter().flat_map(|step| {
            step.limit.iter().chain(step.moves.iter().filter_map(|offered| offered.correction.as_ref()))
        });
        self.limit.iter().chain(steps)
    }

    /// The names of the desks that take part.
    pub fn desks(&self) -> BTreeSet<&str> {
        self.steps.iter().map(|step| step.desk.as_str()).collect()
    }

    /// Whether any step offers this verb.
    pub fn offers(&self, verb: Verb) -> bool {
        self.steps.iter().any(|step| step.offers(verb).next().is_some())
    }
}
