//! Loading (装载): every file of a source into the parts of a catalogue, every problem collected.
use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, MatterFile};
use crate::condition::suggest;
use crate::duties::Duty;
use crate::facts::{FactDef, Supply, Vocabulary};
use crate::lists::CodeList;
use crate::matter::{Choice, Routes};
use crate::named::NamedChecks;
use crate::overlay::Overlay;
use crate::pack::{Pack, Packs};
use crate::params::Params;
use crate::plans::{Around, Indicator, Plan};
use crate::problem::{Place, Problems};
use crate::reader::Reader;
use crate::registers::Register;
use crate::rules::Rule;
use crate::subject::Subject;
use crate::trace::{Trace, read_clauses};
use crate::tree::Node;
use crate::value::Kind;

/// The parts read so far.
pub(crate) struct Loading<'p> {
    pub(crate) catalogue: Catalogue,
    /// Every file could be read as TOML or CSV. If not, nothing more was done: most of it would be consequences.
    pub(crate) readable: bool,
    /// Ids of what was declared but could not be read: naming them is no second fault.
    pub(crate) broken: BTreeSet<String>,
    problems: &'p Problems,
}

impl<'p> Loading<'p> {
    /// Reads all files. Packs first, because everything else is read in their order.
    pub(crate) fn read(files: &[(String, String)], named: &NamedChecks, problems: &'p Problems) -> Self {
        let catalogue = Catalogue { named: named.clone(), ..Catalogue::default() };
        let mut loading = Self { catalogue, readable: true, broken: BTreeSet::new(), problems };
        let mut trees: BTreeMap<&str, Vec<(&str, Node)>> = BTreeMap::new();
        for (path, text) in files {
            match path.split_once('/') {
                None if path == "clauses.csv" => loading.catalogue.clauses.extend(read_clauses(path, text, problems)),
                // A pack may bring the clauses of its own documents, so that a new city is one folder.
                Some((_, "clauses.csv")) => {
                    let more = read_clauses(path, text, problems);
                    for (id, clause) in more {
                        if loading.catalogue.clauses.insert(id.clone(), clause).is_some() {
                            problems.error(
                                &Place::new(path.as_str(), 0),
                                format!("条款“{id}”在别处已有"),
                                "请删去一处",
                            );
                        }
                    }
                }
                None if path == "trace.toml" => loading.traces(&Node::parse(path, text, problems)),
                Some((pack, rest)) if is_ours(rest) => {
                    trees.entry(pack).or_default().push((rest, Node::parse(path, text, problems)));
                }
                // Whatever else lies there (case tables, README) is read elsewhere or by people.
                _ => warn_unread(path, problems),
            }
        }
        if problems.has_errors() {
            loading.readable = false;
            return loading;
        }
        let mut packs = Vec::new();
        for (folder, files) in &trees {
            match files.iter().find(|(rest, _)| *rest == "pack.toml") {
                Some((_, root)) => packs.extend(Pack::read(folder, root, problems)),
                None => problems.error(&Place::new(format!("{folder}/pack.toml"), 0), "政策包没有 pack.toml", "请补上"),
            }
        }
        loading.catalogue.packs = Packs::of(&packs, problems);
        let order: Vec<String> = loading.catalogue.packs.iter().map(|pack| pack.id.clone()).collect();
        for pack in &order {
            for (rest, root) in trees.get(pack.as_str()).into_iter().flatten() {
                loading.file(pack, rest, root);
            }
        }
        loading.register_facts();
        loading
    }

    fn file(&mut self, pack: &str, rest: &str, root: &Node) {
        let folder = rest.split_once('/').map_or(rest.trim_end_matches(".toml"), |(folder, _)| folder);
        match folder {
            "facts" => self.catalogue.words.read(root, self.problems),
            "params" => self.catalogue.params.read(pack, root, self.problems),
            "matters" => self.matter(pack, rest, root),
            "registers" => self.register(root),
            "rules" => self.each(root, "rule", |catalogue, entry| {
                if let Some(rule) = Rule::read(pack, entry) {
                    insert(&mut catalogue.rules, &rule.id.clone(), rule, entry);
                }
            }),
            "overlays" => self.each(root, "overlay", |catalogue, entry| {
                if let Some(overlay) = Overlay::read(entry) {
                    catalogue.overlays.push((pack.to_owned(), overlay));
                }
            }),
            "desks" => self.each(root, "desk", |catalogue, entry| {
                let (id, name) = (entry.need_id("id"), entry.need_text("name"));
                entry.find("note");
                let bodies: Vec<String> = entry.texts("bodies").into_iter().map(|kind| kind.value).collect();
                for kind in bodies.iter().filter(|kind| !BODY_KINDS.contains(&kind.as_str())) {
                    let message = format!("没有名为“{kind}”的单位类别");
                    entry.problems().error(entry.at(), message, format!("可用：{}", BODY_KINDS.join("、")));
                }
                if !bodies.is_empty() {
                    catalogue.desk_bodies.insert(id.clone(), bodies);
                }
                insert(&mut catalogue.desks, &id, name, entry);
            }),
            "lists" => self.each(root, "list", |catalogue, entry| {
                if let Some(list) = CodeList::read(entry) {
                    insert(&mut catalogue.lists, &list.id.clone(), list, entry);
                }
            }),
            "duties" => self.each(root, "duty", |catalogue, entry| {
                let duty = entry.node().to_typed::<Duty>(entry.problems());
                entry.know_all();
                if let Some(duty) = duty {
                    insert(&mut catalogue.duties, &duty.id.clone(), duty, entry);
                }
            }),
            "indicators" => self.each(root, "indicator", |catalogue, entry| {
                if let Some(indicator) = Indicator::read(pack, entry) {
                    insert(&mut catalogue.indicators, &indicator.id.clone(), indicator, entry);
                }
            }),
            "plans" => self.plan(pack, rest, root),
            "trace" => self.traces(root),
            "routes" => {
                if let Some(routes) = Routes::read(root, self.problems) {
                    self.catalogue.routes.insert(pack.to_owned(), (routes, root.clone()));
                }
            }
            "names" => drop(self.catalogue.names.insert(pack.to_owned(), root.clone())),
            _ => {}
        }
    }

