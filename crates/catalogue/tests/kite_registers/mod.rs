//! What a register declares of states, records that belong to others, reminders: read, and every mistake told with its place.

use crate::common::files;
use catalogue::{Catalogue, NamedChecks};

/// A register of kite workshops with everything that a declaration may say, and what the checker says to each thing said wrongly.
#[test]
fn what_a_register_says_of_its_course_is_checked() {
    const TASKS: &str = "id = \"jobs\"\nname = \"任务\"\nexplain = \"任务。\"\nenters = [\"intake\"]\ntitle_field = \"title\"\n\
        list = [\"title\"]\nsince = \"from\"\nuntil = \"until\"\nunique = [\"title\"]\n[state]\nfield = \"state\"\n\
        first = \"open\"\nclosed = [\"done\"]\ndue = \"until\"\n[state.moves]\nopen = [\"done\"]\n[[remind]]\n\
        field = \"until\"\ndays_before = [7, 0]\ntext = \"“{title}”\"\n[[field]]\nid = \"title\"\nlabel = \"任务\"\n\
        kind = \"text\"\n[[field]]\nid = \"from\"\nlabel = \"自\"\nkind = \"date\"\n[[field]]\nid = \"until\"\nlabel = \"至\"\n\
        kind = \"date\"\n[[field]]\nid = \"state\"\nlabel = \"状态\"\nkind = \"choice\"\n\
        choices = [{ value = \"open\", label = \"开\" }, { value = \"done\", label = \"完\" }]\n";
    const REPORTS: &str = "id = \"reports\"\nname = \"进展\"\nexplain = \"进展。\"\nenters = [\"intake\"]\ntitle_field = \"said\"\n\
        list = [\"said\"]\n[[field]]\nid = \"said\"\nlabel = \"进展\"\nkind = \"text\"\n[[field]]\nid = \"job\"\nlabel = \"任务\"\n\
        kind = \"text\"\nbelongs_to = { register = \"jobs\", sets = { state = \"state\" } }\n[[field]]\nid = \"state\"\n\
        label = \"状态\"\nkind = \"choice\"\nchoices = [{ value = \"done\", label = \"完\" }]\n";
    let load = |tasks: &str, reports: &str| {
        let mut files = files();
        files.0.push(("base/registers/jobs.toml".to_owned(), tasks.to_owned()));
        files.0.push(("base/registers/reports.toml".to_owned(), reports.to_owned()));
        Catalogue::load(&files, &NamedChecks::default())
    };
    let catalogue = load(TASKS, REPORTS).unwrap_or_else(|problems| panic!("{problems:?}"));
    let jobs = catalogue.find_register("jobs").unwrap();
    let course = jobs.course.as_ref().unwrap();
    assert!(course.allows("open", "done") && !course.allows("done", "open") && course.is_closed("done"));
    assert_eq!(catalogue.find_register("reports").unwrap().links_to("jobs").count(), 1);
    let wrong = [
        ("since = \"from\"", "since = \"form\"", "since 里的“form”不是这个名册的字段"),
        ("until = \"until\"", "until = \"title\"", "until 里的“title”不是日期字段"),
        ("unique = [\"title\"]", "unique = [\"name\"]", "unique 里的“name”不是这个名册的字段"),
        ("first = \"open\"", "first = \"opened\"", "“opened”不是“状态”的选项"),
        ("open = [\"done\"]", "open = [\"gone\"]", "“gone”不是“状态”的选项"),
        ("field = \"state\"", "field = \"from\"", "state.field 里的“from”不是单选字段"),
        ("days_before = [7, 0]", "days_before = { param = \"nobody_set\" }", "remind 里没有名为“nobody_set”的参数"),
    ];
    for (right, said, message) in wrong {
        let problems = load(&TASKS.replacen(right, said, 1), REPORTS).unwrap_err();
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|one| one.contains(message) && one.contains("jobs.toml:")), "{message}: {all:?}");
    }
    let wrong = [
        ("register = \"jobs\"", "register = \"job\"", "属于没有声明的名册“job”"),
        ("sets = { state = \"state\" }", "sets = { condition = \"state\" }", "“condition”不是名册“任务”的字段"),
        ("sets = { state = \"state\" }", "sets = { from = \"state\" }", "两者类型不同"),
        ("sets = { state = \"state\" }", "sets = { state = \"stat\" }", "sets 里的“stat”不是这个名册的字段"),
    ];
    for (right, said, message) in wrong {
        let problems = load(TASKS, &REPORTS.replacen(right, said, 1)).unwrap_err();
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|one| one.contains(message) && one.contains("reports.toml:")), "{message}: {all:?}");
    }
}
