//! Our cookies: small, `HttpOnly`, `SameSite=Lax`, `Secure` under https.
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

/// The session's token.
pub const SESSION: &str = "yishe_session";
/// A random number per browser that CSRF tokens are bound to.
pub const VISIT: &str = "yishe_visit";
/// `1` while 长者版 is on.
pub const ELDER: &str = "yishe_elder";

/// A cookie's value.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all =
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    all.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Sets a cookie for the browser's session, or for so many seconds; zero removes it.
pub fn set(response: &mut Response, name: &str, value: &str, seconds: Option<u32>, https: bool) {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if https { "; Secure" } else { "" };
    if let Ok(value) = HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
