//! Changing one of the three states (登记状态、信用状态、运行状态).
use catalogue::matter::StateAxis;
use registry::{Credit, Operation, Registration, Transition};

use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn set_state(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        axis: StateAxis,
        state: &str,
    ) -> Result<(), Refused> {
        let wish = match axis {
            StateAxis::Registration => Registration::parse(state).map(Transition::Registration),
            StateAxis::Credit => Credit::parse(state).map(Transition::Credit),
            StateAxis::Operation => Operation::parse(state).map(Transition::Operation),
        };
        let wish = wish.ok_or_else(|| Refused::internal(format!("no state {state}")))?;
        let today = work.today;
        let draft = self.draft_of(work, scene)?;
        let was_live = draft.org.states.registration.is_live();
        draft.org.states =
            draft.org.states.after(wish).map_err(|no| Refused::rule("state", no.to_string(), "请先办理前一步"))?;
        if was_live && !draft.org.states.registration.is_live() {
            draft.org.ended_on = Some(today);
        }
        draft.acts.push("set_state");
        work.note("state", state);
        Ok(())
    }
}
