//! Every vector of the fact sheet, the vectors found in public material, and what must hold for any input.
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::AreaCode;

const VECTORS: &str = include_str!("../../../../data/orgs/uscc_test_vectors.csv");
const FOUNDATIONS: &str = include_str!("../../../../data/orgs/foundations_ricf_sample.csv");
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn kinds(typed: &str) -> Vec<FaultKind> {
    CreditCode::validate(typed).into_iter().map(|fault| fault.kind).collect()
}

#[test]
fn published_codes_pass_and_published_fixtures_fail() {
    let mut seen = 0;
    for record in csv::Reader::from_reader(VECTORS.as_bytes()).records() {
        let record = record.unwrap();
        let (code, outer, inner) = (&record[0], &record[4] == "1", &record[5] == "1");
        let found = kinds(code);
        assert_eq!(!found.iter().any(|kind| matches!(kind, FaultKind::Check { .. })), outer, "{code}");
        assert_eq!(!found.iter().any(|kind| matches!(kind, FaultKind::InnerCheck { .. })), inner, "{code}");
        assert_eq!(CreditCode::parse(code).is_ok(), outer && inner, "{code}");
        seen += 1;
    }
    assert_eq!(seen, 19);
    for record in csv::Reader::from_reader(FOUNDATIONS.as_bytes()).records() {
        let code = CreditCode::parse(&record.unwrap()[2]).unwrap();
        assert_eq!(code.class(), Some(OrganizationClass::Foundation));
        assert!(code.registrar_area().is_some());
    }
}

#[test]
fn faults_name_the_character_and_the_right_one() {
    let checks = [
        ("53100000500021828A", FaultKind::Check { found: 'A', expected: '0' }),
        ("53100000500020462H", FaultKind::Check { found: 'H', expected: 'K' }),
        ("531000005000074012", FaultKind::Check { found: '2', expected: 'D' }),
    ];
    for (code, kind) in checks {
        let fault = CreditCode::parse(code).unwrap_err();
        assert_eq!((fault.kind, fault.position), (kind, Some(18)), "{code}");
    }
    let inner = [("51100000500000024G", '3'), ("51440300MJL18627XQ", '9')];
    for (code, right) in inner {
        let fault = CreditCode::parse(code).unwrap_err();
        assert_eq!(fault.position, Some(17), "{code}");
        assert!(matches!(fault.kind, FaultKind::InnerCheck { expected, .. } if expected == right), "{code}");
    }
    let text = CreditCode::parse("53100000500021828A").unwrap_err().to_string();
    assert!(text.contains("第 18 位") && text.contains("“0”"), "{text}");
}

#[test]
fn letters_lengths_digits_and_classes_are_explained() {
    let fault = CreditCode::parse("5310000O500021676K").unwrap_err();
    assert_eq!((fault.position, fault.kind), (Some(8), FaultKind::Illegal { found: 'O', perhaps: Some('0') }));
    assert!(fault.to_string().contains("第 8 位“O”"), "{fault}");
    assert_eq!(kinds("53100000500021676"), [FaultKind::Length { found: 17 }]);
    assert_eq!(kinds("   "), [FaultKind::Empty]);
    assert_eq!(kinds("5310A000500021676K"), [FaultKind::NotADigit { found: 'A' }]);
    let many = CreditCode::validate("5310000OZ00021676中");
    assert_eq!(many.iter().map(|fault| fault.position).collect::<Vec<_>>(), [Some(8), Some(9), Some(18)]);
    assert!(CreditCode::issue('5', '4', "210102", "MJ000001").is_err());
    assert!(CreditCode::issue('5', '1', "21010", "MJ000001").is_err());
    assert!(CreditCode::issue('5', '1', "210102", "MJ00000O").is_err());
}

#[test]
fn what_was_typed_in_full_width_or_lower_case_is_put_right_and_noted() {
    let code = CreditCode::parse(" ５３100000-50002167-6k ").unwrap();
    assert_eq!(code.as_str(), "53100000500021676K");
    let notes = CreditCode::validate("５3100000500021676k");
    assert!(notes.iter().all(|note| note.severity == Severity::Note));
    assert_eq!(notes.iter().map(|note| note.position).collect::<Vec<_>>(), [Some(1), Some(18)]);
}

