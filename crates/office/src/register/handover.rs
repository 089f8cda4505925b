//! Changing the competent authority of an organization (变更登记管理机关): the registrar is a dated fact, and rights, lists and
//! queues follow it from that day on. One act on the organization's chain; open cases go along, each with a line in its own
//! history. The origin, which is no more than a shard key, never changes.
use authority::{Actor, Subject, Territory, Verb, may, seat};
use base::{AreaCode, Date, EntryId, OrgId};
use catalogue::Value;
use registry::Organization;
use store::cases::CaseRow;
use store::organizations::{NameReservation, take_name};
use store::registers::RegisterEntry;
use store::{DbError, Statement, args, sql};

use super::amend::Since;
use crate::act::{Deed, Work};
use crate::cases::rows::Listing;
use crate::people::Keys;
use crate::{Office, Refused};

/// Open cases that go along in one act; no organization has more.
const MOST_CASES: usize = 500;

const OPEN_CASES: Statement = sql!(
    "handover.open_cases",
    "select origin, id from matter_case where org = $1 and area = $2 and state <> 'ended' order by origin, id limit $3"
);
const DELEGATED: Statement = sql!(
    "handover.delegated",
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public, body, rev,
     entry, key from register_entry where register = 'delegated-registrars' and state = 'active'
     and since <= $1 and (until is null or until > $1) order by id limit $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[OPEN_CASES, DELEGATED];

/// What is decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handover {
    /// The organization, by its code or id.
    pub code: String,
    /// The area of the authority that gets it.
    pub to: AreaCode,
    /// Since when it is competent: today, or a day since the last registered change.
    pub from: Date,
    /// The document that orders it.
    pub basis: String,
}

impl Office {
    /// Hands an organization over to another registrar. Decided by the decision desk of an authority above both, or of the upper
    /// of the two.
    pub fn change_registrar(&self, who: &Actor, new: &Handover) -> Result<OrgId, Refused> {
        let basis = new.basis.trim().to_owned();
        if basis.chars().count() < 4 {
            return Err(Refused::field("basis", "请写明依据的文件，至少 4 个字"));
        }
        if new.from > self.clock.today() {
            return Err(Refused::field("since", "生效日期还没有到。请在生效当日或者以后办理"));
        }
        let code = new.code.trim().to_owned();
        let found = self.db.read(|tx| Ok::<_, Refused>(store::organizations::resolve(tx, &code)?))?;
        let (origin, org) = found.ok_or_else(|| Refused::field("code", "没有找到这个组织。请核对统一社会信用代码"))?;
        let (office, who, new) = (self.clone(), who.clone(), new.clone());
        let deed = Deed::by(&who, origin, "org", org, "change_registrar").because(basis);
        self.act(deed, move |work| office.hand_over(work, &who, org, &new))
    }

    fn hand_over(&self, work: &mut Work<'_, '_>, who: &Actor, org: OrgId, new: &Handover) -> Result<OrgId, Refused> {
        let (_, version, before) = self.org_now(work.tx, org)?;
        let territory =
            |area: &AreaCode| Territory::of_lineage(area.clone(), self.lineage(area, work.today).into_iter().skip(1));
        let subject = Subject::Handover { from: territory(&before.registrar), to: territory(&new.to) };
        may(who, Verb::Reassign, &subject)?;
        work.deed.sit(seat(who, Verb::Reassign, &subject));
        self.fits(work, &before, new)?;
        if new.from < version.valid_from {
            let why = format!("{} 还有一次登记变动，生效日期不能早于这一天", version.valid_from);
            return Err(Refused::field("since", why));
        }
        let after = Organization {
            registrar: new.to.clone(),
            registrar_name: Some(self.registrar_name(work.tx, &new.to)?),
            ..before.clone()
        };
        work.note("from", before.registrar.as_str());
        work.note("to", new.to.as_str());
        work.note("since", new.from.to_string());
        self.carry_name(work, &before, &new.to)?;
        self.rewrite(work, &after, Since::Day(new.from))?;
        let cases: Vec<(base::Origin, base::CaseId)> =
            work.tx.list(OPEN_CASES, args![org, before.registrar, MOST_CASES])?;
        work.note("cases", cases.len());
        for case in cases {
            self.carry_case(work, who, case, (&before.registrar, &new.to))?;
        }
        Ok(org)
    }

    /// Whether the other authority is there and may have it.
    fn fits(&self, work: &mut Work<'_, '_>, org: &Organization, new: &Handover) -> Result<(), Refused> {
        if !org.states.registration.is_live() {
            return Err(Refused::rule("ended", "这个组织已经注销或者撤销，不再变更登记管理机关", "请核对组织"));
        }
        if new.to == org.registrar {
            return Err(Refused::field("to", "它现在就由这个机关登记管理。请选择另一个登记管理机关"));
        }
        self.areas.find(&new.to).ok_or_else(|| Refused::field("to", "没有这个地区。请从列表中选择"))?;
        let bodies = store::people::bodies(work.tx)?;
        let seated =
            |body: &store::people::Body| body.kind == "registrar" && body.area == new.to && body.state == "active";
        if !bodies.iter().any(seated) {
            return Err(Refused::field("to", "这个地区还没有登记管理机关，移过去没有人办理。请先由系统管理员添加单位"));
        }
        self.is_competent(work, org, new)
    }

