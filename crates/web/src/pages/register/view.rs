//! How the register's words look: chips, dates, amounts, addresses with conditions.
use base::areas::AreaTree;
use office::register::read::ask::{Ask, to_query};
use office::register::read::summary::Summary;
use registry::{Credit, Kind, Operation, Registration, States};

use crate::parts::{Chip, Chips, Tone};

/// The three states; `home` is the dossier that explains them, empty on the dossier itself.
pub fn chips(states: States, kind: Kind, home: &str) -> Chips {
    let chip = |text: &str, tone, part: &str| Chip {
        text: text.to_owned(),
        tone,
        href: (!part.is_empty()).then(|| format!("{home}#{part}")),
    };
    let registered = match states.registration {
        Registration::Registered if kind == Kind::Community => chip("已备案", Tone::Good, ""),
        Registration::Registered => chip(states.registration.label(), Tone::Good, ""),
        Registration::Liquidating => chip(states.registration.label(), Tone::Warn, ""),
        Registration::Deregistered => chip(states.registration.label(), Tone::Grey, ""),
        Registration::Revoked => chip(states.registration.label(), Tone::Bad, ""),
    };
    let credit = match states.credit {
        Credit::Clear => chip(states.credit.label(), Tone::Good, ""),
        Credit::Abnormal => chip(states.credit.label(), Tone::Warn, "credit"),
        Credit::Serious => chip(states.credit.label(), Tone::Bad, "credit"),
    };
    let running = match states.operation {
        Operation::Active => Tone::Good,
        Operation::Rectifying | Operation::Dormant => Tone::Warn,
        Operation::Suspended => Tone::Bad,
        Operation::Ceased => Tone::Grey,
    };
    Chips { registered, credit, running: chip(states.operation.label(), running, "") }
}

/// 12,034
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The address of a search.
pub fn search_href(ask: &Ask) -> String {
    let query = to_query(ask);
    if query.is_empty() { "/orgs".to_owned() } else { format!("/orgs?{query}") }
}

/// The address of a dossier.
pub fn dossier_href(summary: &Summary) -> String {
    format!("/orgs/{}", summary.public_code())
}

/// A name in pieces: (whether it matches, text).
pub fn pieces(name: &str, highlights: &[std::ops::Range<usize>]) -> Vec<(bool, String)> {
    let (mut out, mut at) = (Vec::new(), 0);
    for range in highlights {
        if let (Some(before), Some(hit)) = (name.get(at..range.start), name.get(range.clone())) {
            if !before.is_empty() {
                out.push((false, before.to_owned()));
            }
            out.push((true, hit.to_owned()));
            at = range.end;
        }
    }
    if let Some(rest) = name.get(at..).filter(|rest| !rest.is_empty()) {
        out.push((false, rest.to_owned()));
    }
    out
}

/// 社会团体 · 浙江省杭州市西湖区 · 2018-05-01 成立
pub fn facts(summary: &Summary, areas: &AreaTree) -> Vec<String> {
    let mut out = vec![summary.kind.label().to_owned()];
    let place = summary.area_name(areas);
    if !place.is_empty() {
        out.push(place);
    }
    let word = if summary.kind == Kind::Community { "备案" } else { "成立" };
    out.extend(summary.registered_on.map(|day| format!("{day} {word}")));
    out.extend(summary.ended_on.map(|day| format!("{day} 退出")));
    out
}

/// Marks beside a name: 5A, 慈善组织, 演示数据.
pub fn marks(summary: &Summary) -> Vec<String> {
    let mut out: Vec<String> = summary.grade.iter().filter(|grade| !grade.is_empty()).cloned().collect();
    out.extend(summary.charity.then(|| "慈善组织".to_owned()));
    out.extend(summary.synthetic.then(|| "演示数据".to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn pieces_put_together_are_the_name() {
        let name = "云州市茶叶协会";
        let all = pieces(name, &[0..3, 9..15]);
        assert_eq!(all.iter().map(|(_, text)| text.as_str()).collect::<String>(), name);
        assert_eq!(all[0], (true, "云".to_owned()));
        assert_eq!(
            pieces(name, std::slice::from_ref(&(1..2))),
            [(false, name.to_owned())],
            "no cut inside a character"
        );
    }
}
