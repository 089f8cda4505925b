// An official at the review screen.

/** An act with undo becomes an act ten seconds after it was made. */
const UNDO = 10_000;

/** Opens the case as this person; gives the tab. */
export async function openCase(stage, login, number, options) {
  const context = await stage.people.context(login, options), tab = await context.newPage();
  const answer = await tab.goto(`${stage.base}/desk/cases/${number}`, { waitUntil: "load" });
  return { context, tab, status: answer.status() };
}

/** Answers every review point with 是, agrees, gives a reason, and presses the first way on. What the form does not ask is left. */
export async function agree(tab, { reason = "材料齐全，符合规定。", press = true } = {}) {
  const form = tab.locator("form.y-act").first();
  for (const answer of await form.locator('.y-points input[type=radio][value="yes"]').all()) await answer.check();
  if (await form.locator('input[name=favourable][value="yes"]').count()) await form.locator('input[name=favourable][value="yes"]').check();
  for (const name of ["opinion", "reason"]) if (await form.locator(`[name=${name}]`).count()) await form.locator(`[name=${name}]`).fill(reason);
  if (press) await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), form.locator("button.btn-primary").first().click()]);
  return form;
}

/** Answers the review points as `agree` does, without pressing anything. */
export const answerPoints = (tab) => agree(tab, { press: false });

/** What the house says is wrong on this page. */
export const faultsOn = (tab) => tab.locator(".y-errors li").allTextContents();

/** Waits until nothing of the case waits to become effective. */
export async function takesEffect(tab) {
  const until = Date.now() + UNDO + 15_000;
  while (Date.now() < until) {
    await tab.reload({ waitUntil: "load" });
    if (!(await tab.locator(".y-pending").count())) return true;
    await tab.waitForTimeout(700);
  }
  return false;
}
