// A founder at the form: answers every page of an application the way a person does, whatever order the house asks in.
import { Buffer } from "node:buffer";

const person = (name, number, phone, more) => ({ name, id_number: number, phone, political: "群众", ...more });

/** A complete application for an association in 沈阳市, in the words of the form. Invented people. */
export const ASSOCIATION = {
  name: "沈阳市冰雕艺术协会",
  registrar_area: { find: "沈阳市", code: "2101" },
  activity_area: { find: "沈阳市", code: "2101" },
  domicile_area: { find: "文安路社区", code: "210102019009" },
  route: "dual", supervisor: "沈阳市教育局",
  name_has_person: "no", name_national_word: "no",
  purpose: "联合本市冰雕爱好者，传授技艺，举办展览。", scope: "冰雕艺术交流、培训、展览；承接有关部门委托的服务。",
  apply_charity: "no", industry: "R", new_field: "no",
  necessity: "本市冰雕爱好者三百多人，没有一个交流和培训的组织。", feasibility: "第一年办四次培训，经费来自会费和捐赠，聘两名专职人员，场所已经落实。",
  full_time_staff: "2", fund_lawful: "yes", domicile: "沈阳市和平区示例路1号101室", premises_right: "leased", premises_until: "2028-12-31",
  sponsors: [person("张示例", "210102198001010117", "13900000011", { employer: "示例美术馆" }), person("李示例", "210102198001010133", "13900000013", { political: "中共党员", employer: "示例美术馆" })],
  sponsors_no_deprivation: "yes", sponsors_full_capacity: "yes", sponsor_duty: "yes",
  legal_representative: person("王示例", "21010219800101015X", "13900000015", { post: "会长" }),
  legal_rep_elsewhere: "no", legal_rep_mainland: "yes", term_years: "5",
  heads_no_deprivation: "yes", heads_full_capacity: "yes", heads_no_sentence: "yes", heads_no_revoked: "yes", heads_cadre: "none", heads_over_age: "no",
  heads: [person("钱示例", "210102198001010192", "13900000019", { post: "vice_chair", employer: "无", full_time: "yes", paid: "no" }), person("孙示例", "210102198001010213", "13900000021", { post: "secretary_general", employer: "无", full_time: "yes", paid: "no" })],
  charter_party_clause: "yes", adopted_on: "2026-10-18",
  party_members_total: "1", party_plan: "joint", party_contact: "李示例", party_members: [{ name: "李示例", id_number: "210102198001010133", branch: "示例社区党支部", post: "秘书长" }],
  agent: person("赵示例", "210102198001010176", "13900000017"), post_address: "沈阳市和平区示例路1号", e_delivery: "yes", truth: "yes",
  membership: "本市从事冰雕的单位和个人", member_kind: "individual", members_individual: "60", members_unit: "0", members_total: "60",
  capital: "50000", fund_source: "会费和发起人捐赠",
  regulator: "沈阳市商务局",
};

