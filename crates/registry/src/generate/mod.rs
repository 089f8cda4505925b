//! Invented organizations (演示数据): realistic, dated 2016 to 2026, the same for the same seed, each a function of its number alone.
//!
//! Everything made here is marked `synthetic`. Its credit codes are valid but lie in a range of their own: the organization code
//! inside begins with `XN` (虚拟), which no registrar issues.
mod history;
mod name;
mod people;
mod place;
mod stream;
#[cfg(test)]
mod tests;
mod words;

use base::{AreaCode, AreaLevel, AreaTree, CreditCode, Date, FilingNumber, Instant, OrgId, Origin};

pub use history::Version;
use name::About;
use place::{Places, Registrar, department_name};
use stream::Stream;
use words::Words;

use crate::kind::{Kind, ManagementMode};
use crate::officer::Officer;
use crate::organization::Organization;

/// How the organization codes inside generated credit codes begin.
pub const CODE_PREFIX: &str = "XN";

/// The first day anything generated happens.
pub const FIRST_DAY: Date = Date::constant(2016, 1, 4);

/// Whether a credit code was made here.
pub fn is_generated_code(code: &str) -> bool {
    code.get(8..10) == Some(CODE_PREFIX)
}

/// An organization with its history.
#[derive(Clone, Debug)]
pub struct Generated {
    /// As it is on the last day.
    pub organization: Organization,
    /// All versions, oldest first; the last is `organization`. Each holds until the next begins.
    pub versions: Vec<Version>,
    /// Officers' terms, oldest first.
    pub officers: Vec<Officer>,
}

/// Where and until when organizations are made.
#[derive(Clone, Debug)]
pub struct Focus {
    /// Registrars in these areas or below; none: the whole country.
    pub within: Vec<AreaCode>,
    /// The last day anything happens.
    pub until: Date,
}

/// Makes organizations by number.
#[derive(Debug)]
pub struct Generator<'t> {
    tree: &'t AreaTree,
    words: Words,
    /// As asked for, to be named in the records.
    given: u64,
    seed: u64,
    until: Date,
    legal: Places,
    filed: Places,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

/// Keeps the streams of different purposes apart.
const LEGAL: u64 = 1;
const FILED: u64 = 2;
const FOCUS: u64 = 4;

