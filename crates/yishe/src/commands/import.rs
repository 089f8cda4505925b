//! `yishe import organizations`: shows the mapping, checks or imports with a bar, writes the report of rejected rows.
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use authority::Actor;
use base::AreaCode;
use clap::{Args, Subcommand};
use office::import::{Order, Outcome, Preview, Progress as Done, RejectReport, Rejected, Watcher};
use registry::Kind;
use registry::import::{Column, Mapping};

use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Kind as Use, Opening, exists, passing};
use crate::progress::Progress;

/// 导入
#[derive(Args, Debug)]
pub struct Import {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// 导入社会组织名册（CSV 或 Excel）；中断后再次运行会接着导入
    Organizations(Organizations),
    /// 导入一份名册的记录（CSV 或 Excel）；中断后再次运行会接着导入
    Register(super::import_register::Register),
}

#[derive(Args, Debug)]
struct Organizations {
    /// CSV（UTF-8、GBK）或 Excel 文件
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    /// 把退回的行写到这个 CSV 文件（行号、栏目、原因、建议、原内容）
    #[arg(long, value_name = "文件")]
    report: Option<PathBuf>,
    /// 没有类型一栏时，全部按这一类：association、service_institution、foundation、community 或中文名称
    #[arg(long, value_name = "类型", value_parser = kind)]
    kind: Option<Kind>,
    /// 看不出登记管理机关时，按这个区划的机关
    #[arg(long, value_name = "区划代码")]
    registrar: Option<AreaCode>,
    /// 指定某一栏的含义，如 --map 单位=名称；--map 备注= 表示不导入；可写多次
    #[arg(long = "map", value_name = "列名=字段")]
    maps: Vec<String>,
}

fn kind(text: &str) -> Result<Kind, String> {
    let named = Kind::ALL.iter().copied().find(|kind| kind.label() == text);
    // The name in law until 2016, still on most certificates.
    let former = (text == "民办非企业单位").then_some(Kind::ServiceInstitution);
    Kind::parse(text).or(named).or(former).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.label()).collect();
        format!("应为 {}", known.join("、"))
    })
}

/// A bar, and a report where it is written as the rows come (a dry run keeps nothing).
struct Screen {
    what: &'static str,
    bar: Progress,
    report: Option<RejectReport<std::fs::File>>,
    trouble: Option<office::Refused>,
}

impl Watcher for Screen {
    fn progress(&mut self, done: &Done) {
        self.bar.step(self.what, done.done, done.rows);
    }

    fn rejected(&mut self, row: &Rejected) {
        if let Some(report) = &mut self.report
            && let Err(refused) = report.add(row)
        {
            self.trouble = Some(refused);
        }
    }
}

impl Import {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        match &self.command {
            Command::Organizations(command) => command.run(asked),
            Command::Register(command) => command.run(asked),
        }
    }
}

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::Trouble(format!("{}: {error}", path.display()))
}

