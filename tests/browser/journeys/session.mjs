// What somebody sees when the session ends or the account locks: warned five minutes before, extended by one key; ended from another
// device, asked to sign in and back at the same page with the draft as it was; five wrong passwords lock, said in words, also to the right one.
import { faultsOn } from "../lib/desk.mjs";
import { register } from "../lib/founder.mjs";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const path = (tab) => new URL(tab.url()).pathname;
const PASSWORD = "Lamplight-42-harbour";

async function signIn({ base }, tab, login, password, page = "/login") {
  for (let turn = 0; turn < 8; turn++) {
    await tab.goto(base + page, { waitUntil: "load" });
    await tab.fill("#f-name", login);
    await tab.fill("#f-password", password);
    const [answer] = await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.click("main form button[type=submit]")]);
    if (answer.status() !== 429) return;
    await tab.waitForTimeout(6_100);
  }
}

export default async function (stage) {
  const { base, check, browser } = stage;
  const first = await browser.newContext({ locale: "zh-CN" }), tab = await first.newPage();
  await register(stage, tab, "shijian", "时鉴");

  // the warning, on a clock that runs ahead
  const clocked = await first.newPage();
  await clocked.clock.install();
  await clocked.goto(`${base}/my`, { waitUntil: "load" });
  const seconds = await clocked.evaluate(() => Number(document.body.dataset.secondsLeft));
  check(seconds > 300, `session: the page knows how long is left (${seconds} s)`);
  await clocked.clock.fastForward((seconds - 240) * 1000);
  await clocked.clock.runFor(2000);
  const bar = clocked.locator(".y-count-down");
  await bar.waitFor({ timeout: 5000 }).catch(() => {});
  check(/分钟将自动退出/.test(await bar.innerText().catch(() => "")), "session: warned before it ends");
  await bar.locator("button").focus();
  await clocked.keyboard.press("Enter");
  await bar.waitFor({ state: "detached", timeout: 5000 }).catch(() => {});
  check((await bar.count()) === 0, "session: one key extends it");
  await clocked.close();

  // ended from another device
  await tab.goto(`${base}/matters/found-association?area=2101`, { waitUntil: "load" });
  await press(tab, "aside.y-start form button.btn-primary");
  const draft = path(tab);
  await press(tab, "main a.btn-primary");
  const page = path(tab);
  await tab.locator('input[name="route"][value="dual"]').check().catch(() => {});
  await press(tab, 'button[name="_then"][value="list"]');
  const second = await browser.newContext({ locale: "zh-CN" }), other = await second.newPage();
  await signIn(stage, other, "shijian", PASSWORD);
  await other.goto(`${base}/account`, { waitUntil: "load" });
  await press(other, 'form[action="/account/sessions"] button');
  await tab.goto(base + page, { waitUntil: "load" });
  check(path(tab) === "/login" && new URL(tab.url()).searchParams.get("back")?.startsWith(draft), `session: the other device is asked to sign in, at ${tab.url()}`);
  await signIn(stage, tab, "shijian", PASSWORD, `/login?back=${encodeURIComponent(page)}`);
  check(path(tab) === page, `session: and is back at the page, at ${path(tab)}`);
  check((await tab.locator('input[name="route"][value="dual"]:checked').count()) === 1, "session: what was filled in is still there");
  await first.close();

  // five wrong passwords
  const third = await browser.newContext({ locale: "zh-CN" }), door = await third.newPage();
  let said = "";
  for (let turn = 0; turn < 6; turn++) { await signIn(stage, door, "shijian", `wrong-password-${turn}`); said = (await door.locator("main").innerText()); }
  check(/锁定|次数过多/.test(said), `session: after five wrong passwords the account says it is locked: ${said.slice(0, 200)}`);
  await signIn(stage, door, "shijian", PASSWORD);
  const shut = (await faultsOn(door)).join(" ") + (await door.locator("main").innerText());
  check(path(door).startsWith("/login") && /锁定|次数过多/.test(shut) && /分钟/.test(shut), "session: the right password waits too, and is told how long");
  await stage.look(door, "locked account");
  check((await other.goto(`${base}/my`, { waitUntil: "load" })).ok() && path(other) === "/my", "session: who was signed in stays so");
  await Promise.all([second.close(), third.close()]);
}
