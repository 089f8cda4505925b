//! Tampering behind the program's back (绕过系统的改动): real acts, then every column of every table is changed, tails are cut,
//! subjects dropped, rows added, put back and swapped, files exchanged. Each must be seen, and the first bad place named.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "test code: a failure here must stop the test"
)]

mod raw;
mod stage;

use journal::{Depth, Fault};
use office::audit::{self, Finding, SealLog};
use raw::Raw;
use stage::Stage;

fn verify(stage: &Stage, depth: Depth) -> Result<audit::Report, Finding> {
    audit::verify(&stage.office.db, &stage.office.files, Some(&stage.log), depth, &mut |_| ())
}

/// What the full verification finds.
fn found(stage: &Stage) -> Finding {
    verify(stage, Depth::Full).expect_err("nobody saw it")
}

fn fault(stage: &Stage) -> Fault {
    match found(stage) {
        Finding::Broken(broken) => broken.fault,
        other => panic!("{other}"),
    }
}

#[test]
fn an_untouched_database_is_whole_on_both_engines() {
    stage::on_each_engine(|stage| {
        let report = verify(stage, Depth::Full).unwrap();
        assert!(report.entries >= 10 && report.seals == 3 && report.rows > 20 && report.files == 1, "{report:?}");
        assert_eq!(verify(stage, Depth::Chains).unwrap().entries, report.entries);
    });
}

/// The journal's own tables, and everything the journal vouches for.
fn tables() -> Vec<&'static store::tables::Table> {
    let derived = ["change_counter", "journal_entry", "journal_head", "journal_former", "seal", "seal_head", "change"];
    let looked_at = |table: &&store::tables::Table| {
        derived.contains(&table.name)
            || table.name == "account_login"
            || !office::act::UNJOURNALLED.contains(&table.name)
    };
    store::tables::ALL.iter().filter(looked_at).collect()
}

/// Changes every column of the first and of the last row of each table and hands over what was found, putting all back.
fn change_every_column(stage: &Stage, mut judge: impl FnMut(&str, &str, Result<audit::Report, Finding>)) -> usize {
    let raw = Raw(&stage.office.db);
    raw.unprotect();
    let mut changed = 0;
    for table in tables() {
        for last in [false, true] {
            let Some(row) = raw.row(table, last) else { continue };
            // What may be set later without an entry: a one-time code's step, and that a letter was read.
            for column in table.columns.iter().filter(|column| !matches!(**column, "used_step" | "read_at")) {
                // A constraint may refuse the change: then nobody can make it either.
                if raw.change(table, &row, column) {
                    judge(table.name, column, verify(stage, Depth::Full));
                    raw.put_back(table, &row, column);
                    changed += 1;
                }
            }
        }
    }
    changed
}

#[test]
fn a_change_in_any_column_is_seen() {
    let stage = stage::sqlite();
    let mut unseen = Vec::new();
    let changed = change_every_column(&stage, |table, column, result| {
        if result.is_ok() {
            unseen.push(format!("{table}.{column}"));
        }
    });
    assert_eq!(unseen, Vec::<String>::new());
    assert!(changed > 150, "only {changed} columns were changed");
    verify(&stage, Depth::Full).unwrap();
}

#[test]
fn a_change_in_any_column_is_seen_on_postgres() {
    let Some(stage) = stage::postgres() else { return };
    let mut unseen = Vec::new();
    change_every_column(&stage, |table, column, result| {
        if result.is_ok() {
            unseen.push(format!("{table}.{column}"));
        }
    });
    assert_eq!(unseen, Vec::<String>::new());
    verify(&stage, Depth::Full).unwrap();
}

#[test]
fn the_first_bad_entry_is_named() {
    let stage = stage::sqlite();
    let raw = Raw(&stage.office.db);
    raw.unprotect();
    raw.run(&format!("update journal_entry set day = '2026-03-03' where subject = '{}' and seq = 2", stage.case));
    let text = found(&stage).to_string();
    assert!(text.starts_with(&format!("{} 第 2 条留痕", stage.case)) && text.contains("day"), "{text}");
}

#[test]
fn cut_tails_dropped_subjects_and_lost_heads_are_seen() {
    for (what, texts) in [
        (
            "a tail cut",
            vec![
                "delete from journal_entry where subject = '{case}' and seq = (select max(seq) from journal_entry where subject = '{case}')",
            ],
        ),
        ("the middle cut", vec!["delete from journal_entry where subject = '{case}' and seq = 2"]),
        ("a head dropped", vec!["delete from journal_head where subject = '{case}'"]),
        ("a subject dropped", vec!["delete from journal_entry where subject = '{case}'"]),
        (
            "a subject dropped with its head",
            vec![
                "delete from journal_entry where subject = '{case}'",
                "delete from journal_head where subject = '{case}'",
            ],
        ),
        ("a seal dropped", vec!["delete from seal where number = 2"]),
        ("the last seal dropped", vec!["delete from seal where number = 3"]),
        ("leaves dropped", vec!["delete from seal_head where number = 1"]),
        ("a change dropped", vec!["delete from change where pos = 1"]),
        ("the last change dropped", vec!["delete from change where pos = (select max(pos) from change)"]),
        ("former rows dropped", vec!["delete from journal_former"]),
    ] {
        let stage = stage::sqlite();
        let raw = Raw(&stage.office.db);
        raw.unprotect();
        for text in texts {
            assert!(raw.run(&text.replace("{case}", &stage.case)) > 0, "{what}");
        }
        let finding = found(&stage);
        assert!(!matches!(finding, Finding::Unread(_)), "{what}: {finding}");
    }
}

