//! Loading generated organizations (生成演示数据): as bulk acts, in order of their origin so that each act counts in few cubes, and
//! resumable: the same seed and numbers go in once.
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use authority::Actor;
use base::{Origin, RecordId};
use registry::generate::{Focus, Generated, Generator, Made};
use serde_json::json;
use store::registers::{ImportBatch, ImportChunk, batch_of_file, last_chunk};

use crate::bulk::{AHEAD, Chunk, Pace};
use crate::staged::Staged;
use crate::{Deed, Office, Refused};

/// `import_batch.kind` of generated organizations.
pub const KIND: &str = "generated";
/// Installations that may hold invented organizations: never one that serves.
const PLAYGROUNDS: &[&str] = &["demo", "generate", "test"];

/// What to generate.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The same seed gives the same organizations.
    pub seed: u64,
    /// Legal persons.
    pub organizations: u64,
    /// Community organizations.
    pub communities: u64,
    /// Whether officers' terms are kept as well.
    pub officers: bool,
    /// Where and until when.
    pub focus: Focus,
}

/// How many are loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Loaded {
    /// Done, earlier runs included.
    pub done: u64,
    /// Asked for.
    pub of: u64,
}

/// Organizations made ready, with how many numbers they stand for.
#[derive(Debug)]
struct Piece {
    staged: Staged,
    numbers: u64,
}

/// What chunks are made of.
struct Maker<'m> {
    office: &'m Office,
    generator: &'m Generator<'m>,
    officers: bool,
    batch: RecordId,
    pace: &'m Pace,
}

impl Office {
    /// Generates and loads; `progress` is called after each act. An installation in use refuses.
    pub fn load_generated(&self, plan: &Plan, mut progress: impl FnMut(Loaded)) -> Result<Loaded, Refused> {
        self.check_playground()?;
        let generator = Generator::new(plan.seed, &self.areas, &plan.focus);
        let mut numbers = in_order(&generator, plan);
        let (mut batch, next) = self.begin_generated(plan, numbers.len() as u64)?;
        let mut loaded = Loaded { done: batch.taken.unsigned_abs(), of: numbers.len() as u64 };
        if batch.state == "done" {
            return Ok(loaded);
        }
        let rest = numbers.split_off((batch.taken as usize).min(numbers.len()));
        let pace = Pace::default();
        let maker =
            Maker { office: self, generator: &generator, officers: plan.officers, batch: batch.id, pace: &pace };
        std::thread::scope(|scope| {
            let (to, pieces) = sync_channel(AHEAD);
            let making = scope.spawn(move || maker.all(rest, next, &to));
            for (number, piece) in (next..).zip(pieces) {
                batch.taken += piece.numbers as i64;
                batch.rev += 1;
                let (count, numbers) = (piece.staged.len(), piece.numbers);
                let time = self.write_generated(&Arc::new(Mutex::new(piece)), &batch, number).map_err(met)?;
                pace.learn(count, time);
                loaded.done += numbers;
                progress(loaded);
            }
            making.join().unwrap_or_else(|_| Err(Refused::internal("the making thread stopped")))
        })?;
        let closed =
            ImportBatch { state: "done".to_owned(), ended_at: Some(self.clock.now()), rev: batch.rev + 1, ..batch };
        self.act(deed(closed.id, "close_generation"), move |work| {
            work.update(&ImportBatch { entry: work.entry, ..closed })
        })?;
        Ok(loaded)
    }

    /// Synthetic data never enters an installation that serves people.
    fn check_playground(&self) -> Result<(), Refused> {
        let kind = self.db.read(|tx| store::registers::meta(tx, "kind"))?;
        match kind.as_deref() {
            Some(kind) if PLAYGROUNDS.contains(&kind) => Ok(()),
            Some(kind) => Err(Refused::rule(
                "not_a_playground",
                format!("这个数据目录是正式使用的（{kind}），不能放入演示数据"),
                "请用 --data 指定一个新的目录",
            )),
            None => Ok(self.db.write(|tx| store::registers::set_meta(tx, "kind", "generate"))?),
        }
    }

    fn begin_generated(&self, plan: &Plan, total: u64) -> Result<(ImportBatch, i64), Refused> {
        let settings = json!({
            "seed": plan.seed, "organizations": plan.organizations, "communities": plan.communities,
            "officers": plan.officers, "within": plan.focus.within, "until": plan.focus.until.to_string(),
        });
        let digest = vault::sm3(settings.to_string().as_bytes());
        let origin = Origin::none();
        if let Some(known) = self.db.read(|tx| batch_of_file(tx, origin, KIND, digest.as_bytes(), false))? {
            let last = self.db.read(|tx| last_chunk(tx, origin, known.id))?;
            return Ok((known, last + 1));
        }
        let batch = ImportBatch {
            origin,
            id: RecordId::fresh(&self.clock, &self.rng),
            kind: KIND.to_owned(),
            file: digest.as_bytes().to_vec(),
            file_name: format!("generate --seed {}", plan.seed),
            mapping: settings,
            state: "running".to_owned(),
            total: total as i64,
            taken: 0,
            rejected: 0,
            dry: false,
            started_at: self.clock.now(),
            ended_at: None,
            account: None,
            rev: 1,
            entry: base::EntryId::from_bits(0),
        };
        let opened = batch.clone();
        self.act(deed(batch.id, "open_generation"), move |work| {
            work.insert(&ImportBatch { entry: work.entry, ..opened })
        })?;
        Ok((batch, 0))
    }

