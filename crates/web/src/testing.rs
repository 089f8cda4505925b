//! A whole site for tests of pages: an office on a fresh database, and people signed in through it. Behind the feature `testing`.
//!
//! ```ignore
//! let site = TestSite::new();
//! let body = site.office.body("registrar", "沈阳市民政局", "2101");
//! let clerk = site.official("intake", "2101", body);
//! let got = clerk.get("/desk").await;
//! assert_eq!(got.status, StatusCode::OK);
//! got.is_well_made();
//! ```
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::sync::Arc;

use authority::{Actor, AdminRole};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{AccountId, BodyId, Date};
use http_body_util::BodyExt as _;
use office::accounts::Entrance;
use office::accounts::officials::NewPost;
use office::testing::TestOffice;
use store::accounts::Credential;
use tower::ServiceExt as _;

use crate::shell::csrf;
use crate::site::{Front, Home, Settings, Site};

pub use office::testing::PASSWORD;
const VISIT: &str = "0123456789abcdef0123456789abcdef";

/// A front page without content.
pub struct NoFront;

impl Front for NoFront {
    fn home(&self, _: Date) -> Home {
        Home::default()
    }
    fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A site with its office; both go away when dropped.
pub struct TestSite {
    /// The office behind the pages, its clock and its people.
    pub office: TestOffice,
    /// The site.
    pub site: Arc<Site>,
    more: Router<Arc<Site>>,
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Visitor {
    /// The person as the office knows them; of a stranger, nobody.
    pub actor: Actor,
    /// The session's secret; empty for a stranger.
    pub secret: String,
    router: Router,
    site: Arc<Site>,
    cookies: String,
}

/// An answer.
pub struct Got {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
}

impl Got {
    /// Where a redirect leads; empty if it is none.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The page keeps the rules of every page (`pages::check`).
    #[cfg(test)]
    pub fn is_well_made(&self) {
        assert_eq!(crate::pages::check::faults(&self.text), Vec::<String>::new());
    }
}

fn door() -> Entrance {
    Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() }
}

impl Default for TestSite {
    fn default() -> Self {
        Self::new()
    }
}

impl TestSite {
    /// A fresh site on SQLite.
    pub fn new() -> Self {
        Self::with(office::testing::office())
    }

    /// A site of this office.
    pub fn with(office: TestOffice) -> Self {
        Self::routed(office, Router::new())
    }

    /// A site of this office with more routes.
    pub fn routed(office: TestOffice, more: Router<Arc<Site>>) -> Self {
        let settings = Settings { requests_per_second: 0, ..Settings::demo("http://localhost") };
        let site = Site::of_office(settings, office.office.clone(), Arc::new(NoFront), Vec::new());
        let site = Arc::new(site.with_job_titles([("deliver", "送出消息")].into()));
        Self { office, site, more }
    }

    fn visitor(&self, actor: Actor, secret: &str) -> Visitor {
        let session = if secret.is_empty() { String::new() } else { format!("; yishe_session={secret}") };
        Visitor {
            actor,
            secret: secret.to_owned(),
            router: crate::router(Arc::clone(&self.site), self.more.clone()),
            site: Arc::clone(&self.site),
            cookies: format!("yishe_visit={VISIT}{session}"),
        }
    }

    /// Whoever bears this cookie, whatever is still to do.
    pub fn bearing(&self, secret: &str) -> Visitor {
        let signed = self.office.session(secret).unwrap().unwrap();
        self.visitor(signed.actor, secret)
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Visitor {
        let nobody = AccountId::from_bits(1);
        let actor = Actor { account: nobody, name: String::new(), posts: Vec::new(), orgs: Vec::new(), admin: None };
        self.visitor(actor, "")
    }

    /// A member of the public who signed up and in.
    pub fn founder(&self, login: &str) -> Visitor {
        self.office.founder(login);
        self.signed_in(login)
    }

    /// An official at one desk, given by the administrators, with the one-time code bound and given.
    pub fn official(&self, desk: &str, area: &str, body: BodyId) -> Visitor {
        let login = format!("{}-{area}-{}", desk.replace('_', "-"), hex::encode(self.office.rng.bytes::<3>()));
        let name = self.office.catalogue.desk_name(desk).to_owned();
        let account = self.open(&login, &name, None);
        let area = area.parse().unwrap();
        let post = NewPost { account, body, desk: desk.into(), area, until: None };
        self.office.give_post(&self.office.admin(AdminRole::Security), &post).unwrap();
        self.signed_in(&login)
    }

    /// One of the three administrators.
    pub fn admin(&self, role: AdminRole) -> Visitor {
        let login = format!("admin-{}", hex::encode(self.office.rng.bytes::<3>()));
        self.open(&login, crate::accounts::admin_label(role), Some(role));
        self.signed_in(&login)
    }

    /// An official's account, opened and activated, whose one-time code is bound.
    fn open(&self, login: &str, name: &str, admin: Option<AdminRole>) -> AccountId {
        let account = self.office.opened(login, name, admin);
        let at = self.office.clock.now();
        let set = self.office.db.write(move |tx| {
            let person = store::accounts::find(tx, account)?.unwrap().person;
            let kind = "totp".to_owned();
            tx.upsert(&Credential {
                person,
                account,
                kind,
                secret: vec![1],
                set_at: at,
                used_step: None,
                must_change: false,
            })
        });
        set.unwrap();
        account
    }

    /// Signs in somebody whose password is [`PASSWORD`]; an official's one-time code counts as given.
    pub fn signed_in(&self, login: &str) -> Visitor {
        let secret = self.office.sign_in(login, PASSWORD, &door()).unwrap().secret;
        let digest = vault::token_digest(&secret);
        let given = self.office.db.write(move |tx| store::accounts::second_given(tx, digest.as_bytes()));
        given.unwrap();
        let signed = self.office.session(&secret).unwrap().unwrap();
        self.visitor(signed.actor, &secret)
    }
}

impl Visitor {
    /// Asks for an address.
    pub async fn get(&self, path: &str) -> Got {
        self.ask(Request::get(path).header(header::COOKIE, &self.cookies).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with its token.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut pairs = vec![("_csrf", self.token())];
        pairs.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.send(Method::POST, path, "application/x-www-form-urlencoded", serde_urlencoded::to_string(pairs).unwrap())
            .await
    }

    /// Sends a multipart form with its token: fields, then files as (field, name, type, bytes).
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &str, &[u8])]) -> Got {
        let mut body = Vec::new();
        let mut part = |head: String, value: &[u8]| {
            body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        };
        part("name=\"_csrf\"".to_owned(), self.token().as_bytes());
        for (name, value) in fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (field, name, kind, bytes) in files {
            part(format!("name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}"), bytes);
        }
        body.extend_from_slice(b"--b--\r\n");
        self.send(Method::POST, path, "multipart/form-data; boundary=b", body).await
    }

    /// Sends a body as it is, without a token.
    pub async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Got {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookies);
        self.ask(request.header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()).await
    }

    /// Sends a request as it is.
    pub async fn ask(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Got { status: parts.status, headers: parts.headers, bytes, text }
    }

    /// The token this visitor's forms carry.
    pub fn token(&self) -> String {
        csrf::token(&self.site.secret, &format!("{VISIT}|{}", self.secret), &self.site.rng)
    }
}