#[test]
fn rows_added_removed_and_rolled_back_are_seen() {
    let stage = stage::sqlite();
    let raw = Raw(&stage.office.db);
    raw.unprotect();
    raw.run("insert into body (id, name, short, area, kind, state, data, rev, entry) select '01K00000000000000000000009', name, short, area, kind, state, data, rev, entry from body limit 1");
    assert_eq!(fault(&stage), Fault::RowUnclaimed);
    raw.run("delete from body where id = '01K00000000000000000000009'");
    verify(&stage, Depth::Full).unwrap();
    raw.run("update organization set entry = (select entry from organization_version limit 1) where rev = 2");
    assert!(matches!(fault(&stage), Fault::BatchChanged { .. } | Fault::RowRolledBack { .. }), "rolled back");
    let stage = stage::sqlite();
    Raw(&stage.office.db).unprotect();
    Raw(&stage.office.db).run("delete from task");
    assert_eq!(fault(&stage), Fault::RowMissing);
}

#[test]
fn a_seal_misses_no_chain_whose_clock_was_slow() {
    let stage = stage::sqlite();
    // The server's clock falls behind the last seal; what it writes then must still be sealed.
    stage.office.clock.advance(-3_600);
    stage.office.body("street", "街道办事处", "210102");
    let seal = stage.office.seal(&stage.log, false).unwrap().expect("a chain moved");
    assert_eq!(seal.count, 1);
    assert_eq!(stage.office.seal(&stage.log, false).unwrap(), None, "nothing moved since");
    verify(&stage, Depth::Full).unwrap();
}

#[test]
fn files_that_are_swapped_or_gone_are_seen() {
    let stage = stage::sqlite();
    let path = stage.office.files.path(&stage.file);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"%PDF-1.7 another").unwrap();
    assert!(matches!(fault(&stage), Fault::FileChanged { .. }));
    assert!(verify(&stage, Depth::Chains).is_ok(), "files are not read in the quick one");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(fault(&stage), Fault::FileMissing);
    std::fs::write(&path, bytes).unwrap();
    verify(&stage, Depth::Full).unwrap();
}

#[test]
fn the_log_outside_the_database_is_compared_and_mended() {
    let stage = stage::sqlite();
    let text = stage.log.text().unwrap();
    let write = |text: &str| std::fs::write(stage.log.path(), text).unwrap();
    write(&text.replacen("\"count\":", "\"count\":1", 1));
    assert!(matches!(found(&stage), Finding::Log(_)));
    let lines: Vec<&str> = text.lines().collect();
    write(&format!("{}\n", lines[0]));
    assert!(matches!(found(&stage), Finding::Log(_)), "two lines are missing");
    // A power cut while the last line was written: sealing again mends it.
    write(&format!("{}\n{}\n{}", lines[0], lines[1], &lines[2][..20]));
    verify(&stage, Depth::Full).unwrap();
    stage.office.complete_seal_log(&stage.log).unwrap();
    assert_eq!(stage.log.text().unwrap(), text);
    // The database put back to an older state: the log knows more.
    let raw = Raw(&stage.office.db);
    raw.unprotect();
    raw.run("delete from seal where number = 3");
    raw.run("delete from seal_head where number = 3");
    raw.run("update journal_head set sealed_seq = coalesce((select max(seq) from seal_head s where s.origin = journal_head.origin and s.subject = journal_head.subject), 0)");
    assert!(found(&stage).to_string().contains("第 3 号"));
    assert!(
        audit::verify(&stage.office.db, &stage.office.files, None, Depth::Full, &mut |_| ()).is_ok(),
        "the database alone cannot tell"
    );
}

#[test]
fn no_seal_is_made_while_the_log_cannot_be_written() {
    let stage = stage::sqlite();
    let file = stage.log.path().with_file_name("no-folder");
    std::fs::write(&file, "").unwrap();
    stage.office.body("street", "街道办事处", "210102");
    assert!(stage.office.seal(&SealLog::at(file.join("seal.log")), true).is_err());
    // Otherwise two lines could be missing after two crashes, and verification allows for one.
    assert_eq!(stage.office.db.read(|tx| store::journal::seals(tx, 0, 99)).unwrap().len(), 3);
}

#[test]
fn a_log_may_be_kept_anywhere() {
    let stage = stage::sqlite();
    let other = SealLog::at(stage.log.path().with_file_name("elsewhere").join("seal.log"));
    assert_eq!(stage.office.complete_seal_log(&other).unwrap(), 3);
    assert_eq!(other.text().unwrap(), stage.log.text().unwrap());
}

#[test]
fn history_reads_as_sentences() {
    use office::audit::Told as _;
    let stage = stage::sqlite();
    let (kind, id) = stage.case.split_once('/').unwrap();
    let lines = stage.office.history(stage.origin, kind, id).unwrap();
    let sentences: Vec<String> = lines.iter().map(office::audit::Line::sentence).collect();
    assert!(sentences[0].starts_with("2026-03-02 09:00，经办人") && sentences[0].contains("提交"), "{sentences:?}");
    assert!(sentences.iter().any(|sentence| sentence.contains("受理")), "{sentences:?}");
    let auditor = stage.office.admin(authority::AdminRole::Audit);
    let span = (base::Instant(0), stage.office.clock.now());
    let acts = stage.office.acts_of(&auditor, stage.founder.account, span, 100).unwrap();
    assert!(acts.iter().any(|line| line.subject == stage.case));
    let wrong = stage.office.admin(authority::AdminRole::System);
    assert_eq!(stage.office.acts_of(&wrong, stage.founder.account, span, 100).unwrap_err().code(), "denied");
}
