//! One row of an imported table becomes an organization, or a rejection; whatever was odd is said with a suggestion.
use base::{AreaCode, Date, OrgId};
use serde::{Deserialize, Serialize};

use super::clean::{self, Cell};
use super::mapping::{Column, Mapping};
use crate::kind::{Kind, ManagementMode};
use crate::names::normalize;
use crate::organization::Organization;
use crate::state::{Operation, Registration};

/// How grave a fault is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Kept and flagged: becomes a data-quality issue.
    Flag,
    /// The row is not imported.
    Reject,
}

/// What is wrong with one cell or row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The item: a column's label.
    pub item: String,
    /// A short stable name for statistics and data-quality rules: `code_check`, `date_filler`.
    pub rule: String,
    /// Kept or rejected.
    pub severity: Severity,
    /// What is wrong, for people.
    pub reason: String,
    /// What to do.
    pub suggestion: String,
}

/// Where places and codes are looked up; `office` answers from the area tree.
pub trait Places {
    /// The area that a registrar's name speaks of: 浙江省民政厅 → 33, 民政部 → 100000.
    fn of_authority(&self, name: &str) -> Option<AreaCode>;
    /// The finest area that these names give, each possibly empty, and whether all of them were understood.
    fn of_names(&self, province: &str, city: &str, district: &str) -> Option<(AreaCode, bool)>;
    /// The finest area that an address begins with; `near` is where it is likely to be.
    fn of_address(&self, address: &str, near: Option<&AreaCode>) -> Option<AreaCode>;
    /// Whether a six-digit region is or was a real one.
    fn is_region(&self, six: &str) -> bool;
    /// What is wrong with a credit code: (grave, text) for each fault; empty when it is valid.
    fn code_faults(&self, code: &str) -> Vec<(bool, String)>;
}

/// What holds for the whole file.
#[derive(Clone, Debug)]
pub struct Context {
    /// The kind of every row where the file has no column for it.
    pub default_kind: Option<Kind>,
    /// The registrar where neither column nor code tells.
    pub default_registrar: Option<AreaCode>,
    /// Where the records come from; kept with each.
    pub source: String,
    /// The day of the import: nothing may be registered after it.
    pub today: Date,
}

/// What a row gave.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The organization, or none when the row is rejected.
    pub organization: Option<Organization>,
    /// 曾用名
    pub former_name: Option<String>,
    /// Everything odd about it.
    pub faults: Vec<Fault>,
}

/// Collects faults while a row is read.
struct Reader<'a> {
    mapping: &'a Mapping,
    cells: &'a [String],
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn text(&self, column: Column) -> Option<String> {
        clean::some_text(self.mapping.cell(self.cells, column))
    }

    fn flag(&mut self, column: Column, rule: &str, reason: impl Into<String>, suggestion: impl Into<String>) {
        self.push(column, rule, Severity::Flag, reason.into(), suggestion.into());
    }

    fn reject(&mut self, column: Column, rule: &str, reason: impl Into<String>, suggestion: impl Into<String>) {
        self.push(column, rule, Severity::Reject, reason.into(), suggestion.into());
    }

    fn push(&mut self, column: Column, rule: &str, severity: Severity, reason: String, suggestion: String) {
        self.faults.push(Fault {
            item: column.label().to_owned(),
            rule: rule.to_owned(),
            severity,
            reason,
            suggestion,
        });
    }

    /// The value of a cell; whatever is not plainly read is flagged.
    fn value<T>(&mut self, column: Column, cell: Cell<T>) -> Option<T> {
        match cell {
            Cell::Read(value) => Some(value),
            Cell::Guessed(value, why) => {
                self.flag(column, "guessed", why, "请对照登记档案核实后更正");
                Some(value)
            }
            Cell::Unknown(why) => {
                self.flag(column, "filler", why, "查到真实内容后补录");
                None
            }
            Cell::Wrong(why) => {
                self.flag(column, "unreadable", why, "更正后重新导入，或在数据质量中补录");
                None
            }
            Cell::Empty => None,
        }
    }
}

