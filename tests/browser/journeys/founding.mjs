// The journey: a founder registers and applies (association, dual route), is asked for a correction, the opinions are given side by
// side, a second person decides, the certificate is issued, everybody sees the dossier, and the e-licence verifies without a network.
// On the way the house refuses what it must.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agree, faultsOn, openCase, takesEffect } from "../lib/desk.mjs";
import { ASSOCIATION, PDF, fillDraft, register } from "../lib/founder.mjs";

const picture = async (stage, tab, name) => { if (stage.script) await tab.screenshot({ path: join(stage.shots, `journey-${name}.png`), fullPage: true }); };
const wide = (stage) => ({ viewport: { width: 1440, height: 900 }, ...stage.options });
const path = (tab) => new URL(tab.url()).pathname;
const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);

/** From the office guide to a case number. */
async function apply(stage, tab) {
  const { base, check } = stage;
  await tab.goto(`${base}/matters/found-association?area=2101`, { waitUntil: "load" });
  await stage.see(tab, "office guide");
  await picture(stage, tab, "guide");
  await press(tab, "aside.y-start form button.btn-primary");
  check(path(tab).startsWith("/my/drafts/"), `founding: a draft is open, at ${path(tab)}`);
  let tried = false, listed = false;
  const seen = async (tab, name) => {
    if (!tried && (await tab.locator('button[value="name:name:check"]').count())) {
      tried = true;
      await tab.fill("[name=name]", "中国冰雕协会");
      await press(tab, 'button[value="name:name:check"]');
      check((await tab.locator(".y-verdict.no").count()) === 1, "founding: a name that may not be used is refused with its reason");
      await picture(stage, tab, "name-check");
    }
    if (name === "list" && !listed) { listed = true; await stage.see(tab, "task list"); await picture(stage, tab, "task-list"); }
  };
  await fillDraft(tab, stage.answers, { seen });
  await stage.see(tab, "check your answers");
  await picture(stage, tab, "check");
  const unready = await faultsOn(tab);
  if (!check(unready.length === 0, `founding: ready to send, but: ${unready.join("; ")}`)) throw new Error("the application is not complete");
  await press(tab, "section.y-send form button.btn-primary");
  check((await faultsOn(tab)).length > 0, "founding: nothing is sent without the declaration");
  await tab.check("#f-agree");
  await press(tab, "section.y-send form button.btn-primary");
  check(path(tab).startsWith("/my/cases/"), `founding: sent, at ${path(tab)}`);
  await stage.see(tab, "progress");
  await picture(stage, tab, "progress");
  return path(tab).split("/")[3];
}

async function correct(stage, founder, number) {
  const { base, check } = stage;
  const { context, tab } = await openCase(stage, "shouli", number, wide(stage));
  await stage.see(tab, "review screen");
  if (stage.script) await tab.screenshot({ path: join(stage.shots, "readme-review.png") });
  await picture(stage, tab, "review");
  await tab.locator('input[name=fix][value="member_list"]').check();
  await press(tab, 'button[data-key="r"]');
  await press(tab, "main form button.btn-primary");
  check((await faultsOn(tab)).length > 0, "founding: a correction without words is refused");
  for (const words of await tab.locator("textarea").all()) await words.fill("名单缺少联系方式，请补上每位会员的电话。");
  await press(tab, "main form button.btn-primary");
  check((await tab.locator(".y-pending").count()) === 1, "founding: the correction waits ten seconds");
  check(await takesEffect(tab), "founding: the correction took effect");
  await founder.goto(`${base}/my/cases/${number}`, { waitUntil: "load" });
  check((await founder.locator("text=请您补正").count()) > 0, "founding: the founder is asked for the correction");
  await picture(stage, founder, "correction");
  await press(founder, 'form[action$="/correct"] button');
  await press(founder, "ol.y-fixes a.btn");
  await founder.setInputFiles("main input[type=file]", [{ ...PDF, name: "会员名单-补.pdf" }]);
  await press(founder, "main form button.btn-primary");
  if (!path(founder).endsWith("/correct")) await press(founder, 'button[name="_then"][value="list"]');
  if (!path(founder).endsWith("/correct")) { await founder.goto(`${base}/my/cases/${number}`); await press(founder, 'form[action$="/correct"] button'); }
  await founder.check("#f-agree");
  await press(founder, "section.y-send form button.btn-primary");
  check(path(founder) === `/my/cases/${number}`, `founding: the correction is sent, at ${path(founder)}: ${(await faultsOn(founder)).join("; ")}`);
  await picture(stage, founder, "corrected");
  await tab.reload({ waitUntil: "load" });
  await picture(stage, tab, "review-corrected");
  await agree(tab);
  check(!(await faultsOn(tab)).length, `founding: accepted: ${(await faultsOn(tab)).join("; ")}`);
  check(await takesEffect(tab), "founding: the acceptance took effect");
  await context.close();
}

