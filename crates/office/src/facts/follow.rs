//! Following (跟随): what the change rows speak of is read again and written into every day that is held. What comes twice changes
//! nothing, because a subject's facts are a function of the register alone and each day keeps its position with them.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use base::{AreaCode, CaseId, Date, OrgId, Origin};
use catalogue::Subject;
use planning::FactBase;
use store::Tx;
use store::change::{self, ChangeRow, Positions};
use store::facts::Version;

use super::build::{Ahead, case_on, seen};
use super::registers::{self, DELEGATED, Read};
use super::supply::CaseSeen;
use super::writer::{Quality, Writer};
use super::{Day, locked};
use crate::lookup::organizations_in;
use crate::{Office, Refused};

/// Change rows taken at a time. A row of a bulk act stands for up to a thousand organizations.
const BATCH: usize = 64;

/// What a batch of change rows speaks of.
#[derive(Default)]
struct Touched {
    organizations: BTreeSet<OrgId>,
    registers: BTreeSet<String>,
    cases: BTreeSet<CaseId>,
    quality: bool,
    seats: bool,
}

/// One organization, read again.
struct Again {
    org: OrgId,
    versions: Vec<Version>,
    defective: bool,
}

/// What was read again.
struct Fresh {
    rows: usize,
    organizations: Vec<Again>,
    registers: Read,
    cases: Vec<(u128, AreaCode, CaseSeen)>,
    inspected: Vec<AreaCode>,
    seats: Vec<AreaCode>,
    touched: Touched,
    positions: Vec<(Origin, u64)>,
}

impl Office {
    /// Brings every day that is held up to the newest change; gives the number of change rows passed. Each round of the follower, and
    /// whoever asks where none runs.
    pub fn follow_facts(&self) -> Result<usize, Refused> {
        let _one = locked(&self.facts.following);
        self.pass_midnight()?;
        let mut passed = 0;
        for day in self.facts.held() {
            passed += self.follow_day(&day)?;
        }
        Ok(passed)
    }

    /// Brings one day up to the newest change.
    pub(super) fn follow_day(&self, day: &Arc<Day>) -> Result<usize, Refused> {
        let mut passed = 0;
        loop {
            let positions = positions_of(&day.read());
            let fresh = self.read_again(&positions, day.date, day.live)?;
            if fresh.rows == 0 {
                return Ok(passed);
            }
            passed += fresh.rows;
            let mut base = day.write();
            let told = self.write_again(&mut base, &mut locked(&day.ahead), &fresh, day.live)?;
            drop(base);
            day.dirty.store(true, Ordering::Relaxed);
            if day.live && told {
                self.facts.moved();
            }
        }
    }

    fn read_again(&self, positions: &Positions, day: Date, live: bool) -> Result<Fresh, Refused> {
        self.db.read(|tx| {
            let rows = change::follow(tx, positions, BATCH)?;
            let touched = touched_by(tx, &rows)?;
            let organizations =
                touched.organizations.iter().map(|org| read_organization(tx, *org, live)).collect::<Result<_, _>>()?;
            let registers = registers::read(tx, &self.with_delegations(&touched), day, None)?;
            let mut cases = Vec::new();
            for id in touched.cases.iter().filter(|_| self.keeps_enforcement()) {
                let Some(case) = store::facts::find_case(tx, *id)? else { continue };
                cases.extend(case_on(&case, self.kind_of_case(&case, day), day, None));
            }
            let inspected = if live { store::facts::inspected(tx)? } else { Vec::new() };
            let seats = if rows.is_empty() { Vec::new() } else { Self::registrar_seats(tx)? };
            let positions = rows.iter().map(|row| (row.origin, row.pos.cast_unsigned())).collect();
            Ok(Fresh { rows: rows.len(), organizations, registers, cases, inspected, seats, touched, positions })
        })
    }

    /// Who has a registrar rests on the delegations, too.
    fn with_delegations(&self, touched: &Touched) -> BTreeSet<String> {
        let mut wanted = touched.registers.clone();
        if touched.seats || !touched.organizations.is_empty() {
            wanted.insert(DELEGATED.to_owned());
        }
        wanted
    }

    /// Whether anything was written.
    fn write_again(&self, base: &mut FactBase, ahead: &mut Ahead, fresh: &Fresh, live: bool) -> Result<bool, Refused> {
        let mut writer = Writer::new(base, &self.areas);
        let inspected = fresh.inspected.iter().map(|area| writer.place(area.as_str())).collect();
        let quality = Quality { inspected };
        for again in &fresh.organizations {
            let next = writer.organization(again.org.bits(), &mut seen(&again.versions), false)?;
            if let Some(next) = next {
                ahead.entry(next).or_default().insert(again.org);
            }
            if live {
                writer.data_complete(again.org.bits(), again.defective, &quality);
            }
        }
        if live && fresh.touched.quality {
            writer.rest_is_complete(&quality);
        }
        self.write_registers(&mut writer, &fresh.registers);
        if writer.moved || fresh.touched.seats || fresh.touched.registers.contains(DELEGATED) {
            self.write_registrars(&mut writer, &fresh.registers, &fresh.seats);
        }
        for (id, area, seen) in &fresh.cases {
            writer.case(*id, area, *seen);
        }
        for (origin, pos) in &fresh.positions {
            base.advance(*origin, *pos);
        }
        let touched = &fresh.touched;
        Ok(!fresh.organizations.is_empty()
            || !touched.registers.is_empty()
            || !fresh.cases.is_empty()
            || touched.quality
            || touched.seats)
    }

