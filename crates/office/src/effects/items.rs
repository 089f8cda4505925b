//! Answers become registered items (填报内容转登记事项): which answer feeds what of an organization.
use base::{AreaCode, Fen};
use casework::{Answers, form};
use catalogue::matter::{Field, FieldKind, Item, Matter};
use registry::{DirectClass, ManagementMode, Organization, Post};
use serde_json::Value as Json;

use super::draft::{Draft, NewPost};
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    /// Writes every answer with `feeds` into the draft; only `items`, unless that is empty.
    pub(super) fn feed(
        &self,
        work: &mut Work<'_, '_>,
        matter: &Matter,
        answers: &Answers,
        items: &[Item],
        draft: &mut Draft,
    ) -> Result<(), Refused> {
        for field in matter.fields() {
            let Some(item) = field.feeds.filter(|item| items.is_empty() || items.contains(item)) else { continue };
            let Some(answer) = answers.find(field.id.as_str()) else { continue };
            self.feed_one(work, field, item, answer, draft)?;
        }
        if draft.org.name.trim().is_empty() {
            return Err(Refused::rule("no_name", "没有填写组织名称，不能登记", "请退回补正名称"));
        }
        Ok(())
    }

    fn feed_one(
        &self,
        work: &Work<'_, '_>,
        field: &Field,
        item: Item,
        answer: &Json,
        draft: &mut Draft,
    ) -> Result<(), Refused> {
        let text = || answer.as_str().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let org = &mut draft.org;
        match item {
            Item::Name => org.name = text().unwrap_or_default(),
            Item::Purpose => org.purpose = text(),
            Item::Scope => org.scope = text(),
            Item::Domicile => org.address = text(),
            Item::DomicileArea => org.domicile = text().and_then(|code| code.parse().ok()),
            Item::ActivityArea => org.activity_area = text().map(|code| self.area_words(&code)),
            Item::Industry => org.industry = text(),
            Item::Funds => org.capital = answer.as_i64().map(Fen),
            Item::Charity => org.charity = answer.as_bool().unwrap_or_default(),
            Item::Staff => org.staff = whole(answer),
            Item::PartyMembers => org.party_members = whole(answer),
            Item::ManagementMode => org.management = mode(answer.as_str().unwrap_or_default())?,
            Item::Category => category(org, field, answer),
            Item::Supervisor => (org.supervisor, org.supervisor_name) = body_of(answer),
            Item::Regulator => (org.regulator, org.regulator_name) = body_of(answer),
            Item::PartyBody => org.party_body = body_of(answer).0,
            Item::LegalRepresentative => {
                let post = person(answer, Post::LegalRepresentative);
                org.legal_representative = Some(post.name.clone());
                draft.posts.push(post);
            }
            Item::Officers => draft.posts.extend(people(answer).map(|row| person(row, post_of(row)))),
            Item::Founders => draft.posts.extend(people(answer).map(|row| person(row, Post::Founder))),
            Item::Term => {
                let years = answer.as_i64().and_then(|years| u32::try_from(years).ok()).unwrap_or_default();
                let last = self.calendar.after(work.today, base::Span::Months(years.saturating_mul(12))).date;
                draft.term_to = last.yesterday().ok();
                keep(org, field, item, answer);
            }
            _ => keep(org, field, item, answer),
        }
        Ok(())
    }

    /// An area in words; what is no area code is left as it is.
    pub(super) fn area_words(&self, code: &str) -> String {
        code.parse::<AreaCode>().map_or_else(|_| code.to_owned(), |area| self.areas.full_name(&area))
    }
}

/// Items without a field of their own; never personal ones.
fn keep(org: &mut Organization, field: &Field, item: Item, answer: &Json) {
    let personal = field.is_personal() || field.fields.iter().any(Field::is_personal);
    // The charter is a text of pages: it is kept with the case as a whole.
    if personal || matches!(field.kind, FieldKind::Charter | FieldKind::File) {
        return;
    }
    if let Some(name) = serde_json::to_value(item).ok().and_then(|word| word.as_str().map(str::to_owned)) {
        org.recorded.insert(name, form::show(field, Some(answer), false));
    }
}

fn whole(answer: &Json) -> Option<u32> {
    answer.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn mode(word: &str) -> Result<ManagementMode, Refused> {
    ManagementMode::parse(word).ok_or_else(|| Refused::internal(format!("management mode {word}")))
}

/// A class of direct registration where the choice says that it `registers` as one; any other category is kept in words.
fn category(org: &mut Organization, field: &Field, answer: &Json) {
    let chosen = field.choices.iter().find(|choice| answer.as_str() == Some(choice.value.as_str()));
    match chosen.and_then(|choice| DirectClass::parse(choice.registers.as_ref()?)) {
        Some(class) => org.direct_class = Some(class),
        None => keep(org, field, Item::Category, answer),
    }
}

fn body_of(answer: &Json) -> (Option<base::BodyId>, Option<String>) {
    let text = |key: &str| answer.get(key).and_then(Json::as_str);
    (text("id").and_then(|id| id.parse().ok()), text("name").map(str::to_owned))
}

fn people(answer: &Json) -> impl Iterator<Item = &Json> {
    answer.as_array().map_or(&[][..], Vec::as_slice).iter()
}

fn person(row: &Json, post: Post) -> NewPost {
    let text = |key: &str| row.get(key).and_then(Json::as_str).map(str::to_owned);
    // For the legal representative and officers the post's own title; founders have none.
    let title =
        if post == Post::LegalRepresentative { text("post") } else { text("post").and_then(|word| title_of(&word)) };
    NewPost {
        post,
        title: title.filter(|_| post != Post::Founder),
        name: text("name").unwrap_or_default(),
        id_number: text("id_number").unwrap_or_default(),
        phone: text("phone"),
    }
}

fn post_of(row: &Json) -> Post {
    match row.get("post").and_then(Json::as_str) {
        Some("chair" | "executive") => Post::Head,
        Some("vice_chair") => Post::DeputyHead,
        Some("secretary_general") => Post::SecretaryGeneral,
        Some("supervisor") => Post::Supervisor,
        _ => Post::Director,
    }
}

fn title_of(word: &str) -> Option<String> {
    (word == "executive").then(|| "行政负责人".to_owned())
}
