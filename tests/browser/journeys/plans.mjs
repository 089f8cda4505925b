// A leader and an official with the plans: plan → where it lacks → the list by name → why; what if → saved → the link as anybody sees it.
const path = (tab) => new URL(tab.url()).pathname;
const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const PLAN = "/plans/liaoning-14th", ACTION = "/plans/liaoning-community-action";

/** Waits while the facts of a day are being read: the page comes back by itself. */
async function ready(tab) {
  for (let left = 60; left > 0 && (await tab.locator("#facts").count()) > 0; left--) await new Promise((done) => setTimeout(done, 1000));
}

async function reading({ base, check, look }, tab) {
  await tab.goto(`${base}/`, { waitUntil: "load" });
  await press(tab, '.y-doors a[href="/plans"]');
  check(path(tab) === "/plans", "plans: the front page leads there");
  await press(tab, `.y-plans h2 a[href="${PLAN}"]`);
  await ready(tab);
  check((await tab.locator(".y-plan-key").innerText()).includes("终期评估"), "plans: a plan that is over opens on its last day");
  const statuses = await tab.locator("#plan-lines .y-tally b").allInnerTexts();
  check(statuses.map(Number).reduce((sum, one) => sum + one, 0) === (await tab.locator(".y-plan-table tbody tr").count()), `plans: every target stands somehow: ${statuses}`);
  await press(tab, '.y-plan-table a:has-text("全省性社会组织占比")');
  await ready(tab);
  check((await tab.locator("figure.y-chart svg").count()) === 1 && (await tab.locator(".y-plan-course tbody tr").count()) >= 2, "plans: a target has its course, drawn and in words");
  await press(tab, '.y-links a:has-text("不符合")');
  await ready(tab);
  const total = Number((await tab.locator('.y-tabs [aria-current] .y-tab-count').innerText()).trim());
  check(total > 0 && (await tab.locator("main tbody tr").count()) === Math.min(50, total), `plans: the gap list has all ${total}`);
  await press(tab, 'main tbody a:has-text("为什么")');
  check((await tab.locator("#why").innerText()).includes("✗") && (await tab.locator("#why").innerText()).includes("怎样才符合"), "plans: it says why, and what would change it");
  await look(tab, "why one is on the gap list");
  await press(tab, "main tbody th a");
  check(path(tab).startsWith("/orgs/"), "plans: a name leads to its dossier");
  await tab.goto(`${base}${PLAN}?on=2099-01-01`, { waitUntil: "load" });
  check((await tab.locator("main").innerText()).includes("还没有到"), "plans: a day that has not come is refused in words");
}

async function supposing(stage) {
  const { base, check, people } = stage;
  const context = await people.context("sheng-jueding"), tab = await context.newPage();
  await tab.goto(`${base}${ACTION}/what-if`, { waitUntil: "load" });
  await ready(tab);
  const field = tab.locator('input[name="p.community_orgs_urban_min"]');
  const real = await field.inputValue();
  await tab.fill('input[name="p.community_orgs_urban_min"]', "1");
  await press(tab, '#what-if-form button[type="submit"]');
  await ready(tab);
  const result = await tab.locator("#what-if-result").innerText();
  check(result.includes(real) && result.includes("1"), "plans: what is supposed stands above what it changes");
  check((await tab.locator(".y-plan-diff tbody tr").count()) >= 1 || result.includes("没有变化"), `plans: the result says what turns: ${result.slice(0, 120)}`);
  const name = `城市社区 1 个 ${Date.now() % 100000}`;
  await tab.fill("#f-name", name);
  await press(tab, 'form[method="post"] button.btn-primary:has-text("保存方案")');
  const link = path(tab);
  check(/^\/plans\/what-if\/[0-9A-Z]{26}$/.test(link) && (await tab.locator("h1").innerText()).includes(name), `plans: saved under its name: ${link}`);
  await stage.look(tab, "a saved what-if");
  const anyone = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 900 } }), shared = await anyone.newPage();
  await shared.goto(base + link, { waitUntil: "load" });
  check((await shared.locator("h1").innerText()).includes(name) && (await shared.locator('form[action$="/delete"]').count()) === 0, "plans: whoever has the link sees it, and cannot delete it");
  await anyone.close();
  await press(tab, 'form[action$="/delete"] button');
  await tab.goto(base + link, { waitUntil: "load" });
  check((await tab.locator("main").innerText()).includes("已经删除"), "plans: its owner deletes it");
  await context.close();
}

export default async function (stage) {
  const context = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 } }), tab = await context.newPage();
  await reading(stage, tab);
  await context.close();
  await supposing(stage);
}