    /// After midnight today's facts go on as a copy for the new day; whoever still reads the old one is not disturbed.
    fn pass_midnight(&self) -> Result<(), Refused> {
        let (Some(held), today) = (self.facts.today(), self.clock.today()) else { return Ok(()) };
        if held.date == today {
            return Ok(());
        }
        self.follow_day(&held)?;
        let (base, ahead) = (held.read().clone(), locked(&held.ahead).clone());
        let moved = self.move_facts(base, ahead, today)?;
        self.facts.set_today(moved);
        self.facts.moved();
        Ok(())
    }

    /// The facts of an earlier day moved on to a later one: another tree, what was recorded to begin or end in between, and every
    /// register as it stands by then.
    pub(super) fn move_facts(&self, mut base: FactBase, mut ahead: Ahead, to: Date) -> Result<Arc<Day>, Refused> {
        base.move_to(&self.areas, to);
        let later = ahead.split_off(&to.tomorrow().map_err(Refused::internal)?);
        let due: BTreeSet<OrgId> = ahead.into_values().flatten().collect();
        let wanted = registers::wanted(&base);
        let (again, beside) = self.db.read(|tx| {
            let again: Vec<Again> =
                due.iter().map(|org| read_organization(tx, *org, true)).collect::<Result<_, Refused>>()?;
            Ok::<_, Refused>((again, self.read_beside(tx, to, None, &wanted, true)?))
        })?;
        let mut ahead = later;
        let mut writer = Writer::new(&mut base, &self.areas);
        for again in &again {
            let next = writer.organization(again.org.bits(), &mut seen(&again.versions), false)?;
            if let Some(next) = next {
                ahead.entry(next).or_default().insert(again.org);
            }
        }
        self.write_beside(&mut base, &beside);
        Ok(Day::of(base, ahead, true))
    }
}

fn positions_of(base: &FactBase) -> Positions {
    base.positions().iter().map(|(origin, pos)| (*origin, pos.cast_signed())).collect::<BTreeMap<_, _>>()
}

fn touched_by(tx: &mut Tx<'_>, rows: &[ChangeRow]) -> Result<Touched, Refused> {
    let mut touched = Touched::default();
    for row in rows {
        touched.organizations.extend(organizations_in(row));
        match (row.kind.as_str(), row.subject.split_once('/')) {
            ("register", Some((_, rest))) => {
                let register = rest.split_once('/').map_or(rest, |(register, _)| register);
                touched.registers.insert(register.to_owned());
            }
            ("case", Some((_, id))) => touched.cases.extend(id.parse::<CaseId>().ok()),
            ("quality", _) => {
                touched.quality = true;
                let found = store::facts::touched_by(tx, row.entry)?;
                touched.organizations.extend(found.into_iter().map(|(_, org)| org));
            }
            ("body", _) => touched.seats = true,
            _ => {}
        }
    }
    Ok(touched)
}

fn read_organization(tx: &mut Tx<'_>, org: OrgId, live: bool) -> Result<Again, Refused> {
    let Some(origin) = store::organizations::locate(tx, org)? else {
        return Ok(Again { org, versions: Vec::new(), defective: false });
    };
    let versions = store::facts::versions_of(tx, origin, org, None)?;
    let defective = live && store::facts::is_defective(tx, origin, org)?;
    Ok(Again { org, versions, defective })
}

/// Follows while the process serves, and writes the files now and then.
pub(crate) struct Round {
    office: Office,
    /// When the files were written last.
    kept: Instant,
    writing: Option<JoinHandle<Duration>>,
    /// How long that took last: at scale it is much, and is done the more seldom.
    took: Duration,
}

/// Files are written at most so often, and never in more than a hundredth of the time.
const KEEP_EVERY: Duration = Duration::from_mins(1);

impl Office {
    /// From now on a thread follows, and whoever asks for facts need not.
    pub(crate) fn follow_facts_from_now_on(&self) -> Round {
        self.facts.followed.store(true, Ordering::Relaxed);
        Round { office: self.clone(), kept: Instant::now(), writing: None, took: Duration::ZERO }
    }
}

impl Round {
    /// One round. What fails is logged and tried again.
    pub(crate) fn round(&mut self) {
        let office = &self.office;
        let today = office.clock.today();
        let ready = match office.facts.find(today, today) {
            Some(_) => office.follow_facts().map(drop),
            // The first round, and midnight with nothing held.
            None if office.facts.today().is_some() => office.follow_facts().map(drop),
            None => office.make_facts(today).map(drop),
        };
        if let Err(error) = ready {
            tracing::error!(%error, detail = ?error, "the facts could not follow");
        }
        if self.writing.as_ref().is_some_and(JoinHandle::is_finished) {
            self.wait();
        }
        if self.writing.is_none() && self.kept.elapsed() >= KEEP_EVERY.max(self.took * 100) {
            let office = self.office.clone();
            let write = move || {
                let begun = Instant::now();
                office.keep_facts();
                begun.elapsed()
            };
            self.writing = std::thread::Builder::new().name("facts-files".to_owned()).spawn(write).ok();
            self.kept = Instant::now();
        }
    }

    fn wait(&mut self) {
        if let Some(took) = self.writing.take().and_then(|thread| thread.join().ok()) {
            self.took = took;
        }
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        self.office.facts.followed.store(false, Ordering::Relaxed);
        self.wait();
        self.office.keep_facts();
    }
}

impl Day {
    /// Whether the day knows of this subject.
    pub fn has(&self, subject: &Subject, id: u128) -> bool {
        self.read().table(subject).and_then(|table| table.find(id)).is_some()
    }
}
