//! Casework (办件): the one engine that runs every matter. [`file()`] and [`decide()`] say what an act does, [`apply`] does it.
//! Pure: time, facts, parameters and the person who acts are given; what comes out is a [`Decision`] or a [`Refusal`].
#![deny(missing_docs)]

pub mod act;
pub mod answers;
pub mod case;
pub mod clock;
mod correct;
pub mod decide;
pub mod file;
mod follow;
pub mod form;
mod guard;
pub mod lapse;
pub mod refusal;
pub mod status;

pub use act::{Act, Decision, Filing, Recipient, Rules, apply};
pub use answers::{Answers, CaseFacts};
pub use case::{Case, Correction, CorrectionItem, Ended, Event, Opinion, PointAnswer, PointVerdict, Provided, Task};
pub use clock::{Clock, Due, NoParam, Pause, span_of};
pub use decide::decide;
pub use file::{adopt_edition, file, filing_faults};
pub use form::{FieldFault, Posted, parse_form};
pub use lapse::{lapses, next_due};
pub use refusal::{Refusal, Said};
pub use status::{Looked, Status, draft_status};
