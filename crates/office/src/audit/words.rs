//! What acts are called in Chinese. A stored act's name never changes; a new act gets a line here.

/// Act and what it is called.
const WORDS: &[(&str, &str)] = &[
    // On a case: the verbs of `authority::Verb`.
    ("submit", "提交"),
    ("accept", "受理"),
    ("return", "退回补正"),
    ("opine", "出具意见"),
    ("approve", "准予"),
    ("refuse", "不予"),
    ("complete", "办结"),
    ("withdraw", "撤回"),
    ("transfer", "转办"),
    ("extend", "延长期限"),
    ("lapse", "因期限届满处理"),
    ("suspend", "中止计时"),
    ("resume", "恢复计时"),
    ("claim", "领取任务"),
    ("release", "放回任务"),
    ("adopt_edition", "改用更正后的事项版本"),
    // Accounts, posts and people.
    ("open_account", "开立账号"),
    ("close_account", "注销账号"),
    ("change_password", "修改密码"),
    ("keep_password", "沿用初始密码"),
    ("bind_code", "绑定动态口令"),
    ("unbind_code", "解除动态口令"),
    ("give_post", "授予岗位"),
    ("end_post", "免去岗位"),
    ("add_body", "登记单位"),
    ("reveal", "查看受保护的个人信息"),
    ("erase", "依法删除个人信息"),
    ("link_organization", "关联所代表的组织"),
    // Outside systems.
    ("retry_message", "重新送出消息"),
    ("drop_message", "不再送出消息"),
    ("receive_codes", "收到预先分配的代码"),
    // The register.
    ("import", "批量导入"),
    ("import_chunk", "批量导入一批记录"),
    ("register", "登记入册"),
    ("amend", "更正登记数据"),
    ("export", "批量导出"),
    ("configure", "修改系统配置"),
];

/// What an act is called; its stored name in quotes if it has no Chinese one.
pub fn act_label(act: &str) -> String {
    WORDS.iter().find(|(name, _)| *name == act).map_or_else(|| format!("办理“{act}”"), |(_, label)| (*label).to_owned())
}
