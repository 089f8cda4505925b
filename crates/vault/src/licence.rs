//! The e-licence (电子证照): what the certificate says, signed with SM2 so that anybody can check it without a network.
use base::Date;
use serde::{Deserialize, Serialize};

use crate::licence_text::{body, scan, signed_message, text};
use crate::{DISTINGUISHING_ID, Digest, KeyFault, KeyId, PublicKey, Vault};

/// Original or duplicate (正本 / 副本); both have the same force.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyType {
    /// 正本
    Original,
    /// 副本
    Duplicate,
}

impl CopyType {
    /// As printed on the certificate.
    pub fn label(self) -> &'static str {
        match self {
            Self::Original => "正本",
            Self::Duplicate => "副本",
        }
    }
}

/// What a registration certificate (登记证书) states. Public registered items only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Licence {
    /// Unified social credit code (统一社会信用代码).
    pub code: String,
    /// Registered name.
    pub name: String,
    /// 社会团体法人登记证书, 基金会法人登记证书, 民办非企业单位登记证书...
    pub kind: String,
    /// Certificate number (证书编号).
    pub number: String,
    /// 正本 or 副本.
    pub copy: CopyType,
    /// Legal representative (法定代表人).
    pub representative: String,
    /// Domicile (住所).
    pub domicile: String,
    /// SM3 of the scope of activities (业务范围), which is too long for a QR code but can be compared.
    pub scope: Digest,
    /// Registrar (登记管理机关).
    pub registrar: String,
    /// Day of issue (发证日期).
    pub issued: Date,
    /// Last day of validity (有效期至); none where the certificate carries no end.
    pub valid_until: Option<Date>,
}

/// Why a scanned text is not a valid licence today.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenceFault {
    /// Not our kind of code at all.
    #[error("这不是社会组织电子证照的二维码。请扫描证书上的二维码")]
    NotALicence,
    /// A layout this program does not know.
    #[error("电子证照的版本（{0}）无法识别，请更新验证程序，或在平台上按名称查询")]
    UnknownVersion(u8),
    /// Characters missing or illegible.
    #[error("二维码内容不完整或已损坏，无法读取。请重新扫描；仍不行时，在平台上按名称查询")]
    Damaged,
    /// Readable, but the signature does not cover it.
    #[error("证照内容与登记管理机关的签名不符：内容被改动过，或者是伪造的。请勿采信，可向登记管理机关举报")]
    Altered,
    /// Signed with a key that is not in the trusted list.
    #[error("签发密钥（{0}）不在可信名单中，无法确认真伪。请更新可信公钥文件后再试，或在平台上按名称查询")]
    UnknownKey(KeyId),
    /// Signed with a key that the registrar has withdrawn.
    #[error("签发密钥（{0}）已被登记管理机关停用，证照不能再离线验证。请在平台上按名称查询")]
    WithdrawnKey(KeyId),
    /// Genuine, but its validity has ended.
    #[error("证照是真实的，但已于 {} 到期（{}）。请持证单位换领新证", .0.valid_until.map(|day| day.to_string()).unwrap_or_default(), .0.name)]
    Expired(Box<Licence>),
    /// Genuine, but issued on a later day than the reader's clock shows.
    #[error("证照的发证日期（{0}）晚于本机日期，请检查本机的日期设置")]
    NotYetIssued(Date),
    /// Too long for a QR code (when signing).
    #[error("证照内容过长，二维码无法容纳。请缩短住所的写法（名称、证号等不能缩短）")]
    TooLong,
    /// The vault could not sign.
    #[error(transparent)]
    Key(#[from] KeyFault),
}

/// A public key that licences may be signed with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedKey {
    /// Its name, as licences mention it.
    pub id: KeyId,
    /// Who signs with it (登记管理机关 or the platform's operator).
    pub holder: String,
    /// The SM2 point.
    pub public: PublicKey,
    /// Made for demonstration: what it signs has no legal force.
    pub demo: bool,
    /// No longer trusted (stolen, or feared to be). A stolen key can back-date, so all it ever signed is affected.
    pub withdrawn: bool,
}

/// The file of public keys (可信公钥文件) that an offline verifier carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedKeys {
    /// `yishe-licence-keys-1`.
    pub format: String,
    /// `SM2 with SM3`.
    pub algorithm: String,
    /// GM/T 0009 distinguishing identifier used in every signature.
    pub distinguishing_id: String,
    /// The keys, newest first.
    pub keys: Vec<TrustedKey>,
}

impl TrustedKeys {
    /// Names the file's layout.
    pub const FORMAT: &str = "yishe-licence-keys-1";

    /// The file holding `keys`.
    pub fn new(keys: Vec<TrustedKey>) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            algorithm: "SM2 with SM3".to_owned(),
            distinguishing_id: DISTINGUISHING_ID.to_owned(),
            keys,
        }
    }

    /// The public halves of a vault's licence keys, to publish.
    pub fn of(vault: &dyn Vault, holder: &str, demo: bool) -> Result<Self, KeyFault> {
        let keys = vault.licence_public_keys()?.into_iter().map(|(id, _, public)| TrustedKey {
            id,
            holder: holder.to_owned(),
            public,
            demo,
            withdrawn: false,
        });
        Ok(Self::new(keys.collect()))
    }

    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let keys: Self =
            serde_json::from_str(text).map_err(|fault| KeyFault::Unreadable(format!("可信公钥文件：{fault}")))?;
        if keys.format != Self::FORMAT || keys.distinguishing_id != DISTINGUISHING_ID {
            return Err(KeyFault::Unreadable(format!("可信公钥文件的格式标记应为 {}", Self::FORMAT)));
        }
        Ok(keys)
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        // A struct of texts always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The key of that name.
    pub fn find(&self, id: KeyId) -> Option<&TrustedKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Whether `payload` names a key made for demonstration: the page then says 演示证照，无法律效力.
    pub fn is_demo(&self, payload: &str) -> bool {
        scan(payload).ok().and_then(|scanned| self.find(scanned.key)).is_some_and(|key| key.demo)
    }
}

/// The QR text of `licence`, signed with the vault's current licence key: `YS1:…`. Also valid as the last part of a URL,
/// `https://host/c/YS1:…`.
pub fn sign_licence(vault: &dyn Vault, licence: &Licence) -> Result<String, LicenceFault> {
    let key = vault.licence_key()?;
    let body = body(licence, key)?;
    let signature = vault.sign_with_licence_key(key, &signed_message(&body))?;
    text(&body, &signature)
}

/// Checks a scanned text with nothing but the trusted keys and the date. It proves what was certified on the day of issue;
/// whether the organization still stands today (撤销、注销、变更) only the register can say.
pub fn verify_offline(payload: &str, trusted: &TrustedKeys, today: Date) -> Result<Licence, LicenceFault> {
    let scanned = scan(payload)?;
    let key = trusted.find(scanned.key).ok_or(LicenceFault::UnknownKey(scanned.key))?;
    if !key.public.verifies(&signed_message(&scanned.body), &scanned.signature) {
        return Err(LicenceFault::Altered);
    }
    if key.withdrawn {
        return Err(LicenceFault::WithdrawnKey(scanned.key));
    }
    let licence = scanned.licence;
    if licence.issued > today {
        return Err(LicenceFault::NotYetIssued(licence.issued));
    }
    match licence.valid_until {
        Some(last) if last < today => Err(LicenceFault::Expired(Box::new(licence))),
        _ => Ok(licence),
    }
}

#[cfg(test)]
#[path = "licence_tests.rs"]
mod tests;
