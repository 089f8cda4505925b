//! The transport to another system: HTTP without TLS, to a gateway (前置机) that does it (ADR 0010).
use std::time::Duration;

use super::wire::{Exchange, Reply, Transport, Trouble};

/// Largest reply that is read.
const LARGEST: u64 = 1024 * 1024;

/// Posts to an address.
#[derive(Debug)]
pub struct Http {
    agent: ureq::Agent,
    url: String,
}

impl Http {
    /// To `url`, each attempt within `timeout` seconds from connecting to the last byte. Follows no redirect and no proxy: it goes
    /// where the configuration says and nowhere else.
    pub fn new(url: &str, timeout: u32) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(u64::from(timeout))))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent("yishe/1")
            .build();
        Self { agent: config.into(), url: url.trim_end_matches('/').to_owned() }
    }
}

impl Transport for Http {
    fn carry(&self, exchange: &Exchange, signature: &str) -> Result<Reply, Trouble> {
        let url = format!("{}/{}", self.url, exchange.path);
        let trouble = |error: ureq::Error| Trouble::Again(format!("没有得到回复：{error}"));
        let sent = self
            .agent
            .post(&url)
            .header("content-type", "application/json")
            .header("idempotency-key", &exchange.key)
            .header("yishe-time", exchange.at.to_string())
            .header("yishe-signature", signature)
            .send(exchange.body.as_str());
        let mut reply = sent.map_err(trouble)?;
        let signature = reply.headers().get("yishe-signature").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = reply.status().as_u16();
        let body = reply.body_mut().with_config().limit(LARGEST).read_to_string().map_err(trouble)?;
        Ok(Reply { status, body, signature })
    }
}
