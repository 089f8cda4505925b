//! Acts with undo (待生效): kept for some seconds, taken back by a click, decided and done only then. A restart in between changes
//! nothing: what is due is done at the next start. Whoever has signed out meanwhile has still acted.
use authority::{Actor, Verb};
use base::{AccountId, CaseId, Instant, Origin, RecordId};
use casework::decide;
use serde::{Deserialize, Serialize};
use store::accounts::Notice;
use store::cases::{self, CaseRow, PendingAct};
use store::desk;
use store::{Tx, args};

use super::document;
use super::draft::ActDraft;
use crate::act::{Deed, Work};
use crate::cases::Done;
use crate::people::Keys;
use crate::{Office, Refused};

/// The parameter that says for how many seconds an act may be taken back.
const UNDO: &str = "undo_seconds";
/// How many are done in one go.
const BATCH: usize = 100;

/// What a row of `pending_act` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    draft: ActDraft,
    actor: Actor,
    case: CaseId,
    number: String,
    title: String,
    label: String,
    /// The revision the person saw.
    #[serde(default)]
    seen: Option<i64>,
}

/// An act that may still be taken back.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    /// Its id.
    pub id: RecordId,
    /// Whose.
    pub account: AccountId,
    /// Who, as shown.
    pub name: String,
    /// 办件编号
    pub number: String,
    /// The case's title.
    pub title: String,
    /// The step it is made at.
    pub step: String,
    /// The button that was pressed.
    pub label: String,
    /// When it becomes an act.
    pub runs_at: Instant,
}

impl Pending {
    fn of(row: &PendingAct) -> Option<Self> {
        let kept: Kept = serde_json::from_value(row.act.clone()).ok()?;
        Some(Self {
            id: row.id,
            account: row.account,
            name: kept.actor.name,
            number: kept.number,
            title: kept.title,
            step: kept.draft.step.as_str().to_owned(),
            label: kept.label,
            runs_at: row.runs_at,
        })
    }

    /// Whole seconds left at `now`.
    pub fn seconds_left(&self, now: Instant) -> i64 {
        (self.runs_at.seconds() - now.seconds()).max(0)
    }
}

