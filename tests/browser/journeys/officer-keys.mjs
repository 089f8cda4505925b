// An officer's list without the mouse: J and K move, Enter would open; typing in a field moves nothing.
export default async function ({ browser, base, check }) {
  const context = await browser.newContext({ locale: "zh-CN" });
  const page = await context.newPage();
  const answer = await page.goto(`${base}/style`, { waitUntil: "load" });
  if (answer.status() === 404) { await context.close(); return; }
  const here = () => page.evaluate(() => [...document.querySelectorAll("table[data-keys] tbody tr")].findIndex((row) => row.classList.contains("here")));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  check((await here()) === 1, "keys: J twice stands on the second row");
  check(await page.evaluate(() => document.activeElement.closest("tr.here") !== null), "keys: the row's link has the focus");
  await page.keyboard.press("k");
  check((await here()) === 0, "keys: K goes back");
  await page.focus("#f-sample-address");
  await page.keyboard.press("j");
  check((await here()) === 0, "keys: typing moves nothing");
  await context.close();
}
