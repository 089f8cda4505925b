//! One's own account.
use axum::http::StatusCode;

use crate::testing::{PASSWORD, TestSite};

#[tokio::test]
async fn one_sees_and_ends_ones_own_sign_ins_and_changes_the_password() {
    let site = TestSite::new();
    let lan = site.founder("bai");
    let elsewhere = site.signed_in("bai");
    let page = lan.get("/account").await;
    page.is_well_made();
    assert!(page.text.contains("当前这台设备") && page.text.contains("退出其他全部设备"));
    let other = site.founder("mei");
    let key = page.text.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(other.post("/account/sessions", &[("key", key)]).await.status, StatusCode::NOT_FOUND, "not hers to end");
    assert_eq!(lan.post("/account/sessions", &[("key", key)]).await.location(), "/account?done=ended");
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::SEE_OTHER);
    lan.get("/account/password").await.is_well_made();
    let wrong =
        lan.post("/account/password", &[("old", "x"), ("new", "Copper-9-bridge"), ("again", "Copper-9-bridge")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("原密码不对"));
    let fields = [("old", PASSWORD), ("new", "Copper-9-bridge"), ("again", "Copper-9-bridge")];
    assert_eq!(lan.post("/account/password", &fields).await.location(), "/account?done=password");
}

#[tokio::test]
async fn one_takes_ones_data_and_asks_for_erasure_which_a_legal_duty_may_forbid() {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let lan = site.founder("bai");
    lan.get("/account/data").await.is_well_made();
    let data = lan.post("/account/data/export", &[]).await;
    let json: serde_json::Value = serde_json::from_str(&data.text).unwrap();
    assert_eq!(json["accounts"][0]["login"], "bai");
    let fields = [("kind", "erase"), ("area", "2101"), ("text", "不再使用，请删除我的账号")];
    assert_eq!(
        lan.post("/account/data", &[("kind", "erase"), ("area", "2101"), ("text", "")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(lan.post("/account/data", &fields).await.location(), "/account/data?done=asked");
    assert_eq!(lan.post("/account/data", &fields).await.status, StatusCode::CONFLICT, "one at a time");
    let clerk = site.official("data_quality", "2101", body);
    let security = site.admin(authority::AdminRole::Security);
    assert!(!clerk.get("/desk/personal").await.text.contains("/desk/personal/"), "erasure is not the desk's");
    let list = security.get("/desk/personal").await;
    list.is_well_made();
    let path = format!(
        "/desk/personal/{}",
        list.text.split("href=\"/desk/personal/").nth(1).unwrap().split('"').next().unwrap()
    );
    assert_eq!(clerk.get(&path).await.status, StatusCode::FORBIDDEN);
    let one = security.get(&path).await;
    one.is_well_made();
    assert!(one.text.contains("不再使用，请删除我的账号"));
    let fields = [("verdict", "grant"), ("answer", "已核对身份，依第四十七条删除")];
    assert_eq!(security.post(&path, &fields).await.location(), "/desk/personal?done=answered");
    assert_eq!(lan.get("/account").await.status, StatusCode::SEE_OTHER, "the account is closed");
}
