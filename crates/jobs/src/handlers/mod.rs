//! The handlers, one file each.
mod codes;
mod deliver;
mod import;
mod lapse;
mod plans;
mod quality;
mod remind;
mod scans;
mod seal;
mod snapshot;
mod tidy;

use std::sync::Arc;

use office::audit::SealLog;

pub use codes::Codes;
pub use deliver::Deliver;
pub use import::Import;
pub use lapse::Lapse;
pub use plans::Plans;
pub use quality::Quality;
pub use remind::Remind;
pub use scans::Scans;
pub use seal::Seal;
pub use snapshot::Snapshot;
pub use tidy::Tidy;

use crate::Registry;

/// All handlers that every installation has. `log` is where seals are written beside the database.
pub fn standard(log: SealLog) -> Registry {
    Registry::of([
        Arc::new(Seal::new(log)) as _,
        Arc::new(Tidy) as _,
        Arc::new(Lapse) as _,
        Arc::new(Scans) as _,
        Arc::new(Import) as _,
        Arc::new(Quality) as _,
        Arc::new(Remind) as _,
        Arc::new(Snapshot) as _,
        Arc::new(Deliver) as _,
        Arc::new(Codes) as _,
        Arc::new(Plans) as _,
    ])
}
