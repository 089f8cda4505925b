//! Reading requests, with the house's error pages instead of axum's plain text.
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header;
use axum::http::request::Parts;
use base::{Date, Fen};
use serde::de::DeserializeOwned;

use crate::cx::Cx;
use crate::error::WebError;

/// Path segments; one that cannot be read is a page that does not exist.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|path| Self(path.0)).map_err(|_| WebError::not_found("这个页面"))
    }
}

/// The query; one that cannot be read is 422.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let read = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default());
        read.map(Self).map_err(|error| {
            let message = "地址里的查询条件读不懂。请去掉“?”后面的内容再试。";
            WebError::invalid(message).field("query", &error.to_string()).way("去掉条件再看", parts.uri.path())
        })
    }
}

/// A posted form as pairs in the order sent, repeated names allowed. The shell has already checked its CSRF token.
#[derive(Debug, Clone, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// First value of `name`, trimmed; empty if absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// First value of `name` as sent, spaces and all (passwords); empty if absent.
    pub fn raw(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Every value of `name` (multiple choice).
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim()).collect()
    }

    /// The side act asked for by a button named `_do`, such as `rows:members:add`; empty for plain sending.
    pub fn act(&self) -> Vec<&str> {
        let act = self.text("_do");
        if act.is_empty() { Vec::new() } else { act.split(':').collect() }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = WebError;
    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        // Another kind of body was not checked for a CSRF token by the shell.
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(WebError::stale_form());
        }
        let body = String::from_request(request, state).await.map_err(|_| WebError::too_large("1 MB 的文字"))?;
        serde_urlencoded::from_str(&body)
            .map(Self)
            .map_err(|_| WebError::invalid("表单内容读不懂。请返回上一页重新提交。"))
    }
}

/// One file of an [`Upload`].
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// Field it was sent in.
    pub field: String,
    /// Its name on the sender's machine; for display only.
    pub name: String,
    /// What the browser says it is; check the bytes before believing it.
    pub mime: String,
    /// Its content.
    pub bytes: axum::body::Bytes,
}

/// A multipart form with files. Its `_csrf` field must come first; the route must raise `DefaultBodyLimit` to the size it takes.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The other fields.
    pub form: Form,
    /// The files; empty file inputs are left out.
    pub files: Vec<UploadedFile>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = WebError;
    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let cx =
            request.extensions().get::<Cx>().cloned().ok_or_else(|| WebError::internal("the shell did not run"))?;
        let by_header = request
            .headers()
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|token| cx.accepts(token));
        let unreadable = || WebError::invalid("上传的内容读不懂。请返回上一页重新选择文件。");
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| unreadable())?;
        let (mut upload, mut trusted) = (Self::default(), by_header);
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let field = part.name().unwrap_or_default().to_owned();
            let name = part.file_name().map(str::to_owned);
            let mime = part.content_type().unwrap_or("application/octet-stream").to_owned();
            if !trusted && field != "_csrf" {
                return Err(WebError::stale_form());
            }
            let bytes = part.bytes().await.map_err(|_| WebError::too_large("20 MB"))?;
            match name {
                Some(name) if !bytes.is_empty() => upload.files.push(UploadedFile { field, name, mime, bytes }),
                Some(_) => {}
                None => {
                    let value = String::from_utf8(bytes.to_vec()).map_err(|_| unreadable())?;
                    trusted |= field == "_csrf" && cx.accepts(&value);
                    upload.form.0.push((field, value));
                }
            }
        }
        if trusted { Ok(upload) } else { Err(WebError::stale_form()) }
    }
}

/// A day as people write it: `2026-11-21`, `2026/11/21`, `2026年11月21日`, `20261121`.
pub fn read_date(text: &str) -> Result<Date, String> {
    let wrong = || format!("“{text}”不是有效的日期，请按 2026-11-21 的样子填写");
    let text = text.trim();
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match digits.as_slice() {
        [one] if one.len() == 8 => (&one[..4], &one[4..6], &one[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return Err(wrong()),
    };
    let parse = |part: &str| part.parse::<i16>().map_err(|_| wrong());
    let (month, day) =
        (i8::try_from(parse(month)?).map_err(|_| wrong())?, i8::try_from(parse(day)?).map_err(|_| wrong())?);
    Date::new(parse(year)?, month, day).map_err(|_| wrong())
}

/// An amount in yuan as people write it: `30000`, `30,000.5`, `3万`, `800 万元`. To the fen, never through floating point.
pub fn read_money(text: &str) -> Result<Fen, String> {
    let wrong = || format!("“{text}”不是有效的金额，请填数字，例如 30000 或 3万");
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '￥' | '¥' | '元')).collect();
    let (number, unit) = plain.strip_suffix('万').map_or((plain.as_str(), 100_i64), |number| (number, 1_000_000));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let places = if unit == 100 { 2 } else { 6 };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > places {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let part: i64 = format!("{part:0<places$}").parse().map_err(|_| wrong())?;
    whole.checked_mul(unit).and_then(|fen| fen.checked_add(part)).map(Fen).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let day = base::Date::new(2026, 11, 21).unwrap();
        for text in ["2026-11-21", "2026/11/21", "2026年11月21日", "20261121", " 2026.11.21 "] {
            assert_eq!(read_date(text).unwrap(), day, "{text}");
        }
        for text in ["", "2026-13-01", "21-11-2026", "明天", "2026-02-30", "99999999999"] {
            assert!(read_date(text).unwrap_err().contains("2026-11-21"), "{text}");
        }
    }

    #[test]
    fn money_is_exact_to_the_fen() {
        for (text, fen) in [
            ("30000", 3_000_000),
            ("30,000.5 元", 3_000_050),
            ("3万", 3_000_000),
            ("0.0001万元", 100),
            ("800 万元", 800_000_000),
        ] {
            assert_eq!(read_money(text).unwrap(), Fen(fen), "{text}");
        }
        for text in ["", "-3", "1.234", "三万", "99999999999999999999", "1.2.3"] {
            assert!(read_money(text).is_err(), "{text}");
        }
    }

    #[test]
    fn forms_keep_order_and_repeats() {
        let form =
            Form(vec![("a".into(), " 1 ".into()), ("a".into(), "2".into()), ("_do".into(), "rows:members:add".into())]);
        assert_eq!(form.text("a"), "1");
        assert_eq!(form.all("a"), ["1", "2"]);
        assert_eq!(form.act(), ["rows", "members", "add"]);
        assert_eq!(form.text("b"), "");
    }
}
