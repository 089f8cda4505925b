//! Keeping records of registers (名册录入): which desks may is declared with each register; whose records they are follows the area.
use crate::{Actor, Denied, DeskId, Post, Territory};

/// The post under which the actor enters and changes records of a register that these desks keep, for a record that lies in
/// `territory`: at one of the desks, in that area or above it; the nearest one where he holds several.
///
/// # Errors
/// [`Denied`]: an administrator does no business, the wrong desk, or the wrong area.
pub fn keeps<'a>(actor: &'a Actor, desks: &[DeskId], territory: &Territory) -> Result<&'a Post, Denied> {
    if actor.admin.is_some() {
        return Err(Denied::AdminsDoNoBusiness);
    }
    if actor.is_system() {
        return Err(Denied::SystemOnlyLapses);
    }
    let mut at_desk = actor.posts.iter().filter(|post| desks.contains(&post.desk)).peekable();
    if at_desk.peek().is_none() {
        return Err(Denied::NotYourDesk);
    }
    let over = at_desk.filter(|post| territory.lies_in(&post.area));
    over.max_by_key(|post| post.area.level()).ok_or(Denied::NotYourArea)
}

#[cfg(test)]
mod tests {
    use base::{AccountId, AreaCode, BodyId};

    use super::*;
    use crate::AdminRole;

    fn area(code: &str) -> AreaCode {
        code.parse().unwrap()
    }

    fn official(posts: &[(&str, &str)]) -> Actor {
        let post =
            |(desk, at): &(&str, &str)| Post { desk: DeskId::new(*desk), area: area(at), body: BodyId::from_bits(1) };
        Actor {
            account: AccountId::from_bits(9),
            name: "岗位".to_owned(),
            posts: posts.iter().map(post).collect(),
            orgs: Vec::new(),
            admin: None,
        }
    }

    #[test]
    fn a_record_is_kept_by_its_desks_in_its_area_or_above() {
        let desks = [DeskId::new("supervision"), DeskId::new("street")];
        let at = |code: &str| Territory::from(area(code));
        let city = official(&[("supervision", "9901")]);
        assert_eq!(keeps(&city, &desks, &at("9901")).map(|post| post.area.as_str()), Ok("9901"));
        assert_eq!(keeps(&city, &desks, &at("990102")).map(|post| post.area.as_str()), Ok("9901"), "what lies below");
        assert_eq!(keeps(&city, &desks, &at("99")), Err(Denied::NotYourArea), "never what lies above");
        assert_eq!(keeps(&city, &desks, &at("9902")), Err(Denied::NotYourArea));
        assert_eq!(keeps(&official(&[("finance", "9901")]), &desks, &at("9901")), Err(Denied::NotYourDesk));
        assert_eq!(keeps(&official(&[]), &desks, &at("9901")), Err(Denied::NotYourDesk), "an applicant");
        assert_eq!(keeps(&Actor::system(), &desks, &at("9901")), Err(Denied::SystemOnlyLapses));
        let admin = Actor { admin: Some(AdminRole::System), ..city };
        assert_eq!(keeps(&admin, &desks, &at("9901")), Err(Denied::AdminsDoNoBusiness));
    }

    #[test]
    fn the_nearest_post_is_the_one_it_is_done_under() {
        let several = official(&[("supervision", "99"), ("supervision", "9901"), ("intake", "990102")]);
        let desks = [DeskId::new("supervision")];
        let post = keeps(&several, &desks, &area("990102").into()).map(|post| post.area.as_str());
        assert_eq!(post, Ok("9901"));
    }
}
