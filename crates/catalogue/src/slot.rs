//! Slots (插槽): the places a matter names where an overlay may put a step, beside another or before it.
use crate::problem::{Place, Problems};
use crate::tree::{Data, Node};

/// Puts `step` into the slot of that id. In its moves `then = "slot"` goes on where the slot leads.
pub(crate) fn insert(matter: &mut Node, slot: &str, step: &Node, opinion: bool, problems: &Problems) {
    let fail = |message: String, help: &str| problems.error(&step.at, message, help);
    let Some(id) = step.find("id").and_then(Node::as_text).map(str::to_owned) else {
        return fail("要加的环节没有 id".to_owned(), "请补上 id");
    };
    if matter.follow(&["steps", &id]).is_some_and(|found| found.find("id").is_some()) {
        return fail(format!("已经有“{id}”这个环节"), "请换一个 id");
    }
    let Some(place) = matter.follow(&["slots", slot]).and_then(|slot| slot.find("place")) else {
        return fail(format!("这个事项没有插槽“{slot}”"), "只能在事项声明的 slots 处加环节");
    };
    let target = |key: &str| place.find(key).and_then(Node::as_text).map(str::to_owned);
    let (beside, before) = (target("beside"), target("before"));
    let (mut step, at) = (step.clone(), step.at.clone());
    if let Some(neighbour) = beside {
        let Some(join) = joined_by(matter, &neighbour) else {
            return fail(format!("“{neighbour}”不汇合到别的环节，旁边不能加并联环节"), "请换一个插槽");
        };
        lead_on(&mut step, &Node { at: at.clone(), data: table("join", Data::Text(join), &at) });
        open_beside(matter, &neighbour, &id);
    } else if let Some(next) = before {
        if opinion {
            return fail("并联意见要放在 beside 插槽".to_owned(), "串联的环节请用 add_step");
        }
        let opens = Data::List(vec![Node { at: at.clone(), data: Data::Text(next.clone()) }]);
        redirect(matter, &next, &id);
        lead_on(&mut step, &Node { at: at.clone(), data: table("open", opens, &at) });
    } else {
        return fail(format!("插槽“{slot}”没有说在哪里"), "请在事项里写 place = { beside = … } 或 { before = … }");
    }
    matter.push("steps", step);
}

fn table(key: &str, data: Data, at: &Place) -> Data {
    let key = crate::Located { value: key.to_owned(), at: at.clone() };
    Data::Table(vec![(key, Node { at: at.clone(), data })])
}

/// The step that `id` joins.
fn joined_by(matter: &Node, id: &str) -> Option<String> {
    let moves = matter.follow(&["steps", id, "moves"])?;
    moves.items().iter().find_map(|m| m.find("then")?.find("join")?.as_text().map(str::to_owned))
}

/// Replaces `then = "slot"` in the moves of the new step.
fn lead_on(step: &mut Node, then: &Node) {
    for offered in moves_of(step) {
        if offered.find("then").and_then(Node::as_text) == Some("slot") {
            offered.put("then", then.clone());
        }
    }
}

fn moves_of(step: &mut Node) -> &mut [Node] {
    match step.find_mut("moves") {
        Some(Node { data: Data::List(moves), .. }) => moves,
        _ => &mut [],
    }
}

/// All lists of step ids that open steps: `first` and every `then.open`.
fn each_opening(matter: &mut Node, mut act: impl FnMut(&mut Vec<Node>)) {
    if let Some(Node { data: Data::List(first), .. }) = matter.find_mut("first") {
        act(first);
    }
    if let Some(Node { data: Data::List(steps), .. }) = matter.find_mut("steps") {
        for offered in steps.iter_mut().flat_map(moves_of) {
            let open = offered.find_mut("then").and_then(|then| then.find_mut("open"));
            if let Some(Node { data: Data::List(open), .. }) = open {
                act(open);
            }
        }
    }
}

fn open_beside(matter: &mut Node, neighbour: &str, id: &str) {
    each_opening(matter, |open| {
        if let Some(found) = open.iter().find(|node| node.as_text() == Some(neighbour)) {
            open.push(Node { at: found.at.clone(), data: Data::Text(id.to_owned()) });
        }
    });
}

/// Everything that opened or joined `next` now leads to `id`.
fn redirect(matter: &mut Node, next: &str, id: &str) {
    let rename = |node: &mut Node| {
        if node.as_text() == Some(next) {
            node.data = Data::Text(id.to_owned());
        }
    };
    each_opening(matter, |open| open.iter_mut().for_each(rename));
    if let Some(Node { data: Data::List(steps), .. }) = matter.find_mut("steps") {
        for offered in steps.iter_mut().flat_map(moves_of) {
            if let Some(join) = offered.find_mut("then").and_then(|then| then.find_mut("join")) {
                rename(join);
            }
        }
    }
}
