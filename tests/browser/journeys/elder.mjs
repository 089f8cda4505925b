// 长者版, the whole way of somebody who needs large letters, on a phone: switched on once on the first page it stays on through search,
// guide, sign-in, the form, the list and the notices; every page is large enough and clean.
import { applicationOf, fillPage } from "../lib/founder.mjs";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);

export default async function (stage) {
  const { base, check, password } = stage;
  const context = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 844 } }), tab = await context.newPage();
  const see = async (what) => { check((await tab.locator("html.elder").count()) === 1, `elder: still on at ${what}`); await stage.look(tab, `elder ${what}`, { elder: true }); };
  await tab.goto(`${base}/`, { waitUntil: "load" });
  await press(tab, ".y-tools >> text=长者版");
  await see("home");
  await tab.fill("#q", "养老");
  await press(tab, ".y-hero form button");
  await see("results");
  await press(tab, "ol.y-list h2 a");
  await see("dossier");
  await tab.goto(`${base}/matters/found-association?area=2101`, { waitUntil: "load" });
  await see("guide");
  await press(tab, "aside.y-start form button.btn-primary");
  await see("sign-in");
  await tab.fill("#f-name", "faqi");
  await tab.fill("#f-password", password);
  await press(tab, "main form button[type=submit]");
  if (!new URL(tab.url()).pathname.startsWith("/my/drafts/")) { await tab.goto(`${base}/matters/found-association?area=2101`, { waitUntil: "load" }); await press(tab, "aside.y-start form button.btn-primary"); }
  await see("task list");
  const draft = new URL(tab.url()).pathname, answers = applicationOf(300, { name: "沈阳市长者书法协会" });
  const seen = new Set();
  for (let turn = 0; turn < 14; turn++) {
    const at = new URL(tab.url()).pathname;
    if (at === draft) { await press(tab, "main a.btn-primary"); continue; }
    if (at.includes("/materials/") || at.endsWith("/check")) break;
    if (!seen.has(at)) await see(`form ${at.split("/").pop()}`);
    seen.add(at);
    await fillPage(tab, answers);
    await press(tab, "main form p.y-buttons button.btn-primary");
  }
  check(seen.size >= 5, `elder: the form goes on: ${[...seen].length} pages`);
  await tab.goto(`${base}${draft}`, { waitUntil: "load" });
  check(/已填好 [1-9]/.test(await tab.locator("main .lead").innerText()), "elder: what was filled in is kept");
  for (const page of ["/my", "/my/notices", "/notices", "/verify", "/help", "/account"]) { await tab.goto(base + page, { waitUntil: "load" }); await see(page); }
  await press(tab, ".y-tools >> text=标准版");
  check((await tab.locator("html.elder").count()) === 0, "elder: and off again");
  await context.close();
}
