// Without JavaScript: switch to 长者版 and back to the same page, sign in from a page that needs it and come back to it, sign out.
export default async function ({ browser, base, check, password }) {
  const context = await browser.newContext({ locale: "zh-CN", javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/help`, { waitUntil: "load" });
  await page.click(".y-tools >> text=长者版");
  check(page.url().endsWith("/help") && (await page.locator("html.elder").count()) === 1, "no script: 长者版 is on and the page the same");
  await page.click(".y-tools >> text=标准版");
  check((await page.locator("html.elder").count()) === 0, "no script: 长者版 is off again");
  await page.goto(`${base}/my`, { waitUntil: "load" });
  check(page.url().includes("/login?back="), "no script: a member's page asks to sign in");
  await page.fill("#f-name", "jumin");
  await page.fill("#f-password", password);
  await page.click("main form button[type=submit]");
  check(new URL(page.url()).pathname === "/my", "no script: and comes back");
  await page.click(".y-me summary");
  await page.click(".y-me form button");
  check((await page.locator(".y-signin").count()) === 1, "no script: signed out");
  await context.close();
}
