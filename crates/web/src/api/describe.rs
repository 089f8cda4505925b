//! `/api/openapi.json` and the page that shows it, rendered here: no scripts from elsewhere.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use utoipa::OpenApi;

use super::tagged;
use crate::site::Site;
use crate::{Cache, Page, WebError};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(title = "一社开放接口", version = "1", description = "社会组织登记信息的公开查询接口。不含个人信息；不需要密钥；每个地址每秒有次数限制（429）。字段名为本平台所定；MZ/T 097 的元数据名称尚未取得标准文本，故不标注。"),
    paths(super::organizations::search, super::organizations::show, super::organizations::versions, super::changes::changes,
        super::plans::plans, super::plans::plan, super::plans::indicator, super::plans::list),
    tags((name = "organizations", description = "组织：查询、档案、版本"), (name = "changes", description = "变动：按登记机关顺序跟随"),
        (name = "plans", description = "规划：目标、指标、名单"))
)]
pub struct Document;

/// The document as it is served.
pub fn document() -> Result<String, WebError> {
    Document::openapi().to_pretty_json().map_err(WebError::internal)
}

struct Parameter {
    name: String,
    place: &'static str,
    required: bool,
    text: String,
}

struct Operation {
    id: String,
    path: String,
    text: String,
    parameters: Vec<Parameter>,
    example: String,
    answers: Vec<(String, String)>,
}

struct Field {
    name: String,
    kind: String,
    text: String,
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    about: String,
    operations: Vec<Operation>,
    schemas: Vec<(String, String, Vec<Field>)>,
    base: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/api/openapi.json", get(openapi)).route("/api/docs", get(docs))
}

async fn openapi(headers: HeaderMap) -> Result<Response, WebError> {
    Ok(tagged(&headers, "application/json", document()?.into_bytes()))
}

async fn docs(cx: crate::Cx) -> Result<Page, WebError> {
    let spec: Value = serde_json::from_str(&document()?).map_err(WebError::internal)?;
    let page = DocsPage {
        about: text(&spec["info"], "description"),
        operations: operations(&spec),
        schemas: schemas(&spec),
        base: cx.site.settings.base_url.clone(),
    };
    Ok(Page::new("接口说明", page).under("开放数据", "/data").cache(Cache::Public(300)))
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn operations(spec: &Value) -> Vec<Operation> {
    let paths = spec["paths"].as_object().into_iter().flatten();
    let operation = |(path, methods): (&String, &Value)| {
        let get = &methods["get"];
        let parameters = get["parameters"].as_array().into_iter().flatten().map(|one| Parameter {
            name: text(one, "name"),
            place: if one["in"] == "path" { "地址" } else { "查询" },
            required: one["required"] == true,
            text: text(one, "description"),
        });
        let answers = get["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
            let content = answer["content"].as_object().and_then(|content| content.values().next());
            (status.clone(), content.map(|content| schema_name(&content["schema"])).unwrap_or_default())
        });
        let example = match path.as_str() {
            "/api/v1/organizations" => "/api/v1/organizations?q=助学&kind=foundation&limit=5".to_owned(),
            "/api/v1/changes" => path.clone(),
            other => other
                .replace("{code}", "53100000500021676K")
                .replace("{id}", "liaoning-14th")
                .replace("{indicator}", "ln-01"),
        };
        Operation {
            id: text(get, "operationId"),
            path: path.clone(),
            text: [text(get, "summary"), text(get, "description")]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
            parameters: parameters.collect(),
            example,
            answers: answers.collect(),
        }
    };
    paths.map(operation).collect()
}

/// What a schema is called: its reference's last part, or its type.
fn schema_name(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return name.to_owned();
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("{} 的列表", schema_name(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect::<Vec<_>>().join(" / ")
                + "，可空"
        }
        _ => "任意".to_owned(),
    }
}

fn schemas(spec: &Value) -> Vec<(String, String, Vec<Field>)> {
    let all = spec["components"]["schemas"].as_object().into_iter().flatten();
    let schema = |(name, schema): (&String, &Value)| {
        let parts: Vec<&Value> =
            schema["allOf"].as_array().map_or_else(|| vec![schema], |parts| parts.iter().collect());
        let mut fields = Vec::new();
        for part in parts {
            if part.get("$ref").is_some() {
                fields.push(Field {
                    name: "…".to_owned(), kind: schema_name(part), text: "它的全部字段".to_owned()
                });
            }
            let own = part["properties"].as_object().into_iter().flatten();
            fields.extend(own.map(|(name, field)| Field {
                name: name.clone(),
                kind: schema_name(field),
                text: text(field, "description"),
            }));
        }
        (name.clone(), text(schema, "description"), fields)
    };
    all.map(schema).collect()
}
