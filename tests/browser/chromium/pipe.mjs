// Chromium's own protocol (DevTools) over a pipe: what a journey needs and no more, with nothing to download (docs/adr/0010).
import { spawn } from "node:child_process";

/** Messages to and from one Chromium. Each tab is a session of its own. */
export class Pipe {
  #child; #last = 0; #open = new Map(); #heard = new Map(); #rest = Buffer.alloc(0); #ended = null;

  constructor(executablePath, flags) {
    this.#child = spawn(executablePath, [...flags, "--remote-debugging-pipe"], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
    let said = "";
    this.#child.stderr.on("data", (bytes) => { said = (said + bytes).slice(-2000); });
    this.#child.stdio[3].on("error", () => {});
    this.#child.stdio[4].on("data", (bytes) => this.#read(bytes));
    this.exited = new Promise((resolve) => {
      const end = (why) => { this.#ended = `Chromium ended (${why}): ${said}`; for (const { reject } of this.#open.values()) reject(new Error(this.#ended)); this.#open.clear(); resolve(); };
      this.#child.on("exit", end);
      this.#child.on("error", end);
    });
  }

  #read(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let end; (end = this.#rest.indexOf(0)) >= 0; this.#rest = this.#rest.subarray(end + 1)) this.#take(JSON.parse(this.#rest.subarray(0, end).toString("utf8")));
  }

  #take({ id, method, params, result, error, sessionId }) {
    if (id === undefined) { for (const hear of this.#heard.get(`${sessionId ?? ""} ${method}`) ?? []) hear(params); return; }
    const waiting = this.#open.get(id);
    this.#open.delete(id);
    if (error) waiting?.reject(new Error(`${waiting.method}: ${error.message}`)); else waiting?.resolve(result);
  }

  send(method, params = {}, sessionId) {
    if (this.#ended) return Promise.reject(new Error(this.#ended));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject, method });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  on(method, hear, sessionId) {
    const key = `${sessionId ?? ""} ${method}`;
    this.#heard.set(key, [...(this.#heard.get(key) ?? []), hear]);
  }

  /** Forgets a tab that is closed. */
  forget(sessionId) { for (const key of this.#heard.keys()) if (key.startsWith(`${sessionId} `)) this.#heard.delete(key); }

  async close() {
    this.send("Browser.close").catch(() => {});
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.exited;
    clearTimeout(late);
  }
}
