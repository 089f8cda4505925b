//! Who may keep and who may read which records (名册权限): the register's desks, by area; upper authorities read what lies below.
use authority::{Actor, Denied, Post, Scope, Territory, keeps, scope};
use base::AreaCode;
use catalogue::Register;
use store::registers::RegisterEntry;

use crate::{Office, Refused};

impl Office {
    /// The register of that id.
    pub fn register(&self, id: &str) -> Result<&Register, Refused> {
        self.catalogue.find_register(id).ok_or(Refused::NotFound("这份名册"))
    }

    /// An area as rights see it today.
    pub(crate) fn territory(&self, area: &AreaCode) -> Territory {
        let mut chain = self.lineage(area, self.clock.today());
        chain.retain(|upper| upper != area);
        Territory::of_lineage(area.clone(), chain)
    }

    /// The post under which the actor keeps a record of this register that lies in `area`.
    pub fn keeper<'a>(&self, who: &'a Actor, register: &Register, area: &AreaCode) -> Result<&'a Post, Refused> {
        Ok(keeps(who, &register.enters, &self.kept_territory(register, area))?)
    }

    /// What a post must lie over to keep a record of this register: its area, or the one above it where only that enters.
    pub(super) fn kept_territory(&self, register: &Register, area: &AreaCode) -> Territory {
        let upper = if register.from_above { self.areas.parent_at(area, self.clock.today()) } else { None };
        self.territory(&upper.unwrap_or_else(|| area.clone()))
    }

    /// The areas in which the actor keeps records of this register; none: he keeps none.
    pub fn kept_areas(&self, who: &Actor, register: &Register) -> Vec<AreaCode> {
        if who.admin.is_some() {
            return Vec::new();
        }
        let posts = who.posts.iter().filter(|post| register.enters.contains(&post.desk));
        let mut areas: Vec<AreaCode> = posts.map(|post| post.area.clone()).collect();
        areas.sort();
        areas.dedup();
        areas
    }

    /// The areas whose records of this register the actor reads: where he keeps them, and where his lists reach.
    pub fn read_areas(&self, who: &Actor, register: &Register) -> Vec<AreaCode> {
        let Scope { areas, domiciles, everything, .. } = scope(who);
        let mut all = self.kept_areas(who, register);
        all.extend(areas);
        all.extend(domiciles);
        if everything {
            all.push(AreaCode::nation());
        }
        // The widest first: it is the one a list opens with.
        all.sort_by(|one, other| (one.level(), one).cmp(&(other.level(), other)));
        all.dedup();
        all
    }

    /// Whether the actor reads this record at the desk.
    pub fn reads_record(&self, who: &Actor, register: &Register, record: &RegisterEntry) -> Result<(), Refused> {
        let areas = self.read_areas(who, register);
        if areas.is_empty() {
            let why = if who.admin.is_some() { Denied::AdminsDoNoBusiness } else { Denied::NotYourDesk };
            return Err(why.into());
        }
        let territory = self.territory(&record.area);
        if areas.iter().any(|area| territory.lies_in(area)) { Ok(()) } else { Err(Denied::NotYourArea.into()) }
    }

    /// The area a list shows: the one asked for if the actor reads it, else the widest he reads.
    pub(super) fn list_area(
        &self,
        who: &Actor,
        register: &Register,
        asked: Option<&AreaCode>,
    ) -> Result<AreaCode, Refused> {
        let areas = self.read_areas(who, register);
        let Some(first) = areas.first() else {
            let why = if who.admin.is_some() { Denied::AdminsDoNoBusiness } else { Denied::NotYourDesk };
            return Err(why.into());
        };
        let Some(asked) = asked else { return Ok(first.clone()) };
        let territory = self.territory(asked);
        if areas.iter().any(|area| territory.lies_in(area)) {
            Ok(asked.clone())
        } else {
            Err(Denied::NotYourArea.into())
        }
    }
}
