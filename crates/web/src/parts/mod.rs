//! The parts pages are made of. Each is a struct with an HTML template beside it; `{{ part }}` in a page prints it.
//!
//! Every part brings `samples()`: the style guide `/style` shows them, and a test renders and checks them all.
mod bits;
pub mod choices;
pub mod fields;
pub mod groups;
mod lists;
mod samples;
mod status;

use std::fmt;

pub use bits::{Banner, Inset, PrintHeader, QrBox, SearchBox, Steps, Tab, Tabs};
pub use choices::{AreaField, AreaStep, Choice, MultiChoice, Opt, Rating, YesNo};
pub use fields::{
    DateField, Field, FileField, IntegerField, Label, LongText, MoneyField, NameField, StoredFile, TextField,
};
pub use groups::{PersonField, PersonValue, RowColumn, RowsField};
pub use lists::{
    Cell, Column, ErrorSummary, Facet, Facets, Pager, SummaryList, SummaryRow, Table, Task, TaskList, TaskSection,
};
pub use status::{Chip, Chips, Event, Limits, Progress, Timeline, Tone};

/// A part that can show itself.
pub trait Part: fmt::Display + Sized {
    /// Name in the style guide.
    const TITLE: &'static str;
    /// Typical and awkward examples; ids and names differ between them.
    fn samples() -> Vec<Self>;
}

/// One heading of the style guide: name and rendered samples.
#[derive(Debug)]
pub struct Shown {
    /// Name of the part.
    pub title: &'static str,
    /// Its samples as HTML.
    pub samples: Vec<String>,
}

fn shown<P: Part>() -> Shown {
    Shown { title: P::TITLE, samples: P::samples().iter().map(ToString::to_string).collect() }
}

/// Every part with its samples.
pub fn all() -> Vec<Shown> {
    vec![
        shown::<Banner>(),
        shown::<ErrorSummary>(),
        shown::<TextField>(),
        shown::<LongText>(),
        shown::<IntegerField>(),
        shown::<MoneyField>(),
        shown::<DateField>(),
        shown::<YesNo>(),
        shown::<Choice>(),
        shown::<MultiChoice>(),
        shown::<AreaField>(),
        shown::<PersonField>(),
        shown::<RowsField>(),
        shown::<FileField>(),
        shown::<NameField>(),
        shown::<Steps>(),
        shown::<TaskList>(),
        shown::<SummaryList>(),
        shown::<Chips>(),
        shown::<Limits>(),
        shown::<Timeline>(),
        shown::<Progress>(),
        shown::<SearchBox>(),
        shown::<Tabs>(),
        shown::<Facets>(),
        shown::<Table>(),
        shown::<Pager>(),
        shown::<Inset>(),
        shown::<Rating>(),
        shown::<QrBox>(),
        shown::<PrintHeader>(),
    ]
}

#[cfg(test)]
mod tests;
