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
                let mut post = person(answer, Post::LegalRepresentative);
                post.title = answer.get("post").and_then(Json::as_str).map(str::to_owned);
                org.legal_representative = Some(post.name.clone());
                draft.posts.push(post);
            }
            Item::Officers => {
                for row in people(answer) {
                    draft.posts.push(officer(field, row)?);
                }
            }
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
    NewPost {
        post,
        title: None,
        name: text("name").unwrap_or_default(),
        id_number: text("id_number").unwrap_or_default(),
        phone: text("phone"),
    }
}

/// An officer under the post that the chosen word `registers` as, with the title that goes with it; a plain 理事 where it says none.
fn officer(field: &Field, row: &Json) -> Result<NewPost, Refused> {
    let chosen = row.get("post").and_then(Json::as_str);
    let choices = field.fields.iter().filter(|part| part.id.as_str() == "post").flat_map(|part| &part.choices);
    let choice = choices.into_iter().find(|choice| Some(choice.value.as_str()) == chosen);
    let post = match choice.and_then(|choice| choice.registers.as_deref()) {
        None => Post::Director,
        Some(word) => Post::parse(word).ok_or_else(|| Refused::internal(format!("post {word}")))?,
    };
    Ok(NewPost { title: choice.and_then(|choice| choice.title.clone()), ..person(row, post) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_of_a_shipped_matter_registers_as_one_the_register_knows() {
        let office = crate::testing::office();
        let area: AreaCode = "2101".parse().unwrap();
        let mut seen = 0;
        for resolved in office.catalogue.matters_at(&office.lineage(&area, office.clock.today()), office.clock.today())
        {
            let officers = resolved.matter.fields().filter(|field| field.feeds == Some(Item::Officers));
            for choice in officers.flat_map(|field| &field.fields).flat_map(|part| &part.choices) {
                let Some(word) = &choice.registers else { continue };
                assert!(Post::parse(word).is_some(), "{}: {word}", resolved.matter.id.as_str());
                seen += 1;
            }
        }
        assert!(seen >= 13, "{seen}");
    }

    #[test]
    fn the_chosen_word_says_post_and_title() {
        let office = crate::testing::office();
        let area: AreaCode = "2101".parse().unwrap();
        let resolved = office.matter("found-service-institution", &area, office.clock.today()).unwrap();
        let field = resolved.matter.fields().find(|field| field.feeds == Some(Item::Officers)).unwrap();
        let read = |word: &str| {
            let row = serde_json::json!({ "post": word, "name": "张三" });
            officer(field, &row).map(|post| (post.post, post.title)).unwrap()
        };
        assert_eq!(read("chair"), (Post::Head, None));
        assert_eq!(read("executive"), (Post::Head, Some("行政负责人".to_owned())));
        assert_eq!(read("vice_chair"), (Post::DeputyHead, None));
        assert_eq!(read("director"), (Post::Director, None));
        assert_eq!(read("nobody"), (Post::Director, None), "a word that no choice has");
    }
}
