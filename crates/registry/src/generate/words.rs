//! The words that invented names, addresses and purposes are made of. Surnames, given names and roads are read from `data/names`.
use std::collections::BTreeMap;

use crate::kind::DirectClass;

const SURNAMES: &str = include_str!("../../../../data/names/surnames.csv");
const FAKER: &str = include_str!("../../../../data/names/faker_zh_CN.json");
const ROADS: &str = include_str!("../../../../data/names/roads_shanghai.csv");

/// First and second characters of an own word (字号). They share no character, so that a word of the second followed by the
/// first, used for names no longer borne, is never one of a name in use.
pub(super) const OWN_FIRST: &str =
    "博启育智弘立敬崇慈润惠益仁厚德诚信康颐乐悦欣春秋晨星云海江川松竹梅兰蓝青金银华昌盛永恒同共百千万泰安宁清源";
pub(super) const OWN_SECOND: &str =
    "爱善佑助扶济和谐雅文学思行远航程光辉映阳霞晖晴雨露泽林森茂荣枫叶苗萌芽桥路途帆舟翔飞跃腾景苑园馨家福祥瑞";

/// What an association is about, and under whose guidance.
pub(super) struct Trade {
    /// 领域
    pub word: &'static str,
    /// Department without its area: 教育, 民政.
    pub department: &'static str,
    /// Class that may register directly.
    pub class: Option<DirectClass>,
    /// GB/T 4754-2017: 9521 专业性团体, 9522 行业性团体, 9529 其他社会团体.
    pub industry: &'static str,
    /// 组织形式
    pub form: &'static str,
}

/// Department, words, forms, class, industry. Shares follow the counts by field of 2012 (农业 and 工商 first).
type TradeRow = (&'static str, &'static str, &'static str, Option<DirectClass>, &'static str);

const TRADES: &[TradeRow] = &[
    (
        "商务",
        "餐饮 物流 电子商务 家政服务 会展 美容美发 典当 拍卖 酒类流通 再生资源 汽车流通 茶叶流通 跨境电商 直播电商 连锁经营",
        "协会 商会",
        Some(DirectClass::IndustryAssociation),
        "9522",
    ),
    (
        "工业和信息化",
        "机械 纺织 服装 印刷包装 模具 阀门 塑料 五金 家具 电子信息 软件 新材料 装备制造 食品工业 礼品 眼镜 鞋业",
        "行业协会 商会",
        Some(DirectClass::IndustryAssociation),
        "9522",
    ),
    (
        "住房和城乡建设",
        "建筑业 房地产 物业管理 建筑装饰 工程造价 勘察设计 建设监理 燃气 园林绿化",
        "协会",
        Some(DirectClass::IndustryAssociation),
        "9522",
    ),
    (
        "农业农村",
        "水稻种植 果业 蔬菜 养蜂 食用菌 水产养殖 生猪养殖 奶业 种子 农机 花卉 中药材种植 茶业 农产品流通 肉牛 葡萄 杨梅 休闲农业 渔业",
        "协会 联合会 促进会",
        Some(DirectClass::CommunityService),
        "9522",
    ),
    (
        "科学技术",
        "科技创新 人工智能 机器人 生物技术 新能源 大数据 物联网 计量测试 工程师 知识产权 技术经纪 低空经济",
        "协会 学会 促进会",
        Some(DirectClass::ScienceTechnology),
        "9521",
    ),
    ("教育", "教育 学前教育 高等教育 职业教育 家庭教育 校外教育 教育技术 特殊教育", "学会 研究会", None, "9521"),
    (
        "卫生健康",
        "医学 护理 中医药 口腔医学 预防医学 心理卫生 抗癌 健康管理 老年医学 药学",
        "学会 协会 研究会",
        None,
        "9521",
    ),
    (
        "民政",
        "老年人 志愿服务 社会工作 慈善 养老服务 社区服务 殡葬 婚姻家庭服务 残疾人就业 见义勇为",
        "协会 促进会 联合会",
        Some(DirectClass::Charity),
        "9529",
    ),
    (
        "文化和旅游",
        "书法 摄影 美术 音乐 舞蹈 戏曲 民间文艺 收藏 非物质文化遗产保护 旅游 酒店 民宿 朗诵 楹联 地方文化",
        "协会 研究会",
        None,
        "9529",
    ),
    (
        "体育",
        "太极拳 羽毛球 乒乓球 足球 篮球 冬泳 自行车运动 登山 象棋 围棋 门球 武术 信鸽 钓鱼 体育舞蹈 马拉松",
        "协会",
        None,
        "9529",
    ),
    (
        "生态环境",
        "环境保护 环境科学 节能 湿地保护 野生动物保护",
        "协会 促进会 学会",
        Some(DirectClass::Charity),
        "9521",
    ),
    ("司法", "法律援助 人民调解 律师 公证 社区矫正", "协会 促进会", None, "9529"),
    ("退役军人事务", "退役军人关爱 拥军优属", "协会 促进会", Some(DirectClass::Charity), "9529"),
    ("人力资源和社会保障", "人力资源服务 职业技能 创业 劳动保障", "协会 促进会", None, "9521"),
    ("交通运输", "道路运输 汽车维修 驾驶培训 航运 出租汽车", "协会", Some(DirectClass::IndustryAssociation), "9522"),
];

