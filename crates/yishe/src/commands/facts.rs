//! `yishe facts explain`: what the fact table knows of one subject, and from where.
use std::fmt::Write as _;
use std::time::Duration;

use base::Date;
use office::facts::Ready;
use office::facts::explain::{Explained, Subjects};

use super::{Asked, print_all};
use crate::failure::Failure;
use crate::install::{Installation, Opening};

/// 事实
#[derive(Debug, clap::Args)]
pub struct Facts {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 说明一个组织或者地区的事实：取值、由谁提供、从哪天起、哪些指标用到
    Explain(Explain),
}

#[derive(Debug, clap::Args)]
struct Explain {
    /// 统一社会信用代码、备案号、编号、准确名称，或者行政区划代码
    subject: String,
    /// 事实的名称，如 org.grade；不写就列出全部
    fact: Option<String>,
    /// 哪一天的事实；不写就是今天
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

impl Facts {
    pub fn run(self, asked: &Asked) -> Result<(), Failure> {
        let What::Explain(wish) = self.what;
        let open =
            Installation::open(&asked.place, &Opening { now: asked.now, reads_only: true, ..Opening::default() })?;
        let on = wish.on.unwrap_or_else(|| open.office.clock.today());
        let found = loop {
            match open.office.explain_facts(wish.subject.trim(), wish.fact.as_deref(), on)? {
                Ready::Now(found) => break found,
                Ready::Soon { day, done, of } => {
                    tracing::info!(%day, done, of, "reading the register");
                    std::thread::sleep(Duration::from_millis(500));
                }
            }
        };
        let text: Vec<String> = found.iter().filter(|one| !one.facts.is_empty()).map(told).collect();
        print_all(&text.join("\n"));
        Ok(())
    }
}

fn told(subject: &Subjects) -> String {
    let mut out = format!("{}　{}　{}\n", subject.title, subject.kind, subject.on);
    for fact in &subject.facts {
        tell(&mut out, fact);
    }
    out
}

fn tell(out: &mut String, fact: &Explained) {
    let _ = writeln!(out, "\n{}　{}", fact.fact, fact.text);
    if !fact.note.is_empty() {
        let _ = writeln!(out, "  含义：{}", fact.note);
    }
    let since = fact.since.as_ref().map(|since| format!("；自 {} 起，依据{}", since.from, since.by));
    let _ = writeln!(out, "  来源：{}{}", fact.supply, since.unwrap_or_default());
    let asked = if fact.asked_by.is_empty() { "没有指标用到".to_owned() } else { fact.asked_by.join("、") };
    let _ = writeln!(out, "  指标：{asked}");
}
