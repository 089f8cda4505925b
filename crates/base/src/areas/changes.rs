//! What changed: codes, names and parents, each on a day and with its source.
use jiff::civil::Date;

use super::load::{AreaFault, Builder, code_in, date_in, each_row};
use super::{AreaTree, key_of};
use crate::AreaCode;

/// One change of the tree (区划变更), for pages that show where an area comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreaChange<'t> {
    /// What happened.
    pub kind: AreaChangeKind,
    /// From which day.
    pub effective: Date,
    /// The source gives the month or the approval, not the exact day.
    pub approximate: bool,
    /// The area that came out of it.
    pub code: AreaCode,
    /// The area it came from; the same for [`AreaChangeKind::Created`] and [`AreaChangeKind::Renamed`].
    pub old_code: AreaCode,
    /// The document.
    pub source: &'t str,
}

/// The kinds of change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AreaChangeKind {
    /// 撤旧设新: `code` took over the whole territory of `old_code`, which ended.
    Recoded,
    /// 并入: `old_code` ended; the larger part of it went to `code`, its towns by `moved` lines.
    Merged,
    /// 析出: `code` was made from a part of `old_code`, which goes on.
    Split,
    /// 新设: `code` was made from parts named by `moved` lines.
    Created,
    /// 划转: `code` (a town as a rule) lay under `old_code` before.
    Moved,
    /// 更名: `code` was called `old_name` before.
    Renamed,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    kind: Kind,
    effective: Date,
    code: u64,
    old: u64,
    old_name: super::Piece,
    approximate: bool,
    source: super::Piece,
}

use AreaChangeKind as Kind;

impl Kind {
    fn read(text: &str) -> Result<Self, String> {
        Ok(match text {
            "recoded" => Self::Recoded,
            "merged" => Self::Merged,
            "split" => Self::Split,
            "created" => Self::Created,
            "moved" => Self::Moved,
            "renamed" => Self::Renamed,
            other => return Err(format!("“{other}”不是已知的变更类型")),
        })
    }
}

/// Reads the events and gives the nodes they begin and end their days.
pub(super) fn read(builder: &mut Builder, text: &str) -> Result<Vec<Event>, AreaFault> {
    let mut events = Vec::new();
    each_row("changes.csv", text, |row| {
        let effective = date_in(row, 0)?.ok_or("缺少生效日期")?;
        let kind = Kind::read(row.get(2).unwrap_or_default())?;
        let code = code_in(row, 3)?;
        let old = if kind == Kind::Created { code.clone() } else { code_in(row, 4)? };
        let old_name = row.get(5).unwrap_or_default();
        if matches!(kind, Kind::Recoded | Kind::Merged | Kind::Renamed) && old_name.is_empty() {
            return Err("缺少原名称".to_owned());
        }
        let source = row.get(6).unwrap_or_default();
        if source.is_empty() || source.len() > 1_000 {
            return Err("缺少依据，或依据过长".to_owned());
        }
        let approximate = match row.get(1).unwrap_or_default() {
            "day" => false,
            "month" => true,
            other => return Err(format!("“{other}”应为 day（日期确切）或 month（只确切到月）")),
        };
        let Some(node) = builder.rows.get_mut(&key_of(&code)) else {
            return Err(format!("没有代码为 {code} 的区划"));
        };
        if matches!(kind, Kind::Recoded | Kind::Split | Kind::Created) {
            node.from = Some(effective);
        }
        if matches!(kind, Kind::Recoded | Kind::Merged) {
            if builder.rows.contains_key(&key_of(&old)) {
                return Err(format!("原代码 {old} 仍在使用"));
            }
            builder.add(&old, old_name, "", "");
            if let Some(ended) = builder.rows.get_mut(&key_of(&old)) {
                ended.to = Some(effective);
            }
        }
        let (old_name, source) = (builder.intern(old_name), builder.intern(source));
        events.push(Event { kind, effective, code: key_of(&code), old: key_of(&old), old_name, approximate, source });
        Ok(())
    })?;
    if let Some(lost) = events.iter().find(|event| !builder.rows.contains_key(&event.old)) {
        let reason = format!("没有代码为 {} 的区划", super::code_of(lost.old));
        return Err(AreaFault { file: "changes.csv", line: 0, reason });
    }
    events.sort_by_key(|event| event.effective);
    Ok(events)
}

/// Enters earlier parents and names into the finished tree. `events` are in order of date.
pub(super) fn place(tree: &mut AreaTree, events: Vec<Event>) {
    for event in &events {
        let (Some(at), Some(old)) = (tree.index(event.code), tree.index(event.old)) else { continue };
        match event.kind {
            Kind::Renamed => tree.names.entry(at).or_default().push((event.effective, event.old_name)),
            Kind::Moved => put_under(tree, at, event.effective, old),
            Kind::Recoded | Kind::Split => {
                for child in children_of(tree, at) {
                    if !came_later(tree, &events, child, event.effective) {
                        put_under(tree, child, event.effective, old);
                    }
                }
            }
            Kind::Merged | Kind::Created => {}
        }
        if matches!(event.kind, Kind::Recoded | Kind::Merged) {
            tree.successors.insert(event.old, event.code);
        }
    }
    tree.events = events;
}

impl AreaTree {
    /// The changes that made, ended, renamed or moved the area, oldest first, each with its source.
    pub fn changes_of(&self, code: &AreaCode) -> Vec<AreaChange<'_>> {
        let key = key_of(code);
        let touches = |event: &&Event| event.code == key || event.old == key;
        let change = |event: &Event| AreaChange {
            kind: event.kind,
            effective: event.effective,
            approximate: event.approximate,
            code: super::code_of(event.code),
            old_code: super::code_of(event.old),
            source: self.piece(event.source),
        };
        self.events.iter().filter(touches).map(change).collect()
    }
}

fn put_under(tree: &mut AreaTree, child: u32, until: Date, parent: u32) {
    tree.former.entry(child).or_default().push((until, parent));
    tree.former_below.entry(parent).or_default().push(child);
}

fn children_of(tree: &AreaTree, at: u32) -> Vec<u32> {
    let start = |n: u32| tree.starts.get(n as usize).copied().unwrap_or_default() as usize;
    tree.below.get(start(at)..start(at + 1)).unwrap_or_default().to_vec()
}

/// Whether a line of its own says where `child` lay until `effective` or a later day.
fn came_later(tree: &AreaTree, events: &[Event], child: u32, effective: Date) -> bool {
    let key = tree.area(child).key();
    events.iter().any(|event| event.kind == Kind::Moved && event.code == key && event.effective >= effective)
}
