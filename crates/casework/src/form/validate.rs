//! Judging typed answers: one validator per kind of field, each with a sentence that says how to put it right.
use base::{AreaCode, CitizenNumber, CreditCode, Date, Fen};
use catalogue::matter::{Bound, Field, FieldKind, Need, PersonPart, Section};
use catalogue::{Facts, Tri, Value};
use serde_json::Value as Json;

use super::FieldFault;
use crate::act::Rules;
use crate::answers::{Answers, CaseFacts, RowFacts, is_blank};

/// A text field without a `max` of its own holds at most so many characters.
const TEXT_MAX: i64 = 200;
/// The same for long texts.
const LONG_TEXT_MAX: i64 = 20_000;
/// Any field holds at most this, in its own unit, so that arithmetic on answers stays far from overflow.
const MOST: i64 = 1_000_000_000_000_000;

impl Rules<'_> {
    /// Everything wrong with the answers of the sections chosen. Hidden sections and fields are passed over.
    pub fn form_faults(&self, facts: &CaseFacts<'_>, which: impl Fn(&Section) -> bool) -> Vec<FieldFault> {
        let mut judge = Judge { rules: self, facts, row: None, faults: Vec::new() };
        for section in self.matter.sections.iter().filter(|section| which(section)) {
            if judge.shown(section.visible.as_ref()) {
                for field in &section.fields {
                    judge.field(field, field.id.as_str(), facts.answers.find(field.id.as_str()));
                }
            }
        }
        judge.faults
    }

    /// Everything wrong with the fields of one page.
    pub fn page_faults(&self, facts: &CaseFacts<'_>, fields: &[&Field]) -> Vec<FieldFault> {
        let mut judge = Judge { rules: self, facts, row: None, faults: Vec::new() };
        for field in fields {
            judge.field(field, field.id.as_str(), facts.answers.find(field.id.as_str()));
        }
        judge.faults
    }

    /// Whether a section or field is shown; what cannot be judged is shown.
    pub fn shown(&self, visible: Option<&catalogue::Condition>, facts: &dyn Facts) -> bool {
        visible.is_none_or(|visible| visible.evaluate(&self.context(facts)) != Tri::False)
    }

    /// The answers without those to hidden fields and without fields the matter does not know.
    pub fn without_hidden(&self, facts: &CaseFacts<'_>) -> Answers {
        let mut kept = Answers::default();
        for section in self.matter.sections.iter().filter(|section| self.shown(section.visible.as_ref(), facts)) {
            for field in section.fields.iter().filter(|field| self.shown(field.visible.as_ref(), facts)) {
                if let Some(answer) = facts.answers.find(field.id.as_str()) {
                    kept.put(field.id.as_str(), answer.clone());
                }
            }
        }
        kept
    }
}

struct Judge<'a> {
    rules: &'a Rules<'a>,
    facts: &'a CaseFacts<'a>,
    /// The row a column is judged in: its conditions may name the other columns by their bare ids.
    row: Option<RowFacts<'a>>,
    faults: Vec<FieldFault>,
}

