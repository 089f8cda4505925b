//! What a certificate or code stands for today, as `/verify` and `/c/…` both show it.
use askama::Template;
use askama::filters::HtmlSafe;
use base::Date;
use office::verify::{Standing, Verified};
use registry::{Credit, Operation, Organization, Registration};
use store::organizations::Certificate;

use crate::parts::{Chip, Chips, SummaryList, SummaryRow, Tone};

/// The verdict on top, in words and colour.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// 证书真实，现在有效
    pub title: String,
    /// Why, and what next.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
}

/// The result of a verification.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/outcomes/standing.html")]
pub struct Shown {
    /// On top.
    pub verdict: Verdict,
    /// Signed for demonstration, or a synthetic organization.
    pub demo: bool,
    /// The organization's three states.
    pub chips: Option<Chips>,
    /// Its items today.
    pub items: Option<SummaryList>,
    /// What the certificate says.
    pub certificate: Option<SummaryList>,
    /// Items that changed since it was issued: label, printed, now.
    pub changed: Vec<(&'static str, String, String)>,
    /// The dossier.
    pub dossier: Option<String>,
    /// The state's day.
    pub today: Date,
    /// Where to download the signed text.
    pub licence: Option<String>,
}

impl HtmlSafe for Shown {}

/// The three states of an organization.
pub fn chips(org: &Organization) -> Chips {
    let states = org.states;
    let registered = match states.registration {
        Registration::Registered => Tone::Good,
        Registration::Liquidating => Tone::Warn,
        Registration::Revoked => Tone::Bad,
        Registration::Deregistered => Tone::Grey,
    };
    let credit = match states.credit {
        Credit::Clear => Tone::Good,
        Credit::Abnormal => Tone::Warn,
        Credit::Serious => Tone::Bad,
    };
    let running = match states.operation {
        Operation::Active => Tone::Good,
        Operation::Rectifying | Operation::Dormant => Tone::Warn,
        Operation::Suspended => Tone::Bad,
        Operation::Ceased => Tone::Grey,
    };
    let chip = |text: &str, tone| Chip { text: text.to_owned(), tone, href: None };
    Chips {
        registered: chip(states.registration.label(), registered),
        credit: chip(states.credit.label(), credit),
        running: chip(states.operation.label(), running),
    }
}

/// 正本, 副本 and the others.
pub fn copy_label(kind: &str) -> &'static str {
    match kind {
        "original" => "正本",
        "duplicate" => "副本",
        "charity" => "慈善组织标识",
        "public_fundraising" => "公开募捐资格证书",
        _ => "等级证书",
    }
}

/// 有效, 已换发…
pub fn state_label(certificate: &Certificate, today: Date) -> &'static str {
    match certificate.state.as_str() {
        "valid" if certificate.valid_to.is_some_and(|until| until < today) => "已过有效期",
        "valid" => "有效",
        "replaced" => "已换发新证",
        "lost" => "已声明遗失",
        _ => "已收回作废",
    }
}

fn row(label: &str, value: impl Into<String>) -> SummaryRow {
    SummaryRow { label: label.to_owned(), value: value.into(), change: None }
}

/// Registered items everybody may see.
fn items_of(org: &Organization) -> SummaryList {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let rows = vec![
        row("名称", org.name.clone()),
        row(if org.code.is_some() { "统一社会信用代码" } else { "备案号" }, org.public_code()),
        row("法定代表人", text(&org.legal_representative)),
        row("住所", text(&org.address)),
        row("业务范围", text(&org.scope)),
        row("登记管理机关", text(&org.registrar_name)),
    ];
    SummaryList { title: "今天的登记内容".to_owned(), rows }
}

fn certificate_of(certificate: &Certificate, today: Date) -> SummaryList {
    let until = certificate.valid_to.map_or_else(|| "长期".to_owned(), |until| until.to_string());
    let rows = vec![
        row("证书编号", format!("{}（{}）", certificate.number, copy_label(&certificate.kind))),
        row("证书状态", state_label(certificate, today)),
        row("发证日期", certificate.issued_on.to_string()),
        row("有效期至", until),
    ];
    SummaryList { title: "证书".to_owned(), rows }
}