/** A number like 210102198001010117 with the right check character (GB 11643), invented. */
function idNumber(sequence) {
  const body = `21010219800101${String(sequence).padStart(3, "0")}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return body + "10X98765432"[sum % 11];
}

/** The same application by other people (`shift` moves their numbers), with what is different about it; an answer of null is left out. */
export function applicationOf(shift, more) {
  let next = shift;
  const renumber = (value) => Array.isArray(value) ? value.map(renumber) : value && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === "id_number" ? known(inner) : key === "phone" ? `1390000${String(shift).padStart(4, "0")}` : inner])) : value;
  const numbers = new Map();
  const known = (number) => { if (!numbers.has(number)) numbers.set(number, idNumber(next++)); return numbers.get(number); };
  const all = Object.fromEntries(Object.entries(ASSOCIATION).map(([key, value]) => [key, renumber(value)]));
  return Object.fromEntries(Object.entries({ ...all, ...more }).filter(([, value]) => value !== null));
}

/** A direct-route application of one of the four classes (四类直接登记). */
export const directOf = (shift, direct_class, name, more) => applicationOf(shift, { route: "direct", supervisor: null, direct_class, regulator: "沈阳市商务局", direct_notice: "yes", name, ...more });

/** A small real PDF: the house looks at the bytes, not at the name. */
export const PDF = { name: "材料.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") };

const press = (tab, locator) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), locator.click()]);

const PASSWORD = "Lamplight-42-harbour";

/** Somebody registers; on the way a weak password is refused. Ends at the matters, signed in. */
export async function register({ base, check }, tab, login, name) {
  const errors = () => tab.locator(".y-errors li").allTextContents(), go = () => press(tab, tab.locator("main form button.btn-primary").first());
  await tab.goto(`${base}/register?back=/matters`, { waitUntil: "load" });
  for (const [field, value] of [["login", login], ["name", name], ["password", "short"], ["again", "short"]]) await tab.fill(`[name=${field}]`, value);
  await go();
  check((await errors()).length > 0 && (await tab.inputValue("[name=login]")) === login, "a weak password is refused and the rest kept");
  for (const field of ["password", "again"]) await tab.fill(`[name=${field}]`, PASSWORD);
  await go();
  const at = new URL(tab.url()).pathname;
  check(at === "/matters", `registered and back at the matters, at ${at} ${await errors()}`);
}

/** The answer for a control: `sponsors.3.name` is the name of the sponsor in the row that stands where 3 does. */
function answerFor(answers, name, rows) {
  const [field, second, third] = name.split(".");
  const value = answers[field];
  if (Array.isArray(value)) return third ? value[(rows[field] ?? []).indexOf(second)]?.[third] : value;
  if (value && typeof value === "object" && second) return value[second];
  return value;
}

const controls = (tab) => tab.evaluate(() => [...document.querySelectorAll("main form[method=post] [name]")].filter((e) => !e.name.startsWith("_") && e.type !== "hidden" && e.type !== "file").map((e) => ({ name: e.name, type: e.type, value: e.value, label: e.labels?.[0]?.textContent.trim() ?? "", options: e.tagName === "SELECT" ? [...e.options].map((o) => ({ value: o.value, text: o.textContent.trim() })) : null })));

async function pickAreas(tab, answers) {
  for (const { name } of (await controls(tab)).filter((one) => one.name.endsWith(".find"))) {
    const field = name.slice(0, -5), answer = answers[field];
    if (!answer || (await tab.locator(`input[type=hidden][name="${field}"]`).count())) continue;
    await tab.fill(`[name="${name}"]`, answer.find);
    await press(tab, tab.locator(`button[value="area:${field}:find"]`));
    await tab.locator(`input[type=radio][name="${field}"][value="${answer.code}"]`).check();
  }
}

async function addRows(tab, answers) {
  for (const [field, value] of Object.entries(answers)) {
    if (!Array.isArray(value)) continue;
    const add = tab.locator(`button[value="rows:${field}:add"]`);
    for (let turn = 0; turn < 6 && (await add.count()); turn++) {
      const rows = new Set((await controls(tab)).filter((one) => one.name.startsWith(`${field}.`)).map((one) => one.name.split(".")[1]));
      if (rows.size >= value.length) break;
      await press(tab, add);
    }
  }
}

/** Fills what the page asks for and is known. */
export async function fillPage(tab, answers) {
  await addRows(tab, answers);
  await pickAreas(tab, answers);
  const all = await controls(tab), rows = {};
  for (const { name } of all) { const [field, row, column] = name.split("."); if (column && !(rows[field] ??= []).includes(row)) rows[field].push(row); }
  for (const { name, type, value, label, options } of all) {
    if (name.endsWith(".find") || (/^\d+$/.test(name.split(".")[1] ?? "") && !name.split(".")[2])) continue;
    const answer = answerFor(answers, name, rows);
    if (answer === undefined || (typeof answer === "object" && !Array.isArray(answer))) continue;
    const control = tab.locator(`[name="${name}"]`);
    if (type === "radio") { if (value === answer || label.startsWith(answer)) await tab.locator(`[name="${name}"][value="${value}"]`).check(); }
    else if (type === "checkbox") { if ([].concat(answer).includes(value)) await tab.locator(`[name="${name}"][value="${value}"]`).check(); }
    else if (options) { const option = options.find((one) => one.value === answer || one.text === answer || (answer === "yes" && one.text === "是")) ?? options.find((one) => answer && one.text.startsWith(answer)); if (option) await control.selectOption(option.value); }
    else await control.fill(String(answer));
  }
}

const errorsOn = (tab) => tab.locator(".y-errors li").allTextContents();

/** Uploads a paper, or promises it where that is offered and wanted. */
async function handleMaterial(tab, promises) {
  const promise = tab.locator('button[value="promise"]');
  if (promises && (await promise.count())) {
    await tab.check("#f-agree");
    await press(tab, promise);
  } else if (await tab.locator("main input[type=file]").count()) {
    await tab.setInputFiles("main input[type=file]", [PDF]);
    await press(tab, tab.locator("main form button.btn-primary").first());
  }
  const on = tab.locator('button[name="_then"][value="list"]');
  if (new URL(tab.url()).pathname.includes("/materials/") && (await on.count())) await press(tab, on);
}

/** From the task list (or any page of the draft) to 核对并提交. Gives the pages passed; throws with the house's words when stuck. */
export async function fillDraft(tab, answers, { promises = true, seen = async () => {} } = {}) {
  const passed = [];
  for (let turn = 0; turn < 80; turn++) {
    const path = new URL(tab.url()).pathname;
    const [, , , , part, slot] = path.split("/");
    if (part === "check") return passed;
    const name = slot ?? part ?? "list";
    if (passed.filter((one) => one === name).length > (name === "list" ? 20 : 3)) throw new Error(`stuck at ${path} (${passed.join(" ")}): ${(await errorsOn(tab)).join("; ") || await tab.locator("h1").first().textContent()}`);
    passed.push(name);
    await seen(tab, name);
    if (!part) await press(tab, tab.locator("main a.btn-primary").first());
    else if (part === "materials") await handleMaterial(tab, promises);
    else {
      await fillPage(tab, answers);
      await press(tab, tab.locator("main form p.y-buttons button.btn-primary").first());
      const errors = await errorsOn(tab);
      if (errors.length && passed.filter((one) => one === name).length > 1) throw new Error(`refused at ${path}: ${errors.join("; ")}`);
    }
  }
  throw new Error("the form has no end");
}
