// The desk without a mouse: J and K walk the queue, Enter opens; A asks before it accepts and Escape changes nothing; Z takes back within
// ten seconds and no act is left; R leads to the grounds of a refusal; ? says the keys; typing in a field moves nothing.
import { answerPoints, faultsOn } from "../lib/desk.mjs";

const open = (tab) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.keyboard.press("Enter")]);

export default async function ({ base, check, people }) {
  const context = await people.context("shouli", { viewport: { width: 1440, height: 900 } }), tab = await context.newPage();
  await tab.goto(`${base}/desk/queue/intake`, { waitUntil: "load" });
  const here = () => tab.evaluate(() => [...document.querySelectorAll("table[data-keys] tbody tr")].findIndex((row) => row.classList.contains("here")));
  await tab.keyboard.press("j");
  await tab.keyboard.press("j");
  check((await here()) === 1, "keys: J twice stands on the second row");
  check(await tab.evaluate(() => document.activeElement.closest("tr.here") !== null), "keys: the row's link has the focus");
  await tab.keyboard.press("k");
  check((await here()) === 0, "keys: K goes back");
  await tab.focus("input[type=search]");
  await tab.keyboard.press("j");
  check((await here()) === 0 && (await tab.inputValue("input[type=search]")) === "j", "keys: typing moves nothing");
  await tab.fill("input[type=search]", "");
  await tab.evaluate(() => document.activeElement.blur());
  await tab.keyboard.press("?");
  check(/J.*下一行/s.test(await tab.locator("dialog.y-dialog").innerText()), "keys: ? says the keys of the queue");
  await tab.keyboard.press("Escape");
  await tab.locator("dialog").waitFor({ state: "detached" });
  check((await here()) === 0, "keys: Escape closes them");

  // a case nobody works on in the other journeys
  const row = tab.locator("table[data-keys] tbody tr", { hasText: "经办人" }).last();
  const number = (await row.locator("a").first().getAttribute("href")).split("/").pop();
  await row.locator("a").first().focus();
  await open(tab);
  check(new URL(tab.url()).pathname === `/desk/cases/${number}`, "keys: Enter opens the case");
  await tab.keyboard.press("?");
  const keys = await tab.locator("dialog.y-dialog").innerText();
  check(/A/.test(keys) && /R/.test(keys) && /受理/.test(keys), `keys: ? says the keys of the case: ${keys}`);
  await tab.keyboard.press("Escape");
  await tab.locator("dialog").waitFor({ state: "detached" });

  const entries = async () => { const other = await context.newPage(); await other.goto(`${base}/desk/cases/${number}/history`, { waitUntil: "load" }); const text = await other.locator("main").innerText(); await other.close(); return text; };
  const before = await entries();
  await answerPoints(tab);
  await tab.evaluate(() => document.activeElement.blur());
  await tab.keyboard.press("a");
  check(/受理/.test(await tab.locator("dialog.y-dialog h2").innerText()), "keys: A asks first");
  await tab.keyboard.press("Escape");
  await tab.locator("dialog").waitFor({ state: "detached" });
  check((await tab.locator(".y-pending").count()) === 0 && (await entries()) === before, "keys: Escape changes nothing");
  await tab.keyboard.press("a");
  await open(tab);
  check((await tab.locator(".y-pending").count()) === 1, `keys: Enter accepts, and it waits: ${(await faultsOn(tab)).join("; ")}`);
  await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.keyboard.press("z")]);
  await tab.goto(`${base}/desk/cases/${number}`, { waitUntil: "load" });
  check((await tab.locator(".y-pending").count()) === 0 && (await tab.locator("form.y-act").count()) > 0, "keys: Z takes it back");
  check((await entries()) === before, "keys: what was taken back left no act");

  const wrong = tab.locator('input[name=fix]').first();
  await wrong.focus();
  await tab.keyboard.press("Space");
  await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.keyboard.press("r")]);
  check(new URL(tab.url()).pathname.endsWith("/correct"), "keys: R at the intake leads to the correction notice");
  await context.close();

  // Where nothing can be corrected any more, R opens the refusal and stands on its first ground.
  const decider = await people.context("jueding"), page = await decider.newPage();
  await page.goto(`${base}/desk/queue/decision`, { waitUntil: "load" });
  const link = page.locator("table[data-keys] tbody a").first();
  if (await link.count()) {
    await Promise.all([page.waitForNavigation({ waitUntil: "load" }), link.click()]);
    if (await page.locator('summary[data-key="r"]').count()) {
      await page.keyboard.press("r");
      check(await page.evaluate(() => document.activeElement.closest("details[open]") !== null && document.activeElement.matches("input,textarea")), "keys: R opens the refusal and asks its grounds");
    }
  }
  await decider.close();
}
