//! Small acts of clerks, alone and beside something big.
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use authority::{Actor, AdminRole};
use base::{AccountId, BodyId, EntryId};
use office::Office;
use store::people::Body;

/// The system administrator of the bench: writes the small acts.
pub fn admin(office: &Office) -> Actor {
    Actor {
        account: AccountId::fresh(&office.clock, &office.rng),
        name: "系统管理员".to_owned(),
        posts: Vec::new(),
        orgs: Vec::new(),
        admin: Some(AdminRole::System),
    }
}

/// One small durable act.
pub fn small_act(office: &Office, admin: &Actor) -> Result<()> {
    let body = Body {
        id: BodyId::fresh(&office.clock, &office.rng),
        name: "测量用单位".to_owned(),
        short: "测量".to_owned(),
        area: "2101".parse()?,
        kind: "supervisor".to_owned(),
        code: None,
        phone: None,
        state: "closed".to_owned(),
        data: serde_json::json!({}),
        rev: 1,
        entry: EntryId::from_bits(0),
    };
    office.add_body(admin, &body).context("a small act")
}

/// Runs `body` while somebody does one small act after the other; gives how long each took, in milliseconds.
pub fn while_clerks_act<T>(office: &Office, body: impl FnOnce() -> Result<T>) -> Result<(T, Vec<f64>)> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clerk = scope.spawn(|| acts_until(office, &stop));
        let result = body();
        stop.store(true, Ordering::Relaxed);
        let times = clerk.join().unwrap_or_default();
        Ok((result?, times))
    })
}

fn acts_until(office: &Office, stop: &AtomicBool) -> Vec<f64> {
    let admin = admin(office);
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let from = Instant::now();
        if small_act(office, &admin).is_ok() {
            times.push(from.elapsed().as_secs_f64() * 1000.0);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    times
}
