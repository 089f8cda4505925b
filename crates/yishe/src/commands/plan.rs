//! `yishe plan`: plans and where their targets stand; the same lines as the page, for a terminal, a file or another program.
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use base::{AreaCode, Date};
use office::Office;
use office::facts::Ready;
use office::plans::lines::PlanReport;
use office::plans::table;
use office::plans::view::View;

use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Opening};
use crate::progress::Progress;

/// Between two questions whether the facts of a day have been read.
const PAUSE: Duration = Duration::from_millis(100);

/// 规划
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 列出全部规划：规划期、所处阶段、各种情况的目标数
    List,
    /// 一个规划在某地某日的执行情况，与网页上的各行相同
    Report {
        /// 规划的编号，见 yishe plan list
        #[arg(long, value_name = "ID")]
        plan: String,
        /// 哪一天（不写：规划期内是今天，过了规划期是最后一天）
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// 行政区划代码（不写：规划所在地区）
        #[arg(long, value_name = "CODE")]
        area: Option<AreaCode>,
        /// 只算这一类组织：association、service_institution、foundation
        #[arg(long, value_name = "KIND", default_value = "")]
        kind: String,
        /// 格式
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// 写到这个文件（xlsx 必须写；不会覆盖已有的文件）
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// 终端表格
    Table,
    Json,
    Csv,
    Xlsx,
}

impl PlanArgs {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        // Read-only: any database may be looked at as on another day.
        let opening = Opening { now: asked.now, reads_only: true, ..Opening::default() };
        let open = Installation::open(&asked.place, &opening)?;
        match &self.what {
            What::List => list(&open.office),
            What::Report { plan, on, area, kind, format, out } => {
                if *format == Format::Xlsx && out.is_none() {
                    return Err(Failure::refused("xlsx 要写到文件里，请加 --out FILE"));
                }
                let view = View { plan: plan.clone(), on: *on, area: area.clone(), kind: kind.clone() };
                let report = ready(&open.office, &view)?;
                write(&report, *format, out.as_ref())
            }
        }
    }
}

/// The report, once the facts of its day have been read.
fn ready(office: &Office, view: &View) -> Result<PlanReport, Failure> {
    let mut progress = Progress::new();
    loop {
        match office.plan_report(view).map_err(told)? {
            Ready::Now(report) => return Ok(report),
            Ready::Soon { day, done, of } => progress.step(&format!("读取 {day} 的数据"), done, of),
        }
        std::thread::sleep(PAUSE);
    }
}

/// A refusal with its fields: the command line has no form to show them at.
fn told(refused: office::Refused) -> Failure {
    match refused {
        office::Refused::Invalid(wrong) => {
            Failure::Refused(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("\n"))
        }
        office::Refused::NotFound(what) => Failure::Refused(format!("没有找到{what}。编号见 yishe plan list")),
        other => other.into(),
    }
}

fn list(office: &Office) -> Result<(), Failure> {
    let mut text = String::new();
    for plan in office.catalogue.plans() {
        let report = ready(office, &View::of(&plan.id))?;
        let head = &report.head;
        let draft = if head.draft { "（征求意见稿）" } else { "" };
        let sum = report.summary;
        let _ = write!(
            text,
            "{}\n  {}{draft}\n  {}　{} 至 {}　{}，截至 {}\n  达标 {}　预警 {}　未达标 {}　暂无数据 {}\n",
            head.id,
            head.name,
            head.area_name,
            head.period.0,
            head.period.1,
            report.phase,
            report.on,
            sum.met,
            sum.at_risk,
            sum.missed,
            sum.no_data
        );
    }
    if text.is_empty() {
        text.push_str("还没有规划\n");
    }
    super::print_all(&text);
    Ok(())
}

fn write(report: &PlanReport, format: Format, out: Option<&PathBuf>) -> Result<(), Failure> {
    let bytes = match format {
        Format::Table => plain(report).into_bytes(),
        Format::Json => {
            let mut text = format!("{:#}", table::json(report));
            text.push('\n');
            text.into_bytes()
        }
        Format::Csv => table::csv(report)?,
        Format::Xlsx => table::workbook(report)?,
    };
    let Some(path) = out else {
        super::print_all(&String::from_utf8_lossy(&bytes));
        return Ok(());
    };
    let trouble = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Refused(format!("{} 已经存在，不覆盖", path.display())),
        _ => Failure::Trouble(format!("{}: {error}", path.display())),
    };
    let mut file = std::fs::File::options().create_new(true).write(true).open(path).map_err(trouble)?;
    file.write_all(&bytes).map_err(trouble)?;
    println!("已写出 {}（{} 行）", path.display(), report.lines().count());
    Ok(())
}

/// For a terminal: one block per target, since Chinese columns do not line up everywhere.
fn plain(report: &PlanReport) -> String {
    let mut text = table::heading(report).join("\n");
    text.push('\n');
    for group in &report.groups {
        let _ = write!(text, "\n{}\n", group.title);
        for line in &group.lines {
            let due = line.due.map(|day| format!("，{day} 到期")).unwrap_or_default();
            let range = if line.value.range.is_empty() { String::new() } else { format!("（{}）", line.value.range) };
            let _ = write!(
                text,
                "  [{}] {}　{}{range}　要求{}{due}\n      {}\n",
                line.status.name(),
                line.name,
                line.value.text,
                line.asked,
                line.reason
            );
        }
    }
    text
}
