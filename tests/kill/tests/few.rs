//! A few rounds on each engine with every test run; `cargo xtask kill --rounds 200` does many.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::process::Command;

fn kill(engine: &str, rounds: &str) {
    let out = Command::new(env!("CARGO_BIN_EXE_kill")).args(["--engine", engine, "--rounds", rounds]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
    assert!(said.contains(&format!("{rounds} kills")), "{said}");
}

#[test]
fn what_sqlite_acknowledged_survives_a_kill() {
    kill("sqlite", "5");
}

#[test]
fn what_postgres_acknowledged_survives_a_kill_and_a_crash() {
    if std::env::var("YISHE_PG").as_deref() == Ok("skip") {
        return;
    }
    kill("postgres", "3");
}
