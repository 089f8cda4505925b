//! The desks' side (工作台): queues, the review screen, acts with undo, questions between desks, bulk acts with preview, what the
//! timer does, and how an authority's power is used.

pub mod ask;
pub mod assign;
pub mod bulk;
pub mod chairs;
pub mod checks;
pub mod compare;
pub mod document;
pub mod draft;
pub mod edition;
pub mod evidence;
pub mod limits;
pub mod moves;
pub mod papers;
pub mod pending;
pub mod power;
pub mod queue;
pub mod sheet;
pub mod view;
pub mod worker;

pub use ask::{Asked, NewQuestion};
pub use bulk::{Foreseen, in_a_line};
pub use casework::form::SummarySection;
pub use chairs::{Chair, Sight};
pub use compare::{RowView, SectionView};
pub use draft::ActDraft;
pub use edition::Outdated;
pub use limits::LimitView;
pub use moves::{DeskView, MoveView, target_label};
pub use pending::Pending;
pub use power::{Power, PowerRow};
pub use queue::{Day, DayDesk, QueueAsk, QueuePage, QueueRow, Urgency, Which};
pub use sheet::{CorrectionSheet, SheetItem};
pub use store::desk::PowerList;
pub use view::Review;
pub use worker::Worker;
