//! A day's facts from the database alone (建立某一日的事实库): one reading of all versions, registers and cases as they are known.
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::mpsc::{SyncSender, sync_channel};

use base::{AreaCode, Date, Instant, OrgId, Origin};
use catalogue::Subject;
use planning::FactBase;
use store::Tx;
use store::change;
use store::facts::Version;

use super::items::Seen;
use super::registers::{self, Read};
use super::supply::{CaseSeen, case_word};
use super::writer::{Quality, Writer};
use crate::{Office, Refused};

/// Organizations handed over at a time.
const HANDED: usize = 256;
/// Such packets on their way.
const IN_FLIGHT: usize = 16;
/// Organizations between two words on how far it is.
const SAY_EVERY: u64 = 5_000;

/// Says how far it is, so many of so many, and hears whether to go on.
pub(crate) type Say<'s> = &'s (dyn Fn(u64, u64) -> bool + Sync);

/// On which later day something else holds of whom, as far as is recorded today.
pub(crate) type Ahead = BTreeMap<Date, BTreeSet<OrgId>>;

/// A day's facts with what comes.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub base: FactBase,
    pub ahead: Ahead,
}

/// What is read besides the organizations.
pub(crate) struct Beside {
    pub registers: Read,
    pub seats: Vec<AreaCode>,
    pub cases: Vec<(u128, AreaCode, CaseSeen)>,
    /// Organizations with an issue, and the authorities inspected; only of today.
    pub quality: Option<(HashSet<OrgId>, Vec<AreaCode>)>,
}

impl Office {
    /// The facts of a day as known at `known` (none: now). `live`: they are today's. Refuses with [`Refused::Busy`] when told to stop.
    pub(crate) fn build_facts(
        &self,
        day: Date,
        known: Option<Instant>,
        live: bool,
        say: Say<'_>,
    ) -> Result<Built, Refused> {
        let mut base = FactBase::new(&self.catalogue, &self.areas, day);
        let (send, receive) = sync_channel(IN_FLIGHT);
        let wanted = registers::wanted(&base);
        let (read, written) = std::thread::scope(|scope| {
            // Moved in, so that a writer that stops is noticed by the reader.
            let filled = &mut base;
            let writer = scope.spawn(move || self.write_all(filled, receive.into_iter()));
            let read = self.db.read(|tx| {
                let heads = change::heads(tx)?;
                // The writer ends when nobody can send any more.
                let sent = read_organizations(tx, known, &send, say);
                drop(send);
                sent?;
                let beside = self.read_beside(tx, day, known, &wanted, live)?;
                Ok::<_, Refused>((heads, beside))
            });
            (read, writer.join().unwrap_or_else(|_| Err(Refused::internal("the writer of the facts panicked"))))
        });
        // What the writer says comes first: the reader only sees that nobody listens any more.
        let ahead = written?;
        let (heads, beside) = read?;
        for subject in [Subject::Organization, Subject::CommunityOrganization] {
            if let Some(table) = base.table_mut(&subject) {
                table.sort_by_place();
            }
        }
        self.write_beside(&mut base, &beside);
        for (origin, pos) in heads {
            base.advance(origin, pos.cast_unsigned());
        }
        Ok(Built { base, ahead })
    }

    fn write_all(
        &self,
        base: &mut FactBase,
        packets: impl Iterator<Item = Vec<Vec<Version>>>,
    ) -> Result<Ahead, Refused> {
        let (mut writer, mut ahead) = (Writer::new(base, &self.areas), Ahead::new());
        for versions in packets.flatten() {
            let Some(org) = versions.first().map(|version| version.org) else { continue };
            if let Some(next) = writer.organization(org.bits(), &mut seen(&versions), true)? {
                ahead.entry(next).or_default().insert(org);
            }
        }
        Ok(ahead)
    }