/// A field of service institutions: what they are called and under whose guidance.
pub(super) struct Sector {
    /// Share of all service institutions in thousandths (counts by field of 2012, shifted from education to care since).
    pub share: usize,
    /// Department without its area.
    pub department: &'static str,
    /// Field and form together: 养老服务中心.
    pub forms: &'static [&'static str],
    /// GB/T 4754-2017
    pub industry: &'static str,
    /// Class that may register directly.
    pub class: Option<DirectClass>,
    /// What its head is called.
    pub title: &'static str,
    /// What it says it does.
    pub scope: &'static str,
}

pub(super) const SECTORS: &[Sector] = &[
    Sector {
        share: 330,
        department: "教育",
        forms: &["幼儿园", "艺术幼儿园", "双语幼儿园"],
        industry: "8310",
        class: None,
        title: "园长",
        scope: "学龄前儿童保育和教育",
    },
    Sector {
        share: 140,
        department: "教育",
        forms: &["培训学校", "艺术培训学校", "科技培训学校", "实验学校", "外国语学校"],
        industry: "8391",
        class: None,
        title: "校长",
        scope: "文化艺术、科技类非学历教育培训",
    },
    Sector {
        share: 60,
        department: "人力资源和社会保障",
        forms: &["职业培训学校", "职业技能培训学校"],
        industry: "8391",
        class: None,
        title: "校长",
        scope: "职业技能培训",
    },
    Sector {
        share: 130,
        department: "民政",
        forms: &["养老院", "养老服务中心", "老年公寓", "居家养老服务中心", "护养院"],
        industry: "8514",
        class: Some(DirectClass::CommunityService),
        title: "院长",
        scope: "老年人集中照护、居家上门服务、助餐助浴",
    },
    Sector {
        share: 95,
        department: "民政",
        forms: &["社会工作服务中心", "社区服务中心", "志愿服务中心", "公益服务中心", "儿童关爱服务中心"],
        industry: "8521",
        class: Some(DirectClass::CommunityService),
        title: "主任",
        scope: "社会工作服务、社区公益活动组织、困难群体帮扶",
    },
    Sector {
        share: 85,
        department: "卫生健康",
        forms: &["医院", "护理院", "门诊部", "康复医院"],
        industry: "8411",
        class: None,
        title: "院长",
        scope: "基本医疗服务、康复护理、健康宣教",
    },
    Sector {
        share: 40,
        department: "科学技术",
        forms: &["科技服务中心", "技术创新研究院", "产业技术研究院", "科普服务中心"],
        industry: "7590",
        class: Some(DirectClass::ScienceTechnology),
        title: "院长",
        scope: "技术研究与推广、科学普及",
    },
    Sector {
        share: 40,
        department: "文化和旅游",
        forms: &["艺术馆", "文化艺术中心", "书画院", "民间艺术团", "博物馆"],
        industry: "8870",
        class: None,
        title: "馆长",
        scope: "群众文化活动组织、展览展示、艺术普及",
    },
    Sector {
        share: 40,
        department: "体育",
        forms: &["体育俱乐部", "足球俱乐部", "武术馆", "健身服务中心"],
        industry: "8919",
        class: None,
        title: "主任",
        scope: "群众体育活动、青少年体育培训",
    },
    Sector {
        share: 30,
        department: "残疾人联合会",
        forms: &["残疾人康复中心", "儿童康复中心", "残疾人托养中心"],
        industry: "8514",
        class: Some(DirectClass::Charity),
        title: "主任",
        scope: "残疾人康复训练、托养照护、就业辅导",
    },
    Sector {
        share: 10,
        department: "生态环境",
        forms: &["环保服务中心", "生态保护中心"],
        industry: "7711",
        class: Some(DirectClass::Charity),
        title: "主任",
        scope: "环境教育、生态保护志愿服务",
    },
];

