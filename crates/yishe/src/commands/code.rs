//! `yishe code check`: says of each code whether it is valid, and if not, which character is wrong and why.
use std::fmt::Write as _;

use base::code::Severity;
use base::{CreditCode, FilingNumber};
use clap::{Args, Subcommand};

use crate::failure::Failure;

/// 统一社会信用代码
#[derive(Args, Debug)]
pub struct Code {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// 校验统一社会信用代码或备案号，指出错在哪一位；全部有效返回 0，否则返回 1
    Check {
        /// 一个或多个代码
        #[arg(required = true, value_name = "代码")]
        codes: Vec<String>,
    },
}

impl Code {
    pub fn run(&self) -> Result<(), Failure> {
        let Command::Check { codes } = &self.command;
        let mut wrong = 0;
        for code in codes {
            let (valid, lines) = explain(code);
            wrong += usize::from(!valid);
            for line in &lines {
                println!("{line}");
            }
        }
        if wrong == 0 { Ok(()) } else { Err(Failure::No(format!("{} 个代码中有 {wrong} 个无效", codes.len()))) }
    }
}

/// Whether the code is valid, and what to print.
fn explain(code: &str) -> (bool, Vec<String>) {
    if code.trim().starts_with(['S', 's']) {
        return match FilingNumber::parse(code) {
            Ok(number) => (true, vec![format!("{number}  有效（备案号 {}）", number.grouped())]),
            Err(fault) => (false, vec![format!("{code}  无效：{fault}")]),
        };
    }
    let faults = CreditCode::validate(code);
    let valid = faults.iter().all(|fault| fault.severity == Severity::Note);
    if valid && let Ok(read) = CreditCode::parse(code) {
        let kind = registry::Kind::of_class_digit(read.as_str().chars().nth(1).unwrap_or(' '))
            .filter(|_| read.department() == '5');
        let mut line = format!("{read}  有效");
        if let Some(kind) = kind {
            let _ = write!(line, "（{}，登记管理机关区划 {}）", kind.label(), read.region());
        }
        if registry::generate::is_generated_code(read.as_str()) {
            line += "，演示数据";
        }
        if office::connector::is_local_code(read.as_str()) {
            line += "，本平台本地码段";
        }
        let notes = faults.iter().map(|fault| format!("  提示：{fault}"));
        return (true, std::iter::once(line).chain(notes).collect());
    }
    let lines = faults.iter().map(|fault| format!("  {fault}"));
    (false, std::iter::once(format!("{code}  无效")).chain(lines).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_explained() {
        assert_eq!(
            explain("53100000500021676K"),
            (true, vec!["53100000500021676K  有效（基金会，登记管理机关区划 100000）".to_owned()])
        );
        let (valid, lines) = explain("53100000500021676X");
        assert!(!valid && lines[1].contains("第 18 位校验码“X”") && lines[1].contains("应为“K”"), "{lines:?}");
        let (valid, lines) = explain("5310000050002167O");
        assert!(!valid && lines.iter().any(|line| line.contains("17 位")), "{lines:?}");
        assert!(explain("S2101022023000179").0 && !explain("S2101022023000177").0);
    }

    /// The codes seen in public material, with what both checks say of them.
    #[test]
    fn the_shipped_vectors_are_judged_as_they_say() {
        for line in include_str!("../../../../data/orgs/uscc_test_vectors.csv").lines().skip(1) {
            let columns: Vec<&str> = line.split(',').collect();
            let expected = columns.ends_with(&["1", "1"]);
            assert_eq!(explain(columns[0]).0, expected, "{line}");
        }
    }
}
