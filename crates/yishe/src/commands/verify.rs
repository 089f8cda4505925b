//! `yishe verify`: an e-licence (电子证照) checked without a network, with nothing but the trusted public keys and the date.
use std::path::PathBuf;

use vault::{Licence, LicenceFault, TrustedKeys};

use super::Asked;
use crate::failure::Failure;

/// 离线验证
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// 二维码内容，或装有它的文件
    licence: String,
    /// 可信公钥文件（yishe keys public 的输出）；不写则用数据目录里的 licence-keys.json，或由密钥文件得出
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl Verify {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let trusted = self.trusted(asked)?;
        let path = PathBuf::from(&self.licence);
        let payload = if path.is_file() {
            std::fs::read_to_string(&path).map_err(Failure::trouble)?
        } else {
            self.licence.clone()
        };
        match vault::verify_offline(payload.trim(), &trusted, asked.clock().today()) {
            Ok(licence) => {
                print(&licence);
                let demo = trusted.keys.iter().any(|key| key.demo);
                println!("有效：签名真实，内容未被改动。{}", if demo { "（演示密钥签发，没有法律效力）" } else { "" });
                println!("离线验证只证明发证时的内容；是否已变更、注销或撤销，请在平台上按名称查询。");
                Ok(())
            }
            Err(LicenceFault::Expired(licence)) => {
                print(&licence);
                Err(Failure::No(LicenceFault::Expired(licence).to_string()))
            }
            Err(fault) => Err(Failure::No(fault.to_string())),
        }
    }

    fn trusted(&self, asked: &Asked) -> Result<TrustedKeys, Failure> {
        let config = asked.place.config()?;
        let beside = config.data.join("licence-keys.json");
        let (path, public) = match &self.keys {
            Some(path) => (path.clone(), true),
            None if beside.exists() => (beside, true),
            None => (config.keys, false),
        };
        let text = std::fs::read_to_string(&path).map_err(|_| {
            Failure::Refused(format!(
                "没有可信公钥文件 {}。请用 --keys 指定从登记管理机关网站下载的公钥文件",
                path.display()
            ))
        })?;
        if public {
            return Ok(TrustedKeys::parse(&text)?);
        }
        let ring = vault::KeyRing::parse(&text)?;
        Ok(TrustedKeys::of(&ring, "本机", ring.is_demo())?)
    }
}

fn print(licence: &Licence) {
    let valid = licence.valid_until.map_or_else(|| "长期".to_owned(), |day| day.to_string());
    let rows = [
        ("名称", licence.name.clone()),
        ("统一社会信用代码", licence.code.clone()),
        ("证书", format!("{}（{}）{}", licence.kind, licence.copy.label(), licence.number)),
        ("法定代表人", licence.representative.clone()),
        ("住所", licence.domicile.clone()),
        ("登记管理机关", licence.registrar.clone()),
        ("发证日期", licence.issued.to_string()),
        ("有效期至", valid),
    ];
    for (name, value) in rows {
        println!("{name}：{value}");
    }
}
