//! Parameters that acts need (参数): what the law or the platform's own rules set, for an area on a day. One that is not set is a
//! refusal that names it; nothing is assumed in its place.
use base::{AreaCode, Date};
use catalogue::{ParamValue, Value};

use crate::{Office, Refused};

fn missing(name: &str, day: Date) -> Refused {
    Refused::rule(
        "no_param",
        format!("现在还不能办理：参数“{name}”在 {day} 没有设定"),
        "请联系政策包维护人员在 params.toml 中补充",
    )
}

impl Office {
    /// A parameter as it holds for an area on a day, with its clause.
    pub fn need_param(&self, name: &str, area: &AreaCode, day: Date) -> Result<ParamValue, Refused> {
        self.catalogue.param(name, &self.lineage(area, day), day).ok_or_else(|| missing(name, day))
    }

    /// A whole number among them: a count, days, months, years, percent.
    pub fn need_int(&self, name: &str, area: &AreaCode, day: Date) -> Result<i64, Refused> {
        match self.need_param(name, area, day)?.value {
            Value::Int(number) => Ok(number),
            _ => Err(missing(name, day)),
        }
    }

    /// The same where it cannot be negative.
    pub fn need_count(&self, name: &str, area: &AreaCode, day: Date) -> Result<u32, Refused> {
        u32::try_from(self.need_int(name, area, day)?).map_err(|_| missing(name, day))
    }

    /// A text among them.
    pub fn need_text(&self, name: &str, area: &AreaCode, day: Date) -> Result<String, Refused> {
        match self.need_param(name, area, day)?.value {
            Value::Text(text) => Ok(text),
            _ => Err(missing(name, day)),
        }
    }
}
