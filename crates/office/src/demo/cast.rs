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
    ("shouli", "沈阳受理岗", "intake", "2101", "sy-civil"),
    ("shencha", "沈阳审查岗", "review", "2101", "sy-civil"),
    ("jueding", "沈阳决定岗", "decision", "2101", "sy-civil"),
    ("jianguan", "沈阳监管岗", "supervision", "2101", "sy-civil"),
    ("zhifa", "沈阳执法岗", "enforcement", "2101", "sy-civil"),
    ("shuju", "沈阳数据质量岗", "data_quality", "2101", "sy-civil"),
    ("zhuguan", "沈阳业务主管单位岗", "supervisor", "2101", "sy-edu"),
    ("hangye", "沈阳行业管理部门岗", "regulator", "2101", "sy-commerce"),
    ("dangjian", "沈阳党建工作机构岗", "party", "2101", "sy-party"),
    ("caizheng", "沈阳财政岗", "finance", "2101", "sy-finance"),
    ("shuiwu", "沈阳税务岗", "tax", "2101", "sy-tax"),
    ("jiedao", "南湖街道岗", "street", STREET, "hp-street"),
    ("shequ", "文安路社区岗", "community", COMMUNITY, "hp-community"),
    ("sheng-shouli", "省厅受理岗", "intake", "21", "ln-civil"),
    ("sheng-shencha", "省厅审查岗", "review", "21", "ln-civil"),
    ("sheng-jueding", "省厅决定岗", "decision", "21", "ln-civil"),
    ("sheng-jianguan", "省厅监管岗", "supervision", "21", "ln-civil"),
    ("sheng-shuju", "省厅数据质量岗", "data_quality", "21", "ln-civil"),
    ("sheng-zhuguan", "省业务主管单位岗", "supervisor", "21", "ln-edu"),
    ("sheng-dangjian", "省党建工作机构岗", "party", "21", "ln-party"),
    ("heping", "和平区受理岗", "intake", "210102", "hp-civil"),
    ("heping-shencha", "和平区审查岗", "review", "210102", "hp-civil"),
    ("heping-jueding", "和平区决定岗", "decision", "210102", "hp-civil"),
    ("longgang", "龙港受理岗", "intake", "330383", "lg-civil"),
    ("longgang-jianguan", "龙港监管岗", "supervision", "330383", "lg-civil"),
    ("shenzhen", "深圳受理岗", "intake", "4403", "sz-civil"),
    ("shenzhen-jianguan", "深圳监管岗", "supervision", "4403", "sz-civil"),
];

/// The three administrators (三员): login, name, which.
pub const ADMINS: &[(&str, &str, authority::AdminRole)] = &[
    ("xitong", "系统管理员", authority::AdminRole::System),
    ("anquan", "安全管理员", authority::AdminRole::Security),
    ("shenji", "审计管理员", authority::AdminRole::Audit),
];

/// Members of the public: founders and organizations' clerks.
pub const APPLICANTS: &[(&str, &str)] = &[("jingban", "经办人"), ("faqi", "发起人"), ("jumin", "居民")];

/// What everybody types in the demo, and nowhere else: `serve` refuses demo keys and this data.
pub const PASSWORD: &str = "Kapok-river-lantern-26";