/// Reads one row. `id` becomes the organization's identity when it is accepted.
pub fn read_row(mapping: &Mapping, cells: &[String], context: &Context, places: &dyn Places, id: OrgId) -> Reading {
    let mut reader = Reader { mapping, cells, faults: Vec::new() };
    let former_name = reader.text(Column::FormerName);
    let name = read_name(&mut reader);
    let code = read_code(&mut reader, places);
    let kind = read_kind(&mut reader, context, code.as_deref(), name.as_deref());
    let registrar = read_registrar(&mut reader, context, places, code.as_deref());
    let (Some(name), Some(kind), Some(registrar)) = (name, kind, registrar) else {
        return Reading { organization: None, former_name, faults: reader.faults };
    };
    let mut organization = Organization::new(id, kind, name, registrar);
    organization.code = code;
    organization.source.clone_from(&context.source);
    fill(&mut organization, &mut reader, context, places);
    let rejected = reader.faults.iter().any(|fault| fault.severity == Severity::Reject);
    Reading { organization: (!rejected).then_some(organization), former_name, faults: reader.faults }
}

fn read_name(reader: &mut Reader<'_>) -> Option<String> {
    let Some(name) = reader.text(Column::Name) else {
        reader.reject(Column::Name, "name_missing", "没有名称", "补上登记证书上的全称");
        return None;
    };
    let length = name.chars().count();
    if !(2..=100).contains(&length) || normalize(&name).is_empty() {
        reader.reject(Column::Name, "name_unreadable", format!("“{name}”不像一个名称"), "补上登记证书上的全称");
        return None;
    }
    if name.chars().any(|c| c.is_ascii_digit()) {
        reader.flag(Column::Name, "name_digits", format!("名称“{name}”里有阿拉伯数字"), "对照登记证书核实名称");
    } else if length < 5 && kind_of_name(&name).is_none() {
        reader.flag(Column::Name, "name_short", format!("名称“{name}”可能不完整"), "对照登记证书核实名称");
    }
    Some(name)
}

fn read_code(reader: &mut Reader<'_>, places: &dyn Places) -> Option<String> {
    let Some(code) = reader.text(Column::Code).map(|code| code.to_uppercase()) else {
        if reader.text(Column::FilingNumber).is_none() {
            reader.flag(Column::Code, "code_missing", "没有统一社会信用代码", "查到代码后补录");
        }
        return None;
    };
    for (_, why) in places.code_faults(&code) {
        reader.flag(Column::Code, "code_check", why, "对照登记证书核实代码");
    }
    // A code of another length can never be looked up or shared: it is told, not kept.
    (code.chars().count() == 18 && code.is_ascii()).then_some(code)
}

fn read_kind(reader: &mut Reader<'_>, context: &Context, code: Option<&str>, name: Option<&str>) -> Option<Kind> {
    let by_code =
        code.filter(|code| code.starts_with('5')).and_then(|code| code.chars().nth(1)).and_then(Kind::of_class_digit);
    let by_column = reader.text(Column::Kind).and_then(|text| kind_of_words(&text));
    let by_name = name.and_then(kind_of_name);
    if let (Some(code_kind), Some(column_kind)) = (by_code, by_column)
        && code_kind != column_kind
    {
        let reason = format!("代码表示{}，类型栏写的是{}", code_kind.label(), column_kind.label());
        reader.flag(Column::Kind, "kind_conflict", reason, "对照登记证书核实类型");
    }
    let kind = by_column.or(by_code).or(context.default_kind).or(by_name);
    if kind.is_none() {
        reader.reject(Column::Kind, "kind_unknown", "看不出是哪一类社会组织", "增加“组织类型”一栏，或在导入时指定类型");
    }
    kind
}

fn kind_of_words(text: &str) -> Option<Kind> {
    if let Some(kind) = Kind::parse(text) {
        return Some(kind);
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["社区社会组织"]) {
        Some(Kind::Community)
    } else if has(&["民办非企业", "民非", "社会服务机构"]) {
        Some(Kind::ServiceInstitution)
    } else if has(&["基金会"]) {
        Some(Kind::Foundation)
    } else if has(&["社会团体", "社团"]) {
        Some(Kind::Association)
    } else {
        None
    }
}

