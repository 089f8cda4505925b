//! `yishe serve` as `docs/OPERATIONS.md` says, step by step: on SQLite, and on PostgreSQL with two roles and two nodes, one of which
//! is killed. And what it refuses to start with.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "Lantern-7-river";

fn yishe(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_yishe")).args(arguments).current_dir(folder).output().unwrap();
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// Runs a command that must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let (code, said) = yishe(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A configuration file `NAME.toml` with a data folder of its own, beside the keys all nodes share.
fn configure(folder: &Path, name: &str, port: u16, more: &str) -> String {
    let file = format!("{name}.toml");
    let text = format!(
        "listen = \"127.0.0.1:{port}\"\nbase_url = \"https://a.example\"\ndata = \"{name}\"\nkeys = \"keys.json\"\n\
         files = \"files\"\n{more}"
    );
    std::fs::write(folder.join(&file), text).unwrap();
    file
}

/// A serving program; killed when dropped.
struct Node {
    child: Child,
    port: u16,
}

impl Node {
    fn start(folder: &Path, name: &str, port: u16) -> Self {
        let log = std::fs::File::create(folder.join(format!("{name}.log"))).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_yishe"))
            .args(["serve", "--config", &format!("{name}.toml")])
            .current_dir(folder)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut node = Self { child, port };
        wait("readiness", || {
            let ended = node.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", std::fs::read_to_string(folder.join(format!("{name}.log"))).unwrap());
            agent().get(node.url("/readyz")).call().is_ok_and(|got| got.status() == 200)
        });
        node
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// TERM, as a service manager does; gives the exit code.
    fn stop(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn wait(what: &str, mut seen: impl FnMut() -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(3) {
        if seen() {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("{what} did not come");
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_mins(1)))
        .build();
    config.into()
}

/// Somebody with a browser, who keeps cookies whichever node gave them.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    fn cookies(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn take(&mut self, mut got: ureq::http::Response<ureq::Body>) -> (u16, String, String) {
        for set in got.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0.insert(name.to_owned(), value.to_owned());
        }
        let to = got.headers().get("location").map_or_else(String::new, |to| to.to_str().unwrap().to_owned());
        (got.status().as_u16(), to, got.body_mut().read_to_string().unwrap())
    }

    fn get(&mut self, node: &Node, path: &str) -> (u16, String, String) {
        let got = agent().get(node.url(path)).header("cookie", self.cookies()).call().unwrap();
        self.take(got)
    }

    /// Opens the form on one node and sends it to another.
    fn fill(&mut self, shown: &Node, sent: &Node, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let (_, _, page) = self.get(shown, path);
        let token =
            page.split("name=\"_csrf\" value=\"").nth(1).unwrap_or_else(|| panic!("{path} has no form: {page}"));
        let mut form = vec![("_csrf", token.split('"').next().unwrap())];
        form.extend(fields);
        let got = agent().post(sent.url(path)).header("cookie", self.cookies()).send_form(form).unwrap();
        self.take(got)
    }
}

fn found(node: &Node, text: &str) -> u64 {
    let mut got = agent().get(node.url("/api/v1/organizations")).query("q", text).call().unwrap();
    let body: serde_json::Value = serde_json::from_str(&got.body_mut().read_to_string().unwrap()).unwrap();
    body["total"].as_u64().unwrap_or_default()
}

/// Steps 1 to 3 of the guide: keys, configuration, the first administrator. Gives the two halves of his activation code.
fn install(folder: &Path, config: &str, migrate: &[&str]) -> (String, String) {
    let (code, said) = yishe(folder, &["config", "check", "--config", config]);
    assert!(code == 1 && said.contains("keys generate"), "{said}");
    done(folder, &["keys", "generate", "keys.json"]);
    let said = done(folder, &["config", "check", "--config", config]);
    assert!(said.contains("base_url"), "{said}");
    let (code, said) =
        yishe(folder, &["account", "admin", "system", "guanli", "--name", "系统管理员", "--config", config]);
    assert_eq!(code, 2, "no database yet: {said}");
    done(folder, &[&["migrate", "--config", config], migrate].concat());
    let admin = ["account", "admin", "system", "guanli", "--name", "系统管理员", "--config", config];
    let said = done(folder, &admin);
    let (code, again) = yishe(folder, &["account", "admin", "system", "other", "--name", "另一位", "--config", config]);
    assert!(code == 2 && again.contains("已有可用的账号"), "{again}");
    let half = |name: &str| said.split(name).nth(1).unwrap().trim_start().chars().take(9).collect::<String>();
    (half("前半段"), half("后半段"))
}

fn import(folder: &Path, config: &str, name: &str) {
    std::fs::write(folder.join("orgs.csv"), format!("名称\n{name}\n")).unwrap();
    let words =
        ["import", "organizations", "orgs.csv", "--kind", "社会服务机构", "--registrar", "2101", "--config", config];
    let said = done(folder, &words);
    assert!(said.contains("收下 1 行"), "{said}");
}

fn operators_see(node: &Node) {
    let status = |path: &str, header: (&str, &str)| {
        agent().get(node.url(path)).header(header.0, header.1).call().unwrap().status().as_u16()
    };
    assert_eq!(status("/healthz", ("x-a", "b")), 200);
    assert_eq!(status("/metrics", ("x-forwarded-for", "10.0.0.9")), 403, "not through the proxy");
    let text = agent().get(node.url("/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
    for gauge in ["yishe_jobs_failed 0", "yishe_outbox_waiting 0", "yishe_outbox_dead 0", "yishe_index_behind"] {
        assert!(text.contains(gauge), "{gauge}: {text}");
    }
}

#[test]
fn one_node_on_sqlite_is_installed_serves_and_stops_as_the_guide_says() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let port = free_port();
    std::fs::write(at.join("token"), "a-long-token-of-a-test\n").unwrap();
    Command::new("chmod").args(["600", "token"]).current_dir(at).status().unwrap();
    let config = configure(at, "one", port, "");
    let (first, second) = install(at, &config, &[]);
    let node = Node::start(at, "one", port);
    operators_see(&node);
    let (code, said) = yishe(at, &["serve", "--config", &config]);
    assert!(code == 2 && said.contains("正由另一个 yishe 使用"), "{said}");

    let mut admin = Browser::default();
    let own =
        [("login", "guanli"), ("first", &*first), ("second", &*second), ("password", PASSWORD), ("again", PASSWORD)];
    let (status, to, page) = admin.fill(&node, &node, "/login/activate", &own);
    assert!(status == 303 && to.starts_with("/login/bind"), "{status} {to} {page}");
    let mut stranger = Browser::default();
    assert_eq!(stranger.fill(&node, &node, "/login", &[("name", "guanli"), ("password", "x"), ("back", "")]).0, 422);
    assert_eq!(stranger.get(&node, "/admin/system").0, 303);
    assert_eq!(stranger.get(&node, "/login/outside").0, 404, "no identity source is configured");
    import(at, &config, "沈阳市第一养老服务中心");
    wait("the new organization", || found(&node, "第一养老") == 1);
    done(at, &["backup", "copy.db", "--config", &config]);
    assert_eq!(node.stop(), 0);
    let sealed = std::fs::read_to_string(at.join("one/seal.log")).unwrap();
    assert!(!sealed.trim().is_empty(), "sealed at shutdown");
    let said = done(at, &["journal", "verify", "--config", &config]);
    assert!(said.contains("留痕完整"), "{said}");

    let config = configure(at, "one", port, "[metrics]\ntoken = \"token\"\n");
    done(at, &["config", "check", "--config", &config]);
    let node = Node::start(at, "one", port);
    let bearer = |token: &str| {
        let asked = agent().get(node.url("/metrics")).header("authorization", format!("Bearer {token}"));
        asked.call().unwrap().status().as_u16()
    };
    assert_eq!((bearer("a-long-token-of-a-test"), bearer("another")), (200, 403));
}

#[test]
fn what_serve_refuses_to_start_with() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let serve = |config: &str| yishe(at, &["serve", "--config", config]);
    let config = configure(at, "one", free_port(), "");
    done(at, &["keys", "generate", "keys.json"]);
    let (code, said) = serve(&config);
    assert!(code == 2 && said.contains("yishe migrate"), "a wrong path is no fresh start: {said}");
    assert!(!at.join("one").exists(), "and nothing is made");
    done(at, &["migrate", "--config", &config]);
    std::fs::rename(at.join("keys.json"), at.join("safe.json")).unwrap();
    let (code, said) = serve(&config);
    assert!(code == 2 && said.contains("没有密钥文件"), "{said}");
    done(at, &["generate", "--organizations", "3", "--seed", "1", "--data", "play"]);
    std::fs::copy(at.join("play/keys.json"), at.join("keys.json")).unwrap();
    let (code, said) = serve(&config);
    assert!(code == 2 && said.contains("演示用密钥"), "{said}");
    let play = configure(at, "play", free_port(), "");
    let (code, said) = serve(&play);
    assert!(code == 2 && said.contains("演示或测试用的数据库"), "{said}");
    std::fs::rename(at.join("safe.json"), at.join("keys.json")).unwrap();
    std::fs::write(at.join("e.json"), "{\"exchanges\": []}").unwrap();
    let more = "[connectors.case_status]\nkind = \"recorded\"\nexchanges = \"e.json\"\n";
    let (code, said) = serve(&configure(at, "one", free_port(), more));
    assert!(code == 2 && said.contains("只用于演示和测试"), "{said}");
    std::fs::write(at.join("short"), "abc\n").unwrap();
    Command::new("chmod").args(["600", "short"]).current_dir(at).status().unwrap();
    let more = "[connectors.case_status]\nkind = \"http\"\nurl = \"http://127.0.0.1:9\"\nkey = \"short\"\n";
    let (code, said) = serve(&configure(at, "one", free_port(), more));
    assert!(code == 2 && said.contains("太短"), "{said}");
    let (code, said) = serve(&configure(at, "one", free_port(), "[metrics]\ntoken = \"short\"\n"));
    assert!(code == 2 && said.contains("太短"), "{said}");
}

/// The server of the tests, and its two roles and database made with the words of the guide.
fn postgres() -> Option<String> {
    let base = store::testing::empty_postgres("template0")?.url;
    let mut admin = postgres::Client::connect(&base, postgres::NoTls).unwrap();
    let guide = include_str!("../../../docs/OPERATIONS.md");
    let sql = guide.split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    for statement in sql.split(';').map(str::trim).filter(|text| !text.is_empty()) {
        admin.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let host = base.split(' ').find(|word| word.starts_with("host=")).unwrap().to_owned();
    Some(host)
}

#[test]
fn two_nodes_on_postgres_share_sessions_forms_index_and_jobs_and_one_goes_on_alone() {
    let Some(host) = postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (url, owner) =
        (format!("{host} user=yishe_serve dbname=yishe"), format!("{host} user=yishe_owner dbname=yishe"));
    let database = |url: &str| format!("[database]\nurl = \"{url}\"\nconnections = 8\n");
    let ports = [free_port(), free_port()];
    let config = configure(at, "a", ports[0], &database(&url));
    configure(at, "b", ports[1], &database(&url));
    install(at, &config, &["--owner-url", &owner, "--serve-role", "yishe_serve"]);
    let (code, said) = yishe(at, &["serve", "--config", &configure(at, "c", free_port(), &database(&owner))]);
    assert!(code == 2 && said.contains("--serve-role"), "the owner could change history: {said}");
    let (code, said) = yishe(at, &["backup", "copy.db", "--config", &config]);
    assert!(code == 2 && said.contains("pg_dump"), "{said}");

    let (a, b) = std::thread::scope(|scope| {
        let a = scope.spawn(|| Node::start(at, "a", ports[0]));
        let b = scope.spawn(|| Node::start(at, "b", ports[1]));
        (a.join().unwrap(), b.join().unwrap())
    });
    operators_see(&b);
    let mut founder = Browser::default();
    let new = [("login", "yuanzhou"), ("name", "周远舟"), ("password", PASSWORD), ("again", PASSWORD), ("back", "")];
    assert_eq!(founder.fill(&a, &a, "/register", &new).0, 303);
    assert_eq!(founder.get(&b, "/my").0, 200, "signed in on one, known to the other");
    import(at, &config, "沈阳市第一养老服务中心");
    wait("the organization on both", || [&a, &b].iter().all(|node| found(node, "第一养老") == 1));

    // The form of one is taken by the other; each scheduled job was done by one of them, once.
    let change = [("old", PASSWORD), ("new", "Lantern-8-river"), ("again", "Lantern-8-river")];
    let (status, to, page) = founder.fill(&a, &b, "/account/password", &change);
    assert_eq!(status, 303, "{to} {page}");
    let mut looking = postgres::Client::connect(&owner, postgres::NoTls).unwrap();
    let mut count = |sql: &str| looking.query_one(sql, &[]).unwrap().get::<_, i64>(0);
    wait("the scheduled jobs", || {
        count(
            "select count(*) from job where state in ('waiting', 'running') and run_at <= to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS')",
        ) == 0
    });
    assert!(count("select count(*) from job where state = 'done'") >= 7);
    // Two nodes that seal at one moment want the same number; the second tries again. Nothing else is begun twice.
    assert_eq!(count("select count(*) from job where state = 'failed' or (attempts > 1 and name <> 'seal')"), 0);
    assert_eq!(count("select count(*) - count(distinct name || run_at || payload) from job"), 0);

    drop(a); // SIGKILL
    assert_eq!(founder.get(&b, "/my").0, 200);
    import(at, "b.toml", "沈阳市第二养老服务中心");
    wait("the organization on the one left", || found(&b, "第二养老") == 1);
    let back = [("old", "Lantern-8-river"), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(founder.fill(&b, &b, "/account/password", &back).0, 303);
    assert_eq!(b.stop(), 0);
    let said = done(at, &["journal", "verify", "--config", "b.toml"]);
    assert!(said.contains("留痕完整"), "{said}");
}
