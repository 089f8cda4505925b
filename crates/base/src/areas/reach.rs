//! What an area is on a day, said in codes: the code itself less what lay elsewhere, with what lay there under other codes.
use jiff::civil::Date;

use super::{AreaTree, key_of};
use crate::AreaCode;

/// An area on a day as sets of codes, for lists that compare beginnings of codes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// Whatever begins with one of these lies in it. The area itself comes first.
    pub within: Vec<AreaCode>,
    /// But not what begins with one of these.
    pub except: Vec<AreaCode>,
}

impl AreaTree {
    /// What lies in `area` on `date`. Most areas are their own code and nothing else.
    pub fn reach_at(&self, area: &AreaCode, date: Date) -> Reach {
        let mut reach = Reach { within: vec![area.clone()], except: Vec::new() };
        if *area == AreaCode::nation() {
            return reach;
        }
        for code in self.wanderers() {
            let inside = self.covers_at(area, code, date);
            let covered =
                reach.within.iter().any(|one| one.covers(code)) && !reach.except.iter().any(|one| one.covers(code));
            match (inside, covered) {
                (true, false) => reach.within.push(code.clone()),
                (false, true) => reach.except.push(code.clone()),
                _ => {}
            }
        }
        reach
    }

    /// Areas that on some day lay, or that by what took over from them lie, elsewhere than their code says; upper ones first.
    fn wanderers(&self) -> &[AreaCode] {
        self.wanderers.get_or_init(|| {
            let moved = self.former.keys().copied();
            let ended = self.successors.keys().filter_map(|key| self.index(*key));
            let beside = (0..self.nodes.len() as u32).filter(|at| {
                let up = self.node(*at).and_then(|node| self.node(node.parent));
                up.is_some_and(|up| !super::code_of(up.key).covers(&self.area(*at).code()))
            });
            let mut all: Vec<AreaCode> = moved.chain(ended).chain(beside).map(|at| self.area(at).code()).collect();
            all.sort_by_key(|code| (code.as_str().len(), key_of(code)));
            all.dedup();
            all
        })
    }
}
