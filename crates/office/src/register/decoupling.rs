//! Decoupling of associations from authorities (行业协会商会脱钩, 000-I.3e) and the guidance that goes on after it (脱钩不脱管).
use authority::Actor;
use base::{Date, OrgId};
use registry::ManagementMode;
use serde_json::json;
use store::args;
use store::registers::{Decoupling, GuidanceRecord};

use super::amend::{Since, seat_of, sits};
use crate::act::Deed;
use crate::{Office, Refused};

/// Desks of the registrar that keep these records.
const DESKS: [&str; 4] = ["decision", "supervision", "review", "data_quality"];

/// An association on its way out of an authority, or after it.
#[derive(Clone, PartialEq, Debug)]
pub struct Decoupled {
    /// The record.
    pub row: Decoupling,
    /// The association's name.
    pub name: String,
    /// Its public code.
    pub code: String,
    /// How often it was guided since.
    pub guided: i64,
}

impl Office {
    /// Associations of the actor's authority with a plan, or decoupled.
    pub fn decouplings(&self, who: &Actor) -> Result<Vec<Decoupled>, Refused> {
        let area = seat_of(who, &DESKS)?;
        let rows = self.db.read(|tx| store::upkeep::decouplings(tx, &area, 1_000))?;
        Ok(rows.into_iter().map(|(row, (name, code, guided))| Decoupled { row, name, code, guided }).collect())
    }

    /// One of them, with the guidance given, oldest first.
    pub fn decoupling(&self, who: &Actor, org: OrgId) -> Result<(Decoupled, Vec<GuidanceRecord>), Refused> {
        let none = || Refused::NotFound("这个脱钩记录");
        let (found, guidance, registrar) = self.db.read(|tx| {
            let origin = store::organizations::locate(tx, org)?.ok_or_else(none)?;
            let row: Decoupling = tx.find_record(args![origin, org])?.ok_or_else(none)?;
            let org = store::organizations::get(tx, origin, org)?;
            let guidance = store::registers::guidance(tx, origin, org.id)?;
            let code = org.code.or(org.filing_number).unwrap_or_else(|| org.id.to_string());
            let guided = i64::try_from(guidance.len()).unwrap_or(i64::MAX);
            Ok::<_, Refused>((Decoupled { row, name: org.name, code, guided }, guidance, org.registrar_area))
        })?;
        sits(who, &DESKS, &registrar)?;
        Ok((found, guidance))
    }

    /// Plans the decoupling of an association, by its code or id.
    pub fn plan_decoupling(&self, who: &Actor, code: &str, plan_on: Date, former: &str) -> Result<OrgId, Refused> {
        let former = former.trim().to_owned();
        if former.chars().count() < 2 {
            return Err(Refused::field("former", "请填写原业务主管单位"));
        }
        let code = code.trim().to_owned();
        let found = self.db.read(|tx| Ok::<_, Refused>(store::organizations::resolve(tx, &code)?))?;
        let (origin, org) = found.ok_or_else(|| Refused::field("code", "没有找到这个组织。请核对统一社会信用代码"))?;
        let (_, _, now) = self.db.read(|tx| self.org_now(tx, org))?;
        sits(who, &DESKS, &now.registrar)?;
        if now.decoupled_on.is_some() {
            return Err(Refused::rule("decoupled", "这个组织已经脱钩", "请在脱钩名单中记录后续指导"));
        }
        self.act(Deed::by(who, origin, "org", org, "plan_decoupling"), move |work| {
            let known: Option<Decoupling> = work.tx.find_record(args![origin, org])?;
            if known.is_some() {
                return Err(Refused::rule("planned", "这个组织已在脱钩名单里", "请在名单中办理"));
            }
            work.note("plan_on", plan_on.to_string());
            work.insert(&Decoupling {
                origin,
                org,
                state: "plan".to_owned(),
                former_body: None,
                plan_on: Some(plan_on),
                decoupled_on: None,
                body: json!({ "former": former }),
                rev: 1,
                entry: work.entry,
            })?;
            Ok(org)
        })
    }

    /// Marks an association as decoupled: a new version without business supervisor.
    pub fn decouple(&self, who: &Actor, org: OrgId) -> Result<(), Refused> {
        let (row, _, now) = self.db.read(|tx| self.org_now(tx, org))?;
        sits(who, &["decision", "supervision"], &now.registrar)?;
        let (office, origin) = (self.clone(), row.origin);
        self.act(Deed::by(who, origin, "org", org, "decouple"), move |work| {
            let record: Decoupling =
                work.tx.find_record(args![origin, org])?.ok_or(Refused::NotFound("这个脱钩计划"))?;
            if record.state != "plan" {
                return Err(Refused::Conflict);
            }
            let former = record.body["former"].as_str().map(str::to_owned);
            let mut after = office.org_now(work.tx, org)?.2;
            after.management = ManagementMode::Decoupled;
            after.decoupled_on = Some(work.today);
            after.decoupled_from = former;
            after.supervisor = None;
            after.supervisor_name = None;
            office.rewrite(work, &after, Since::Today)?;
            let (rev, entry) = (record.rev + 1, work.entry);
            let decoupled_on = Some(work.today);
            work.update(&Decoupling { state: "decoupled".to_owned(), decoupled_on, rev, entry, ..record })
        })
    }

    /// Records guidance given after decoupling: what kind, and what was said.
    pub fn guide_decoupled(&self, who: &Actor, org: OrgId, kind: &str, text: &str) -> Result<(), Refused> {
        let (row, _, now) = self.db.read(|tx| self.org_now(tx, org))?;
        sits(who, &DESKS, &now.registrar)?;
        let (kind, text) = (kind.trim().to_owned(), text.trim().to_owned());
        if !GUIDANCE.iter().any(|(known, _)| *known == kind) {
            return Err(Refused::field("kind", "请选择指导的方式"));
        }
        if text.chars().count() < 4 {
            return Err(Refused::field("text", "请写明指导的内容，至少 4 个字"));
        }
        let (origin, id) = (row.origin, self.record_id());
        let by_body = who.posts.first().map(|post| post.body);
        self.act(Deed::by(who, origin, "org", org, "guide_decoupled"), move |work| {
            let record: Decoupling =
                work.tx.find_record(args![origin, org])?.ok_or(Refused::NotFound("这个脱钩记录"))?;
            if record.state != "decoupled" {
                return Err(Refused::rule("not_decoupled", "还没有脱钩，不能记录脱钩后的指导", "请先办理脱钩"));
            }
            let (day, entry) = (work.today, work.entry);
            work.insert(&GuidanceRecord { origin, org, id, day, by_body, kind, body: json!({ "text": text }), entry })
        })
    }
}

/// Kinds of guidance as stored and as people call them.
pub const GUIDANCE: [(&str, &str); 4] =
    [("visit", "走访调研"), ("training", "业务培训"), ("policy", "政策指导"), ("supervision", "行业监管提示")];
