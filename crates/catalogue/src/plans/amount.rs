//! Numbers as documents write them (数): whole, decimal, with 万 or 亿, with a percent sign, as a fraction; always exact.
use super::Fraction;
use crate::params::Unit;
use crate::problem::Problems;
use crate::reader::Reader;
use crate::tree::{Data, Node};

/// What follows a number and says what it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Mark {
    /// Nothing, or what is counted (个、家、人): the unit says what it is.
    Plain,
    /// `{ part, of }`: of a share this part of the whole, of everything else the number itself.
    Part,
    /// `%`, 个百分点
    Percent,
    /// `‰`
    Permille,
    /// `‱`
    Permyriad,
    /// 元
    Yuan,
}

/// A number as it is written, before its unit is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Amount {
    number: Fraction,
    mark: Mark,
}

/// What may follow a number and multiplies it; longer ones first.
const TIMES: [(&str, i128); 5] =
    [("万亿", 1_000_000_000_000), ("千万", 10_000_000), ("百万", 1_000_000), ("亿", 100_000_000), ("万", 10_000)];
const MARKS: [(&str, Mark); 6] = [
    ("个百分点", Mark::Percent),
    ("%", Mark::Percent),
    ("％", Mark::Percent),
    ("‰", Mark::Permille),
    ("‱", Mark::Permyriad),
    ("元", Mark::Yuan),
];
const FRONT: [(&str, Mark); 3] = [("百分之", Mark::Percent), ("千分之", Mark::Permille), ("万分之", Mark::Permyriad)];
/// Measure words that say nothing a unit does not say; longer ones first.
const COUNTED: [&str; 20] = [
    "个工作日",
    "个月",
    "人次",
    "小时",
    "个",
    "家",
    "人",
    "名",
    "次",
    "项",
    "件",
    "分",
    "户",
    "场",
    "所",
    "支",
    "条",
    "天",
    "日",
    "年",
];

impl Amount {
    /// A whole number.
    pub fn whole(number: i64) -> Self {
        Self { number: Fraction::whole(number.into()), mark: Mark::Plain }
    }

    /// Reads `1.5`, `23.5%`, `百分之5`, `24.5万`, `500亿元`, `12 家`; at most fifteen digits before the point and nine after.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut mark = Mark::Plain;
        if let Some((front, named)) = FRONT.iter().find(|(front, _)| rest.starts_with(front)) {
            (rest, mark) = (&rest[front.len()..], *named);
        } else if let Some((end, named)) = MARKS.iter().find(|(end, _)| rest.ends_with(end)) {
            (rest, mark) = (&rest[..rest.len() - end.len()], *named);
        } else if let Some(end) = COUNTED.iter().find(|end| rest.ends_with(*end)) {
            rest = &rest[..rest.len() - end.len()];
        }
        rest = rest.trim_end();
        let mut number = Fraction::ONE;
        if let Some((end, times)) = TIMES.iter().find(|(end, _)| rest.ends_with(end)) {
            (rest, number) = (rest[..rest.len() - end.len()].trim_end(), Fraction::whole(*times));
        }
        Some(Self { number: number * decimal(rest)?, mark })
    }

    /// Reads a whole number, a text, or `{ part, of }`; a problem if it is none of them.
    pub fn read(node: &Node, problems: &Problems) -> Option<Self> {
        let amount = match &node.data {
            Data::Int(number) => return Some(Self::whole(*number)),
            Data::Text(text) => Self::parse(text),
            Data::Table(_) => {
                let own = Reader::of(node, problems)?;
                let numbers = (own.int("part"), own.int("of"));
                own.finish();
                let number = numbers.0.zip(numbers.1).and_then(|(part, of)| Fraction::new(part.into(), of.into()));
                number.map(|number| Self { number, mark: Mark::Part })
            }
            _ => None,
        };
        if amount.is_none() {
            problems.error(&node.at, "这里应当是一个数", HELP);
        }
        amount
    }

    /// The number in the measure of a unit: 25 percent is a quarter, one yuan is a hundred fen. None where what follows it is of
    /// another unit.
    pub fn of_unit(self, unit: Unit) -> Option<Fraction> {
        let over = |whole: i128| self.number.over(Fraction::whole(whole));
        let share = matches!(unit, Unit::Percent | Unit::Permille | Unit::Permyriad);
        match (self.mark, unit) {
            (_, Unit::Text | Unit::List | Unit::Date) => None,
            (Mark::Percent, _) if share => over(100),
            (Mark::Permille, _) if share => over(1_000),
            (Mark::Permyriad, _) if share => over(10_000),
            (Mark::Part, _) if share => Some(self.number),
            (Mark::Plain, Unit::Percent) => over(100),
            (Mark::Plain, Unit::Permille) => over(1_000),
            (Mark::Plain, Unit::Permyriad) => over(10_000),
            (Mark::Plain | Mark::Part | Mark::Yuan, Unit::Yuan) => Some(self.number * Fraction::whole(100)),
            (Mark::Plain | Mark::Part, _) if !share => Some(self.number),
            _ => None,
        }
    }

    /// The number in the measure of a unit; a problem that says what to write if it does not fit.
    pub fn fit(self, unit: Unit, node: &Node, problems: &Problems) -> Option<Fraction> {
        let fits = self.of_unit(unit);
        if fits.is_none() {
            let message = format!("这里的单位是 {}，数后面写的是别的单位", unit.word());
            problems.error(
                &node.at,
                message,
                match unit {
                    Unit::Percent | Unit::Permille | Unit::Permyriad => {
                        "请写如 25、\"23.5%\"、\"1.5‰\" 或 { part = 1, of = 3 }"
                    }
                    Unit::Yuan => "请写整数元，或如 \"500亿元\"、\"1.5万元\"",
                    _ => "请写整数，或如 \"1.5\"、\"24.5万\"，后面不加 % 和元",
                },
            );
        }
        fits
    }
}

