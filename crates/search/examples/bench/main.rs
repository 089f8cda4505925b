//! Measures the index on synthetic organizations beside two yardsticks in the same run:
//! `cargo run --release -p search --example bench -- [organizations] [yardstick rows]`.
//!
//! The yardsticks (SQLite `LIKE` and FTS5 trigram, first 20 rows in rank order, and their count) may hold fewer rows than the
//! index; their times are printed unscaled, so the ratios then flatter them.
#![expect(clippy::print_stdout, reason = "a bench prints")]

mod synthetic;

use std::time::Instant;

use registry::names::{self, NameRules};
use rusqlite::Connection;
use search::{Index, Query};

type Failure = Box<dyn std::error::Error>;

/// Times of one kind of question, in milliseconds of this thread's processor time: the machine may be shared with others.
struct Times(Vec<f64>);

/// Processor time of this thread in milliseconds.
fn processor() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

impl Times {
    fn of<T>(questions: &[T], mut ask: impl FnMut(&T)) -> Self {
        let mut times: Vec<f64> = questions
            .iter()
            .map(|question| {
                let start = processor();
                ask(question);
                processor() - start
            })
            .collect();
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }

    fn print(&self, what: &str) {
        println!("{what:<44} p50 {:>9.3} ms   p99 {:>9.3} ms   ({})", self.at(0.5), self.at(0.99), self.0.len());
    }

    fn ratio(&self, yardstick: &Self, what: &str) {
        let share = |at| yardstick.at(at) / self.at(at);
        println!("  {what:<42} p50 {:>8.0} x    p99 {:>8.0} x", share(0.5), share(0.99));
    }
}

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let count: u64 = args.next().map_or(Ok(3_000_000), |text| text.parse())?;
    let rows: u64 = args.next().map_or(Ok(count / 10), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("search.db");
    let index = Index::open(&path)?;
    let start = Instant::now();
    index.rebuild((0..count).map(|n| synthetic::change(n, 1)), &[])?;
    println!("{count} organizations built in {:.1} s", start.elapsed().as_secs_f64());
    for file in std::fs::read_dir(folder.path())?.flatten() {
        println!("  {:>8.1} MB {}", file.metadata()?.len() as f64 / 1e6, file.file_name().display());
    }
    memory("after the build");
    drop(index);
    let start = Instant::now();
    let index = Index::open(&path)?;
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    let questions = Questions::new(count);
    let yardstick = Yardstick::new(rows)?;
    measure(&index, &questions, &yardstick);
    check_names(&index, &questions);
    let batch: Vec<_> = (0..300).map(|n| vec![synthetic::change(count + n, 2 + n)]).collect();
    Times::of(&batch, |batch| drop(index.apply(batch, &[]))).print("apply one change");
    Times::of(&questions.pairs, |text| drop(index.search(&page(text)))).print("2 characters, page, with changes");
    memory("at the end");
    Ok(())
}

/// Fragments of names that exist, and the commonest there are.
struct Questions {
    names: Vec<String>,
    singles: Vec<String>,
    pairs: Vec<String>,
    longer: Vec<String>,
    letters: Vec<String>,
    codes: Vec<String>,
}

impl Questions {
    fn new(count: u64) -> Self {
        let docs: Vec<_> =
            (0..400).map(|n| synthetic::change(n * (count / 400).max(1), 1).docs.swap_remove(0)).collect();
        let names: Vec<String> = docs.iter().map(|doc| names::normalize(&doc.name)).collect();
        let cut = |text: &str, at: usize, length: usize| {
            let skip = at % text.chars().count().saturating_sub(length - 1).max(1);
            text.chars().skip(skip).take(length).collect::<String>()
        };
        let cuts = |length: usize| -> Vec<String> {
            names.iter().enumerate().map(|(at, name)| cut(name, at, length)).collect()
        };
        let common = ["协会", "社区", "服务", "中心", "会"].map(str::to_owned);
        let mut longer = cuts(3);
        longer.extend(cuts(5));
        longer.extend(["志愿服务", "太极拳队", "老年协会", "服务中心"].map(str::to_owned));
        let code = |doc: &search::Doc| doc.code.clone().or_else(|| doc.filing_number.clone()).unwrap_or_default();
        Self {
            singles: cuts(1),
            pairs: cuts(2).into_iter().chain(common.into_iter().take(4)).collect(),
            longer,
            letters: names.iter().enumerate().map(|(at, name)| cut(&names::initials(name), at, 3 + at % 3)).collect(),
            codes: docs.iter().enumerate().map(|(at, doc)| cut(&code(doc), at, 4 + at % 8)).collect(),
            names,
        }
    }
}

fn page(text: &str) -> Query {
    Query { count: false, ..Query::text(text) }
}

