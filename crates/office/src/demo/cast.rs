//! Who plays in the demo installation (演示单位与账号): bodies, and one account per desk. The province is Liaoning with 沈阳市 and
//! 和平区 below it; 龙港市 and 深圳市 show the other packs.

/// A body: key, name, short name, kind, area.
pub type BodyRow = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Bodies that appear in the demo.
pub const BODIES: &[BodyRow] = &[
    ("mca", "民政部", "民政部", "registrar", "100000"),
    ("ln-civil", "辽宁省民政厅", "省民政厅", "registrar", "21"),
    ("sy-civil", "沈阳市民政局", "市民政局", "registrar", "2101"),
    ("hp-civil", "沈阳市和平区民政局", "和平区民政局", "registrar", "210102"),
    ("dl-civil", "大连市民政局", "大连民政局", "registrar", "2102"),
    ("sf-civil", "沈抚改革创新示范区社会事务局", "沈抚社会局", "registrar", "219701"),
    ("zj-civil", "浙江省民政厅", "浙江民政厅", "registrar", "33"),
    ("wz-civil", "温州市民政局", "温州民政局", "registrar", "3303"),
    ("lg-civil", "龙港市社会事业局", "龙港社会局", "registrar", "330383"),
    ("sz-civil", "深圳市民政局", "深圳民政局", "registrar", "4403"),
    ("ln-edu", "辽宁省教育厅", "省教育厅", "supervisor", "21"),
    ("sy-edu", "沈阳市教育局", "市教育局", "supervisor", "2101"),
    ("sy-health", "沈阳市卫生健康委员会", "市卫健委", "supervisor", "2101"),
    ("hp-edu", "沈阳市和平区教育局", "和平区教育局", "supervisor", "210102"),
    ("ln-commerce", "辽宁省商务厅", "省商务厅", "regulator", "21"),
    ("sy-commerce", "沈阳市商务局", "市商务局", "regulator", "2101"),
    ("sy-science", "沈阳市科学技术局", "市科技局", "regulator", "2101"),
    ("ln-party", "中共辽宁省委社会工作部", "省委社工部", "party", "21"),
    ("sy-party", "中共沈阳市委社会工作部", "市委社工部", "party", "2101"),
    ("hp-party", "中共沈阳市和平区委社会工作部", "和平区委社工部", "party", "210102"),
    ("sy-finance", "沈阳市财政局", "市财政局", "finance", "2101"),
    ("sy-tax", "国家税务总局沈阳市税务局", "市税务局", "tax", "2101"),
    ("hp-street", "沈阳市和平区南湖街道办事处", "南湖街道", "street", STREET),
    ("hp-community", "沈阳市和平区南湖街道文安路社区", "文安路社区", "community", COMMUNITY),
];

/// 和平区南湖街道 and one of its communities.
pub const STREET: &str = "210102019";
/// See [`STREET`].
pub const COMMUNITY: &str = "210102019009";

/// An official's account: login, name, desk, area, key of the body.
pub type OfficialRow = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// One account per desk of 沈阳市, and some above, below and beside it.
pub const OFFICIALS: &[OfficialRow] = &[
    ("shouli", "赵受理", "intake", "2101", "sy-civil"),
    ("shencha", "钱审查", "review", "2101", "sy-civil"),
    ("jueding", "孙决定", "decision", "2101", "sy-civil"),
    ("jianguan", "李监管", "supervision", "2101", "sy-civil"),
    ("zhifa", "周执法", "enforcement", "2101", "sy-civil"),
    ("shuju", "吴数据", "data_quality", "2101", "sy-civil"),
    ("zhuguan", "郑主管", "supervisor", "2101", "sy-edu"),
    ("hangye", "王行业", "regulator", "2101", "sy-commerce"),
    ("dangjian", "冯党建", "party", "2101", "sy-party"),
    ("caizheng", "陈财政", "finance", "2101", "sy-finance"),
    ("shuiwu", "褚税务", "tax", "2101", "sy-tax"),
    ("jiedao", "卫街道", "street", STREET, "hp-street"),
    ("shequ", "蒋社区", "community", COMMUNITY, "hp-community"),
    ("sheng-shouli", "沈省厅", "intake", "21", "ln-civil"),
    ("sheng-shencha", "韩省厅", "review", "21", "ln-civil"),
    ("sheng-jueding", "杨省厅", "decision", "21", "ln-civil"),
    ("sheng-jianguan", "朱省厅", "supervision", "21", "ln-civil"),
    ("sheng-shuju", "秦省厅", "data_quality", "21", "ln-civil"),
    ("sheng-zhuguan", "尤教育", "supervisor", "21", "ln-edu"),
    ("sheng-dangjian", "许党建", "party", "21", "ln-party"),
    ("heping", "何和平", "intake", "210102", "hp-civil"),
    ("heping-shencha", "吕和平", "review", "210102", "hp-civil"),
    ("heping-jueding", "施和平", "decision", "210102", "hp-civil"),
    ("longgang", "张龙港", "intake", "330383", "lg-civil"),
    ("longgang-jianguan", "孔龙港", "supervision", "330383", "lg-civil"),
    ("shenzhen", "曹深圳", "intake", "4403", "sz-civil"),
    ("shenzhen-jianguan", "严深圳", "supervision", "4403", "sz-civil"),
];

/// The three administrators (三员): login, name, which.
pub const ADMINS: &[(&str, &str, authority::AdminRole)] = &[
    ("xitong", "华系统", authority::AdminRole::System),
    ("anquan", "金安全", authority::AdminRole::Security),
    ("shenji", "魏审计", authority::AdminRole::Audit),
];

/// Members of the public: founders and organizations' clerks.
pub const APPLICANTS: &[(&str, &str)] = &[("jingban", "陶经办"), ("faqi", "姜发起"), ("jumin", "戚居民")];

/// What everybody types in the demo, and nowhere else: `serve` refuses demo keys and this data.
pub const PASSWORD: &str = "Kapok-river-lantern-26";