/// 31 characters of GB 32100, in which the six free places of a generated organization code count.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl<'t> Generator<'t> {
    /// For `seed` and `focus`. Takes a moment; keep it.
    pub fn new(seed: u64, tree: &'t AreaTree, focus: &Focus) -> Self {
        // Two focuses of one seed make different organizations: number 7 of one province is not number 7 of another.
        let given = seed;
        let digits = |area: &AreaCode| area.as_str().parse().unwrap_or(0);
        let seed = focus.within.iter().fold(seed, |seed, area| Stream::of(seed, FOCUS, digits(area)).bits());
        let legal = Places::of(tree, &focus.within, focus.until, seed, true);
        let filed = Places::of(tree, &focus.within, focus.until, seed ^ FILED, false);
        Self { tree, words: Words::read(), given, seed, until: focus.until, legal, filed }
    }

    /// The registrar of organization `number`: cheap, for sorting before anything is made.
    pub fn registrar_of(&self, number: u64, kind: Made) -> Option<Origin> {
        let places = self.places(kind);
        let seat = places.seat(number)?;
        places.registrars.get(seat.registrar).map(|registrar| Origin::of(&registrar.area))
    }

    fn places(&self, kind: Made) -> &Places {
        match kind {
            Made::Organization => &self.legal,
            Made::Community => &self.filed,
        }
    }

    /// Number `number` of `kind`; none if the focus holds no registrar.
    pub fn make(&self, number: u64, kind: Made) -> Option<Generated> {
        match kind {
            Made::Organization => self.organization(number),
            Made::Community => self.community(number),
        }
    }

    fn organization(&self, number: u64) -> Option<Generated> {
        let seat = self.legal.seat(number)?;
        let registrar = self.legal.registrars.get(seat.registrar)?;
        let mut stream = Stream::of(self.seed, LEGAL, number);
        let kind = kind_at(registrar.area.level(), &mut stream);
        let key = self.seed ^ Origin::of(&registrar.area).as_str().parse::<u64>().unwrap_or(0);
        let named = name::of(&self.words, registrar, kind, seat.serial, key, &mut stream);
        let start = self.start(&mut stream);
        let mut organization = self.bare(kind, &named.name, (registrar, seat.serial), start, &mut stream);
        organization.code = code_of(kind, &registrar.area, number + self.first_code());
        organization.capital = Some(history::capital(kind, registrar.area.level(), &mut stream));
        about(&mut organization, registrar, &named.about, start, &mut stream);
        Some(history::live(
            organization,
            &self.life(registrar, Some(named.former), head_title(kind, &named.about)),
            &mut stream,
        ))
    }

    fn community(&self, number: u64) -> Option<Generated> {
        let seat = self.filed.seat(number)?;
        let registrar = self.filed.registrars.get(seat.registrar)?;
        let mut stream = Stream::of(self.seed, FILED, number);
        let homes = registrar.homes.len() as u64;
        let at = stream::shuffled(seat.serial % homes, homes, self.seed) as usize;
        let home = self.filed.homes.get(registrar.homes.start + at)?;
        let (own, group, does) = name::group(seat.serial / homes, self.seed ^ at as u64);
        let place = name::community_name(self.tree.name(home).unwrap_or_default());
        let street = home.parent().filter(|up| up.level() == AreaLevel::Town);
        let street = street.and_then(|up| self.tree.name(&up)).unwrap_or_default();
        let start = self.start(&mut stream);
        let mut organization = self.bare(
            Kind::Community,
            &format!("{}{street}{place}{own}{group}", registrar.prefix),
            (registrar, seat.serial),
            start,
            &mut stream,
        );
        organization.address =
            Some(format!("{}{place}党群服务中心", self.tree.full_name(home.parent().as_ref().unwrap_or(home))));
        organization.domicile = Some(home.clone());
        organization.scope = Some(does.to_owned());
        organization.purpose = Some("服务居民，参与社区治理。".to_owned());
        organization.volunteer = group.contains("服务队");
        let serial = u32::try_from(seat.serial + 1).ok()?;
        organization.filing_number = FilingNumber::issue(&registrar.area, start.year(), serial).ok().map(String::from);
        let life = self.life(registrar, None, "负责人");
        Some(history::live(organization, &life, &mut stream))
    }

    /// A working day between [`FIRST_DAY`] and the last, later ones a little rarer, as the press has it since 2020.
    fn start(&self, stream: &mut Stream) -> Date {
        let days = i64::from((self.until - FIRST_DAY).get_days()).max(1);
        let at = stream.below(days as usize).min(stream.below((days + days / 3) as usize));
        history::working_day(history::plus(FIRST_DAY, at as i64))
    }

    /// Where the seed's organization codes begin, so that two seeds seldom meet: 31^6 codes less room for a hundred million.
    fn first_code(&self) -> u64 {
        Stream::of(self.seed, 3, 0).below(787_503_681) as u64
    }

    fn life<'g>(&'g self, registrar: &'g Registrar, former: Option<String>, title: &'static str) -> history::Life<'g> {
        history::Life { words: &self.words, until: self.until, former, title, registrar, places: self }
    }

    /// What every organization has.
    fn bare(
        &self,
        kind: Kind,
        name: &str,
        (registrar, serial): (&Registrar, u64),
        start: Date,
        stream: &mut Stream,
    ) -> Organization {
        let id = self.id(registrar, serial, kind == Kind::Community, stream);
        let mut organization = Organization::new(id, kind, name, registrar.area.clone());
        organization.registrar_name = Some(registrar.name.clone());
        organization.registered_on = Some(start);
        organization.legal_representative = Some(self.words.person(stream));
        organization.activity_area =
            Some(if registrar.prefix.is_empty() { "全国".to_owned() } else { registrar.prefix.clone() });
        organization.synthetic = true;
        organization.source = format!("generate:{}", self.given);
        self.move_in(&mut organization, registrar, stream);
        organization
    }

    /// A ULID: 48 bits of time, 80 of chance. The time is that of being taken into the books, registrar by registrar, as an import of
    /// one authority's files after the other would have it; so identities ascend in the order in which organizations are loaded.
    fn id(&self, registrar: &Registrar, serial: u64, filed: bool, stream: &mut Stream) -> OrgId {
        let authority = Origin::of(&registrar.area).as_str().parse::<u64>().unwrap_or(0);
        let moment = Instant::start_of(FIRST_DAY).0.unsigned_abs() + authority * 200_000;
        let chance = u128::from(stream.between(0, 0xffff).unsigned_abs()) << 64 | u128::from(stream.bits());
        let chance = chance ^ u128::from(stream.bits() & 0xffff);
        OrgId::from_bits(u128::from(moment + u64::from(filed) * 100_000 + serial.min(99_999)) << 80 | chance)
    }

    /// Gives it a home: an area as fine as known, and an address there.
    fn move_in(&self, organization: &mut Organization, registrar: &Registrar, stream: &mut Stream) {
        let Some(home) = self.legal.home(registrar, stream) else { return };
        let town = home.ancestry().into_iter().find(|area| area.level() <= AreaLevel::Town);
        let (road, number) = (stream.word(&self.words.roads), stream.between(1, 398));
        let room = if stream.chance(550) {
            format!("{}室", stream.between(1, 18) * 100 + stream.between(1, 16))
        } else {
            String::new()
        };
        organization.address = town.map(|town| format!("{}{road}{number}号{room}", self.tree.full_name(&town)));
        organization.domicile = Some(home.clone());
    }
}

