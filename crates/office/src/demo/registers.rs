//! Records of the demo's registers (演示名册): figures of areas, bases, contracts, tasks, meetings, scores. All invented and marked so
//! where a record has a source; none names a real organization. Entered through the same use cases as real ones.
use authority::Actor;
use base::{AreaCode, Date, RecordId};
use casework::Posted;

use crate::{Office, Refused};

/// What stands where a record says its source.
const SOURCE: &str = "演示数据（不是官方统计）";

/// Figures are shown for these days; the plans of Zhejiang end in 2020, the others in 2023 and 2025.
const DAYS: [&str; 5] = ["2018-12-31", "2019-12-31", "2020-12-31", "2023-12-31", "2025-12-31"];

/// One part of filling the registers.
type Step = fn(&Office, &Actor) -> Result<(), Refused>;

/// One record: register, then field and value; a value with `|` is several.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

/// Records that need no counting.
const ROWS: &[Row] = &[
    (
        "incubation-bases",
        &[
            ("name", "龙港市社会组织孵化基地（演示）"),
            ("area", "330383"),
            ("kind", "comprehensive_hub"),
            ("state", "operating"),
            ("opened_on", "2023-09-20"),
        ],
    ),
    (
        "incubation-bases",
        &[
            ("name", "沈阳市浑南社会组织孵化基地（演示）"),
            ("area", "210112"),
            ("kind", "base"),
            ("state", "operating"),
            ("opened_on", "2022-05-10"),
        ],
    ),
    (
        "incubation-bases",
        &[("name", "大连市社会组织孵化站（演示）"), ("area", "2102"), ("kind", "station"), ("state", "building")],
    ),
    (
        "plan-milestones",
        &[("key", "legal_person_base"), ("area", "21"), ("reached_on", "2023-11-30"), ("evidence", SOURCE)],
    ),
    (
        "party-service-centres",
        &[
            ("name", "杭州市社会组织党群服务中心（演示）"),
            ("area", "3301"),
            ("standard", "yes"),
            ("opened_on", "2019-07-01"),
            ("in_force", "yes"),
        ],
    ),
    (
        "party-service-centres",
        &[
            ("name", "宁波市社会组织党建孵化园（演示）"),
            ("area", "3302"),
            ("standard", "yes"),
            ("opened_on", "2020-06-30"),
            ("in_force", "yes"),
        ],
    ),
    (
        "delegated-registrars",
        &[
            ("body", "沈抚改革创新示范区社会事务局（演示）"),
            ("area", "219701"),
            ("kinds", "association|service_institution"),
            ("from", "2022-06-01"),
            ("basis", SOURCE),
        ],
    ),
    ("special-inspections", &[("title", "2019 年度专项监督抽查（演示）"), ("area", "33"), ("held_on", "2019-10-15")]),
    ("special-inspections", &[("title", "2020 年度专项监督抽查（演示）"), ("area", "33"), ("held_on", "2020-10-20")]),
    (
        "approval-matters",
        &[
            ("title", "社会团体成立登记（演示）"),
            ("area", "33"),
            ("level", "province"),
            ("joint_online", "yes"),
            ("one_stop", "yes"),
        ],
    ),
    (
        "approval-matters",
        &[
            ("title", "基金会成立登记（演示）"),
            ("area", "33"),
            ("level", "province"),
            ("joint_online", "yes"),
            ("one_stop", "no"),
        ],
    ),
    (
        "rule-library",
        &[("title", "社会组织评估办法（演示）"), ("area", "21"), ("state", "in_force"), ("in_force_on", "2022-09-01")],
    ),
    ("rule-library", &[("title", "社会组织换届指引（演示）"), ("area", "21"), ("state", "drafting")]),
    (
        "public-service-spending",
        &[
            ("title", "2023 年新增公共服务支出（演示）"),
            ("area", "330383"),
            ("on", "2023-12-31"),
            ("purchased", "2600万"),
            ("from_organizations", "702万"),
            ("source", SOURCE),
        ],
    ),
    (
        "public-service-spending",
        &[
            ("title", "2025 年新增公共服务支出（演示）"),
            ("area", "330383"),
            ("on", "2025-10-31"),
            ("purchased", "3100万"),
            ("from_organizations", "1023万"),
            ("source", SOURCE),
        ],
    ),
    (
        "purchase-contracts",
        &[
            ("title", "社区助老服务（演示）"),
            ("area", "330383"),
            ("buyer", "own"),
            ("seller", "social_organization"),
            ("signed_on", "2024-03-11"),
            ("amount", "86万"),
            ("source", SOURCE),
        ],
    ),
    (
        "purchase-contracts",
        &[
            ("title", "道路保洁（演示）"),
            ("area", "330383"),
            ("buyer", "own"),
            ("seller", "enterprise"),
            ("signed_on", "2024-04-02"),
            ("amount", "210万"),
            ("source", SOURCE),
        ],
    ),
    (
        "venture-projects",
        &[
            ("title", "银龄课堂（演示）"),
            ("area", "330383"),
            ("granted_on", "2024-06-01"),
            ("grant", "10万"),
            ("labour_cost", "4.2万"),
        ],
    ),
    (
        "venture-projects",
        &[
            ("title", "社区花园（演示）"),
            ("area", "330383"),
            ("granted_on", "2025-05-20"),
            ("grant", "8万"),
            ("labour_cost", "4.4万"),
        ],
    ),
    (
        "service-projects",
        &[
            ("title", "长者陪诊（演示）"),
            ("area", "330383"),
            ("begun_on", "2024-01-08"),
            ("ends_on", "2026-12-31"),
            ("running", "yes"),
            ("multi_year", "yes"),
        ],
    ),
    (
        "service-projects",
        &[
            ("title", "暑期托管（演示）"),
            ("area", "330383"),
            ("begun_on", "2025-07-01"),
            ("ends_on", "2026-12-31"),
            ("running", "yes"),
            ("multi_year", "no"),
        ],
    ),
];