#[test]
fn a_wrong_inner_check_alone_is_a_warning_for_imports() {
    // The organization code's check is off by one and the outer check is right for it.
    let body = "5310000050002167";
    let legacy = ALPHABET.chars().map(|last| format!("{body}7{last}"));
    let accepted: Vec<_> = legacy.filter_map(|code| CreditCode::parse_imported(&code).ok()).collect();
    let [(code, warnings)] = accepted.as_slice() else { panic!("one outer check fits") };
    assert!(matches!(warnings.as_slice(), [one] if one.severity == Severity::Warning && one.position == Some(17)));
    assert!(CreditCode::parse(code.as_str()).is_err());
    let stored = serde_json::to_string(code).unwrap();
    assert_eq!(serde_json::from_str::<CreditCode>(&stored).unwrap(), *code);
}

#[test]
fn parts_of_a_code() {
    let code = CreditCode::parse("52440300MJL186084F").unwrap();
    assert_eq!((code.department(), code.class()), ('5', Some(OrganizationClass::ServiceInstitution)));
    assert_eq!((code.region(), code.organization_code().as_str()), ("440300", "MJL18608-4"));
    assert_eq!(code.registrar_area(), "4403".parse::<AreaCode>().ok());
    assert_eq!(CreditCode::parse("53100000500021676K").unwrap().registrar_area(), Some(AreaCode::nation()));
    assert_eq!(CreditCode::parse("11211300001200266Q").unwrap().class(), None);
}

#[test]
fn citizen_numbers_of_the_standard() {
    let today = date(2026, 11, 21);
    let woman = CitizenNumber::parse("11010519491231002x", today).unwrap();
    assert_eq!((woman.sex(), woman.birth(), woman.reveal()), (Sex::Female, date(1949, 12, 31), "11010519491231002X"));
    assert_eq!(CitizenNumber::parse("440524188001010014", today).unwrap().sex(), Sex::Male);
    assert_eq!((woman.age_on(date(2026, 12, 30)), woman.age_on(date(2026, 12, 31))), (76, 77));
    assert_eq!(woman.masked(), "110*************2X");
    assert!(!format!("{woman:?}").contains("19491231"));
    let fault = |typed| CitizenNumber::parse(typed, today).unwrap_err();
    assert_eq!(fault("110105194912310021"), CitizenNumberFault::Check);
    assert_eq!(fault("110105194902300028"), CitizenNumberFault::Birth);
    assert_eq!(fault("110105491231002"), CitizenNumberFault::FirstGeneration);
    assert_eq!(fault("1101051949123100"), CitizenNumberFault::Length(16));
    assert_eq!(fault("1101051949123A002X"), CitizenNumberFault::Character(14));
    assert_eq!(fault("991105194912310020"), CitizenNumberFault::ForeignResident);
    assert_eq!(fault("009105194912310020"), CitizenNumberFault::Region);
    assert_eq!(CitizenNumber::parse("11010519491231002X", date(1949, 12, 30)), Err(CitizenNumberFault::Birth));
}

#[test]
fn residence_permits_of_hong_kong_macao_and_taiwan_are_known() {
    let first = "81000019900101001";
    let code = format!("{first}{}", char::from(mod_11_2(first.as_bytes())));
    assert!(CitizenNumber::parse(&code, date(2026, 1, 1)).unwrap().is_residence_permit());
}