    pub(crate) fn read_beside(
        &self,
        tx: &mut Tx<'_>,
        day: Date,
        known: Option<Instant>,
        wanted: &BTreeSet<String>,
        live: bool,
    ) -> Result<Beside, Refused> {
        let mut cases = Vec::new();
        // Until matters of enforcement run here, nobody keeps such cases, and no figure of them is one.
        if self.keeps_enforcement() {
            let mut kinds = BTreeMap::new();
            store::facts::each_case(tx, |case| {
                let kind = *kinds.entry(case.matter.clone()).or_insert_with(|| self.kind_of_case(&case, day));
                cases.extend(case_on(&case, kind, day, known));
                Ok::<_, Refused>(())
            })?;
        }
        let quality = if live && known.is_none() {
            let mut defective = HashSet::new();
            store::facts::each_defective(tx, |org| {
                defective.insert(org);
                Ok::<_, Refused>(())
            })?;
            Some((defective, store::facts::inspected(tx)?))
        } else {
            None
        };
        let registers = registers::read(tx, wanted, day, known)?;
        Ok(Beside { registers, seats: Self::registrar_seats(tx)?, cases, quality })
    }

    /// Writes what was read besides the organizations, in place of what was there.
    pub(crate) fn write_beside(&self, base: &mut FactBase, beside: &Beside) {
        let mut writer = Writer::new(base, &self.areas);
        self.write_registers(&mut writer, &beside.registers);
        self.write_registrars(&mut writer, &beside.registers, &beside.seats);
        for (id, area, seen) in &beside.cases {
            writer.case(*id, area, *seen);
        }
        if let Some((defective, inspected)) = &beside.quality {
            let quality = Quality { inspected: inspected.iter().map(|area| writer.place(area.as_str())).collect() };
            for org in defective {
                writer.data_complete(org.bits(), true, &quality);
            }
            writer.rest_is_complete(&quality);
        }
        if self.keeps_enforcement()
            && let Some(table) = base.table_mut(&Subject::Case)
        {
            table.keep_since(Date::MIN);
        }
    }

    /// Whether a matter of enforcement runs here.
    pub(crate) fn keeps_enforcement(&self) -> bool {
        *self.facts.enforcement.get_or_init(|| {
            let matters = self.catalogue.matters_at(&[AreaCode::nation()], self.clock.today());
            matters.iter().any(|resolved| case_word(resolved.matter.kind) == "enforcement")
        })
    }

    /// The word of `case.kind` of a case, by its matter.
    pub(crate) fn kind_of_case(&self, case: &store::facts::Case, day: Date) -> &'static str {
        let found = self.catalogue.matter(&case.matter, &self.lineage(&case.area, day), day);
        found.map_or("other", |resolved| case_word(resolved.matter.kind))
    }
}

/// A case as it stood on a day; none if it was not there yet.
pub(crate) fn case_on(
    case: &store::facts::Case,
    kind: &'static str,
    day: Date,
    known: Option<Instant>,
) -> Option<(u128, AreaCode, CaseSeen)> {
    let last = known.map_or(day, |known| known.date().min(day));
    let closed_on = case.ended_on.filter(|end| *end <= last);
    (case.received_on <= last).then(|| (case.id.bits(), case.area.clone(), CaseSeen { kind, closed_on }))
}

/// The versions as facts read them.
pub(crate) fn seen(versions: &[Version]) -> Vec<Seen<'_>> {
    versions.iter().map(|one| Seen { from: one.from, to: one.to, facts: &one.facts }).collect()
}

/// Hands over the versions of every organization, those of one together.
fn read_organizations(
    tx: &mut Tx<'_>,
    known: Option<Instant>,
    send: &SyncSender<Vec<Vec<Version>>>,
    say: Say<'_>,
) -> Result<(), Refused> {
    let total: i64 =
        store::cubes::of_area(tx, "org.registrar", &AreaCode::nation())?.iter().map(|count| count.number).sum();
    let total = u64::try_from(total).unwrap_or_default();
    let (mut packet, mut count): (Vec<Vec<Version>>, u64) = (Vec::with_capacity(HANDED), 0);
    let gone = || Refused::internal("the writer of the facts stopped");
    let mut last: Option<(Origin, OrgId)> = None;
    store::facts::each_version(tx, known, |version| {
        let this = (version.origin, version.org);
        if last != Some(this) {
            last = Some(this);
            count += 1;
            if count.is_multiple_of(SAY_EVERY) && !say(count, total.max(count)) {
                return Err(Refused::Busy);
            }
            if packet.len() == HANDED {
                send.send(std::mem::replace(&mut packet, Vec::with_capacity(HANDED))).map_err(|_| gone())?;
            }
            packet.push(Vec::new());
        }
        if let Some(own) = packet.last_mut() {
            own.push(version);
        }
        Ok(())
    })?;
    send.send(packet).map_err(|_| gone())
}
