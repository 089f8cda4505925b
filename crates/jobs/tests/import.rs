//! An uploaded file through the runner, on both engines: dry run, import, and a second run of the same job.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::sync::Arc;
use std::time::Duration;

use authority::{Actor, AdminRole};
use base::RecordId;
use jobs::handlers::Import;
use jobs::{Registry, Runner, Schedule};
use office::accounts::NewPost;
use office::import::uploads::Stage;
use office::testing::{TestOffice, on_each_engine};

const FOUNDATIONS: &[u8] = include_bytes!("../../../data/orgs/foundations_ricf_sample.csv");

/// An official with an account, for the job asks for the rights its owner has when it runs.
fn keeper(office: &TestOffice) -> Actor {
    let body = office.body("registrar", "民政部", "100000");
    let account = office.opened("keeper", "数据质量岗", None);
    let post = NewPost { account, body, desk: "data_quality".into(), area: "100000".parse().unwrap(), until: None };
    office.give_post(&office.admin(AdminRole::Security), &post).unwrap();
    Actor { account, ..office.official("data_quality", "100000", body) }
}

fn wait(office: &TestOffice, who: &Actor, id: RecordId, until: fn(&Stage) -> bool) {
    let runner =
        Runner::start(office.office.clone(), Registry::of([Arc::new(Import) as _]), Schedule::default(), 1).unwrap();
    for _ in 0..1_200 {
        if until(&office.upload_view(who, id).unwrap().upload.stage) {
            return runner.stop();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{:?}", office.upload_view(who, id).unwrap().upload.stage);
}

#[test]
fn an_uploaded_file_is_checked_and_imported() {
    on_each_engine(|office| {
        let who = keeper(office);
        let id = office.upload_import(&who, "foundations.csv", FOUNDATIONS).unwrap();
        assert_eq!(office.upload_import(&who, "again.csv", FOUNDATIONS).unwrap(), id, "one file, one upload");
        let columns = office.upload_view(&who, id).unwrap().upload.settings.mapping.columns;
        office.start_check(&who, id, &columns, None, None).unwrap();
        wait(office, &who, id, |stage| *stage == Stage::Checked);
        let view = office.upload_view(&who, id).unwrap();
        assert_eq!((view.upload.record.taken, view.upload.record.rejected), (212, 0));
        // 78 units guessed and what else `office`'s own test derives by hand.
        let found = view.upload.settings.found.unwrap();
        assert!(found.flagged > 78 && found.oddities[0].rows == 78, "{found:?}");
        office.start_import(&who, id).unwrap();
        wait(office, &who, id, |stage| *stage == Stage::Done);
        let import = office.upload_view(&who, id).unwrap().upload.import.unwrap();
        assert_eq!((import.taken, import.rejected, import.total), (212, 0, 212));
        assert_eq!(office.start_import(&who, id).unwrap_err().code(), "already_imported");
        let job = office.upload_view(&who, id).unwrap().upload.settings.job.unwrap();
        let job = office.db.read(|tx| store::jobs::find(tx, job)).unwrap().unwrap();
        let asked = serde_json::from_value(job.payload).unwrap();
        assert!(office.run_import_job(&asked, &mut ()).unwrap(), "twice comes to the same end");
        assert_eq!(job.progress.as_deref(), Some("212/212"));
    });
}