fn measure(index: &Index, q: &Questions, yardstick: &Yardstick) {
    let ask = |texts: &[String], query: &dyn Fn(&str) -> Query, what: &str| {
        let times = Times::of(texts, |text| drop(index.search(&query(text))));
        times.print(what);
        times
    };
    let as_of = |text: &str| Query { as_of: Some(base::Date::constant(2016, 1, 1)), ..Query::text(text) };
    ask(&q.singles, &page, "1 character, page");
    ask(&q.singles, &|text| Query::text(text), "1 character, page, totals and facets");
    ask(&q.singles, &as_of, "1 character, as_of, totals and facets");
    let pairs = ask(&q.pairs, &page, "2 characters, page");
    let pairs_counted = ask(&q.pairs, &|text| Query::text(text), "2 characters, page, totals and facets");
    ask(&q.pairs, &as_of, "2 characters, as_of, totals and facets");
    let longer = ask(&q.longer, &page, "3 to 5 characters, page");
    let longer_counted = ask(&q.longer, &|text| Query::text(text), "3 to 5 characters, page, totals and facets");
    ask(&q.letters, &page, "first letters 3 to 5, page");
    ask(&q.letters, &|text| Query::text(text), "first letters 3 to 5, totals and facets");
    ask(&q.codes, &page, "code fragments 4 to 11, page");
    ask(&q.codes, &|text| Query::text(text), "code fragments 4 to 11, totals and facets");
    println!("yardsticks over {} rows:", yardstick.rows);
    let few = 40;
    for (what, sql, texts, ours) in [
        ("LIKE, page, 2 characters", LIKE_PAGE, &q.pairs, &pairs),
        ("LIKE, count, 2 characters", LIKE_COUNT, &q.pairs, &pairs_counted),
        ("FTS5 trigram, page, 3 to 5 characters", TRIGRAM_PAGE, &q.longer, &longer),
        ("FTS5 trigram, count, 3 to 5 characters", TRIGRAM_COUNT, &q.longer, &longer_counted),
    ] {
        // The common texts stand at the end: take those too.
        let sample: Vec<&String> = texts.iter().take(few).chain(texts.iter().rev().take(4)).collect();
        let times = Times::of(&sample, |text| yardstick.ask(sql, text));
        times.print(what);
        ours.ratio(&times, "this index is faster by");
    }
}

fn check_names(index: &Index, q: &Questions) {
    let ending = |form: &str| form.to_owned();
    let kind = names::KindRule {
        endings: ["协会", "服务中心", "学会", "商会", "队"].map(ending).into(),
        ..Default::default()
    };
    let rules = NameRules { kinds: [("association".to_owned(), kind)].into(), ..NameRules::default() };
    let areas = |_: &str| None;
    let check = |name: &String| drop(index.similar((name, "association"), None, 20, (&rules, &areas)));
    Times::of(&q.names, check).print("name check, 20 nearest with reasons");
    Times::of(&q.names, |name| drop(index.same_pronunciation(name))).print("same pronunciation");
}

const LIKE_PAGE: &str = "select rowid from name where text like '%' || $1 || '%' order by rowid limit 20";
const LIKE_COUNT: &str = "select count(*) from name where text like '%' || $1 || '%'";
const TRIGRAM_PAGE: &str = "select rowid from trigram where trigram match '\"' || $1 || '\"' order by rowid limit 20";
const TRIGRAM_COUNT: &str = "select count(*) from trigram where trigram match '\"' || $1 || '\"'";

struct Yardstick {
    database: Connection,
    rows: u64,
    /// Keeps the file.
    _folder: tempfile::TempDir,
}

impl Yardstick {
    fn new(rows: u64) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let mut database = Connection::open(folder.path().join("yardstick.db"))?;
        database.execute_batch(
            "create table name (text text not null);
             create virtual table trigram using fts5(text, content='name', tokenize='trigram');",
        )?;
        let tx = database.transaction()?;
        {
            let mut insert = tx.prepare("insert into name (text) values ($1)")?;
            for n in 0..rows {
                insert.execute([names::normalize(&synthetic::change(n, 1).docs[0].name)])?;
            }
        }
        tx.execute_batch("insert into trigram (trigram) values ('rebuild')")?;
        tx.commit()?;
        Ok(Self { database, rows, _folder: folder })
    }

    fn ask(&self, sql: &str, text: &str) {
        let Ok(mut statement) = self.database.prepare_cached(sql) else { return };
        let rows = statement.query_map([text], |row| row.get::<_, i64>(0)).map(Iterator::count);
        assert!(rows.is_ok(), "yardstick failed on {text}");
    }
}

/// Resident memory: what the process holds itself, and pages of files it has touched, which the kernel may take back.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1000.0
    };
    let [own, mapped, peak] = ["RssAnon:", "RssFile:", "VmHWM:"].map(megabytes);
    println!("memory {when}: own {own:.0} MB, mapped file pages {mapped:.0} MB, peak {peak:.0} MB");
}