    fn write_generated(
        &self,
        shared: &Arc<Mutex<Piece>>,
        batch: &ImportBatch,
        number: i64,
    ) -> Result<std::time::Duration, Refused> {
        let batch = batch.clone();
        self.write_chunk(
            deed(batch.id, "load_generated"),
            shared,
            |piece| &piece.staged,
            move |work, piece| {
                let (origin, entry, taken) = (batch.origin, work.entry, piece.numbers as i64);
                work.insert(&ImportChunk { origin, batch: batch.id, number, taken, rejected: 0, root: None, entry })?;
                work.update(&ImportBatch { entry, ..batch })
            },
        )
    }
}

impl Maker<'_> {
    /// Makes one piece after the other, until all are made or nobody takes them any more.
    fn all(&self, numbers: Vec<(u64, Made)>, first: i64, to: &SyncSender<Piece>) -> Result<(), Refused> {
        let mut numbers = numbers.into_iter().peekable();
        let mut at = first;
        while numbers.peek().is_some() {
            let subject = format!("import/{}/{at}", self.batch);
            if to.send(self.piece(&mut numbers, &subject)?).is_err() {
                break;
            }
            at += 1;
        }
        Ok(())
    }

    fn piece(&self, numbers: &mut impl Iterator<Item = (u64, Made)>, subject: &str) -> Result<Piece, Refused> {
        let (mut chunk, mut count) = (Chunk::default(), 0);
        for (number, kind) in numbers.take(self.pace.size()) {
            count += 1;
            if let Some(Generated { versions, officers, .. }) = self.generator.make(number, kind) {
                chunk.add(self.office, &versions, if self.officers { &officers } else { &[] })?;
            }
        }
        Ok(Piece { staged: chunk.stage(self.office, subject), numbers: count })
    }
}

/// A name, code or number is there already: other generated organizations of the same registrars.
fn met(refused: Refused) -> Refused {
    match refused {
        Refused::Conflict => Refused::rule(
            "generated_before",
            "这个数据目录里已有同一地区的演示组织，名称或备案号会重复",
            "请用原来的参数继续，或用 --data 指定新的目录",
        ),
        other => other,
    }
}

fn deed(batch: RecordId, act: &str) -> Deed {
    Deed::by(&Actor::system(), Origin::none(), "import", batch, act)
}

/// All numbers, those of one origin together.
fn in_order(generator: &Generator<'_>, plan: &Plan) -> Vec<(u64, Made)> {
    let all = [(Made::Organization, plan.organizations), (Made::Community, plan.communities)];
    let mut numbers: Vec<(Option<Origin>, u64, Made)> = all
        .into_iter()
        .flat_map(|(kind, count)| (0..count).map(move |number| (number, kind)))
        .map(|(number, kind)| (generator.registrar_of(number, kind), number, kind))
        .collect();
    numbers.sort_by_key(|(origin, number, kind)| (*origin, *kind == Made::Community, *number));
    numbers.into_iter().map(|(_, number, kind)| (number, kind)).collect()
}

#[cfg(test)]
mod tests {
    use base::Date;
    use store::sql;

    use super::*;
    use crate::testing::office;

    fn plan(organizations: u64) -> Plan {
        let focus =
            Focus { within: vec!["21".parse().unwrap(), "330383".parse().unwrap()], until: Date::constant(2026, 3, 1) };
        Plan { seed: 5, organizations, communities: organizations / 2, officers: true, focus }
    }

    fn numbers(office: &Office, text: store::Statement) -> i64 {
        office.db.read(|tx| tx.get::<i64>(text, &[])).unwrap()
    }

    #[test]
    fn generated_organizations_have_history_officers_and_counts() {
        let office = office();
        let loaded = office.load_generated(&plan(600), |_| {}).unwrap();
        assert_eq!(loaded, Loaded { done: 900, of: 900 });
        assert_eq!(numbers(&office, sql!("test.n", "select count(*) from organization where synthetic = 1")), 900);
        assert!(numbers(&office, sql!("test.v", "select count(*) from organization_version")) > 1_100);
        assert!(numbers(&office, sql!("test.o", "select count(*) from officer")) > 2_000);
        let counted = sql!(
            "test.c",
            "select cast(sum(number) as bigint) from cube_count where cube = 'org.registrar' and area = '100000'"
        );
        assert_eq!(numbers(&office, counted), 900, "the cubes count what is there");
        let gaps = sql!(
            "test.g",
            "select count(*) from organization o where not exists (select 1 from organization_version v
             where v.origin = o.origin and v.org = o.id and v.valid_to is null)"
        );
        assert_eq!(numbers(&office, gaps), 0, "each has one version in force");
    }

    #[test]
    fn the_same_plan_goes_in_once() {
        let office = office();
        office.load_generated(&plan(100), |_| {}).unwrap();
        let entries = sql!("test.e", "select count(*) from journal_entry");
        let before = numbers(&office, entries);
        office.load_generated(&plan(100), |_| panic!("nothing is left to do")).unwrap();
        assert_eq!(numbers(&office, entries), before);
    }

    #[test]
    fn an_installation_in_use_refuses_invented_organizations() {
        let office = office();
        office.db.write(|tx| store::registers::set_meta(tx, "kind", "serve")).unwrap();
        assert_eq!(office.load_generated(&plan(10), |_| {}).unwrap_err().code(), "not_a_playground");
    }
}
