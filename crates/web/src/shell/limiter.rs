//! Token buckets in memory: a busy clerk never notices them, a script does. Each node counts for itself.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base::Instant;

/// How fast one kind of request may come.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// How many at once.
    pub burst: f64,
    /// How many more each second.
    pub per_second: f64,
}

impl Rate {
    /// So many each second, and twelve times that at once (a clerk opening a morning's queue in tabs).
    pub fn per_second(requests: u32) -> Self {
        Self { burst: f64::from(requests) * 12.0, per_second: f64::from(requests) }
    }
}

/// Sign-in attempts: 10 at once, then one in 6 seconds. Hashing a password costs 18 ms, so this comes before it.
pub const SIGN_IN: Rate = Rate { burst: 10.0, per_second: 1.0 / 6.0 };

/// Above this many addresses the full buckets are forgotten.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// What a bucket still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// When full.
    pub most: u32,
    /// Now.
    pub now: u32,
    /// Seconds until it is full again.
    pub whole_in: u32,
}

/// The buckets by key.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<HashMap<String, Bucket>>);

impl Limiter {
    /// Takes one from `key`'s bucket, or says how many seconds to wait.
    pub fn take(&self, key: &str, rate: Rate, now: Instant) -> Result<Left, u32> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| now.0 - bucket.at.0 < 60_000);
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { left: rate.burst, at: now });
        let seconds = (now.0 - bucket.at.0).max(0) as f64 / 1000.0;
        bucket.left = (bucket.left + seconds * rate.per_second).min(rate.burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) / rate.per_second).ceil() as u32);
        }
        bucket.left -= 1.0;
        let whole_in = ((rate.burst - bucket.left) / rate.per_second).ceil() as u32;
        Ok(Left { most: rate.burst as u32, now: bucket.left as u32, whole_in })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (limiter, rate) = (Limiter::default(), Rate { burst: 2.0, per_second: 0.5 });
        assert_eq!(limiter.take("a", rate, Instant(0)), Ok(Left { most: 2, now: 1, whole_in: 2 }));
        assert!(limiter.take("a", rate, Instant(0)).is_ok());
        assert_eq!(limiter.take("a", rate, Instant(0)), Err(2));
        assert!(limiter.take("b", rate, Instant(0)).is_ok(), "others are not slowed");
        assert!(limiter.take("a", rate, Instant(2_000)).is_ok());
    }
}
