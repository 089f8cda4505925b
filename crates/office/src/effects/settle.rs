//! Writing the organization (登记入册): row, version, code, officers, name, owner, certificates and registers, all proven by one
//! entry on the organization's own chain, in the transaction of the case's act.
use authority::DeskId;
use base::{EntryId, PersonId, RecordId};
use registry::Post;
use registry::officer::masked;
use serde_json::json;
use store::accounts::AccountOrg;
use store::organizations::{CreditCode, FilingNumber, Officer, Organization as Row, officers, set_version};
use store::registers::RegisterEntry;
use store::{Levels, args};

use super::Scene;
use super::draft::{Draft, NewEntry, NewPost};
use crate::act::{Deed, Work};
use crate::people::Keys;
use crate::record::{row_of, tally, version_of};
use crate::registers::write::{ALWAYS, Put};
use crate::{Office, Refused};

impl Office {
    /// Writes what the effects did to the organization, if they did anything.
    pub(super) fn settle(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        scene: &mut Scene<'_>,
    ) -> Result<(), Refused> {
        let Some(mut draft) = scene.draft.take() else { return Ok(()) };
        if !draft.issue.is_empty() {
            draft.org.certificate_until = self.certificate_until(&draft.org, work.today);
        }
        let entry = EntryId::fresh_at(work.at, &self.rng);
        let mut deed = Deed {
            origin: draft.org.origin,
            subject: journal::Subject { kind: "org".to_owned(), id: draft.org.id.to_string() },
            act: draft.acts.first().copied().unwrap_or("amend").to_owned(),
            ..work.deed.clone()
        };
        if deed.actor == "system" {
            deed.desk = DeskId::new(DeskId::SYSTEM);
        }
        work.note("org_entry", entry.to_string());
        let scene = &*scene;
        work.also(deed, entry, |work| self.write_organization(work, keys, scene, &draft))
    }

    fn write_organization(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        scene: &Scene<'_>,
        draft: &Draft,
    ) -> Result<(), Refused> {
        let org = &draft.org;
        work.note("case", scene.list.number.clone());
        work.note("acts", draft.acts.clone());
        self.write_row_and_version(work, draft)?;
        write_codes(work, draft)?;
        self.write_name(work, scene, draft)?;
        self.write_posts(work, keys, draft)?;
        self.write_certificates(work, draft)?;
        self.write_entries(work, draft)?;
        if draft.before.is_none() {
            write_owner(work, scene, draft)?;
        }
        let public = json!({
            "id": org.id,
            "code": org.public_code(),
            "name": org.name,
            "kind": org.kind,
            "registration": org.states.registration,
            "registrar": org.registrar,
            "synthetic": org.synthetic,
        });
        work.announce("org", format!("org/{}", org.id), Some(public));
        Ok(())
    }

    fn write_row_and_version(&self, work: &mut Work<'_, '_>, draft: &Draft) -> Result<(), Refused> {
        let org = &draft.org;
        let body = store::people::bodies(work.tx)?
            .into_iter()
            .find(|body| body.kind == "registrar" && body.area == org.registrar && body.state == "active");
        let registrar_body = body.map(|body| body.id);
        if let Some(before) = &draft.before {
            let old: Row = work.tx.find_record(args![org.origin, org.id])?.ok_or(Refused::NotFound("这个组织"))?;
            let row = row_of(org, &self.areas, work.today, old.rev + 1, work.entry);
            work.update(&Row { colour: old.colour, grade_until: old.grade_until, registrar_body, ..row })?;
            tally(work.tx, before, &self.areas, work.today, -1);
        } else {
            let row = row_of(org, &self.areas, work.today, 1, work.entry);
            work.insert(&Row { registrar_body, ..row })?;
        }
        tally(work.tx, org, &self.areas, work.today, 1);
        let id = RecordId::fresh_at(work.at, &self.rng);
        let version = version_of(org, id, (work.today, None), work.at, work.entry)?;
        let at = work.at;
        set_version(work.tx, &version, &mut || RecordId::fresh_at(at, &self.rng))?;
        Ok(())
    }

