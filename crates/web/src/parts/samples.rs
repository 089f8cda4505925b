//! Samples of every part: the style guide's content and the tests' input. All names are invented.
use super::{
    AreaField, AreaStep, Banner, Cell, Chip, Chips, Choice, Column, DateField, ErrorSummary, Event, Facet, Facets,
    FileField, Inset, IntegerField, Label, Limits, LongText, MoneyField, MultiChoice, NameField, Opt, Pager, Part,
    PersonField, PersonValue, PrintHeader, Progress, QrBox, Rating, RowColumn, RowsField, SearchBox, Steps, StoredFile,
    SummaryList, SummaryRow, Tab, Table, Tabs, Task, TaskList, TaskSection, TextField, Timeline, Tone, YesNo,
};
use crate::page::Link;

fn opts(pairs: &[(&str, &str)]) -> Vec<Opt> {
    pairs.iter().map(|(value, text)| Opt::new(*value, *text)).collect()
}

fn label(name: &str, text: &str) -> Label {
    Label::new(name, text)
}

macro_rules! samples {
    ($($part:ident $title:literal => $samples:expr;)*) => {$(
        impl Part for $part {
            const TITLE: &'static str = $title;
            fn samples() -> Vec<Self> {
                $samples.into()
            }
        }
    )*};
}

