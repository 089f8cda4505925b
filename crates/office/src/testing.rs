//! A whole office for tests, of this and other crates: fresh database, the shipped catalogue, a clock that stands still, keys,
//! and people seated at desks. Behind the feature `testing`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code: a failure here must stop the test")]
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use authority::{Actor, AdminRole, DeskId, Post};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{AccountId, AreaCode, BodyId, Clock, Instant, Rng};
use store::people::Body;
use store::testing::TestDb;
use vault::KeyRing;

use crate::{Files, Office};

/// Where test days begin: Monday 2026-03-02, 09:00 in China, a working day with all its rules in force.
pub const MORNING: &str = "2026-03-02T01:00:00.000Z";

/// What everybody's password is.
pub const PASSWORD: &str = "Lantern-7-river";

/// An office that goes away when dropped.
pub struct TestOffice {
    /// The office.
    pub office: Office,
    /// How its database was opened.
    pub config: store::Config,
    _db: TestDb,
    folder: tempfile::TempDir,
}

impl Deref for TestOffice {
    type Target = Office;
    fn deref(&self) -> &Office {
        &self.office
    }
}

/// The shipped catalogue, loaded once per process.
pub fn catalogue() -> Arc<catalogue::Catalogue> {
    static SHIPPED: OnceLock<Arc<catalogue::Catalogue>> = OnceLock::new();
    let load = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
        let loaded = catalogue::Files::read(&root).and_then(|files| crate::load_catalogue(&files));
        loaded.unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
    };
    Arc::clone(SHIPPED.get_or_init(|| Arc::new(load())))
}

/// The shipped areas, parsed once per process.
pub fn areas() -> Arc<AreaTree> {
    static SHIPPED: OnceLock<Arc<AreaTree>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(|| Arc::new(AreaTree::shipped().unwrap())))
}

/// Area names, gathered once per process.
pub fn gazetteer() -> Arc<crate::gazetteer::Gazetteer> {
    static SHIPPED: OnceLock<Arc<crate::gazetteer::Gazetteer>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(|| Arc::new(crate::gazetteer::Gazetteer::of(&areas()))))
}

/// An office on a fresh SQLite database.
pub fn office() -> TestOffice {
    office_on(store::testing::sqlite())
}

/// An office on this database.
pub fn office_on(db: TestDb) -> TestOffice {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(Instant::parse(MORNING).unwrap());
    let rng = Rng::seeded(2026);
    let office = Office {
        db: db.db.clone(),
        keys: Arc::new(KeyRing::generate(&clock, &rng)),
        clock: Arc::new(clock),
        rng: Arc::new(rng),
        areas: areas(),
        calendar: Arc::new(Calendar::shipped().unwrap()),
        catalogue: catalogue(),
        files: Files::open(folder.path().join("files")).unwrap(),
        index: None,
        gazetteer: gazetteer(),
        outside: Arc::new(crate::connector::Outside::local()),
        editions: crate::cases::Editions::default(),
        facts: Arc::new(crate::facts::Keeper::at(folder.path().join("facts"))),
        measured: Arc::default(),
    };
    TestOffice { office, config: db.config.clone(), _db: db, folder }
}

/// Runs `body` on an office of each engine.
pub fn on_each_engine(body: impl Fn(&TestOffice)) {
    body(&office());
    if let Some(db) = store::testing::postgres() {
        body(&office_on(db));
    }
}

impl TestOffice {
    /// Where its files lie until it is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock forward by whole days.
    pub fn days_pass(&self, days: i64) {
        self.clock.advance(days * 24 * 3600);
    }

    /// A member of the public with an account.
    pub fn founder(&self, login: &str) -> Actor {
        let new = crate::accounts::NewAccount {
            login: login.to_owned(),
            name: "经办人".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let account = self.office.sign_up(&new).unwrap();
        Actor { account, name: "经办人".to_owned(), posts: Vec::new(), orgs: Vec::new(), admin: None }
    }

    /// An official's account opened by two administrators and activated by its owner, with [`PASSWORD`]; no one-time code bound.
    pub fn opened(&self, login: &str, name: &str, admin: Option<AdminRole>) -> AccountId {
        let new = crate::accounts::NewOfficial { login: login.to_owned(), name: name.to_owned(), admin };
        let first = self.open_official(&self.admin(AdminRole::System), &new).unwrap();
        let second = self.release_activation(&self.admin(AdminRole::Security), first.account).unwrap();
        self.accept_activation(&first.login, (&first.code, &second.code), PASSWORD).unwrap();
        first.account
    }

    /// Somebody at a desk, without going through the administrators.
    pub fn official(&self, desk: &str, area: &str, body: BodyId) -> Actor {
        let area: AreaCode = area.parse().unwrap();
        Actor {
            account: AccountId::fresh(&self.clock, &self.rng),
            name: self.catalogue.desk_name(desk).to_owned(),
            posts: vec![Post { desk: DeskId::new(desk), area, body }],
            orgs: Vec::new(),
            admin: None,
        }
    }

    /// One of the three administrators.
    pub fn admin(&self, role: AdminRole) -> Actor {
        Actor {
            account: AccountId::fresh(&self.clock, &self.rng),
            name: "管理员".to_owned(),
            posts: Vec::new(),
            orgs: Vec::new(),
            admin: Some(role),
        }
    }

    /// A body of this kind in this area.
    pub fn body(&self, kind: &str, name: &str, area: &str) -> BodyId {
        let id = BodyId::fresh(&self.clock, &self.rng);
        let body = Body {
            id,
            name: name.to_owned(),
            short: name.to_owned(),
            area: area.parse().unwrap(),
            kind: kind.to_owned(),
            code: None,
            phone: None,
            state: "active".to_owned(),
            data: serde_json::json!({}),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        };
        self.office.add_body(&self.admin(AdminRole::System), &body).unwrap();
        id
    }
}

/// A complete application for a shipped matter, from the case table beside it: answers and materials. Bodies named `@desk` are
/// looked up with `body`.
pub fn form_of(
    matter: &catalogue::matter::Matter,
    body: &dyn Fn(&str) -> BodyId,
) -> (casework::Answers, std::collections::BTreeMap<catalogue::matter::MaterialId, casework::Provided>) {
    use casework::Provided;
    use catalogue::matter::FieldKind;
    let file = format!("../../catalogue/national/matters/{}.cases.toml", matter.id.as_str());
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let mut answers = casework::Answers::default();
    for (name, value) in table["form"].as_table().unwrap() {
        let field = matter.fields().find(|field| field.id.as_str() == name).unwrap();
        let mut json = serde_json::to_value(value).unwrap();
        if field.kind == FieldKind::Charter {
            json =
                field.clauses.iter().map(|clause| (clause.id.to_string(), serde_json::json!(clause.model))).collect();
        }
        let desk = json.get("id").and_then(|id| id.as_str()).and_then(|id| id.strip_prefix('@')).map(str::to_owned);
        if let Some(desk) = desk {
            json["id"] = serde_json::json!(body(&desk));
        }
        answers.put(name.clone(), json);
    }
    let listed = |key: &str| table["materials"][key].as_array().unwrap().clone();
    let mut materials = std::collections::BTreeMap::new();
    for (key, provided) in [("files", Provided::Paper), ("promised", Provided::Promised)] {
        for id in listed(key) {
            materials.insert(id.as_str().unwrap().into(), provided.clone());
        }
    }
    (answers, materials)
}
