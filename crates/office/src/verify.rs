//! Telling whether a certificate is genuine and what stands behind it today (核验). Offline the signature proves what was certified on
//! the day of issue; the register adds what is true now.
use authority::{Actor, OrgSubject, Subject, Verb, may};
use base::{OrgId, Origin, RecordId};
use registry::Organization;
use store::organizations::{Certificate, certificate_by_short, certificates};
use store::scans::{self, ScanEvent};
use store::{Statement, Tx, args, sql};
use vault::{Licence, LicenceFault, TrustedKeys};

use crate::act::Deed;
use crate::{Office, Refused};

/// Scans that wait are journalled as one batch when there are this many certificates and days among them.
const SCAN_BATCH: i64 = 200;

const BY_NUMBER: Statement = sql!(
    "verify.by_number",
    "select origin, id, org, kind, number, short, state, issued_on, valid_to, payload, entry from certificate
     where number = $1 order by kind desc limit 1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[BY_NUMBER];

/// What the register says now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The organization as it stands today.
    pub org: Organization,
    /// The certificate asked for; none when the organization was asked for and has none.
    pub certificate: Option<Certificate>,
    /// The certificate is valid today: not replaced, lost or cancelled, and its day not past.
    pub certificate_valid: bool,
}

/// The answer to a question about a text, a number or a code.
#[derive(Clone, Debug)]
pub enum Verified {
    /// A signed e-licence.
    Licence {
        /// What it says; none when it cannot be read or trusted.
        licence: Option<Box<Licence>>,
        /// Why it is not good, in Chinese.
        fault: Option<String>,
        /// Signed for demonstration.
        demo: bool,
        /// What the register says of it.
        standing: Option<Box<Standing>>,
        /// Items that changed since it was issued: label, printed, now.
        changed: Vec<(&'static str, String, String)>,
    },
    /// Found by certificate number, credit code or filing number.
    Found(Box<Standing>),
    /// Nothing of the kind is on the register.
    Unknown,
}

impl Office {
    /// The public keys to check licences with.
    pub fn trusted_keys(&self, holder: &str) -> Result<TrustedKeys, Refused> {
        let demo = self.is_demo()?;
        TrustedKeys::of(self.keys.as_ref(), holder, demo).map_err(Refused::internal)
    }

    /// Whether this database was made for demonstration.
    pub fn is_demo(&self) -> Result<bool, Refused> {
        Ok(self.db.read(|tx| store::registers::meta(tx, "kind"))?.as_deref() == Some("demo"))
    }

    /// Checks a QR text, a certificate number, a credit code or a filing number.
    pub fn verify_text(&self, text: &str, holder: &str) -> Result<Verified, Refused> {
        let text = registry::import::clean::text(text);
        let text = text.trim();
        if text.contains("YS1:") {
            return self.verify_licence(text, holder);
        }
        let short = text.rsplit_once("/c/").map(|(_, short)| short.to_uppercase());
        self.db.read(|tx| {
            let certificate = match &short {
                Some(short) => certificate_by_short(tx, short)?,
                None => tx.find::<Certificate>(BY_NUMBER, args![text])?,
            };
            if let Some(certificate) = certificate {
                return Ok(Verified::Found(Box::new(self.standing(tx, certificate)?)));
            }
            let Some((origin, org)) = store::organizations::resolve(tx, &text.to_uppercase())? else {
                return Ok(Verified::Unknown);
            };
            Ok(Verified::Found(Box::new(self.standing_of(tx, origin, org)?)))
        })
    }

    fn verify_licence(&self, text: &str, holder: &str) -> Result<Verified, Refused> {
        let trusted = self.trusted_keys(holder)?;
        let (licence, fault) = match vault::verify_offline(text, &trusted, self.clock.today()) {
            Ok(licence) => (Some(Box::new(licence)), None),
            Err(fault) => {
                let words = fault.to_string();
                let genuine = if let LicenceFault::Expired(licence) = fault { Some(licence) } else { None };
                (genuine, Some(words))
            }
        };
        let mut standing = None;
        let mut changed = Vec::new();
        if let Some(licence) = &licence {
            standing = self.db.read(|tx| self.behind(tx, licence).map(|found| found.map(Box::new)))?;
            if let Some(standing) = &standing {
                changed = differences(licence, &standing.org);
            }
        }
        Ok(Verified::Licence { demo: trusted.is_demo(text), licence, fault, standing, changed })
    }

