//! The front of the house: an axum router of server-rendered pages (askama), the shell around them and the parts they are made of.
//!
//! A page is a handler that takes [`Cx`] and answers `Result<Page, WebError>`; the shell adds layout, headers, cookies and error pages.
//! Everything works without JavaScript. How to write a page: `docs/web-pages.md`.

pub mod accounts;
pub mod api;
pub mod assets;
pub mod cx;
pub mod error;
pub mod forms;
pub mod front;
pub mod page;
pub mod pages;
pub mod parts;
pub mod router;
pub mod shell;
pub mod site;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use cx::Cx;
pub use error::WebError;
pub use forms::{Form, Path, Query, Upload};
pub use page::{Cache, Link, Page};
pub use router::{router, serve};
pub use site::{Accounts, Front, Settings, Site, Viewer};
