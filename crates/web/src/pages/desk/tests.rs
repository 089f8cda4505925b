//! Through the router, as each desk and as the wrong people; without JavaScript, as everything here must work.
use authority::AdminRole;
use axum::http::StatusCode;
use base::BodyId;
use office::cases::Done;
use office::cases::file::NewCase;
use office::testing::form_of;

use crate::testing::{TestSite, Visitor};

const AREA: &str = "2101";

struct Town {
    site: TestSite,
    founder: Visitor,
    intake: Visitor,
    colleague: Visitor,
    party: Visitor,
    decision: Visitor,
    province: Visitor,
    dalian: Visitor,
    admin: Visitor,
    supervisor: BodyId,
}

fn town() -> Town {
    let site = TestSite::new();
    let registrar = site.office.body("registrar", "沈阳市民政局", AREA);
    let province = site.office.body("registrar", "辽宁省民政厅", "21");
    let dalian = site.office.body("registrar", "大连市民政局", "2102");
    let party = site.office.body("party", "沈阳市委社会工作部", AREA);
    let supervisor = site.office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    Town {
        founder: site.founder("founder"),
        intake: site.official("intake", AREA, registrar),
        colleague: site.official("intake", AREA, registrar),
        party: site.official("party", AREA, party),
        decision: site.official("decision", AREA, registrar),
        province: site.official("intake", "21", province),
        dalian: site.official("intake", "2102", dalian),
        admin: site.admin(AdminRole::System),
        supervisor,
        site,
    }
}

impl Town {
    fn filed(&self, name: &str) -> Done {
        let office = &self.site.office;
        let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
        let (mut answers, materials) = form_of(&resolved.matter, &|_| self.supervisor);
        answers.put("name", serde_json::json!(name));
        let new = NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: true };
        office.file_case(&self.founder.actor, new).unwrap()
    }

    fn rev(&self, done: &Done) -> i64 {
        self.site.office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap().rev
    }
}

const POINTS: [(&str, &str); 5] = [
    ("point.complete", "yes"),
    ("point.route", "yes"),
    ("point.bodies", "yes"),
    ("point.jurisdiction", "yes"),
    ("point.party_info", "yes"),
];

fn accept(rev: &str) -> Vec<(&str, &str)> {
    let mut fields = vec![("step", "intake"), ("rev", rev), ("verb", "accept")];
    fields.extend(POINTS);
    fields
}

