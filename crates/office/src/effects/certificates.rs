//! Certificates (证书): 正本 and 副本 with one number, each with its SM2-signed e-licence and a short address for its QR code.
use base::{CertificateId, Date, Origin, Rng, Span};
use catalogue::Value;
use catalogue::matter::Certificate as Wanted;
use registry::{Kind, Organization};
use store::args;
use store::organizations::{Certificate, CertificateShort, add_certificate, certificates};
use store::registers::next_number;
use vault::{CopyType, Licence, LicenceFault};

use super::Scene;
use super::draft::Draft;
use crate::act::Work;
use crate::{Office, Refused};

/// Letters and digits that are not mistaken for one another on paper.
const SHORT_ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKLMNPQRSTUVWXY";
/// 31^8 short addresses are 850 thousand million; nobody meets a certificate by trying.
const SHORT_LENGTH: usize = 8;

/// What a certificate says on top.
pub fn certificate_title(kind: Kind, wanted: Wanted) -> &'static str {
    match (wanted, kind) {
        (Wanted::Filing, _) | (Wanted::Registration, Kind::Community) => "社区社会组织备案证书",
        (Wanted::Registration, Kind::Association) => "社会团体法人登记证书",
        (Wanted::Registration, Kind::ServiceInstitution) => "民办非企业单位登记证书",
        (Wanted::Registration, Kind::Foundation) => "基金会法人登记证书",
        (Wanted::Charity, _) => "慈善组织属性标识",
        (Wanted::PublicFundraising, _) => "慈善组织公开募捐资格证书",
        (Wanted::Rating, _) => "社会组织评估等级证书",
    }
}

/// How the table names a certificate and copy; registration certificates are simply `original` and `duplicate`.
fn stored_kind(wanted: Wanted, copy: CopyType) -> &'static str {
    match (wanted, copy) {
        (Wanted::Registration | Wanted::Filing, CopyType::Original) => "original",
        (Wanted::Registration | Wanted::Filing, CopyType::Duplicate) => "duplicate",
        (Wanted::Charity, _) => "charity",
        (Wanted::PublicFundraising, _) => "public_fundraising",
        (Wanted::Rating, _) => "rating",
    }
}

impl Office {
    /// 发证书: noted now, made when the organization's items are complete.
    pub(super) fn issue_certificate(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        wanted: Wanted,
    ) -> Result<(), Refused> {
        let draft = self.draft_of(work, scene)?;
        draft.issue.push(wanted);
        draft.acts.push("issue_certificate");
        Ok(())
    }

    /// 收回、作废证书
    pub(super) fn withdraw_certificate(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        wanted: Option<Wanted>,
    ) -> Result<(), Refused> {
        let draft = self.draft_of(work, scene)?;
        draft.withdraw.push(wanted);
        draft.acts.push("withdraw_certificate");
        Ok(())
    }

    /// Last day of a certificate issued today, by the parameter `certificate_valid_years`.
    pub(super) fn certificate_until(&self, org: &Organization, today: Date) -> Option<Date> {
        let years = self.catalogue.param("certificate_valid_years", &self.lineage(&org.registrar, today), today)?;
        let Value::Int(years) = years.value else { return None };
        let months = u32::try_from(years).ok()?.checked_mul(12)?;
        self.calendar.after(today, Span::Months(months)).date.yesterday().ok()
    }

    /// Marks the certificates withdrawn, then writes the new ones; an old one of the same kind is replaced.
    pub(super) fn write_certificates(&self, work: &mut Work<'_, '_>, draft: &Draft) -> Result<(), Refused> {
        let org = &draft.org;
        for wanted in &draft.withdraw {
            end_certificates(work, org, *wanted, "cancelled")?;
        }
        for wanted in &draft.issue {
            end_certificates(work, org, Some(*wanted), "replaced")?;
            let year = work.today.year();
            // The number begins with the registrar of today, so it counts among that registrar's, wherever the record lives.
            let serial = next_number(work.tx, Origin::of(&org.registrar), &format!("certificate:{year}"))?;
            let number = format!("社证字第{}{year}{serial:05}号", org.registrar.six());
            let copies: &[CopyType] = match wanted {
                Wanted::Registration | Wanted::Filing => &[CopyType::Original, CopyType::Duplicate],
                _ => &[CopyType::Original],
            };
            for copy in copies {
                self.write_certificate(work, org, *wanted, *copy, &number)?;
            }
            work.note("certificate", number);
        }
        Ok(())
    }

    fn write_certificate(
        &self,
        work: &mut Work<'_, '_>,
        org: &Organization,
        wanted: Wanted,
        copy: CopyType,
        number: &str,
    ) -> Result<(), Refused> {
        let licence = licence_of(org, wanted, copy, number, work.today);
        let payload = vault::sign_licence(self.keys.as_ref(), &licence).map_err(|fault| match fault {
            LicenceFault::TooLong => Refused::rule(
                "licence_too_long",
                "名称、住所等合起来太长，证书二维码放不下，不能发证",
                "请退回补正，缩短住所的写法",
            ),
            other => Refused::internal(other),
        })?;
        let short = fresh_short(work, &self.rng)?;
        let certificate = Certificate {
            origin: org.origin,
            id: CertificateId::fresh_at(work.at, &self.rng),
            org: org.id,
            kind: stored_kind(wanted, copy).to_owned(),
            number: number.to_owned(),
            short,
            state: "valid".to_owned(),
            issued_on: work.today,
            valid_to: org.certificate_until,
            payload,
            entry: work.entry,
        };
        Ok(add_certificate(work.tx, &certificate)?)
    }
}

/// Marks certificates that hold no longer; `None`: all of them.
fn end_certificates(
    work: &mut Work<'_, '_>,
    org: &Organization,
    wanted: Option<Wanted>,
    state: &str,
) -> Result<(), Refused> {
    let kinds: Option<[&str; 2]> =
        wanted.map(|wanted| [CopyType::Original, CopyType::Duplicate].map(|copy| stored_kind(wanted, copy)));
    for old in certificates(work.tx, org.origin, org.id)? {
        let meant = kinds.is_none_or(|kinds| kinds.contains(&old.kind.as_str()));
        if old.state == "valid" && meant {
            work.update(&Certificate { state: state.to_owned(), entry: work.entry, ..old })?;
        }
    }
    Ok(())
}

/// What the certificate states, for signing.
fn licence_of(org: &Organization, wanted: Wanted, copy: CopyType, number: &str, today: Date) -> Licence {
    Licence {
        code: org.public_code(),
        name: org.name.clone(),
        kind: certificate_title(org.kind, wanted).to_owned(),
        number: number.to_owned(),
        copy,
        representative: org.legal_representative.clone().unwrap_or_default(),
        domicile: org.address.clone().unwrap_or_default(),
        scope: vault::sm3(org.scope.as_deref().unwrap_or_default().as_bytes()),
        registrar: org.registrar_name.clone().unwrap_or_default(),
        issued: today,
        valid_until: org.certificate_until,
    }
}

/// A short address nobody has.
fn fresh_short(work: &mut Work<'_, '_>, rng: &Rng) -> Result<String, Refused> {
    loop {
        let short: String = (0..SHORT_LENGTH)
            .map(|_| char::from(SHORT_ALPHABET[rng.below(SHORT_ALPHABET.len() as u64) as usize]))
            .collect();
        if work.tx.find_record::<CertificateShort>(args![short])?.is_none() {
            return Ok(short);
        }
    }
}