/// What a foundation is for: the word in its name, its department, what it says it does.
pub(super) const CAUSES: &[(&str, &str, &str)] = &[
    ("慈善", "民政", "扶贫济困、助学助医"),
    ("公益", "民政", "资助公益项目、支持社区发展"),
    ("教育发展", "教育", "奖教助学、改善办学条件"),
    ("助学", "教育", "资助困难学生"),
    ("医疗救助", "卫生健康", "资助困难患者就医"),
    ("文化艺术", "文化和旅游", "支持文化传承与艺术普及"),
    ("科技创新", "科学技术", "奖励科技人才、支持科学普及"),
    ("残疾人福利", "残疾人联合会", "资助残疾人康复、教育和就业"),
    ("老年关爱", "民政", "资助老年人照护与精神关爱"),
    ("生态保护", "生态环境", "资助生态保护与环境教育"),
    ("见义勇为", "公安", "奖励和抚恤见义勇为人员"),
    ("社区发展", "民政", "资助社区公益服务"),
];

/// Groups of residents, with what they do; 备案 kinds named by the community action plans.
pub(super) const GROUPS: &[(&str, &str)] = &[
    ("舞蹈队", "广场舞、健身舞排练和展演"),
    ("合唱团", "合唱排练和演出"),
    ("志愿服务队", "便民服务、文明劝导、秩序维护"),
    ("互助会", "邻里互助、困难家庭帮扶"),
    ("书画社", "书法、绘画交流"),
    ("太极拳队", "太极拳练习和交流"),
    ("老年协会", "老年人文体活动、探访独居老人"),
    ("议事会", "居民议事、协商社区公共事务"),
    ("平安巡逻队", "治安巡逻、安全隐患排查"),
    ("调解室", "邻里纠纷调解"),
    ("读书会", "读书分享、亲子阅读"),
    ("助老服务队", "助餐、助医、陪伴老年人"),
    ("环保服务队", "垃圾分类宣传、河道巡护"),
    ("妇女之家", "妇女儿童关爱、家庭教育"),
    ("戏曲社", "戏曲排练和展演"),
    ("健身队", "健步走、球类活动"),
    ("红白理事会", "移风易俗、红白事简办"),
    ("应急救援队", "防汛防火、应急演练"),
    ("手工坊", "手工编织、非遗体验"),
    ("乐器社", "民乐、器乐排练"),
];

/// Names that groups of residents give themselves.
pub(super) const GROUP_OWN: &[&str] = &[
    "夕阳红",
    "金秋",
    "和谐",
    "同心",
    "阳光",
    "春晖",
    "邻里",
    "暖心",
    "红枫",
    "银龄",
    "百灵",
    "彩虹",
    "向日葵",
    "幸福",
    "常青",
    "晨曦",
    "蒲公英",
    "蓝马甲",
    "红袖章",
    "星火",
    "温馨",
    "好邻居",
    "小水滴",
    "绿荫",
    "雅韵",
    "梅花",
    "桂香",
    "乐活",
    "守望",
    "石榴籽",
];

