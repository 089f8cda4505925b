//! An organization in the making (拟登记内容): what the effects of one act do to it, before anything is written.
use base::{Date, OrgId, Origin};
use catalogue::matter::{Certificate, Item};
use registry::{Kind, Organization, Post};

use super::Scene;
use crate::act::Work;
use crate::record::organization_of;
use crate::{Office, Refused};

/// Somebody who takes a post.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// The post.
    pub post: Post,
    /// Its own title: 会长.
    pub title: Option<String>,
    /// Full name; written in the clear only for the legal representative.
    pub name: String,
    /// Identity card number, by which the person is found again.
    pub id_number: String,
    /// Telephone, sealed.
    pub phone: Option<String>,
}

/// An entry for a register.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The register.
    pub register: String,
    /// Shown to the public.
    pub public: bool,
    /// Its fields; never personal.
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// What one act does to one organization.
#[derive(Clone, Debug)]
pub struct Draft {
    /// As it stood; none for a new one.
    pub before: Option<Organization>,
    /// As it will stand.
    pub org: Organization,
    /// Posts to fill; those of the same kind held until now end.
    pub posts: Vec<NewPost>,
    /// Last day of the term that begins.
    pub term_to: Option<Date>,
    /// Certificates to issue.
    pub issue: Vec<Certificate>,
    /// Certificates to withdraw; `None` in it: all.
    pub withdraw: Vec<Option<Certificate>>,
    /// Entries for registers.
    pub enter: Vec<NewEntry>,
    /// Registers to leave.
    pub leave: Vec<String>,
    /// What the journal calls it, first effect first.
    pub acts: Vec<&'static str>,
}

impl Draft {
    fn new(before: Option<Organization>, org: Organization) -> Self {
        Self {
            before,
            org,
            posts: Vec::new(),
            term_to: None,
            issue: Vec::new(),
            withdraw: Vec::new(),
            enter: Vec::new(),
            leave: Vec::new(),
            acts: Vec::new(),
        }
    }
}

impl Office {
    /// 登记社会组织: an organization from every answer with `feeds`.
    pub(super) fn create_organization(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>) -> Result<(), Refused> {
        if scene.case.org.is_some() || scene.draft.is_some() {
            return Err(Refused::rule("org_exists", "这个办件已经登记了组织，不能重复登记", "请查看该组织的档案"));
        }
        let matter = &scene.resolved.matter;
        let kind = match &matter.org_kinds[..] {
            [only] => serde_json::to_value(only).ok().and_then(|word| word.as_str().and_then(Kind::parse)),
            _ => None,
        };
        let kind = kind.ok_or_else(|| {
            Refused::internal(format!("{} founds no single kind of organization", matter.id.as_str()))
        })?;
        let id = OrgId::fresh_at(work.at, &self.rng);
        let mut org = Organization::new(id, kind, String::new(), scene.case.area.clone());
        org.origin = Origin::of(&scene.case.area);
        org.registrar_name = Some(self.registrar_name(work.tx, &scene.case.area)?);
        org.registered_on = Some(work.today);
        org.synthetic = scene.list.synthetic;
        org.source = format!("case:{}", scene.list.number);
        let mut draft = Draft::new(None, org);
        self.feed(work, &scene.resolved.matter, &scene.case.answers, &[], &mut draft)?;
        draft.acts.push("create");
        scene.case.org = Some(id);
        scene.list.org_origin = Some(draft.org.origin);
        work.note("org", id.to_string());
        scene.draft = Some(draft);
        Ok(())
    }

    /// 变更登记、备案事项: every answer with `feeds`, or only these items.
    pub(super) fn amend_items(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        items: &[Item],
    ) -> Result<(), Refused> {
        self.draft_of(work, scene)?;
        let Scene { resolved, case, draft: Some(draft), .. } = scene else { return Ok(()) };
        self.feed(work, &resolved.matter, &case.answers, items, draft)?;
        draft.acts.push("amend");
        Ok(())
    }

    /// The draft of the case's organization, begun where there is none.
    pub(super) fn draft_of<'s>(
        &self,
        work: &mut Work<'_, '_>,
        scene: &'s mut Scene<'_>,
    ) -> Result<&'s mut Draft, Refused> {
        if scene.draft.is_none() {
            let missing = || Refused::rule("no_org", "这个办件没有对应的社会组织", "请核对事项是否选对");
            let id = scene.case.org.ok_or_else(missing)?;
            let origin = match scene.list.org_origin {
                Some(origin) => origin,
                None => store::organizations::locate(work.tx, id)?.ok_or_else(missing)?,
            };
            let org = self.organization_now(work.tx, origin, id, work.today)?;
            scene.list.org_origin = Some(origin);
            scene.draft = Some(Draft::new(Some(org.clone()), org));
        }
        scene.draft.as_mut().ok_or_else(|| Refused::internal("a draft just made is not there"))
    }

    /// An organization as today's version says it.
    pub fn organization_now(
        &self,
        tx: &mut store::Tx<'_>,
        origin: Origin,
        id: OrgId,
        today: Date,
    ) -> Result<Organization, Refused> {
        let known = self.clock.now();
        let version = store::organizations::as_of(tx, origin, id, today, known)?;
        organization_of(&version.ok_or(Refused::NotFound("这个组织今天有效的登记内容"))?)
    }

    /// What the registering authority is called: the body of that area, else area and 民政部门.
    pub fn registrar_name(&self, tx: &mut store::Tx<'_>, area: &base::AreaCode) -> Result<String, Refused> {
        let bodies = store::people::bodies(tx)?;
        let found =
            bodies.into_iter().find(|body| body.kind == "registrar" && body.area == *area && body.state == "active");
        Ok(found.map_or_else(|| format!("{}民政部门", self.areas.full_name(area)), |body| body.name))
    }
}