impl Office {
    /// Fills the registers of the demo.
    pub(super) fn invent_registers(&self, mut progress: impl FnMut(u64, u64)) -> Result<(), Refused> {
        let who = Actor::system();
        let steps: [Step; 6] = [
            Self::invent_rows,
            Self::invent_figures,
            Self::invent_places,
            Self::invent_tasks,
            Self::invent_meetings,
            Self::invent_appraisal,
        ];
        let of = steps.len() as u64;
        for (at, step) in (1_u64..).zip(steps) {
            step(self, &who)?;
            progress(at, of);
        }
        Ok(())
    }

    /// Enters a record, or leaves the one that is there: filling may have stopped on the way.
    fn invent_record(&self, who: &Actor, register: &str, fields: &[(&str, &str)]) -> Result<Option<RecordId>, Refused> {
        let mut posted = Posted::new();
        for (name, value) in fields {
            posted.insert((*name).to_owned(), value.split('|').map(str::to_owned).collect());
        }
        match self.enter_record(who, register, &posted, &[]) {
            Ok(id) => Ok(Some(id)),
            Err(Refused::Invalid(wrong)) if wrong.iter().all(|one| one.message.starts_with("已有一条")) => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    fn invent_rows(&self, who: &Actor) -> Result<(), Refused> {
        for (register, fields) in ROWS {
            self.invent_record(who, register, fields)?;
        }
        Ok(())
    }

    /// Population, volunteers and volunteer organizations of cities; made up from the code, growing from year to year.
    fn invent_figures(&self, who: &Actor) -> Result<(), Refused> {
        for upper in ["21", "33", "4403", "330383"] {
            for day in DAYS {
                let on: Date = day.parse().map_err(Refused::internal)?;
                for area in self.figure_areas(upper, on)? {
                    let seed = area.as_str().bytes().map(u64::from).sum::<u64>();
                    let year = u64::from(on.year().unsigned_abs()) - 2018;
                    let people = 600_000 + seed * 7_900 + year * 12_000;
                    let share = 95 + seed % 40 + year * 6;
                    let figures = [
                        ("population", people),
                        ("volunteers", people * share / 1_000),
                        ("volunteer_organizations", people * (4 + (seed + year) % 4) / 10_000),
                    ];
                    for (figure, value) in figures {
                        let value = value.to_string();
                        let fields = [
                            ("area", area.as_str()),
                            ("figure", figure),
                            ("value", &value),
                            ("as_of", day),
                            ("source", SOURCE),
                        ];
                        self.invent_record(who, "area-figures", &fields)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The cities of a province; a city itself; nothing that is not there yet on that day.
    fn figure_areas(&self, upper: &str, on: Date) -> Result<Vec<AreaCode>, Refused> {
        let upper: AreaCode = upper.parse().map_err(Refused::internal)?;
        let own = if upper.level() == base::AreaLevel::Province {
            self.areas.children_at(&upper, on).into_iter().map(base::Area::code).collect()
        } else {
            vec![upper]
        };
        let there = |area: &AreaCode| self.areas.find(area).is_some_and(|area| area.exists_at(on));
        Ok(own.into_iter().filter(there).collect())
    }

    /// Lists that are told by place: fast-developing counties with their bases, hubs, show points, brand projects.
    fn invent_places(&self, who: &Actor) -> Result<(), Refused> {
        let today = self.clock.today();
        let below = |upper: &str| -> Result<Vec<(String, String)>, Refused> {
            let upper: AreaCode = upper.parse().map_err(Refused::internal)?;
            let children = self.areas.children_at(&upper, today).into_iter();
            Ok(children.map(|area| (area.code().to_string(), area.name().to_owned())).collect())
        };
        for (at, (area, name)) in below("3311")?.into_iter().chain(below("3308")?).enumerate() {
            let fields = [("area", area.as_str()), ("from", "2015-01-01"), ("source", SOURCE)];
            self.invent_record(who, "fast-developing-counties", &fields)?;
            if at % 3 != 2 {
                let name = format!("{name}慈善精准帮扶基地（演示）");
                let fields = [("name", name.as_str()), ("area", &area), ("kind", "precise_aid"), ("in_force", "yes")];
                self.invent_record(who, "charity-bases", &fields)?;
            }
        }
        for (area, name) in below("330383")? {
            let name = format!("{name}社会组织联合会（演示）");
            let fields = [("name", name.as_str()), ("area", &area), ("serves", "town"), ("in_force", "yes")];
            self.invent_record(who, "hubs", &fields)?;
        }
        let register = self.register("show-points")?;
        let fields = register.find_field("field").map(|field| field.choices.clone()).unwrap_or_default();
        for (at, choice) in fields.iter().enumerate() {
            for turn in 0..=at % 3 {
                let (name, day) =
                    (format!("{}展示点 {}（演示）", choice.label, turn + 1), format!("202{}-06-30", 2 + turn));
                let row = [
                    ("name", name.as_str()),
                    ("area", "4403"),
                    ("field", &choice.value),
                    ("named_on", &day),
                    ("in_force", "yes"),
                ];
                self.invent_record(who, "show-points", &row)?;
            }
        }
        for (at, (area, name)) in below("21")?.into_iter().enumerate() {
            let (title, day) = (format!("{name}邻里互助（演示）"), format!("202{}-09-30", 2 + at % 2));
            let row = [("title", title.as_str()), ("area", &area), ("named_on", &day), ("in_force", "yes")];
            self.invent_record(who, "brand-projects", &row)?;
        }
        Ok(())
    }

    /// The tasks of every plan, with reports on some of them.
    fn invent_tasks(&self, who: &Actor) -> Result<(), Refused> {
        let plans: Vec<_> = self.catalogue.plans().cloned().collect();
        for plan in &plans {
            self.seed_plan_tasks(who, plan)?;
            for (at, line) in self.plan_tasks(None, plan)?.into_iter().enumerate() {
                let Some(record) = line.record.filter(|_| line.last.is_none() && at % 3 != 2) else { continue };
                let (state, done) = if at % 3 == 0 { ("done", "2025-10-31") } else { ("doing", "") };
                let task = record.id.to_string();
                let row = [
                    ("task", task.as_str()),
                    ("summary", "已部署，按季度通报（演示）"),
                    ("on", "2025-10-31"),
                    ("state", state),
                    ("done_on", done),
                ];
                self.invent_record(who, "task-progress", &row)?;
            }
        }
        Ok(())
    }

    /// Joint meetings with what they gave, and dispatches.
    fn invent_meetings(&self, who: &Actor) -> Result<(), Refused> {
        let city = |title: &'static str, on: &'static str| {
            [
                ("title", title),
                ("area", "2101"),
                ("held_on", on),
                ("chair", "市民政局（演示）"),
                ("agenda", "一、规划任务进展；二、清理名存实亡组织；三、难点问题"),
                ("resolution", "各单位按职责分工落实，月底前报告（演示）"),
            ]
        };
        let today = self.clock.today().to_string();
        if let Some(meeting) =
            self.invent_record(who, "joint-meetings", &city("社会组织工作联席会议第一次会议（演示）", "2025-03-14"))?
        {
            let meeting = meeting.to_string();
            let row = [
                ("title", "清理名存实亡社会组织（演示）"),
                ("task", "h-2025-1"),
                ("area", "2101"),
                ("owners", "市民政局、各业务主管单位"),
                ("desk", "enforcement"),
                ("origin", "meeting"),
                ("meeting", &meeting),
                ("from", "2025-03-14"),
                ("due", "2025-09-30"),
            ];
            self.invent_record(who, "plan-tasks", &row)?;
        }
        self.invent_record(who, "joint-meetings", &city("社会组织工作联席会议第二次会议（演示）", "2025-09-18"))?;
        let soon = self.clock.today().checked_add(jiff::ToSpan::days(7)).map_err(Refused::internal)?.to_string();
        for (title, desk, due) in [
            ("党组织覆盖进度（演示）", "party", soon.as_str()),
            ("评估等级提升进度（演示）", "supervision", "2025-10-20"),
        ] {
            let row = [
                ("title", title),
                ("plan", "liaoning-14th"),
                ("area", "2101"),
                ("desk", desk),
                ("sent_on", if due < today.as_str() { "2025-10-01" } else { today.as_str() }),
                ("question", "请说明差距、原因和下一步"),
                ("due", due),
            ];
            self.invent_record(who, "dispatches", &row)?;
        }
        Ok(())
    }

    /// Who filed local measures, and what was scored.
    fn invent_appraisal(&self, who: &Actor) -> Result<(), Refused> {
        let province: AreaCode = "21".parse().map_err(Refused::internal)?;
        for (at, area) in self.areas.children_at(&province, self.clock.today()).into_iter().enumerate() {
            let (code, name) = (area.code().to_string(), area.name());
            if at % 3 != 1 {
                let (title, unit) = (format!("{name}贯彻“十四五”规划的措施（演示）"), format!("{name}民政局（演示）"));
                let row = [
                    ("document", "000"),
                    ("area", code.as_str()),
                    ("unit", &unit),
                    ("received_on", "2022-05-20"),
                    ("state", if at % 2 == 0 { "in_force" } else { "drafting" }),
                    ("title", &title),
                    ("issued_on", if at % 2 == 0 { "2022-09-30" } else { "" }),
                ];
                self.invent_record(who, "local-measures", &row)?;
            }
            if at % 4 != 3 {
                let title = format!("{name}社会组织工作（演示）");
                let row = [
                    ("title", title.as_str()),
                    ("appraisal", "civil_affairs"),
                    ("area", &code),
                    ("year", "2025"),
                    ("points", "10"),
                    ("rule", "按规划执行情况评分（演示）"),
                    ("plan", "liaoning-14th"),
                    ("from", "2025-01-01"),
                    ("basis", SOURCE),
                ];
                if let Some(item) = self.invent_record(who, "appraisal-items", &row)? {
                    let (item, score) = (item.to_string(), (80 + at).to_string());
                    let row = [
                        ("item", item.as_str()),
                        ("score", &score),
                        ("reason", "一项任务逾期（演示）"),
                        ("scored_on", "2025-10-31"),
                    ];
                    self.invent_record(who, "appraisal-scores", &row)?;
                }
            }
        }
        Ok(())
    }
}
