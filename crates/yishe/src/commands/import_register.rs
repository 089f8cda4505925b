//! `yishe import register ID FILE`: shows how the columns were understood, checks or imports with a bar, writes the report of rejected
//! rows.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use authority::Actor;
use clap::Args;
use office::import::records::{Columns, RecordOrder, RecordOutcome, RecordPreview};
use office::import::{Progress as Done, RejectReport, Rejected, Watcher};

use super::Asked;
use super::import::said;
use crate::failure::Failure;
use crate::install::{Installation, Opening, exists, passing};
use crate::progress::Progress;

/// 导入名册记录
#[derive(Args, Debug)]
pub struct Register {
    /// 名册的编号，如 area-figures；写错时列出全部
    #[arg(value_name = "名册")]
    id: String,
    /// CSV（UTF-8、GBK）或 Excel 文件
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    /// 把退回的行写到这个 CSV 文件（行号、栏目、原因、建议、原内容）
    #[arg(long, value_name = "文件")]
    report: Option<PathBuf>,
    /// 文件里没有的栏目，全部行都用这个值，如 --set 来源=统计公报；可写多次
    #[arg(long = "set", value_name = "栏目=值")]
    set: Vec<String>,
    /// 指定某一栏的含义，如 --map 人数=数值；--map 备注= 表示不导入；可写多次
    #[arg(long = "map", value_name = "列名=栏目")]
    maps: Vec<String>,
}

/// A bar, and a report written as the rows come.
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

fn trouble(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::Trouble(format!("{}: {error}", path.display()))
}

impl Register {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Refused(format!("没有文件 {}", self.file.display())),
            _ => trouble(&self.file, &error),
        })?;
        // A dry run makes nothing: where there is no database yet, the file is looked at beside an empty one that passes.
        let (open, _passing) = if self.dry_run && !exists(&asked.place.config()?) {
            println!("还没有数据库：只检查文件本身，不与已有记录比对");
            let (open, folder) = passing(asked.now)?;
            (open, Some(folder))
        } else {
            let opening = Opening { now: asked.now, reads_only: self.dry_run, ..Opening::default() };
            (Installation::open(&asked.place, &opening)?, None)
        };
        let register = open.office.catalogue.find_register(&self.id).ok_or_else(|| {
            let known = open.office.catalogue.registers().map(|one| format!("  {}  {}", one.id, one.name));
            Failure::refused(format!("没有名册“{}”。可用：\n{}", self.id, known.collect::<Vec<_>>().join("\n")))
        })?;
        let who = Actor::system();
        let preview = open.office.preview_records(&who, &register.id, &bytes).map_err(said)?;
        let columns = self.columns(register, &preview)?;
        show(register, &preview, &columns);
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let order = RecordOrder { register: register.id.clone(), file_name: name, bytes: Arc::new(bytes), columns };
        let report = match &self.report {
            Some(path) => {
                let file = std::fs::File::create(path).map_err(|error| trouble(path, &error))?;
                Some(RejectReport::begin(file, &order.columns.headers).map_err(said)?)
            }
            None => None,
        };
        let what = if self.dry_run { "检查" } else { "导入" };
        let mut screen = Screen { what, bar: Progress::new(), report, trouble: None };
        let outcome = if self.dry_run {
            open.office.check_records(&who, &order, &mut screen)
        } else {
            open.office.import_records(&who, &order, &mut screen)
        };
        let outcome = outcome.map_err(said)?;
        if let Some(report) = screen.report {
            report.end().map_err(said)?;
        }
        screen.trouble.map_or(Ok(()), |refused| Err(said(refused)))?;
        self.tell(&outcome);
        Ok(())
    }

    fn columns(&self, register: &catalogue::Register, preview: &RecordPreview) -> Result<Columns, Failure> {
        let field = |text: &str| {
            let text = text.trim();
            let found = register.fields.iter().find(|field| field.id == text || field.label == text);
            found.map(|field| field.id.clone()).ok_or_else(|| {
                let known: Vec<&str> = register.fields.iter().map(|field| field.label.as_str()).collect();
                Failure::refused(format!("没有“{text}”这个栏目。可用：{}", known.join("、")))
            })
        };
        let mut columns = preview.columns.clone();
        for map in &self.maps {
            let (header, to) =
                map.split_once('=').ok_or_else(|| Failure::refused("--map 应写成 列名=栏目，如 --map 人数=数值"))?;
            let at = columns.headers.iter().position(|known| known == header.trim());
            let unknown = || Failure::refused(format!("表头里没有“{header}”。表头是：{}", columns.headers.join("、")));
            let at = at.ok_or_else(unknown)?;
            let meaning = if to.trim().is_empty() { None } else { Some(field(to)?) };
            for (other, slot) in columns.fields.iter_mut().enumerate() {
                if other == at {
                    slot.clone_from(&meaning);
                } else if meaning.is_some() && *slot == meaning {
                    *slot = None;
                }
            }
        }
        let mut constants = BTreeMap::new();
        for set in &self.set {
            let (name, value) =
                set.split_once('=').ok_or_else(|| Failure::refused("--set 应写成 栏目=值，如 --set 来源=统计公报"))?;
            constants.insert(field(name)?, value.trim().to_owned());
        }
        Ok(Columns { constants, ..columns })
    }

    fn tell(&self, outcome: &RecordOutcome) {
        if outcome.resumed_at > 0 {
            println!("上次已完成 {} 行，这次接着导入", outcome.resumed_at);
        }
        let verb = if self.dry_run { "可收" } else { "收下" };
        let progress = outcome.progress;
        println!("共 {} 行：{verb} {} 行，退回 {} 行", progress.rows, progress.taken, progress.rejected);
        for row in outcome.rejected.iter().take(5) {
            if let Some(fault) = row.faults.first() {
                println!("  第 {} 行 {}：{}。{}", row.line, fault.item, fault.reason, fault.suggestion);
            }
        }
        match &self.report {
            Some(path) if progress.rejected > 0 => println!("退回清单：{}", path.display()),
            None if progress.rejected > 0 => println!("加上 --report 文件名，可得到退回清单"),
            _ => {}
        }
    }
}

fn show(register: &catalogue::Register, preview: &RecordPreview, columns: &Columns) {
    println!("{}：{}，{} 行", register.name, preview.format, preview.rows);
    for (at, (header, field)) in columns.headers.iter().zip(&columns.fields).enumerate() {
        let example = preview.sample.first().and_then(|row| row.get(at)).map_or("", String::as_str);
        let example: String = example.chars().filter(|c| !c.is_control()).take(24).collect();
        let label =
            field.as_ref().and_then(|id| register.find_field(id)).map_or("不导入", |field| field.label.as_str());
        println!("  {header} → {label}  {example}");
    }
    for (id, value) in &columns.constants {
        let label = register.find_field(id).map_or(id.as_str(), |field| field.label.as_str());
        println!("  （全部行） → {label}  {value}");
    }
    preview.notes.iter().for_each(|note| println!("注意：{note}"));
}