#[tokio::test]
async fn every_desk_page_keeps_the_rules_and_is_for_its_people_only() {
    let town = town();
    let done = town.filed("沈阳市养老服务协会");
    let case = format!("/desk/cases/{}", done.number);
    let pages = [
        "/desk".to_owned(),
        "/desk/queue/intake".to_owned(),
        "/desk/queue/intake?which=below&q=养老".to_owned(),
        "/desk/pending".to_owned(),
        case.clone(),
        format!("{case}/history"),
        format!("{case}/ask"),
        format!("{case}/reveal"),
        format!("{case}/correct?step=intake&fix=purpose&fix=capital_report"),
        format!("/desk/bulk?desk=intake&case={}", done.number),
    ];
    for path in &pages {
        let got = town.intake.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
        assert_eq!(crate::pages::check::faults(&got.text), Vec::<String>::new(), "{path}");
        assert!(!got.text.contains("210102198001010117"), "{path} shows a protected value");
        assert_eq!(town.site.stranger().get(path).await.status, StatusCode::SEE_OTHER, "{path} without signing in");
        if !path.starts_with("/desk/pending") {
            assert_eq!(town.admin.get(path).await.status, StatusCode::FORBIDDEN, "{path} as an administrator");
            assert_eq!(town.founder.get(path).await.status, StatusCode::FORBIDDEN, "{path} as the applicant");
        }
        if path.starts_with("/desk/cases") || path.starts_with("/desk/bulk") {
            for wrong in [&town.dalian, &town.party] {
                assert_eq!(wrong.get(path).await.status, StatusCode::FORBIDDEN, "{path} from elsewhere");
            }
        }
    }
    let above = town.province.get(&case).await;
    assert_eq!(above.status, StatusCode::OK, "read from above");
    assert!(!above.text.contains("name=\"verb\""), "and nothing to press");
    for path in [
        "/desk/editions",
        "/desk/supervise-power",
        "/desk/supervise-power/list?area=2101&since=2026-01-01&which=received",
    ] {
        let got = town.decision.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
        got.is_well_made();
        assert_eq!(town.intake.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(town.intake.get("/desk/cases/nothing").await.status, StatusCode::NOT_FOUND);
    let csv = town.intake.get("/desk/queue/intake/export").await;
    assert!(csv.text.contains(&done.number) && csv.text.starts_with('\u{feff}'));
}

#[tokio::test]
async fn an_act_says_what_is_missing_then_waits_and_takes_effect() {
    let town = town();
    let done = town.filed("沈阳市养老服务协会");
    let act = format!("/desk/cases/{}/act", done.number);
    let case = format!("/desk/cases/{}", done.number);
    let blank =
        town.intake.post(&act, &[("step", "intake"), ("rev", "1"), ("verb", "accept"), ("point.route", "no")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    blank.is_well_made();
    assert!(blank.text.contains("href=\"#f-intake-point.complete\"") && blank.text.contains("答“否”的请写明原因"));

    let sent = town.intake.post(&act, &accept("1")).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, case.as_str()), "{}", sent.text);
    let waiting = town.intake.get(&case).await;
    waiting.is_well_made();
    assert!(waiting.text.contains("待生效：受理") && waiting.text.contains("撤销"));
    let listed = town.intake.get("/desk/pending").await;
    listed.is_well_made();
    let id = listed.text.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(
        town.colleague.post("/desk/pending", &[("id", &id)]).await.status,
        StatusCode::CONFLICT,
        "not the colleague's"
    );
    let back = town.intake.post("/desk/pending", &[("id", &id)]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    town.site.office.clock.advance(town.site.office.undo_seconds().unwrap() + 1);
    assert!(town.intake.get(&case).await.text.contains("已提交"));
    assert_eq!(town.rev(&done), 1);

    town.intake.post(&act, &accept("1")).await;
    town.site.office.clock.advance(town.site.office.undo_seconds().unwrap() + 1);
    // A look at the page after ten seconds sees it done, whoever looks.
    let after = town.colleague.get(&case).await;
    assert!(after.text.contains("审查中") && !after.text.contains("待生效"), "{}", after.text);
    assert_eq!(town.rev(&done), 2);
    let late = town.colleague.post(&act, &accept("1")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.is_well_made();
    let asked = town.party.get(&case).await;
    assert_eq!(asked.status, StatusCode::OK);
    asked.is_well_made();
    assert!(asked.text.contains("row-sponsors") && !asked.text.contains("row-capital"), "only what it was asked");
}

#[tokio::test]
async fn the_wrong_people_can_do_nothing() {
    let town = town();
    let done = town.filed("沈阳市养老服务协会");
    let case = format!("/desk/cases/{}", done.number);
    let posts: [(&str, Vec<(&str, &str)>); 6] = [
        ("act", accept("1")),
        ("claim", vec![("step", "intake"), ("take", "1")]),
        (
            "correct",
            vec![
                ("step", "intake"),
                ("rev", "1"),
                ("verb", "return"),
                ("fix", "purpose"),
                ("problem.purpose", "请写具体一些"),
            ],
        ),
        ("reveal", vec![("reason", "核对身份信息")]),
        ("message", vec![("message", "请等候通知，谢谢")]),
        ("ask", vec![("desk", "finance"), ("area", AREA), ("question", "资金来源是否需要说明")]),
    ];
    for wrong in [&town.founder, &town.party, &town.dalian, &town.province, &town.admin, &town.decision] {
        for (what, fields) in &posts {
            let reads = wrong.actor.account == town.decision.actor.account;
            let own = reads && matches!(*what, "message" | "ask");
            // The decision desk of the same authority may ask and write: it works on the case too. It may also look, for a reason.
            if own || (reads && *what == "reveal") {
                continue;
            }
            let got = wrong.post(&format!("{case}/{what}"), fields).await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{what} as {}: {}", wrong.actor.name, got.text);
        }
    }
    assert_eq!(town.rev(&done), 1);
    assert!(town.site.office.pending(&town.intake.actor).unwrap().is_empty());
}

#[tokio::test]
async fn a_correction_is_written_item_by_item() {
    let town = town();
    let done = town.filed("沈阳市养老服务协会");
    let to = format!("/desk/cases/{}/correct", done.number);
    let base =
        vec![("step", "intake"), ("rev", "1"), ("verb", "return"), ("fix", "purpose"), ("fix", "capital_report")];
    let mut half = base.clone();
    half.push(("problem.purpose", "请写明服务谁、做什么"));
    let got = town.intake.post(&to, &half).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    got.is_well_made();
    assert!(got.text.contains("请写明服务谁、做什么"), "what was typed is kept");
    half.push(("problem.capital_report", "验资报告缺少盖章"));
    assert_eq!(town.intake.post(&to, &half).await.status, StatusCode::SEE_OTHER);
    town.site.office.clock.advance(town.site.office.undo_seconds().unwrap() + 1);
    let page = town.intake.get(&format!("/desk/cases/{}", done.number)).await;
    page.is_well_made();
    assert!(page.text.contains("等申请人补正") && page.text.contains("验资报告缺少盖章"));
}

#[tokio::test]
async fn bulk_previews_then_does_each_alone() {
    let town = town();
    let one = town.filed("沈阳市养老服务协会");
    let two = town.filed("沈阳市社区营造协会");
    let to =
        town.colleague.post(&format!("/desk/cases/{}/claim", two.number), &[("step", "intake"), ("take", "1")]).await;
    assert_eq!(to.status, StatusCode::SEE_OTHER);
    let mut fields = vec![
        ("desk", "intake"),
        ("step", "intake"),
        ("verb", "accept"),
        ("case", one.number.as_str()),
        ("case", two.number.as_str()),
    ];
    let blank = town.intake.post("/desk/bulk", &fields).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", blank.text);
    blank.is_well_made();
    fields.extend(POINTS);
    let preview = town.intake.post("/desk/bulk", &fields).await;
    preview.is_well_made();
    assert!(preview.text.contains("1 件可以办理，1 件不能"), "{}", preview.text);
    assert!(preview.text.contains("同事已经领取"));
    let seen = format!("{}@1", one.number);
    fields.extend([("confirm", "1"), ("seen", seen.as_str())]);
    let done = town.intake.post("/desk/bulk", &fields).await;
    done.is_well_made();
    assert!(done.text.contains("已提交 1 件"));
    town.site.office.clock.advance(town.site.office.undo_seconds().unwrap() + 1);
    assert_eq!(town.site.office.run_pending().unwrap(), 1);
    assert_eq!(town.rev(&one), 2);
}

#[tokio::test]
async fn pages_ask_the_database_little() {
    let town = town();
    for number in 0..30 {
        town.filed(&format!(
            "沈阳市{}协会",
            ["养老服务", "社区营造", "儿童阅读", "健康促进", "环境保护"][number % 5].repeat(number / 5 + 1)
        ));
    }
    let first = town
        .site
        .office
        .desk_queue(&town.intake.actor, &office::desk::QueueAsk { desk: "intake".into(), ..Default::default() })
        .unwrap();
    assert_eq!(first.rows.len(), 30);
    let db = &town.site.office.db;
    let office = &town.site.office;
    let count = |what: &str, most: u64, look: &dyn Fn()| {
        let before = db.queries();
        look();
        let asked = db.queries() - before;
        assert!(asked <= most, "{what}: {asked} queries");
    };
    count("day", 12, &|| drop(office.day(&town.intake.actor).unwrap()));
    count("queue", 12, &|| {
        drop(
            office
                .desk_queue(&town.intake.actor, &office::desk::QueueAsk { desk: "intake".into(), ..Default::default() })
                .unwrap(),
        );
    });
    count("power", 12, &|| drop(office.power(&town.decision.actor, None).unwrap()));
}
