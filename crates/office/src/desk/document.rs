//! The document of an act (文书), made from its template when nobody attached a sealed one: plain text that prints, kept among
//! the case's files like any other.
use std::fmt::Write as _;

use authority::Actor;
use base::{CaseId, FileId, Origin};
use casework::Act;
use store::args;
use store::cases::CaseRow;
use store::papers::FileRow;

use crate::act::Work;
use crate::{Office, Refused};

/// Where documents of the authority stand among a case's files.
pub const SLOT: &str = "document";

/// Makes and keeps the document of an act; the act then relies on it.
pub(super) fn make(
    office: &Office,
    work: &mut Work<'_, '_>,
    who: &Actor,
    origin: Origin,
    case: CaseId,
    act: &Act,
) -> Result<FileId, Refused> {
    let row: CaseRow = work.tx.find_record(args![origin, case])?.ok_or(Refused::NotFound("这个办件"))?;
    let resolved = office.edition(work.tx, &row.edition)?;
    let step = act.step.as_ref().and_then(|step| resolved.matter.find_step(step));
    let offered = step.and_then(|step| step.offers(act.verb).next());
    let title = offered.map(|offered| offered.document.as_str()).filter(|title| !title.is_empty()).unwrap_or("文书");
    let basis =
        offered.and_then(|offered| offered.clause.as_ref()).map(|clause| clause.text.clone()).unwrap_or_default();
    let authority = office.areas.full_name(&row.area);
    let mut text =
        format!("{title}\n\n办件编号：{}\n申请事项：{}\n申请人：{}\n\n", row.number, row.title, row.applicant_name);
    let decided = offered.map_or_else(|| act.verb.plain().to_owned(), |offered| offered.words().to_owned());
    let _ = writeln!(text, "经审查，本机关决定：{decided}。");
    for (label, value) in [("理由", &act.reason), ("依据", if act.article.is_empty() { &basis } else { &act.article })]
    {
        if !value.is_empty() {
            let _ = writeln!(text, "{label}：{value}");
        }
    }
    let _ = writeln!(text, "\n{}", crate::effects::letters::remedy(&resolved.matter));
    let _ = writeln!(text, "\n{authority}民政部门\n{}", work.today);
    let digest = office.files.keep(text.as_bytes())?;
    let file = FileRow {
        origin,
        id: FileId::fresh(&office.clock, &office.rng),
        subject: format!("case/{case}"),
        slot: Some(SLOT.to_owned()),
        name: format!("{title}（{}）.txt", row.number),
        mime: "text/plain; charset=utf-8".to_owned(),
        size: i64::try_from(text.len()).unwrap_or(i64::MAX),
        digest: digest.as_bytes().to_vec(),
        public: false,
        added_at: work.at,
        account: Some(who.account),
        removed_at: None,
        entry: work.entry,
    };
    work.insert(&file)?;
    Ok(file.id)
}
