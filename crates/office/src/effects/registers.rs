//! Entries in declared registers (名册), and the party information taken at registration (四同步).
use catalogue::matter::{Field, FieldId};
use serde_json::{Map, Value as Json};

use super::Scene;
use super::draft::NewEntry;
use crate::act::Work;
use crate::{Office, Refused};

/// The register of party information taken at registration.
pub const PARTY_REGISTER: &str = "party-work";

impl Office {
    /// 记录党建信息: the number of members and how the organization is to be set up (clause 000-02a), never who they are.
    pub(super) fn record_party_info(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>) -> Result<(), Refused> {
        use catalogue::matter::Item::{PartyMembers, PartyOrganization};
        let mut body = Map::new();
        for (key, item) in [("members", PartyMembers), ("plan", PartyOrganization)] {
            let field = scene.resolved.matter.fields().find(|field| field.feeds == Some(item));
            if let Some(answer) = field.and_then(|field| scene.case.answers.find(field.id.as_str())) {
                body.insert(key.to_owned(), answer.clone());
            }
        }
        body.insert("case".to_owned(), Json::String(scene.list.number.clone()));
        body.insert("stage".to_owned(), Json::String("planned".to_owned()));
        let members = body.get("members").and_then(Json::as_u64).and_then(|count| u32::try_from(count).ok());
        let draft = self.draft_of(work, scene)?;
        draft.org.party_members = members.or(draft.org.party_members);
        body.insert("organization".to_owned(), Json::String(draft.org.name.clone()));
        draft.enter.push(NewEntry { register: PARTY_REGISTER.to_owned(), public: false, body });
        draft.acts.push("record_party_info");
        Ok(())
    }

    /// 写入名册: the fields named, or all that are not personal and that the register knows.
    pub(super) fn enter_register(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        register: &str,
        fields: &[FieldId],
    ) -> Result<(), Refused> {
        let Some(declared) = self.catalogue.find_register(register) else {
            return Err(Refused::internal(format!("no register {register}")));
        };
        let personal = |field: &Field| field.is_personal() || field.fields.iter().any(Field::is_personal);
        let chosen = |field: &&Field| {
            !personal(field)
                && if fields.is_empty() {
                    declared.fields.iter().any(|known| known.id == field.id.as_str())
                } else {
                    fields.contains(&field.id)
                }
        };
        let mut body = Map::new();
        for field in scene.resolved.matter.fields().filter(chosen) {
            if let Some(answer) = scene.case.answers.find(field.id.as_str()) {
                body.insert(field.id.to_string(), answer.clone());
            }
        }
        let entry = NewEntry { register: register.to_owned(), public: declared.public, body };
        let draft = self.draft_of(work, scene)?;
        draft.enter.push(entry);
        draft.acts.push("enter_register");
        Ok(())
    }

    /// 移出名册
    pub(super) fn leave_register(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        register: &str,
    ) -> Result<(), Refused> {
        let draft = self.draft_of(work, scene)?;
        draft.leave.push(register.to_owned());
        draft.acts.push("leave_register");
        Ok(())
    }
}