impl Shown {
    /// The answer to a question, as of `today`.
    pub fn of(verified: Verified, asked: &str, today: Date) -> Self {
        match verified {
            Verified::Unknown => Self::bare(
                Verdict {
                    title: "没有查到".to_owned(),
                    text: format!(
                        "登记册里没有“{}”。请逐字核对编号或代码；如果是从证书上抄来的，它可能是伪造的，请向登记管理机关核实。",
                        shortened(asked)
                    ),
                    tone: Tone::Grey,
                },
                today,
            ),
            Verified::Found(standing) => Self::found(&standing, today),
            Verified::Licence { fault: Some(fault), licence: None, demo, .. } => Self {
                demo,
                ..Self::bare(Verdict { title: "不能确认是真的".to_owned(), text: fault, tone: Tone::Bad }, today)
            },
            Verified::Licence { licence, fault, demo, standing, changed } => {
                let Some(standing) = standing else {
                    let text = "签名是真的，但登记册里没有这个组织。请向证书上的登记管理机关核实。".to_owned();
                    return Self {
                        demo,
                        ..Self::bare(
                            Verdict { title: "签名真实，登记册无记录".to_owned(), text, tone: Tone::Warn },
                            today,
                        )
                    };
                };
                let mut shown = Self::found(&standing, today);
                shown.demo |= demo;
                shown.changed = changed;
                if let Some(fault) = fault {
                    shown.verdict =
                        Verdict { title: "证书真实，但已到期".to_owned(), text: fault, tone: Tone::Warn };
                } else if shown.verdict.tone == Tone::Good && !shown.changed.is_empty() {
                    "签名真实，登记内容后来有变更".clone_into(&mut shown.verdict.title);
                    shown.verdict.tone = Tone::Warn;
                } else if licence.is_some() && shown.verdict.tone == Tone::Good {
                    shown.verdict.text =
                        format!("签名与登记管理机关的公钥相符，内容没有被改动。{}", shown.verdict.text);
                }
                shown
            }
        }
    }

    fn bare(verdict: Verdict, today: Date) -> Self {
        Self {
            verdict,
            demo: false,
            chips: None,
            items: None,
            certificate: None,
            changed: Vec::new(),
            dossier: None,
            today,
            licence: None,
        }
    }

    /// What the register says.
    pub fn found(standing: &Standing, today: Date) -> Self {
        let org = &standing.org;
        let live = org.states.registration.is_live();
        let verdict = match (&standing.certificate, standing.certificate_valid, live) {
            (Some(_), true, true) => Verdict {
                title: "证书有效".to_owned(),
                text: format!("{}在登记册上，证书今天有效。", org.name),
                tone: Tone::Good,
            },
            (Some(certificate), _, true) => Verdict {
                title: format!("这张证书{}", state_label(certificate, today)),
                text: format!("{}仍在登记册上，但这张证书今天不能再使用。请对方出示现行证书。", org.name),
                tone: Tone::Bad,
            },
            (None, _, true) => Verdict {
                title: "组织在登记册上".to_owned(),
                text: format!("{}已登记，本平台没有它的电子证书（可能是早年发的纸质证书）。", org.name),
                tone: Tone::Calm,
            },
            (_, _, false) => Verdict {
                title: format!("该组织{}", org.states.registration.label()),
                text: "它不能再以社会组织名义开展活动，证书已不能使用。".to_owned(),
                tone: Tone::Bad,
            },
        };
        Self {
            verdict,
            demo: org.synthetic,
            chips: Some(chips(org)),
            items: Some(items_of(org)),
            certificate: standing.certificate.as_ref().map(|certificate| certificate_of(certificate, today)),
            changed: Vec::new(),
            dossier: Some(format!("/orgs/{}", org.public_code())),
            today,
            licence: standing.certificate.as_ref().map(|certificate| format!("/c/{}/licence.txt", certificate.short)),
        }
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
