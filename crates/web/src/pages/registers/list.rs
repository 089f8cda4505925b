//! A register as a list: what it is narrowed by, its table, what can be done with it. The same for desks and for everybody.
use askama::Template;
use base::{AreaCode, RecordId};
use catalogue::Register;
use catalogue::matter::FieldKind;
use office::registers::read::{COUNTED, is_overdue};
use office::registers::{Ask, RecordPage};
use store::records::Order;

use crate::page::Link;
use crate::pages::sheet::Select;
use crate::parts::{Banner, Cell, Column, Label, Opt, Table, TextField, Tone};
use crate::site::Site;
use crate::{Form, WebError};

/// Records of a page.
pub(super) const PAGE: usize = 30;

/// The page.
#[derive(Template)]
#[template(path = "pages/registers/list.html")]
pub(super) struct ListPage {
    pub title: String,
    pub explain: String,
    pub place: String,
    pub banner: Option<Banner>,
    pub ways: Vec<Link>,
    pub home: String,
    pub narrow: Vec<String>,
    pub clear: bool,
    pub table: Table,
    pub first: Option<String>,
    pub next: Option<String>,
}

/// Reads what a list asks for. Unknown names are left out, values that cannot be read are refused.
pub(super) fn read_ask(register: &Register, query: &Form) -> Result<Ask, WebError> {
    let area = Some(query.text("area")).filter(|area| !area.is_empty()).map(str::parse::<AreaCode>).transpose();
    let area =
        area.map_err(|_| WebError::invalid("行政区划代码读不懂。").field("area", "应为 2、4、6、9 或 12 位数字"))?;
    let after = Some(query.text("after")).filter(|after| !after.is_empty()).map(str::parse::<RecordId>).transpose();
    let after =
        after.map_err(|_| WebError::invalid("翻页位置读不懂，请从第一页重新开始。").field("after", "翻页位置无效"))?;
    let fields = register.filter.iter().map(|name| (name.clone(), query.text(&format!("f.{name}")).to_owned()));
    let order = match query.text("sort") {
        "title" => Order::Title,
        "oldest" => Order::Oldest,
        _ => Order::Newest,
    };
    let which = query.text("which");
    let known = ["ended", "withdrawn", "overdue", "all"].contains(&which);
    Ok(Ask {
        area,
        fields: fields.filter(|(_, value)| !value.is_empty()).collect(),
        q: query.text("q").to_owned(),
        which: if known { which.to_owned() } else { String::new() },
        order,
        after,
    })
}

/// The address of the list with what it asks, one pair changed.
pub(super) fn address(home: &str, query: &Form, name: &str, value: &str) -> String {
    let kept =
        query.0.iter().filter(|(key, value)| key != name && key != "after" && key != "done" && !value.is_empty());
    let mut pairs: Vec<(&str, &str)> = kept.map(|(key, value)| (key.as_str(), value.as_str())).collect();
    if !value.is_empty() {
        pairs.push((name, value));
    }
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if text.is_empty() { home.to_owned() } else { format!("{home}?{text}") }
}

/// The filters above a list, as HTML.
pub(super) fn narrowing(
    site: &Site,
    register: &Register,
    ask: &Ask,
    (open, areas): (bool, &[AreaCode]),
) -> Vec<String> {
    let mut parts = Vec::new();
    let select = |name: &str, text: &str, options: Vec<Opt>, value: String| {
        Select { label: Label::new(name, text), options, value }.to_string()
    };
    parts.push(
        TextField { width: 20, ..TextField::new(Label::new("q", "名称里有").optional(), ask.q.clone()) }.to_string(),
    );
    for name in &register.filter {
        let Some(field) = register.find_field(name).filter(|field| !open || (field.public && !field.is_personal()))
        else {
            continue;
        };
        let options: Vec<Opt> = match field.kind {
            FieldKind::YesNo => vec![Opt::new("yes", "是"), Opt::new("no", "否")],
            _ => field.choices.iter().map(|choice| Opt::new(choice.value.clone(), choice.label.clone())).collect(),
        };
        let value = ask.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        if !options.is_empty() {
            parts.push(select(&format!("f.{name}"), &field.label, options, value.unwrap_or_default()));
        }
    }
    let mut which = vec![Opt::new("ended", "已结束")];
    if !open {
        which.push(Opt::new("withdrawn", "已撤销"));
        which.push(Opt::new("all", "全部"));
    }
    if register.course.as_ref().is_some_and(|course| course.due.is_some()) {
        which.insert(0, Opt::new("overdue", "逾期"));
    }
    parts.push(select("which", "只看（不选为有效的）", which, ask.which.clone()));
    if open {
        let label = Label::new("area", "行政区划代码").hint("如 21、2101、210102；不填看全国").optional();
        let value = ask.area.as_ref().map(ToString::to_string).unwrap_or_default();
        parts.push(TextField { width: 20, keyboard: "numeric", ..TextField::new(label, value) }.to_string());
    } else {
        let today = site.office.clock.today();
        let mut options: Vec<Opt> = Vec::new();
        for area in areas {
            options.push(Opt::new(area.as_str(), site.office.areas.full_name_at(area, today)));
            let below = site.office.areas.children_at(area, today);
            options.extend(below.iter().map(|one| Opt::new(one.code().as_str(), one.name_at(today))));
        }
        let value = ask.area.as_ref().map(ToString::to_string).unwrap_or_default();
        if options.len() > 1 {
            parts.push(select("area", "地区", options, value));
        }
    }
    parts
}

