//! Opening an installation (打开一个安装): one place for `serve`, `demo`, `import`, `generate` and the rest.
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{Clock, Date, Rng};
use office::audit::SealLog;
use office::connector::Outside;
use office::{Files, Office};
use store::Db;
use vault::KeyRing;

use crate::config::Config;
use crate::connectors::Connectors;
use crate::failure::Failure;

/// Which installation a command works on.
#[derive(Debug, Clone, clap::Args)]
pub struct Where {
    /// 数据目录（数据库、文件、密钥都在其中；演示与单机试用）
    #[arg(long, value_name = "DIR", default_value = "var", global = true)]
    pub data: PathBuf,
    /// 正式安装的配置文件；写了它就不看 --data
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}

impl Where {
    /// Its settings.
    pub fn config(&self) -> Result<Config, Failure> {
        self.config.as_deref().map_or_else(|| Ok(Config::of_folder(&self.data)), Config::read)
    }
}

/// What a database is for. Stored in it; decides whether `--now` and demo keys are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Real.
    Serve,
    /// Made by `yishe demo`.
    Demo,
    /// Made by `yishe generate`, or for tests.
    Test,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "demo" => Self::Demo,
            "test" => Self::Test,
            _ => Self::Serve,
        }
    }

    /// Whether the business date may be set and demo keys may be used.
    pub fn is_play(self) -> bool {
        self != Self::Serve
    }
}

/// How to open.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The business date (`--now`).
    pub now: Option<Date>,
    /// Makes database and keys if there are none, of this kind.
    pub create: Option<Kind>,
    /// Only reads: `--now` is allowed on any database.
    pub reads_only: bool,
    /// Keeps the name index.
    pub index: bool,
    /// Serves: takes the lock that allows one program on a SQLite file, and refuses a PostgreSQL role that could change history.
    pub serve: bool,
}

/// An open installation.
pub struct Installation {
    /// All use cases.
    pub office: Office,
    /// Its settings.
    pub config: Config,
    /// What it is for.
    pub kind: Kind,
    /// Where seals are written beside the database.
    pub log: SealLog,
    /// Whether the database was made just now.
    pub fresh: bool,
    /// Held while serving.
    _lock: Option<File>,
}

impl std::fmt::Debug for Installation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Installation").field("config", &self.config).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Installation {
    /// Opens it, or says what is missing.
    pub fn open(place: &Where, opening: &Opening) -> Result<Self, Failure> {
        let config = place.config()?;
        let (clock, rng) = (opening.now.map_or_else(Clock::system, Clock::with_today), Rng::system());
        let fresh = !exists(&config);
        if fresh && opening.create.is_none() {
            return Err(Failure::Refused(missing(&config)));
        }
        fs::create_dir_all(&config.data)
            .map_err(|error| Failure::Trouble(format!("{}: {error}", config.data.display())))?;
        let lock = if opening.serve { Some(lock(&config)?) } else { None };
        let keys = open_keys(&config, opening, fresh, &clock, &rng)?;
        let db = open_database(&config, opening.serve)?;
        let kind = settle_kind(&db, opening.create)?;
        keys.admit(kind.is_play())?;
        if opening.now.is_some() && !kind.is_play() && !opening.reads_only {
            return Err(Failure::refused(
                "--now 只能用于查询类命令，或由 demo、generate 建立的数据库。正式数据库的办理日期以系统时间为准",
            ));
        }
        let outside = match (kind, config.connectors == Connectors::default()) {
            // A demonstration shows connections at work, with recorded answers, unless it is told otherwise.
            (Kind::Demo, true) => Outside::demo(),
            _ => config.connectors.open(kind.is_play())?,
        };
        let areas = Arc::new(AreaTree::shipped().map_err(Failure::trouble)?);
        let index = if opening.index {
            Some(Arc::new(search::Index::open(config.data.join("search.db")).map_err(Failure::trouble)?))
        } else {
            None
        };
        let office = Office {
            db,
            keys: Arc::new(keys),
            clock: Arc::new(clock),
            rng: Arc::new(rng),
            gazetteer: Arc::new(office::gazetteer::Gazetteer::of(&areas)),
            areas,
            calendar: Arc::new(Calendar::shipped().map_err(Failure::trouble)?),
            catalogue: Arc::new(load_catalogue(config.catalogue.as_deref())?),
            files: Files::open(config.files())?,
            index,
            outside: Arc::new(outside),
            editions: office::cases::Editions::default(),
            facts: Arc::new(office::facts::Keeper::at(config.data.join("facts"))),
            measured: Arc::default(),
        };
        let log = SealLog::at(config.seal_log());
        Ok(Self { office, config, kind, log, fresh, _lock: lock })
    }
}

/// An empty installation that goes away with the folder it lies in: for looking at a file before there is anything.
pub fn passing(now: Option<Date>) -> Result<(Installation, tempfile::TempDir), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::trouble)?;
    let place = Where { data: folder.path().to_owned(), config: None };
    let opening = Opening { now, create: Some(Kind::Test), ..Opening::default() };
    Ok((Installation::open(&place, &opening)?, folder))
}

/// The database alone, which must be there.
pub fn database(config: &Config) -> Result<Db, Failure> {
    if !exists(config) {
        return Err(Failure::Refused(missing(config)));
    }
    open_database(config, false)
}