/** The opinions asked for, given side by side: nobody waits for another. */
async function opinions(stage, number, logins) {
  const { check } = stage;
  const desks = await Promise.all(logins.map(async (login) => ({ login, ...(await openCase(stage, login, number, wide(stage))) })));
  for (const { login, tab, status } of desks) check(status === 200 && (await tab.locator("form.y-act").count()) > 0, `founding: ${login} is asked while the others are too (${status})`);
  await Promise.all(desks.map(({ tab }) => agree(tab, { reason: "同意。五个方面都符合要求。" })));
  for (const { login, tab } of desks) check((await tab.locator('.y-pending form[action="/desk/pending"]').count()) === 1, `founding: the opinion of ${login} waits: ${(await tab.locator("main").innerText()).slice(0, 300)} ${await faultsOn(tab)}`);
  await Promise.all(desks.map(async ({ login, tab }) => check(await takesEffect(tab), `founding: the opinion of ${login} took effect`)));
  for (const { login, tab } of desks) check((await tab.locator("form.y-act").count()) === 0, `founding: ${login} has nothing left to do, but: ${(await tab.locator("section.y-do").innerText()).slice(0, 300)}`);
  await Promise.all(desks.map(({ context }) => context.close()));
}

async function reviewAndDecide(stage, number) {
  const { base, check } = stage;
  const review = await openCase(stage, "shencha", number, wide(stage));
  await picture(stage, review.tab, "review-opinions");
  await agree(review.tab);
  check(!(await faultsOn(review.tab)).length, `founding: reviewed: ${(await faultsOn(review.tab)).join("; ")}`);
  check(await takesEffect(review.tab), "founding: the review took effect");
  check((await review.tab.locator("form.y-act").count()) === 0, "founding: who reviewed is not offered the decision");
  await review.context.close();
  const decide = await openCase(stage, "jueding", number, wide(stage));
  await agree(decide.tab);
  const pressed = Date.now();
  if (await decide.tab.locator(".y-pending form button").count()) {
    await Promise.all([decide.tab.waitForNavigation({ waitUntil: "load" }), stage.script ? decide.tab.keyboard.press("z") : decide.tab.locator(".y-pending form button").first().click()]);
    await decide.tab.goto(`${base}/desk/cases/${number}`, { waitUntil: "load" });
    check((await decide.tab.locator("form.y-act").count()) > 0, "founding: the decision was taken back and can be made again");
  } else check(Date.now() - pressed > 5_000, `founding: the decision waits: ${(await faultsOn(decide.tab)).join("; ")}`);
  if (await decide.tab.locator("form.y-act").count()) await agree(decide.tab);
  check(await takesEffect(decide.tab), "founding: the decision took effect");
  await decide.context.close();
}

async function refusals(stage, number) {
  const { base, check, people, browser } = stage;
  for (const [login, what] of [["heping", "another district's intake"], ["caizheng", "a body that is not asked"], ["jumin", "somebody else"], ["shenji", "the auditor"]]) {
    const { context, status } = await openCase(stage, login, number);
    check([403, 404].includes(status), `founding: ${what} does not see the case at the desk (${status})`);
    await context.close();
  }
  const other = await people.context("jumin"), tab = await other.newPage();
  const answer = await tab.goto(`${base}/my/cases/${number}`, { waitUntil: "load" });
  check([403, 404].includes(answer.status()), `founding: somebody else does not see it as their own (${answer.status()})`);
  await other.close();
  const nobody = await browser.newContext(), page = await nobody.newPage();
  await page.goto(`${base}/my/cases/${number}`, { waitUntil: "load" });
  check(path(page) === "/login", "founding: a stranger is asked to sign in");
  await nobody.close();
}