/// The acts an account may still take back.
pub(super) fn pending_of(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Pending>, Refused> {
    Ok(cases::pending_of(tx, account)?.iter().filter_map(Pending::of).collect())
}

/// The acts on a case that have not taken effect.
pub(super) fn pending_on(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<Pending>, Refused> {
    Ok(desk::pending_on(tx, origin, &format!("case/{case}"))?.iter().filter_map(Pending::of).collect())
}

/// The deed of a drafted act on a case.
fn deed_of(who: &Actor, (origin, case): (Origin, CaseId), draft: &ActDraft) -> Deed {
    let verb = serde_json::to_value(draft.verb).ok().and_then(|word| word.as_str().map(str::to_owned));
    Deed::by(who, origin, "case", case, &verb.unwrap_or_default()).because(draft.reason.clone())
}

impl Office {
    /// Puts an act down to take effect in ten seconds. It is decided now already, so that a refusal is told at once; and again
    /// then, on the revision the person saw.
    pub fn pend(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        seen: i64,
        draft: &ActDraft,
    ) -> Result<Pending, Refused> {
        let (office, who, draft) = (self.clone(), who.clone(), draft.clone());
        self.db.write(move |tx| {
            let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
            if !crate::cases::act::is_fresh(&row, Some(&draft.step.as_str().into()), seen) {
                return Err(Refused::Conflict);
            }
            // Only at the same step: opinions asked for side by side do not wait for each other.
            if let Some(earlier) = pending_on(tx, origin, id)?.iter().find(|one| one.step == draft.step.as_str()) {
                return Err(Refused::rule(
                    "pending",
                    format!("这一件有一项“{}”还没有生效（{}）", earlier.label, earlier.name),
                    "请等几秒，或者先撤销它",
                ));
            }
            let label = office.foresee(tx, &who, row.clone(), &draft)?;
            let undo = office.undo_seconds()?;
            let now = office.clock.now();
            let kept = Kept {
                case: id,
                number: row.number,
                title: row.title,
                label,
                actor: who.clone(),
                draft,
                seen: Some(seen),
            };
            let act = PendingAct {
                origin,
                id: office.record_id(),
                account: who.account,
                subject: format!("case/{id}"),
                act: serde_json::to_value(&kept).map_err(Refused::internal)?,
                at: now,
                runs_at: now.plus_seconds(undo),
            };
            tx.insert(&act)?;
            Pending::of(&act).ok_or_else(|| Refused::internal("a pending act that cannot be read back"))
        })
    }

    /// For how many seconds an act may be taken back.
    pub fn undo_seconds(&self) -> Result<i64, Refused> {
        self.need_int(UNDO, &base::AreaCode::nation(), self.clock.today())
    }

    /// Decides an act without doing it; gives the words of its button.
    pub(super) fn foresee(
        &self,
        tx: &mut Tx<'_>,
        who: &Actor,
        row: CaseRow,
        draft: &ActDraft,
    ) -> Result<String, Refused> {
        let mut keys = Keys::default();
        let resolved = self.edition(tx, &row.edition)?;
        let loaded = self.load_case(tx, &mut keys, row, &resolved.matter)?;
        let step = resolved.matter.find_step(&draft.step.as_str().into());
        let step = step.ok_or_else(|| Refused::rule("not_open", "这一环节没有打开", "请刷新页面查看现在的环节"))?;
        let lacks = draft.lacks(step);
        if !lacks.is_empty() {
            return Err(Refused::Invalid(lacks));
        }
        let typed = serde_json::to_value(draft).map_err(Refused::internal)?;
        crate::typed::refuse_in_json("reason", &typed, self.clock.today())?;
        let mut act = draft.to_act();
        if draft.generate {
            act.files.push(base::FileId::from_bits(0));
        }
        let facts =
            self.case_facts(tx, &resolved.matter, &loaded.case.area, &loaded.case.answers, Some(&loaded.case))?;
        decide(&self.rules(&resolved), &loaded.case, &facts, who, &act, self.clock.today())?;
        let label = step.offers(draft.verb).next().map(|offered| offered.words().to_owned());
        Ok(label.unwrap_or_else(|| draft.verb.plain().to_owned()))
    }

    /// Takes an act back; only its author can, and only before it has taken effect.
    pub fn take_back(&self, who: &Actor, id: RecordId) -> Result<Pending, Refused> {
        let account = who.account;
        self.db.write(move |tx| {
            let gone = || {
                Refused::rule(
                    "done",
                    "这项办理已经生效，不能再撤销",
                    "如有错误，请按更正程序办理，或者联系下一环节退回",
                )
            };
            let rows = cases::pending_of(tx, account)?;
            let row = rows.iter().find(|row| row.id == id).ok_or_else(gone)?;
            let pending = Pending::of(row).ok_or_else(gone)?;
            if cases::drop_pending(tx, row.origin, id)? { Ok(pending) } else { Err(gone()) }
        })
    }

    /// The acts an account may still take back.
    pub fn pending(&self, who: &Actor) -> Result<Vec<Pending>, Refused> {
        let account = who.account;
        self.db.read(move |tx| pending_of(tx, account))
    }

    /// Does every pending act whose time has come. Any process may call it at any moment: each act is taken by one of them.
    /// A refused one is dropped and its author told why. Gives how many took effect.
    pub fn run_pending(&self) -> Result<usize, Refused> {
        let now = self.clock.now();
        let due = self.db.read(|tx| Ok::<_, Refused>(cases::pending(tx, now, BATCH)?))?;
        let mut done = 0;
        for row in due {
            match self.run_one(&row) {
                Ok(_) => done += 1,
                Err(Refused::Busy) => return Err(Refused::Busy),
                Err(Refused::Rule { code: "taken", .. }) => {}
                Err(refused) => self.tell_refused(&row, &refused)?,
            }
        }
        Ok(done)
    }

    fn run_one(&self, row: &PendingAct) -> Result<Done, Refused> {
        let kept: Kept = serde_json::from_value(row.act.clone()).map_err(Refused::internal)?;
        let who = self.db.read(|tx| self.as_he_is_now(tx, &kept.actor))?;
        let (office, origin, id) = (self.clone(), row.origin, row.id);
        self.act(deed_of(&who, (origin, kept.case), &kept.draft), move |work| {
            // Whoever drops the row does the act; both in one transaction.
            if !cases::drop_pending(work.tx, origin, id)? {
                return Err(Refused::rule("taken", "这项办理已经撤销或者已经生效", "请刷新页面"));
            }
            // The case is judged anew as it stands. Another body may have given its opinion beside this one: that is no conflict.
            office.act_as_drafted(work, &who, (origin, kept.case), kept.seen, &kept.draft)
        })
    }

    /// Does an act at once, with the document the platform makes if the draft asks for one. For the demonstration.
    pub(crate) fn act_on_draft(
        &self,
        who: &Actor,
        (origin, case): (Origin, CaseId),
        draft: &ActDraft,
    ) -> Result<Done, Refused> {
        let (office, who, draft) = (self.clone(), who.clone(), draft.clone());
        self.act(deed_of(&who, (origin, case), &draft), move |work| {
            office.act_as_drafted(work, &who, (origin, case), None, &draft)
        })
    }

    fn act_as_drafted(
        &self,
        work: &mut Work<'_, '_>,
        who: &Actor,
        (origin, case): (Origin, CaseId),
        seen: Option<i64>,
        draft: &ActDraft,
    ) -> Result<Done, Refused> {
        let mut act = draft.to_act();
        if draft.generate {
            act.files.push(document::make(self, work, who, origin, case, &act)?);
        }
        self.act_in(work, who, origin, case, seen, &act)
    }

    /// The actor with the posts he still has: those he acted in, as far as he holds them today.
    fn as_he_is_now(&self, tx: &mut Tx<'_>, then: &Actor) -> Result<Actor, Refused> {
        let account = store::accounts::find(tx, then.account)?.ok_or(Refused::NotFound("这个账号"))?;
        if account.state != "active" {
            return Err(Refused::rule("account_closed", "办理人的账号已经停用", "请由同岗位的同事办理"));
        }
        let now = crate::accounts::session::actor_of(tx, &account, self.clock.today())?;
        let posts = then.posts.iter().filter(|post| now.posts.contains(post)).cloned().collect();
        Ok(Actor { posts, ..then.clone() })
    }

    /// Drops a refused act and tells its author.
    fn tell_refused(&self, row: &PendingAct, refused: &Refused) -> Result<(), Refused> {
        let pending = Pending::of(row);
        tracing::info!(id = %row.id, %refused, "a pending act was refused");
        let why = match refused {
            Refused::Internal(detail) => {
                tracing::error!(id = %row.id, detail, "a pending act failed");
                refused.to_string()
            }
            Refused::Invalid(wrong) => wrong.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("；"),
            other => other.to_string(),
        };
        let (office, row) = (self.clone(), row.clone());
        self.db.write(move |tx| {
            if !cases::drop_pending(tx, row.origin, row.id)? {
                return Ok(());
            }
            let Some(account) = store::accounts::find(tx, row.account)? else { return Ok(()) };
            let (label, number) = pending.map_or_else(Default::default, |pending| (pending.label, pending.number));
            tx.insert(&Notice {
                person: account.person,
                id: office.record_id(),
                at: office.clock.now(),
                title: format!("“{label}”没有生效：{number}"),
                link: format!("/desk/cases/{number}"),
                body: why,
                read_at: None,
            })?;
            Ok(())
        })
    }

    /// Claims a task or puts it back: done at once.
    pub fn claim_task(
        &self,
        who: &Actor,
        (origin, id): (Origin, CaseId),
        step: &str,
        take: bool,
    ) -> Result<Done, Refused> {
        let verb = if take { Verb::Claim } else { Verb::Release };
        self.act_on_case(who, origin, id, None, casework::Act::new(Some(step.into()), verb))
    }
}