#[test]
fn filing_numbers_read_back() {
    let county: AreaCode = "210102".parse().unwrap();
    let number = FilingNumber::issue(&county, 2023, 17).unwrap();
    assert!(number.as_str().starts_with("S21010220230001") && number.as_str().len() == 17);
    assert_eq!(FilingNumber::parse(&number.grouped().to_lowercase()).unwrap(), number);
    assert_eq!((number.area(), number.year()), (Some(county.clone()), 2023));
    assert!(FilingNumber::issue(&"4419".parse().unwrap(), 2023, 1).is_ok(), "a city without counties");
    assert!(FilingNumber::issue(&"21".parse().unwrap(), 2023, 1).unwrap_err().to_string().contains("210000"));
    assert!(FilingNumber::issue(&county, 2023, 0).is_err() && FilingNumber::issue(&county, 2023, 100_000).is_err());
    assert_eq!(FilingNumber::parse("X2101022023000176"), Err(FilingNumberFault::Character { position: 1, found: 'X' }));
}

fn issued() -> impl Strategy<Value = CreditCode> {
    let class = prop::sample::select(vec!['1', '2', '3', '9']);
    (class, "[1-6][0-9]{5}", "[0-9A-HJ-NP-RTUWXY]{8}")
        .prop_map(|(class, region, body)| CreditCode::issue('5', class, &region, &body).unwrap())
}

fn replaced(code: &CreditCode, at: usize, by: char) -> String {
    code.as_str().chars().enumerate().map(|(place, old)| if place == at { by } else { old }).collect()
}

proptest! {
    #[test]
    fn an_issued_code_reads_back(code in issued()) {
        prop_assert_eq!(CreditCode::parse(code.as_str()), Ok(code));
        prop_assert!(CreditCode::validate(code.as_str()).is_empty());
        prop_assert!(FilingNumber::parse(code.as_str()).is_err());
    }

    #[test]
    fn any_single_change_is_detected(code in issued(), at in 0_usize..18, by in prop::char::range('0', 'Z')) {
        prop_assume!(code.as_str().chars().nth(at) != Some(by));
        prop_assert!(CreditCode::parse_imported(&replaced(&code, at, by)).is_err());
    }

    /// Neighbouring weights differ modulo the prime 31, so GB 32100 detects every swap of two different neighbours.
    #[test]
    fn any_swap_of_neighbours_is_detected(code in issued(), at in 0_usize..17) {
        let mut chars: Vec<char> = code.as_str().chars().collect();
        prop_assume!(chars[at] != chars[at + 1]);
        chars.swap(at, at + 1);
        prop_assert!(CreditCode::parse_imported(&chars.iter().collect::<String>()).is_err());
    }

    #[test]
    fn no_string_panics(text in ".{0,40}", near in "[0-9A-Za-z０-９Ａ-Ｚ \\-]{0,24}") {
        for typed in [&text, &near] {
            let refused = CreditCode::parse(typed).is_err();
            let worst = CreditCode::validate(typed).iter().map(|fault| fault.severity).max();
            prop_assert_eq!(refused, worst >= Some(Severity::Warning));
            let _ = (FilingNumber::parse(typed), CitizenNumber::parse(typed, date(2026, 1, 1)));
        }
    }

    #[test]
    fn a_filing_number_never_validates_as_a_credit_code(
        county in "[1-6][0-9][0-9]{2}[0-9][1-9]", year in 1949_i16..=9999, serial in 1_u32..=99_999,
    ) {
        let number = FilingNumber::issue(&county.parse().unwrap(), year, serial).unwrap();
        prop_assert_eq!(FilingNumber::parse(number.as_str()), Ok(number));
        for typed in [number.to_string(), number.grouped(), number.as_str().to_lowercase(), format!("{number}0")] {
            prop_assert!(CreditCode::parse_imported(&typed).is_err());
        }
    }

    #[test]
    fn any_single_changed_digit_of_a_filing_number_is_detected(serial in 1_u32..=99_999, at in 1_usize..17, by in 0_u32..10) {
        let number = FilingNumber::issue(&"330383".parse().unwrap(), 2024, serial).unwrap();
        let by = char::from_digit(by, 10).unwrap();
        prop_assume!(number.as_str().chars().nth(at) != Some(by));
        let changed: String =
            number.as_str().chars().enumerate().map(|(place, old)| if place == at { by } else { old }).collect();
        prop_assert!(FilingNumber::parse(&changed).is_err());
    }
}
