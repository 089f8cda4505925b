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
    ("view", "查看"),
    ("reassign", "变更登记管理机关"),
    ("manage_accounts", "管理账号"),
    ("grant_rights", "授予权限"),
    ("audit", "查阅留痕"),
    // Around a case: drafts, questions, letters, reviews.
    ("assign", "指派任务"),
    ("ask", "征求意见"),
    ("answer", "答复征求意见"),
    ("message", "给申请人留言"),
    ("add_document", "添加文书"),
    ("attach_file", "上传材料"),
    ("remove_file", "取下材料"),
    ("delete_draft", "删除草稿"),
    ("expire_draft", "草稿到期清理"),
    ("give_review", "评价"),
    ("answer_review", "答复评价"),
    ("close_review", "办结差评整改"),
    // Accounts, posts and people.
    ("open_account", "开立账号"),
    ("ask_account", "申请开通账号"),
    ("ask_renewal", "发起重新激活"),
    ("release_activation", "确认账号激活"),
    ("refuse_activation", "退回账号申请"),
    ("activate", "激活账号"),
    ("install_admin", "初始设立管理员"),
    ("recover_administrator", "重新激活管理员"),
    ("close_account", "停用账号"),
    ("change_password", "修改密码"),
    ("keep_password", "沿用初始密码"),
    ("bind_code", "绑定动态口令"),
    ("unbind_code", "解除动态口令"),
    ("give_post", "授予岗位"),
    ("end_post", "免去岗位"),
    ("add_body", "登记单位"),
    ("reveal", "查看受保护的个人信息"),
    ("erase", "依法删除个人信息"),
    ("ask_own_data", "提出个人信息请求"),
    ("answer_own_data", "答复个人信息请求"),
    ("export_own_data", "取走本人的个人信息"),
    ("link_organization", "关联所代表的组织"),
    ("appoint_clerk", "指定经办人"),
    // Outside systems.
    ("retry_message", "重新送出消息"),
    ("drop_message", "不再送出消息"),
    ("receive_codes", "收到预先分配的代码"),
    ("request_share", "申请共享数据"),
    ("approve_share", "同意共享数据"),
    ("start_share", "开通数据共享"),
    ("suspend_share", "暂停数据共享"),
    ("resume_share", "恢复数据共享"),
    ("end_share", "终止数据共享"),
    ("share_calls", "数据共享调用记录"),
    ("report_site_fault", "网站找错来信"),
    ("journal_scans", "扫码核验记录"),
    // The register.
    ("create", "设立登记"),
    ("set_state", "变更状态"),
    ("issue_code", "赋予统一社会信用代码"),
    ("issue_filing_number", "赋予备案号"),
    ("issue_certificate", "颁发证书"),
    ("withdraw_certificate", "收回证书"),
    ("record_party_info", "登记党建信息"),
    ("enter_register", "列入名册"),
    ("leave_register", "移出名册"),
    ("enter_record", "录入名册记录"),
    ("change_record", "记录名册变化"),
    ("correct_record", "更正名册记录"),
    ("end_record", "结束名册记录"),
    ("withdraw_record", "撤销名册记录"),
    ("follow_record", "随所属记录更新"),
    ("open_record_import", "开始导入名册记录"),
    ("import_records", "导入一批名册记录"),
    ("close_record_import", "完成名册记录导入"),
    ("change_registrar", "变更登记管理机关"),
    ("import", "批量导入"),
    ("import_chunk", "批量导入一批记录"),
    ("upload_import", "上传导入表格"),
    ("check_import", "核对导入表格"),
    ("end_check", "核对完成"),
    ("start_import", "开始导入"),
    ("open_import", "开始一次导入"),
    ("import_organizations", "导入一批组织"),
    ("close_import", "完成一次导入"),
    ("forget_import", "按保存期限清理导入表格"),
    ("export_rejects", "下载退回清单"),
    ("export_queue", "导出待办队列"),
    ("open_generation", "开始生成演示组织"),
    ("load_generated", "写入演示组织"),
    ("close_generation", "完成生成演示组织"),
    ("register", "登记入册"),
    ("amend", "更正登记数据"),
    ("detect_quality", "检查数据质量"),
    ("inspect_quality", "复查数据质量"),
    ("assign_quality", "领取数据问题"),
    ("verify_quality", "核验数据更正"),
    ("return_quality", "退回数据更正"),
    ("close_quality", "办结数据问题"),
    ("dismiss_quality", "不作为数据问题"),
    ("open_snapshot", "建立统计快照"),
    ("advance_snapshot", "推进统计快照"),
    ("freeze_snapshot", "冻结统计快照"),
    ("save_what_if", "保存推演方案"),
    ("delete_what_if", "删除推演方案"),
    ("freeze_plan", "冻结规划年末数"),
    ("plan_decoupling", "制定脱钩计划"),
    ("decouple", "完成脱钩"),
    ("guide_decoupled", "脱钩后指导"),
    ("export", "批量导出"),
    ("configure", "修改系统配置"),
];