/** The certificate, and what anybody can do with it. */
async function outcome(stage, founder, number) {
  const { base, check, browser, program } = stage;
  await founder.goto(`${base}/my/cases/${number}`, { waitUntil: "load" });
  await picture(stage, founder, "granted");
  await founder.goto(`${base}/my/cases/${number}/certificate`, { waitUntil: "load" });
  await stage.see(founder, "certificate");
  await picture(stage, founder, "certificate");
  const short = await founder.locator('a[href^="/c/"]').first().getAttribute("href");
  const code = (await founder.locator(".y-cert-code b").textContent()).trim();
  check(/^51[0-9A-Z]{16}$/.test(code), `founding: the certificate bears a credit code: ${code}`);
  const licence = await (await fetch(`${base}${short}/licence.txt`)).text(), keys = await (await fetch(`${base}/verify/keys`)).text();
  const folder = mkdtempSync(join(tmpdir(), "yishe-licence-"));
  try {
    const verify = (text) => { writeFileSync(join(folder, "licence.txt"), text); return spawnSync(program, ["verify", join(folder, "licence.txt"), "--keys", join(folder, "keys.json")], { encoding: "utf8" }); };
    writeFileSync(join(folder, "keys.json"), keys);
    const good = verify(licence);
    check(good.status === 0 && good.stdout.includes(stage.answers.name), `founding: yishe verify says ${good.status}: ${good.stdout}${good.stderr}`);
    const at = Math.floor(licence.trim().length / 2), swapped = licence[at] === "A" ? "B" : "A";
    check(verify(licence.slice(0, at) + swapped + licence.slice(at + 1)).status === 1, "founding: one changed letter and it does not verify");
  } finally { rmSync(folder, { recursive: true, force: true }); }
  const anyone = await browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 844 }, ...stage.options }), tab = await anyone.newPage();
  await tab.goto(`${base}${short}`, { waitUntil: "load" });
  check((await tab.locator(`text=${stage.answers.name}`).count()) > 0, "founding: the QR code opens the verdict");
  await stage.see(tab, "scan");
  await picture(stage, tab, "scan");
  await tab.setViewportSize({ width: 1440, height: 900 });
  let found = 0;
  for (let waited = 0; !found && waited < 20; waited++) {
    await tab.goto(`${base}/orgs?q=${encodeURIComponent(stage.answers.name.slice(3, 7))}`, { waitUntil: "load" });
    found = await tab.locator(`main a:has-text("${stage.answers.name}")`).count();
    if (!found) await tab.waitForTimeout(500);
  }
  check(found > 0, "founding: a fragment of the name finds it within ten seconds");
  await tab.goto(`${base}/orgs/${code}`, { waitUntil: "load" });
  check((await tab.locator("h1").textContent()).includes(stage.answers.name), "founding: the dossier is public");
  await stage.see(tab, "dossier");
  await picture(stage, tab, "dossier");
  check(!(await tab.content()).includes(stage.answers.sponsors[0].id_number), "founding: no ID number is public");
  await tab.goto(`${base}/`, { waitUntil: "load" });
  check((await tab.locator(`.y-notices a:has-text("${stage.answers.name}")`).count()) > 0, "founding: the notice stands on the front page");
  await anyone.close();
}

/** The whole of it. `options` go to every browser context; `script` says whether they run JavaScript. */
export async function found(stage, { login, name, answers, script = true }) {
  const options = script ? {} : { javaScriptEnabled: false };
  const own = { ...stage, answers, script, options, see: script ? stage.look : async () => {}, check: (good, text) => stage.check(good, script ? text : `without JavaScript, ${text}`) };
  const context = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 844 }, ...options }), founder = await context.newPage();
  await register(own, founder, login, name);
  const number = await apply(own, founder);
  if (script) await refusals(own, number);
  await correct(own, founder, number);
  await opinions(own, number, ["zhuguan", "hangye", "dangjian"]);
  await reviewAndDecide(own, number);
  await outcome(own, founder, number);
  await context.close();
}

export default (stage) => found(stage, { login: "bingdiao", name: "白兰", answers: ASSOCIATION });