/// Only the endings that one kind alone may bear (社会组织名称管理办法 art 8).
fn kind_of_name(name: &str) -> Option<Kind> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&["基金会"]) {
        Some(Kind::Foundation)
    } else if ends(&["协会", "学会", "商会", "研究会", "促进会", "联合会", "联谊会"]) {
        Some(Kind::Association)
    } else if ends(&["学校", "学院", "大学", "幼儿园", "医院", "服务中心", "养老院"]) {
        Some(Kind::ServiceInstitution)
    } else {
        None
    }
}

/// The authority named in the column, else the one in the code, else where it stands, else the file's default.
fn read_registrar(
    reader: &mut Reader<'_>,
    context: &Context,
    places: &dyn Places,
    code: Option<&str>,
) -> Option<AreaCode> {
    let named = reader.text(Column::Registrar);
    let by_name = named.as_deref().and_then(|name| places.of_authority(name));
    let region = code.and_then(|code| code.get(2..8)).filter(|region| places.is_region(region));
    let by_code: Option<AreaCode> = region.and_then(|region| region.parse().ok());
    if let (Some(name), None) = (&named, &by_name) {
        let reason = format!("认不出登记管理机关“{name}”");
        reader.flag(Column::Registrar, "registrar_unreadable", reason, "写全称，如“辽宁省民政厅”");
    }
    if by_name.is_some() {
        return by_name;
    }
    if by_code.is_some() {
        reader.flag(Column::Registrar, "registrar_from_code", "登记管理机关由代码第 3 至 8 位推定", "核实后补录");
        return by_code;
    }
    let text = |column| reader.text(column).unwrap_or_default();
    let place = places.of_names(&text(Column::Province), &text(Column::City), &text(Column::District));
    let assumed = place.map(|(place, _)| province_of(&place)).or_else(|| context.default_registrar.clone());
    if assumed.is_some() {
        reader.flag(Column::Registrar, "registrar_assumed", "登记管理机关未知，暂按所在省", "核实后补录");
    } else {
        reader.reject(
            Column::Registrar,
            "registrar_unknown",
            "不知道由哪个机关登记",
            "补上登记管理机关或统一社会信用代码",
        );
    }
    assumed
}

fn province_of(area: &AreaCode) -> AreaCode {
    area.ancestry().into_iter().rev().nth(1).unwrap_or_else(|| area.clone())
}

fn fill(organization: &mut Organization, reader: &mut Reader<'_>, context: &Context, places: &dyn Places) {
    organization.registrar_name = reader.text(Column::Registrar);
    organization.filing_number = reader.text(Column::FilingNumber);
    organization.legal_representative = reader.text(Column::LegalRepresentative);
    organization.scope = reader.text(Column::Scope);
    organization.purpose = reader.text(Column::Purpose);
    if let Some(school) = reader.text(Column::SchoolCode) {
        organization.identifiers.insert("学校标识码".to_owned(), school);
    }
    fill_supervisor(organization, reader);
    fill_dates(organization, reader, context);
    let in_wan = reader.mapping.in_wan(Column::Capital);
    let money = clean::money(reader.mapping.cell(reader.cells, Column::Capital), in_wan);
    organization.capital = reader.value(Column::Capital, money);
    organization.grade = reader.text(Column::Grade).and_then(|grade| grade_of(&grade));
    fill_place(organization, reader, places);
    fill_state(organization, reader);
}

/// 直接登记 stands in the supervisor's column of many tables; 无 means that nobody knows or nobody is.
fn fill_supervisor(organization: &mut Organization, reader: &mut Reader<'_>) {
    match reader.text(Column::Supervisor) {
        Some(text) if text.contains("直接登记") => organization.management = ManagementMode::Direct,
        Some(text) => organization.supervisor_name = Some(text),
        None => {}
    }
}

