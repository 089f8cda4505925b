//! Refusals and failures: a page with a way on for people, an RFC 9457 problem object under `/api`. Both carry the same code.
use std::ops::{Deref, DerefMut};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::page::Link;

/// Why a request was not served. Says what, why and what next. Its fields are those of [`Refusal`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} {}: {}", .0.status, .0.code, .0.message)]
pub struct WebError(Box<Refusal>);

impl Deref for WebError {
    type Target = Refusal;
    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl DerefMut for WebError {
    fn deref_mut(&mut self) -> &mut Refusal {
        &mut self.0
    }
}

/// What a [`WebError`] says.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable word for programs: `not_found`, `forbidden`, …
    pub code: &'static str,
    /// Heading: what happened.
    pub title: String,
    /// Why, with the clause where there is one.
    pub message: String,
    /// What next.
    pub ways: Vec<Link>,
    /// For 422: field and reason.
    pub fields: Vec<(String, String)>,
    /// For engineers; logged, never shown.
    pub detail: Option<String>,
    /// For 429: seconds to wait.
    pub retry_after: Option<u32>,
}

impl WebError {
    fn new(status: StatusCode, code: &'static str, title: &str, message: impl Into<String>) -> Self {
        let (title, message) = (title.to_owned(), message.into());
        let (ways, fields) = (Vec::new(), Vec::new());
        Self(Box::new(Refusal { status, code, title, message, ways, fields, detail: None, retry_after: None }))
    }

    /// 404. `what` completes “没有找到…”.
    pub fn not_found(what: &str) -> Self {
        let message = format!("没有找到{what}。地址可能输错了，或者它已经移走。");
        Self::new(StatusCode::NOT_FOUND, "not_found", "没有找到这个页面", message)
            .way("查组织", "/orgs")
            .way("看全部事项", "/matters")
    }

    /// 403 for somebody signed in. `why` is a whole sentence.
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "您的身份不能办这件事", why)
            .way("换一个身份", "/roles")
            .way("查看帮助", "/help")
    }

    /// 401: sign in first; people are sent to the sign-in page and back.
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in", "请先登录", "这个页面需要登录后才能看。").way("去登录", "/login")
    }

    /// 403: the form was too old, or came from elsewhere.
    pub fn stale_form() -> Self {
        let message = "页面停留时间太长，或登录状态变了，这次提交没有收下。请返回上一页，刷新后再提交；草稿会保留。";
        Self::new(StatusCode::FORBIDDEN, "stale_form", "请刷新后再提交", message)
    }

    /// 409: somebody acted in between. `what` is a whole sentence.
    pub fn conflict(what: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "内容刚被别人改过", what)
    }

    /// 422 where no form can be shown again.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "提交的内容有误", message)
    }

    /// 413: `limit` in words, such as “20 MB”.
    pub fn too_large(limit: &str) -> Self {
        let message = format!("一次最多收 {limit}。请压缩图片，或分几次上传。");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "文件太大了", message)
    }

    /// 429, with the seconds to wait.
    pub fn too_many(seconds: u32) -> Self {
        let message = format!("您的操作太频繁。请等 {seconds} 秒再试，已填的内容不会丢。");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "请稍等一下", message);
        error.retry_after = Some(seconds);
        error
    }

    /// 503 while starting or rebuilding.
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "系统正在准备", why)
    }

    /// 500. `detail` goes to the log with the request's number.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        let message = "系统出了问题，您的操作没有生效。请稍后再试；若仍不行，请把下面的编号告诉我们。";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "系统出了问题", message);
        error.detail = Some(detail.to_string());
        error
    }

    /// Adds a way on.
    pub fn way(mut self, text: &str, href: &str) -> Self {
        self.ways.push(Link::to(text, href));
        self
    }

    /// Names a field and its reason.
    pub fn field(mut self, name: &str, reason: &str) -> Self {
        self.fields.push((name.to_owned(), reason.to_owned()));
        self
    }

    /// The problem object (RFC 9457) for `/api`.
    pub fn problem(&self, path: &str, request_id: &str) -> serde_json::Value {
        let errors: Vec<_> =
            self.fields.iter().map(|(field, reason)| json!({"field": field, "reason": reason})).collect();
        json!({
            "type": format!("/help#{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.message,
            "instance": path,
            "code": self.code,
            "request_id": request_id,
            "errors": errors,
        })
    }
}

impl From<office::Refused> for WebError {
    fn from(refused: office::Refused) -> Self {
        use office::Refused as R;
        let text = refused.to_string();
        match refused {
            R::SignIn => Self::sign_in(),
            R::NotFound(what) => Self::not_found(what),
            R::Denied(_) => Self::forbidden(text),
            R::Invalid(wrong) => {
                wrong.iter().fold(Self::invalid(text), |error, one| error.field(&one.field, &one.message))
            }
            R::Rule { code, what, next } => {
                Self::new(StatusCode::CONFLICT, code, "现在还不能这样办", format!("{what}。{next}"))
            }
            R::Conflict => Self::conflict(text),
            R::TooMany(_) => Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "请稍等一下", text),
            R::Busy => Self::unavailable(text),
            R::Internal(detail) => Self::internal(detail),
        }
    }
}

impl From<store::DbError> for WebError {
    fn from(error: store::DbError) -> Self {
        office::Refused::from(error).into()
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
