//! What is supposed (推演方案): parameters and targets with other values, kept apart from the pack; as text for saving and sharing.
use base::{AreaCode, Date};
use catalogue::plans::{Aim, Fraction, Plan, Target, Worth};
use catalogue::{Catalogue, ParamValue, Params};
use serde_json::{Value as Json, json};

/// Another number for a target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AimChange {
    /// The indicator.
    pub indicator: String,
    /// Its part; empty for the only one.
    pub part: String,
    /// The day of the aim that is changed; a day that has none adds one.
    pub by: Date,
    /// The area it is for; none: the whole plan.
    pub area: Option<AreaCode>,
    /// The number: a share as a fraction of one, money in fen.
    pub value: Fraction,
}

/// What is supposed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overlay {
    /// Parameters with other values.
    pub params: Vec<ParamValue>,
    /// Targets with other numbers.
    pub aims: Vec<AimChange>,
}

impl AimChange {
    fn asks(&self, target: &Target) -> bool {
        target.indicator.value == self.indicator && target.part == self.part
    }
}

impl Overlay {
    /// The parameters with those supposed.
    pub fn params(&self, params: &Params) -> Params {
        params.clone().with(self.params.iter().cloned())
    }

    /// A copy of the plan with the targets supposed.
    pub fn plan(&self, plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        for change in &self.aims {
            for target in plan.targets.iter_mut().filter(|target| change.asks(target)) {
                let (value, op) = (Some(Worth::Exact(change.value)), target.op);
                let same = |aim: &&mut Aim| aim.by == change.by && aim.area == change.area;
                if let Some(aim) = target.aims.iter_mut().find(same) {
                    (aim.value, aim.growth) = (value, None);
                } else {
                    let (by, area, at) = (change.by, change.area.clone(), target.at.clone());
                    let id = String::new();
                    target.aims.push(Aim { id, by, op, value, growth: None, high: None, area, clause: None, at });
                }
            }
        }
        plan
    }

    /// Whether it supposes nothing.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.aims.is_empty()
    }

    /// What of it makes no sense for a plan, in plain Chinese; empty if all of it does.
    pub fn faults(&self, catalogue: &Catalogue, plan: &Plan) -> Vec<String> {
        let mut faults = Vec::new();
        for param in &self.params {
            match catalogue.param_book().find(&param.name) {
                None => faults.push(format!("没有名为“{}”的参数。请从参数表里选", param.name)),
                Some(def) if def.unit != param.unit || def.unit.kind() != param.value.kind() => {
                    faults.push(format!("参数“{}”的值应当是{}。请改正", def.title, def.unit.kind().name()));
                }
                Some(_) => {}
            }
        }
        for change in &self.aims {
            let Some(target) = plan.targets.iter().find(|target| change.asks(target)) else {
                faults.push(format!("这个规划没有给指标“{}”定目标。请从目标里选", change.indicator));
                continue;
            };
            if !target.op.needs_value() {
                faults.push(format!("指标“{}”的目标是{}，没有数值可改", change.indicator, target.op.name()));
            }
            if change.by < plan.period.0 || change.by > plan.period.1 {
                let (from, to) = plan.period;
                faults.push(format!("目标日 {} 不在规划期内（{from} 至 {to}）。请改正日期", change.by));
            }
        }
        faults
    }

    /// As JSON, to be saved and shared by link.
    pub fn to_json(&self) -> Json {
        let aim = |change: &AimChange| {
            json!({
                "indicator": change.indicator, "part": change.part, "by": change.by.to_string(),
                "area": change.area.as_ref().map(ToString::to_string),
                "value": [change.value.num().to_string(), change.value.den().to_string()],
            })
        };
        let params = Params::of(self.params.iter().cloned()).to_json();
        json!({ "params": params, "aims": self.aims.iter().map(aim).collect::<Vec<_>>() })
    }

    /// Reads what [`Overlay::to_json`] wrote; none if it is something else.
    pub fn from_json(json: &Json) -> Option<Self> {
        let aim = |entry: &Json| {
            let text = |key: &str| entry.get(key)?.as_str().map(str::to_owned);
            let number = |at: usize| entry.get("value")?.get(at)?.as_str()?.parse().ok();
            let area = match entry.get("area")? {
                Json::Null => None,
                code => Some(code.as_str()?.parse().ok()?),
            };
            Some(AimChange {
                indicator: text("indicator")?,
                part: text("part")?,
                by: text("by")?.parse().ok()?,
                area,
                value: Fraction::new(number(0)?, number(1)?)?,
            })
        };
        let written = json.get("params")?.as_object()?.len();
        let params: Vec<ParamValue> = Params::from_json(json.get("params")?).iter().cloned().collect();
        let aims = json.get("aims")?.as_array()?.iter().map(aim).collect::<Option<Vec<_>>>()?;
        (params.len() == written).then_some(Self { params, aims })
    }
}
