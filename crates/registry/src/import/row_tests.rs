use super::*;

/// An invented country: province 21 云州省 with one city.
struct Invented;

impl Places for Invented {
    fn of_authority(&self, name: &str) -> Option<AreaCode> {
        match name {
            "民政部" => Some(AreaCode::nation()),
            "云州省民政厅" => "21".parse().ok(),
            _ => None,
        }
    }
    fn of_names(&self, province: &str, _: &str, district: &str) -> Option<(AreaCode, bool)> {
        match (province, district) {
            ("云州省", "山阴区") => Some(("210102".parse().ok()?, true)),
            ("云州省", _) => Some(("21".parse().ok()?, district.is_empty())),
            _ => None,
        }
    }
    fn of_address(&self, address: &str, _: Option<&AreaCode>) -> Option<AreaCode> {
        address.starts_with("山阴区").then(|| "210102".parse().ok()).flatten()
    }
    fn is_region(&self, six: &str) -> bool {
        six == "210000"
    }
    fn code_faults(&self, code: &str) -> Vec<(bool, String)> {
        if code.ends_with('X') { vec![(true, "第 18 位应为 K".to_owned())] } else { Vec::new() }
    }
}

fn read(headers: &[&str], cells: &[&str]) -> Reading {
    let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let context = Context {
        default_kind: None,
        default_registrar: None,
        source: "测试表".into(),
        today: Date::new(2026, 11, 21).unwrap(),
    };
    read_row(&Mapping::guess(&own(headers)), &own(cells), &context, &Invented, OrgId::from_bits(9))
}

fn rules(reading: &Reading) -> Vec<&str> {
    reading.faults.iter().map(|fault| fault.rule.as_str()).collect()
}

#[test]
fn a_clean_row_has_no_faults() {
    let reading = read(
        &["名称", "统一社会信用代码", "登记管理机关", "成立日期", "注册资金（万元）", "地址", "评估等级"],
        &["云州省助学基金会", "53210000500021676K", "云州省民政厅", "2017-12-01", "800", "山阴区和平路１号", "AAA"],
    );
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    let organization = reading.organization.unwrap();
    assert_eq!(organization.kind, Kind::Foundation);
    assert_eq!(organization.registrar.as_str(), "21");
    assert_eq!(organization.capital, Some(base::Fen::yuan(8_000_000)));
    assert_eq!(organization.domicile.unwrap().as_str(), "210102");
    assert_eq!(organization.address.as_deref(), Some("山阴区和平路1号"));
    assert_eq!(organization.grade, Some(3));
}

#[test]
fn messy_input_is_kept_and_flagged() {
    let reading = read(
        &["name", "uscc", "reg_date", "registrar", "supervisor", "address"],
        &["云州绿谷教育基金会2", "53210000500021676X", "1970-01-01", "暂无", "直接登记", "正常"],
    );
    assert_eq!(rules(&reading), ["name_digits", "code_check", "registrar_from_code", "filler", "address_is_status"]);
    let organization = reading.organization.unwrap();
    assert_eq!(organization.code.as_deref(), Some("53210000500021676X"), "a wrong check digit is kept");
    assert_eq!((organization.registered_on, organization.address), (None, None));
    assert_eq!(organization.management, ManagementMode::Direct);
}

#[test]
fn places_and_periods_that_cannot_be_are_flagged() {
    let reading = read(
        &["名称", "登记机关", "成立日期", "省份", "区县", "有效期"],
        &["云州省助学基金会", "云州省民政厅", "2017-12-01", "云州省", "东长街", "2015-02-04 至 2015-02-04"],
    );
    assert_eq!(rules(&reading), ["code_missing", "period_empty", "district_unreadable"]);
    assert_eq!(reading.organization.unwrap().domicile.unwrap().as_str(), "21");
}

#[test]
fn rejections_say_what_is_missing() {
    let reading = read(&["名称", "类型"], &["", "社会团体"]);
    assert!(reading.organization.is_none());
    assert!(rules(&reading).contains(&"name_missing") && rules(&reading).contains(&"registrar_unknown"));
    let reading = read(&["名称", "省份"], &["云州某某", "云州省"]);
    assert!(reading.organization.is_none() && rules(&reading).contains(&"kind_unknown"));
}

#[test]
fn the_code_tells_kind_and_registrar_when_nothing_else_does() {
    let reading = read(&["名称", "信用代码"], &["云州读书社", "52210000500021676K"]);
    assert_eq!(rules(&reading), ["registrar_from_code", "registered_on_missing"]);
    let organization = reading.organization.unwrap();
    assert_eq!((organization.kind, organization.registrar.as_str()), (Kind::ServiceInstitution, "21"));
}

proptest::proptest! {
    #[test]
    fn no_row_breaks_it(cells in proptest::collection::vec("\\PC{0,30}", 0..12)) {
        let headers = ["名称", "代码", "统一代码", "状态", "成立日期", "注册资金", "登记机关", "主管单位", "省", "区县", "地址", "有效期"];
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let reading = read(&headers, &cells);
        let rejected = reading.faults.iter().any(|fault| fault.severity == Severity::Reject);
        proptest::prop_assert_eq!(rejected, reading.organization.is_none());
    }
}
