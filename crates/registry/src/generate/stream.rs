//! Numbers that are a function of what they are for: the same organization comes out of the same seed whatever was made before.

/// A stream of numbers (splitmix64) that starts from a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream(u64);

/// One round of splitmix64's finisher.
const fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream for `key` under `seed`; `purpose` keeps streams with the same key apart.
    pub fn of(seed: u64, purpose: u64, key: u64) -> Self {
        Self(mixed(mixed(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(key)))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number in `0..bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }

    /// A number in `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1) as usize) as i64
    }

    /// True in `per_thousand` of a thousand cases.
    pub fn chance(&mut self, per_thousand: usize) -> bool {
        self.below(1000) < per_thousand
    }

    /// One of a list; none of an empty one.
    pub fn find<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// One of a list of words, empty text for an empty list.
    pub fn word<'a, T: AsRef<str>>(&mut self, list: &'a [T]) -> &'a str {
        self.find(list).map_or("", AsRef::as_ref)
    }
}

/// A way through `0..size` in an order of its own: each number once. `key` chooses the order.
pub(super) fn shuffled(number: u64, size: u64, key: u64) -> u64 {
    if size < 2 {
        return 0;
    }
    // An affine map is one-to-one when its factor has no divisor in common with the size.
    let mut factor = 1 + mixed(key) % (size - 1);
    while divisor(factor, size) != 1 {
        factor = if factor + 1 < size { factor + 1 } else { 1 };
    }
    let wide = u128::from(factor) * u128::from(number % size) + u128::from(mixed(key ^ 0x5bd1_e995) % size);
    (wide % u128::from(size)) as u64
}

fn divisor(mut one: u64, mut two: u64) -> u64 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_shuffle_meets_every_number_once(size in 1_u64..600, key: u64) {
            let mut met: Vec<u64> = (0..size).map(|number| shuffled(number, size, key)).collect();
            met.sort_unstable();
            proptest::prop_assert_eq!(met, (0..size).collect::<Vec<_>>());
        }
    }
}
