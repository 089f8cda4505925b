// Signing in with the keyboard only: a wrong password keeps the name, the error summary takes the focus and leads to the field.
export default async function ({ browser, base, check, password }) {
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${base}/login`, { waitUntil: "load" });
  await page.focus("#f-name");
  await page.keyboard.type("jumin");
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press("Enter")]);
  check((await page.title()).startsWith("填写有误"), "sign-in: the title says that something is wrong");
  check(await page.evaluate(() => document.activeElement.classList.contains("y-errors")), "sign-in: the summary has the focus");
  check((await page.inputValue("#f-name")) === "jumin", "sign-in: the name is kept");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.id === "f-password"), "sign-in: the summary's link leads to the field");
  await page.keyboard.type(password);
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press("Enter")]);
  check((await page.locator(".y-me summary").count()) === 1, "sign-in: the name stands in the top bar");
  await page.click(".y-me summary");
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(".y-me form button")]);
  check((await page.locator(".y-signin").count()) === 1, "sign-out: the top bar offers signing in again");
  await context.close();
}