    /// Where the law reserves a kind for some registrars (`<kind>_registrars`), the other one is among them or has been given the
    /// power (登记管理权限授予名册).
    fn is_competent(&self, work: &mut Work<'_, '_>, org: &Organization, new: &Handover) -> Result<(), Refused> {
        let kind = org.kind.as_str();
        let reserved = self.catalogue.param(&format!("{kind}_registrars"), &self.lineage(&new.to, new.from), new.from);
        let Some(reserved) = reserved else { return Ok(()) };
        let Value::List(areas) = &reserved.value else { return Ok(()) };
        if areas.iter().any(|area| area == new.to.as_str()) {
            return Ok(());
        }
        let given: Vec<RegisterEntry> = work.tx.list(DELEGATED, args![new.from, MOST_CASES])?;
        let fits = |body: &serde_json::Value| {
            let kinds = body["kinds"].as_array().map_or(&[][..], Vec::as_slice);
            body["area"].as_str() == Some(new.to.as_str()) && kinds.iter().any(|one| one.as_str() == Some(kind))
        };
        if given.iter().any(|given| fits(&given.body)) {
            return Ok(());
        }
        let name = self.areas.full_name(&new.to);
        Err(Refused::rule(
            "not_competent",
            format!("{name}没有{}的登记管理权限（{}）", org.kind.label(), reserved.clause),
            "请先在登记管理权限授予名册登记授权，或者选择有权限的登记管理机关",
        ))
    }

    /// Names are unique at each registrar: the name is taken at the new one, and let go at the old one.
    fn carry_name(&self, work: &mut Work<'_, '_>, org: &Organization, to: &AreaCode) -> Result<(), Refused> {
        let key = registry::names::normalize(&org.name);
        let (old, new) = (base::Origin::of(&org.registrar), base::Origin::of(to));
        if old == new {
            return Ok(());
        }
        let row = NameReservation {
            origin: new,
            name_key: key.clone(),
            name: org.name.clone(),
            org: Some(org.id),
            case_id: None,
            reserved_on: work.today,
            until: None,
            entry: work.entry,
        };
        let held: Option<NameReservation> = work.tx.find_record(args![new, key])?;
        if held.as_ref().is_some_and(|held| held.org == Some(org.id)) {
            work.update(&row)?;
        } else {
            let taken = match take_name(work.tx, &row, work.today) {
                Err(DbError::Unique { .. }) => true,
                other => other.map(|()| false)?,
            };
            if taken {
                return Err(self.name_taken(&org.name, to, work.today)?);
            }
        }
        let held: Option<NameReservation> = work.tx.find_record(args![old, key])?;
        if let Some(held) = held.filter(|held| held.org == Some(org.id)) {
            work.update(&NameReservation { until: work.today.yesterday().ok(), entry: work.entry, ..held })?;
        }
        Ok(())
    }

    /// An open case goes along: its authority changes, and the registrar's own tasks with it. Tasks of other bodies stay theirs.
    fn carry_case(
        &self,
        work: &mut Work<'_, '_>,
        who: &Actor,
        (origin, id): (base::Origin, base::CaseId),
        (from, to): (&AreaCode, &AreaCode),
    ) -> Result<(), Refused> {
        let mut keys = Keys::default();
        let row: CaseRow = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
        let resolved = self.edition(work.tx, &row.edition)?;
        let loaded = self.load_case(work.tx, &mut keys, row, &resolved.matter)?;
        let mut event = casework::act::event_of(who, &work.deed.desk, Verb::Transfer, work.today);
        event.reason = format!(
            "登记管理机关变更：{}改为{}。{}",
            self.areas.full_name(from),
            self.areas.full_name(to),
            work.deed.reason.as_deref().unwrap_or_default()
        );
        let case = casework::act::handed_over(loaded.case.clone(), to, event);
        let list = Listing::of(&loaded);
        let entry = EntryId::fresh_at(work.at, &self.rng);
        let deed = Deed {
            origin,
            subject: journal::Subject { kind: "case".to_owned(), id: id.to_string() },
            act: "transfer".to_owned(),
            ..work.deed.clone()
        };
        work.also(deed, entry, |work| {
            work.note("from", from.as_str());
            work.note("to", to.as_str());
            self.save_case(work, &mut keys, &self.rules(&resolved), Some(&loaded), &case, &list)?;
            work.announce("case", format!("case/{id}"), None);
            Ok(())
        })
    }
}
