//! Sharing register data with another department (数据共享): requested → approved by another desk → live with a token → suspended →
//! ended. Each call is counted at once and journalled in batches with a running digest.
use authority::Actor;
use base::{AreaCode, Date, Instant, RecordId};
use serde_json::json;
use store::organizations::OrgLine;
use store::registers::{DataShare, ShareCall, meta, set_meta};
use store::{Filter, Statement, Tx, args, sql};

use super::amend::{origin_of, seat_of, sits};
use crate::act::Deed;
use crate::{Office, Refused};

const LIST: Statement = sql!(
    "sharing.list",
    "select origin, id, consumer, title, state, scope, asked_on, ends_on, calls, rev, entry from data_share
     where origin = $1 order by asked_on desc, id desc limit 200"
);
const BY_ID: Statement = sql!(
    "sharing.by_id",
    "select origin, id, consumer, title, state, scope, asked_on, ends_on, calls, rev, entry from data_share where id = $1"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[LIST, BY_ID];

/// Calls that make a batch.
const BATCH: i64 = 100;
/// Seconds after which a smaller batch is written.
const BATCH_SECONDS: i64 = 600;
/// Rows a call gives at most.
pub const PAGE: usize = 500;

/// What is counted and not journalled yet: since when, calls, records, running digest.
struct Pending {
    from: Instant,
    calls: i64,
    records: i64,
    digest: String,
}

impl Pending {
    fn key(share: RecordId) -> String {
        format!("share/{share}")
    }

    fn find(tx: &mut Tx<'_>, share: RecordId) -> Result<Option<Self>, Refused> {
        let Some(text) = meta(tx, &Self::key(share))? else { return Ok(None) };
        let mut parts = text.split(' ');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (Some(from), Ok(calls), Ok(records), digest) =
            (Instant::parse(&next()), next().parse(), next().parse(), next())
        else {
            return Ok(None);
        };
        Ok((calls > 0).then_some(Self { from, calls, records, digest }))
    }

    fn keep(&self, tx: &mut Tx<'_>, share: RecordId) -> Result<(), Refused> {
        Ok(set_meta(tx, &Self::key(share), &format!("{} {} {} {}", self.from, self.calls, self.records, self.digest))?)
    }
}

impl Office {
    /// The shares of the actor's authority.
    pub fn shares(&self, who: &Actor) -> Result<(AreaCode, Vec<DataShare>), Refused> {
        let area = seat_of(who, &["data_quality", "decision"])?;
        let origin = origin_of(&area);
        let list = self.db.read(|tx| Ok::<_, Refused>(tx.list(LIST, args![origin])?))?;
        Ok((area, list))
    }

    /// Asks for a share on behalf of a department.
    pub fn request_share(
        &self,
        who: &Actor,
        consumer: base::BodyId,
        title: &str,
        purpose: &str,
        until: Option<Date>,
    ) -> Result<RecordId, Refused> {
        let area = seat_of(who, &["data_quality"])?;
        sits(who, &["data_quality"], &area)?;
        let (title, purpose) = (title.trim().to_owned(), purpose.trim().to_owned());
        if title.chars().count() < 4 {
            return Err(Refused::field("title", "请写明共享什么，至少 4 个字"));
        }
        if purpose.chars().count() < 4 {
            return Err(Refused::field("purpose", "请写明用途和依据，至少 4 个字"));
        }
        let (origin, id) = (origin_of(&area), self.record_id());
        self.act(Deed::by(who, origin, "share", id, "request_share"), move |work| {
            work.note("title", title.clone());
            work.insert(&DataShare {
                origin,
                id,
                consumer,
                title,
                state: "requested".to_owned(),
                scope: json!({ "area": area, "purpose": purpose }),
                asked_on: work.today,
                ends_on: until,
                calls: 0,
                rev: 1,
                entry: work.entry,
            })?;
            Ok(id)
        })
    }

    /// Moves a share on: `approve` (decision desk), then `start` (gives the token, once), `suspend`, `resume`, `end`.
    pub fn move_share(&self, who: &Actor, id: RecordId, step: &str) -> Result<Option<String>, Refused> {
        let share = self.share(id)?;
        let area = share_area(&share)?;
        let desk = if step == "approve" { ["decision"] } else { ["data_quality"] };
        sits(who, &desk, &area)?;
        let (from, to): (&[&str], &str) = match step {
            "approve" => (&["requested"], "approved"),
            "start" => (&["approved"], "live"),
            "suspend" => (&["live"], "suspended"),
            "resume" => (&["suspended"], "live"),
            "end" => (&["requested", "approved", "live", "suspended"], "ended"),
            _ => return Err(Refused::NotFound("这个操作")),
        };
        let (office, from, to, starts) = (self.clone(), from.to_vec(), to.to_owned(), step == "start");
        let from: Vec<String> = from.into_iter().map(str::to_owned).collect();
        let by = who.account;
        let token = starts.then(|| vault::fresh_token(&self.rng));
        let digest = token.as_ref().map(|token| vault::token_digest(token).to_string());
        let deed = Deed::by(who, share.origin, "share", id, &format!("{step}_share"));
        self.act(deed, move |work| {
            let mut row: DataShare = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if !from.contains(&row.state) {
                return Err(Refused::Conflict);
            }
            // A share that waits for approval still bears the entry of the request.
            if row.state == "requested"
                && to == "approved"
                && crate::ledger::find_actor(work.tx, row.origin, row.entry)? == Some(by)
            {
                return Err(authority::Denied::SecondPerson.into());
            }
            if let Some(pending) = Pending::find(work.tx, id)? {
                row = office.write_batch(work, row, &pending)?;
            }
            let mut scope = row.scope.clone();
            if let Some(digest) = digest {
                scope["token"] = json!(digest);
            }
            let (rev, entry) = (row.rev + 1, work.entry);
            work.update(&DataShare { state: to, scope, rev, entry, ..row })
        })?;
        Ok(token)
    }

    fn share(&self, id: RecordId) -> Result<DataShare, Refused> {
        let found: Option<DataShare> = self.db.read(|tx| tx.find(BY_ID, args![id]))?;
        found.ok_or(Refused::NotFound("这项数据共享"))
    }

    /// A call of a live share by its token: a page of organizations, counted.
    pub fn call_share(
        &self,
        id: RecordId,
        token: &str,
        after: Option<(Date, base::OrgId)>,
    ) -> Result<Vec<OrgLine>, Refused> {
        let share = self.share(id)?;
        let known = share.scope["token"].as_str().unwrap_or_default();
        if known.is_empty() || !vault::same(known.as_bytes(), vault::token_digest(token).to_string().as_bytes()) {
            return Err(Refused::SignIn);
        }
        if share.state != "live" || share.ends_on.is_some_and(|end| end < self.clock.today()) {
            return Err(Refused::rule("share_stopped", "这项数据共享已暂停或到期", "请联系提供数据的登记管理机关"));
        }
        let area = share_area(&share)?;
        let lines = self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            filter.equal("registrar_area", &area);
            store::organizations::list(tx, &filter, after, PAGE)
        })?;
        self.count_call(id, &share, i64::try_from(lines.len()).unwrap_or(i64::MAX))?;
        Ok(lines)
    }

    fn count_call(&self, id: RecordId, share: &DataShare, records: i64) -> Result<(), Refused> {
        let now = self.clock.now();
        let due = self.db.write(move |tx| {
            let held =
                Pending::find(tx, id)?.unwrap_or(Pending { from: now, calls: 0, records: 0, digest: String::new() });
            let line = format!("{} {now} {records}", held.digest);
            let pending = Pending {
                from: held.from,
                calls: held.calls + 1,
                records: held.records + records,
                digest: vault::sm3(line.as_bytes()).to_string(),
            };
            pending.keep(tx, id)?;
            Ok::<_, Refused>(pending.calls >= BATCH || now.seconds() - pending.from.seconds() >= BATCH_SECONDS)
        })?;
        if due { self.flush_share(id, share) } else { Ok(()) }
    }

    /// Journals what was counted since the last batch.
    fn flush_share(&self, id: RecordId, share: &DataShare) -> Result<(), Refused> {
        let office = self.clone();
        let deed = Deed::by(&Actor::system(), share.origin, "share", id, "share_calls");
        self.act(deed, move |work| {
            let row: DataShare = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            let Some(pending) = Pending::find(work.tx, id)? else { return Err(Refused::Conflict) };
            office.write_batch(work, row, &pending).map(drop)
        })
        .or_else(|refused| if matches!(refused, Refused::Conflict) { Ok(()) } else { Err(refused) })
    }

    fn write_batch(
        &self,
        work: &mut crate::Work<'_, '_>,
        row: DataShare,
        pending: &Pending,
    ) -> Result<DataShare, Refused> {
        work.insert(&ShareCall {
            origin: row.origin,
            share: row.id,
            id: RecordId::fresh_at(work.at, &self.rng),
            from_at: pending.from,
            to_at: work.at,
            calls: pending.calls,
            records: pending.records,
            root: Some(pending.digest.as_bytes().to_vec()),
            entry: work.entry,
        })?;
        work.note("calls", pending.calls);
        work.note("records", pending.records);
        set_meta(work.tx, &Pending::key(row.id), "")?;
        let (calls, rev, entry) = (row.calls + pending.calls, row.rev + 1, work.entry);
        let counted = DataShare { calls, rev, entry, ..row };
        work.update(&counted)?;
        Ok(counted)
    }
}

fn share_area(share: &DataShare) -> Result<AreaCode, Refused> {
    share.scope["area"].as_str().unwrap_or_default().parse().map_err(Refused::internal)
}