const HELP: &str = "请写整数、\"1.5\"、\"24.5万\"、\"23.5%\"、\"500亿元\" 或 { part = 1, of = 3 }";

/// Digits with at most one point.
fn decimal(text: &str) -> Option<Fraction> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let short = !whole.is_empty() && whole.len() <= 15 && rest.len() <= 9;
    if !short || !plain(whole) || !plain(rest) || digits.ends_with('.') {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(rest.len()).ok()?);
    let number: i128 = format!("{whole}{rest}").parse().ok()?;
    Fraction::new(sign * number, scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str, unit: Unit) -> Option<String> {
        Amount::parse(text)?.of_unit(unit).map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_read_as_documents_write_them() {
        for (text, unit, number) in [
            ("1.5", Unit::Count, "3/2"),
            ("24.5万", Unit::Count, "245000"),
            ("12 家", Unit::Count, "12"),
            ("180万人次", Unit::Person, "1800000"),
            ("23.5%", Unit::Percent, "47/200"),
            ("23.5", Unit::Percent, "47/200"),
            ("0.5‰", Unit::Percent, "1/2000"),
            ("万分之11.7", Unit::Permyriad, "117/100000"),
            ("11.7个", Unit::Permyriad, "117/100000"),
            ("2.5个百分点", Unit::Percent, "1/40"),
            ("4785.5亿元", Unit::Yuan, "47855000000000"),
            ("0.01", Unit::Yuan, "1"),
            ("-5%", Unit::Percent, "-1/20"),
            ("4.5个工作日", Unit::WorkingDay, "9/2"),
        ] {
            assert_eq!(said(text, unit).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_of_another_unit_or_no_number_is_none() {
        for (text, unit) in [
            ("25%", Unit::Count),
            ("25%", Unit::Yuan),
            ("500亿元", Unit::Count),
            ("500元", Unit::Percent),
            ("1.", Unit::Count),
            (".5", Unit::Count),
            ("1.5.1", Unit::Count),
            ("约18万", Unit::Count),
            ("", Unit::Count),
            ("万", Unit::Count),
            ("1234567890123456", Unit::Count),
            ("3", Unit::Date),
        ] {
            assert_eq!(said(text, unit), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = Amount::parse(&text);
        }

        #[test]
        fn what_is_written_is_what_is_read(whole in 0_i64..1_000_000_000, cents in 0_u8..100) {
            let number = Fraction::new(i128::from(whole) * 100 + i128::from(cents), 100);
            prop_assert_eq!(Amount::parse(&format!("{whole}.{cents:02}")).and_then(|a| a.of_unit(Unit::Count)), number);
        }
    }
}
