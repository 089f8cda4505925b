//! Public notices as everybody reads them (公告公示).
use base::{AreaCode, Date, RecordId};
use store::Filter;
use store::papers::{PublicNotice, locate_notice, notices};

use crate::{Office, Refused};

impl Office {
    /// A page of notices, newest first, of everywhere or of an area with all below it. `after`: the last of the page before.
    pub fn public_notices(
        &self,
        area: Option<&AreaCode>,
        after: Option<(Date, RecordId)>,
        limit: usize,
    ) -> Result<Vec<PublicNotice>, Refused> {
        self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            if let Some(area) = area.filter(|area| **area != AreaCode::nation()) {
                filter.begins_with("area", area.as_str());
            }
            Ok(notices(tx, &filter, after, limit)?)
        })
    }

    /// One notice, with the name of the authority that posted it and the public code of the organization it is about.
    pub fn public_notice(&self, id: RecordId) -> Result<(PublicNotice, String, Option<String>), Refused> {
        let missing = || Refused::NotFound("这条公告");
        self.db.read(|tx| {
            let origin = locate_notice(tx, id)?.ok_or_else(missing)?;
            let notice: PublicNotice = tx.find_record(store::args![origin, id])?.ok_or_else(missing)?;
            if notice.state != "posted" {
                return Err(missing());
            }
            let host = self.registrar_name(tx, &notice.area)?;
            let code = match notice.org {
                Some(org) => match store::organizations::locate(tx, org)? {
                    Some(place) => {
                        let row = store::organizations::get(tx, place, org)?;
                        Some(row.code.or(row.filing_number).unwrap_or_else(|| row.id.to_string()))
                    }
                    None => None,
                },
                None => None,
            };
            Ok((notice, host, code))
        })
    }
}
