//! Randomness as a parameter: the system's, or a seeded stream that repeats.
use std::sync::Mutex;

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// Where randomness comes from. Shared between threads; a seeded one gives the same stream each time.
#[derive(Debug)]
pub struct Rng(Mutex<ChaCha12Rng>);

impl Rng {
    /// Seeded once from the operating system (fit for keys and tokens).
    ///
    /// # Panics
    /// If the operating system gives no randomness: nothing safe can be done then.
    pub fn system() -> Self {
        let mut seed = [0; 32];
        #[expect(clippy::expect_used, reason = "no safe way on without randomness")]
        getrandom::fill(&mut seed).expect("the operating system gave no randomness");
        Self(Mutex::new(ChaCha12Rng::from_seed(seed)))
    }

    /// A stream that repeats for the same `seed`: tests, demo data, `generate`.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))
    }

    /// Fills `out`.
    pub fn fill(&self, out: &mut [u8]) {
        let mut rng = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        rng.fill_bytes(out);
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A number in `0..bound`, or 0 for a bound of 0. Bias is below `bound / 2^64`.
    pub fn below(&self, bound: u64) -> u64 {
        let wide = u128::from(u64::from_le_bytes(self.bytes())) * u128::from(bound);
        (wide >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let (one, two) = (Rng::seeded(7), Rng::seeded(7));
        assert_eq!(one.bytes::<16>(), two.bytes::<16>());
        assert_ne!(one.bytes::<16>(), Rng::seeded(8).bytes::<16>());
        assert!((0..100).all(|_| one.below(3) < 3));
        assert_eq!(one.below(0), 0);
    }
}