impl Judge<'_> {
    fn shown(&self, visible: Option<&catalogue::Condition>) -> bool {
        match &self.row {
            Some(row) => self.rules.shown(visible, row),
            None => self.rules.shown(visible, self.facts),
        }
    }

    fn needed(&self, need: &Need) -> bool {
        match &self.row {
            Some(row) => self.rules.needed(need, row),
            None => self.rules.needed(need, self.facts),
        }
    }

    fn say(&mut self, name: &str, field: &Field, message: impl Into<String>, next: impl Into<String>) {
        self.faults.push(FieldFault::new(name, &field.label, message, next));
    }

    fn field(&mut self, field: &Field, name: &str, answer: Option<&Json>) {
        if !self.shown(field.visible.as_ref()) {
            return;
        }
        let Some(answer) = answer.filter(|answer| !is_blank(answer)) else {
            if self.needed(&field.required) {
                let next = match field.kind {
                    FieldKind::Choice | FieldKind::MultiChoice | FieldKind::YesNo | FieldKind::Area => "请选择",
                    FieldKind::File => "请上传",
                    FieldKind::Group => "请至少填写一行",
                    FieldKind::Declaration => "请阅读后勾选",
                    _ => "请填写",
                };
                self.say(name, field, "这一项还没有填写", next);
            }
            return;
        };
        match field.kind {
            FieldKind::Text | FieldKind::Address | FieldKind::Name => self.text(field, name, answer, TEXT_MAX),
            FieldKind::LongText => self.text(field, name, answer, LONG_TEXT_MAX),
            FieldKind::Integer | FieldKind::Money | FieldKind::Percent | FieldKind::Year => {
                self.number(field, name, answer);
            }
            FieldKind::Date => self.date(field, name, answer),
            FieldKind::YesNo => self.yes_no(field, name, answer, false),
            FieldKind::Declaration => self.yes_no(field, name, answer, self.needed(&field.required)),
            FieldKind::Choice => self.choice(field, name, answer),
            FieldKind::MultiChoice => self.choices(field, name, answer),
            FieldKind::Area => self.area(field, name, answer),
            FieldKind::Person => self.person(field, name, answer),
            FieldKind::Group => self.group(field, name, answer),
            FieldKind::Organization => self.organization(field, name, answer),
            FieldKind::CreditCode => self.credit_code(field, name, answer),
            FieldKind::IdNumber => self.id_number(field, name, answer.as_str()),
            FieldKind::Phone => self.phone(field, name, answer.as_str()),
            FieldKind::Email => self.email(field, name, answer),
            FieldKind::Website => self.website(field, name, answer),
            FieldKind::File => self.files(field, name, answer),
            FieldKind::Charter => self.charter(field, name, answer),
        }
    }

    fn text(&mut self, field: &Field, name: &str, answer: &Json, most: i64) {
        let Some(text) = answer.as_str() else { return self.unreadable(field, name) };
        let length = text.chars().count() as i64;
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.say(name, field, "有看不见的特殊字符", "请删去后重新填写");
        }
        self.bounds(field, name, length, most, |count| format!("{count} 个字"));
    }

    fn number(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(number) = answer.as_i64() else { return self.unreadable(field, name) };
        let kind = field.kind;
        let unit = field.unit.clone();
        self.bounds(field, name, number, MOST, |number| match kind {
            FieldKind::Money => Fen(number).plain(),
            FieldKind::Percent => format!("{}%", Fen(number)),
            FieldKind::Year => format!("{number} 年"),
            _ if unit.is_empty() => number.to_string(),
            _ => format!("{number} {unit}"),
        });
    }

    /// The bound in the answer's unit: fen for money, ten-thousandths for percent.
    fn bound(&self, field: &Field, bound: Option<&Bound>) -> Option<i64> {
        let scale = if matches!(field.kind, FieldKind::Money | FieldKind::Percent) { 100 } else { 1 };
        match bound? {
            Bound::Number(number) => number.checked_mul(scale),
            Bound::Param(reference) => match &self.rules.params.find(&reference.param)?.value {
                Value::Money(fen) => Some(fen.0),
                Value::Int(number) => number.checked_mul(scale),
                _ => None,
            },
            Bound::YearsAgo(_) | Bound::Today(_) | Bound::Day(_) => None,
        }
    }

    fn bounds(&mut self, field: &Field, name: &str, value: i64, most: i64, words: impl Fn(i64) -> String) {
        let (min, max) = (self.bound(field, field.min.as_ref()), self.bound(field, field.max.as_ref()));
        let max = max.unwrap_or(most);
        if let Some(min) = min.filter(|min| value < *min) {
            let message = own_words(field, || format!("少于 {}", words(min)));
            self.say(name, field, message, format!("请填写不少于 {}", words(min)));
        }
        if value > max {
            let message = own_words(field, || format!("超过 {}", words(max)));
            self.say(name, field, message, format!("请填写不超过 {}", words(max)));
        }
    }

    fn date(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(day) = answer.as_str().and_then(|text| text.parse::<Date>().ok()) else {
            return self.say(name, field, "不是有效的日期", "请填写日期，如 2026-11-21");
        };
        let today = self.facts.today;
        let limit = |bound: Option<&Bound>| match bound? {
            Bound::Day(day) => Some(*day),
            Bound::Today(offset) => {
                Some(today.saturating_add(jiff::Span::new().days(offset.today.clamp(-3_000_000, 3_000_000))))
            }
            Bound::YearsAgo(ago) => Some(today.saturating_sub(jiff::Span::new().years(ago.years_ago.clamp(0, 9_000)))),
            Bound::Number(_) | Bound::Param(_) => None,
        };
        if let Some(min) = limit(field.min.as_ref()).filter(|min| day < *min) {
            self.say(name, field, own_words(field, || format!("早于 {min}")), format!("请填写 {min} 或者以后的日期"));
        }
        if let Some(max) = limit(field.max.as_ref()).filter(|max| day > *max) {
            self.say(name, field, own_words(field, || format!("晚于 {max}")), format!("请填写 {max} 或者以前的日期"));
        }
    }

    fn yes_no(&mut self, field: &Field, name: &str, answer: &Json, must: bool) {
        match answer.as_bool() {
            None => self.unreadable(field, name),
            Some(false) if must => self.say(name, field, "还没有同意这一声明", "请阅读后勾选"),
            Some(_) => {}
        }
    }

    fn choice(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(value) = answer.as_str() else { return self.unreadable(field, name) };
        if !field.choices.iter().any(|choice| choice.value == value) {
            self.say(name, field, "不是列表中的选项", "请从列表中选择");
        }
    }

    fn choices(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(items) = answer.as_array() else { return self.unreadable(field, name) };
        for item in items {
            self.choice(field, name, item);
        }
        self.bounds(field, name, items.len() as i64, MOST, |count| format!("{count} 项"));
    }

    fn area(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(area) = answer.as_str().and_then(|text| text.parse::<AreaCode>().ok()) else {
            return self.say(name, field, "不是有效的行政区划", "请从列表中选择");
        };
        if field.area_level.is_some_and(|level| area.level() < level) {
            let level = match field.area_level {
                Some(base::AreaLevel::Province) => "省",
                Some(base::AreaLevel::City) => "市",
                Some(base::AreaLevel::County) => "县（市、区）",
                Some(base::AreaLevel::Town) => "街道（乡镇）",
                _ => "社区（村）",
            };
            self.say(name, field, format!("没有选到{level}"), format!("请一直选到{level}"));
        }
    }

    fn person(&mut self, field: &Field, name: &str, answer: &Json) {
        let part =
            |key: PersonPart| answer.get(key.key()).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
        let abroad = part(PersonPart::Nationality).is_some_and(|nation| !matches!(nation, "中国" | "CHN" | "156"));
        for asked in field.person_parts() {
            let path = format!("{name}.{}", asked.key());
            let label = Field { label: format!("{}：{}", field.label, asked.label()), ..field.clone() };
            match (asked, part(*asked)) {
                (_, None) => self.say(&path, &label, "这一项还没有填写", "请填写"),
                (PersonPart::IdNumber, Some(text)) if !abroad => self.id_number(&label, &path, Some(text)),
                (PersonPart::Phone, Some(text)) => self.phone(&label, &path, Some(text)),
                (PersonPart::Birth, Some(text)) if text.parse::<Date>().is_err() => {
                    self.say(&path, &label, "不是有效的日期", "请填写日期，如 1980-05-01");
                }
                (_, Some(text)) if text.chars().count() as i64 > TEXT_MAX => {
                    self.say(&path, &label, format!("超过 {TEXT_MAX} 个字"), "请写得短一些");
                }
                _ => {}
            }
        }
    }

    fn group(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(rows) = answer.as_array() else { return self.unreadable(field, name) };
        self.bounds(field, name, rows.len() as i64, MOST, |count| format!("{count} 行"));
        for (number, row) in rows.iter().enumerate() {
            let facts = RowFacts { whole: self.facts, columns: &field.fields, row };
            let mut judge = Judge { rules: self.rules, facts: self.facts, row: Some(facts), faults: Vec::new() };
            for column in &field.fields {
                judge.field(column, &format!("{name}.{number}.{}", column.id), row.get(column.id.as_str()));
            }
            self.faults.append(&mut judge.faults);
        }
    }

    fn organization(&mut self, field: &Field, name: &str, answer: &Json) {
        let id = answer.get("id").and_then(Json::as_str).unwrap_or_default();
        if id.parse::<base::OrgId>().is_err() {
            self.say(name, field, "没有选定单位", "请输入名称查找，再从列表中选择");
        }
    }

    fn credit_code(&mut self, field: &Field, name: &str, answer: &Json) {
        let faults = CreditCode::validate(answer.as_str().unwrap_or_default());
        if let Some(fault) = faults.first() {
            self.say(name, field, fault.to_string(), "请对照证书逐位核对");
        }
    }

    fn id_number(&mut self, field: &Field, name: &str, answer: Option<&str>) {
        if let Err(fault) = CitizenNumber::parse(answer.unwrap_or_default(), self.facts.today) {
            self.say(name, field, fault.to_string(), "请对照身份证逐位核对");
        }
    }

    fn phone(&mut self, field: &Field, name: &str, answer: Option<&str>) {
        let text = answer.unwrap_or_default();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let signs = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '(' | ')' | '（' | '）'));
        let mobile = text.len() == 11 && text.starts_with('1') && digits == 11;
        // Fixed lines: area code of 3 or 4 and 7 or 8 digits; 12345 and 400 numbers; numbers from abroad with a plus.
        if !signs || !(mobile || (5..=16).contains(&digits)) || (text.starts_with('1') && digits > 11) {
            self.say(name, field, "不是有效的电话号码", "请填写 11 位手机号，或者区号加座机号，如 024-12345678");
        }
    }

    fn email(&mut self, field: &Field, name: &str, answer: &Json) {
        if !catalogue::condition::Pattern::Email.fits(answer.as_str().unwrap_or_default()) {
            self.say(name, field, "不是有效的电子邮箱", "请填写如 name@example.cn");
        }
    }

    fn website(&mut self, field: &Field, name: &str, answer: &Json) {
        let text = answer.as_str().unwrap_or_default();
        let host = text.trim_start_matches("https://").trim_start_matches("http://");
        if !host.contains('.') || host.contains(char::is_whitespace) || host.contains("://") || text.len() > 500 {
            self.say(name, field, "不是有效的网址", "请填写如 https://www.example.cn");
        }
    }

    fn files(&mut self, field: &Field, name: &str, answer: &Json) {
        let Some(files) = answer.as_array() else { return self.unreadable(field, name) };
        if files.iter().any(|file| file.as_str().is_none_or(|id| id.parse::<base::FileId>().is_err())) {
            self.say(name, field, "有文件没有上传成功", "请重新上传");
        }
        self.bounds(field, name, files.len() as i64, MOST, |count| format!("{count} 个文件"));
    }

    fn charter(&mut self, field: &Field, name: &str, answer: &Json) {
        for clause in field.clauses.iter().filter(|clause| clause.required) {
            if answer.get(clause.id.as_str()).is_none_or(is_blank) {
                let path = format!("{name}.{}", clause.id);
                let label = Field { label: format!("{}：{}", field.label, clause.title), ..field.clone() };
                self.say(&path, &label, "这一条还没有填写", "请在示范文本的基础上填写");
            }
        }
        // Line ends and blanks at the edges come from browsers, not from people.
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        for clause in field.clauses.iter().filter(|clause| clause.fixed) {
            let given = answer.get(clause.id.as_str()).and_then(Json::as_str).unwrap_or_default();
            if !given.trim().is_empty() && plain(given) != plain(&clause.model) {
                let path = format!("{name}.{}", clause.id);
                let label = Field { label: format!("{}：{}", field.label, clause.title), ..field.clone() };
                self.say(&path, &label, "这一条是规定的内容，不能改动", "请恢复示范文本的原文");
            }
        }
    }

    fn unreadable(&mut self, field: &Field, name: &str) {
        self.say(name, field, "填写的内容读不出来", "请重新填写");
    }
}

/// The field's own message, or the made one.
fn own_words(field: &Field, made: impl Fn() -> String) -> String {
    if field.message.is_empty() { made() } else { field.message.clone() }
}