/// What to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// A legal person of one of the three kinds.
    Organization,
    /// A community organization, filed only.
    Community,
}

/// Shares by level, in thousandths of associations and foundations. Together with the levels' shares they give 41 % associations,
/// 58 % service institutions and 1 % foundations, as the country had in 2021 (371,110 / 521,900 / 8,877).
fn kind_at(level: AreaLevel, stream: &mut Stream) -> Kind {
    let (associations, foundations) = match level {
        AreaLevel::Nation => (860, 95),
        AreaLevel::Province => (520, 150),
        AreaLevel::City => (500, 8),
        _ => (393, 1),
    };
    match stream.below(1000) {
        at if at < associations => Kind::Association,
        at if at < associations + foundations => Kind::Foundation,
        _ => Kind::ServiceInstitution,
    }
}

/// A valid code in the range of generated ones.
fn code_of(kind: Kind, registrar: &AreaCode, number: u64) -> Option<String> {
    let mut rest = number;
    let mut body = [b'0'; 6];
    for slot in body.iter_mut().rev() {
        *slot = ALPHABET[(rest % 31) as usize];
        rest /= 31;
    }
    let body = format!("{CODE_PREFIX}{}", std::str::from_utf8(&body).ok()?);
    let code = CreditCode::issue('5', kind.class_digit()?, &registrar.six(), &body).ok()?;
    Some(code.as_str().to_owned())
}

fn head_title(kind: Kind, about: &About<'_>) -> &'static str {
    match (kind, about) {
        (_, About::Sector(sector)) => sector.title,
        (Kind::Foundation, _) => "理事长",
        _ => "会长",
    }
}

/// Purpose, scope, supervision and marks that follow from what it is about.
fn about(o: &mut Organization, registrar: &Registrar, about: &About<'_>, start: Date, stream: &mut Stream) {
    let (department, class, scope, industry) = match about {
        About::Trade(trade) => {
            o.volunteer = trade.word == "志愿服务";
            o.new_field = ["人工智能", "直播电商", "低空经济", "跨境电商", "机器人"].contains(&trade.word);
            let scope = format!("{}领域的调查研究、业务培训、交流合作、咨询服务", trade.word);
            (trade.department, trade.class, scope, trade.industry)
        }
        About::Sector(sector) => (sector.department, sector.class, sector.scope.to_owned(), sector.industry),
        About::Cause((word, department, scope)) => {
            o.charity = stream.chance(750);
            o.fundraising = o.charity && stream.chance(250);
            let class = (*word == "慈善" || *word == "公益").then_some(crate::kind::DirectClass::Charity);
            (*department, class, (*scope).to_owned(), "9530")
        }
    };
    o.scope = Some(scope);
    o.purpose =
        Some("遵守宪法、法律、法规和国家政策，践行社会主义核心价值观，遵守社会道德风尚，为社会服务。".to_owned());
    o.industry = Some(industry.to_owned());
    o.staff = Some(stream.between(2, if o.kind == Kind::ServiceInstitution { 45 } else { 12 }) as u32);
    o.party_members = stream.chance(620).then(|| stream.between(0, 9) as u32);
    let guide = department_name(registrar, department);
    // Direct registration began before 2016 and has been granted more sparingly since (民发〔2016〕…号 leave it to four classes).
    if let Some(class) = class.filter(|_| stream.chance(if start.year() < 2021 { 420 } else { 240 })) {
        o.management = ManagementMode::Direct;
        o.direct_class = Some(class);
        o.regulator_name = Some(guide);
    } else {
        o.supervisor_name = Some(guide);
    }
}