fn fill_dates(organization: &mut Organization, reader: &mut Reader<'_>, context: &Context) {
    let registered = clean::day(reader.mapping.cell(reader.cells, Column::RegisteredOn));
    organization.registered_on = reader.value(Column::RegisteredOn, registered);
    if organization.registered_on.is_none() && reader.text(Column::RegisteredOn).is_none() {
        reader.flag(Column::RegisteredOn, "registered_on_missing", "没有成立登记日期", "查到后补录");
    }
    if organization.registered_on.is_some_and(|date| date > context.today) {
        let reason = format!("成立登记日期 {} 晚于今天", organization.registered_on.unwrap_or(context.today));
        reader.flag(Column::RegisteredOn, "registered_in_future", reason, "核实后更正");
        organization.registered_on = None;
    }
    let ended = clean::day(reader.mapping.cell(reader.cells, Column::EndedOn));
    organization.ended_on = reader.value(Column::EndedOn, ended);
    let period = reader.mapping.cell(reader.cells, Column::CertificateUntil);
    organization.certificate_until = reader.value(Column::CertificateUntil, clean::interval_end(period));
    if let (Cell::Read(from), Some(until)) = (clean::interval_start(period), organization.certificate_until)
        && from >= until
    {
        reader.flag(
            Column::CertificateUntil,
            "period_empty",
            format!("证书有效期从 {from} 到 {until}，起止颠倒或相同"),
            "对照登记证书核实",
        );
    }
}

fn fill_place(organization: &mut Organization, reader: &mut Reader<'_>, places: &dyn Places) {
    let address = reader.text(Column::Address);
    organization.address = address.map(|text| text.trim_end_matches(['。', ',', '，', '、', ';', '；']).to_owned());
    if organization.address.as_deref().is_some_and(|text| ["正常", "注销", "撤销"].contains(&text)) {
        reader.flag(Column::Address, "address_is_status", "住所栏里写的是状态", "查到住所后补录");
        organization.address = None;
    }
    let text = |column| reader.text(column).unwrap_or_default();
    let by_code = reader.text(Column::Area).and_then(|code| code.parse().ok());
    let names = (text(Column::Province), text(Column::City), text(Column::District));
    let by_names = places.of_names(&names.0, &names.1, &names.2);
    let near = by_names.as_ref().map_or(&organization.registrar, |(area, _)| area).clone();
    let by_address = organization.address.as_deref().and_then(|address| places.of_address(address, Some(&near)));
    if !(names.1.is_empty() && names.2.is_empty()) && by_names.as_ref().is_none_or(|(_, complete)| !complete) {
        let reason = format!("认不出区划“{}{}{}”", names.0, names.1, names.2);
        reader.flag(Column::District, "district_unreadable", reason, "按行政区划的全称更正");
    }
    let by_names = by_names.map(|(area, _)| area);
    let finest =
        [by_code, by_names, by_address].into_iter().flatten().max_by_key(|area: &AreaCode| area.as_str().len());
    organization.domicile = finest.filter(|area| area.level() != base::AreaLevel::Nation);
}

fn fill_state(organization: &mut Organization, reader: &mut Reader<'_>) {
    let Some(text) = reader.text(Column::Status) else { return };
    let registration = match text.as_str() {
        "正常" | "registered" | "已登记" | "已备案" | "存续" => Registration::Registered,
        "注销" | "已注销" | "deregistered" => Registration::Deregistered,
        "撤销" | "已撤销" | "撤销登记" | "已撤销登记" | "吊销" | "revoked" => Registration::Revoked,
        "清算" | "清算中" | "liquidating" => Registration::Liquidating,
        other => {
            reader.flag(
                Column::Status,
                "status_unreadable",
                format!("认不出登记状态“{other}”，暂按正常"),
                "核实后更正",
            );
            Registration::Registered
        }
    };
    organization.states.registration = registration;
    if !registration.is_live() {
        organization.states.operation = Operation::Ceased;
    }
}

/// `3A`, `AAA`, `5A级` → 3, 3, 5.
fn grade_of(text: &str) -> Option<u8> {
    let letters = text.chars().filter(|c| c.eq_ignore_ascii_case(&'a')).count();
    let digit = text.chars().find(char::is_ascii_digit).and_then(|c| c.to_digit(10));
    let grade = digit.unwrap_or(letters as u32);
    (letters > 0 && (1..=5).contains(&grade)).then_some(grade as u8)
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
