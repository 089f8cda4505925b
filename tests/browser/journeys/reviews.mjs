// 好差评: somebody rates a case badly, without reasons is not taken; the desk sees it without a name, with its day fifteen working days on,
// answers; the person reads the answer; the desk closes it; a second rating is not taken.
import { faultsOn } from "../lib/desk.mjs";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const ANSWER = "已向受理窗口核实，当天已改正告知方式，并电话向您说明。";

export default async function (stage) {
  const { base, check, people } = stage;
  const context = await people.context("jingban", { viewport: { width: 390, height: 844 } }), tab = await context.newPage();
  await tab.goto(`${base}/my`, { waitUntil: "load" });
  // an ended case that can still be rated
  let rate = null;
  for (const href of await tab.locator('main a[href^="/my/cases/"]').evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute("href")))])) {
    const answer = await tab.goto(`${base}${href}/review`, { waitUntil: "load" });
    if (answer.ok() && (await tab.locator("main form [name=rating], main form input[type=radio]").count())) { rate = `${href}/review`; break; }
  }
  if (!check(rate, "reviews: there is an ended case to rate")) return;
  await stage.look(tab, "rating a case");
  await tab.locator("main form .y-rating input[type=radio]").last().check();
  await press(tab, "main form button.btn-primary");
  check((await faultsOn(tab)).length > 0, "reviews: a bad rating asks for its reason");
  const worst = tab.locator("main form .y-rating input[type=radio]").last();
  if (!(await worst.isChecked())) await worst.check();
  await tab.locator("main form .y-reasons input[type=checkbox]").first().check();
  await tab.locator("main form textarea").fill("材料要求前后说法不一，跑了两趟。");
  await press(tab, "main form button.btn-primary");
  const thanks = await tab.locator("main").innerText();
  const due = thanks.match(/(\d{4}-\d\d-\d\d) 前整改/)?.[1];
  check(due, `reviews: the bad rating has a day by which it is answered: ${thanks.slice(0, 200)}`);
  const days = due ? (Date.parse(due) - Date.now()) / 86_400_000 : 0;
  check(days > 18 && days < 32, `reviews: fifteen working days: ${due}`);

  const desk = await people.context("jianguan", { viewport: { width: 1440, height: 900 } }), page = await desk.newPage();
  await page.goto(`${base}/desk/reviews`, { waitUntil: "load" });
  const mine = page.locator(".y-review", { hasText: "跑了两趟" });
  check((await mine.count()) === 1, "reviews: the supervision desk sees it");
  check(!/经办人/.test(await mine.innerText()) && (await mine.innerText()).includes(due ?? "—"), "reviews: without a name, with its day");
  await stage.look(page, "bad reviews at the desk");
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), mine.locator("button.btn-primary").click()]);
  check((await faultsOn(page)).length > 0, "reviews: an empty answer is not taken");
  await page.locator(".y-review", { hasText: "跑了两趟" }).locator("textarea").fill(ANSWER);
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.locator(".y-review", { hasText: "跑了两趟" }).locator("button.btn-primary").click()]);
  await tab.goto(base + rate, { waitUntil: "load" });
  check((await tab.locator("main").innerText()).includes(ANSWER), "reviews: the person reads what was done");
  check((await tab.locator("main form [name=rating], main form .y-rating").count()) === 0, "reviews: one case is rated once");
  await page.goto(`${base}/desk/reviews`, { waitUntil: "load" });
  const left = page.locator(".y-review", { hasText: "跑了两趟" });
  if (await left.count()) await Promise.all([page.waitForNavigation({ waitUntil: "load" }), left.locator("form button").click()]);
  await page.goto(`${base}/desk/reviews`, { waitUntil: "load" });
  check((await page.locator(".y-review", { hasText: "跑了两趟" }).count()) === 0, "reviews: closed, it is off the desk");
  await page.goto(`${base}/reviews`, { waitUntil: "load" });
  check((await page.locator("h1").count()) === 1, "reviews: the figures are public");
  await Promise.all([context.close(), desk.close()]);
}
