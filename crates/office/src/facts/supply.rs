//! Who supplies which fact (由谁提供): every fact of the vocabulary that this platform fills in, in one table. What is not here is
//! somebody else's (`supply = "nobody"` in `catalogue/*/facts/`) and stays unknown; a test holds the two together.
use base::areas::Settlement;
use base::{AreaCode, AreaLevel, AreaTree, Date, Fen};
use catalogue::matter::MatterKind;
use catalogue::{Kind as ValueKind, Value};
use planning::table::Given;
use registry::{DirectClass, Kind, ManagementMode};

use super::items::Standing;

/// How a fact is made.
#[derive(Clone, Copy)]
pub(crate) enum By {
    /// From the versions of a legal person.
    Organization(fn(&Standing<'_>) -> Given),
    /// From the versions of a community organization, and the tree of areas.
    Community(fn(&Standing<'_>, &AreaTree) -> Given),
    /// From a case.
    Case(fn(&CaseSeen) -> Given),
    /// From the data quality issues that wait today; nobody can tell them of another day.
    Quality,
    /// From the dated tree of areas itself; the fact table has it from the start.
    Tree,
    /// From the authorities on file, those with delegated powers, and who has registered anybody.
    Registrars,
    /// From the register `area-figures`, under this name.
    Figure(&'static str),
    /// From the register `fast-developing-counties`.
    FastDeveloping,
}

/// The table. Fields of registers are facts too and need no line: `register-id.field-id` is what the record says.
pub(crate) const SUPPLIED: &[(&str, By)] = &[
    ("org.alive", By::Organization(|o| yes(o.alive))),
    ("org.charity", By::Organization(|o| yes(o.items.charity))),
    ("org.credit", By::Organization(|o| word(o.items.states.credit.as_str()))),
    ("org.data_complete", By::Quality),
    ("org.decoupled", By::Organization(|o| yes(is_decoupled(o)))),
    ("org.direct", By::Organization(|o| yes(o.items.management == ManagementMode::Direct))),
    ("org.ended_on", By::Organization(|o| o.ended_on.map_or(Given::Blank, date))),
    ("org.first_3a_on", By::Organization(|o| o.first[0].clone())),
    ("org.first_4a_on", By::Organization(|o| o.first[1].clone())),
    ("org.first_5a_on", By::Organization(|o| o.first[2].clone())),
    ("org.fundraising", By::Organization(|o| yes(o.items.fundraising))),
    ("org.funds", By::Organization(|o| o.items.capital.map_or(Given::Unknown, |fen| Given::Known(Value::Money(fen))))),
    ("org.grade", By::Organization(|o| Given::Known(Value::Int(o.items.grade.unwrap_or(0).into())))),
    ("org.industry", By::Organization(industry)),
    ("org.kind", By::Organization(|o| word(o.items.kind.as_str()))),
    ("org.level", By::Organization(level)),
    ("org.management", By::Organization(|o| word(o.items.management.as_str()))),
    ("org.new_field", By::Organization(|o| yes(o.items.new_field))),
    ("org.operation", By::Organization(|o| word(o.items.states.operation.as_str()))),
    ("org.party_members", By::Organization(|o| number(o.items.party_members))),
    ("org.registered_on", By::Organization(|o| o.items.registered_on.map_or(Given::Unknown, date))),
    ("org.registration", By::Organization(|o| word(o.items.states.registration.as_str()))),
    ("org.staff", By::Organization(|o| number(o.items.staff))),
    ("org.trade_association", By::Organization(trade_association)),
    ("org.volunteer", By::Organization(|o| yes(o.items.volunteer))),
    ("cso.alive", By::Community(|o, _| yes(o.alive))),
    ("cso.founded_on", By::Community(|o, _| o.items.registered_on.map_or(Given::Unknown, date))),
    ("cso.registered", By::Community(|o, _| yes(o.items.kind != Kind::Community))),
    ("cso.settlement", By::Community(settlement)),
    ("community.settlement", By::Tree),
    ("area.level", By::Tree),
    ("area.registrar", By::Registrars),
    ("area.population", By::Figure("population")),
    ("area.volunteers", By::Figure("volunteers")),
    ("area.volunteer_organizations", By::Figure("volunteer_organizations")),
    ("area.fast_developing", By::FastDeveloping),
    ("case.kind", By::Case(|case| word(case.kind))),
    ("case.closed", By::Case(|case| yes(case.closed_on.is_some()))),
    ("case.closed_on", By::Case(|case| case.closed_on.map_or(Given::Blank, date))),
];

/// The supplier of a fact.
pub(crate) fn find(fact: &str) -> Option<By> {
    SUPPLIED.iter().find(|(name, _)| *name == fact).map(|(_, by)| *by)
}

/// A case on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CaseSeen {
    /// The word of `case.kind`.
    pub kind: &'static str,
    /// When it ended, up to the day.
    pub closed_on: Option<Date>,
}

/// The word of `case.kind` for a kind of matter.
pub(crate) fn case_word(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Licence => "licence",
        MatterKind::Penalty | MatterKind::Coercion | MatterKind::Inspection => "enforcement",
        _ => "other",
    }
}

fn yes(truth: bool) -> Given {
    Given::Known(Value::Bool(truth))
}

fn date(day: Date) -> Given {
    Given::Known(Value::Date(day))
}

fn word(text: &str) -> Given {
    Given::Known(Value::Text(text.to_owned()))
}

fn number(count: Option<u32>) -> Given {
    count.map_or(Given::Unknown, |count| Given::Known(Value::Int(count.into())))
}

fn level(o: &Standing<'_>) -> Given {
    let Ok(registrar) = o.items.registrar.parse::<AreaCode>() else { return Given::Unknown };
    match registrar.level() {
        // No legal person is registered there; a record that says so is not believed.
        AreaLevel::Town | AreaLevel::Community => Given::Unknown,
        level => word(planning::level_word(level)),
    }
}

/// The section (门类) of GB/T 4754: its letter, written itself or implied by the division's two digits.
fn industry(o: &Standing<'_>) -> Given {
    let Some(code) = o.items.industry.as_deref().map(str::trim).filter(|code| !code.is_empty()) else {
        return Given::Unknown;
    };
    match code.as_bytes() {
        [letter @ b'A'..=b'T', ..] => word(&char::from(*letter).to_string()),
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => {
            let division = (tens - b'0') * 10 + (ones - b'0');
            let section = SECTIONS.iter().find(|(_, last)| division <= *last).filter(|_| division > 0);
            section.map_or(Given::Unknown, |(letter, _)| word(letter))
        }
        _ => Given::Unknown,
    }
}

/// Sections of GB/T 4754-2017, each with its last division.
const SECTIONS: [(&str, u8); 20] = [
    ("A", 5),
    ("B", 12),
    ("C", 43),
    ("D", 46),
    ("E", 50),
    ("F", 52),
    ("G", 60),
    ("H", 62),
    ("I", 65),
    ("J", 69),
    ("K", 70),
    ("L", 72),
    ("M", 75),
    ("N", 79),
    ("O", 82),
    ("P", 83),
    ("Q", 85),
    ("R", 90),
    ("S", 96),
    ("T", 97),
];

fn is_decoupled(o: &Standing<'_>) -> bool {
    o.items.management == ManagementMode::Decoupled || o.items.decoupled_on.is_some_and(|day| day <= o.day)
}

/// Registered as one, decoupled (only these are), or of the class 行业性团体 (9522). An association of which none of this is said may be
/// one or not.
fn trade_association(o: &Standing<'_>) -> Given {
    if o.items.kind != Kind::Association {
        return yes(false);
    }
    if is_decoupled(o) || o.items.direct_class == Some(DirectClass::IndustryAssociation) {
        return yes(true);
    }
    match (o.items.direct_class, o.items.industry.as_deref().map(|code| code.trim_start_matches('S'))) {
        (Some(_), _) => yes(false),
        (None, Some(code)) if code.starts_with("9522") => yes(true),
        // 9521, 9529: another sort of association. Everything else says nothing of the sort.
        (None, Some(code)) if code.starts_with("952") && code.len() == 4 => yes(false),
        _ => Given::Unknown,
    }
}

fn settlement(o: &Standing<'_>, tree: &AreaTree) -> Given {
    let home = o.items.domicile.as_deref().and_then(|code| code.parse::<AreaCode>().ok());
    match home.and_then(|code| tree.settlement(&code)).map(|fact| fact.settlement) {
        Some(Settlement::Urban) => word("urban"),
        Some(Settlement::Rural) => word("rural"),
        None => Given::Unknown,
    }
}

/// What a record of a register says in a field: numbers in the unit stored, several choices as a list. A field that was left empty is
/// known to be blank.
pub(crate) fn of_field(kind: ValueKind, said: Option<&serde_json::Value>) -> Given {
    let Some(said) = said.filter(|said| !casework::answers::is_blank(said)) else { return Given::Blank };
    let value = match kind {
        ValueKind::Bool => said.as_bool().map(Value::Bool),
        ValueKind::Int => said.as_i64().map(Value::Int),
        ValueKind::Money => said.as_i64().map(|fen| Value::Money(Fen(fen))),
        ValueKind::Date => said.as_str().and_then(|text| text.parse().ok()).map(Value::Date),
        // An organization is named by its id.
        ValueKind::Text => said.get("id").unwrap_or(said).as_str().map(|text| Value::Text(text.to_owned())),
        ValueKind::List => said
            .as_array()
            .map(|items| Value::List(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())),
    };
    value.map_or(Given::Unknown, Given::Known)
}
