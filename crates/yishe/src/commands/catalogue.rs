//! `yishe catalogue`: the law as data is checked, and one matter explained with the source of every value.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base::areas::AreaTree;
use base::{AreaCode, Date};

use super::Asked;
use super::new_pack::NewPackArgs;
use crate::failure::Failure;
use crate::{embedded, install};

/// 事项目录
#[derive(Debug, clap::Args)]
pub struct CatalogueArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 检查目录（不写则检查程序自带的），包括条款落实表；目录里只有自己的政策包时，与程序自带的一起检查
    Check {
        /// 目录
        dir: Option<PathBuf>,
    },
    /// 逐项说明一个事项在某地某日的每个值从哪里来
    Explain {
        /// 事项
        matter: String,
        /// 行政区划代码
        area: AreaCode,
        /// 日期
        date: Date,
    },
    /// 新建一个地区的政策包：写出一套能用的文件，逐行说明改什么
    NewPack(NewPackArgs),
    /// 按名称或编号找事项、名册、规则、参数
    Find {
        /// 名称或编号的一部分
        text: String,
    },
}

impl CatalogueArgs {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        match &self.what {
            What::Check { dir } => check(dir.as_deref()),
            What::Explain { matter, area, date } => explain(asked, matter, area, *date),
            What::NewPack(args) => args.run(asked),
            What::Find { text } => find(asked, text),
        }
    }
}

fn check(dir: Option<&Path>) -> Result<(), Failure> {
    let catalogue = install::load_catalogue(dir)?;
    for warning in catalogue.warnings() {
        println!("{warning}");
    }
    let commands = super::words();
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let tests = Tests::of(dir);
    let problems = catalogue.check_traces(embedded::PAGES, &commands, &|test| tests.has(test));
    for problem in &problems {
        println!("{problem}");
    }
    let untraced = catalogue::trace::untraced(catalogue.clauses(), catalogue.traces()).len();
    let targets: usize = catalogue.plans().map(|plan| plan.targets.len()).sum();
    println!(
        "{} 个政策包：{} 个规划（{targets} 个目标），{} 个指标",
        catalogue.packs().iter().count(),
        catalogue.plans().count(),
        catalogue.indicators().count(),
    );
    println!(
        "{} 个事项，{} 个名册，{} 条规则，{} 个提醒；{} 条条款已写明落实，{untraced} 条尚未",
        catalogue.matter_ids().count(),
        catalogue.registers().count(),
        catalogue.rules().count(),
        catalogue.warnings().len(),
        catalogue.traces().len(),
    );
    if tests.0.is_none() {
        println!("这里没有平台的源码，条款落实表里写的测试没有核对");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::No(format!("条款落实表有 {} 处问题", problems.len())))
    }
}

/// Where tests are looked for: the source tree around the catalogue, if there is one.
struct Tests(Option<(PathBuf, BTreeSet<String>)>);

impl Tests {
    fn of(dir: Option<&Path>) -> Self {
        let start = dir.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        let Ok(start) = start.canonicalize() else { return Self(None) };
        let root = start.ancestors().find(|folder| folder.join("crates").is_dir() && folder.join("catalogue").is_dir());
        Self(root.map(|root| (root.to_owned(), functions(&root.join("crates")))))
    }

    /// A file of the source tree, or a test by its path: `office::audit::name` (the last word is a function's name).
    fn has(&self, test: &str) -> bool {
        let Some((root, functions)) = &self.0 else { return true };
        if test.contains('/') || test.contains('.') {
            let (file, name) = test.split_once("::").map_or((test, None), |(file, name)| (file, Some(name)));
            return root.join(file).exists() && name.is_none_or(|name| functions.contains(last(name)));
        }
        functions.contains(last(test))
    }
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Names of all functions below a folder.
fn functions(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(functions(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let names =
                text.split("fn ").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
            found.extend(names.flatten().filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    found
}

fn explain(asked: &Asked, matter: &str, area: &AreaCode, date: Date) -> Result<(), Failure> {
    let catalogue = install::load_catalogue(asked.place.config()?.catalogue.as_deref())?;
    let areas = AreaTree::shipped().map_err(Failure::trouble)?;
    let dated = areas.ancestry_at(area, date);
    let ancestry = if dated.is_empty() { area.ancestry() } else { dated };
    let text = catalogue.explain(matter, &ancestry, date).map_err(|no| Failure::No(no.to_string()))?;
    super::print_all(&text);
    Ok(())
}

fn find(asked: &Asked, text: &str) -> Result<(), Failure> {
    let catalogue = install::load_catalogue(asked.place.config()?.catalogue.as_deref())?;
    let today = asked.clock().today();
    let mut found = String::new();
    let mut show = |kind: &str, id: &str, name: &str| {
        if id.contains(text) || name.contains(text) {
            found.extend([kind, "  ", id, "  ", name, "\n"]);
        }
    };
    for resolved in catalogue.matters_at(&[AreaCode::nation()], today) {
        show("事项", resolved.matter.id.as_str(), &resolved.matter.name);
    }
    for register in catalogue.registers() {
        show("名册", &register.id, &register.name);
    }
    for rule in catalogue.rules() {
        show("规则", &rule.id, &rule.name);
    }
    for name in catalogue.param_book().names() {
        show("参数", name, "");
    }
    super::print_all(&found);
    if found.is_empty() { Err(Failure::No(format!("没有找到与“{text}”有关的内容"))) } else { Ok(()) }
}
