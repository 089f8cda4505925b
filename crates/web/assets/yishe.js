// Seasoning only: every page works without this file. No eval, no inline handlers, nothing stored but what the person typed.
(() => {
  "use strict";
  const say = (text) => { const live = document.getElementById("y-live"); if (live) live.textContent = text; };

  // The error summary takes the focus, so that it is heard first.
  document.querySelector("[data-focus]")?.focus();
  // A link of the summary focuses its field, also when the field is a group.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".y-errors a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    (field.matches("fieldset") ? field.querySelector("input:not([type=hidden]),select,textarea") ?? field : field).focus();
  });
  // Phones and desks with little room start with the menu closed.
  if (matchMedia("(max-width: 991px)").matches) document.querySelector(".y-menu details")?.removeAttribute("open");
  // The account box closes when one looks elsewhere.
  document.addEventListener("click", (event) => { for (const box of document.querySelectorAll(".y-me[open]")) if (!box.contains(event.target)) box.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") for (const box of document.querySelectorAll(".y-me[open]")) { box.open = false; box.querySelector("summary").focus(); } });

  // Drafts: <form data-autosave="/my/drafts/…"> is sent there two seconds after the last change, files left out.
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    let timer = 0, note = null, busy = null;
    const save = () => { busy = send().finally(() => { busy = null; }); };
    const send = async () => {
      const data = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, headers: { "X-CSRF-Token": data.get("_csrf") ?? "" } });
        // The next save must know that this one was its own.
        const said = answer.ok && (answer.headers.get("content-type") ?? "").includes("json") ? await answer.json() : null;
        if (said?.rev !== undefined && form.elements._rev) form.elements._rev.value = said.rev;
        if (!note) { note = document.createElement("p"); note.className = "y-saved"; form.append(note); }
        const now = new Date();
        note.textContent = answer.ok ? `草稿已保存（${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}）` : answer.status === 409 ? "这一页刚在另一个窗口里保存过，请点“保存并继续”选用哪一份。" : "草稿没有存上，请点“保存”。";
      } catch { say("网络断开，草稿暂时没有存上。"); }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 2000); });
    // A save on its way would make this one look like another window's: it is waited for, though not for ever.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!busy) return;
      event.preventDefault();
      const by = event.submitter;
      const late = new Promise((done) => setTimeout(done, 4000));
      Promise.race([busy, late]).finally(() => { busy = null; if (by) form.requestSubmit(by); else form.requestSubmit(); });
    });
  }
  // Counting characters.
  for (const area of document.querySelectorAll("textarea[data-max]")) {
    const line = area.nextElementSibling, max = Number(area.dataset.max);
    const count = () => { const left = max - [...area.value].length; if (line) line.textContent = left >= 0 ? `还可以写 ${left} 字` : `超出 ${-left} 字`; };
    area.addEventListener("input", count); count();
  }

  // Officers: J and K move through a list, Enter opens; A, R and other letters press the button that names them (data-key).
  const rows = [...document.querySelectorAll("table[data-keys] tbody tr")];
  let at = -1;
  const move = (step) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("here");
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].classList.add("here"); rows[at].querySelector("a")?.focus(); rows[at].scrollIntoView({ block: "nearest" });
  };
  // A box over the page: the keys of this page, or "do you mean it?". Escape closes it, the focus goes back where it was.
  const box = (title, lines, buttons) => {
    const dialog = document.createElement("dialog"), head = document.createElement("h2"), row = document.createElement("p");
    const before = document.activeElement;
    dialog.className = "y-dialog"; head.textContent = title; head.id = "y-dialog-title"; row.className = "y-buttons";
    dialog.setAttribute("aria-labelledby", head.id);
    for (const [text, act, kind] of buttons) {
      const button = document.createElement("button");
      button.type = "button"; button.className = `btn ${kind}`; button.textContent = text;
      button.addEventListener("click", () => { dialog.close(); act?.(); });
      row.append(button);
    }
    dialog.append(head, ...lines, row); document.body.append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); before?.focus?.(); });
    dialog.showModal(); row.querySelector("button")?.focus();
  };
  const line = (text, name = "p") => { const e = document.createElement(name); e.textContent = text; return e; };
  const spoken = (button) => [...button.childNodes].filter((e) => e.nodeName !== "KBD").map((e) => e.textContent).join("").trim();
  const showKeys = () => {
    const list = document.createElement("dl"); list.className = "y-keys";
    const keys = rows.length ? [["J", "下一行"], ["K", "上一行"], ["回车", "打开这一件"]] : [];
    for (const one of document.querySelectorAll("[data-key]")) if (one.checkVisibility()) keys.push([one.dataset.key.toUpperCase(), spoken(one).replace(/…$/, "")]);
    keys.push(["?", "看快捷键"], ["Esc", "关闭"]);
    for (const [key, text] of keys) { const name = document.createElement("dt"); name.append(line(key, "kbd")); list.append(name, line(text, "dd")); }
    box("快捷键", [list], [["知道了", null, "btn-primary"]]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("textarea,select,dialog,[contenteditable],input:not([type=radio],[type=checkbox])")) return;
    const key = event.key.toLowerCase();
    if (event.key === "?" && (rows.length || document.querySelector("[data-key]"))) { event.preventDefault(); return showKeys(); }
    if (rows.length && key === "j") return move(1);
    if (rows.length && key === "k") return move(-1);
    const button = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.dataset.confirm) return box(`${spoken(button)}？`, [line(document.querySelector("h1")?.firstChild?.textContent ?? ""), line(button.dataset.confirm)], [[`确认${spoken(button)}`, () => button.click(), "btn-primary"], ["再看看", null, ""]]);
    button.focus(); button.click();
    // A refusal opens its grounds and stands on the first of them.
    if (button.matches("summary") && button.parentElement.open) (button.parentElement.querySelector("input,textarea,select") ?? button).focus();
  });
  // The keys are said where there are any.
  if (rows.length || document.querySelector("main [data-key]")) {
    const hint = document.createElement("button");
    hint.type = "button"; hint.className = "y-keys-hint"; hint.append("快捷键 ", line("?", "kbd")); hint.addEventListener("click", showKeys);
    document.querySelector("main").append(hint);
  }

  // Five minutes before the session ends, say so; one key goes on.
  let left = Number(document.body.dataset.secondsLeft || 0);
  if (left) {
    const end = Date.now() + left * 1000; let bar = null;
    const timer = setInterval(() => {
      left = Math.round((end - Date.now()) / 1000);
      if (left > 300) return;
      if (!bar) {
        bar = document.createElement("div"); bar.className = "y-count-down"; bar.setAttribute("role", "alert");
        const text = document.createElement("span"), more = document.createElement("button");
        more.type = "button"; more.className = "btn btn-primary"; more.textContent = "继续使用";
        more.addEventListener("click", async () => { const answer = await fetch("/session", { headers: { Accept: "application/json" } }); if (answer.ok) { clearInterval(timer); bar.remove(); document.body.dataset.secondsLeft = String((await answer.json()).seconds_left); say("已延长。"); } });
        bar.append(text, more); document.body.append(bar);
      }
      bar.firstChild.textContent = left > 0 ? `还有 ${Math.ceil(left / 60)} 分钟将自动退出，填过的内容会保留。` : "已自动退出，请重新登录；草稿已保留。";
      if (left <= 0) clearInterval(timer);
    }, 1000);
  }
  // htmx swaps say that something changed and keep the focus near.
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.dataset?.say) say(event.detail.target.dataset.say); });
  document.addEventListener("htmx:responseError", () => say("没有成功，请重试。"));
})();