    /// What the register holds behind a genuine licence.
    fn behind(&self, tx: &mut Tx<'_>, licence: &Licence) -> Result<Option<Standing>, Refused> {
        let Some((origin, org)) = store::organizations::resolve(tx, &licence.code)? else { return Ok(None) };
        let mut standing = self.standing_of(tx, origin, org)?;
        let all = certificates(tx, origin, org)?;
        let kind = if licence.copy == vault::CopyType::Original { "original" } else { "duplicate" };
        let same = all
            .into_iter()
            .find(|one| one.number == licence.number && (one.kind == kind || !is_registration(&one.kind)));
        standing.certificate_valid = same.as_ref().is_some_and(|one| self.is_valid(one));
        standing.certificate = same;
        Ok(Some(standing))
    }

    fn standing(&self, tx: &mut Tx<'_>, certificate: Certificate) -> Result<Standing, Refused> {
        let org = self.organization_now(tx, certificate.origin, certificate.org, self.clock.today())?;
        Ok(Standing { org, certificate_valid: self.is_valid(&certificate), certificate: Some(certificate) })
    }

    fn standing_of(&self, tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Standing, Refused> {
        let all = certificates(tx, origin, org)?;
        let best = all.iter().find(|one| one.state == "valid" && one.kind == "original").or(all.first()).cloned();
        let org = self.organization_now(tx, origin, org, self.clock.today())?;
        let certificate_valid = best.as_ref().is_some_and(|one| self.is_valid(one));
        Ok(Standing { org, certificate: best, certificate_valid })
    }

    fn is_valid(&self, certificate: &Certificate) -> bool {
        certificate.state == "valid" && certificate.valid_to.is_none_or(|until| until >= self.clock.today())
    }

    /// The certificate at a short address.
    pub fn certificate_at(&self, short: &str) -> Result<Option<Certificate>, Refused> {
        let short = short.to_uppercase();
        self.db.read(|tx| Ok(certificate_by_short(tx, &short)?))
    }

    /// What a scanned certificate stands for now; the scan is counted. None for an unknown address.
    pub fn scan(&self, short: &str) -> Result<Option<Standing>, Refused> {
        let short = short.to_uppercase();
        let found = self.db.read(|tx| match certificate_by_short(tx, &short)? {
            Some(certificate) => self.standing(tx, certificate).map(Some),
            None => Ok(None),
        })?;
        if let Some(Standing { certificate: Some(certificate), .. }) = &found {
            let (origin, id, today) = (certificate.origin, certificate.id, self.clock.today());
            let waiting = self.db.write(move |tx| {
                scans::count(tx, origin, id, today)?;
                scans::waiting(tx).map_err(Refused::from)
            })?;
            if waiting >= SCAN_BATCH {
                self.journal_scans()?;
            }
        }
        Ok(found)
    }

    /// 扫码记录入档 (clauses 000-09b, 001-09b): everything that waits becomes one batch with one entry. Gives how many rows.
    pub fn journal_scans(&self) -> Result<usize, Refused> {
        let batch = RecordId::fresh(&self.clock, &self.rng);
        let office = self.clone();
        if self.db.read(scans::waiting)? == 0 {
            return Ok(0);
        }
        self.act(Deed::by(&Actor::system(), Origin::none(), "scans", batch, "journal_scans"), move |work| {
            let waiting = scans::take_waiting(work.tx)?;
            for row in &waiting {
                work.insert_bulk(&ScanEvent {
                    origin: row.origin,
                    certificate: row.certificate,
                    day: row.day,
                    id: RecordId::fresh_at(work.at, &office.rng),
                    scans: row.scans,
                    entry: work.entry,
                })?;
            }
            work.note("rows", waiting.len());
            Ok(waiting.len())
        })
    }

    /// An organization's certificates for whoever may have them: its staff, and officials who see it.
    pub fn certificates_for(&self, who: &Actor, code: &str) -> Result<(Organization, Vec<Certificate>), Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let missing = || Refused::NotFound("这个组织");
            let (origin, id) = store::organizations::resolve(tx, code)?.ok_or_else(missing)?;
            let org = self.organization_now(tx, origin, id, today)?;
            let lineage = |area: &base::AreaCode| {
                authority::Territory::of_lineage(area.clone(), self.lineage(area, today).into_iter().skip(1))
            };
            let subject = OrgSubject {
                org: id,
                registrar: lineage(&org.registrar),
                domicile: org.domicile.as_ref().map(lineage),
                bodies: [org.supervisor, org.regulator, org.party_body].into_iter().flatten().collect(),
            };
            may(who, Verb::View, &Subject::Organization(subject))?;
            Ok((org, certificates(tx, origin, id)?))
        })
    }

    /// The certificates that a case led to, for its applicant and the desks that see it.
    pub fn certificates_of_case(&self, who: &Actor, number: &str) -> Result<(Organization, Vec<Certificate>), Refused> {
        let org = self.db.read(|tx| Ok::<_, Refused>(self.visible_case(tx, who, number)?.org))?;
        let none = || Refused::rule("no_certificate", "这个办件还没有发证", "请先查看办理进度");
        let org = org.ok_or_else(none)?;
        self.db.read(|tx| {
            let origin = store::organizations::locate(tx, org)?.ok_or_else(none)?;
            let all = certificates(tx, origin, org)?;
            if all.is_empty() {
                return Err(none());
            }
            Ok((self.organization_now(tx, origin, org, self.clock.today())?, all))
        })
    }

    /// A letter of a case, for its applicant and the desks that see the case.
    pub fn letter_of_case(
        &self,
        who: &Actor,
        number: &str,
        id: RecordId,
    ) -> Result<(store::papers::Letter, String), Refused> {
        self.db.read(|tx| {
            let row = self.visible_case(tx, who, number)?;
            let own = row.applicant == Some(who.account) || row.org.is_some_and(|org| who.orgs.contains(&org));
            // A body that is only asked for an opinion does not read what the registrar writes to the applicant.
            if !own {
                self.whole_case(tx, who, row.origin, row.id).map_err(|_| Refused::NotFound("这份文书"))?;
            }
            let letters = store::papers::letters(tx, row.origin, row.id)?;
            let letter = letters.into_iter().find(|letter| letter.id == id).ok_or(Refused::NotFound("这份文书"))?;
            let registrar = self.registrar_name(tx, &row.area)?;
            Ok((letter, registrar))
        })
    }

    /// The case with this number, if the actor may see it; otherwise it is not there.
    pub(crate) fn visible_case(
        &self,
        tx: &mut Tx<'_>,
        who: &Actor,
        number: &str,
    ) -> Result<store::cases::CaseRow, Refused> {
        for (origin, id) in store::cases::by_number(tx, number)? {
            let row = store::cases::get(tx, origin, id)?;
            let body: crate::cases::rows::Body = serde_json::from_value(row.body.clone()).map_err(Refused::internal)?;
            let resolved = self.edition(tx, &row.edition)?;
            let mut subject = body.case.subject(&resolved.matter, None);
            subject.territory = authority::Territory::of_lineage(
                row.area.clone(),
                self.lineage(&row.area, self.clock.today()).into_iter().skip(1),
            );
            if may(who, Verb::View, &Subject::Case(subject)).is_ok() {
                return Ok(row);
            }
        }
        Err(Refused::NotFound("这个办件"))
    }
}

fn is_registration(kind: &str) -> bool {
    matches!(kind, "original" | "duplicate")
}

/// What the register says differently today.
fn differences(licence: &Licence, org: &Organization) -> Vec<(&'static str, String, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let pairs = [
        ("名称", licence.name.clone(), org.name.clone()),
        ("法定代表人", licence.representative.clone(), text(&org.legal_representative)),
        ("住所", licence.domicile.clone(), text(&org.address)),
        ("登记管理机关", licence.registrar.clone(), text(&org.registrar_name)),
    ];
    let mut changed: Vec<_> = pairs.into_iter().filter(|(_, printed, now)| printed != now).collect();
    if licence.scope != vault::sm3(text(&org.scope).as_bytes()) {
        changed.push(("业务范围", "与证书签发时不同".to_owned(), text(&org.scope)));
    }
    changed
}