/// The table of a page of records.
pub(super) fn table(
    site: &Site,
    register: &Register,
    page: &RecordPage,
    (home, query, open): (&str, &Form, bool),
    ask: &Ask,
) -> Table {
    let today = site.office.clock.today();
    let fields = site.office.columns(register, open);
    let sorted = |to: &str| Some(address(home, query, "sort", to));
    let mut columns: Vec<Column> = fields
        .iter()
        .map(|field| Column {
            text: field.label.clone(),
            number: matches!(field.kind, FieldKind::Integer | FieldKind::Money | FieldKind::Percent),
            sort: if field.id == register.title_field { sorted("title") } else { None },
            sorted: if field.id == register.title_field && ask.order == Order::Title { "ascending" } else { "" },
        })
        .collect();
    columns.push(Column {
        text: "自".to_owned(),
        sort: sorted(if ask.order == Order::Newest { "oldest" } else { "newest" }),
        sorted: match ask.order {
            Order::Newest => "descending",
            Order::Oldest => "ascending",
            Order::Title => "",
        },
        number: false,
    });
    columns.push(Column::new("情况"));
    let rows = page.items.iter().zip(&page.cells).map(|(record, cells)| {
        let said = |(at, text): (usize, &String)| {
            if at == 0 {
                let text = if text.is_empty() { record.title.clone() } else { text.clone() };
                return Cell::link(text, format!("{home}/{}", record.id));
            }
            Cell::new(text.clone())
        };
        let mut row: Vec<Cell> = cells.iter().enumerate().map(said).collect();
        if row.is_empty() {
            row.push(Cell::link(record.title.clone(), format!("{home}/{}", record.id)));
        }
        row.push(Cell::new(record.since.to_string()));
        let standing = site.office.record_standing(record);
        row.push(if is_overdue(register, record, today) {
            Cell::state("逾期", Tone::Bad)
        } else {
            Cell::state(standing, if standing == "有效" { Tone::Good } else { Tone::Grey })
        });
        row
    });
    if fields.is_empty() {
        columns.insert(0, Column::new("名称"));
    }
    let more = if page.total >= i64::try_from(COUNTED).unwrap_or(i64::MAX) { "至少 " } else { "" };
    let narrowed = !ask.q.is_empty() || !ask.fields.is_empty() || !ask.which.is_empty();
    let all = if narrowed { String::new() } else { format!("，共 {more}{} 条", page.total) };
    let empty_ways = if narrowed {
        vec![Link::to("去掉筛选条件", home)]
    } else {
        vec![Link::to("看别的名册", parent(home))]
    };
    Table {
        caption: format!("{}：本页 {} 条{all}", register.name, page.items.len()),
        rows: rows.collect(),
        columns,
        exports: vec![
            Link::to("导出 CSV", address(&format!("{home}/export.csv"), query, "sort", query.text("sort"))),
            Link::to("导出 Excel", address(&format!("{home}/export.xlsx"), query, "sort", query.text("sort"))),
        ],
        empty: if narrowed {
            "没有符合条件的记录。"
        } else {
            "这份名册在这个地区还没有记录。"
        }
        .to_owned(),
        empty_ways,
        keys: !open,
    }
}

fn parent(home: &str) -> String {
    home.rsplit_once('/').map_or_else(|| "/".to_owned(), |(parent, _)| parent.to_owned())
}

/// The first page, if this is a later one, and the next.
pub(super) fn pages(page: &RecordPage, (home, query): (&str, &Form), ask: &Ask) -> (Option<String>, Option<String>) {
    let first = ask.after.map(|_| address(home, query, "after", ""));
    (first, page.next.map(|next| address(home, query, "after", &next.to_string())))
}

/// What was just done, by the word in the address.
pub(super) fn banner(query: &Form) -> Option<Banner> {
    let text = match query.text("done") {
        "entered" => "已录入。",
        "edited" => "已保存，历史里可以看到改动。",
        "ended" => "已结束。",
        "withdrawn" => "已撤销，公开页面不再显示。",
        "seeded" => "规划任务已列入任务名册。",
        _ => return None,
    };
    Some(Banner { title: "已办好".to_owned(), text: text.to_owned(), ways: Vec::new(), success: true })
}