    /// Fills the posts; whoever held a post of the same kind before holds it no longer.
    fn write_posts(&self, work: &mut Work<'_, '_>, keys: &mut Keys, draft: &Draft) -> Result<(), Refused> {
        let org = &draft.org;
        if draft.posts.is_empty() {
            return Ok(());
        }
        if draft.before.is_some() {
            let new: Vec<&str> = draft.posts.iter().map(|post| post.post.as_str()).collect();
            for old in officers(work.tx, org.origin, org.id, work.today, work.at)? {
                if new.contains(&old.post.as_str()) {
                    let id = RecordId::fresh_at(work.at, &self.rng);
                    let ended = Officer {
                        id,
                        valid_to: Some(work.today),
                        term_to: Some(work.today),
                        recorded_at: work.at,
                        entry: work.entry,
                        ..old.clone()
                    };
                    store::organizations::replace_officer(work.tx, old.id, &ended)?;
                }
            }
        }
        for (sort, post) in (1_i64..).zip(&draft.posts) {
            let person = self.person_in_post(work, keys, post)?;
            let founder = post.post == Post::Founder;
            let id = RecordId::fresh_at(work.at, &self.rng);
            work.insert(&Officer {
                origin: org.origin,
                org: org.id,
                id,
                term: id,
                person,
                post: post.post.as_str().to_owned(),
                public_name: if post.post.name_is_public() { post.name.clone() } else { masked(&post.name) },
                sort,
                term_from: Some(work.today),
                term_to: draft.term_to.filter(|_| !founder),
                valid_from: work.today,
                valid_to: None,
                recorded_at: work.at,
                superseded_at: None,
                body: json!({ "title": post.title }),
                entry: work.entry,
            })?;
        }
        Ok(())
    }

    fn person_in_post(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        post: &NewPost,
    ) -> Result<Option<PersonId>, Refused> {
        if post.id_number.trim().is_empty() {
            return Ok(None);
        }
        let person = self.person_of(work, keys, &post.name, &post.id_number)?;
        if let Some(phone) = post.phone.as_ref().filter(|phone| !phone.trim().is_empty()) {
            self.keep_secret(work, keys, person, "phone", phone)?;
        }
        Ok(Some(person))
    }

    fn write_entries(&self, work: &mut Work<'_, '_>, draft: &Draft) -> Result<(), Refused> {
        let org = &draft.org;
        for register in &draft.leave {
            for old in store::registers::of_org(work.tx, org.origin, org.id)? {
                if old.register == *register && old.until.is_none() {
                    let left = RegisterEntry {
                        state: "left".to_owned(),
                        until: Some(work.today),
                        rev: old.rev + 1,
                        entry: work.entry,
                        ..old
                    };
                    self.put_record(work, Put::Again, &left, "end", work.today)?;
                }
            }
        }
        for NewEntry { register, public, body } in &draft.enter {
            let levels = Levels::of_chain(&self.lineage(&org.registrar, work.today));
            let entered = RegisterEntry {
                origin: org.origin,
                register: register.clone(),
                id: RecordId::fresh_at(work.at, &self.rng),
                org: Some(org.id),
                person: None,
                area: org.registrar.clone(),
                province: levels.province,
                city: levels.city,
                county: levels.county,
                title: org.name.clone(),
                state: "active".to_owned(),
                since: work.today,
                until: None,
                public: *public,
                body: serde_json::Value::Object(body.clone()),
                rev: 1,
                entry: work.entry,
                key: None,
            };
            self.put_record(work, Put::New, &entered, "case", ALWAYS)?;
        }
        Ok(())
    }
}

fn write_codes(work: &mut Work<'_, '_>, draft: &Draft) -> Result<(), Refused> {
    let (org, before) = (&draft.org, draft.before.as_ref());
    if let Some(code) = org.code.as_ref().filter(|code| before.is_none_or(|before| before.code.as_ref() != Some(*code)))
    {
        let row = CreditCode {
            code: code.clone(),
            origin: org.origin,
            org: org.id,
            since: work.today,
            until: None,
            entry: work.entry,
        };
        work.insert(&row)?;
    }
    let number = org.filing_number.as_ref();
    if let Some(number) =
        number.filter(|number| before.is_none_or(|before| before.filing_number.as_ref() != Some(*number)))
    {
        let row = FilingNumber {
            number: number.clone(),
            origin: org.origin,
            org: org.id,
            since: work.today,
            until: None,
            entry: work.entry,
        };
        work.insert(&row)?;
    }
    Ok(())
}

/// Whoever applied may act for the organization from now on (经办人).
fn write_owner(work: &mut Work<'_, '_>, scene: &Scene<'_>, draft: &Draft) -> Result<(), Refused> {
    let Some(account) = scene.case.applicant else { return Ok(()) };
    let Some(found) = store::accounts::find(work.tx, account)? else { return Ok(()) };
    work.insert(&AccountOrg {
        person: found.person,
        account,
        origin: draft.org.origin,
        org: draft.org.id,
        role: "owner".to_owned(),
        since: work.today,
        until: None,
        entry: work.entry,
    })
}
