//! Lists and queues are answered by an index in its own order: no scan, no sort. (`platform.md`: 0.1 ms instead of 4.)
use base::{AreaCode, Date};
use store::testing::sqlite;
use store::{Arg, Db, DbError, Engine, Filter, Sql, args};

fn plan(db: &Db, text: &str, args: &[Arg<'_>]) -> String {
    let text = format!("explain query plan {text}");
    let mut steps = Vec::new();
    db.read(|tx| {
        tx.each_row(Sql::dynamic("test.plan", &text), args, &mut |row| {
            steps.push(row.get::<String>("detail")?);
            Ok::<(), DbError>(())
        })
    })
    .unwrap_or_else(|error: DbError| panic!("{text}: {error}"));
    steps.join("; ")
}

fn straight(db: &Db, text: &str, args: &[Arg<'_>]) {
    let plan = plan(db, text, args);
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{text}\n  {plan}");
}

#[test]
fn pages_need_no_sort() {
    let test = sqlite();
    let day: Date = "2026-11-21".parse().unwrap();
    let lists = [
        (
            "organization",
            "listed_on",
            "id",
            &["county", "town", "community", "registrar_area", "registrar_city", "registrar_province"][..],
        ),
        ("organization", "listed_on", "id", &["supervisor_body", "regulator_body"]),
        ("register_entry", "since", "id", &[]),
        ("public_notice", "posted_on", "id", &["area"]),
    ];
    for (table, sort, id, columns) in lists {
        for column in columns {
            for last in [false, true] {
                let mut filter = Filter::new(Engine::Sqlite);
                filter.equal(column, "x");
                if last {
                    filter.after(sort, &day, id, "x", true);
                }
                let text = filter.sql(&format!("select id from {table}"), &format!("{sort} desc, {id} desc"), 20);
                straight(&test, &text, filter.args());
            }
        }
    }
    for column in ["county", "city", "province", "matter"] {
        let mut filter = Filter::new(Engine::Sqlite);
        filter.equal(column, "x").equal("state", "open").after("received_on", &day, "id", "x", true);
        let text = filter.sql("select id from matter_case", "received_on desc, id desc", 20);
        straight(&test, &text, filter.args());
    }
}

#[test]
fn queues_need_no_sort() {
    let test = sqlite();
    let area: AreaCode = "330102".parse().unwrap();
    for column in ["t.area", "t.county", "t.city", "t.province", "t.body_id"] {
        let mut filter = Filter::new(Engine::Sqlite);
        filter.fixed("t.state = 'open'").equal("t.desk", "review");
        match column {
            "t.area" => filter.equal("t.area", &area),
            "t.county" => filter.equal("t.county", &area),
            "t.city" => filter.equal("t.city", &area),
            "t.province" => filter.equal("t.province", &area),
            _ => filter.equal("t.body_id", &area),
        };
        filter.after_all(&["t.due", "t.case_id", "t.id"], args!["2026-11-21", "x", "y"], false);
        let text = filter.sql(
            "select t.id, c.number from task t join matter_case c on c.origin = t.origin and c.id = t.case_id",
            "t.due, t.case_id, t.id",
            20,
        );
        straight(&test, &text, filter.args());
    }
}

/// Statements that may read a whole table, each with the reason.
const WHOLE: &[(&str, &str)] = &[
    ("change.heads", "one row per authority"),
    ("change.uncounted", "verification reads everything"),
    ("change.gap", "verification reads everything"),
    ("journal.everything", "verification reads everything"),
    ("journal.last_seal", "an index in order, one row"),
    ("journal.last_nightly", "an index backwards, at most a day of seals"),
    ("journal.count", "verification reads everything"),
    ("journal.ids", "verification reads everything"),
    ("journal.count_heads", "verification reads everything"),
    ("journal.wrong_head", "verification reads everything"),
    ("journal.wrong_sealed", "verification reads everything"),
    ("journal.loose_leaf", "verification reads everything"),
    ("journal.former", "verification reads everything"),
    ("journal.unsealed", "a partial index that holds only what is to be sealed"),
    ("organizations.each", "an index build reads everything"),
    ("organizations.all_as_of", "another day from versions alone is a job"),
    ("people.bodies", "a reference table"),
    ("facts.named", "a question from the command line"),
    ("facts.versions", "the facts of a day are built from everything"),
    ("facts.cases", "the facts of a day are built from everything"),
    ("facts.defective", "the facts of a day are built from everything"),
    ("facts.inspected", "one row per authority"),
    ("outside.last_sent", "only the page of the system's state; what was sent is forgotten after 90 days"),
    ("upkeep.runs", "one row per authority"),
    ("papers.draft_leftovers", "a nightly job, over the order of digests"),
    ("papers.file_digests", "verification reads everything"),
    ("accounts.forget_attempts", "hourly"),
    ("scans.waiting", "holds only the scans since the last journalled batch"),
    ("scans.take", "holds only the scans since the last journalled batch"),
];

#[test]
fn no_statement_scans_a_table_unless_it_is_meant_to() {
    let test = sqlite();
    let mut scans = Vec::new();
    for statement in store::statements() {
        if statement.name.split('.').next_back() == Some("each")
            || WHOLE.iter().any(|(name, _)| *name == statement.name)
        {
            continue;
        }
        let highest = (1..=60).rev().find(|number| statement.sqlite.contains(&format!("${number}"))).unwrap_or(0);
        let values = vec![Arg::Text(Some("x".into())); highest];
        let plan = plan(&test, statement.sqlite, &values);
        if plan.contains("SCAN") && !plan.contains("SCAN CONSTANT ROW") {
            scans.push(format!("{}: {plan}", statement.name));
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}