samples! {
    Banner "提示横幅" => [
        Banner { title: "已提交".into(), text: "办件编号 云州民许〔2026〕0031 号。我们将在 5 个工作日内告诉您是否受理。".into(), ways: vec![Link::to("查看办件进度", "#")], success: true },
        Banner { title: "请注意".into(), text: "2025 年度年报填报到 2026-05-31 截止。".into(), ways: vec![], success: false },
    ];
    ErrorSummary "错误汇总" => [ErrorSummary::of(&[("sample-phone-bad", "联系电话应为 11 位手机号码或带区号的固定电话"), ("sample-date-bad", "成立日期不能晚于今天（2026-11-21）")])];
    TextField "单行文本" => [
        TextField::new(label("sample-address", "住所").hint("写到门牌号，与住所证明一致"), "云州市文渊区书院路 18 号 3 层"),
        TextField { keyboard: "tel", width: 20, ..TextField::new(label("sample-phone-bad", "联系电话").error("联系电话应为 11 位手机号码或带区号的固定电话"), "1380013") },
        TextField::new(label("sample-site", "网站").optional(), ""),
    ];
    LongText "多行文本" => [LongText { label: label("sample-scope", "业务范围").hint("与章程第六条一致").source("登记信息，2026-03-02"), value: "开展书法教育、展览与公益讲座。".into(), rows: 4, max: 500 }];
    IntegerField "整数" => [IntegerField { label: label("sample-members", "会员数").hint("单位会员与个人会员合计"), value: "56".into(), unit: "个".into() }];
    MoneyField "金额" => [MoneyField { label: label("sample-fund", "注册资金").hint("不低于 3 万元"), value: "30000".into() }];
    DateField "日期" => [
        DateField { label: label("sample-meeting", "成立大会日期"), value: "2026-10-18".into() },
        DateField { label: label("sample-date-bad", "成立日期").error("成立日期不能晚于今天（2026-11-21）"), value: "2027-01-01".into() },
    ];
    YesNo "是非" => [YesNo { label: label("sample-party", "有没有 3 名以上正式党员？"), value: "yes".into() }];
    Choice "单选" => [Choice { label: label("sample-kind", "您要成立哪一类组织？"), options: vec![
        Opt { value: "51".into(), text: "社会团体".into(), hint: "会员自愿组成，例如协会、学会、商会".into() },
        Opt { value: "52".into(), text: "社会服务机构".into(), hint: "利用非国有资产举办，从事服务".into() },
        Opt { value: "53".into(), text: "基金会".into(), hint: "利用捐赠财产从事公益".into() },
    ], value: "51".into() }];
    MultiChoice "多选" => [MultiChoice { label: label("sample-fields", "服务领域").optional(), options: opts(&[("elder", "养老"), ("child", "儿童"), ("poor", "困难帮扶"), ("culture", "文化体育")]), values: vec!["elder".into(), "culture".into()] }];
    AreaField "行政区划" => [
        AreaField { label: label("sample-area", "住所所在社区"), value: String::new(), full_name: String::new(), find: "书院".into(), found: opts(&[("990102003004", "云州省云州市文渊区书院街道书院社区")]), steps: vec![AreaStep { level: "省级".into(), options: opts(&[("99", "云州省")]), chosen: "99".into() }, AreaStep { level: "市级".into(), options: opts(&[("9901", "云州市")]), chosen: String::new() }] },
        AreaField { label: label("sample-area-2", "活动地域"), value: "990102".into(), full_name: "云州省云州市文渊区".into(), find: String::new(), found: vec![], steps: vec![] },
    ];
    PersonField "人员" => [PersonField { label: label("sample-head", "法定代表人"), value: PersonValue { name: "林书言".into(), document: "id".into(), number: "9901**********0013".into(), phone: String::new() }, documents: opts(&[("id", "居民身份证"), ("pass", "护照")]) }];
    RowsField "明细行" => [
        RowsField { label: label("sample-founders", "发起人").hint("至少 5 名"), one: "发起人".into(), columns: vec![RowColumn { name: "name".into(), text: "姓名或单位名称".into(), keyboard: "text" }, RowColumn { name: "phone".into(), text: "电话".into(), keyboard: "tel" }], rows: vec![vec!["林书言".into(), "13800000001".into()], vec!["文渊区图书馆".into(), String::new()]] },
        RowsField { label: label("sample-projects", "项目"), one: "项目".into(), columns: vec![], rows: vec![] },
    ];
    FileField "材料上传" => [FileField { label: label("sample-charter", "章程草案"), accept: ".pdf,.jpg,.png".into(), rule: "PDF 或图片，每个不超过 20 MB".into(), several: true, files: vec![StoredFile { name: "章程草案.pdf".into(), size: "1.2 MB".into(), href: "#".into(), remove: "file:charter:1:remove".into() }], forms: vec![("空白表格".into(), "#".into()), ("填好的样表".into(), "#".into())] }];
    NameField "名称查重" => [
        NameField { label: label("sample-name", "拟用名称"), value: "云州市文渊区书法协会".into(), usable: Some(false), verdict: "与已登记的组织重名。".into(), similar: vec![("云州市文渊区书法家协会".into(), "#".into(), "字号、领域、形式都相近".into())] },
        NameField { label: label("sample-name-2", "备选名称"), value: "云州市文渊区书院雅集促进会".into(), usable: Some(true), verdict: "没有重名或相近的名称，可为您保留 6 个月。".into(), similar: vec![] },
    ];
    Steps "步骤条" => [Steps { label: "申请步骤".into(), steps: vec![("选事项".into(), Some("#".into())), ("填信息".into(), Some("#".into())), ("传材料".into(), None), ("核对并提交".into(), None)], current: 2 }];
    TaskList "任务清单" => [TaskList { sections: vec![
        TaskSection { title: "基本信息".into(), tasks: vec![Task { link: Link::to("名称与宗旨", "#"), status: "已填好（未提交）".into(), tone: None, hint: String::new() }, Task { link: Link::to("住所与注册资金", "#"), status: "填写中".into(), tone: Some(Tone::Calm), hint: "还差住所证明".into() }] },
        TaskSection { title: "提交".into(), tasks: vec![Task { link: Link::to("核对并提交", ""), status: "还不能开始".into(), tone: Some(Tone::Grey), hint: "上面各项填好后再来".into() }] },
    ] }];
    SummaryList "核对清单" => [SummaryList { title: "请核对".into(), rows: vec![SummaryRow { label: "名称".into(), value: "云州市文渊区书法协会".into(), change: Some("#".into()) }, SummaryRow { label: "住所".into(), value: "云州市文渊区书院路 18 号\n3 层".into(), change: Some("#".into()) }, SummaryRow { label: "网站".into(), value: String::new(), change: Some("#".into()) }] }];
    Chips "三种状态" => [
        Chips { registered: Chip { text: "正常".into(), tone: Tone::Good, href: None }, credit: Chip { text: "正常".into(), tone: Tone::Good, href: None }, running: Chip { text: "绿色".into(), tone: Tone::Good, href: Some("#".into()) } },
        Chips { registered: Chip { text: "正常".into(), tone: Tone::Good, href: None }, credit: Chip { text: "列入活动异常名录".into(), tone: Tone::Bad, href: Some("#".into()) }, running: Chip { text: "黄色".into(), tone: Tone::Warn, href: Some("#".into()) } },
        Chips { registered: Chip { text: "已注销".into(), tone: Tone::Grey, href: None }, credit: Chip { text: "不适用".into(), tone: Tone::Grey, href: None }, running: Chip { text: "不适用".into(), tone: Tone::Grey, href: None } },
    ];
    Limits "办理时限" => [
        Limits { statutory: "60 日".into(), basis: "《云州省社会团体登记办法》第十二条".into(), promised: "20 个工作日".into(), expected: base::Date::new(2026, 12, 4).ok(), stopped: None, used: 55, left: "还剩 9 个工作日".into(), tone: Tone::Calm },
        Limits { statutory: "5 个工作日".into(), basis: String::new(), promised: "2 个工作日".into(), expected: None, stopped: Some("自 2026-11-18 起等您补正材料，补正期间不计时".into()), used: 50, left: String::new(), tone: Tone::Grey },
    ];
    Timeline "时间轴" => [Timeline { label: "办理经过".into(), events: vec![Event { when: "2026-11-20 09:12".into(), what: Link::to("一次性告知补正", "#"), who: "受理岗".into(), note: "2 项材料需要补正".into(), tone: Tone::Warn }, Event { when: "2026-11-18 16:40".into(), what: Link::to("申请已提交", ""), who: "申请人".into(), note: String::new(), tone: Tone::Good }] }];
    Progress "进度条" => [
        Progress { id: "sample-run".into(), label: "正在导入组织名单".into(), done: Some(3200), total: 10_000, text: "已读 3,200 行，跳过 4 行".into(), refresh: String::new() },
        Progress { id: "sample-wait".into(), label: "正在排队".into(), done: None, total: 100, text: "前面还有 1 个任务".into(), refresh: String::new() },
    ];
    SearchBox "搜索框" => [SearchBox { id: "sample-q".into(), action: "/orgs".into(), name: "q".into(), label: "查社会组织".into(), value: String::new(), button: "查询".into(), hint: "输入名称的任意两个字，或统一社会信用代码".into(), keep: vec![("area".into(), "9901".into())], large: false }];
    Tabs "页签" => [Tabs { label: "组织档案".into(), tabs: vec![Tab { link: Link::to("登记信息", "#"), count: None, here: true }, Tab { link: Link::to("变更记录", "#"), count: Some(4), here: false }, Tab { link: Link::to("年报", "#"), count: Some(8), here: false }] }];
    Facets "筛选" => [Facets { title: "组织类型".into(), values: vec![Facet { link: Link::to("社会团体", "#"), count: 412, chosen: true }, Facet { link: Link::to("社会服务机构", "#"), count: 1203, chosen: false }, Facet { link: Link::to("基金会", "#"), count: 9, chosen: false }] }];
    Table "列表" => [
        Table { caption: "待受理的申请（截至 2026-11-21）".into(), columns: vec![Column::new("申请人"), Column::new("事项"), Column { text: "收到日期".into(), sort: Some("#".into()), sorted: "ascending", number: false }, Column { text: "剩余工作日".into(), sort: Some("#".into()), sorted: "", number: true }, Column::new("状态")], rows: vec![
            vec![Cell::link("云州市文渊区书法协会", "#"), Cell::new("社会团体成立登记"), Cell::new("2026-11-18"), Cell::new("2"), Cell::state("临期", Tone::Warn)],
            vec![Cell::link("云州市晨光养老服务中心", "#"), Cell::new("名称变更"), Cell::new("2026-11-20"), Cell::new("4"), Cell::state("正常", Tone::Good)],
            vec![Cell::link("云州市青年商会", "#"), Cell::new("法定代表人变更"), Cell::new("2026-11-10"), Cell::new("-1"), Cell::state("逾期", Tone::Bad)],
        ], exports: vec![Link::to("导出 Excel", "#"), Link::to("导出 CSV", "#")], empty: String::new(), empty_ways: vec![], keys: true },
        Table { caption: "我的草稿".into(), columns: vec![], rows: vec![], exports: vec![], empty: "您还没有草稿。".into(), empty_ways: vec![Link::to("选一个事项开始办", "/matters")], keys: false },
    ];
    Pager "翻页" => [Pager { text: "共 1,203 条，第 21–40 条".into(), previous: Some("#".into()), next: Some("#".into()) }];
    Inset "说明" => [Inset { text: "异常名录：没按时报年报等情形会列入并公示；改正后可以申请移出。".into(), source: "《社会组织信用信息管理办法》第十一条".into(), more: Some(Link::to("怎样移出异常名录", "#")) }];
    Rating "好差评" => [Rating { label: label("sample-rating", "您对这次办事满意吗？"), value: String::new(), reasons: opts(&[("slow", "办得慢"), ("often", "要跑多次"), ("rude", "态度不好"), ("unclear", "说不清楚")]) }];
    QrBox "二维码" => [QrBox { url: "https://yishe.example/c/7K3M9Q".into(), caption: "扫码核验".into() }];
    PrintHeader "打印页眉" => [PrintHeader { host: "云州市民政局".into(), title: "补正告知书".into(), number: "云州民补〔2026〕0031 号".into(), qr: QrBox { url: "https://yishe.example/my/cases/0031".into(), caption: "扫码查看原件".into() } }];
}
