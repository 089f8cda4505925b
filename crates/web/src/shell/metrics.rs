//! Counters in Prometheus' text format.
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Upper bounds of the duration histogram in milliseconds.
const BOUNDS: [u64; 9] = [5, 10, 15, 30, 60, 100, 250, 1_000, 5_000];

/// What the shell counts.
#[derive(Debug, Default)]
pub struct Metrics {
    classes: [AtomicU64; 6],
    buckets: [AtomicU64; 10],
    milliseconds: AtomicU64,
    limited: AtomicU64,
}

impl Metrics {
    /// Counts one answered request.
    pub fn answered(&self, status: u16, milliseconds: u64) {
        self.classes[usize::from(status / 100).min(5)].fetch_add(1, Relaxed);
        let bucket = BOUNDS.iter().position(|bound| milliseconds <= *bound).unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.milliseconds.fetch_add(milliseconds, Relaxed);
        if status == 429 {
            self.limited.fetch_add(1, Relaxed);
        }
    }

    /// The page for `/metrics`, with `gauges` (name, help, value) after our own.
    pub fn text(&self, gauges: &[(&str, &str, f64)]) -> String {
        let mut out = String::from(
            "# HELP yishe_http_requests_total Requests answered, by status class.\n# TYPE yishe_http_requests_total counter\n",
        );
        for (class, count) in self.classes.iter().enumerate().skip(1) {
            let _ = writeln!(out, "yishe_http_requests_total{{class=\"{class}xx\"}} {}", count.load(Relaxed));
        }
        out.push_str("# HELP yishe_http_limited_total Requests turned away by the rate limit.\n# TYPE yishe_http_limited_total counter\n");
        let _ = writeln!(out, "yishe_http_limited_total {}", self.limited.load(Relaxed));
        out.push_str(
            "# HELP yishe_http_duration_seconds Time to answer.\n# TYPE yishe_http_duration_seconds histogram\n",
        );
        let mut sum = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            sum += count.load(Relaxed);
            let bound = BOUNDS.get(at).map_or_else(|| "+Inf".to_owned(), |ms| (*ms as f64 / 1000.0).to_string());
            let _ = writeln!(out, "yishe_http_duration_seconds_bucket{{le=\"{bound}\"}} {sum}");
        }
        let _ = writeln!(out, "yishe_http_duration_seconds_sum {}", self.milliseconds.load(Relaxed) as f64 / 1000.0);
        let _ = writeln!(out, "yishe_http_duration_seconds_count {sum}");
        for (name, help, value) in gauges {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::default();
        metrics.answered(200, 4);
        metrics.answered(404, 80);
        metrics.answered(429, 9_000);
        let text = metrics.text(&[("yishe_organizations", "On the register.", 3.0)]);
        for line in [
            "le=\"0.005\"} 1",
            "le=\"0.1\"} 2",
            "le=\"+Inf\"} 3",
            "class=\"4xx\"} 2",
            "limited_total 1",
            "yishe_organizations 3",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
