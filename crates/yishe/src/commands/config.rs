//! `yishe config check`: reads the configuration and shows what holds, the defaults included.
use super::Asked;
use crate::failure::Failure;

/// 配置
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 检查 --config FILE，并列出实际生效的值
    Check,
}

impl ConfigArgs {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let What::Check = self.what;
        let mut config = asked.place.config()?;
        if let Some(url) = &mut config.database.url {
            *url = without_password(url);
        }
        super::print_all(&toml::to_string_pretty(&config).map_err(Failure::trouble)?);
        if config.keys.exists() {
            crate::install::check_private(&config.keys)?;
            Ok(())
        } else {
            Err(Failure::No(format!("密钥文件 {} 还没有。请运行 yishe keys generate", config.keys.display())))
        }
    }
}

/// The address without the password in it.
fn without_password(url: &str) -> String {
    let words: Vec<_> =
        url.split(' ').map(|word| if word.starts_with("password=") { "password=***" } else { word }).collect();
    let url = words.join(" ");
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (user, host))) => {
            let name = user.split(':').next().unwrap_or_default();
            let hidden = if user.contains(':') { ":***" } else { "" };
            format!("{scheme}://{name}{hidden}@{host}")
        }
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(without_password("postgres://serve:secret@db/yishe"), "postgres://serve:***@db/yishe");
        assert_eq!(without_password("postgres://serve@db/yishe"), "postgres://serve@db/yishe");
        assert_eq!(without_password("host=db password=secret user=serve"), "host=db password=*** user=serve");
        assert_eq!(without_password("sqlite:var/yishe.db"), "sqlite:var/yishe.db");
    }
}
