//! Stylesheets and scripts inside the binary, under addresses that change with their content and may be kept for a year.
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Files;

struct Asset {
    url: String,
    mime: &'static str,
    plain: Vec<u8>,
    gzip: Option<Vec<u8>>,
}

static ASSETS: LazyLock<HashMap<String, Asset>> =
    LazyLock::new(|| Files::iter().filter_map(|name| load(&name)).collect());

fn load(name: &str) -> Option<(String, Asset)> {
    let file = Files::get(name)?;
    let hash = hex::encode(&file.metadata.sha256_hash()[..6]);
    let mime = match name.rsplit('.').next()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let plain = file.data.into_owned();
    let gzip = gzip(&plain).filter(|packed| packed.len() < plain.len());
    Some((name.to_owned(), Asset { url: format!("/assets/{hash}/{name}"), mime, plain, gzip }))
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(plain).ok()?;
    writer.finish().ok()
}

/// Address of an asset by its name below `assets/`; an unknown name gives an address that answers 404 (a test looks for those).
pub fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/assets/missing", |asset| asset.url.as_str())
}

/// Serves `/assets/{hash}/{name}`.
pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.get(&name) else { return crate::WebError::not_found("这个文件").into_response() };
    // An old page may ask for an old hash during an upgrade: give it the new file, but let nobody keep that.
    let keep = if asset.url.contains(&hash) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let packed = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    let common = [(header::CONTENT_TYPE, asset.mime), (header::CACHE_CONTROL, keep), (header::VARY, "accept-encoding")];
    match asset.gzip.as_ref().filter(|_| packed) {
        Some(gzip) => (StatusCode::OK, common, [(header::CONTENT_ENCODING, "gzip")], gzip.as_slice()).into_response(),
        None => (StatusCode::OK, common, asset.plain.as_slice()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_first_view_of_shared_files_stays_far_below_the_budget() {
        let names = ["vendor/tabler.css", "vendor/htmx.js", "yishe.css", "yishe.js", "mark.svg"];
        let total: usize = names.iter().map(|name| super::ASSETS[*name].gzip.as_ref().map_or(0, Vec::len)).sum();
        assert!(total > 10_000 && total <= 80_000, "shared files weigh {total} bytes compressed");
    }
}