/// Whether there is a database. One on a server is there or is missed when it is opened.
pub fn exists(config: &Config) -> bool {
    config.store().sqlite_path().is_none_or(|path| path.exists())
}

fn missing(config: &Config) -> String {
    format!(
        "{} 里没有数据库。试用请先运行 yishe demo；正式安装请先运行 yishe migrate --config FILE",
        config.data.display()
    )
}

fn open_database(config: &Config, serve: bool) -> Result<Db, Failure> {
    let mut store = config.store();
    store.serve = serve;
    Ok(Db::open(&store)?)
}

/// One program works on a SQLite file; what it keeps in memory would otherwise go stale.
pub fn lock(config: &Config) -> Result<File, Failure> {
    let path = config.data.join("serve.lock");
    let trouble = |error: &dyn std::fmt::Display| Failure::Trouble(format!("{}: {error}", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| trouble(&error))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) if config.store().sqlite_path().is_some() => {
            Err(Failure::Refused(format!("{} 正由另一个 yishe 使用。请先停止它", config.data.display())))
        }
        // Several nodes may serve one PostgreSQL database, even from one machine.
        Ok(()) | Err(fs::TryLockError::WouldBlock) => Ok(file),
        Err(fs::TryLockError::Error(error)) => Err(trouble(&error)),
    }
}

fn settle_kind(db: &Db, create: Option<Kind>) -> Result<Kind, Failure> {
    if let Some(word) = db.read(|tx| store::registers::meta(tx, "kind"))? {
        return Ok(Kind::read(&word));
    }
    let kind = create.unwrap_or(Kind::Serve);
    db.write(move |tx| store::registers::set_meta(tx, "kind", kind.word()))?;
    Ok(kind)
}

fn open_keys(config: &Config, opening: &Opening, fresh: bool, clock: &Clock, rng: &Rng) -> Result<KeyRing, Failure> {
    let path = &config.keys;
    match fs::read_to_string(path) {
        Ok(text) => {
            check_private(path)?;
            Ok(KeyRing::parse(&text)?)
        }
        // Only a database that is being made gets keys by itself, and only beside it: to an existing one belong the keys it has.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && fresh && path.starts_with(&config.data) => {
            let play = opening.create.is_some_and(Kind::is_play);
            let ring = if play { KeyRing::generate_demo(clock, rng) } else { KeyRing::generate(clock, rng) };
            write_private(path, &ring.to_text())?;
            Ok(ring)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::Refused(format!(
            "没有密钥文件 {}。新安装请运行 yishe keys generate 生成；已有数据的安装请换回原来的密钥文件",
            path.display()
        ))),
        Err(error) => Err(Failure::Trouble(format!("{}: {error}", path.display()))),
    }
}

/// Writes a secret that only its owner may read, and never over another.
pub fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Refused(format!("{} 已经存在，不覆盖", path.display())),
        _ => Failure::Trouble(format!("{}: {error}", path.display())),
    })
}

/// Refuses a key file that others may read.
pub fn check_private(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(Failure::trouble)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Failure::Refused(format!(
                "密钥文件 {} 的权限是 {mode:o}，其他人可以读取。请运行 chmod 600 {}",
                path.display(),
                path.display()
            )));
        }
    }
    Ok(())
}

/// The catalogue of a folder, or the one in the program.
pub fn load_catalogue(folder: Option<&Path>) -> Result<catalogue::Catalogue, Failure> {
    catalogue_files(folder).and_then(|files| office::load_catalogue(&files)).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let errors = problems.iter().filter(|problem| problem.severity == catalogue::Severity::Error).count();
        let reminders = lines.len() - errors;
        Failure::No(format!("{}\n事项目录有 {errors} 处错误、{reminders} 个提醒", lines.join("\n")))
    })
}

/// The files of a folder. A folder of a city's own packs only, without `national`, lies beside the packs that ship; a pack of the
/// same name takes the place of the shipped one.
fn catalogue_files(folder: Option<&Path>) -> Result<catalogue::Files, Vec<catalogue::Problem>> {
    let shipped = crate::embedded::files();
    let Some(folder) = folder else { return Ok(shipped) };
    let mut own = catalogue::Files::read(folder)?;
    let packs: BTreeSet<String> = packs_of(&own).into_iter().map(str::to_owned).collect();
    if own.0.is_empty() || own.0.iter().any(|(path, _)| path == "pack.toml") {
        let at = catalogue::Place::new(folder.display().to_string(), 0);
        let help = "请指向放政策包的上一级目录；新建政策包用 yishe catalogue new-pack";
        return Err(vec![catalogue::Problem::error(
            &at,
            "这个目录里没有政策包：每个政策包应是其中的一个文件夹，里面有 pack.toml",
            help,
        )]);
    }
    if !packs.contains("national") {
        let replaced = |path: &str| {
            let head = path.split('/').next().unwrap_or_default();
            packs.contains(head) || own.0.iter().any(|(own, _)| own == path)
        };
        let beside: Vec<_> = shipped.0.into_iter().filter(|(path, _)| !replaced(path)).collect();
        own.0.extend(beside);
    }
    Ok(own)
}

/// The packs among some files: the folders with a `pack.toml`.
pub fn packs_of(files: &catalogue::Files) -> BTreeSet<&str> {
    files.0.iter().filter_map(|(path, _)| path.strip_suffix("/pack.toml")).collect()
}
