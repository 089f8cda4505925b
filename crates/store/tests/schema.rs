//! Schema, records and statements belong together: what one names, the others have.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use store::testing::{on_each_engine, postgres, sqlite};
use store::{DbError, Sql, args};

/// Tables written by statements of their own only.
const WITHOUT_RECORD: &[&str] =
    &["meta", "follower", "change_counter", "number_series", "cube_count", "login_attempt", "idempotency", "migration"];
/// Tables that no organization or case owns: by person, by a value unique everywhere, by the entry of a bulk act
/// (`journal_former`), or reference tables.
const NOT_BY_ORIGIN: &[&str] = &[
    "meta",
    "migration",
    "follower",
    "journal_former",
    "seal",
    "seal_head",
    "person",
    "person_key",
    "person_secret",
    "account",
    "account_login",
    "credential",
    "session",
    "login_attempt",
    "body",
    "post",
    "account_org",
    "notice",
    "watch",
    "draft",
    "api_token",
    "access_request",
    "credit_code",
    "filing_number",
    "certificate_short",
    "matter_edition",
    "job",
    "idempotency",
    "code_body",
    "outside_identity",
];

fn tables(db: &store::Db) -> Vec<String> {
    let text = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";
    db.read(|tx| tx.list::<String>(Sql::dynamic("test.tables", text), &[]))
        .unwrap_or_else(|error: DbError| panic!("{error}"))
}

/// (column, place in the primary key or 0)
fn columns(db: &store::Db, table: &str) -> Vec<(String, i64)> {
    let text = "select name, pk from pragma_table_info($1)";
    db.read(|tx| tx.list::<(String, i64)>(Sql::dynamic("test.columns", text), args![table]))
        .unwrap_or_else(|error: DbError| panic!("{error}"))
}

#[test]
fn records_have_exactly_the_columns_of_their_tables() {
    let test = sqlite();
    for table in store::tables::ALL {
        let found = columns(&test, table.name);
        let names: BTreeSet<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, table.columns.iter().copied().collect(), "{}", table.name);
        let mut key: Vec<_> = found.iter().filter(|(_, place)| *place > 0).collect();
        key.sort_by_key(|(_, place)| *place);
        assert_eq!(key.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), table.key, "{}", table.name);
    }
    let with: BTreeSet<_> =
        store::tables::ALL.iter().map(|table| table.name).chain(WITHOUT_RECORD.iter().copied()).collect();
    let all = tables(&test);
    assert_eq!(all.iter().map(String::as_str).collect::<BTreeSet<_>>(), with);
}

/// `platform.md`, Citus rule 1: the shard key comes first in every key, or nothing can be distributed later.
#[test]
fn every_key_of_an_owned_table_begins_with_origin() {
    let test = sqlite();
    let text =
        "select m.name || ' ' || i.name, coalesce((select name from pragma_index_info(i.name) where seqno = 0), '')
        from sqlite_master m join pragma_index_list(m.name) i on i.\"unique\" = 1 where m.type = 'table'";
    let keys = test
        .read(|tx| tx.list::<(String, String)>(Sql::dynamic("test.keys", text), &[]))
        .unwrap_or_else(|error: DbError| panic!("{error}"));
    assert!(keys.len() > 60, "the list of keys is not read right: {keys:?}");
    for (index, first) in keys {
        let table = index.split(' ').next().unwrap();
        assert!(NOT_BY_ORIGIN.contains(&table) || first == "origin", "{index} begins with {first}");
    }
}

#[test]
fn both_engines_have_the_same_columns_of_only_three_types() {
    let Some(server) = postgres() else { return };
    let text = "select table_name::text, column_name::text, data_type::text from information_schema.columns
        where table_schema = 'public' order by 1, 2";
    let rows = server
        .read(|tx| tx.list::<(String, String, String)>(Sql::dynamic("test.types", text), &[]))
        .unwrap_or_else(|error: DbError| panic!("{error}"));
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column, kind) in rows {
        assert!(matches!(kind.as_str(), "bigint" | "text" | "bytea"), "{table}.{column} is {kind}");
        there.entry(table).or_default().insert(column);
    }
    let here = sqlite();
    let ours = tables(&here).into_iter().map(|table| {
        let names = columns(&here, &table).into_iter().map(|(name, _)| name).collect();
        (table, names)
    });
    assert_eq!(there, ours.collect::<BTreeMap<String, BTreeSet<String>>>());
}

#[test]
fn every_statement_is_accepted_by_both_engines() {
    on_each_engine(|test| {
        let refused = store::testing::prepare_all(test, &store::statements());
        assert!(refused.is_empty(), "{}", refused.join("\n"));
    });
}

/// A statement that is not in its module's list would not be prepared by the test above.
#[test]
fn every_statement_is_listed_under_a_name_of_its_own() {
    let mut listed = BTreeSet::new();
    for statement in store::statements() {
        assert!(listed.insert(statement.name), "{} is there twice", statement.name);
    }
    let mut found = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            if entry.file_name() == "statement.rs" {
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).unwrap();
            for rest in text.split("sql!(").skip(1) {
                let name = rest.split('"').nth(1).unwrap_or_default();
                assert!(listed.contains(name), "{name} in {:?} is in no ALL list", entry.path());
                found += 1;
            }
        }
    }
    assert!(found > 80, "only {found} statements found");
}
