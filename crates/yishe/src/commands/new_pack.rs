//! `yishe catalogue new-pack`: the files of a new city's pack, small and working, to be filled in.
use std::path::{Path, PathBuf};

use base::AreaCode;
use catalogue::NewPack;

use super::Asked;
use crate::failure::Failure;
use crate::{embedded, install};

/// 新建政策包
#[derive(Debug, clap::Args)]
pub struct NewPackArgs {
    /// 政策包的短名：小写字母、数字和减号，例如 yunxi
    id: String,
    /// 行政区划代码：省 2 位，市 4 位，县 6 位
    #[arg(long, value_name = "CODE")]
    area: AreaCode,
    /// 地区名称，例如 云溪市
    #[arg(long)]
    name: String,
    /// 放政策包的目录；目录里只有自己的政策包时，与程序自带的一起检查和使用
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

impl NewPackArgs {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let year = asked.clock().today().year();
        let pack = NewPack::new(&self.id, self.area.clone(), &self.name, year).map_err(Failure::Refused)?;
        self.refuse_taken()?;
        let files = pack.files();
        for (path, text) in &files {
            write(&self.dir.join(path), text)?;
        }
        println!("已写好 {} 个文件，在 {}：", files.len(), self.dir.join(&self.id).display());
        for (path, _) in &files {
            println!("  {path}");
        }
        println!("照文件里的说明改成本地的内容，再检查：yishe catalogue check {}", self.dir.display());
        Ok(())
    }

    /// Nothing is ever written over, and no pack takes the place of one that ships.
    fn refuse_taken(&self) -> Result<(), Failure> {
        let folder = self.dir.join(&self.id);
        if folder.exists() {
            return Err(Failure::Refused(format!(
                "{} 已经存在，不会覆盖。请换一个名称，或先把它移走",
                folder.display()
            )));
        }
        if install::packs_of(&embedded::files()).contains(self.id.as_str()) {
            return Err(Failure::Refused(format!("“{}”是程序自带的政策包。请换一个名称", self.id)));
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let trouble = |error: std::io::Error| Failure::trouble(format!("写不了 {}：{error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(trouble)?;
    }
    std::fs::write(path, text).map_err(trouble)
}