impl Organizations {
    fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Refused(format!("没有文件 {}", self.file.display())),
            _ => unreadable(&self.file, &error),
        })?;
        // Before anything is imported: the report could not be had later.
        let folder =
            self.report.as_ref().and_then(|path| path.parent()).filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Failure::Refused(format!("没有目录 {}，退回清单写不进去", folder.display())));
        }
        // A dry run makes nothing: where there is no database yet, the file is looked at beside an empty one that passes.
        let (open, _passing) = if self.dry_run && !exists(&asked.place.config()?) {
            println!("还没有数据库：只检查文件本身，不与已有名册比对");
            let (open, folder) = passing(asked.now)?;
            (open, Some(folder))
        } else {
            // A configured database is made by `migrate`: a wrong path must not look like a fresh start.
            let create = (asked.place.config.is_none() && !self.dry_run).then_some(Use::Serve);
            let opening = Opening { now: asked.now, create, reads_only: self.dry_run, ..Opening::default() };
            (Installation::open(&asked.place, &opening)?, None)
        };
        let who = Actor::system();
        let preview = open.office.preview_import(&who, &bytes).map_err(said)?;
        let mapping = self.mapping(&preview)?;
        show(&preview, &mapping);
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let (kind, registrar) = (self.kind, self.registrar.clone());
        let order = Order { file_name: name, bytes: Arc::new(bytes), mapping: Some(mapping), kind, registrar };
        let begun = Instant::now();
        let outcome = if self.dry_run { self.check(&open, &who, &order)? } else { self.import(&open, &who, &order)? };
        self.tell(&outcome, begun);
        Ok(())
    }

    fn mapping(&self, preview: &Preview) -> Result<Mapping, Failure> {
        let mut mapping = preview.mapping.clone();
        for map in &self.maps {
            let (header, field) =
                map.split_once('=').ok_or_else(|| Failure::refused("--map 应写成 列名=字段，如 --map 单位=名称"))?;
            let index = mapping.headers.iter().position(|known| known == header.trim());
            let unknown = || Failure::refused(format!("表头里没有“{header}”。表头是：{}", mapping.headers.join("、")));
            let index = index.ok_or_else(unknown)?;
            let meaning = match field.trim() {
                "" => None,
                text => Some(
                    column(text)
                        .ok_or_else(|| Failure::refused(format!("没有“{text}”这个字段。可用：{}", columns())))?,
                ),
            };
            mapping.set(index, meaning);
        }
        Ok(mapping)
    }

    fn check(&self, open: &Installation, who: &Actor, order: &Order) -> Result<Outcome, Failure> {
        let report = match &self.report {
            Some(path) => {
                let file = std::fs::File::create(path).map_err(|error| unreadable(path, &error))?;
                let headers = order.mapping.as_ref().map(|mapping| mapping.headers.clone()).unwrap_or_default();
                Some(RejectReport::begin(file, &headers).map_err(said)?)
            }
            None => None,
        };
        let mut screen = Screen { what: "检查", bar: Progress::new(), report, trouble: None };
        let outcome = open.office.check_import(who, order, &mut screen).map_err(said)?;
        if let Some(report) = screen.report {
            report.end().map_err(said)?;
        }
        match screen.trouble {
            Some(refused) => Err(said(refused)),
            None => Ok(outcome),
        }
    }

    fn import(&self, open: &Installation, who: &Actor, order: &Order) -> Result<Outcome, Failure> {
        let mut screen = Screen { what: "导入", bar: Progress::new(), report: None, trouble: None };
        let outcome = open.office.import_organizations(who, order, &mut screen).map_err(said)?;
        if let (Some(path), Some((origin, batch))) = (&self.report, outcome.batch) {
            let file = std::fs::File::create(path).map_err(|error| unreadable(path, &error))?;
            open.office.write_rejects(who, origin, batch, std::io::BufWriter::new(file)).map_err(said)?;
        }
        Ok(outcome)
    }

    fn tell(&self, outcome: &Outcome, begun: Instant) {
        if outcome.resumed_at > 0 {
            println!("上次已完成 {} 行，这次接着导入", outcome.resumed_at);
        }
        let verb = if self.dry_run { "可收" } else { "收下" };
        let progress = outcome.progress;
        println!(
            "共 {} 行：{verb} {} 行（其中 {} 行有待核实），退回 {} 行",
            progress.rows, progress.taken, outcome.flagged, progress.rejected
        );
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "用时 {seconds:.1} 秒，每秒 {:.0} 行",
            (progress.done - outcome.resumed_at) as f64 / seconds.max(0.001)
        );
        for (item, count, example) in outcome.tally.rules.values() {
            println!("  {item}：{count} 处，如：{example}");
        }
        match &self.report {
            Some(path) if progress.rejected > 0 => println!("退回清单：{}", path.display()),
            None if progress.rejected > 0 => println!("加上 --report 文件名，可得到退回清单"),
            _ => {}
        }
    }
}

/// The refusal with every wrong field, as a terminal shows it.
pub(super) fn said(refused: office::Refused) -> Failure {
    match refused {
        office::Refused::Invalid(wrong) => {
            Failure::Refused(wrong.into_iter().map(|wrong| wrong.message).collect::<Vec<_>>().join("；"))
        }
        other => other.into(),
    }
}

fn column(text: &str) -> Option<Column> {
    Column::parse(text).or_else(|| Column::ALL.iter().copied().find(|column| column.label() == text))
}

fn columns() -> String {
    Column::ALL.iter().map(|column| column.label()).collect::<Vec<_>>().join("、")
}

fn show(preview: &Preview, mapping: &Mapping) {
    println!("{}，{} 行", preview.format, preview.rows);
    for (at, (header, meaning)) in mapping.headers.iter().zip(&mapping.columns).enumerate() {
        let example = preview.sample.first().and_then(|row| row.get(at)).map_or("", String::as_str);
        let example: String = example.chars().filter(|c| !c.is_control()).take(24).collect();
        println!("  {header} → {}  {example}", meaning.map_or("不导入", Column::label));
    }
    preview.notes.iter().for_each(|note| println!("注意：{note}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_fields_are_known_in_both_languages() {
        assert_eq!(kind("基金会"), Ok(Kind::Foundation));
        assert_eq!(kind("foundation"), Ok(Kind::Foundation));
        assert_eq!(kind("民办非企业单位"), Ok(Kind::ServiceInstitution));
        assert!(kind("公司").unwrap_err().contains("社会团体"));
        assert_eq!((column("名称"), column("name"), column("没有")), (Some(Column::Name), Some(Column::Name), None));
    }
}
