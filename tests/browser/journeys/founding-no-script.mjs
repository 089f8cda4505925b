// The same founding with JavaScript switched off for everybody: founder and desks, from the first page to the offline verification.
import { applicationOf } from "../lib/founder.mjs";
import { found } from "./founding.mjs";

export default (stage) => found(stage, { login: "piying", name: "秦桂", script: false, answers: applicationOf(120, { name: "沈阳市皮影传承协会", scope: "皮影戏传承、排演、展览；承接有关部门委托的服务。", purpose: "联合本市皮影戏爱好者，传授技艺，举办展演。" }) });
