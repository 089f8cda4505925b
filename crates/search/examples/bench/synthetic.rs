//! Deterministic organizations for the bench and the tests: document `n` is a function of `n` alone.
use base::{AreaCode, OrgId, Origin};
use search::{Change, Doc};

const PLACE: &str =
    "青云山海林江河湖泉岭石金玉龙凤虎鹤松竹梅兰桂枫杨柳桃平安和顺昌盛富康泰宁永定新长东西南北中华兴隆通达阳明清源水";
const OWN: &str = "爱心阳光同行益众和谐博雅明德晨曦星火红枫绿叶金色银龄乐善启智育英慧海蓝天彩虹希望春晖夕阳暖家幸福美好志远思源乾坤瑞祥";
const FIELDS: &[&str] = &[
    "养老",
    "教育",
    "慈善",
    "工程建设",
    "农业发展",
    "银行业",
    "书法",
    "摄影",
    "足球",
    "太极拳",
    "志愿服务",
    "社会工作",
    "环境保护",
    "中医药",
    "物流",
    "电子商务",
    "餐饮",
    "建筑装饰",
    "法律援助",
    "心理健康",
    "青少年发展",
    "科技创新",
    "文化艺术",
    "音乐",
    "舞蹈",
    "残疾人康复",
    "儿童关爱",
    "救援",
    "茶文化",
    "水利",
    "林业",
    "渔业",
    "机械",
    "纺织",
    "房地产",
    "旅游",
    "酒店",
    "物业管理",
    "美术",
    "收藏",
];
const FORMS: &[(&str, &str)] = &[
    ("协会", "association"),
    ("学会", "association"),
    ("商会", "association"),
    ("研究会", "association"),
    ("促进会", "association"),
    ("联合会", "association"),
    ("服务中心", "service_institution"),
    ("培训学校", "service_institution"),
    ("幼儿园", "service_institution"),
    ("养老院", "service_institution"),
    ("发展中心", "service_institution"),
    ("基金会", "foundation"),
];
const GROUPS: &[&str] =
    &["舞蹈队", "志愿服务队", "合唱团", "互助会", "书画社", "太极拳队", "议事会", "读书会", "巡逻队", "老年协会"];

/// A stream of numbers from one (splitmix64).
struct Stream(u64);

impl Stream {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn chars(&mut self, from: &str, count: usize) -> String {
        let chars: Vec<char> = from.chars().collect();
        (0..count).map(|_| self.of(&chars)).collect()
    }
}

/// The name of place `n`: always the same.
fn place(n: usize, suffix: &str) -> String {
    Stream(n as u64 * 977 + suffix.len() as u64).chars(PLACE, 2) + suffix
}

/// A third registered, the rest filed in a community; one in eight ended, one in ten renamed.
pub fn change(n: u64, pos: u64) -> Change {
    let mut s = Stream(n.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let (province, city, county) = (11 + s.below(30), 1 + s.below(12), 1 + s.below(9));
    let (city_name, county_name) =
        (place(province * 100 + city, "市"), place((province * 100 + city) * 100 + county, "区"));
    let registered = n.is_multiple_of(3);
    let digits = format!("{province}{city:02}{county:02}");
    let community = format!("{digits}{:03}{:03}", 1 + s.below(20), 1 + s.below(30));
    let (name, kind) = if registered {
        let (form, kind) = s.of(FORMS);
        let level = s.below(3);
        let area = [format!("{city_name}{county_name}"), city_name, place(province, "省")][level].clone();
        let own = if kind == "association" {
            String::new()
        } else {
            let count = 2 + s.below(2);
            s.chars(OWN, count)
        };
        (format!("{area}{own}{}{form}", s.of(FIELDS)), kind)
    } else {
        let (town, group) = (s.chars(PLACE, 2), s.of(GROUPS));
        (format!("{county_name}{town}社区{}{group}", s.chars(OWN, 2)), "community")
    };
    let ended = s.below(8) == 0;
    let from = base::Date::constant(2000, 1, 1);
    let from =
        base::Date::new(from.year() + s.below(24) as i16, 1 + s.below(12) as i8, 1 + s.below(28) as i8).unwrap_or(from);
    let code = registered
        .then(|| format!("5{}{digits}{:09}{}", 1 + s.below(3), s.below(1_000_000_000), s.of(&['X', 'A', '3', '7'])));
    let area: Option<AreaCode> = community.parse().ok();
    let registrar: AreaCode = digits.parse().unwrap_or_else(|_| AreaCode::nation());
    let doc = Doc {
        id: OrgId::from_bits(u128::from(n) << 40 | u128::from(n % 7)),
        origin: Origin::of(&registrar),
        filing_number: (!registered).then(|| format!("SQ{digits}{n:07}")),
        code,
        kind: kind.to_owned(),
        status: if ended { "deregistered" } else { "registered" }.to_owned(),
        active: !ended,
        area,
        registrar,
        grade: (s.below(6) == 0).then(|| format!("{}A", 1 + s.below(5))),
        charity: s.below(20) == 0,
        valid_from: from,
        valid_to: None,
        former: false,
        name,
    };
    let mut docs = vec![doc.clone()];
    if s.below(10) == 0 {
        docs.extend(history(&doc, &mut s));
    }
    Change { id: doc.id, origin: doc.origin, pos, docs }
}

/// One or two earlier names, and sometimes an interval under the same name.
fn history(now: &Doc, s: &mut Stream) -> Vec<Doc> {
    let mut docs = Vec::new();
    let mut until = now.valid_from;
    for _ in 0..=s.below(2) {
        let year = until.year() - 1 - s.below(3) as i16;
        let former = s.below(3) > 0;
        let name =
            if former { now.name.replacen(char::is_alphanumeric, &s.chars(OWN, 2), 1) } else { now.name.clone() };
        let valid_from = base::Date::new(year, 6, 1).unwrap_or(until);
        docs.push(Doc {
            name,
            valid_from,
            valid_to: Some(until),
            former,
            active: true,
            status: "registered".to_owned(),
            ..now.clone()
        });
        until = valid_from;
    }
    docs
}