/// The words, read once.
pub(super) struct Words {
    pub own_first: Vec<char>,
    pub own_second: Vec<char>,
    pub trades: Vec<Trade>,
    pub surnames: Vec<String>,
    /// Running sums of the surnames' frequencies.
    surname_sums: Vec<u64>,
    pub given: Vec<String>,
    pub roads: Vec<&'static str>,
}

impl Words {
    pub fn read() -> Self {
        let mut words = Self {
            own_first: OWN_FIRST.chars().collect(),
            own_second: OWN_SECOND.chars().collect(),
            trades: TRADES.iter().flat_map(trades_of).collect(),
            surnames: Vec::new(),
            surname_sums: Vec::new(),
            given: given_names(),
            roads: ROADS.lines().skip(1).filter(|road| is_plain_road(road)).collect(),
        };
        let mut sum = 0;
        for line in SURNAMES.lines().skip(1) {
            let Some((surname, frequency)) = line.split_once(',') else { continue };
            // Tenths are enough; the rarest count once.
            let tenths = frequency.trim().parse::<f64>().map_or(1, |number| (number * 10.0) as u64).max(1);
            sum += tenths;
            words.surnames.push(surname.to_owned());
            words.surname_sums.push(sum);
        }
        words
    }

    /// A surname as often as people bear it.
    pub fn surname(&self, stream: &mut super::stream::Stream) -> &str {
        let total = self.surname_sums.last().copied().unwrap_or(0);
        let at = stream.below(total as usize) as u64;
        let index = self.surname_sums.partition_point(|sum| *sum <= at);
        self.surnames.get(index).map_or("王", String::as_str)
    }

    /// A person's name.
    pub fn person(&self, stream: &mut super::stream::Stream) -> String {
        let surname = self.surname(stream).to_owned();
        surname + stream.word(&self.given)
    }
}

fn trades_of(row: &TradeRow) -> Vec<Trade> {
    let (department, words, forms, class, industry) = *row;
    let pairs = words.split(' ').flat_map(|word| forms.split(' ').map(move |form| (word, form)));
    pairs.map(|(word, form)| Trade { word, department, class, industry, form }).collect()
}

/// Given names of one character are joined in pairs as well: 小伟 is rare, 建伟 is not.
fn given_names() -> Vec<String> {
    const GENERATIONS: &str = "建国文晓志海玉春永德家世少明秀嘉子佳雨宏";
    let lists: BTreeMap<String, serde_json::Value> = serde_json::from_str(FAKER).unwrap_or_default();
    let mut names: Vec<String> = ["first_names_male", "first_names_female"]
        .iter()
        .filter_map(|list| lists.get(*list)?.as_array())
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let single: Vec<String> = names.iter().filter(|name| name.chars().count() == 1).cloned().collect();
    for generation in GENERATIONS.chars() {
        names.extend(single.iter().filter(|name| !name.contains(generation)).map(|name| format!("{generation}{name}")));
    }
    names
}

/// Short names that say nothing of Shanghai.
fn is_plain_road(road: &str) -> bool {
    let count = road.chars().count();
    let far =
        ["上海", "浦", "沪", "嘉定", "宝山", "松江", "奉贤", "崇明", "金山", "青浦", "南汇", "闵行", "外环", "高速"];
    (3..=4).contains(&count)
        && (road.ends_with('路') || road.ends_with('街'))
        && !far.iter().any(|word| road.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_rich_and_own_words_cannot_be_confused() {
        let words = Words::read();
        assert!(words.trades.len() >= 250, "{}", words.trades.len());
        assert!(words.surnames.len() > 1_000 && words.given.len() > 1_000 && words.roads.len() > 1_500);
        assert!(words.own_first.iter().all(|c| !words.own_second.contains(c)));
        let mut seen = std::collections::BTreeSet::new();
        assert!(words.own_first.iter().chain(&words.own_second).all(|c| seen.insert(*c)), "a character stands twice");
        assert_eq!(SECTORS.iter().map(|sector| sector.share).sum::<usize>(), 1000);
    }
}
