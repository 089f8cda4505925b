//! Exact fractions (分数): shares are compared as what they are, so that one third is one third.
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Sub};

/// A fraction in lowest terms; its denominator is positive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fraction {
    num: i128,
    den: i128,
}

impl Fraction {
    /// Nothing at all.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// The whole: 100 %, or a milestone reached.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `num / den`; none if the denominator is zero.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let shared = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1) as i128 * den.signum();
        Some(Self { num: num / shared, den: den / shared })
    }

    /// A whole number.
    pub const fn whole(number: i128) -> Self {
        Self { num: number, den: 1 }
    }

    /// The numerator in lowest terms.
    pub fn num(self) -> i128 {
        self.num
    }

    /// The denominator in lowest terms, positive.
    pub fn den(self) -> i128 {
        self.den
    }

    /// Divided by another; none if that is zero.
    pub fn over(self, other: Self) -> Option<Self> {
        Self::new(self.num * other.den, self.den * other.num)
    }

    /// The same where its denominator is at most 10^9; else the nearest below that has this denominator, so that a product of many
    /// fractions stays within the range (money of 10^16 fen grown by 6.5 % for twenty years).
    #[must_use]
    pub fn kept_small(self) -> Self {
        const MOST: i128 = 1_000_000_000;
        if self.den <= MOST {
            return self;
        }
        let (whole, rest) = (self.num.div_euclid(self.den), self.num.rem_euclid(self.den));
        Self::new(whole * MOST + rest * MOST / self.den, MOST).unwrap_or(Self::ZERO)
    }

    /// With so many decimals, rounded half away from zero: `33.33`. For showing only; nothing is compared this way.
    pub fn decimals(self, digits: u32) -> String {
        let scale = 10_i128.pow(digits);
        let doubled = self.num * scale * 2;
        let rounded = (doubled + self.den * self.num.signum()) / (self.den * 2);
        let (whole, rest) = (rounded.abs() / scale, rounded.abs() % scale);
        let sign = if rounded < 0 { "-" } else { "" };
        let width = digits as usize;
        let text = if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0width$}") };
        match text.split_once('.') {
            Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            None => text,
        }
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.num * other.den).cmp(&(other.num * self.den))
    }
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let den = self.den * other.den;
        Self::new(self.num * other.den + other.num * self.den, den).unwrap_or(Self::ZERO)
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self { num: -other.num, den: other.den }
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.num * other.num, self.den * other.den).unwrap_or(Self::ZERO)
    }
}

impl fmt::Display for Fraction {
    /// `5` or `1/3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { write!(f, "{}", self.num) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(num: i128, den: i128) -> Fraction {
        Fraction::new(num, den).unwrap()
    }

    #[test]
    fn one_third_is_neither_33_nor_34_percent() {
        assert!(part(1, 3) > part(33, 100) && part(1, 3) < part(34, 100));
        assert_eq!(part(1, 3), part(2, 6));
        assert_eq!(part(-1, -3), part(1, 3));
        assert!(Fraction::new(1, 0).is_none());
    }

    #[test]
    fn it_reckons_exactly_and_rounds_only_for_the_eye() {
        assert_eq!(part(1, 3) + part(1, 6), part(1, 2));
        assert_eq!(part(1, 2) - part(1, 3), part(1, 6));
        assert_eq!(part(2, 3) * part(3, 4), part(1, 2));
        assert_eq!(part(1, 2).over(part(1, 4)), Some(Fraction::whole(2)));
        assert_eq!(part(100, 3).decimals(2), "33.33");
        assert_eq!(part(200, 3).decimals(2), "66.67");
        assert_eq!(part(-1, 2).decimals(0), "-1");
        assert_eq!(part(5, 2).decimals(2), "2.5");
        assert_eq!(Fraction::whole(7).decimals(2), "7");
    }

    #[test]
    fn a_long_growth_stays_in_range() {
        let grown =
            (0..20).fold(Fraction::whole(10_000_000_000_000_000), |money, _| (money * part(1065, 1000)).kept_small());
        // 1.065^20 = 3.5236…
        assert!(grown > Fraction::whole(35_236_000_000_000_000) && grown < Fraction::whole(35_237_000_000_000_000));
        assert_eq!(part(53, 50).kept_small(), part(53, 50));
        assert!(part(-1, 3_000_000_000).kept_small() < Fraction::ZERO);
    }
}
