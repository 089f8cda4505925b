//! Officers of invented organizations, with terms.
use base::{Date, PersonId};

use super::history::{Life, plus};
use super::stream::Stream;
use crate::kind::Kind;
use crate::officer::{Officer, Post};
use crate::organization::Organization;

/// The terms that one legal representative after another heads: `heads` are names with the day each begins.
pub(super) fn officers(
    o: &Organization,
    heads: &[(Date, String)],
    life: &Life<'_>,
    stream: &mut Stream,
) -> Vec<Officer> {
    let mut officers = Vec::new();
    for (at, (from, head)) in heads.iter().enumerate() {
        let until = heads.get(at + 1).map(|(next, _)| *next).or(o.ended_on);
        // A term has at most five years (社团 and 基金会); the present one says when it ends.
        let ends = until.or_else(|| Some(plus(*from, years(o.kind) * 365)));
        let mut post = |post: Post, title: Option<&str>, name: String| {
            let person = PersonId::from_bits(u128::from(stream.bits()) << 64 | u128::from(stream.bits()));
            let title = title.map(str::to_owned);
            officers.push(Officer { org: o.id, person, name, post, title, from: *from, until: ends });
        };
        post(Post::LegalRepresentative, Some(life.title), head.clone());
        if o.kind != Kind::Community {
            let mut names = Stream::of(o.id.bits() as u64, 7, at as u64);
            post(Post::SecretaryGeneral, None, life.words.person(&mut names));
            post(Post::Supervisor, None, life.words.person(&mut names));
        }
    }
    officers
}

/// Years of a term: four in service institutions' boards, five elsewhere.
pub(super) fn years(kind: Kind) -> i64 {
    if kind == Kind::ServiceInstitution { 4 } else { 5 }
}
