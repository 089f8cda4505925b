//! Filing a case (提交): from complete answers to a numbered case with its first tasks open.
use std::collections::BTreeMap;
use std::sync::Arc;

use authority::Actor;
use base::{AreaCode, CaseId, OrgId};
use casework::{Answers, Case, Decision, Filing, Provided, file};
use catalogue::Resolved;
use catalogue::matter::{FieldKind, MaterialId, Matter, TakenBy};
use store::registers::next_number;

use super::act::Done;
use super::rows::{Listing, applicant_of, case_number};
use crate::act::{Deed, Work};
use crate::connector::Connector;
use crate::connector::messages::{self, CaseStatus};
use crate::effects::Scene;
use crate::people::Keys;
use crate::{Office, Refused};

/// What is filed.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// The matter's id.
    pub matter: String,
    /// The organization it concerns, if there is one already.
    pub org: Option<OrgId>,
    /// The answers, open.
    pub answers: Answers,
    /// The materials.
    pub materials: BTreeMap<MaterialId, Provided>,
    /// 演示数据
    pub synthetic: bool,
}

impl Office {
    /// Files a case and gives what followed.
    pub fn file_case(&self, who: &Actor, new: NewCase) -> Result<Done, Refused> {
        let id = CaseId::fresh(&self.clock, &self.rng);
        let today = self.clock.today();
        let area = self.authority_for(&new)?;
        let resolved = self.matter(&new.matter, &area, today)?;
        let (office, who) = (self.clone(), who.clone());
        let deed = Deed::by(&who, base::Origin::of(&area), "case", id, "submit");
        self.act(deed, move |work| office.file_in(work, &who, &resolved, &area, id, new))
    }

    /// The authority a new case goes to, by the matter's `taken_by`.
    pub(crate) fn authority_for(&self, new: &NewCase) -> Result<AreaCode, Refused> {
        let today = self.clock.today();
        // The national base tells who takes it; overlays of the area found then apply.
        let base = self.matter(&new.matter, &AreaCode::nation(), today)?;
        self.taken_by(&base.matter, &new.answers, new.org)
    }

    /// The area of the competent authority.
    pub fn taken_by(&self, matter: &Matter, answers: &Answers, org: Option<OrgId>) -> Result<AreaCode, Refused> {
        let missing = || Refused::field("registrar_area", "请选择向哪里的民政部门申请");
        match &matter.taken_by {
            TakenBy::Answer(field) => {
                let code = answers.find(field.as_str()).and_then(|answer| answer.as_str()).ok_or_else(missing)?;
                code.parse().map_err(|_| missing())
            }
            TakenBy::Registrar => {
                let org = org.ok_or(Refused::NotFound("这个组织"))?;
                self.db.read(|tx| {
                    let origin = store::organizations::locate(tx, org)?.ok_or(Refused::NotFound("这个组织"))?;
                    Ok(store::organizations::get(tx, origin, org)?.registrar_area)
                })
            }
            other => Err(Refused::internal(format!("taken_by {other:?} is not used by a shipped matter"))),
        }
    }

    pub(crate) fn file_in(
        &self,
        work: &mut Work<'_, '_>,
        who: &Actor,
        resolved: &Arc<Resolved>,
        area: &AreaCode,
        id: CaseId,
        new: NewCase,
    ) -> Result<Done, Refused> {
        let mut keys = Keys::default();
        let matter = &resolved.matter;
        let facts = self.facts_about(work.tx, (matter, area), &new.answers, None, new.org)?;
        let rules = self.rules(resolved);
        let filing = Filing {
            case: id,
            area: area.clone(),
            applicant: applicant_of(who),
            org: new.org,
            parent: None,
            answers: new.answers,
            materials: new.materials,
        };
        let (case, decision) = file(&rules, &facts, filing, who, work.today)?;
        self.pin(work.tx, resolved, area, work.today)?;
        let serial = next_number(work.tx, case.origin, &format!("case:{}", work.today.year()))?;
        let account = store::accounts::find(work.tx, who.account)?.ok_or(Refused::NotFound("这个账号"))?;
        let about = case.org.map(|org| self.org_now(work.tx, org)).transpose()?;
        let list = Listing {
            number: case_number(area, work.today, serial),
            title: title_of(matter, &case.answers, about.as_ref().map(|(_, _, org)| org.name.as_str())),
            applicant_name: account.name,
            owner: account.person,
            org_origin: about.map(|(row, ..)| row.origin),
            synthetic: new.synthetic,
        };
        work.deed.edition = resolved.digest.parse().ok();
        work.deed.facts = facts.digest();
        work.note("number", list.number.clone());
        self.finish_case(work, &mut keys, resolved, None, case, &decision, list)
    }

    /// Runs the effects, saves the case, announces it. The tail of filing and of every act.
    #[expect(clippy::too_many_arguments, reason = "the one place where all parts of an act meet")]
    pub(crate) fn finish_case(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        resolved: &Resolved,
        before: Option<&super::rows::Loaded>,
        case: Case,
        decision: &Decision,
        list: Listing,
    ) -> Result<Done, Refused> {
        let rules = self.rules(resolved);
        let mut scene = Scene::new(resolved, case, list);
        if let Some(before) = before {
            self.follow_name(work, &scene, &before.case.answers)?;
        }
        self.run_effects(work, keys, &mut scene, decision)?;
        self.save_case(work, keys, &rules, before, &scene.case, &scene.list)?;
        self.send_notices(work, &scene)?;
        self.tell_case(work, before.map(|before| &before.case), &scene)?;
        let status = scene.case.status().plain();
        work.announce("case", format!("case/{}", scene.case.id), None);
        Ok(Done {
            case: scene.case.id,
            origin: scene.case.origin,
            number: scene.list.number,
            status: status.to_owned(),
            org: scene.case.org,
            warnings: decision.warnings.clone(),
        })
    }

    /// Tells the outside what an act did to a case, if a connection is on.
    fn tell_case(&self, work: &mut Work<'_, '_>, before: Option<&Case>, scene: &Scene<'_>) -> Result<(), Refused> {
        if self.outside.line(Connector::CaseStatus).is_none() {
            return Ok(());
        }
        let (case, list, name) = (&scene.case, &scene.list, &scene.resolved.matter.name);
        let events = messages::events(before, case);
        let code = match case.org.filter(|_| case.has_ended()) {
            Some(org) => {
                let place = store::organizations::locate(work.tx, org)?;
                place
                    .map(|origin| store::organizations::get(work.tx, origin, org))
                    .transpose()?
                    .and_then(|row| row.code)
            }
            None => None,
        };
        for event in events {
            let status = CaseStatus::of(event, case, name, &list.number, code.as_deref(), work.today);
            self.tell_outside(work, &format!("case/{}", case.id), list.synthetic, &status)?;
        }
        Ok(())
    }
}

/// `社会团体成立登记：云州市助学协会`: the organization there is, else the one wished for.
pub(crate) fn title_of(matter: &Matter, answers: &Answers, org: Option<&str>) -> String {
    let name =
        matter.fields().find(|field| field.kind == FieldKind::Name).and_then(|field| answers.find(field.id.as_str()));
    match org.or_else(|| name.and_then(|name| name.as_str())) {
        Some(name) => format!("{}：{name}", matter.name),
        None => matter.name.clone(),
    }
}