/// What an act is called; its stored name in quotes if it has no Chinese one.
pub fn act_label(act: &str) -> String {
    WORDS.iter().find(|(name, _)| *name == act).map_or_else(|| format!("办理“{act}”"), |(_, label)| (*label).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Acts named by a variable: (file, what it may say). A new one needs a line here, and so a look at its words.
    const BY_VARIABLE: &[(&str, &[&str])] = &[
        ("cases/act.rs", &[]),    // a verb
        ("desk/pending.rs", &[]), // a verb
        ("import/run.rs", &["open_import", "import_organizations", "close_import"]),
        ("generate.rs", &["open_generation", "load_generated", "close_generation"]),
        ("import/queue.rs", &["check_import", "start_import"]),
        ("accounts/activation.rs", &["install_admin", "recover_administrator"]),
        ("connector/admin.rs", &["retry_message", "drop_message"]),
        (
            "register/quality/steps.rs",
            &["assign_quality", "verify_quality", "return_quality", "close_quality", "dismiss_quality"],
        ),
        ("register/sharing.rs", &["approve_share", "start_share", "suspend_share", "resume_share", "end_share"]),
        ("registers/keep.rs", &["change_record", "correct_record"]),
        ("effects/settle.rs", &[]), // what `acts.push` names
    ];

    fn sources(folder: &Path, all: &mut Vec<(String, String)>, root: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all, root);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                all.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// The arguments of a call whose `(` was just passed.
    fn arguments(rest: &str) -> &str {
        let mut depth = 1;
        let end = rest.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0
        });
        &rest[..end.map_or(rest.len(), |(at, _)| at)]
    }

    fn last_word(arguments: &str) -> Option<&str> {
        let last = arguments.rsplit(',').map(str::trim).find(|part| !part.is_empty())?;
        last.strip_prefix('"')?.strip_suffix('"')
    }

    #[test]
    fn every_act_has_a_chinese_name() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut all = Vec::new();
        sources(&root, &mut all, &root);
        let mut acts: BTreeSet<String> = BTreeSet::new();
        let mut seen = 0;
        for (file, text) in all.iter().filter(|(file, _)| !file.ends_with("tests.rs") && !file.ends_with("testing.rs"))
        {
            if file == "audit/words.rs" {
                continue;
            }
            for call in text.split("Deed::by(").skip(1) {
                seen += 1;
                match last_word(arguments(call)) {
                    Some(act) => drop(acts.insert(act.to_owned())),
                    None => assert!(
                        BY_VARIABLE.iter().any(|(known, _)| known == file),
                        "{file}: an act named by a variable; list what it may say in BY_VARIABLE"
                    ),
                }
            }
            for pushed in text.split("acts.push(\"").skip(1) {
                acts.insert(pushed.split('"').next().unwrap().to_owned());
            }
            for named in text.split("act: \"").skip(1) {
                acts.insert(named.split('"').next().unwrap().to_owned());
            }
        }
        assert!(seen > 40 && acts.len() > 40, "the search finds the acts: {seen}, {acts:?}");
        acts.extend(BY_VARIABLE.iter().flat_map(|(_, words)| words.iter().map(|word| (*word).to_owned())));
        for verb in authority::Verb::ALL {
            acts.insert(serde_json::to_value(verb).unwrap().as_str().unwrap().to_owned());
        }
        let nameless: Vec<&String> = acts.iter().filter(|act| !WORDS.iter().any(|(name, _)| name == act)).collect();
        assert!(nameless.is_empty(), "no Chinese name: {nameless:?}");
        let names: BTreeSet<&str> = WORDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), WORDS.len(), "an act has one name");
    }
}
