//! One organization in a line (摘要): what lists, the API and bulk files say of it. Only public registered items.
use base::areas::AreaTree;
use base::{AreaCode, Date, OrgId, Origin};
use registry::organization::grade_label;
use registry::{Credit, Kind, ManagementMode, Operation, Organization, Registration, States};
use store::{Filter, Sql, Statement, Tx, args, sql};

use crate::Refused;

store::record! {
    /// The columns of a summary.
    pub struct Line in "organization" key(origin, id) {
        pub origin: Origin,
        pub id: OrgId,
        pub kind: String,
        pub name: String,
        pub code: Option<String>,
        pub filing_number: Option<String>,
        pub registration: String,
        pub credit: String,
        pub operation: String,
        pub grade: Option<String>,
        pub charity: bool,
        pub volunteer: bool,
        pub registrar_area: AreaCode,
        pub management_mode: String,
        pub domicile: Option<AreaCode>,
        pub address: Option<String>,
        pub capital_fen: Option<base::Fen>,
        pub registered_on: Option<Date>,
        pub ended_on: Option<Date>,
        pub legal_rep: Option<String>,
        pub synthetic: bool,
    }
}

/// One organization in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Shard.
    pub origin: Origin,
    /// Identity.
    pub id: OrgId,
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: String,
    /// 统一社会信用代码
    pub code: Option<String>,
    /// 备案号
    pub filing_number: Option<String>,
    /// The three states.
    pub states: States,
    /// 5A, …
    pub grade: Option<String>,
    /// 慈善组织
    pub charity: bool,
    /// 志愿服务组织
    pub volunteer: bool,
    /// The competent registrar's area.
    pub registrar: AreaCode,
    /// 管理方式
    pub management: ManagementMode,
    /// 住所所在区划
    pub area: Option<AreaCode>,
    /// 住所
    pub address: Option<String>,
    /// 注册资金, in fen.
    pub capital: Option<base::Fen>,
    /// 成立登记日期
    pub registered_on: Option<Date>,
    /// 退出日期
    pub ended_on: Option<Date>,
    /// 法定代表人, a public registered item.
    pub legal_representative: Option<String>,
    /// 演示数据
    pub synthetic: bool,
}

impl Summary {
    /// What addresses and people use: credit code, else filing number, else id.
    pub fn public_code(&self) -> String {
        self.code.clone().or_else(|| self.filing_number.clone()).unwrap_or_else(|| self.id.to_string())
    }

    /// 浙江省杭州市西湖区, where known.
    pub fn area_name(&self, areas: &AreaTree) -> String {
        self.area.as_ref().map(|area| areas.full_name(area)).unwrap_or_default()
    }

    /// Out of a version.
    pub fn of(o: Organization) -> Self {
        Self {
            origin: o.origin,
            id: o.id,
            kind: o.kind,
            name: o.name,
            code: o.code,
            filing_number: o.filing_number,
            states: o.states,
            grade: o.grade.map(grade_label),
            charity: o.charity,
            volunteer: o.volunteer,
            registrar: o.registrar,
            management: o.management,
            area: o.domicile,
            address: o.address,
            capital: o.capital,
            registered_on: o.registered_on,
            ended_on: o.ended_on,
            legal_representative: o.legal_representative,
            synthetic: o.synthetic,
        }
    }
}

fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> Result<T, Refused> {
    parse(text).ok_or_else(|| Refused::internal(format!("the register does not know the word {text:?}")))
}

impl TryFrom<Line> for Summary {
    type Error = Refused;
    fn try_from(line: Line) -> Result<Self, Refused> {
        Ok(Self {
            origin: line.origin,
            id: line.id,
            kind: word(Kind::parse, &line.kind)?,
            name: line.name,
            code: line.code,
            filing_number: line.filing_number,
            states: States {
                registration: word(Registration::parse, &line.registration)?,
                credit: word(Credit::parse, &line.credit)?,
                operation: word(Operation::parse, &line.operation)?,
            },
            grade: line.grade,
            charity: line.charity,
            volunteer: line.volunteer,
            registrar: line.registrar_area,
            management: word(ManagementMode::parse, &line.management_mode)?,
            area: line.domicile,
            address: line.address,
            capital: line.capital_fen,
            registered_on: line.registered_on,
            ended_on: line.ended_on,
            legal_representative: line.legal_rep,
            synthetic: line.synthetic,
        })
    }
}

pub(super) const LINE: &str = "select origin, id, kind, name, code, filing_number, registration, credit, operation, grade, charity, volunteer,
     registrar_area, management_mode, domicile, address, capital_fen, registered_on, ended_on, legal_rep, synthetic from organization";
const NEXT: Statement = sql!(
    "register.next",
    "select origin, id, kind, name, code, filing_number, registration, credit, operation, grade, charity, volunteer,
     registrar_area, management_mode, domicile, address, capital_fen, registered_on, ended_on, legal_rep, synthetic from organization
     where (origin, id) > ($1, $2) order by origin, id limit $3"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[NEXT];

/// The summaries of these organizations as they are now, in the order of `ids`; those that are gone are left out.
pub fn now(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<Summary>, Refused> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::new(tx.engine());
    filter.one_of("id", &ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let text = filter.text(LINE);
    let lines: Vec<Line> = tx.list(Sql::dynamic("register.lines", &text), filter.args())?;
    let mut known: std::collections::HashMap<OrgId, Summary> =
        lines.into_iter().map(|line| Ok((line.id, Summary::try_from(line)?))).collect::<Result<_, Refused>>()?;
    Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
}

/// The next organizations in key order (bulk files).
pub fn next(tx: &mut Tx<'_>, after: Option<(Origin, OrgId)>, limit: usize) -> Result<Vec<Summary>, Refused> {
    let (origin, id) =
        after.map_or((String::new(), String::new()), |(origin, id)| (origin.to_string(), id.to_string()));
    let lines: Vec<Line> = tx.list(NEXT, args![origin, id, limit])?;
    lines.into_iter().map(Summary::try_from).collect()
}
