//! `yishe keys`: the key file (密钥文件) is made, added to and shown in public; secrets are never printed.
use std::path::PathBuf;

use base::Rng;
use clap::ValueEnum;
use vault::{KeyRing, Purpose, TrustedKeys};

use super::Asked;
use crate::failure::Failure;
use crate::install::{check_private, write_private};

/// 密钥
#[derive(Debug, clap::Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 生成一个新的密钥文件（不覆盖已有的）
    Generate {
        /// 写到哪里
        file: PathBuf,
    },
    /// 增加一把新的现用密钥；旧密钥仍保留，用来解开和验证旧数据。之后重启服务
    Rotate {
        /// 轮换哪一种
        purpose: Kind,
        /// 密钥文件
        file: PathBuf,
    },
    /// 输出电子证照公钥，供离线验证者使用
    Public {
        /// 密钥文件
        file: PathBuf,
        /// 签发单位
        #[arg(long, default_value = "登记管理机关")]
        holder: String,
    },
    /// 列出密钥编号和生成时间（不显示密钥）
    List {
        /// 密钥文件
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// 个人信息主密钥
    Personal,
    /// 查找密钥
    Lookup,
    /// 电子证照签名密钥
    Licence,
    /// 会话密钥
    Session,
}

impl Kind {
    fn purpose(self) -> Purpose {
        match self {
            Self::Personal => Purpose::Personal,
            Self::Lookup => Purpose::Lookup,
            Self::Licence => Purpose::Licence,
            Self::Session => Purpose::Session,
        }
    }
}

impl Keys {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        let (clock, rng) = (asked.clock(), Rng::system());
        match &self.what {
            What::Generate { file } => {
                write_private(file, &KeyRing::generate(&clock, &rng).to_text())?;
                println!(
                    "已生成 {}。请另行保存一份：丢失后，已加密的个人信息无法恢复；不要和数据库备份放在一起。",
                    file.display()
                );
            }
            What::Rotate { purpose, file } => {
                let mut ring = read(file)?;
                let id = ring.rotate(purpose.purpose(), &clock, &rng);
                replace(file, &ring)?;
                println!("{}已轮换，现用密钥 {id}。请保存新的密钥文件并重启服务。", purpose.purpose().label());
            }
            What::Public { file, holder } => {
                let ring = read(file)?;
                println!("{}", TrustedKeys::of(&ring, holder, ring.is_demo())?.to_text());
            }
            What::List { file } => {
                let ring = read(file)?;
                for purpose in Purpose::ALL {
                    for (place, (id, made)) in ring.generations(purpose).into_iter().enumerate() {
                        let state = if place == 0 { "现用" } else { "保留" };
                        println!("{}  {id}  {}  {state}", purpose.label(), made.local_minute());
                    }
                }
            }
        }
        Ok(())
    }
}

fn read(file: &std::path::Path) -> Result<KeyRing, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Refused(format!("密钥文件 {} 读不出来：{error}", file.display())))?;
    check_private(file)?;
    Ok(KeyRing::parse(&text)?)
}

/// Puts the new ring in the old one's place: at every moment one of the two is whole.
fn replace(file: &std::path::Path, ring: &KeyRing) -> Result<(), Failure> {
    let mut next = file.as_os_str().to_owned();
    next.push(".new");
    let next = PathBuf::from(next);
    write_private(&next, &ring.to_text())?;
    std::fs::rename(&next, file).map_err(Failure::trouble)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(Failure::trouble)
}