    /// Reads each table of a list; unknown keys of the file and of each table are reported.
    fn each(&mut self, root: &Node, key: &str, mut act: impl FnMut(&mut Catalogue, &Reader<'_>)) {
        let Some(file) = Reader::of(root, self.problems) else { return };
        for entry in file.tables(key) {
            let before = self.problems.len();
            act(&mut self.catalogue, &entry);
            // A table that was given up half-way has keys nobody asked for; they are not the problem.
            if self.problems.len() == before {
                entry.finish();
            } else {
                self.broken.extend(entry.node().find("id").and_then(Node::as_text).map(str::to_owned));
            }
        }
        file.finish();
    }

    fn traces(&mut self, root: &Node) {
        self.each(root, "trace", |catalogue, entry| catalogue.traces.push(Trace::read(entry)));
    }

    fn matter(&mut self, pack: &str, rest: &str, root: &Node) {
        let id = root.find("id").and_then(Node::as_text).unwrap_or_default().to_owned();
        let stem = rest.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        if id != stem {
            self.problems.error(&root.at, format!("事项的 id 是“{id}”，文件却叫“{stem}.toml”"), "请让两者相同");
            return;
        }
        let file = MatterFile { pack: pack.to_owned(), root: root.clone() };
        if let Some(first) = self.catalogue.matters.insert(id.clone(), file) {
            let message = format!("事项“{id}”重复，已在 {} 定义", first.root.at);
            self.problems.error(&root.at, message, "地方的差异请写在 overlays.toml");
        }
    }

    fn plan(&mut self, pack: &str, rest: &str, root: &Node) {
        let Some(pack) = self.catalogue.packs.find(pack) else { return };
        let around = Around { pack, indicators: &self.catalogue.indicators };
        let Some(plan) = Plan::read(&around, root, self.problems) else { return };
        let stem = rest.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        if plan.id != stem {
            let message = format!("规划的 id 是“{}”，文件却叫“{stem}.toml”", plan.id);
            self.problems.error(&root.at, message, "请让两者相同");
        }
        if let Some(first) = self.catalogue.plans.insert(plan.id.clone(), plan) {
            self.problems.error(&root.at, format!("规划“{}”重复，已在 {} 定义", first.id, first.at), "请换一个 id");
        }
    }

    /// The fields of every register are facts, so that whatever a register holds can be counted without code.
    fn register_facts(&mut self) {
        self.register_choices();
        let registers = &self.catalogue.registers;
        let facts: Vec<_> = registers
            .values()
            .flat_map(|(register, at)| register.facts(at, &self.catalogue.lists, &self.catalogue.desks))
            .collect();
        for fact in facts {
            self.catalogue.words.insert(fact, self.problems);
        }
    }

    /// Choices that stand elsewhere in the catalogue: code lists, documents, plans, desks.
    fn register_choices(&mut self) {
        use crate::registers::Source;
        let choice = |(value, label): (String, String)| Choice {
            value,
            label,
            help: String::new(),
            registers: None,
            title: None,
        };
        let catalogue = &mut self.catalogue;
        let documents = catalogue.packs.iter().flat_map(|pack| &pack.documents);
        let documents: Vec<_> = documents.map(|document| (document.id.clone(), document.title.clone())).collect();
        for (register, _) in catalogue.registers.values_mut() {
            for field in &mut register.fields {
                let found: Vec<(String, String)> = match field.choices_from {
                    Some(Source::Documents) => documents.clone(),
                    Some(Source::Plans) => {
                        catalogue.plans.values().map(|plan| (plan.id.clone(), plan.name.clone())).collect()
                    }
                    Some(Source::Desks) => {
                        catalogue.desks.iter().map(|(id, name)| (id.clone(), name.clone())).collect()
                    }
                    Some(Source::AreaFacts) => area_facts(&catalogue.words),
                    None => catalogue.lists.get(&field.list).map(CodeList::words).unwrap_or_default(),
                };
                if field.choices_from == Some(Source::AreaFacts) {
                    let written: Vec<_> = field.choices.iter().map(|choice| choice.value.clone()).collect();
                    let others = found.into_iter().filter(|(value, _)| !written.contains(value));
                    field.choices.extend(others.map(choice));
                } else if field.choices.is_empty() {
                    field.choices = found.into_iter().map(choice).collect();
                }
            }
        }
    }

    fn register(&mut self, root: &Node) {
        let Some((register, at)) = Register::read(root, self.problems) else {
            self.broken.extend(root.find("id").and_then(Node::as_text).map(str::to_owned));
            return;
        };
        let id = register.id.clone();
        if self.catalogue.registers.insert(id.clone(), (register, at.clone())).is_some() {
            self.problems.error(&at, format!("名册“{id}”重复"), "请换一个 id");
        }
    }
}

/// The numbers and amounts of areas that others supply, each with its Chinese name.
fn area_facts(words: &Vocabulary) -> Vec<(String, String)> {
    let number = |fact: &&FactDef| fact.supply == Supply::Import && matches!(fact.kind, Kind::Int | Kind::Money);
    let named = |fact: &FactDef| {
        let name = fact.name.strip_prefix("area.")?.to_owned();
        let title = if fact.kind == Kind::Money { format!("{}（元）", fact.title) } else { fact.title.clone() };
        Some((name, title))
    };
    words.about(&Subject::Area).filter(number).filter_map(named).collect()
}

/// Kinds of bodies (单位类别) at which a desk can be held, as stored with each body.
pub const BODY_KINDS: [&str; 9] =
    ["registrar", "supervisor", "regulator", "party", "finance", "tax", "street", "community", "other"];

/// Folders of a pack.
const FOLDERS: [&str; 8] =
    ["facts/", "params/", "matters/", "registers/", "rules/", "overlays/", "indicators/", "plans/"];

/// Files of a pack that the catalogue reads.
fn is_ours(rest: &str) -> bool {
    const NAMES: [&str; 12] = [
        "pack.toml",
        "facts.toml",
        "params.toml",
        "overlays.toml",
        "duties.toml",
        "desks.toml",
        "trace.toml",
        "rules.toml",
        "registers.toml",
        "routes.toml",
        "names.toml",
        "lists.toml",
    ];
    std::path::Path::new(rest).extension().is_some_and(|ending| ending == "toml")
        // Case tables lie beside their matter and are read by tests.
        && !rest.ends_with(".cases.toml")
        && (NAMES.contains(&rest) || FOLDERS.iter().any(|folder| rest.starts_with(folder)))
}

/// A file that looks like one of a catalogue's and is not read: a folder or an ending is misspelt.
fn warn_unread(path: &str, problems: &Problems) {
    let at = Place::new(path, 0);
    // Byte by byte: `x.TOML` is not read, on no system.
    let ends = |ending: &str| path.as_bytes().ends_with(ending.as_bytes());
    if !ends(".toml") && path.to_lowercase().contains(".toml") {
        problems.warning(&at, "没有读这个文件：文件名要以 .toml 结尾（小写）", "请改名");
    } else if ends(".toml") && !ends(".cases.toml") {
        let folder = path.split('/').nth(1).filter(|_| path.matches('/').count() > 1);
        let help = folder.map_or_else(
            || "政策包里的文件放在 facts/、params/、registers/、indicators/、plans/ 等目录".to_owned(),
            |folder| suggest(folder, FOLDERS.iter().map(|name| name.trim_end_matches('/'))),
        );
        problems.warning(&at, "没有读这个文件：这个位置不是政策包的一部分", help);
    }
}

fn insert<T>(map: &mut BTreeMap<String, T>, id: &str, value: T, entry: &Reader<'_>) {
    if map.insert(id.to_owned(), value).is_some() {
        entry.problems().error(entry.at(), format!("“{id}”重复"), "请换一个 id，或删去一处");
    }
}

/// Applies the overlays that `packs` hold for a matter, in the packs' order.
pub(crate) fn overlay_all(
    catalogue: &Catalogue,
    id: &str,
    packs: &[&str],
    date: base::Date,
    params: &Params,
    problems: &Problems,
) -> Option<Node> {
    let mut root = catalogue.matters.get(id)?.root.clone();
    for pack in packs {
        for (_, overlay) in catalogue.overlays.iter().filter(|(from, overlay)| from == pack && overlay.matter == id) {
            if overlay.holds_on(date) {
                overlay.apply(&mut root, params, problems);
            }
        }
    }
    Some(root)
}
